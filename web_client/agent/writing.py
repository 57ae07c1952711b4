"""Where a message goes that our user writes: to a person, a group, or themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol import kinds, lifetimes
from protocol.envelope import TEXT_LIMIT
from protocol.errors import Refused
from protocol.log import User
from web_client.account.chat_ids import ChatId
from web_client.groups import settings as group_settings
from web_client.messages import rows as message_rows
from web_client.messages import timers
from web_client.vault.database import Rows

if TYPE_CHECKING:
    from web_client.agent.session import UserSession


def write(session: UserSession, chat: ChatId, kind: str, body: bytes, id: bytes) -> None:
    """Put a message of any kind into the outbox; raises what keeps one from it. It stays as long as the conversation
    says; the same message again (by its id) says what it has said.
    """
    body = _lasting(session, chat, kind, body, id)
    if chat.peer == session.ctx.me.uid:
        session.messages.note(kind, body, id)
    elif chat.gid in session.groups.rooms:
        session.groups.write(chat.gid, kind, body, id)
    else:
        session.messages.compose(writable(session, chat).uid, kind, body, id)


def _lasting(session: UserSession, chat: ChatId, kind: str, body: bytes, id: bytes) -> bytes:
    def ask(rows: Rows) -> int:
        known = message_rows.written(rows, session.ctx.me.uid, id)
        return lifetime_of(session, rows, chat) if known is None else known.lifetime or 0

    if kind not in kinds.WRITTEN:
        return body
    seconds = session.ctx.vault.read(ask)
    plain = kinds.staying(kind, body)  # what somebody else has put behind words that are passed on says nothing here
    said = kinds.lasting(kind, plain, seconds) if seconds else plain
    if kinds.text_size(kind, said) > TEXT_LIMIT:
        raise Refused("message_too_long", field="message", limit=TEXT_LIMIT - lifetimes.ROOM)
    return said


def lifetime_of(session: UserSession, rows: Rows, chat: ChatId) -> int:
    """How long what is written in a conversation stays now: seconds; 0 for good."""
    if chat.gid is not None:
        return group_settings.lifetime(rows, chat.gid)
    if chat.peer in (None, session.ctx.me.uid):
        return 0
    return timers.of(rows, session.ctx.me.uid, chat.peer)


def writable(session: UserSession, chat: ChatId) -> User:
    """Whom one writes to in a private conversation; raises what keeps one from it."""
    user = session.ctx.trust.user(chat.peer or b"")
    if user is None:
        raise Refused("no_such_chat", field="chat")
    if user.key is None:
        raise Refused("revoked", field="chat")
    session.blocked.allow(user.uid, "chat")
    return user
