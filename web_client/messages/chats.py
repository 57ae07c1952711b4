"""What is kept of a conversation beside its messages, as rows of the vault: read how far, pinned, muted, a draft."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from web_client.account import bounds
from web_client.account.chat_ids import ChatId
from web_client.messages import rows as message_rows
from web_client.messages.rows import MessageRow
from web_client.vault.database import Rows, save_setting, value
from web_client.vault.lines import ASIDE

SHELVES: Final = "shelves"
UNREAD: Final = "unread"  # the setting, for a backup: what our user has marked as unread
QUIET: Final = "quiet"  # the setting, for a backup: what is muted until a time, or but for mentions
# `muted` of a conversation: one of these, or until when, in ms
LOUD, MUTED, MENTIONS_ONLY = 0, 1, 2

# One step of the index for each conversation, however many messages it has.
_CHATS = (
    "WITH RECURSIVE found(chat) AS (SELECT min(chat) FROM messages WHERE line = 1 UNION ALL "
    "SELECT (SELECT min(chat) FROM messages WHERE line = 1 AND chat > found.chat) FROM found WHERE chat IS NOT NULL) "
    "SELECT chat FROM found WHERE chat IS NOT NULL"
)


def all_of(rows: Rows) -> list[ChatId]:
    """Every conversation in which there is something to be seen."""
    return [ChatId(row[0]) for row in rows.execute(_CHATS)]


def begun(rows: Rows) -> list[ChatId]:
    """Those that are kept in sight, whether there is something in them or not."""
    query = "SELECT chat FROM chats WHERE pinned = 1 OR draft != '' OR kept > 0 UNION SELECT chat FROM later"
    return [ChatId(row[0]) for row in rows.execute(query)]


def talked_with(rows: Rows) -> list[bytes]:
    """With whom there is a private conversation, the newest first; who has only invited us, or was invited, is last."""
    invited = (ChatId(row[0]) for row in rows.execute(f"SELECT DISTINCT chat FROM messages WHERE line = {ASIDE}"))
    found = [(newest(rows, chat), chat.peer) for chat in dict.fromkeys([*all_of(rows), *invited])]
    return [peer for _position, peer in sorted(found, key=lambda one: -one[0]) if peer is not None]


def moment(row: MessageRow) -> int | None:
    """When a message came or, where that is earlier, was written (ms): who claims to write tomorrow is no newer for
    that. None for a time that is beyond every date.
    """
    return min((time for time in (bounds.moment(row.time), row.came) if time is not None), default=None)


def has_line(rows: Rows, chat: ChatId) -> bool:
    """Whether there is anything to be seen in a conversation."""
    return value(rows, "SELECT 1 FROM messages WHERE chat = ? AND line = 1 LIMIT 1", chat) is not None


def newest(rows: Rows, chat: ChatId) -> int:
    """The position of a conversation's newest line, or 0."""
    return int(value(rows, "SELECT max(position) FROM messages WHERE chat = ? AND line = 1", chat) or 0)


def unread(rows: Rows, chat: ChatId, after: int, limit: int) -> tuple[int, int | None]:
    """How many lines by others there are above a position, counted up to `limit`; and the position of the first."""
    count, first = rows.execute(
        "SELECT count(*), min(position) FROM (SELECT position FROM messages WHERE chat = ? AND line = 1 "
        "AND deleted = 0 AND state = 'received' AND position > ? ORDER BY position LIMIT ?)",
        (chat, after, limit),
    ).fetchone()
    return count, first


def beyond(rows: Rows, chat: ChatId, edge: int, limit: int, up: bool) -> list[MessageRow]:
    """The nearest lines above or below a position, the nearest first."""
    side, way = (">", "ASC") if up else ("<", "DESC")
    where = f"chat = ? AND line = 1 AND position {side} ? ORDER BY position {way} LIMIT ?"
    return message_rows.select(rows, where, chat, edge, limit)


def first_at(rows: Rows, chat: ChatId, time: int, latest: int) -> int | None:
    """The position of the line with the first time from this one on; later ones than `latest` are none."""
    question = "SELECT position FROM messages WHERE chat = ? AND line = 1 AND time BETWEEN ? AND ? "
    position: int | None = value(rows, question + "ORDER BY time, position LIMIT 1", chat, time, latest)
    return position


def change(rows: Rows, chat: ChatId, given: dict[str, Any]) -> None:
    """Set some of `pinned`, `muted`, `draft`, `answering`, `editing` (orders, 0 for none), `edit`, `marked`."""
    rows.execute("INSERT OR IGNORE INTO chats (chat) VALUES (?)", (chat,))
    for name, new in given.items():
        rows.execute(f"UPDATE chats SET {name} = ? WHERE chat = ?", (new, chat))
    if "muted" in given:
        every = rows.execute("SELECT chat, muted FROM chats WHERE muted > ?", (MUTED,))
        save_setting(rows, QUIET, msgspec.msgpack.encode(dict(every.fetchall())))
    if "marked" in given:
        _keep_marks(rows)


def _keep_marks(rows: Rows) -> None:
    every = rows.execute("SELECT chat FROM chats WHERE marked > 0").fetchall()
    save_setting(rows, UNREAD, msgspec.msgpack.encode([chat for (chat,) in every]))


def marked(kept: bytes) -> list[ChatId]:
    """Of such a setting: what is marked as unread."""
    return [ChatId.parse(chat) for chat in msgspec.msgpack.decode(kept, type=list[str])]


def forget_message(rows: Rows, chat: ChatId, order: int) -> None:
    """What is being written of a message that has gone, as other words for it or as an answer, isn't any more."""
    rows.execute("UPDATE chats SET answering = 0 WHERE chat = ? AND answering = ?", (chat, order))
    rows.execute("UPDATE chats SET editing = 0, edit = '' WHERE chat = ? AND editing = ?", (chat, order))


def unmark(rows: Rows, chat: ChatId) -> None:
    """Somebody has looked at it: it isn't marked as unread any more."""
    if rows.execute("UPDATE chats SET marked = 0 WHERE chat = ? AND marked > 0", (chat,)).rowcount:
        _keep_marks(rows)


def quiet(kept: bytes) -> dict[ChatId, int]:
    """Of such a setting: how conversations are muted."""
    return {ChatId.parse(chat): how for chat, how in msgspec.msgpack.decode(kept, type=dict[str, int]).items()}


def shelve(rows: Rows, chat: ChatId, **shelf: bool) -> None:
    """Take a conversation out of sight (`archived`), or a group that is over (`removed`), until something newer comes;
    or back. What is so is kept as one setting, too, for a backup.
    """
    at = max(1, newest(rows, chat))
    change(rows, chat, {name: at if on else 0 for name, on in shelf.items()})
    every = rows.execute("SELECT chat, archived > 0, removed > 0 FROM chats WHERE archived > 0 OR removed > 0")
    kept = {chat: [bool(archived), bool(removed)] for chat, archived, removed in every}
    save_setting(rows, SHELVES, msgspec.msgpack.encode(kept))


def shelves(kept: bytes) -> dict[ChatId, tuple[bool, bool]]:
    """Of such a setting: which conversations are archived, or removed."""
    found = msgspec.msgpack.decode(kept, type=dict[str, tuple[bool, bool]])
    return {ChatId.parse(chat): shelf for chat, shelf in found.items()}


def stay_shelved(rows: Rows, chat: ChatId) -> None:
    """What is here now is nothing newer: it was here before a restore."""
    at = max(1, newest(rows, chat))
    for name in ("archived", "removed"):
        rows.execute(f"UPDATE chats SET {name} = ? WHERE chat = ? AND {name} > 0", (at, chat))


def read_to(rows: Rows, chat: ChatId) -> int:
    """The position of the last message that was read; 0 if none was."""
    return int(value(rows, "SELECT read_to FROM chats WHERE chat = ?", chat) or 0)


def arrange(rows: Rows, chat: ChatId, orders: list[int], old: set[int]) -> None:
    """Show the lines of a conversation in this order. `old` are among them, and as history they are read: what was
    unread before they came still is.
    """
    before = read_to(rows, chat)
    fresh = {row.ord for row in beyond(rows, chat, before, len(orders), up=True)} - old
    for order in orders:
        message_rows.move(rows, order)
    first = next((order for order in orders if order in fresh), None)
    row = message_rows.at(rows, first) if first is not None else None
    set_read_to(rows, chat, newest(rows, chat) if row is None else row.position - 1)


def set_read_to(rows: Rows, chat: ChatId, position: int) -> None:
    rows.execute(
        "INSERT INTO chats (chat, read_to) VALUES (?, ?) ON CONFLICT (chat) DO UPDATE SET read_to = excluded.read_to",
        (chat, position),
    )
