"""Whether a database may be started. One that is on its way from another, or that has moved to another, may not: two
that start would contradict each other.
"""

from __future__ import annotations

from enum import Enum

from protocol.errors import Damaged


class Mark(Enum):
    STARTS = ""
    MOVING = "moving"  # it is a copy, and the one that it was made from may be started
    MOVED = "moved"  # there is a copy that may be started


def require(found: Mark, wanted: Mark, path: str) -> None:
    """`database_moved` or `database_moving`, if it is another than the one that is asked for."""
    if found is not wanted:
        raise Damaged("database_moving" if found is Mark.MOVING else "database_moved", path=path)
