"""A whole backup of a vault: sealed chunks, made aside. Knows no authority."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

from protocol import backups
from protocol.backup_messages import BACKUP_LIMIT
from protocol.backups import BackupAbout, BackupWriter
from protocol.errors import Refused
from protocol.primitives import SealKey, random_id
from protocol.statements import Head, Signed, decode_strict
from web_client.backups import exporting
from web_client.messages import backup_rows
from web_client.vault.chunk_store import FileStore
from web_client.vault.database import Vault

MIB = 1024 * 1024


@dataclass(slots=True)
class Sealed:
    """What was made: its chunks lie in the store under `path`, each of the hash that stands here."""

    about: BackupAbout
    head: bytes = b""
    size: int = 0
    hashes: list[bytes] = field(default_factory=list)
    newest: int = 0  # which messages there were (messages/backup_rows.py)
    kit: bytes = b""  # the hash of the kit that opens it

    @property
    def path(self) -> str:
        return "backup-" + self.about.id.hex()


class Stopped(Exception):
    """Whoever has asked for it wants it no more."""


def seal(
    vault: Vault,
    store: FileStore,
    kit: SealKey,
    authority_id: bytes,
    who: tuple[bytes, str],
    generation: int,
    head: Signed,
    now: int,
    stopped: Callable[[], bool] = lambda: False,
) -> Sealed:
    """Make one. `file_too_big`, `disk_full` …, `Stopped`; then nothing is left of it."""
    made = Sealed(BackupAbout(random_id(), who[0], who[1], generation, head, now))
    key = backups.new_key()
    writer = BackupWriter(key, authority_id, made.about.id)

    def keep(chunks: list[bytes]) -> None:
        if chunks:
            store.write(made.path, len(made.hashes), b"".join(chunks))
            made.hashes += [hashlib.sha256(chunk).digest() for chunk in chunks]
        if writer.size > BACKUP_LIMIT:
            raise Refused("file_too_big", limit=BACKUP_LIMIT // MIB)
        if stopped():
            raise Stopped

    undo = contextlib.ExitStack()
    undo.callback(store.remove, made.path)
    parts = exporting.slices(vault, decode_strict(head.body, Head).size)
    with undo, contextlib.closing(parts):
        made.newest = vault.browse(backup_rows.newest_change)
        for records in parts:
            keep(vault.offload(writer.add, records))
        keep(vault.offload(writer.end))
        store.sync(made.path)
        undo.pop_all()
    made.size = writer.size
    made.head = backups.seal_head(made.about, key, kit, authority_id)
    return made
