"""The agent's calls about a conversation as a whole (docs/agent-api.md): what is kept beside its messages, and deleting
for oneself.
"""

from __future__ import annotations

from typing import Any

from protocol.envelope import TEXT_LIMIT
from protocol.errors import Refused
from web_client.account.chat_ids import ChatId
from web_client.agent.calls.forms import Order, call
from web_client.agent.calls.messages import MessageCalls
from web_client.agent.views import chats as chat_views
from web_client.groups.rows import LEFT, REMOVED
from web_client.messages import chats, clearing
from web_client.vault.database import Rows


class ChatCalls(MessageCalls):
    """The part of the facade that is about conversations."""

    @call()
    def set_chat(
        self,
        chat: ChatId,
        pinned: bool | None = None,
        muted: bool | None = None,
        draft: str | None = None,
        answering: Order | None = None,
        editing: Order | None = None,
        edit: str | None = None,
        archived: bool | None = None,
        muted_until: Order | None = None,
        mentions_only: bool | None = None,
        marked_unread: bool | None = None,
    ) -> dict[str, Any]:
        """Pin, mute, archive or mark a conversation, or keep what is being written in it; None leaves a thing as it is.

        One of `muted` (for good), `muted_until` (ms) and `mentions_only`, which take each other's place.
        `answering` and `editing` are orders, 0 for none; `edit` are the words that what is edited is to have.
        """
        session = self._open()
        if chat_views.conversation(session, chat) is None:
            raise Refused("no_such_chat", field="chat")
        quiet = {"muted": muted, "muted_until": muted_until, "mentions_only": mentions_only}
        said = [name for name, value in quiet.items() if value is not None]
        if len(said) > 1:
            raise Refused("bad_request", field=said[1])
        for field, text in {"draft": draft, "edit": edit}.items():
            if text is not None and len(text.encode()) > TEXT_LIMIT:
                raise Refused("message_too_long", field=field, limit=TEXT_LIMIT)
        for field, order in {"answering": answering, "editing": editing}.items():
            if order:
                self._line(chat, order, field)
        asked: dict[str, Any] = {"pinned": pinned, "muted": _quiet(muted, muted_until, mentions_only), "draft": draft}
        asked |= {"answering": answering, "editing": editing, "edit": edit, "marked": marked_unread}
        given = {name: value for name, value in asked.items() if value is not None}

        def change(rows: Rows) -> None:
            chats.change(rows, chat, given)
            if archived is not None:
                chats.shelve(rows, chat, archived=archived)

        session.ctx.vault.write(change)
        shown = chat_views.conversation(session, chat)
        assert shown is not None
        if chat_views.is_bare(shown):  # a first letter that was given up
            self._tell("conversation_gone", {"chat": chat})
        else:
            self._tell("conversation", shown)
        return {"conversation": shown}

    @call()
    def clear_message(self, chat: ChatId, order: Order) -> dict[str, Any]:
        """Delete a message for oneself; whoever else has it keeps it."""
        self._line(chat, order, "order")
        clearing.clear_one(self._open().ctx, chat, order)
        return {}

    @call()
    def clear_chat(self, chat: ChatId) -> dict[str, Any]:
        """Delete all messages of a conversation for oneself."""
        session = self._open()
        if chat_views.conversation(session, chat) is None:
            raise Refused("no_such_chat", field="chat")
        clearing.clear(session.ctx, chat)
        return {}

    @call()
    def delete_chat(self, chat: ChatId) -> dict[str, Any]:
        """The same, and the conversation with it, until somebody writes; of a group one has to be out first."""
        session = self._open()
        shown = chat_views.conversation(session, chat)
        if shown is None:
            raise Refused("no_such_chat", field="chat")
        if shown["group"] is not None and shown["group"]["state"] not in (LEFT, REMOVED):
            raise Refused("bad_request", field="chat")
        session.later.forget(chat)
        clearing.clear(session.ctx, chat, stays=False)
        nothing = {
            "kept": 0,
            "pinned": 0,
            "muted": 0,
            "draft": "",
            "answering": 0,
            "editing": 0,
            "edit": "",
            "marked": 0,
        }

        def change(rows: Rows) -> None:
            chats.change(rows, chat, nothing)
            chats.shelve(rows, chat, archived=False, removed=chat.gid is not None)

        session.ctx.vault.write(change)
        clearing.sweep(session.ctx)  # of what was being written, and was to be sent
        self._tell("conversation_gone", {"chat": chat})
        return {}


def _quiet(muted: bool | None, until: int | None, mentions_only: bool | None) -> int | None:
    """As it is kept; None leaves it. What is over by then counts as loud at once."""
    if muted is not None:
        return chats.MUTED if muted else chats.LOUD
    if mentions_only is not None:
        return chats.MENTIONS_ONLY if mentions_only else chats.LOUD
    return until if until is None or until > chats.MENTIONS_ONLY else chats.LOUD
