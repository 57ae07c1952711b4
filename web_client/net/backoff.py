"""How long to wait before the next try: longer each time, and never in step with others. Reads no clock."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(eq=False)
class Backoff:
    """Waits that double from `first` to `longest` seconds, each cut by chance to between half and all of itself: a
    crowd that lost the same authority doesn't come back in one moment.
    """

    first: float = 0.5
    longest: float = 30.0
    chance: Callable[[], float] = random.random
    _tries: int = 0

    def reset(self) -> None:
        """Something has changed: begin with short waits again."""
        self._tries = 0

    def next(self) -> float:
        """The seconds to wait now."""
        whole = min(self.first * 2.0 ** min(self._tries, 60), self.longest)
        self._tries += 1
        return whole * (0.5 + self.chance() / 2)
