"""The agent's call about how long messages stay (docs/agent-api.md)."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta

from protocol import lifetimes
from protocol.errors import Refused
from web_client.account.chat_ids import ChatId
from web_client.agent import writing
from web_client.agent.calls.forms import MessageId, call
from web_client.agent.calls.messages import MessageCalls
from web_client.agent.views import chats as chat_views
from web_client.groups import settings as group_settings
from web_client.messages import timers

Seconds = Annotated[int, Meta(ge=0, le=lifetimes.MOST)]


class LastingCalls(MessageCalls):
    """The part of the facade that is about it."""

    @call()
    def set_lifetime(self, chat: ChatId, seconds: Seconds, id: MessageId | None = None) -> dict[str, Any]:
        """How long what is written in a conversation stays from now on, whoever writes it; 0: for good. In a group for
        who may change it: `role_not_allowed`. Nothing is sent where it is so already.
        """
        session = self._open()
        if 0 < seconds < lifetimes.LEAST or chat.peer == session.ctx.me.uid:
            raise Refused("bad_request", field="seconds" if 0 < seconds < lifetimes.LEAST else "chat")
        if chat.gid is not None:
            session.groups.change(chat.gid, lambda now: group_settings.saying(now, seconds=seconds), None)
        else:
            peer = writing.writable(session, chat).uid
            said = session.ctx.vault.read(lambda rows: timers.next_one(rows, session.ctx.me.uid, peer, seconds))
            if said is not None:
                self._mark(chat, said, id)
        shown = chat_views.conversation(session, chat)
        self._tell("conversation", shown)
        return {"conversation": shown}
