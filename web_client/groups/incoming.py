"""A group's checked entries as decisions over the vault's rows (section 9): what they become here. No sockets.

Every function runs inside one transaction of the vault; if it raises, nothing has changed.
"""

from __future__ import annotations

from protocol.about import About
from protocol.errors import Forged, HamrazError
from protocol.group_entries import (
    JOINING,
    Commit,
    CommitEntry,
    Content,
    JoinEntry,
    LeaveEntry,
    MessageEntry,
    RetractEntry,
    StubEntry,
    UnopenedEntry,
    decode_entry,
    decode_header,
    message_hash,
)
from protocol.group_seals import open_message, unwrap_history
from protocol.groups import Change, Group
from protocol.primitives import EpochKey
from protocol.statements import decode_strict
from web_client.groups import retraction
from web_client.groups.rows import BEFORE_YOU, NO_KEY, STORED, UNREADABLE, chat_of, commit_of, key_listed, keys
from web_client.groups.system_messages import WRONG_HISTORY, store_late, store_system, tell_reason
from web_client.messages import amendments, blocked_rows, ids, profile_rows
from web_client.messages.outgoing import RECEIVED
from web_client.search import index
from web_client.vault.database import Rows

_KINDS: dict[type, str] = {
    CommitEntry: "commit",
    MessageEntry: "message",
    JoinEntry: "join",
    LeaveEntry: "leave",
    UnopenedEntry: "unopened",
    RetractEntry: "retract",
    StubEntry: amendments.DELETED,
}


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
        if change.retract is not None:
            orders += retraction.store(rows, change.retract, have.get(change.retract.epoch))
        elif isinstance(change.entry, MessageEntry | StubEntry):
            if change.epoch in have or shares or (since and change.epoch >= since):
                orders += _store_message(rows, me, gid, change, change.entry, have.get(change.epoch), now)
            else:
                orders += _store_closed(rows, gid, change, change.entry, now)
        else:
            orders += store_system(rows, me, gid, change, have, now)
    rows.execute("UPDATE groups SET n = ?, hash = ?, since = ? WHERE gid = ?", (group.n, group.hash, since, gid))
    return orders


def _store_message(
    rows: Rows, me: bytes, gid: bytes, change: Change, entry: MessageEntry | StubEntry, key: EpochKey | None, now: int
) -> list[int]:
    header = decode_header(entry.header)
    content, why = _content(entry, key, now)
    kind, time, body = content.kind, content.time, content.body
    _hear(rows, gid, change.epoch, header.uid, content.about)
    placed = (header.commit_hash, header.sequence, header.previous, message_hash(entry), change.n, change.epoch)
    own = None
    if header.uid == me:
        waiting = "SELECT ord FROM messages WHERE id = ? AND sender = ? AND chat = ? AND n IS NULL"
        own = rows.execute(waiting, (header.id, me, chat_of(gid))).fetchone()
    if own is not None:
        # its place is the chain's, not the moment when it was written
        order = int(rows.execute("SELECT max(ord) + 1 FROM messages").fetchone()[0])
        rows.execute(
            "UPDATE messages SET ord = ?, state = ?, why = NULL, key = ?, sequence = ?, previous = ?, hash = ?, n = ?, "
            "epoch = ? WHERE ord = ?",
            (order, STORED, *placed, own[0]),
        )
        rows.execute("DELETE FROM group_outbox WHERE ord = ?", (own[0],))
        index.forget(rows, own[0])
        index.renew(rows, order)
        amendments.forget_sent(rows, order)
        return amendments.settle(rows, order)
    line, target, author = amendments.about(kind, body, header.uid)
    cursor = rows.execute(
        "INSERT INTO messages (chat, id, sender, recipient, time, kind, body, raw, state, why, key, sequence, "
        "previous, hash, n, epoch, came, line, target, author) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, x'', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            chat_of(gid),
            ids.in_group(rows, chat_of(gid), header.uid, header.id, change.n),
            header.uid,
            gid,
            time,
            kind,
            body,
            STORED if header.uid == me else RECEIVED,
            why,
            *placed,
            None if header.uid == me else now,
            blocked_rows.line_of(rows, header.uid, kind, line),
            target,
            author,
        ),
    )
    return _settle(rows, header.uid, int(cursor.lastrowid))


def _settle(rows: Rows, sender: bytes, order: int) -> list[int]:
    """What a message means for others: of a blocked person's nothing is shown, so nobody is told."""
    changed = amendments.settle(rows, order)
    return [] if blocked_rows.has(rows, sender) else changed


def _store_closed(rows: Rows, gid: bytes, change: Change, entry: MessageEntry | StubEntry, now: int) -> list[int]:
    """What was written before one came in and isn't shared: one line in the place of the first of it says so."""
    told = rows.execute("SELECT 1 FROM messages WHERE chat = ? AND line = 1 AND why = ?", (chat_of(gid), BEFORE_YOU))
    if told.fetchone() is not None:
        return []
    header = decode_header(entry.header)
    cursor = rows.execute(
        "INSERT INTO messages (chat, id, sender, recipient, key, sequence, previous, hash, time, kind, body, raw, "
        "state, why, n, epoch) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, x'', x'', 'system', ?, ?, ?)",
        (
            chat_of(gid),
            ids.by_place(header.id, change.n),
            header.uid,
            gid,
            header.commit_hash,
            header.sequence,
            header.previous,
            message_hash(entry),
            now,
            UNREADABLE,
            BEFORE_YOU,
            change.n,
            change.epoch,
        ),
    )
    return [int(cursor.lastrowid)]


def _content(entry: MessageEntry | StubEntry, key: EpochKey | None, now: int) -> tuple[Content, str | None]:
    """What a checked message says, and why that can't be read."""
    why = NO_KEY
    try:
        if isinstance(entry, StubEntry):
            why = amendments.WORDS_GONE
        elif key is not None:
            return open_message(entry, key), None
    except Forged as reason:
        why = reason.code
    return Content(UNREADABLE, now, b"", None), why


def _hear(rows: Rows, gid: bytes, epoch: int, uid: bytes, about: About | None) -> None:
    """What a message has said of its sender's profile, with the key that the epoch's commit names for them."""
    listed = key_listed(rows, gid, epoch, uid) if about is not None else None
    if listed is not None:
        profile_rows.hear(rows, uid, listed, chat_of(gid), about)


# --- keys that come later ---


def save_key(rows: Rows, gid: bytes, epoch: int, key: EpochKey) -> list[int]:
    """Keep a key that has been held against its commit; messages that waited for it open: the orders of what looks
    different now, and of what turns out to be no line.
    """
    rows.execute("INSERT OR IGNORE INTO group_keys (gid, epoch, key) VALUES (?, ?, ?)", (gid, epoch, key.save()))
    waiting = rows.execute(
        "SELECT m.ord, m.sender, e.entry FROM messages m JOIN group_entries e ON e.gid = m.recipient AND e.n = m.n "
        "WHERE m.recipient = ? AND m.epoch = ? AND m.why = ? AND e.kind = 'message'",
        (gid, epoch, NO_KEY),
    ).fetchall()
    orders: list[int] = []
    for order, sender, raw in waiting:
        entry = decode_entry(bytes(raw))
        assert isinstance(entry, MessageEntry)
        content, why = _content(entry, key, 0)
        kind, time, body = content.kind, content.time, content.body
        _hear(rows, gid, epoch, bytes(sender), content.about)
        line, target, author = amendments.about(kind, body, bytes(sender))
        line = blocked_rows.line_of(rows, bytes(sender), kind, line)
        rows.execute(
            "UPDATE messages SET kind = ?, time = coalesce(nullif(?, 0), time), body = ?, why = ?, line = ?, "
            "target = ?, author = ? WHERE ord = ?",
            (kind, time, body, why, line, target, author, order),
        )
        index.renew(rows, order)
        changed = _settle(rows, bytes(sender), order)
        orders += [] if blocked_rows.has(rows, bytes(sender)) else [order, *changed]
    reasons = tell_reason(rows, gid, epoch, key) + retraction.tell_reasons(rows, gid, epoch, key)
    return list(dict.fromkeys(orders)) + reasons


def follow_back(rows: Rows, gid: bytes, epoch: int, now: int) -> list[int]:
    """With the key of this epoch: open what it carries of older ones, as far back as it goes, and hold what is carried
    against the keys that are here. The orders of messages that open by it, and of lines that name who carried a wrong
    one.
    """
    have = keys(rows, gid)
    orders: list[int] = []
    if epoch + 1 in have:
        orders += _carried(rows, gid, have, epoch + 1, now)[1]
    while epoch > 1:
        known = epoch - 1 in have
        key, lines = _carried(rows, gid, have, epoch, now)
        orders += lines
        if key is None or known:
            break  # what came before stays closed to those who come by this way; or it has been followed already
        epoch -= 1
        have[epoch] = key
        orders += save_key(rows, gid, epoch, key)
    return orders


def _carried(
    rows: Rows, gid: bytes, have: dict[int, EpochKey], epoch: int, now: int
) -> tuple[EpochKey | None, list[int]]:
    """The key before that this epoch's commit carries, None if it carries none or a wrong one; a new line says so."""
    entry, before = commit_of(rows, gid, epoch), commit_of(rows, gid, epoch - 1)
    if entry is None or before is None:
        return None, []
    commit = decode_strict(entry.signed.body, Commit)
    if not commit.wrapped:
        return None, []
    try:
        return unwrap_history(have[epoch], commit, decode_strict(before.signed.body, Commit)), []
    except HamrazError:
        return None, store_late(rows, commit.gid, epoch, WRONG_HISTORY, "", now)
