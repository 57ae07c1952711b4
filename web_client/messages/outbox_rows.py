"""What waits to go out, as rows of the vault: the table `outbox`, of private messages and of groups' alike.

Every function runs inside one transaction of the vault.
"""

from __future__ import annotations

from typing import Any

import msgspec

from web_client.account.chat_ids import ChatId
from web_client.messages import rows as message_rows
from web_client.messages.rows import MessageRow
from web_client.vault.database import Rows, value

# `mailed`: not there, or not any more; waits there; waited until it was too old (section 8.8)
NOT_LEFT, LEFT, GONE = 0, 1, 2


class Waiting(msgspec.Struct, frozen=True):
    """One message that waits, and what was made of it so far: exactly this is sent again.

    `position`: where it stood in its conversation when it was put there, and its place among all that waits.
    `sealed`: to the one-time prekey `prekey_id`, or of a group its chain's entry; `mail`: the item for the mailbox.
    """

    ord: int
    chat: ChatId
    position: int
    prekey_id: bytes | None
    sealed: bytes | None
    mail: bytes | None
    mailed: int


_COLUMNS = ", ".join(Waiting.__struct_fields__)


def put(rows: Rows, order: int) -> None:
    """This message is to go out."""
    query = "INSERT INTO outbox (ord, chat, position) SELECT ord, chat, position FROM messages WHERE ord = ?"
    rows.execute(query, (order,))


def get(rows: Rows, order: int) -> Waiting | None:
    """What waits of this message; None if it doesn't, or no more."""
    row = rows.execute(f"SELECT {_COLUMNS} FROM outbox WHERE ord = ?", (order,)).fetchone()
    return None if row is None else Waiting(row[0], ChatId(row[1]), *row[2:])


def next_to(rows: Rows, chat: ChatId) -> Waiting | None:
    """What is to go there next."""
    row = rows.execute(f"SELECT {_COLUMNS} FROM outbox WHERE chat = ? ORDER BY position LIMIT 1", (chat,)).fetchone()
    return None if row is None else Waiting(row[0], ChatId(row[1]), *row[2:])


def first(rows: Rows, chat: ChatId) -> tuple[MessageRow, Waiting] | None:
    """The same, with its message."""
    waits = next_to(rows, chat)
    if waits is None:
        return None
    row = message_rows.at(rows, waits.ord)
    assert row is not None
    return row, waits


def orders(rows: Rows, chat: ChatId, mailed: int | None = None) -> list[int]:
    """What waits for a destination, the oldest first; with `mailed`, only what stands so with the mailbox."""
    query = "SELECT ord FROM outbox WHERE chat = ? AND mailed = coalesce(?, mailed) ORDER BY position"
    return [row[0] for row in rows.execute(query, (chat, mailed))]


def destinations(rows: Rows) -> list[ChatId]:
    """Where something is to go."""
    return [ChatId(row[0]) for row in rows.execute("SELECT DISTINCT chat FROM outbox")]


def count(rows: Rows) -> int:
    """How many have not left this agent: what waits in a mailbox, or was too old there, has."""
    return int(value(rows, "SELECT count(*) FROM outbox WHERE mailed = 0"))


def change(rows: Rows, order: int, **columns: Any) -> bool:
    """Other values for these columns; False if it waits no more."""
    names = ", ".join(f"{name} = ?" for name in columns)
    return bool(rows.execute(f"UPDATE outbox SET {names} WHERE ord = ?", (*columns.values(), order)).rowcount)


def drop(rows: Rows, order: int) -> None:
    rows.execute("DELETE FROM outbox WHERE ord = ?", (order,))
