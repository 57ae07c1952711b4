"""What a batch has changed, as other nodes are told of it: enough to find the rows, and what stands in none. Each node
knows all kinds: one that doesn't is of an older format, and isn't started.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

Whole = Literal["files", "backups", "gone"]


class Change(msgspec.Struct, frozen=True, array_like=True):
    """Something that isn't as it was."""


class AccountIs(Change, frozen=True, tag="account"):
    """The row of an account."""

    uid: bytes


class LogIs(Change, frozen=True, tag="log"):
    """The log has more entries."""


class GroupIs(Change, frozen=True, tag="group"):
    """A group has more entries, or is new."""

    gid: bytes


class SettingsAre(Change, frozen=True, tag="settings"):
    """Any of them."""


class Holds(Change, frozen=True, tag="holds"):
    """Somebody holds more or less of a whole."""

    whole: Whole
    uid: bytes
    by: int


class MailHolds(Change, frozen=True, tag="mail"):
    """The same of a mailbox."""

    recipient: bytes
    sender: bytes
    count: int
    cost: int


class Ended(Change, frozen=True, tag="ended"):
    """This account's connections end: another key made them."""

    uid: bytes


class ClaimIs(Change, frozen=True, tag="claim"):
    """An account's agent is at this node from now on; no bytes: at none."""

    uid: bytes
    node: bytes
    token: bytes
    shown: bool
    address: str


class NodeIs(Change, frozen=True, tag="node"):
    """A node has begun, or is found elsewhere; or it has ended, and holds nothing any more."""

    node: bytes
    runs: bool
    place: bytes
    hosts: str
    port: int


class Probe(Change, frozen=True, tag="probe"):
    """The node that holds this claim is to find out whether the agent lives."""

    uid: bytes
    token: bytes


class Lives(Change, frozen=True, tag="lives"):
    """It does."""

    uid: bytes
    token: bytes


class Gave(Change, frozen=True, tag="gave"):
    """While the authority recovers: this account has given back all that it had."""

    uid: bytes


class Told(Change, frozen=True, tag="told"):
    """A push. To these of a group who are connected, or without a group to these agents; `uids` None: to all who have
    joined.
    """

    gid: bytes
    uids: list[bytes] | None
    body: bytes


Any = (
    LogIs
    | AccountIs
    | GroupIs
    | SettingsAre
    | Holds
    | MailHolds
    | Ended
    | ClaimIs
    | NodeIs
    | Probe
    | Lives
    | Gave
    | Told
)

_decoder = msgspec.msgpack.Decoder(list[Any])


def encode(changes: Iterable[Change]) -> bytes:
    """What is the same twice stands there once, unless it counts: in its last place, as others may stand between."""
    counted, all = (Holds, MailHolds, Told), list(changes)
    once = list(dict.fromkeys(change for change in reversed(all) if not isinstance(change, counted)))
    return msgspec.msgpack.encode([*reversed(once), *(change for change in all if isinstance(change, counted))])


def decode(raw: bytes) -> list[Any]:
    """msgspec.MsgspecError for what nobody has encoded."""
    return _decoder.decode(raw)
