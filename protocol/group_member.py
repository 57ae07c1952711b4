"""One member of a group, as the replay of its chain has them (section 9.5)."""

from __future__ import annotations

from dataclasses import dataclass

from protocol.group_entries import NONE


@dataclass(frozen=True, slots=True)
class Ended:
    """Somebody who is no member any more: how far the chain is theirs to see."""

    n: int  # the place of what ended it
    epoch: int  # in force from there on
    joined: bool  # whether they had come in: otherwise only the commit is theirs
    last: tuple[int, int] | None = None  # place and epoch of what ended it last, if they were asked back in vain


@dataclass(frozen=True, slots=True)
class Member:
    """One member under the commit in force."""

    uid: bytes
    key: bytes  # SHA-256 of the identity key that counts for them
    joined: bool
    since: int  # the epoch in which they were last added: older joins and leaves of theirs are void
    leaving: bool = False  # has left; the next commit takes them out
    sequence: int = 0  # of their newest message in this epoch
    last: bytes = NONE  # its hash
    entered: int = 0  # the place in the chain where they came in, or 0
    gone: int = 0  # the place in the chain where they left, or 0
    unopened: frozenset[int] = frozenset()  # of these epochs they have said that they have no key
