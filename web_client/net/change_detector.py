"""Notices that this machine's addresses have changed, or that it slept. Reads no clock; what follows is the agent's.

It looks every LOOK_SECONDS, because that is the same on every system and costs a millisecond; the operating systems'
own notifications differ on each, and none of them tells of a process that was stopped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

LOOK_SECONDS = 2.0
# A look that comes so much too late: the process was stopped, or the machine slept and its clock went on.
LATE_SECONDS = 6.0
# The time of day has gone so much further than the timer: the machine slept, and the timer with it.
JUMP_SECONDS = 6.0


@dataclass(frozen=True, slots=True)
class Change:
    """What is different: the addresses now, whether they are others than before, and whether there was a pause."""

    addresses: tuple[str, ...]
    moved: bool
    woke: bool


class Surroundings:
    """`look` compares with the look before."""

    def __init__(self, addresses: Sequence[str], timer: float, wall: float) -> None:
        self._addresses = tuple(addresses)
        self._timer = timer
        self._wall = wall

    def look(self, addresses: Sequence[str], timer: float, wall: float) -> Change | None:
        """None if nothing has changed. `timer` in seconds that never jump back, `wall` in seconds of the day's time.

        A clock that is set forward looks like a sleep, which costs a sign of life and no more.
        """
        passed, by_day = timer - self._timer, wall - self._wall
        woke = passed > LOOK_SECONDS + LATE_SECONDS or by_day - passed > JUMP_SECONDS
        moved = set(addresses) != set(self._addresses)
        self._addresses, self._timer, self._wall = tuple(addresses), timer, wall
        return Change(self._addresses, moved, woke) if moved or woke else None
