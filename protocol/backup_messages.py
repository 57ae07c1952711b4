"""What crosses a socket for backups that wait at the authority (sections 5 and 8.14): their chunks go as files' do."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec
from msgspec import Meta

from protocol.statements import U62, Bytes16, Bytes32, Signed
from protocol.wire import Answer, Request

HEAD_LIMIT: Final = 4096  # bytes: what says whose it is, of when, and the sealed key
BACKUP_LIMIT: Final = 256 * 1024 * 1024  # bytes: some hundred thousand messages, and the newest keeps beside the next

BackupHead = Annotated[bytes, Meta(max_length=HEAD_LIMIT)]


class KeptBackup(msgspec.Struct, array_like=True, forbid_unknown_fields=True, frozen=True):
    """A whole backup, as it was offered."""

    id: Bytes16
    size: U62
    head: BackupHead


class OfferBackup(Request, frozen=True):
    """Room for a backup of this many bytes; the same again says how far it is. Then its chunks, as a file's."""

    id: Bytes16
    size: U62
    head: BackupHead


class KeepBackup(Request, frozen=True):
    """It is whole: from now on it is the newest, and of those before it only one stays."""

    id: Bytes16


class DropBackups(Request, frozen=True):
    """Forget all of the caller's."""


class FindBackup(Request, frozen=True):
    """By the recovery key alone, before log-in: what is there of the account whose key it is."""

    recovery_key: Bytes32
    proof: Signed


class BackupIs(Answer, frozen=True):
    """Whose key it is, and that account's backups, the newest first."""

    uid: Bytes32
    backups: Annotated[list[KeptBackup], Meta(max_length=2)]
