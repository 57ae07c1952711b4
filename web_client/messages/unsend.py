"""Messages that are deleted before they have left this agent, as decisions over the vault's rows (section 8.10).

They were never said: nobody hears of them, and what was written after them is chained without them. That none of them
has left is the caller's to know. Every function runs inside one transaction of the vault.
"""

from __future__ import annotations

import msgspec

from protocol import envelope
from web_client.messages import amendments, outbox_rows, outgoing
from web_client.messages import rows as message_rows
from web_client.messages.rows import MessageRow
from web_client.search import index
from web_client.vault.database import Rows


def private(rows: Rows, me: bytes, order: int) -> list[int]:
    """Take a private message out of its row, with one's marks on it: the orders of what quoted it."""
    row = message_rows.at(rows, order)
    assert row is not None
    _drop(rows, row, me)
    sequence, previous = row.sequence, row.previous
    after = "sender = ? AND recipient = ? AND key = ? AND sequence > ? ORDER BY sequence"
    for later in message_rows.select(rows, after, me, row.recipient, row.key, sequence):
        message = envelope.decode_message(later.raw)
        again = envelope.encode_message(msgspec.structs.replace(message, sequence=sequence, previous=previous))
        hash = envelope.message_hash(again)
        message_rows.change(rows, later.ord, sequence=sequence, previous=previous, hash=hash, raw=again)
        outgoing.unseal(rows, later.ord)
        sequence, previous = sequence + 1, hash
    return amendments.quoting(rows, row.chat, me, row.id)


def group(rows: Rows, me: bytes, order: int) -> list[int] | None:
    """Take a group's message out of what waits, with one's marks on it: the orders of what quoted it.

    None if it may have been posted.
    """
    row, waits = message_rows.at(rows, order), outbox_rows.get(rows, order)
    if row is None or waits is None or waits.sealed is not None:
        return None
    _drop(rows, row, me)
    return amendments.quoting(rows, row.chat, me, row.id)


def _drop(rows: Rows, row: MessageRow, me: bytes) -> None:
    marks = amendments.marks_of(rows, row.chat, me, row.id)
    for one in [row.ord, *(mark.ord for mark in marks if mark.sender == me)]:
        outbox_rows.drop(rows, one)
        message_rows.delete(rows, one)
        index.forget(rows, one)
