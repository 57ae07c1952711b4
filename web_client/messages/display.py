"""What somebody says of themselves, as it may be shown: on one line, of signs that are seen, and not too long. Pure."""

from __future__ import annotations

import unicodedata
from itertools import islice
from typing import Final

from protocol.errors import Refused
from web_client.account.graphemes import count, graphemes

NAME_SIGNS: Final = 48
LINE_SIGNS: Final = 140
MARKS: Final = 3  # on one letter: more is meant to cover what stands above and below
_BLANK = "\u115f\u1160\u2800\u3164\uffa0"  # letters and signs by name, which are drawn as nothing
_KEPT = "\u200c\u200d"  # the half-space, and what joins emoji


def tidy(text: str) -> str:
    """One line, without what turns its direction round, is unseen or piled up; "" if nothing is left."""
    seen = "".join(
        " " if letter.isspace() or unicodedata.category(letter) == "Cc" else letter
        for letter in text
        if letter in _KEPT or unicodedata.category(letter) not in ("Cf", "Co", "Cs", "Cn") or _is_new(letter)
    )
    plain, before = " ".join(seen.split()), ""
    while plain != before:  # what was taken out may have kept a letter and its mark apart: composed after it, and again
        before = plain
        plain = "".join(_thin(sign) for sign in graphemes(unicodedata.normalize("NFC", plain)))
    return plain if is_seen(plain) else ""


def _is_new(letter: str) -> bool:
    """Whether this may be a sign that is newer than this Python, of which the tables say nothing yet."""
    point = ord(letter)
    never = point & 0xFFFE == 0xFFFE or 0xFDD0 <= point < 0xFDF0
    return unicodedata.category(letter) == "Cn" and not never and not _is_ignored(letter)


def _is_ignored(letter: str) -> bool:
    """Whether whatever comes to stand here will not be drawn: so Unicode has set some places aside."""
    point = ord(letter)
    return point == 0x2065 or 0xFFF0 <= point < 0xFFF9 or 0xE0000 <= point < 0xE1000


def is_seen(text: str) -> bool:
    """Whether anything of it can be seen: space, controls, what only formats and marks on nothing can't."""
    return any(
        one not in _BLANK
        and not one.isspace()
        and unicodedata.category(one) not in ("Cc", "Cf", "Cs", "Mn", "Mc", "Me")
        and not _is_ignored(one)
        for one in text
    )


def _thin(sign: str) -> str:
    marks = 0
    found = ""
    for letter in sign:
        marks += unicodedata.category(letter) in ("Mn", "Me")
        if marks <= MARKS or unicodedata.category(letter) not in ("Mn", "Me"):
            found += letter
    return found


def shown(text: str, most: int) -> str:
    """Others' words: what is longer is cut; "" if nothing that is seen is left."""
    cut = "".join(islice(graphemes(tidy(text)), most)).rstrip()
    return cut if is_seen(cut) else ""


def own(text: str, most: int, points: int, field: str) -> str:
    """One's own: what is longer, in signs or in the code points that the wire takes, is `too_long`."""
    found = tidy(text)
    if count(found) > most or len(found) > points:
        raise Refused("too_long", field=field, limit=most)
    return found
