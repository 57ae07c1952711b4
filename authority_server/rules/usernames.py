"""User names: which are allowed, and when two look alike (section 7 of docs/protocol.md).

Only the authority asks these questions. The comparison key stands in the log, so a replay compares bytes.
"""

from __future__ import annotations

import functools
import unicodedata

from confusable_homoglyphs import categories, confusables

from protocol.errors import Refused

SHORTEST, LONGEST = 2, 32
KEY_LONGEST = 64  # what the log's field holds; a letter folds to two at most
MARKS_IN_A_ROW = 2  # Indic letters need two; more is meant to cover the line above

HALF_SPACE = "\u200c"  # joins the parts of a Persian word without joining their letters
_LETTERS_AND_DIGITS = {"Lu", "Ll", "Lt", "Lm", "Lo", "Nd"}
_MARKS = {"Mn", "Mc"}
# Marks of these scripts are accents and vowel points; of others, as Devanagari, they are letters like any.
_POINTED = {"INHERITED", "ARABIC", "HEBREW"}
_NO_SCRIPT = {"COMMON", "INHERITED"}

# What the eye can't tell apart in Persian and Arabic, which confusable-homoglyphs lacks. Hamza and vowel signs are
# marks of their own once decomposed, and fall away with the other marks.
_ARABIC = str.maketrans(
    {
        "ي": "ی", "ى": "ی", "ې": "ی", "ے": "ی",
        "ك": "ک", "ڪ": "ک",
        "ة": "ه", "ە": "ه", "ہ": "ه", "ھ": "ه", "ۃ": "ه",
        "ٱ": "ا",
        "ـ": "",  # a stretched letter is the same letter
        HALF_SPACE: "",
    }
)  # fmt: skip
# Latin letters and digits that only look alike in the case that they are written in.
_AS_WRITTEN = str.maketrans({"I": "l", "1": "l", "0": "O"})
_ANY_CASE = str.maketrans({"1": "l", "0": "o"})


def check_form(name: str) -> None:
    """Raise `name_form` or `name_scripts` unless this may be somebody's name."""
    if not SHORTEST <= len(name) <= LONGEST or unicodedata.normalize("NFKC", name) != name:
        raise Refused("name_form", field="name")
    if not all(_belongs(name, at) for at in range(len(name))) or name[-1] in ".-_":
        raise Refused("name_form", field="name")
    if len({categories.alias(letter) for letter in name} - _NO_SCRIPT) > 1:
        raise Refused("name_scripts", field="name")
    if len(comparison_key(name)) > KEY_LONGEST:
        raise Refused("name_form", field="name")


def comparison_key(name: str) -> str:
    """Equal for two names that differ in case, marks, digits' script or look-alike letters; stands in the log."""
    return _skeleton(_fold(name).casefold().translate(_ANY_CASE))


def look(name: str) -> str:
    """Equal for two names that look alike as they are written: `AIi` (capital i) and `Ali`, `ВОВА` and `BOBA`."""
    return _skeleton(_fold(name)).translate(_AS_WRITTEN)


def _belongs(name: str, at: int) -> bool:
    letter = name[at]
    if unicodedata.category(letter) in _LETTERS_AND_DIGITS:
        return True
    if letter == HALF_SPACE:
        return 0 < at < len(name) - 1 and _is_arabic(name[at - 1]) and _is_arabic(name[at + 1])
    before = name[max(0, at - MARKS_IN_A_ROW) : at]
    if unicodedata.category(letter) in _MARKS:
        return any(unicodedata.category(other) in _LETTERS_AND_DIGITS for other in before)
    return at > 0 and letter in ".-_"


def _is_arabic(letter: str) -> bool:
    return categories.alias(letter) == "ARABIC" and unicodedata.category(letter) == "Lo"


def _fold(name: str) -> str:
    bare = "".join(letter for letter in unicodedata.normalize("NFD", name) if not _is_point(letter))
    digits = "".join(str(unicodedata.digit(letter)) if letter.isdecimal() else letter for letter in bare)
    return unicodedata.normalize("NFC", digits.translate(_ARABIC))


def _is_point(letter: str) -> bool:
    return unicodedata.category(letter) == "Mn" and categories.alias(letter) in _POINTED


def _skeleton(text: str) -> str:
    return "".join(map(_twin, text)).replace("rn", "m").replace("vv", "w")


@functools.cache
def _twin(letter: str) -> str:
    """The letter that stands for all that look like this one: an ASCII one if there is any."""
    # Arabic letters look like Latin ones to the table (ا and l, ه and o), but no name mixes the two scripts
    if letter.isascii() or not letter.isalpha() or categories.alias(letter) == "ARABIC":
        return letter
    twins: list[str] = [twin["c"] for twin in confusables.confusables_data.get(letter, [])]
    latin = [twin for twin in twins if twin.isascii() and twin.isalpha()]
    if latin:
        return min(latin)
    # the table is a star: many letters point at one, and that one at all of them
    if len(twins) != 1 or len(twins[0]) != 1 or not twins[0].isalpha():
        return letter
    return twins[0] if len(confusables.confusables_data[twins[0]]) > 1 else min(letter, twins[0])
