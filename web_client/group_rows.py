"""Groups as decisions over the vault's rows (section 9): what the entries of a chain become here. No sockets, no
clocks.

Every function runs inside one transaction of the vault; if it raises, nothing has changed.
"""

from __future__ import annotations

import hashlib

import msgspec

from protocol.errors import Forged, HamrazError
from protocol.group_entries import (
    JOINING,
    Commit,
    CommitEntry,
    JoinEntry,
    LeaveEntry,
    MessageEntry,
    decode_entry,
    decode_header,
    message_hash,
)
from protocol.group_seals import open_message, open_note, unwrap_history
from protocol.groups import Change, Group
from protocol.log import Log
from protocol.primitives import EpochKey
from protocol.statements import decode_strict
from web_client.private_chat import RECEIVED
from web_client.vault import Rows

INVITED, JOINED, LEFT, REMOVED = "invited", "joined", "left", "removed"
STORED = "authority"  # a message of one's own that stands in the chain
SYSTEM, UNREADABLE = "system", "unreadable"
NO_KEY, BEFORE_YOU = "no_key", "before_you"

_KINDS: dict[type, str] = {CommitEntry: "commit", MessageEntry: "message", JoinEntry: "join", LeaveEntry: "leave"}


class System(msgspec.Struct):
    """The body of a line that the chain itself tells: who did what to whom."""

    what: str
    by: str
    who: list[str]
    reason: str


def chat_of(gid: bytes) -> str:
    """The conversation's name in the agent's API."""
    return f"g:{gid.hex()}"


# --- loading ---


def load(rows: Rows, gid: bytes, log: Log) -> Group:
    """The group as replayed so far: its commits, joins and leaves again, and each sender's newest message."""
    group = Group(gid)
    told = rows.execute("SELECT n, entry FROM group_entries WHERE gid = ? AND kind != 'message' ORDER BY n", (gid,))
    for n, entry in told:
        group.n = n - 1
        group.append(bytes(entry), log)
    group.resume_at(*place(rows, gid))
    newest = rows.execute(
        "SELECT sender, max(sequence), hash FROM messages WHERE recipient = ? AND key = ? AND sequence > 0 "
        "GROUP BY sender",
        (gid, group.commit_hash),
    )
    for sender, sequence, hash in newest:
        group.resume(bytes(sender), sequence, bytes(hash))
    return group


def place(rows: Rows, gid: bytes) -> tuple[int, bytes]:
    """How far the chain is here, and its hash there."""
    n, hash = rows.execute("SELECT n, hash FROM groups WHERE gid = ?", (gid,)).fetchone()
    return n, bytes(hash)


def hash_at(rows: Rows, gid: bytes, n: int) -> bytes | None:
    """The chain's hash at an earlier place."""
    row = rows.execute("SELECT hash FROM group_entries WHERE gid = ? AND n = ?", (gid, n)).fetchone()
    return bytes(row[0]) if row else None


def commits(rows: Rows, gid: bytes) -> list[CommitEntry]:
    """Every commit of the chain, that of epoch 1 first."""
    found = rows.execute("SELECT entry FROM group_entries WHERE gid = ? AND kind = 'commit' ORDER BY n", (gid,))
    return [entry for row in found if isinstance(entry := decode_entry(bytes(row[0])), CommitEntry)]


# --- keys ---


def key_of(rows: Rows, gid: bytes, epoch: int) -> EpochKey | None:
    """An epoch's key, if it is here."""
    row = rows.execute("SELECT key FROM group_keys WHERE gid = ? AND epoch = ?", (gid, epoch)).fetchone()
    return EpochKey(bytes(row[0])) if row else None


def keys(rows: Rows, gid: bytes) -> dict[int, EpochKey]:
    """All epoch keys that are here."""
    found = rows.execute("SELECT epoch, key FROM group_keys WHERE gid = ?", (gid,))
    return {epoch: EpochKey(bytes(key)) for epoch, key in found}


def save_key(rows: Rows, gid: bytes, epoch: int, key: EpochKey) -> list[int]:
    """Keep a key that has been held against its commit; messages that waited for it open: their orders."""
    rows.execute("INSERT OR IGNORE INTO group_keys (gid, epoch, key) VALUES (?, ?, ?)", (gid, epoch, key.save()))
    waiting = rows.execute(
        "SELECT m.ord, e.entry FROM messages m JOIN group_entries e ON e.gid = m.recipient AND e.n = m.n "
        "WHERE m.recipient = ? AND m.epoch = ? AND m.why = ?",
        (gid, epoch, NO_KEY),
    ).fetchall()
    for order, raw in waiting:
        entry = decode_entry(bytes(raw))
        assert isinstance(entry, MessageEntry)
        kind, time, body, why = _content(entry, key, 0)
        rows.execute(
            "UPDATE messages SET kind = ?, time = max(time, ?), body = ?, why = ? WHERE ord = ?",
            (kind, time, body, why, order),
        )
    return [order for order, _raw in waiting] + _tell_reason(rows, gid, epoch, key)


def _tell_reason(rows: Rows, gid: bytes, epoch: int, key: EpochKey) -> list[int]:
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


# --- receiving ---


def store(rows: Rows, me: bytes, group: Group, raws: list[bytes], changes: list[Change], now: int) -> list[int]:
    """Keep checked entries and what they say; `group` is the state after them. The orders of new or changed
    messages.
    """
    gid = group.gid
    have = keys(rows, gid)
    since = int(rows.execute("SELECT since FROM groups WHERE gid = ?", (gid,)).fetchone()[0])
    shares = group.commit is not None and group.commit.history != JOINING
    orders: list[int] = []
    for raw, change in zip(raws, changes, strict=True):
        kind = _KINDS[type(change.entry)]
        rows.execute("INSERT INTO group_entries VALUES (?, ?, ?, ?, ?)", (gid, change.n, kind, raw, change.hash))
        if change.commit is not None and me in change.added:
            since = change.epoch
        if isinstance(change.entry, MessageEntry):
            if change.epoch in have or shares or (since and change.epoch >= since):
                orders.append(_store_message(rows, me, gid, change, change.entry, have.get(change.epoch), now))
        else:
            orders += _store_system(rows, me, gid, change, have, now)
    rows.execute("UPDATE groups SET n = ?, hash = ?, since = ? WHERE gid = ?", (group.n, group.hash, since, gid))
    return orders


def _store_message(
    rows: Rows, me: bytes, gid: bytes, change: Change, entry: MessageEntry, key: EpochKey | None, now: int
) -> int:
    header = decode_header(entry.header)
    kind, time, body, why = _content(entry, key, now)
    placed = (header.commit_hash, header.sequence, header.previous, message_hash(entry), change.n, change.epoch)
    own = rows.execute("SELECT ord FROM messages WHERE sender = ? AND id = ?", (header.uid, header.id)).fetchone()
    if own is not None and header.uid == me:
        # its place is the chain's, not the moment when it was written
        order = int(rows.execute("SELECT max(ord) + 1 FROM messages").fetchone()[0])
        rows.execute(
            "UPDATE messages SET ord = ?, state = ?, why = NULL, key = ?, sequence = ?, previous = ?, hash = ?, n = ?, "
            "epoch = ? WHERE ord = ?",
            (order, STORED, *placed, own[0]),
        )
        rows.execute("DELETE FROM group_outbox WHERE ord = ?", (own[0],))
        return order
    cursor = rows.execute(
        "INSERT INTO messages (chat, id, sender, recipient, time, kind, body, raw, state, why, key, sequence, "
        "previous, hash, n, epoch) VALUES (?, ?, ?, ?, ?, ?, ?, x'', ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            chat_of(gid),
            header.id if own is None else hashlib.sha256(entry.header).digest()[:16],
            header.uid,
            gid,
            time,
            kind,
            body,
            STORED if header.uid == me else RECEIVED,
            why,
            *placed,
        ),
    )
    return int(cursor.lastrowid)


def _content(entry: MessageEntry, key: EpochKey | None, now: int) -> tuple[str, int, bytes, str | None]:
    """(kind, time, body, why not) of a checked message."""
    if key is None:
        return UNREADABLE, now, b"", NO_KEY
    try:
        content = open_message(entry, key)
    except Forged as reason:
        return UNREADABLE, now, b"", reason.code
    return content.kind, content.time, content.body, None


def _store_system(rows: Rows, me: bytes, gid: bytes, change: Change, have: dict[int, EpochKey], now: int) -> list[int]:
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


def grants_wanted(rows: Rows, gid: bytes, me: bytes) -> list[int]:
    """The epochs whose key is not here although their commit lists this member, the newest first."""
    have = set(keys(rows, gid))
    wanted = []
    for entry in commits(rows, gid):
        commit = decode_strict(entry.signed.body, Commit)
        if commit.epoch not in have and any(member.uid == me for member in commit.members):
            wanted.append(commit.epoch)
    return wanted[::-1]


def unwrap_all(rows: Rows, gid: bytes) -> list[int]:
    """Open what newer keys carry of older ones, as far back as it goes; the orders of messages that open by it."""
    told = commits(rows, gid)
    have = keys(rows, gid)
    orders: list[int] = []
    for after, before in zip(reversed(told), reversed(told[:-1]), strict=False):
        commit, previous = decode_strict(after.signed.body, Commit), decode_strict(before.signed.body, Commit)
        if after.wrapped and commit.epoch in have and previous.epoch not in have:
            try:
                key = unwrap_history(have[commit.epoch], after.wrapped, commit, previous)
            except HamrazError:
                break  # its commander wrapped something else: what came before stays closed
            have[previous.epoch] = key
            orders += save_key(rows, gid, previous.epoch, key)
    return orders
