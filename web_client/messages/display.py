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
_KEPT = "\u200c\u200d"  # the half-space, and what joins emoji


def tidy(text: str) -> str:
    """One line, without what turns its direction round, is unseen or piled up; "" if nothing is left."""
    seen = "".join(
        " " if letter.isspace() or unicodedata.category(letter) == "Cc" else letter
        for letter in text
        if letter in _KEPT or unicodedata.category(letter) not in ("Cf", "Co", "Cn", "Cs")
    )
    plain, before = " ".join(seen.split()), ""
    while plain != before:  # what was taken out may have kept a letter and its mark apart: composed after it, and again
        before = plain
        plain = "".join(_thin(sign) for sign in graphemes(unicodedata.normalize("NFC", plain)))
    return plain if _is_seen(plain) else ""


def _is_seen(text: str) -> bool:
    return any(unicodedata.category(letter)[0] in "LNPS" for letter in text)


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
    return cut if _is_seen(cut) else ""


def own(text: str, most: int, points: int, field: str) -> str:
    """One's own: what is longer, in signs or in the code points that the wire takes, is `too_long`."""
    found = tidy(text)
    if count(found) > most or len(found) > points:
        raise Refused("too_long", field=field, limit=most)
    return found
