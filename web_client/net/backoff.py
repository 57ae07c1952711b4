"""How long to wait before the next try: longer each time, and never in step with others. Reads no clock."""

from __future__ import annotations

import random
from collections.abc import Callable

FIRST_SECONDS, LONGEST_SECONDS = 0.5, 30.0


class Backoff:
    """Waits that double from `first` to `longest` seconds, each cut by chance to between half and all of itself: a
    crowd that lost the same authority doesn't come back in one moment.
    """

    def __init__(
        self,
        first: float = FIRST_SECONDS,
        longest: float = LONGEST_SECONDS,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._first = first
        self._longest = longest
        self._chance = chance
        self._tries = 0

    def reset(self) -> None:
        """Something has changed: begin with short waits again."""
        self._tries = 0

    def next(self) -> float:
        """The seconds to wait now."""
        whole = min(self._first * 2.0 ** min(self._tries, 60), self._longest)
        self._tries += 1
        return whole * (0.5 + self._chance() / 2)
