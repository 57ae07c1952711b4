"""Where an export is read from: an open vault, a stretch at a time, so that nobody who writes waits for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from protocol.log import User
from web_client.account.chat_ids import ChatId
from web_client.account.identity import Identity
from web_client.account.verified_log import VerifiedLog
from web_client.groups import rows as group_rows
from web_client.messages import chats
from web_client.messages import rows as message_rows
from web_client.messages.rows import MessageRow
from web_client.vault.database import Rows, Vault

SLICE = 100  # rows that are read while the vault is held: a few ms
RANGE = 200  # orders that are looked at while it is held: of other conversations most of them are passed over

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Source:
    """One account's vault, log and key; with `now`, ms since 1970."""

    vault: Vault
    trust: VerifiedLog
    me: Identity
    now: Callable[[], int]

    def user(self, uid: bytes) -> User | None:
        return self.trust.user(uid)

    def name(self, uid: bytes) -> str:
        """The user name; of nobody whom the log knows, the beginning of the uid."""
        user = self.trust.user(uid)
        return user.name if user is not None else uid.hex()[:8]

    def title(self, chat: ChatId) -> str:
        """What a conversation is called here."""
        if chat.gid is not None:
            return group_rows.name_of(self.vault, chat.gid) or chat.gid.hex()[:8]
        return self.name(chat.peer or b"")

    def rows(self, chat: ChatId) -> Iterator[list[MessageRow]]:
        """All rows of a conversation, lines or not, a few at a time."""
        newest = self.read(message_rows.newest)
        for after in range(0, newest, RANGE):
            yield self._stretch(chat, after)

    def _stretch(self, chat: ChatId, after: int) -> list[MessageRow]:
        return self.read(lambda rows: message_rows.stretch(rows, chat, after, after + RANGE))

    def lines(self, chat: ChatId) -> Iterator[list[MessageRow]]:
        """The lines of a conversation as they are shown, a few at a time."""
        found = self._lines(chat, 0)
        while found:
            yield found
            found = self._lines(chat, found[-1].position)

    def _lines(self, chat: ChatId, after: int) -> list[MessageRow]:
        return self.read(lambda rows: chats.beyond(rows, chat, after, SLICE, up=True))

    def read(self, question: Callable[[Rows], T]) -> T:
        return self.vault.read(question)
