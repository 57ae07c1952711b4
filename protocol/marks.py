"""What edits, deletions and reactions make of a message (section 8.10): a function of the set of its marks. Pure.

It doesn't matter in which order they came: whoever has the same marks shows the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from protocol.kinds import Body, Delete, Edit, Reaction, is_emoji


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark of one message by `sender`; `place` is where it stands among all that this sender has written there."""

    sender: bytes
    place: tuple[int, int]
    time: int  # ms since 1970, the sender's claim
    body: Body


@dataclass(frozen=True, slots=True)
class Effect:
    """How a message looks now: `words` is None while they are those it was written with."""

    deleted: bool = False
    words: str | None = None
    edited: int | None = None  # ms since 1970, the author's claim
    reactions: tuple[tuple[str, tuple[bytes, ...]], ...] = ()  # emoji, whose


def effect(author: bytes, marks: Iterable[Mark]) -> Effect:
    """What the marks of a message by `author` make of it; those that have no effect may be among them."""
    words, edited = None, None
    reacted: dict[bytes, Mark] = {}
    for mark in sorted(marks, key=lambda mark: mark.place):
        own = mark.sender == author
        match mark.body:
            case Delete() if own:
                return Effect(deleted=True)
            case Edit(_, text) if own:
                words, edited = text, mark.time
            case Reaction(_, _, emoji) if not emoji or is_emoji(emoji):
                reacted[mark.sender] = mark
    return Effect(False, words, edited, _by_emoji(reacted.values()))


def _by_emoji(reacted: Iterable[Mark]) -> tuple[tuple[str, tuple[bytes, ...]], ...]:
    """Each emoji with its people, in the order of first use; the same for everybody, so by what the marks say."""
    found: dict[str, list[bytes]] = {}
    for mark in sorted(reacted, key=lambda mark: (mark.time, mark.sender)):
        if isinstance(mark.body, Reaction) and mark.body.emoji:
            found.setdefault(mark.body.emoji, []).append(mark.sender)
    return tuple((emoji, tuple(people)) for emoji, people in found.items())
