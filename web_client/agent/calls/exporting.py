"""The agent's calls for taking conversations out (docs/agent-api.md, docs/export.md)."""

from __future__ import annotations

from typing import Any

from protocol.errors import Refused
from web_client.account.chat_ids import ChatId
from web_client.agent.calls.files import FileCalls
from web_client.agent.calls.forms import call
from web_client.agent.views import chats as chat_views
from web_client.export import archive
from web_client.export.archive import Wanted
from web_client.export.words import Language


class ExportCalls(FileCalls):
    """The part of the facade that is about exports. What is in one goes by HTTP, as files do."""

    @call()
    def export_chat(self, chat: ChatId, language: Language = "en") -> dict[str, Any]:
        """A ticket to save one conversation with."""
        if chat_views.conversation(self._open(), chat) is None:
            raise Refused("no_such_chat", field="chat")
        return {"ticket": self.tickets.issue(Wanted((chat,), language))}

    @call()
    def export_all(self, language: Language = "en") -> dict[str, Any]:
        """A ticket to save all conversations with."""
        session = self._open()
        shown = {one["chat"] for one in chat_views.conversations(session)}
        found = [chat for chat in archive.everything(archive.source_of(session.ctx)) if chat in shown]
        return {"ticket": self.tickets.issue(Wanted(tuple(found), language))}
