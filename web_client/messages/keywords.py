"""Words that our user wants to be told of: folded as the search folds them, and whole words only. Knows no row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

from protocol.errors import Refused
from web_client.search import normalize
from web_client.search.normalize import Atom

MOST: Final = 20
LONGEST: Final = 40  # code points of each
READ = 4000  # characters of a message: nobody is told of a word further down

# What belongs together with a word makes it a longer one, or none: an address, a path, a file's name. But #word is one.
_BEFORE = re.compile(r"(?:[^\W_][._-]|[@$/\\+])\Z")
_AFTER = re.compile(r"[._-][^\W_]|@")


@dataclass(frozen=True)
class _Sought:
    """One of the words; `whole`: it has no space in it, so that it may be written in one or with half-spaces."""

    word: str
    atoms: tuple[str, ...]
    whole: bool

    @cached_property
    def joined(self) -> str:
        return "".join(self.atoms)

    def spans(self, atoms: list[Atom]) -> Iterator[tuple[int, int]]:
        """Where a text with these atoms has it: (start, end) in characters."""
        for at, first in enumerate(atoms):
            run = atoms[at : at + len(self.atoms)]
            if tuple(atom.text for atom in run) == self.atoms:
                yield first.start, run[-1].end
            together = ""
            for last in atoms[at : at + normalize.JOINED_ATOMS] if self.whole else []:
                if last.word != first.word:
                    break
                together += last.text
                if together == self.joined:
                    yield first.start, last.end


def checked(given: Sequence[str]) -> tuple[str, ...]:
    """The words as they are kept, each once, however it is spelled. `bad_request` for one that is nothing but signs."""
    kept: dict[tuple[str, ...], str] = {}
    for word in given:
        clean = " ".join(word.split())
        key = tuple("".join(atoms) for atoms in normalize.words(clean))
        if not key:
            raise Refused("bad_request", field="keywords")
        kept.setdefault(key, clean)
    return tuple(kept.values())


def first(words: tuple[str, ...], text: str) -> str | None:
    """The first of these words that a text has; None if it has none of them."""
    text = text[:READ]
    run = "".join(atom for atoms in normalize.words(text) for atom in atoms)
    likely = [one for one in _sought(words) if one.joined in run]  # nearly always none, and this costs a tenth
    atoms = normalize.atoms(text) if likely else []
    return next((one.word for one in likely if any(_is_whole(text, *span) for span in one.spans(atoms))), None)


@lru_cache(maxsize=8)
def _sought(words: tuple[str, ...]) -> tuple[_Sought, ...]:
    found = [(word, list(normalize.words(word))) for word in words]
    return tuple(_Sought(word, tuple(atom for one in parts for atom in one), len(parts) == 1) for word, parts in found)


def _is_whole(text: str, start: int, end: int) -> bool:
    return _BEFORE.search(text[max(0, start - 2) : start]) is None and _AFTER.match(text, end) is None
