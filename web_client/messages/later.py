"""Messages that are to be sent at a time: rows of a table of their own until then. Knows no sockets.

They aren't in backups: who goes on from one can't know whether they have been sent meanwhile.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Final

from protocol.envelope import TEXT
from protocol.errors import Damaged, HamrazError, Refused, Unreachable
from web_client.account.chat_ids import ChatId
from web_client.account.context import AccountContext
from web_client.account.events import LaterChanged
from web_client.messages import rows as message_rows
from web_client.messages.hidden import beginning
from web_client.vault.database import Rows, value
from web_client.vault.errors import lasts

MOST: Final = 100  # that wait
LATEST: Final = 366 * 86_400_000  # ms from now on
SHOWN: Final = 200  # characters

Write = Callable[[ChatId, str, bytes, bytes], None]  # puts a message into the outbox: conversation, kind, body, id


def of(rows: Rows, chat: ChatId) -> list[dict[str, Any]]:
    """What is to be sent in a conversation, the first one first."""
    found = rows.execute("SELECT id, text, at, why FROM later WHERE chat = ? ORDER BY at, id", (chat,))
    return [{"id": id.hex(), "text": beginning(text, SHOWN), "at": at, "why": why} for id, text, at, why in found]


def _kept(rows: Rows, id: bytes) -> tuple[ChatId, str] | None:
    found = rows.execute("SELECT chat, text FROM later WHERE id = ?", (id,)).fetchone()
    return None if found is None else (ChatId(found[0]), str(found[1]))


class Later:
    """Of one account. Methods may be called from any thread: what is taken out isn't being sent in that moment."""

    def __init__(self, ctx: AccountContext) -> None:
        self._ctx = ctx
        self._lock = threading.Lock()

    def keep(self, chat: ChatId, id: bytes, text: str, at: int) -> None:
        """Have this sent at a time, ms since 1970; the same id again is the same message, as it is said last.
        `later_full`, `bad_request`.
        """
        ctx, now = self._ctx, self._ctx.clock()
        if not now < at <= now + LATEST:
            raise Refused("bad_request", field="at")

        def change(rows: Rows) -> None:
            known = _kept(rows, id)
            if known is None and message_rows.written(rows, ctx.me.uid, id) is not None:
                return
            if known is None and value(rows, "SELECT count(*) FROM later") >= MOST:
                raise Refused("later_full", field="at", limit=MOST)
            if known is not None and known[0] != chat:
                raise Refused("bad_request", field="id")
            rows.execute("INSERT OR REPLACE INTO later (id, chat, text, at) VALUES (?, ?, ?, ?)", (id, chat, text, at))

        with self._lock:
            ctx.vault.write(change)
        ctx.emit(LaterChanged(chat))

    def drop(self, id: bytes) -> str | None:
        """It isn't to be sent; what it says, None if there is none of this id (any more), or if it has been sent."""

        def change(rows: Rows) -> tuple[ChatId, str | None] | None:
            known = _kept(rows, id)
            if known is None:
                return None
            rows.execute("DELETE FROM later WHERE id = ?", (id,))
            return (known[0], None) if message_rows.written(rows, self._ctx.me.uid, id) is not None else known

        with self._lock:
            found = self._ctx.vault.write(change)
        if found is None:
            return None
        self._ctx.emit(LaterChanged(found[0]))
        return found[1]

    def forget(self, chat: ChatId) -> None:
        """Nothing more is to be sent in a conversation that is deleted."""
        with self._lock:
            self._ctx.vault.execute("DELETE FROM later WHERE chat = ?", chat)

    def send_due(self, write: Write) -> None:
        """Send what is due. It goes under its own id, so that one that was sent and not dropped isn't sent again; what
        is refused stays, with the reason, until its user takes it out.
        """
        now = self._ctx.clock()
        query = "SELECT id FROM later WHERE at <= ? AND why IS NULL ORDER BY at, id"
        for (id,) in self._ctx.vault.read(lambda rows: rows.execute(query, (now,)).fetchall()):
            with self._lock:
                chat = self._send(bytes(id), now, write)
            if chat is not None:
                self._ctx.emit(LaterChanged(chat))

    def _send(self, id: bytes, now: int, write: Write) -> ChatId | None:
        """Its conversation, if something has come of it; not of what was taken out or put off meanwhile."""
        ctx = self._ctx
        due = "SELECT 1 FROM later WHERE id = ? AND at <= ?"
        found = ctx.vault.read(lambda rows: _kept(rows, id) if value(rows, due, id, now) else None)
        if found is None:
            return None
        chat, text = found
        try:
            if ctx.vault.read(lambda rows: message_rows.written(rows, ctx.me.uid, id)) is None:
                write(chat, TEXT, text.encode(), id)
        except Unreachable:
            return None  # with the next turn
        except HamrazError as reason:
            # nor is it anything about this one that the alarm is up, or that the disk takes nothing
            if ctx.trust.alarm is not None or (isinstance(reason, Damaged) and lasts(reason)):
                return None
            why = reason.code
            ctx.vault.write(lambda rows: rows.execute("UPDATE later SET why = ? WHERE id = ?", (why, id)))
        else:
            ctx.vault.execute("DELETE FROM later WHERE id = ?", id)
        return chat
