"""Backups, for opening only, as HPKE takes no seed (section 15 of docs/protocol.md); for make_vectors."""

from __future__ import annotations

from typing import Any

import msgspec

from protocol import backup_records, backups
from protocol.backup_records import Record, encode_record
from protocol.backups import BackupAbout, BackupWriter
from protocol.kit import Kit
from protocol.primitives import FileKey
from protocol.statements import Head, issue
from tests.protocol import fixed_people
from tests.protocol.fixed_people import AUTHORITY, AUTHORITY_ID, CYRUS, NIMA, OTHER_AUTHORITY_ID, PARVIN, seed

Vector = dict[str, Any]

KIT = Kit(PARVIN.recovery, AUTHORITY_ID)
HEAD = issue(Head(3, seed("a head")), AUTHORITY, AUTHORITY_ID)
ABOUT = BackupAbout(seed("a backup", 16), PARVIN.uid, "Parvin", 7, HEAD, 1_790_000_000_000)
KEY = FileKey(seed("a backup's key"))


def records() -> list[Record]:
    """One of each kind, as what its fields allow."""
    chat = "p:" + NIMA.uid.hex()
    text = backup_records.Message(
        4, None, chat, seed("id", 16), NIMA.uid, PARVIN.uid, NIMA.key.public.raw, 1, bytes(32), seed("hash"),
        1_790_000_000_000, "text", "سلام".encode(), b"", None, "received", None, b"", None, None, 1, None, None, None,
        None, False, None, None, 1_790_000_000_001, None, None, "one_time",
    )  # fmt: skip
    gid = fixed_people.GROUP
    return [
        backup_records.LogEntry(b"an entry"),
        text,
        msgspec.structs.replace(text, order=5, position=9, sequence=-3, deleted=True, state="system", n=3, epoch=1),
        backup_records.Gone(5),
        backup_records.Unchecked(4),
        backup_records.Group(gid, "کلاس", 5051, "joined", None, None, b"", 1, 0, bytes(32), None, None, 0, 0),
        backup_records.GroupKey(gid, 1, seed("epoch")),
        backup_records.GroupEntry(gid, 1, "commit", b"entry", seed("entry")),
        backup_records.Chat(chat, 4, 0, True, False, "half a sente"),
        backup_records.Contact(NIMA.uid, NIMA.key.public.raw, 2),
        backup_records.Setting("chosen", b"{}"),
        backup_records.Block(CYRUS.uid, 1),
        backup_records.Told(NIMA.uid, seed("print"), 2, seed("profile"), chat, False),
        backup_records.Profile(NIMA.uid, seed("print"), 2, b"signed"),
        backup_records.PrekeySeen(NIMA.uid, NIMA.key.public.raw, 3),
    ]


def chunks_of(found: list[Record]) -> list[bytes]:
    writer = BackupWriter(KEY, AUTHORITY_ID, ABOUT.id)
    return writer.add(found) + writer.end()


def backup_vectors() -> list[Vector]:
    """One that opens, and what doesn't."""
    head = backups.seal_head(ABOUT, KEY, KIT.open_key().public, AUTHORITY_ID)
    [chunk] = chunks_of(records())
    writer = BackupWriter(KEY, AUTHORITY_ID, ABOUT.id)
    early = writer.add([*records(), backup_records.End(1, bytes(32))])
    assert not early
    [bad_end] = writer.end()
    changed = bytearray(head)
    changed[20] ^= 1
    base = {
        "seed": KIT.recovery.save(),
        "authority_id": AUTHORITY_ID,
        "head": head,
        "chunks": [chunk],
        "records": [encode_record(one) for one in records()],
        "outcome": "ok",
    }
    cases: tuple[tuple[str, dict[str, Any]], ...] = (
        ("a backup", {}),
        ("of a later format", {"head": (2).to_bytes(4) + b"more", "outcome": "backup_newer"}),
        ("of no format", {"head": bytes(4) + head[4:], "outcome": "backup_broken"}),
        ("with no head", {"head": b"", "outcome": "backup_broken"}),
        ("what is said of it was changed", {"head": bytes(changed), "outcome": "backup_broken"}),
        ("another's kit", {"seed": NIMA.recovery.save(), "outcome": "backup_broken"}),
        ("another authority's", {"authority_id": OTHER_AUTHORITY_ID, "outcome": "backup_broken"}),
        ("a chunk that was changed", {"chunks": [chunk[:-1] + bytes([chunk[-1] ^ 1])], "outcome": "backup_broken"}),
        ("the last chunk twice", {"chunks": [chunk, chunk], "outcome": "backup_broken"}),
        ("without chunks", {"chunks": [], "outcome": "backup_broken"}),
        ("an end that counts wrong", {"chunks": [bad_end], "outcome": "backup_broken"}),
    )
    return [base | change | {"about": about} for about, change in cases]
