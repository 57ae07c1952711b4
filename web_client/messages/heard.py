"""Which voice messages were listened to, as a backup has it (section 15.3 of docs/protocol.md): those of others that
wait to be heard, and those of our user's that were. Every function runs inside one reading, or one transaction.
"""

from __future__ import annotations

from typing import Final

import msgspec

from protocol.files import VOICE
from web_client.account.chat_ids import ChatId
from web_client.messages import rows as message_rows
from web_client.messages.backup_rows import Enough
from web_client.vault.database import Rows, setting

HEARD: Final = "heard"
MOST: Final = 2000  # of either kind, the newest
UNKNOWN: Final = 0  # when something was heard

Name = tuple[str, bytes, bytes]  # chat, sender, id


class Kept(msgspec.Struct, array_like=True, forbid_unknown_fields=True, frozen=True):
    """What the setting says."""

    waiting: list[Name]
    heard: list[Name]


def part(rows: Rows, after: int, count: int, enough: Enough) -> tuple[Kept, int | None]:
    """What so many rows after this order say, or fewer; and up to which order that is, None if that is all."""
    found = Kept([], [])
    last = after
    query = (
        "SELECT ord, chat, sender, id, state, listened FROM messages WHERE ord > ? AND kind = ? AND line = 1 "
        "AND deleted = 0 AND ord <= ? ORDER BY ord"
    )
    end = rows.execute(
        "SELECT ord FROM messages WHERE ord > ? ORDER BY ord LIMIT 1 OFFSET ?", (after, count)
    ).fetchone()
    for last, chat, sender, id, state, listened in rows.execute(query, (after, VOICE, end[0] if end else 1 << 62)):
        name = (str(chat), bytes(sender), bytes(id))
        if state == "received" and listened is None:
            found.waiting.append(name)
        elif state != "received" and listened is not None:
            found.heard.append(name)
        if enough():
            return found, last
    return found, end[0] if end else None


def encode(parts: list[Kept]) -> bytes:
    """The setting, of all parts in their order."""
    waiting = [name for part in parts for name in part.waiting]
    heard = [name for part in parts for name in part.heard]
    return msgspec.msgpack.encode(Kept(waiting[-MOST:], heard[-MOST:]))


def settle(rows: Rows, gid: bytes | None = None, read: int = 0) -> None:
    """What a restore has brought is as it was: all messages; or, of a group whose chain has come again, those up to the
    place where it was read.
    """
    kept = msgspec.msgpack.decode(setting(rows, HEARD) or b"\x92\x90\x90", type=Kept)
    if gid is not None:
        query = "SELECT ord FROM messages WHERE recipient = ? AND n <= ? AND kind = ? AND state = 'received'"
        for (order,) in rows.execute(query, (gid, read, VOICE)).fetchall():
            message_rows.change(rows, order, listened=UNKNOWN)
    for names, how in ((kept.waiting, None), (kept.heard, UNKNOWN)):
        for chat, sender, id in names:
            row = message_rows.named(rows, ChatId.parse(chat), sender, id)
            if row is not None and row.kind == VOICE and gid in (None, row.chat.gid):
                message_rows.change(rows, row.ord, listened=how)
