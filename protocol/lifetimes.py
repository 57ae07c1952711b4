"""How long a message stays (section 8.17): what it says of that behind its words, or in the type of its file. Pure.

To who doesn't know it, it is an hourglass at the end, or nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

LEAST: Final = 60  # seconds: what says less stays for so long
MOST: Final = 99_999_999  # what says more says nothing
ROOM: Final = 40  # bytes of UTF-8 that it takes behind words
SIGNS: Final = 11  # code points of them

_ZERO, _END = 0xE0030, "\U000e007f"  # digits that nobody sees, as the tags of flags
_AT_END = re.compile("(.*?) ?\u23f3([\U000e0031-\U000e0039][\U000e0030-\U000e0039]{0,7})\U000e007f", re.DOTALL)
_LAST = re.compile(" ?\u23f3[\U000e0031-\U000e0039][\U000e0030-\U000e0039]{0,7}\U000e007f\\Z")
_IN_TYPE = re.compile(r"(.*?);lifetime=([1-9][0-9]{0,7})", re.DOTALL | re.ASCII)
_TYPE_LIMIT, _ANY_TYPE = 127, "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Said:
    """A `timer`: its id, and what it says."""

    id: bytes
    seconds: int
    after: bytes | None


def split(words: str) -> tuple[str, int | None]:
    """Words without what they say of their lifetime, and how many seconds that is; None if they say nothing of it."""
    found = _AT_END.fullmatch(words) if words.endswith(_END) else None
    if found is None:
        return words, None
    return found[1], max(LEAST, int("".join(chr(ord(digit) - _ZERO + ord("0")) for digit in found[2])))


def join(words: str, seconds: int) -> str:
    """The same words, which say that they stay so long."""
    digits = "".join(chr(_ZERO + int(digit)) for digit in str(seconds))
    return f"{words}{' ' if words else ''}\u23f3{digits}{_END}"


def without(words: str) -> str:
    """The same words, which say nothing of it, however often they did. What would leave none of them stays."""
    end = len(words)
    while (found := _LAST.search(words, max(0, end - SIGNS), end)) and words[: found.start()].strip():
        end = found.start()
    return words[:end]


def of_timers(mine: Said | None, theirs: Said | None) -> int:
    """What the last `timer`s of two come to, the same for both: seconds, 0 for good."""
    if mine is None or theirs is None:
        said = mine or theirs
        return 0 if said is None else bounded(said.seconds)
    if (mine.after == theirs.id) != (theirs.after == mine.id):
        return bounded((mine if mine.after == theirs.id else theirs).seconds)
    # neither knew of the other: nothing stays longer than one of them has said
    return min((bounded(one.seconds) for one in (mine, theirs) if one.seconds), default=0)


def bounded(seconds: int) -> int:
    """As it counts, whatever a `timer` says."""
    return min(max(seconds, LEAST), MOST) if seconds else 0


def of_type(media_type: str) -> int | None:
    """What the media type of a file says of it."""
    found = _IN_TYPE.fullmatch(media_type)
    return None if found is None else max(LEAST, int(found[2]))


def type_without(media_type: str) -> str:
    """A media type that says nothing of it."""
    while found := _IN_TYPE.fullmatch(media_type):
        media_type = found[1]
    return media_type or _ANY_TYPE


def in_type(media_type: str, seconds: int) -> str:
    """A media type that says so; one that leaves no room for it is left out."""
    said = f"{media_type};lifetime={seconds}"
    return said if len(said) <= _TYPE_LIMIT else f"{_ANY_TYPE};lifetime={seconds}"
