"""The table `messages`: one type of a row, one insert, one select, and what upper rooms ask of it by name.

Every function runs inside one transaction of the vault. `ord` is a row's number, its name here and in the agent's API:
once given it never changes. `position` is where it stands in its conversation as it is shown: its number, or of what
was moved a later one, which nothing else has. What a message is called by its sender stands in messages/ids.py.
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Sequence
from operator import attrgetter
from typing import Any

import msgspec

from protocol import kinds
from protocol.envelope import FIRST
from web_client.account.chat_ids import ChatId
from web_client.vault.database import Rows, value


class MessageRow(msgspec.Struct, frozen=True, kw_only=True):
    """One message or line of a conversation. Times in ms; `hash` is empty while what came can't be read.

    `sequence`, `previous`, `hash`: its place among all that `sender` has written to `recipient` under `key`: of a
    group, its gid and the commit's hash; of what has no such place, a key of its own that no other row has.
    """

    ord: int = 0  # 0: the vault gives one
    position: int = 0  # follows from it
    chat: ChatId
    id: bytes
    sender: bytes
    recipient: bytes
    key: bytes
    sequence: int = 0
    previous: bytes = b""
    hash: bytes = b""
    time: int
    kind: str
    body: bytes = b""
    raw: bytes = b""  # of a private one, the bytes that were signed
    envelope: bytes | None = (
        None  # of a private one of others, what they signed; of a group's from an export, its own key
    )
    state: str
    why: str | None = None
    receipt: bytes | None = None
    n: int | None = None  # its place in a group's chain
    epoch: int | None = None
    line: int = 1  # vault/lines.py
    target: bytes | None = None  # id and sender of what it is about
    author: bytes | None = None
    words: str | None = None  # how it looks by its marks: see messages/amendments.py
    edited: int | None = None
    deleted: int = 0
    retracted: bytes | None = None
    reactions: bytes | None = None
    came: int | None = None
    delivered: int | None = None
    seen: int | None = None
    sealed: str | None = None
    listened: int | None = None  # what was spoken: when it was heard, 0 for a time that isn't known
    lifetime: int | None = None  # seconds that it stays, as it says itself
    began: int | None = None  # since when that counts, and when it is over: messages/fading.py
    due: int | None = None


_COLUMNS = MessageRow.__struct_fields__
_INSERTED = ("ord", *_COLUMNS[2:])
_SELECT = f"SELECT {', '.join(_COLUMNS)} FROM messages WHERE "
_values = attrgetter(*_INSERTED[1:])
IMPORT = "import"  # `sealed` of what was taken in from an export
_ASKED = 64  # messages that one statement asks for by their names; fewer are asked for one by one: it is prepared once


def insert(rows: Rows, row: MessageRow) -> int:
    """Put a new row at the end, or under the order that it names; its order."""
    names, (values,) = _of_use([(row.ord or None, *_values(_lasting(row)))])
    return int(rows.execute(_insertion(names), values).lastrowid)


def insert_all(rows: Rows, new: Sequence[MessageRow]) -> list[int]:
    """Put new rows at the end, one after the other; their orders."""
    first = newest(rows) + 1
    orders = list(range(first, first + len(new)))
    if new:
        names, values = _of_use([(order, *_values(_lasting(row))) for order, row in zip(orders, new, strict=True)])
        rows.executemany(_insertion(names), values)
    return orders


@functools.cache
def _insertion(names: tuple[str, ...]) -> str:
    return f"INSERT INTO messages ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"


def _of_use(every: list[tuple[Any, ...]]) -> tuple[tuple[str, ...], list[list[Any]]]:
    """The columns in which one of these rows has anything, and their values there.

    For what is None, or bytes, or a kind of str, the library looks for somebody who adapts it, and finds nobody: 1 us
    each, four fifths of what it took to put a row in. For these here it doesn't look.
    """
    used = [place for place, column in enumerate(zip(*every, strict=True)) if any(one is not None for one in column)]
    return tuple(_INSERTED[place] for place in used), [[_plain(row[place]) for place in used] for row in every]


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return bytearray(value)
    return str(value) if isinstance(value, ChatId) else value


def lifetime(kind: str, body: bytes, sealed: str | None = None) -> int | None:
    """How long a message is to stay here; what was taken in from an export is there to be read."""
    return kinds.lifetime(kind, body) if sealed != IMPORT else None


def _lasting(row: MessageRow) -> MessageRow:
    seconds = lifetime(row.kind, row.body, row.sealed)
    return row if seconds is None else msgspec.structs.replace(row, lifetime=seconds)


def select(rows: Rows, where: str, *values: Any) -> list[MessageRow]:
    """The rows for which this holds; for this room alone."""
    found = rows.execute(_SELECT + where, values).fetchall()
    return [_read(dict(zip(_COLUMNS, row, strict=True))) for row in found]


def _read(columns: dict[str, Any]) -> MessageRow:
    return MessageRow(**columns | {"chat": ChatId(columns["chat"])})


def change(rows: Rows, order: int, **columns: Any) -> None:
    """Other values for these columns of one row."""
    names = ", ".join(f"{name} = ?" for name in columns)
    rows.execute(f"UPDATE messages SET {names} WHERE ord = ?", (*columns.values(), order))


def delete(rows: Rows, order: int) -> None:
    rows.execute("DELETE FROM messages WHERE ord = ?", (order,))


# --- one ---


def at(rows: Rows, order: int) -> MessageRow | None:
    """The row of this order, whether it is a line or not."""
    return _first(select(rows, "ord = ?", order))


def line(rows: Rows, chat: ChatId, order: int) -> MessageRow | None:
    """The line of a conversation with this order."""
    return _first(select(rows, "ord = ? AND chat = ? AND line = 1", order, chat))


def called(rows: Rows, chat: ChatId, id: bytes) -> MessageRow | None:
    """The line of a conversation with this id; of several people's, the one that was here first."""
    return _first(select(rows, "id = ? AND chat = ? AND line = 1 ORDER BY ord LIMIT 1", id, chat))


def named(rows: Rows, chat: ChatId, sender: bytes, id: bytes) -> MessageRow | None:
    """The message that its sender calls so in this conversation."""
    return _first(select(rows, "id = ? AND sender = ? AND chat = ?", id, sender, chat))


def names_taken(rows: Rows, chat: ChatId, names: Collection[tuple[bytes, bytes]]) -> set[tuple[bytes, bytes]]:
    """Which of these, (sender, id) each, name a message of this conversation."""
    return _of_names(rows, "SELECT sender, id FROM messages WHERE chat = ? AND (sender, id) IN", chat, names)


def names_spoken_of(rows: Rows, chat: ChatId, names: Collection[tuple[bytes, bytes]]) -> set[tuple[bytes, bytes]]:
    """Of which of these some message of this conversation says something: a mark, or an answer."""
    query = "SELECT author, target FROM messages WHERE target IS NOT NULL AND chat = ? AND (author, target) IN"
    return _of_names(rows, query, chat, names)


def _of_names(rows: Rows, query: str, chat: ChatId, names: Collection[tuple[bytes, bytes]]) -> set[tuple[bytes, bytes]]:
    every, found = list(names), set()
    while every:
        size = _ASKED if len(every) >= _ASKED else 1
        values = [bytearray(value) for name in every[-size:] for value in name]
        del every[-size:]
        asked = rows.execute(f"{query} (VALUES {', '.join(['(?, ?)'] * size)})", (str(chat), *values))
        found |= {(bytes(sender), bytes(id)) for sender, id in asked}
    return found


def written(rows: Rows, me: bytes, id: bytes) -> MessageRow | None:
    """One's own message of this id, in whatever conversation: none is used twice."""
    return _first(select(rows, "id = ? AND sender = ?", id, me))


def in_sequence(rows: Rows, sender: bytes, recipient: bytes, key: bytes, sequence: int) -> MessageRow | None:
    """The message at this place of its sender's row."""
    where = "sender = ? AND recipient = ? AND key = ? AND sequence = ?"
    return _first(select(rows, where, sender, recipient, key, sequence))


def around(
    rows: Rows, sender: bytes, recipient: bytes, key: bytes, sequence: int
) -> tuple[MessageRow | None, MessageRow | None, MessageRow | None]:
    """The message before, at, and after this place of its sender's row, where they are here."""
    where = "sender = ? AND recipient = ? AND key = ? AND sequence BETWEEN ? AND ?"
    found = {row.sequence: row for row in select(rows, where, sender, recipient, key, sequence - 1, sequence + 1)}
    return found.get(sequence - 1), found.get(sequence), found.get(sequence + 1)


def receipted(rows: Rows, row: MessageRow) -> tuple[int, bytes]:
    """(sequence, hash) of the last message before this one that has its reader's receipt; (0, FIRST) if none has."""
    where = "sender = ? AND recipient = ? AND key = ? AND sequence < ? AND receipt IS NOT NULL ORDER BY sequence DESC"
    found = _first(select(rows, f"{where} LIMIT 1", row.sender, row.recipient, row.key, row.sequence))
    return (found.sequence, found.hash) if found is not None else (0, FIRST)


def beyond(rows: Rows, sender: bytes, recipient: bytes, key: bytes, after: int) -> list[MessageRow]:
    """The messages of a row after this place, in their order."""
    where = "sender = ? AND recipient = ? AND key = ? AND sequence > ? ORDER BY sequence"
    return select(rows, where, sender, recipient, key, after)


def stretch(rows: Rows, chat: ChatId, after: int, up_to: int) -> list[MessageRow]:
    """The rows of a conversation between two orders, lines or not."""
    return select(rows, "chat = ? AND ord > ? AND ord <= ? ORDER BY ord", chat, after, up_to)


def unread_with(rows: Rows, chat: ChatId, after: int, limit: int, sign: bytes, most: int) -> list[MessageRow]:
    """Of a conversation's first `limit` unread lines the newest `most` with this in their words, in their order."""
    unread = "SELECT ord FROM messages WHERE chat = ? AND line = 1 AND deleted = 0 AND state = 'received' "
    unread += "AND position > ? ORDER BY position LIMIT ?"
    where = f"ord IN ({unread}) AND instr(CAST(coalesce(words, body) AS BLOB), ?) ORDER BY position DESC LIMIT ?"
    return select(rows, where, chat, after, limit, sign, most)[::-1]


def in_order(rows: Rows, chat: ChatId) -> list[tuple[int, int]]:
    """(order, time) of every line of a conversation, as they are shown."""
    query = "SELECT ord, time FROM messages WHERE chat = ? AND line = 1 ORDER BY position"
    return list(rows.execute(query, (chat,)).fetchall())


def newest(rows: Rows) -> int:
    """The highest order or position that was given; 0 if there is none."""
    return int(value(rows, "SELECT seq FROM sqlite_sequence WHERE name = 'messages'") or 0)


def move(rows: Rows, order: int) -> None:
    """To the end of its conversation: another place under the same order. Both come from one counter, SQLite's own."""
    rows.execute("UPDATE sqlite_sequence SET seq = seq + 1 WHERE name = 'messages'")
    change(rows, order, moved=newest(rows))


def waiting(rows: Rows, limit: int) -> list[MessageRow]:
    """One's own lines that have not gone out yet, the oldest first."""
    out = "ord IN (SELECT ord FROM outbox)"
    return select(rows, f"{out} AND line = 1 AND state = 'waiting' ORDER BY ord LIMIT ?", limit)


# --- of a group's chain ---


def placed(rows: Rows, gid: bytes, n: int) -> MessageRow | None:
    """The message at this place of a chain; the lines that the chain itself tells are none."""
    return _first(select(rows, "recipient = ? AND n = ? AND state != 'system'", gid, n))


def at_place(rows: Rows, gid: bytes, n: int) -> list[MessageRow]:
    """The same, and the lines that the chain tells of this place."""
    return select(rows, "recipient = ? AND n = ?", gid, n)


def place(rows: Rows, own: MessageRow, **columns: Any) -> list[int]:
    """There is a place for one's own message now, the last of the chain so far; the orders of what moves for it.

    It stays where it stands unless others came before it: then it moves behind them, and so do those of one's own
    that still wait, so that they never change places among each other.
    """
    last = _first(select(rows, "recipient = ? AND n IS NOT NULL ORDER BY n DESC LIMIT 1", own.recipient))
    change(rows, own.ord, why=None, **columns)
    if last is None or last.position < own.position:
        return []
    waiting = "SELECT ord FROM outbox WHERE chat = ? AND ord != ? ORDER BY position"
    moved = [own.ord, *(order for (order,) in rows.execute(waiting, (own.chat, own.ord)).fetchall())]
    for order in moved:
        move(rows, order)
    return moved


def placed_between(rows: Rows, gid: bytes, after: int, up_to: int) -> dict[int, MessageRow]:
    """The same of a stretch of the chain, by place."""
    found = select(rows, "recipient = ? AND n > ? AND n <= ? AND state != 'system'", gid, after, up_to)
    return {row.n: row for row in found if row.n is not None}


def told(rows: Rows, gid: bytes, epoch: int, what: str) -> MessageRow | None:
    """The line by which the chain tells this of an epoch's commit."""
    where = "recipient = ? AND n IS NOT NULL AND epoch = ? AND state = 'system' AND key = ?"
    return _first(select(rows, where, gid, epoch, what.encode()))


def closed(rows: Rows, gid: bytes, epoch: int, why: str) -> list[MessageRow]:
    """What could not be opened so far, of this epoch."""
    return select(rows, "recipient = ? AND n IS NOT NULL AND epoch = ? AND why = ? ORDER BY ord", gid, epoch, why)


def says_why(rows: Rows, chat: ChatId, why: str) -> bool:
    """Whether a line of this conversation says this."""
    return bool(select(rows, "chat = ? AND line = 1 AND why = ? LIMIT 1", chat, why))


def newest_of_each(rows: Rows, gid: bytes, commit_hash: bytes) -> list[tuple[bytes, int, bytes]]:
    """(sender, sequence, hash) of each member's last message under a commit."""
    query = "SELECT sender, max(sequence), hash FROM messages WHERE recipient = ? AND key = ? AND sequence > 0 "
    return list(rows.execute(query + "GROUP BY sender", (gid, commit_hash)).fetchall())


def newest_place(rows: Rows, gid: bytes, me: bytes, is_read: bool) -> int:
    """The place of the newest message by somebody else, or of the newest that our user has seen; 0 if there is none."""
    where = "recipient = ? AND n IS NOT NULL AND sender != ? AND state = 'received' "
    if is_read:
        where += "AND position <= coalesce((SELECT read_to FROM chats WHERE chat = messages.chat), 0) "
    found = _first(select(rows, where + "ORDER BY n DESC LIMIT 1", gid, me))
    return found.n or 0 if found is not None else 0


def own_between(rows: Rows, gid: bytes, me: bytes, after: int, up_to: int) -> list[tuple[int, int, str]]:
    """(order, place, state) of one's own messages between two places of a chain that not all have read yet."""
    query = "SELECT ord, n, state FROM messages WHERE recipient = ? AND n > ? AND n <= ? AND sender = ? "
    query += "AND state IN ('authority', 'delivered') ORDER BY n"
    return list(rows.execute(query, (gid, after, up_to, me)).fetchall())


def _first(found: list[MessageRow]) -> MessageRow | None:
    return found[0] if found else None
