"""Messages that are to be sent at a time: rows of a table of their own until then. Knows no sockets.

They aren't in backups: who goes on from one can't know whether they have been sent meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from protocol.envelope import TEXT
from protocol.errors import HamrazError, Refused, Unreachable
from web_client.account.chat_ids import ChatId
from web_client.account.context import AccountContext
from web_client.account.events import LaterChanged
from web_client.messages import rows as message_rows
from web_client.vault.database import Rows, value

MOST: Final = 100  # that wait
LATEST: Final = 366 * 86_400_000  # ms from now on
SHOWN: Final = 200  # characters

Write = Callable[[ChatId, str, bytes, bytes], None]  # puts a message into the outbox: conversation, kind, body, id


def of(rows: Rows, chat: ChatId) -> list[dict[str, Any]]:
    """What is to be sent in a conversation, the first one first."""
    found = rows.execute("SELECT id, text, at, why FROM later WHERE chat = ? ORDER BY at, id", (chat,))
    return [{"id": id.hex(), "text": text[:SHOWN], "at": at, "why": why} for id, text, at, why in found]


def keep(ctx: AccountContext, chat: ChatId, id: bytes, text: str, at: int) -> None:
    """Have this sent at a time, ms since 1970; the same id again is the same message. `later_full`, `bad_request`."""
    now = ctx.clock()
    if not now < at <= now + LATEST:
        raise Refused("bad_request", field="at")

    def change(rows: Rows) -> None:
        if value(rows, "SELECT 1 FROM later WHERE id = ?", id) or message_rows.written(rows, ctx.me.uid, id):
            return
        if value(rows, "SELECT count(*) FROM later") >= MOST:
            raise Refused("later_full", field="at", limit=MOST)
        rows.execute("INSERT INTO later (id, chat, text, at) VALUES (?, ?, ?, ?)", (id, chat, text, at))

    ctx.vault.write(change)
    ctx.emit(LaterChanged(chat))


def drop(ctx: AccountContext, id: bytes) -> str | None:
    """It isn't to be sent; what it says, None if there is none of this id (any more)."""
    row = ctx.vault.read(lambda rows: rows.execute("SELECT chat, text FROM later WHERE id = ?", (id,)).fetchone())
    if row is None:
        return None
    ctx.vault.write(lambda rows: rows.execute("DELETE FROM later WHERE id = ?", (id,)))
    ctx.emit(LaterChanged(ChatId(row[0])))
    return str(row[1])


def forget(rows: Rows, chat: ChatId) -> None:
    """Nothing more is to be sent in a conversation that is deleted."""
    rows.execute("DELETE FROM later WHERE chat = ?", (chat,))


def send_due(ctx: AccountContext, write: Write) -> None:
    """Send what is due. It goes under its own id, so that one that was sent and not dropped isn't sent again; what is
    refused stays, with the reason, until its user takes it out.
    """
    now = ctx.clock()
    query = "SELECT id, chat, text FROM later WHERE at <= ? AND why IS NULL ORDER BY at, id"
    for id, chat, text in ctx.vault.read(lambda rows: rows.execute(query, (now,)).fetchall()):
        try:
            write(ChatId(chat), TEXT, str(text).encode(), bytes(id))
        except Unreachable:
            return  # with the next turn
        except HamrazError as reason:
            if ctx.trust.alarm is not None:
                return
            why = reason.code
            ctx.vault.write(lambda rows: rows.execute("UPDATE later SET why = ? WHERE id = ?", (why, id)))  # noqa: B023
        else:
            ctx.vault.write(lambda rows: rows.execute("DELETE FROM later WHERE id = ?", (id,)))  # noqa: B023
        ctx.emit(LaterChanged(ChatId(chat)))
