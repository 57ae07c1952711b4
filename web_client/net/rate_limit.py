"""A token bucket: how often something may be tried. It takes the time and never reads a clock."""

from __future__ import annotations

import threading


class Bucket:
    """`size` tries at once, then one more every `seconds`."""

    def __init__(self, size: int, seconds: float) -> None:
        self._size = size
        self._seconds = seconds
        self._tries = float(size)
        self._at = 0.0
        self._lock = threading.Lock()

    def take(self, now: float) -> float:
        """Use up one try and return 0.0, or return the seconds until there is one; `now` is in seconds and rises."""
        with self._lock:
            self._tries = min(self._size, self._tries + (now - self._at) / self._seconds)
            self._at = now
            if self._tries < 1:
                return (1 - self._tries) * self._seconds
            self._tries -= 1
            return 0.0

    def give_back(self) -> None:
        """The try that was taken does not count."""
        with self._lock:
            self._tries = min(self._size, self._tries + 1)
