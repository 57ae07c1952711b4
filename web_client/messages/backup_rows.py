"""Messages as records of a backup (section 15 of docs/protocol.md), and back as rows of a new vault.

Every function runs inside one reading, or one transaction, of the vault.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import msgspec

from protocol import envelope
from protocol.backup_records import Gone, Message, Record
from protocol.errors import Forged, HamrazError
from protocol.files import VOICE
from protocol.kinds import TIMER
from protocol.statements import Envelope, Signed, decode_strict
from web_client.account.chat_ids import ChatId
from web_client.messages import amendments
from web_client.messages import rows as message_rows
from web_client.messages.outgoing import WAITING
from web_client.messages.rows import MessageRow
from web_client.vault.database import Rows
from web_client.vault.lines import ASIDE, CLEARED, CLEARING, SHOWN

MAILED: Final = "authority"  # state: it waits in the mailbox
NOT_CERTAIN: Final = "not_certain"  # why: it waited when the backup was made, and nobody here knows what became of it;
LET_BE: Final = "let_be"  # and the same of a mark, with which its user lives
UNCERTAIN: Final = (NOT_CERTAIN, LET_BE)
# Orders and positions between the last message of a backup and the first one after: what others give back of the time
# in between stands there, by its time. In ms that is 69 years, and what follows stays far below 2**53.
BETWEEN: Final = 1 << 41

_MESSAGE = (
    "ord, moved, chat, id, sender, recipient, key, sequence, previous, hash, time, kind, body, raw, envelope, state, "
    "why, receipt, n, epoch, line, target, author, words, edited, deleted, retracted, reactions, came, delivered, "
    "seen, sealed"
)
# Private chats; groups that are over, as nobody serves their chains any more; one's own that have no place there yet.
_WANTED = (
    "(chat LIKE 'p:%' OR (n IS NULL AND state != 'system') OR substr(chat, 3) IN "
    "(SELECT lower(hex(gid)) FROM groups WHERE state IN ('left', 'removed')))"
)
WATCH: Final = (
    "CREATE TEMP TABLE IF NOT EXISTS backup_changed (ord INTEGER PRIMARY KEY)",
    "DELETE FROM backup_changed",
    "CREATE TEMP TRIGGER IF NOT EXISTS backup_inserted AFTER INSERT ON main.messages BEGIN "
    "INSERT OR IGNORE INTO backup_changed VALUES (new.ord); END",
    "CREATE TEMP TRIGGER IF NOT EXISTS backup_updated AFTER UPDATE ON main.messages BEGIN "
    "INSERT OR IGNORE INTO backup_changed VALUES (old.ord); END",
    "CREATE TEMP TRIGGER IF NOT EXISTS backup_deleted AFTER DELETE ON main.messages BEGIN "
    "INSERT OR IGNORE INTO backup_changed VALUES (old.ord); END",
)
UNWATCH: Final = (
    "DROP TRIGGER IF EXISTS temp.backup_inserted",
    "DROP TRIGGER IF EXISTS temp.backup_updated",
    "DROP TRIGGER IF EXISTS temp.backup_deleted",
    "DROP TABLE IF EXISTS temp.backup_changed",
)


Enough = Callable[[], bool]  # whether this slice has taken as long as it may


# --- out ---


def part(rows: Rows, after: int, count: int, enough: Enough) -> tuple[list[Record], int | None]:
    """Of so many rows after this order, whether they belong into a backup or not, those that do, or fewer; and up to
    which order that is, None if that is all.
    """
    end = rows.execute(
        "SELECT ord FROM messages WHERE ord > ? ORDER BY ord LIMIT 1 OFFSET ?", (after, count)
    ).fetchone()
    up_to = end[0] if end else (1 << 62)
    query = f"SELECT {_MESSAGE} FROM messages WHERE ord > ? AND ord <= ? AND {_WANTED} ORDER BY ord"
    found: list[Record] = []
    for row in rows.execute(query, (after, up_to)):
        found.append(_record(row))
        if enough():
            return found, row[0]
    return found, end[0] if end else None


def changed(rows: Rows, count: int, enough: Enough) -> tuple[list[Record], bool]:
    """What has changed, come or gone since WATCH, or since this was asked last; and whether that is all of it."""
    orders = [row[0] for row in rows.execute("SELECT ord FROM backup_changed ORDER BY ord LIMIT ?", (count,))]
    is_all = len(orders) < count
    query = f"SELECT {_MESSAGE} FROM messages WHERE ord = ? AND {_WANTED}"
    records: list[Record] = []
    for at, order in enumerate(orders):
        row = rows.execute(query, (order,)).fetchone()
        records.append(Gone(order) if row is None else _record(row))
        if enough() and at + 1 < len(orders):
            orders, is_all = orders[: at + 1], False
            break
    if orders:
        rows.execute("DELETE FROM backup_changed WHERE ord <= ?", (orders[-1],))
    return records, is_all


def read_place(rows: Rows, gid: bytes, position: int) -> int:
    """The place in a group's chain up to which it was read; 0 for none."""
    query = "SELECT n FROM messages WHERE recipient = ? AND n IS NOT NULL AND position <= ? ORDER BY n DESC LIMIT 1"
    found = rows.execute(query, (gid, position)).fetchone()
    return int(found[0]) if found else 0


def position_of(rows: Rows, gid: bytes, n: int) -> int:
    """Where the message stands that is the last one up to this place of a group's chain; 0 if there is none."""
    query = "SELECT max(position) FROM messages WHERE recipient = ? AND n IS NOT NULL AND n <= ?"
    return int(rows.execute(query, (gid, n)).fetchone()[0] or 0)


def newest_change(rows: Rows) -> int:
    """A number that is larger whenever a message has come or has moved."""
    return message_rows.newest(rows)


def _record(row: Any) -> Message:
    (
        order, moved, chat, id, sender, recipient, key, sequence, previous, hash, time, kind, body, raw, envelope,
        state, why, receipt, n, epoch, line, target, author, words, edited, deleted, retracted, reactions, came,
        delivered, seen, sealed,
    ) = row  # fmt: skip
    signed = raw
    gone = bool(deleted) or (line in (CLEARED, CLEARING) and kind != TIMER)
    if gone:  # what has yet to be sent keeps its words here; from a backup it is never sent
        body, raw, envelope, words = b"", b"", None, None
    return Message(
        order, moved, chat, id, sender, recipient, key, sequence, previous, hash if gone or not signed else None, time,
        kind, None if raw and body else body, None if envelope is not None and raw and raw in envelope else raw,
        envelope, state, why, receipt, n, epoch, CLEARED if line == CLEARING else line, target, author, words, edited,
        bool(deleted), retracted, reactions, came, delivered, seen, sealed,
    )  # fmt: skip


# --- in ---


def put(rows: Rows, record: Message, me: bytes) -> None:
    """One of these as a row; of the same order, the last one counts. `backup_broken`."""
    raw = record.raw
    try:
        if raw is None:
            raw = decode_strict(decode_strict(record.envelope or b"", Signed).body, Envelope).message
        body = record.body if record.body is not None else envelope.decode_message(raw).body
        chat = ChatId.parse(record.chat)
    except HamrazError:
        raise Forged("backup_broken") from None
    state, why = record.state, record.why
    if record.sender == me and record.n is None and (state in (WAITING, MAILED) or why == "mail_gone"):
        state, why = "failed", NOT_CERTAIN
    line = record.line
    if record.kind == envelope.INVITATION and chat.peer is not None and line == SHOWN and record.why is None:
        line = ASIDE  # as a vault was that this backup is older than
    values = {
        **msgspec.structs.asdict(record), "ord": record.order, "moved": record.position, "chat": chat, "body": body,
        "raw": raw, "hash": record.hash if record.hash is not None else envelope.message_hash(raw), "state": state,
        "why": why, "line": line,
    }  # fmt: skip
    values["lifetime"] = message_rows.lifetime(record.kind, body, record.sealed)
    columns = [*_MESSAGE.split(", "), "lifetime"]
    query = f"INSERT OR REPLACE INTO messages ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
    rows.execute(query, [values[name] for name in columns])
    if record.kind == VOICE and record.sender != me:  # what the backup says of that comes later: heard.py
        message_rows.change(rows, record.order, listened=0)


def take_out(rows: Rows, order: int) -> None:
    """What was there before isn't any more."""
    message_rows.delete(rows, order)


def unsure(rows: Rows, me: bytes, chat: ChatId, author: bytes, id: bytes) -> list[MessageRow]:
    """One's own marks of a message of which nobody here knows whether the other has them, the oldest first."""
    marks = amendments.marks_of(rows, chat, author, id)
    return [mark for mark in marks if mark.sender == me and mark.why == NOT_CERTAIN]


def is_unsure(rows: Rows, me: bytes, chat: ChatId, author: bytes, id: bytes) -> bool:
    """Whether there is any: one step of an index for each message that is shown."""
    where = "author = ? AND target = ? AND chat = ? AND line = 0 AND sender = ? AND why = ? LIMIT 1"
    return bool(rows.execute(f"SELECT 1 FROM messages WHERE {where}", (author, id, chat, me, NOT_CERTAIN)).fetchone())


def settle(rows: Rows, me: bytes) -> int:
    """All are here: what was deleted and had yet to be sent goes, and so does its place in the row. The order and
    position up to which they go.
    """
    lost = message_rows.select(rows, "sender = ? AND why = ?", me, NOT_CERTAIN)
    for row in lost:
        amendments.forget_sent(rows, row)
    last = message_rows.newest(rows)
    rows.execute("UPDATE sqlite_sequence SET seq = ? WHERE name = 'messages'", (last + BETWEEN,))
    if not rows.execute("SELECT 1 FROM sqlite_sequence WHERE name = 'messages'").fetchone():
        rows.execute("INSERT INTO sqlite_sequence VALUES ('messages', ?)", (last + BETWEEN,))
    return last
