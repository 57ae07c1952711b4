"""How fast one connection is listened to: whoever asks faster waits, and takes no turn from the others."""

from __future__ import annotations

import time
from collections.abc import Callable

BURST = 2_000  # units at once: a long log, a day's messages
INTERVAL = 0.002  # seconds for each unit after that: 500 requests a second, or 32 MB
UNIT = 64 * 1024  # bytes of an answer that count as one more request
TURN = 4  # requests that have come together, before others have a turn


class Pace:
    """One connection's bucket; `rest` sleeps in its thread, which reads nothing meanwhile."""

    def __init__(self, now: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep) -> None:
        self._now = now
        self._sleep = sleep
        self._full_at = 0.0
        self._turn = 0

    def spend(self, size: int = 0) -> None:
        """A request, or an answer of so many bytes."""
        self._full_at = max(self._now(), self._full_at) + INTERVAL * (size // UNIT if size else 1)

    def rest(self) -> None:
        """After each request: gives the others a turn now and then, and waits if too much was asked."""
        self._turn += 1
        wait = self._full_at - self._now() - BURST * INTERVAL
        if wait > 0 or self._turn >= TURN:
            self._turn = 0
            self._sleep(max(0.0, wait))
