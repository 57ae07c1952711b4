"""One-time tickets for saving a file: a link of the browser's can carry no token. Knows no sockets and no files."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

SECONDS = 60.0  # from the press to the browser's request
AT_ONCE = 64


T = TypeVar("T")


class Tickets(Generic[T]):
    """Each opens one file, once, within a minute, while the vault is open. A ticket is 256 random bits."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._open: dict[str, tuple[T, float]] = {}

    def issue(self, of: T) -> str:
        ticket = secrets.token_urlsafe(32)
        with self._lock:
            now = self._now()
            fresh = [(one, kept) for one, kept in self._open.items() if kept[1] > now]
            self._open = dict(fresh[-(AT_ONCE - 1) :])
            self._open[ticket] = (of, now + SECONDS)
        return ticket

    def use(self, ticket: str) -> T | None:
        """Which file it opens; None for a ticket that is used, old or none at all."""
        with self._lock:
            # looked up as a whole: its 256 bits leave nothing to guess by time
            of, until = self._open.pop(ticket, (None, 0.0))
            return of if until > self._now() else None

    def clear(self) -> None:
        with self._lock:
            self._open.clear()
