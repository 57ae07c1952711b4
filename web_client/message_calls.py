"""The agent's calls about messages and conversations (docs/agent-api.md)."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any

from protocol.envelope import TEXT
from protocol.errors import Refused
from protocol.log import User
from protocol.primitives import random_id
from web_client import chat_views, message_views, private_chat
from web_client.entrance import Entrance

if TYPE_CHECKING:
    from web_client.node import Node


class MessageCalls(Entrance):
    """The part of the facade that is about messages, in private and in groups."""

    @abstractmethod
    def _open(self) -> Node: ...

    @abstractmethod
    def _user(self, name: str, field: str) -> User: ...

    def private_chat(
        self, username: str, client_b_username: str, message: str, is_cert: bool = False, id: str | None = None
    ) -> dict[str, Any]:
        """Write to somebody; it is on disk here when this returns, and goes out by itself."""
        node = self._open()
        if username != node.me.name:
            raise Refused("not_you", field="username", name=username)
        if is_cert:
            raise Refused("bad_request", field="is_cert")  # invitations are made by the calls for groups
        peer = self._user(client_b_username, "client_b_username")
        if peer.uid == node.me.uid:
            raise Refused("to_yourself", field="client_b_username")
        body = private_chat.check_text(message)
        order = node.compose(peer.uid, TEXT, body, bytes.fromhex(id) if id else random_id())
        return {"chat": private_chat.chat_of(peer.uid), "message": message_views.message(node, order)}

    def history(self, chat: str, before: int | None, after: int | None, limit: int) -> dict[str, Any]:
        return message_views.history(self._open(), chat, before, after, limit)

    def mark_read(self, chat: str, order: int) -> dict[str, Any]:
        node = self._open()
        if chat_views.conversation(node, chat) is None:
            raise Refused("no_such_chat", field="chat")
        node.mark_read(chat, chat_views.peer_of(chat), order)
        self._tell("conversation", chat_views.conversation(node, chat))
        return {}
