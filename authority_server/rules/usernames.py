"""User names: which are allowed (section 7.1 of docs/protocol.md); when two look alike, protocol/lookalikes.py says.

Only the authority asks these questions. The comparison key stands in the log, so a replay compares bytes.
"""

from __future__ import annotations

import unicodedata

from confusable_homoglyphs import categories

from protocol.errors import Refused
from protocol.lookalikes import HALF_SPACE, comparison_key

SHORTEST, LONGEST = 2, 32
KEY_LONGEST = 64  # what the log's field holds; a letter folds to two at most
MARKS_IN_A_ROW = 2  # Indic letters need two; more is meant to cover the line above

_LETTERS_AND_DIGITS = {"Lu", "Ll", "Lt", "Lm", "Lo", "Nd"}
_MARKS = {"Mn", "Mc"}
_NO_SCRIPT = {"COMMON", "INHERITED"}


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
