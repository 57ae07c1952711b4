"""How long this authority has run in all: the age of what waits here. No clock decides it, and no time in which it
could not have been fetched counts.
"""

from __future__ import annotations

from collections.abc import Callable

STEP = 60_000  # ms that one look adds at most: while a machine sleeps, nobody can fetch anything
KEPT_EVERY = 60_000  # ms of it that a kill may lose: what waits, waits so much longer


class Running:
    """`total` rises by what passes between two looks, as the rising clock has it. `expiry` writes its setting."""

    def __init__(self, clock: Callable[[], int], total: int) -> None:
        """`total`: ms, as it was kept. The first look is due: something may be too old since the last one."""
        self._clock, self._looked = clock, clock()
        self.total, self._kept = total, total - KEPT_EVERY

    def look(self) -> None:
        """Count what has passed since the last look."""
        now = self._clock()
        self.total += min(max(now - self._looked, 0), STEP)
        self._looked = now

    def reach(self, total: int) -> None:
        """Another node has counted so much: they run together."""
        self.total = max(self.total, total)

    @property
    def is_due(self) -> bool:
        """Whether there is enough of it to be kept."""
        return self.total - self._kept >= KEPT_EVERY

    def kept(self, total: int) -> None:
        """So much is being written."""
        self._kept = total
