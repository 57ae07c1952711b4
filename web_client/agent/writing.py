"""Where a message goes that our user writes: to a person, a group, or themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol.errors import Refused
from protocol.log import User
from web_client.account.chat_ids import ChatId

if TYPE_CHECKING:
    from web_client.agent.session import UserSession


def write(session: UserSession, chat: ChatId, kind: str, body: bytes, id: bytes) -> None:
    """Put a message of any kind into the outbox; raises what keeps one from it."""
    if chat.peer == session.ctx.me.uid:
        session.messages.note(kind, body, id)
    elif chat.gid in session.groups.rooms:
        session.groups.write(chat.gid, kind, body, id)
    else:
        session.messages.compose(writable(session, chat).uid, kind, body, id)


def writable(session: UserSession, chat: ChatId) -> User:
    """Whom one writes to in a private conversation; raises what keeps one from it."""
    user = session.ctx.trust.user(chat.peer or b"")
    if user is None:
        raise Refused("no_such_chat", field="chat")
    if user.key is None:
        raise Refused("revoked", field="chat")
    session.blocked.allow(user.uid, "chat")
    return user
