"""Messages that our user has marked with a star, to find them again: nobody else hears of it.

Kept as one setting, by what messages are called and not by their numbers here, so that a backup has it and what a
group's chain brings anew has its star.
"""

from __future__ import annotations

import threading
from typing import Final

import msgspec

from protocol.errors import Refused
from web_client.account.chat_ids import ChatId
from web_client.account.context import AccountContext
from web_client.account.events import MessageChanged
from web_client.messages import rows as message_rows
from web_client.messages.rows import MessageRow
from web_client.vault.database import Rows, save_setting, setting
from web_client.vault.lines import CLEARED, CLEARING, SHOWN

STARS: Final = "stars"  # the setting: an array of [chat, sender, id], the first one first
MOST: Final = 1000

Name = tuple[ChatId, bytes, bytes]


def _kept(rows: Rows) -> list[Name]:
    found = msgspec.msgpack.decode(setting(rows, STARS) or b"\x90", type=list[tuple[str, bytes, bytes]])
    return [(ChatId.parse(chat), sender, id) for chat, sender, id in found]


class Stars:
    """Of one account. Methods may be called from any thread."""

    def __init__(self, ctx: AccountContext) -> None:
        self._ctx = ctx
        self._lock = threading.Lock()
        self._given = dict.fromkeys(ctx.vault.read(_kept))

    def has(self, row: MessageRow) -> bool:
        return _name(row) in self._given

    def give(self, row: MessageRow, on: bool) -> None:
        """Mark a message so, or no more; on disk when this returns. `stars_full`."""
        with self._lock:
            given = dict(self._given)
            given.pop(_name(row), None)
            if on and len(given) >= MOST:
                rows = {name: self._row(name) for name in given}
                given = {name: None for name, row in rows.items() if row is not None and not _is_gone(name, row)}
                if len(given) >= MOST:
                    raise Refused("stars_full", field="order", limit=MOST)
            if on:
                given[_name(row)] = None
            self._save(given)
        self._ctx.emit(MessageChanged(row.ord))

    def listed(self, chat: ChatId | None) -> list[MessageRow]:
        """Of one conversation or of all, the one that was marked last first; what has gone is forgotten with this, and
        not what has yet to come again after a restore, or is hidden.
        """
        with self._lock:
            found = {name: self._row(name) for name in self._given}
            left = {name: row for name, row in found.items() if not _is_gone(name, row)}
            if len(left) < len(found):
                self._save(dict.fromkeys(left))
        shown = [row for row in reversed(left.values()) if row is not None and row.line == SHOWN]
        return [row for row in shown if chat in (None, row.chat)]

    def _row(self, name: Name) -> MessageRow | None:
        chat, sender, id = name
        return self._ctx.vault.read(lambda rows: message_rows.named(rows, chat, sender, id))

    def _save(self, given: dict[Name, None]) -> None:
        self._ctx.vault.write(
            lambda rows: save_setting(
                rows, STARS, msgspec.msgpack.encode([(str(chat), *rest) for chat, *rest in given])
            )
        )
        self._given = given


def _is_gone(name: Name, row: MessageRow | None) -> bool:
    """Whether a message will not be seen again. A group's that isn't here may come with its chain."""
    if row is None:
        return name[0].gid is None
    return bool(row.deleted) or row.line in (CLEARED, CLEARING)


def _name(row: MessageRow) -> Name:
    return row.chat, row.sender, row.id
