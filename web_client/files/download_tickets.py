"""Tickets for saving a file, once, and for playing one, which a browser asks for in stretches: neither kind of request
can carry a token. Knows no sockets and no files.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

SECONDS = 60.0  # from the press to the browser's request
PLAYED = 12 * 3600.0  # seconds for which what was begun to play may be played on
AT_ONCE, PLAYED_AT_ONCE = 64, 1024  # a page keeps the newest two hundred of what it plays


T = TypeVar("T")


class Tickets(Generic[T]):
    """Each opens one file, once, within a minute, while the vault is open. A ticket is 256 random bits."""

    def __init__(
        self, now: Callable[[], float] = time.monotonic, seconds: float = SECONDS, at_once: int = AT_ONCE
    ) -> None:
        self._now = now
        self._seconds = seconds
        self._at_once = at_once
        self._lock = threading.Lock()
        self._open: dict[str, tuple[T, float]] = {}

    def issue(self, of: T) -> str:
        ticket = secrets.token_urlsafe(32)
        with self._lock:
            now = self._now()
            fresh = [(one, kept) for one, kept in self._open.items() if kept[1] > now]
            self._open = dict(fresh[-(self._at_once - 1) :])
            self._open[ticket] = (of, now + self._seconds)
        return ticket

    def use(self, ticket: str) -> T | None:
        """Which file it opens; None for a ticket that is used, old or none at all."""
        with self._lock:
            # looked up as a whole: its 256 bits leave nothing to guess by time
            of, until = self._open.pop(ticket, (None, 0.0))
            return of if until > self._now() else None

    def look(self, ticket: str) -> T | None:
        """The same of one that may be used again."""
        with self._lock:
            of, until = self._open.get(ticket, (None, 0.0))
            return of if until > self._now() else None

    def clear(self) -> None:
        with self._lock:
            self._open.clear()
