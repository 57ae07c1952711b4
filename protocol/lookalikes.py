"""When two names look alike (section 7.1 of docs/protocol.md). Pure.

The authority asks of user names, and its answer stands in the log; an agent asks of display names (section 8.13).
"""

from __future__ import annotations

import functools
import unicodedata

from confusable_homoglyphs import categories, confusables

HALF_SPACE = "\u200c"  # joins the parts of a Persian word without joining their letters
# Marks of these scripts are accents and vowel points; of others, as Devanagari, they are letters like any.
_POINTED = {"INHERITED", "ARABIC", "HEBREW"}

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
# Letters by name that are drawn as nothing, and one of which the tables take another likeness (аррӏе and apple).
_DRAWN = str.maketrans(dict.fromkeys("\u115f\u1160\u17b4\u17b5\u3164\uffa0", "") | {"ӏ": "l", "Ӏ": "l"})
# Latin letters and digits that only look alike in the case that they are written in.
_AS_WRITTEN = str.maketrans({"I": "l", "1": "l", "0": "O"})
_ANY_CASE = str.maketrans({"1": "l", "0": "o"})


def comparison_key(name: str) -> str:
    """Equal for two names that differ in case, marks, digits' script or look-alike letters; stands in the log."""
    return _skeleton(_fold(name).casefold().translate(_ANY_CASE))


def look(name: str) -> str:
    """Equal for two names that look alike as they are written: `AIi` (capital i) and `Ali`, `ВОВА` and `BOBA`."""
    return _skeleton(_fold(name)).translate(_AS_WRITTEN)


def looks(text: str) -> frozenset[str]:
    """By what a name of any form is compared: two have one in common if their letters and digits look alike. None for
    one without any sign.
    """
    text = unicodedata.normalize("NFKC", text).translate(_DRAWN)
    bare = "".join(sign for sign in text if unicodedata.category(sign)[0] in "LMN") or "".join(text.split())
    return frozenset((f"any case {comparison_key(bare)}", f"as written {look(bare)}")) if bare else frozenset()


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
