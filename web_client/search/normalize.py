"""How words are made alike for searching, whatever the keyboard: letters, digits, vowel signs, the half-space. Pure.

Text becomes words, a word becomes atoms: what stands between half-spaces. An atom is lower-case letters and digits.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

HALF_SPACE = "\u200c"
_KASHIDA = "\u0640"
# What NFKD leaves apart: Arabic forms of Persian letters, the forms of heh, and what not every Latin keyboard has.
_ALIKE = str.maketrans(
    {"ي": "ی", "ى": "ی", "ے": "ی", "ې": "ی", "ك": "ک", "ڪ": "ک", "ة": "ه", "ە": "ه", "ہ": "ه", "ھ": "ه", "ۃ": "ه"}
    | {"ٱ": "ا", "ı": "i", "ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "þ": "th", "æ": "ae", "œ": "oe"}
)
SIGN = "ᛜ"  # begins the word that stands for an emoji or the like, in letters, as the index takes no other
JOINED_ATOMS = 4  # of a word, for being found written together: longer ones are no words any more


class _Table(dict[int, str]):
    """What each code point becomes; found out once."""

    def __missing__(self, point: int) -> str:
        self[point] = folded = _fold(chr(point))
        return folded


def _fold(char: str) -> str:
    if char == HALF_SPACE:
        return char
    found = ""
    for one in unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", char).casefold()):
        category = unicodedata.category(one)
        if category in ("Mn", "Me", "Cf") or one == _KASHIDA:
            continue
        if category == "So":
            found += f" {SIGN}{ord(one):x} "
            continue
        if is_ideograph(one):
            found += f" {one} "  # written without spaces: each is a word
            continue
        digit = unicodedata.decimal(one, None)
        found += str(digit) if digit is not None else one.translate(_ALIKE) if category[0] in "LMN" else " "
    return found


_TABLE = _Table()


def is_ideograph(one: str) -> bool:
    """Whether a letter is of Chinese or Japanese writing, kana included."""
    point = ord(one) if len(one) == 1 else 0
    return 0x2E80 <= point <= 0x9FFF or 0xF900 <= point <= 0xFAFF or 0x20000 <= point <= 0x3FFFF


def words(text: str) -> Iterator[list[str]]:
    """The atoms of each word."""
    for word in text.translate(_TABLE).split():
        atoms = [atom for atom in word.split(HALF_SPACE) if atom]
        if atoms:
            yield atoms


def indexed(text: str) -> str:
    """Everything that a text can be found by, with spaces between: its atoms, and neighbours in a word as one."""
    found: list[str] = []
    for atoms in words(text):
        found += atoms
        if 1 < len(atoms) <= JOINED_ATOMS:
            found += [
                "".join(atoms[start:end]) for start in range(len(atoms)) for end in range(start + 2, len(atoms) + 1)
            ]
    return " ".join(found)


def ends_in_sign(text: str) -> bool:
    """Whether what is seen last, but for spaces, belongs to no word."""
    folded = (_TABLE[ord(char)] for char in reversed(text) if not char.isspace())
    return next((found for found in folded if found), "") == " "


@dataclass(frozen=True, slots=True)
class Atom:
    """An atom and where it stands in the text as written; `word` counts the words."""

    text: str
    start: int
    end: int
    word: int


_RUN = re.compile(r"[^ ]+")


def atoms(text: str) -> list[Atom]:
    """The atoms of a text with their places."""
    found: list[Atom] = []
    word, start, current, end = 0, 0, "", 0
    for place, char in enumerate(text):
        folded = _TABLE[ord(char)]
        for one in folded:
            if one in (" ", HALF_SPACE):
                if current:
                    found.append(Atom(current, start, end, word))
                    current = ""
                word += one == " "
                continue
            if not current:
                start = place
            current, end = current + one, place + 1
        if not folded and current:
            end = place + 1  # a vowel sign belongs to the letter before it
    if current:
        found.append(Atom(current, start, end, word))
    return found
