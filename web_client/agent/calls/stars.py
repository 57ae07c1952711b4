"""The agent's calls about messages with a star (docs/agent-api.md)."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta

from protocol.errors import Refused
from web_client.account.chat_ids import ChatId
from web_client.agent.calls.chats import ChatCalls
from web_client.agent.calls.forms import Order, call
from web_client.agent.views import search as search_views


class StarCalls(ChatCalls):
    """The part of the facade that is about stars."""

    @call()
    def star(self, chat: ChatId, order: Order, on: bool) -> dict[str, Any]:
        """Mark a message so that one finds it again, or no more; nobody else hears of it."""
        line = self._line(chat, order, "order")
        if on and (line.deleted or line.state == "system"):
            raise Refused("message_fixed", field="order")
        self._open().stars.give(line, on)
        return {}

    @call()
    def starred(
        self,
        text: Annotated[str, Meta(max_length=1000)] = "",
        chat: ChatId | None = None,
        limit: Annotated[int, Meta(ge=1, le=100)] = 30,
        skip: Order = 0,
    ) -> dict[str, Any]:
        """Messages with a star, the one that got it last first; with `text`, of them those that have all its words."""
        session = self._open()
        return search_views.among(session, session.stars.listed(chat), text, limit, skip)
