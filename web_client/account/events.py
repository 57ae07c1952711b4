"""What has happened in an open account: one frozen struct a fact, told after it is on disk, to whoever asked for it.

Who tells knows nobody who listens; that is how a lower room sets off what an upper one does.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import msgspec

from web_client.account.chat_ids import ChatId


class Event(msgspec.Struct, frozen=True):
    """Something has happened."""


class MessageChanged(Event, frozen=True):
    """A line of a conversation is new, or looks another way; `order` is its row."""

    order: int


class MessageRemoved(Event, frozen=True):
    """What was a line of this conversation isn't one any more."""

    chat: ChatId
    name: str


class ContentDeleted(Event, frozen=True):
    """A message was deleted, and with it what lies beside it on disk."""


class QueueChanged(Event, frozen=True):
    """How much waits to go out is another number now."""


class ChatChanged(Event, frozen=True):
    """So much of a conversation has changed that pages read it anew."""

    chat: ChatId


class ChatRead(Event, frozen=True):
    """Our user has read a conversation further."""

    chat: ChatId


class PersonChanged(Event, frozen=True):
    """What is known of somebody is something else now."""

    uid: bytes


class ContactChanged(Event, frozen=True):
    """Whether one can write to somebody may be another answer now."""

    uid: bytes


class PersonBlocked(Event, frozen=True):
    """Somebody was blocked, or isn't blocked any more."""

    uid: bytes
    blocked: bool


class PresenceChanged(Event, frozen=True):
    """Somebody has come online, or has gone."""

    uid: bytes
    online: bool


class LinkChanged(Event, frozen=True):
    """The link to the authority is up, down, or down for another reason."""


class LinkUp(Event, frozen=True):
    """The link to the authority has just come up, or the authority has back what it had lost."""


class VaultIsOlder(Event, frozen=True):
    """This vault has turned out to be an older copy: what was decided since then isn't known here."""


class LogGrew(Event, frozen=True):
    """The log has these new entries, by their indexes."""

    indexes: list[int]


class IdentityChanged(Event, frozen=True):
    """The keys of these people are others now; `mine` if one's own is among them."""

    uids: frozenset[bytes]
    mine: bool


class InvitationReceived(Event, frozen=True):
    """Somebody has sent an invitation to a group, as the message of this row."""

    order: int
    body: bytes
    sender: bytes


class AskReceived(Event, frozen=True):
    """Somebody has asked to be let into a group, by the message of this row, whether they may or not."""

    order: int
    gid: bytes


class GroupChanged(Event, frozen=True):
    """A group, or how one stands in it, has changed."""

    gid: bytes


class GroupRemoved(Event, frozen=True):
    """A group isn't here any more."""

    gid: bytes


class TypingChanged(Event, frozen=True):
    """Somebody has begun, or stopped, to write in this conversation, or to do what else comes before a message."""

    chat: ChatId
    uid: bytes
    on: bool
    what: str


class ReadPositionsChanged(Event, frozen=True):
    """More, or fewer, have seen one's own message in a group; `order` is its row."""

    order: int


class FileProgress(Event, frozen=True):
    """A file has moved on; `name` is the message that it belongs to (files/rows.py)."""

    name: tuple[bytes, bytes, ChatId]


class SettingsChanged(Event, frozen=True):
    """The user has chosen something else for all pages."""


class BackupChanged(Event, frozen=True):
    """What is known of backups, or of what a restore still lacks, is something else now."""


class KitChanged(Event, frozen=True):
    """Something else holds of the account's recovery kit."""


class LaterChanged(Event, frozen=True):
    """What is to be sent later in this conversation is other than before."""

    chat: ChatId


class StatesChanged(Event, frozen=True):
    """A condition of account/states.py has begun or ended, or a thread of this agent fails or works again."""


class Equivocation(Event, frozen=True):
    """The authority has said two things that can't both be true; `alarm` is what docs/agent-api.md shows of it."""

    alarm: dict[str, Any]


class StorageChanged(Event, frozen=True):
    """The disk refuses, by the code of an error, or takes something again."""

    code: str | None


class TurnEnded(Event, frozen=True):
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
