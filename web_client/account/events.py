"""What has happened in an open account: one frozen dataclass a fact, told after it is on disk, to whoever asked for it.

Who tells knows nobody who listens; that is how a lower room sets off what an upper one does.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar


@dataclass(frozen=True, slots=True)
class Event:
    """Something has happened."""


@dataclass(frozen=True, slots=True)
class MessageChanged(Event):
    """A line of a conversation is new, or looks another way; `order` is its row."""

    order: int


@dataclass(frozen=True, slots=True)
class MessageRemoved(Event):
    """What was a line of this conversation isn't one any more."""

    chat: str
    name: str


@dataclass(frozen=True, slots=True)
class ContentDeleted(Event):
    """A message was deleted, and with it what lies beside it on disk."""


@dataclass(frozen=True, slots=True)
class QueueChanged(Event):
    """How much waits to go out is another number now."""


@dataclass(frozen=True, slots=True)
class ChatChanged(Event):
    """So much of a conversation has changed that pages read it anew."""

    chat: str


@dataclass(frozen=True, slots=True)
class ChatRead(Event):
    """Our user has read a conversation further."""

    chat: str


@dataclass(frozen=True, slots=True)
class PersonChanged(Event):
    """What is known of somebody is something else now."""

    uid: bytes


@dataclass(frozen=True, slots=True)
class ContactChanged(Event):
    """Whether one can write to somebody may be another answer now."""

    uid: bytes


@dataclass(frozen=True, slots=True)
class PersonBlocked(Event):
    """Somebody was blocked, or isn't blocked any more."""

    uid: bytes
    blocked: bool


@dataclass(frozen=True, slots=True)
class PresenceChanged(Event):
    """Somebody has come online, or has gone."""

    uid: bytes
    online: bool


@dataclass(frozen=True, slots=True)
class LinkChanged(Event):
    """The link to the authority is up, down, or down for another reason."""


@dataclass(frozen=True, slots=True)
class LinkUp(Event):
    """The link to the authority has just come up, or the authority has back what it had lost."""


@dataclass(frozen=True, slots=True)
class LogGrew(Event):
    """The log has these new entries, by their indexes."""

    indexes: list[int]


@dataclass(frozen=True, slots=True)
class IdentityChanged(Event):
    """The keys of these people are others now; `mine` if one's own is among them."""

    uids: frozenset[bytes]
    mine: bool


@dataclass(frozen=True, slots=True)
class InvitationReceived(Event):
    """Somebody has sent an invitation to a group, as the message of this row."""

    order: int
    body: bytes
    sender: bytes


@dataclass(frozen=True, slots=True)
class GroupChanged(Event):
    """A group, or how one stands in it, has changed."""

    gid: bytes


@dataclass(frozen=True, slots=True)
class GroupRemoved(Event):
    """A group isn't here any more."""

    gid: bytes


@dataclass(frozen=True, slots=True)
class TypingChanged(Event):
    """Somebody has begun, or stopped, to write in this conversation."""

    chat: str
    uid: bytes
    on: bool


@dataclass(frozen=True, slots=True)
class ReadPositionsChanged(Event):
    """More, or fewer, have seen one's own message in a group; `order` is its row."""

    order: int


@dataclass(frozen=True, slots=True)
class FileProgress(Event):
    """A file has moved on; `name` is the message that it belongs to (files/rows.py)."""

    name: tuple[bytes, bytes, str]


@dataclass(frozen=True, slots=True)
class SettingsChanged(Event):
    """The user has chosen something else for all pages."""


@dataclass(frozen=True, slots=True)
class StatesChanged(Event):
    """A condition of account/states.py has begun or ended, or a thread of this agent fails or works again."""


@dataclass(frozen=True, slots=True)
class Equivocation(Event):
    """The authority has said two things that can't both be true; `alarm` is what docs/agent-api.md shows of it."""

    alarm: dict[str, Any]


@dataclass(frozen=True, slots=True)
class StorageChanged(Event):
    """The disk refuses, by the code of an error, or takes something again."""

    code: str | None


@dataclass(frozen=True, slots=True)
class TurnEnded(Event):
    """All that belonged to one change has been told."""


E = TypeVar("E", bound=Event)


class Events:
    """Synchronous: a subscriber runs in the thread of who emits, in the order of subscription, and returns nothing."""

    def __init__(self) -> None:
        self._turn = threading.local()
        self._subscribers: list[tuple[type[Event], Callable[[Any], object]]] = []

    def subscribe(self, kind: type[E], call: Callable[[E], object]) -> None:
        """Have every event of this kind, or of one below it, handed to `call`. Before anything is emitted."""
        self._subscribers.append((kind, call))

    def emit(self, event: Event) -> None:
        """Tell whoever asked for it. What a subscriber raises reaches who has emitted."""
        for kind, call in list(self._subscribers):
            if isinstance(event, kind):
                call(event)

    @property
    def in_turn(self) -> bool:
        """Whether this thread has more to tell of the same change."""
        return getattr(self._turn, "depth", 0) > 0

    @contextlib.contextmanager
    def turn(self) -> Iterator[None]:
        """What is emitted within belongs to one change: who listens may say the sum of it, at the TurnEnded."""
        self._turn.depth = getattr(self._turn, "depth", 0) + 1
        try:
            yield
        finally:
            self._turn.depth -= 1
            if not self.in_turn:
                self.emit(TurnEnded())
