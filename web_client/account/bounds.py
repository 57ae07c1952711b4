"""What strangers say, within the bounds of what a page can show: moments and whole numbers. Pure.

A field of the wire holds any number up to 2^63-1; a page's date ends far below, and so do its whole numbers.
"""

from __future__ import annotations

LATEST = 8_640_000_000_000_000 - 1  # ms since 1970: the last moment that has a date, in September of 275760
WHOLE = 2**53 - 1  # the largest whole number that a page can tell from its neighbours


def moment(claimed: int) -> int | None:
    """A time in ms as somebody says it; None if it is none (protocol.md, section 8.3)."""
    return claimed if 0 <= claimed <= LATEST else None


def whole(number: int) -> int:
    """A count or a size as somebody says it."""
    return max(-WHOLE, min(number, WHOLE))
