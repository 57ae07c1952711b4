"""What every call may begin with: the open session, and who is meant."""

from __future__ import annotations

import unicodedata

from protocol.errors import Refused
from protocol.log import User
from web_client.account.chat_ids import ChatId
from web_client.agent.session import UserSession
from web_client.agent.with_kit import WithKit


class Calls(WithKit):
    """What a class of calls is made on."""

    def _open(self) -> UserSession:
        node = self._node
        if node is None:
            raise Refused("locked")
        return node

    def _user(self, name: str, field: str) -> User:
        node = self._open()
        name = unicodedata.normalize("NFC", name.strip())
        if node.ctx.trust.log.by_name(name) is None and node.authority.up:
            node.authority.log.refresh()  # somebody who has signed up this very moment
        user = node.ctx.trust.log.by_name(name)
        if user is None:
            raise Refused("unknown_user", field=field, name=name)
        return user

    def _writable(self, chat: ChatId) -> User:
        """Whom one writes to in a private conversation; raises what keeps one from it."""
        node = self._open()
        user = node.ctx.trust.user(chat.peer or b"")
        if user is None:
            raise Refused("no_such_chat", field="chat")
        if user.uid == node.ctx.me.uid:
            raise Refused("to_yourself", field="chat")
        if user.key is None:
            raise Refused("revoked", field="chat")
        node.blocked.allow(user.uid, "chat")
        return user
