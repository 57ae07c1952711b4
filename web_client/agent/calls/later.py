"""The agent's calls about messages that are to be sent at a time (docs/agent-api.md)."""

from __future__ import annotations

from typing import Any

from protocol.errors import Refused
from protocol.primitives import random_id
from web_client.account.chat_ids import ChatId
from web_client.agent.calls.forms import MessageId, Order, call
from web_client.agent.calls.pins import PinCalls
from web_client.agent.views import chats as chat_views
from web_client.messages import outgoing
from web_client.messages import rows as message_rows
from web_client.messages.later import Answered


class LaterCalls(PinCalls):
    """The part of the facade that is about sending later."""

    @call()
    def send_later(
        self, chat: ChatId, text: str, at: Order, id: MessageId | None = None, reply_to: Order | None = None
    ) -> dict[str, Any]:
        """Have a text sent at a time, by this agent if it runs then, or as soon as it does."""
        session = self._open()
        outgoing.check_text(text, "text")
        shown = chat_views.conversation(session, chat)
        if shown is None:
            raise Refused("no_such_chat", field="chat")
        if not shown["can_send"] and chat.peer != session.ctx.me.uid:
            raise Refused(shown["why_not"] or "no_such_chat", field="chat")
        answers = None
        if reply_to is not None:
            answered = self._line(chat, reply_to, "reply_to")
            answers = Answered(answered.id, answered.sender)
        own_id = bytes.fromhex(id) if id else random_id()
        session.later.keep(chat, own_id, text, at, answers)
        return {"id": own_id.hex()}

    @call()
    def drop_later(self, id: MessageId) -> dict[str, Any]:
        """Don't send it after all: what it says and answers, to be written otherwise; or null."""
        session = self._open()
        found = session.later.drop(bytes.fromhex(id))
        if found is None:
            return {"text": None, "reply_to": None}
        chat, text, answers = found
        if answers is None:
            return {"text": text, "reply_to": None}
        row = session.ctx.vault.read(lambda rows: message_rows.named(rows, chat, answers.author, answers.id))
        return {"text": text, "reply_to": row.ord if row is not None and row.line else None}
