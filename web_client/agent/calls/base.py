"""What every call may begin with: the open session, and who is meant."""

from __future__ import annotations

from protocol.errors import Refused
from protocol.log import User
from web_client.account.chat_ids import ChatId
from web_client.account.new_account import as_name
from web_client.agent import writing
from web_client.agent.calls.restore import RestoreCalls
from web_client.agent.session import UserSession


class Calls(RestoreCalls):
    """What a class of calls is made on."""

    def _open(self) -> UserSession:
        session = self._session
        if session is None:
            raise Refused("locked")
        return session

    def _user(self, name: str, field: str) -> User:
        session = self._open()
        name = as_name(name)
        if session.ctx.trust.log.by_name(name) is None and session.authority.up:
            session.authority.log.refresh()  # somebody who has signed up this very moment
        user = session.ctx.trust.log.by_name(name)
        if user is None:
            raise Refused("unknown_user", field=field, name=name)
        return user

    def _person(self, uid: str, field: str = "uid") -> User:
        """Who has this uid: a name may have another owner by now. `unknown_user`."""
        user = self._open().ctx.trust.user(bytes.fromhex(uid))
        if user is None:
            raise Refused("unknown_user", field=field, name=uid[:8])
        return user

    def _write(self, chat: ChatId, kind: str, body: bytes, id: bytes) -> None:
        """Put a message of any kind into the outbox."""
        writing.write(self._open(), chat, kind, body, id)

    def _writable(self, chat: ChatId) -> User:
        """Whom one writes to in a private conversation; raises what keeps one from it."""
        return writing.writable(self._open(), chat)
