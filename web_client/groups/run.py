"""Entries of a chain that follow one another, put into the vault with few questions, however many they are.

One transaction's; whoever needs to see in the vault what it holds has it keep that first.
"""

from __future__ import annotations

from typing import Any

import msgspec

from web_client.account.chat_ids import ChatId
from web_client.messages import amendments, answers, blocked_rows, ids
from web_client.messages import rows as message_rows
from web_client.messages.rows import MessageRow
from web_client.vault.database import Rows


class Run:
    """What has been added since it kept something last."""

    def __init__(self, rows: Rows, gid: bytes) -> None:
        self._rows = rows
        self._gid = gid
        self._entries: list[tuple[Any, ...]] = []
        self._messages: list[MessageRow] = []
        self._blocked: dict[bytes, bool] = {}

    def has_blocked(self, uid: bytes) -> bool:
        """Whether our user has blocked somebody; asked once for each."""
        if uid not in self._blocked:
            self._blocked[uid] = blocked_rows.has(self._rows, uid)
        return self._blocked[uid]

    def add_entry(self, n: int, kind: str, raw: bytes, hash: bytes) -> None:
        """The entry at place `n`."""
        # no bytes: see messages/rows.py
        self._entries.append((bytearray(self._gid), n, kind, bytearray(raw), bytearray(hash)))

    def add(self, row: MessageRow) -> None:
        """The message of the last entry, new here and no mark, under the id that its sender has given it."""
        self._messages.append(row)

    def keep(self) -> list[int]:
        """Put all of it into the vault; the orders of messages that look different now, the new ones among them."""
        rows, chat = self._rows, ChatId.group(self._gid)
        entries, self._entries = self._entries, []
        rows.executemany("INSERT INTO group_entries VALUES (?, ?, ?, ?, ?)", entries)
        messages, self._messages = self._named(chat), []
        names = {(row.sender, row.id) for row in messages}
        spoken_of = message_rows.names_spoken_of(rows, chat, names)
        orders: list[int] = []
        for order, row in zip(message_rows.insert_all(rows, messages), messages, strict=True):
            is_new = (row.sender, row.id) not in spoken_of
            changed = [order, *answers.answered(rows, row)] if is_new else amendments.settle(rows, order)
            orders += [] if self.has_blocked(row.sender) else changed  # of a blocked person's nothing is shown
        return list(dict.fromkeys(orders))

    def _named(self, chat: ChatId) -> list[MessageRow]:
        """The messages by their rows' ids, as `ids.in_group` gives them."""
        taken = message_rows.names_taken(self._rows, chat, {(row.sender, row.id) for row in self._messages})
        messages = []
        for row in self._messages:
            again = (row.sender, row.id) in taken
            taken.add((row.sender, row.id))
            assert row.n is not None
            messages.append(msgspec.structs.replace(row, id=ids.by_place(row.id, row.n)) if again else row)
        return messages
