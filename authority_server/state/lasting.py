"""What stays for good of what other nodes have written: whoever wrote it there has so much less to write here. What
they were given back isn't that: it was written once, before it was lost.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from protocol.group_entries import Read
from protocol.groups import Change
from protocol.log_entries import (
    OWN,
    RECOVERY,
    KeyEntry,
    RecoveryEntry,
    RoleEntry,
    decode_entry,
    read_key_change,
    read_recovery_change,
    read_role_change,
)

ROW_BYTES = 256  # of hashes, ids and indexes beside what is kept


@dataclass(frozen=True, slots=True)
class Lasts:
    """Of which of `rules.rate_limits.Limits`, whose, and how much."""

    limit: str
    key: str
    amount: int = 1


def of_log(raw: bytes) -> Iterator[Lasts]:
    """An entry of the log. (A group's is its commit's, in the chain; an account's was made by a place.)"""
    match decode_entry(raw):
        case KeyEntry() as entry:
            change = read_key_change(entry)
            limit = {OWN: "own_keys", RECOVERY: "recoveries"}.get(change.why, "endings")
            yield Lasts(limit, change.by.hex())
        case RecoveryEntry() as entry:
            new = read_recovery_change(entry)
            yield Lasts("recovery_keys" if new.by == new.uid else "endings", new.by.hex())
        case RoleEntry() as entry:
            yield Lasts("roles", read_role_change(entry).by.hex())


def of_chain(gid: bytes, read: Read, change: Change) -> Iterator[Lasts]:
    """An entry of a group's chain; of a commit without its grants, which go with the epoch."""
    yield Lasts("chains", change.by.hex(), len(read.raw) + ROW_BYTES)
    if change.commit is not None:
        yield Lasts("commits", (change.by + gid).hex())
        yield Lasts("entries", change.by.hex())
