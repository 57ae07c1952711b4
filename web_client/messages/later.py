"""Messages that are to be sent at a time: rows of a table of their own until then. Knows no sockets.

They aren't in backups: who goes on from one can't know whether they have been sent meanwhile.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from protocol import kinds
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
    query = "SELECT id, text, at, why, target IS NOT NULL FROM later WHERE chat = ? ORDER BY at, id"
    return [
        {"id": id.hex(), "text": beginning(text, SHOWN), "at": at, "why": why, "answers": bool(answers)}
        for id, text, at, why, answers in rows.execute(query, (chat,))
    ]


class Answered(NamedTuple):
    """A message that another one answers."""

    id: bytes
    author: bytes


class Kept(NamedTuple):
    """What is to be sent, where, and what it answers."""

    chat: ChatId
    text: str
    answers: Answered | None


def _kept(rows: Rows, id: bytes) -> Kept | None:
    found = rows.execute("SELECT chat, text, target, author FROM later WHERE id = ?", (id,)).fetchone()
    if found is None:
        return None
    chat, text, target, author = found
    return Kept(ChatId(chat), str(text), None if target is None else Answered(bytes(target), bytes(author)))


class Later:
    """Of one account. Methods may be called from any thread: what is taken out isn't being sent in that moment."""

    def __init__(self, ctx: AccountContext) -> None:
        self._ctx = ctx
        self._lock = threading.Lock()

    def keep(self, chat: ChatId, id: bytes, text: str, at: int, answers: Answered | None = None) -> None:
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
            if known is not None and known.chat != chat:
                raise Refused("bad_request", field="id")
            put = "INSERT OR REPLACE INTO later (id, chat, text, at, target, author) VALUES (?, ?, ?, ?, ?, ?)"
            rows.execute(put, (id, chat, text, at, *(answers or (None, None))))

        with self._lock:
            ctx.vault.write(change)
        ctx.emit(LaterChanged(chat))

    def drop(self, id: bytes) -> Kept | None:
        """It isn't to be sent; what it was, None if there is none of this id (any more), or if it has been sent."""

        def change(rows: Rows) -> tuple[Kept | None, bool]:
            known = _kept(rows, id)
            rows.execute("DELETE FROM later WHERE id = ?", (id,))
            return known, message_rows.written(rows, self._ctx.me.uid, id) is not None

        with self._lock:
            found, is_sent = self._ctx.vault.write(change)
        if found is not None:
            self._ctx.emit(LaterChanged(found.chat))
        return None if is_sent else found

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
        chat, text, answers = found
        kind, body = TEXT, text.encode()
        if answers is not None:
            kind, body = kinds.REPLY, kinds.encode_body(kinds.Reply(*answers, text))
        try:
            if ctx.vault.read(lambda rows: message_rows.written(rows, ctx.me.uid, id)) is None:
                write(chat, kind, body, id)
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
