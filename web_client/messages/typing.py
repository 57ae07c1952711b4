"""Who is writing to whom at this moment, or sending a file, or recording (sections 8.11 and 9.9): said and heard, never
kept.
"""

from __future__ import annotations

import threading

from protocol.group_ephemeral import ACTIVITIES, TYPING
from protocol.messages import Doing, Typing
from transport.token_buckets import TokenBuckets
from web_client.account.chat_ids import ChatId
from web_client.account.context import AccountContext
from web_client.account.events import PersonBlocked, TypingChanged
from web_client.messages.blocked import Blocked
from web_client.peers.outgoing import PeerLinks

LAPSES = 6.0  # seconds after which what somebody said holds no more
AGAIN = 2.0  # seconds before the same is said again
BURST = 5  # changes that one sender may make at once; then one a second


class TypingIndicators:
    """What others have said, until it lapses, and what this agent has. Methods may be called from any thread."""

    def __init__(self, ctx: AccountContext, links: PeerLinks, blocked: Blocked) -> None:
        self._ctx = ctx
        self._links = links
        self._blocked = blocked
        self._lock = threading.Lock()
        # (chat, uid, what): until when, on the context's timer
        self._heard: dict[tuple[ChatId, bytes, str], float] = {}
        self._pace = TokenBuckets(BURST, 1.0)  # of changes, by uid
        self._said: dict[tuple[ChatId, str], tuple[bool, float]] = {}  # (chat, what): whether, and when

    def say_to(self, peer: bytes, on: bool, what: str = TYPING) -> None:
        """Tell somebody that our user is at this, for them, or has stopped, if there is a connection."""
        self._blocked.allow(peer, "chat")
        if self.is_news(ChatId.private(peer), on, what):
            self._links.say(peer, Typing(on) if what == TYPING else Doing(what, on))

    def is_news(self, chat: ChatId, on: bool, what: str = TYPING) -> bool:
        """Whether it is to be said in this conversation; then it counts as said."""
        now = self._ctx.timer()
        if not self._ctx.settings.typing or self._ctx.trust.alarm is not None:
            return False
        with self._lock:
            said, when = self._said.get((chat, what), (False, now))
            if said == on and (not on or now - when < AGAIN):
                return False
            self._said[chat, what] = (on, now)
        return True

    def sent(self, chat: ChatId) -> None:
        """Our user's message has said that they have stopped."""
        with self._lock:
            for what in ACTIVITIES:
                self._said.pop((chat, what), None)

    def on_typing(self, chat: ChatId, uid: bytes, on: bool, what: str) -> None:
        """Somebody says that they are at this, or have stopped; who says it too often isn't heard."""
        now = self._ctx.timer()
        if what not in ACTIVITIES or not self._ctx.settings.typing or (on and self._blocked.has(uid)):
            return
        with self._lock:
            known = (chat, uid, what) in self._heard
            if known != on:
                if on and self._pace.wait(uid, now):
                    return
                self._pace.spend(uid, now)
            if on:
                self._heard[chat, uid, what] = now + LAPSES
            else:
                self._heard.pop((chat, uid, what), None)
        if known != on:
            self._ctx.emit(TypingChanged(chat, uid, on, what))

    def on_typing_from(self, peer: bytes, on: bool, what: str) -> None:
        """The same, in a private conversation."""
        self.on_typing(ChatId.private(peer), peer, on, what)

    def stop(self, chat: ChatId, uid: bytes) -> None:
        """A message of theirs is there: they have done what they were at."""
        for what in ACTIVITIES:
            self.on_typing(chat, uid, False, what)

    def expire(self) -> None:
        """Whoever has not said it again for a while has stopped."""
        now = self._ctx.timer()
        with self._lock:
            over = [key for key, until in self._heard.items() if until <= now]
        for chat, uid, what in over:
            self.on_typing(chat, uid, False, what)

    def on_blocked(self, event: PersonBlocked) -> None:
        if event.blocked:
            self.clear(event.uid)

    def clear(self, uid: bytes | None = None) -> None:
        """Typing has been switched off, or this person was blocked: nobody, or they, are shown no more."""
        with self._lock:
            over = [key for key in self._heard if uid is None or key[1] == uid]
            for key in over:
                del self._heard[key]
        for chat, who, what in over:
            self._ctx.emit(TypingChanged(chat, who, False, what))
