"""Since when nobody has done anything at a page of this agent."""

from __future__ import annotations

from collections.abc import Callable


class Idle:
    """By both clocks: the one that never jumps stands still while the machine sleeps, and the other can be set."""

    def __init__(self, timer: Callable[[], float], clock: Callable[[], int]) -> None:
        """`timer` in seconds, `clock` in ms since 1970."""
        self._timer, self._clock = timer, clock
        self.touch()

    def touch(self) -> None:
        """Somebody is here."""
        self._since = self._timer(), self._clock()

    @property
    def seconds(self) -> float:
        """The longer of the two: a clock that was set forward locks a vault too early, and never too late."""
        timer, clock = self._since
        return max(self._timer() - timer, (self._clock() - clock) / 1000)
