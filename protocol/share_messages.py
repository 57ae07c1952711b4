"""What members and the authority say about keys that didn't open, and are given again (section 9.4)."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec
from msgspec import Meta

from protocol.statements import U64, Bytes16, Bytes32, Device, OnDevice
from protocol.wire import Answer, Message, Request

SHARE_LIMIT: Final = 4096  # bytes of one sealed key: it has about 1.5 KB
SHARES_EACH: Final = 4  # of one member and epoch: one that is wrong on purpose keeps no right one out

SealedShare = Annotated[bytes, Meta(max_length=SHARE_LIMIT)]


class Share(msgspec.Struct, array_like=True, forbid_unknown_fields=True, frozen=True):
    """An epoch's key, sealed again for the asker, and by whom."""

    by: Bytes32
    sealed: SealedShare


class Regrant(OnDevice, Request, frozen=True):
    """An epoch's key, sealed again for a member who has said that they have none."""

    gid: Bytes16
    epoch: U64
    uid: Bytes32
    device: Device
    sealed: SealedShare


class FetchRegrants(Request, frozen=True):
    """What others have given the caller of an epoch."""

    gid: Bytes16
    epoch: U64


class Regrants(Answer, frozen=True):
    shares: Annotated[list[Share], Meta(max_length=SHARES_EACH)]


class Regranted(Message, frozen=True):
    """Somebody has given the caller this epoch's key again."""

    gid: Bytes16
    epoch: U64
