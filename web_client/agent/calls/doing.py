"""Saying what our user is doing before a message of theirs comes: writing, recording, sending a file."""

from __future__ import annotations

from protocol.errors import Refused
from web_client.account.chat_ids import ChatId
from web_client.agent.session import UserSession
from web_client.groups import ephemeral


def say(session: UserSession, chat: ChatId, on: bool, what: str) -> None:
    """Let those in a conversation see it; nothing of it is kept. `no_such_chat`, `blocked`."""
    if chat.peer == session.ctx.me.uid:  # nobody sees it
        return
    if chat.peer is not None and session.ctx.trust.user(chat.peer) is not None:
        session.typing.say_to(chat.peer, on, what)
    elif (room := session.groups.rooms.get(chat.gid or b"")) is not None:
        if session.typing.is_news(chat, on, what):
            ephemeral.signal(room, on, what)
    else:
        raise Refused("no_such_chat", field="chat")
