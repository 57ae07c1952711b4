"""Whom this agent asks to be told about (`watch`, section 8.12): whom something waits for, whom its pages look at, with
whom it talks, and of few accounts, as far as there is room, everybody else.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Final

from web_client.account.chat_ids import ChatId
from web_client.account.context import AccountContext
from web_client.vault.database import Rows

MOST: Final = 1000  # that a `watch` takes
EVERYBODY: Final = 200  # accounts: of no more than these an agent cares for all, whoever looks at them


class WatchList:
    """Whom pages and programs have looked at, the last ones; from any thread."""

    def __init__(
        self, ctx: AccountContext, talked_with: Callable[[Rows], list[bytes]], on_news: Callable[[], None]
    ) -> None:
        self._ctx = ctx
        self._talked_with = talked_with  # with whom there is a conversation, the newest first
        self._on_news = on_news
        self._lock = threading.Lock()
        self._last: dict[bytes, None] = {}  # the newest at the end
        self._watched: frozenset[bytes] | None = None  # None: nobody has been asked for on this link
        self.turn = 0  # of whoever asks: what was asked for in one before says nothing of this one

    def look_at(self, uids: Iterable[bytes]) -> None:
        """These are on somebody's screen now."""
        with self._lock:
            for uid in [uid for uid in uids if self._can_come(uid)][:MOST]:
                self._last.pop(uid, None)
                self._last[uid] = None
            while len(self._last) > MOST:
                del self._last[next(iter(self._last))]
            news = self._watched is None or not self._watched.issuperset(self._last)
        if news:
            self._on_news()

    def begin(self) -> None:
        """A new link, or a new choice: nobody is watched on it yet."""
        with self._lock:
            self._watched, self.turn = None, self.turn + 1

    def missing(self) -> list[bytes] | None:
        """The list to ask for; None if who matters is watched already, and the list is full or has everybody of few."""
        ctx, watched, users = self._ctx, self._watched, self._ctx.trust.log.users
        others = [uid for uid in list(users) if self._can_come(uid)] if len(users) <= EVERYBODY else []
        with self._lock:
            last = list(reversed(self._last))
        first = [uid for uid in dict.fromkeys([*ctx.vault.read(_waiting), *last]) if self._can_come(uid)][:MOST]
        if watched is not None and watched.issuperset(first) and len(watched) >= min(MOST, len(others)):
            return None
        talked = [uid for uid in ctx.vault.read(self._talked_with) if self._can_come(uid)]
        return list(dict.fromkeys([*first, *talked, *others]))[:MOST]

    def _can_come(self, uid: bytes) -> bool:
        user = self._ctx.trust.log.users.get(uid)
        return user is not None and user.key is not None and uid != self._ctx.me.uid

    def watched(self, uids: list[bytes], turn: int) -> None:
        """The link has been asked for these, in that turn."""
        with self._lock:
            if turn == self.turn:
                self._watched = frozenset(uids)


def _waiting(rows: Rows) -> list[bytes]:
    """Whom something waits for."""
    chats = rows.execute("SELECT DISTINCT chat FROM outbox").fetchall()
    return [peer for (chat,) in chats if (peer := ChatId(chat).peer) is not None]
