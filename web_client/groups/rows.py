"""Groups as rows of the vault (section 9): chain, commits and keys as they are here. No sockets, no clocks.

Every function runs inside one transaction of the vault; if it raises, nothing has changed.
"""

from __future__ import annotations

import hashlib

from protocol.group_entries import Commit, CommitEntry, decode_entry
from protocol.groups import Group
from protocol.log import Log
from protocol.primitives import EpochKey
from protocol.statements import Signed, decode_strict
from web_client.messages import rows as message_rows
from web_client.vault.database import Rows, Vault, value

INVITED, JOINED, LEFT, REMOVED = "invited", "joined", "left", "removed"
STORED = "authority"  # a message of one's own that stands in the chain
SYSTEM, UNREADABLE = "system", "unreadable"
NO_KEY, BEFORE_YOU = "no_key", "before_you"


def name_of(vault: Vault, gid: bytes) -> str | None:
    """What a group is called here."""
    name: str | None = vault.value("SELECT name FROM groups WHERE gid = ?", gid)
    return name


def named(rows: Rows, name: str) -> list[bytes]:
    """The groups that are called so here."""
    return [bytes(gid) for (gid,) in rows.execute("SELECT gid FROM groups WHERE name = ?", (name,))]


# --- loading ---


def load(rows: Rows, gid: bytes, log: Log) -> Group:
    """The group as replayed so far: all but its messages again, and each sender's newest message."""
    group = Group(gid)
    told = rows.execute(
        "SELECT n, entry FROM group_entries WHERE gid = ? AND kind IN ('commit', 'join', 'leave', 'unopened') "
        "ORDER BY n",
        (gid,),
    )
    for n, entry in told:
        group.n = n - 1
        group.append(bytes(entry), log)
    group.resume_at(*place(rows, gid))
    for sender, sequence, hash in message_rows.newest_of_each(rows, gid, group.commit_hash):
        group.resume(sender, sequence, hash)
    return group


def place(rows: Rows, gid: bytes) -> tuple[int, bytes]:
    """How far the chain is here, and its hash there."""
    n, hash = rows.execute("SELECT n, hash FROM groups WHERE gid = ?", (gid,)).fetchone()
    return n, bytes(hash)


def hash_at(rows: Rows, gid: bytes, n: int) -> bytes | None:
    """The chain's hash at an earlier place."""
    hash: bytes | None = value(rows, "SELECT hash FROM group_entries WHERE gid = ? AND n = ?", gid, n)
    return hash


def stretch(rows: Rows, gid: bytes, after: int, limit: int) -> list[tuple[int, bytes]]:
    """(place, entry) of a chain beyond a place, in their order."""
    query = "SELECT n, entry FROM group_entries WHERE gid = ? AND n > ? ORDER BY n LIMIT ?"
    return [(n, bytes(entry)) for n, entry in rows.execute(query, (gid, after, limit))]


def signed_end(rows: Rows, gid: bytes) -> Signed | None:
    """The newest head of a chain that is here."""
    row = rows.execute("SELECT chain FROM groups WHERE gid = ?", (gid,)).fetchone()
    return decode_strict(bytes(row[0]), Signed) if row is not None and row[0] is not None else None


def epochs(rows: Rows, gid: bytes) -> int:
    """How many commits the chain has here."""
    return int(value(rows, "SELECT count(*) FROM group_entries WHERE gid = ? AND kind = 'commit'", gid))


def commit_of(rows: Rows, gid: bytes, epoch: int) -> CommitEntry | None:
    """The commit of an epoch, found by its place; the others are not looked at."""
    if epoch < 1:
        return None
    question = "SELECT entry FROM group_entries WHERE gid = ? AND kind = 'commit' ORDER BY n LIMIT 1 OFFSET ?"
    raw = value(rows, question, gid, epoch - 1)
    entry = decode_entry(raw) if raw is not None else None
    return entry if isinstance(entry, CommitEntry) else None


def key_listed(rows: Rows, gid: bytes, epoch: int, uid: bytes) -> bytes | None:
    """The fingerprint of the key that the commit of an epoch names for a member."""
    entry = commit_of(rows, gid, epoch)
    listed = decode_strict(entry.signed.body, Commit).members if entry is not None else []
    return next((member.key_hash for member in listed if member.uid == uid), None)


# --- keys ---


def key_of(rows: Rows, gid: bytes, epoch: int) -> EpochKey | None:
    """An epoch's key, if it is here."""
    key = value(rows, "SELECT key FROM group_keys WHERE gid = ? AND epoch = ?", gid, epoch)
    return None if key is None else EpochKey(key)


def keys(rows: Rows, gid: bytes) -> dict[int, EpochKey]:
    """All epoch keys that are here."""
    found = rows.execute("SELECT epoch, key FROM group_keys WHERE gid = ?", (gid,))
    return {epoch: EpochKey(bytes(key)) for epoch, key in found}


def grants_wanted(rows: Rows, gid: bytes, me: bytes, listed: dict[int, bool]) -> list[int]:
    """The epochs whose key is not here although their commit lists this member, the newest first.

    `listed` remembers of which epochs that has been looked up: a commit never changes, and each is decoded once.
    """
    have = {row[0] for row in rows.execute("SELECT epoch FROM group_keys WHERE gid = ?", (gid,))}
    wanted = []
    for epoch in range(epochs(rows, gid), 0, -1):
        if epoch in have:
            continue
        if epoch not in listed:
            listed[epoch] = key_listed(rows, gid, epoch, me) is not None
        if listed[epoch]:
            wanted.append(epoch)
    return wanted


# --- shares that don't open: remembered, so that nothing is asked for ever ---


def is_refused(rows: Rows, gid: bytes, epoch: int) -> bool:
    """Whether the share of this epoch was asked for already, and nothing that could open it has come since."""
    known = value(rows, "SELECT prekeys FROM group_refused WHERE gid = ? AND epoch = ?", gid, epoch)
    return bool(known == _prekeys(rows))


def refuse(rows: Rows, gid: bytes, epoch: int, why: str) -> None:
    """With the last-resort keys that are here, this share doesn't open, or there is none."""
    rows.execute("INSERT OR REPLACE INTO group_refused VALUES (?, ?, ?, ?)", (gid, epoch, _prekeys(rows), why))


def _prekeys(rows: Rows) -> bytes:
    """Which last-resort keys are here, 32 bytes."""
    ids = [bytes(row[0]) for row in rows.execute("SELECT id FROM last_resorts ORDER BY sequence")]
    return hashlib.sha256(b"".join(ids)).digest()
