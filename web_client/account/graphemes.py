"""What people take for one sign (UAX 29, as far as it needs no table), to bound names and to cut them. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

_JOINER = "\u200d"
_HELD = "\u200c\u0e33\u0eb3\uff9e\uff9f"  # the half-space, and letters that are part of the one before
_JOINING = "\u094d\u09cd\u0acd\u0b4d\u0c4d\u0d4d"  # of Indian writings: what two letters are joined by
_JAMO = range(0x1160, 0x1200)  # vowels and ends of Korean syllables
_FLAGS = range(0x1F1E6, 0x1F200)  # letters of which two are a flag
_SKIN = range(0x1F3FB, 0x1F400)
_TAGS = range(0xE0020, 0xE0080)  # of the flags of England and the like


def graphemes(text: str) -> Iterator[str]:
    """The signs of a text, one after the other; joined together they are the text."""
    sign = ""
    for letter in text:
        if sign and not _belongs(sign, letter):
            yield sign
            sign = ""
        sign += letter
    if sign:
        yield sign


def _belongs(sign: str, letter: str) -> bool:
    point, last = ord(letter), ord(sign[-1])
    if unicodedata.category(letter) in ("Mn", "Me", "Mc") or letter == _JOINER or letter in _HELD:
        return True
    bare = sign.rstrip(_JOINER)
    if bare and bare[-1] in _JOINING:
        return unicodedata.category(letter) == "Lo" and point >> 7 == ord(bare[-1]) >> 7
    if any(point in points for points in (_JAMO, _SKIN, _TAGS)):
        return True
    if point in _FLAGS:
        return len(sign) == 1 and last in _FLAGS
    return sign[-1] == _JOINER and unicodedata.category(letter) == "So"


def count(text: str) -> int:
    """How many signs a text has."""
    return sum(1 for _sign in graphemes(text))
