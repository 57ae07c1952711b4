"""The lines that a group's chain itself tells: who did what to whom, as rows of the vault.

Every function runs inside one transaction of the vault; if it raises, nothing has changed.
"""

from __future__ import annotations

import hashlib

import msgspec

from protocol.errors import HamrazError
from protocol.group_entries import Commit, CommitEntry, decode_entry
from protocol.group_seals import open_note
from protocol.groups import Change
from protocol.primitives import EpochKey
from protocol.statements import decode_strict
from web_client.group_rows import SYSTEM, chat_of
from web_client.vault import Rows


class System(msgspec.Struct):
    """The body of a line that the chain itself tells: who did what to whom."""

    what: str
    by: str
    who: list[str]
    reason: str


def store_system(rows: Rows, me: bytes, gid: bytes, change: Change, have: dict[int, EpochKey], now: int) -> list[int]:
    """The lines that a commit, a join or a leave makes in the conversation."""
    lines: list[tuple[str, tuple[bytes, ...], str]] = []
    commit = change.commit
    if commit is not None:
        added = tuple(uid for uid in change.added if uid != change.by)
        removed = tuple(uid for uid in change.removed if uid not in change.left)
        if commit.epoch == 1:
            lines.append(("created", added, ""))
        else:
            lines += [("added", added, "")] if added else []
            lines += [("removed", removed, _reason(commit, have.get(change.epoch)))] if removed else []
        if change.by == me:
            rows.executemany("INSERT OR IGNORE INTO group_invites VALUES (?, ?)", [(gid, uid) for uid in added])
    elif change.left:
        lines.append(("declined" if change.declined else "left", (change.by,), ""))
    else:
        lines.append(("joined", (change.by,), ""))
    orders = []
    for what, who, reason in lines:
        body = msgspec.json.encode(System(what, change.by.hex(), [uid.hex() for uid in who], reason))
        id = hashlib.sha256(change.hash + what.encode()).digest()[:16]
        cursor = rows.execute(
            "INSERT INTO messages (chat, id, sender, recipient, key, sequence, previous, hash, time, kind, body, raw, "
            "state, n, epoch) VALUES (?, ?, ?, ?, ?, ?, x'', ?, ?, ?, ?, x'', 'system', ?, ?)",
            # a negative sequence under a key of its own: apart from what members write
            (chat_of(gid), id, change.by, gid, what, -change.n, change.hash, now, SYSTEM, body, change.n, change.epoch),
        )
        orders.append(int(cursor.lastrowid))
    return orders


def _reason(commit: Commit, key: EpochKey | None) -> str:
    try:
        return open_note(key, commit) if key is not None else ""
    except HamrazError:
        return ""


def system(body: bytes) -> System:
    """A system line's body."""
    return msgspec.json.decode(body, type=System)


def tell_reason(rows: Rows, gid: bytes, epoch: int, key: EpochKey) -> list[int]:
    """Why somebody was removed, now that the key of that commit is here; the line's order if it says more."""
    line = rows.execute(
        "SELECT m.ord, m.body, e.entry FROM messages m JOIN group_entries e ON e.gid = m.recipient AND e.n = m.n "
        "WHERE m.recipient = ? AND m.epoch = ? AND m.key = 'removed'",
        (gid, epoch),
    ).fetchone()
    if line is None:
        return []
    order, body, raw = line
    entry = decode_entry(bytes(raw))
    assert isinstance(entry, CommitEntry)
    told = system(bytes(body))
    told.reason = _reason(decode_strict(entry.signed.body, Commit), key)
    rows.execute("UPDATE messages SET body = ? WHERE ord = ?", (msgspec.json.encode(told), order))
    return [order]
