"""A vault from a backup and the kit that opens it (section 15 of docs/protocol.md): found, fetched, filled, and the kit
vouches for its first key. Knows no page; before log-in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

from protocol import backups
from protocol.backup_messages import HEAD_LIMIT
from protocol.backups import BackupAbout, BackupReader
from protocol.errors import Forged, HamrazError, Refused, Unreachable
from protocol.files import SEALED_CHUNK, count_of
from protocol.kit import Kit
from protocol.log import Log, recovery_hash
from protocol.messages import BackupIs, Chunk, FetchLog, FindBackup, GetChunk, KeptBackup, LogPart
from protocol.primitives import FileKey
from protocol.statements import PROOF_BACKUP, check_head, prove
from storage.layout import named
from web_client.account.identity import Greeting
from web_client.account.verified_log import MOST_UNPROVEN
from web_client.backups import importing
from web_client.backups.importing import Account
from web_client.messages import key_rotation
from web_client.net.channel import Channel
from web_client.vault.database import Vault

TRIES = 5  # of one chunk, when the line breaks
Meet = Callable[[], tuple[Channel, Greeting]]
OnProgress = Callable[[int, int], None]  # chunks that are here, and all


class Source(Protocol):
    """Where a backup lies."""

    head: bytes

    def chunks(self) -> Iterator[tuple[bytes, int, int]]:
        """(a sealed chunk, its index, how many there are), in their order."""


def find(channel: Channel, greeting: Greeting, kit: Kit, authority_id: bytes) -> BackupIs:
    """What the authority has of the account whose kit this is. `kit_unknown`, `account_ended`."""
    key = kit.recovery
    hash = recovery_hash(authority_id, key.public)
    proof = prove(PROOF_BACKUP, authority_id, greeting.nonce, channel.fingerprint, hash, key, authority_id)
    try:
        return channel.request(FindBackup(0, key.public.raw, proof), BackupIs)
    except Refused as reason:
        raise as_kits(reason) from None


def as_kits(reason: Refused) -> Refused:
    """What a refusal says of the kit that was shown."""
    codes = {"bad_proof": "kit_unknown", "revoked": "account_ended"}
    return Refused(codes[reason.code], field="kit") if reason.code in codes else reason


def account_of(channel: Channel, greeting: Greeting, uid: bytes, kit: Kit, authority_id: bytes) -> Account:
    """Whose kit this is by the log, all of which is fetched on the connection on which the kit was shown.
    `kit_unknown`, `account_ended`; `log_split`, `log_invalid` … for what is no log.
    """
    log, entries, size, signed = Log(authority_id), list[bytes](), 0, greeting.head
    target = check_head(signed, greeting.authority_key, authority_id)
    while log.size < target.size:
        part = channel.request(FetchLog(0, log.size), LogPart)
        newest = check_head(part.head, greeting.authority_key, authority_id)
        if newest.size >= target.size:
            target, signed = newest, part.head
        size += sum(map(len, part.entries))
        if not part.entries or log.size + len(part.entries) > target.size or size > MOST_UNPROVEN:
            raise Forged("wrong_answer")
        for entry in part.entries:
            log.append(entry)
        entries += part.entries
    if log.head != target:
        raise Forged("log_split")
    user = log.users.get(uid)
    if user is None or user.recovery_hash != kit.hash:
        raise Refused("kit_unknown", field="kit")
    if user.key is None:
        raise Refused("account_ended", field="kit")
    return Account(user, entries, signed)


class AtAuthority:
    """One that waits at the authority; a line that breaks is made again."""

    def __init__(self, meet: Meet, kit: Kit, authority_id: bytes, uid: bytes, kept: KeptBackup) -> None:
        self.head = kept.head
        self._meet = meet
        self._kit = kit
        self._authority_id = authority_id
        self._uid = uid
        self._kept = kept

    def chunks(self) -> Iterator[tuple[bytes, int, int]]:
        count, line, failed = count_of(self._kept.size), None, 0
        index = 0
        while index < count:
            try:
                line = line or self._line()
                sealed = line.request(GetChunk(0, self._uid, self._kept.id, index), Chunk).sealed
            except Unreachable:
                failed += 1
                if line is not None:
                    line.close()
                line = None
                if failed >= TRIES:
                    raise Unreachable("authority_down") from None
                continue
            except Refused as reason:
                raise Refused("backup_gone") if reason.code == "file_gone" else reason from None
            failed = 0
            yield sealed, index, count
            index += 1
        if line is not None:
            line.close()

    def _line(self) -> Channel:
        channel, greeting = self._meet()
        try:
            find(channel, greeting, self._kit, self._authority_id)
        except HamrazError:
            channel.close()
            raise
        return channel


class InFile:
    """One that was taken along as a file. `not_a_backup`, `folder_unusable`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            with path.open("rb") as file:
                beginning = file.read(len(backups.MAGIC) + 4 + HEAD_LIMIT)
            self._sealed = path.stat().st_size
        except OSError as reason:
            raise named(reason, path.parent) from None
        self.head, self._begin = backups.head_of_file(beginning)

    def chunks(self) -> Iterator[tuple[bytes, int, int]]:
        size = self._sealed - self._begin
        count = -(-size // SEALED_CHUNK)
        try:
            with self._path.open("rb") as file:
                file.seek(self._begin)
                for index in range(count):
                    yield file.read(SEALED_CHUNK), index, count
        except OSError as reason:
            raise named(reason, self._path.parent) from None


def open_head(source: Source, kit: Kit, authority_id: bytes) -> tuple[BackupAbout, FileKey]:
    """What a backup says of itself, proved by the kit that opens it. `backup_newer`, `backup_broken`."""
    return backups.open_head(source.head, kit.open_key(), authority_id)


def fill(
    vault: Vault, source: Source, about: BackupAbout, key: FileKey, authority_id: bytes, now: int, told: OnProgress
) -> None:
    """All that is in a backup, into a vault that has nothing yet. `backup_broken`, and what keeps it from coming."""
    reader = BackupReader(key, authority_id, about.id)
    for sealed, index, count in source.chunks():
        records = vault.offload(reader.take, sealed, index == count - 1)
        for at in range(0, len(records), 1000):
            part = records[at : at + 1000]
            vault.write(lambda rows, part=part: importing.put(rows, part, about.uid))  # type: ignore[misc]
        told(index + 1, count)
    if not reader.ended:
        raise Forged("backup_broken")
    importing.settle(vault, about, authority_id, now)


def recover(channel: Channel, vault: Vault, authority_id: bytes, size: int, kit: Kit) -> None:
    """Have the kit vouch for the vault's first key: from here on the account is this vault's. It may be asked again."""
    try:
        key_rotation.recover(channel, vault, authority_id, size, kit)
    except Refused as reason:
        raise as_kits(reason) from None
