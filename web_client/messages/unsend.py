"""Messages that are deleted before they have left this agent, as decisions over the vault's rows (section 8.10).

They were never said: nobody hears of them, and what was written after them is chained without them. That none of them
has left is the caller's to know. Every function runs inside one transaction of the vault.
"""

from __future__ import annotations

from web_client.messages import amendments, outbox_rows, outgoing
from web_client.messages import rows as message_rows
from web_client.search import index
from web_client.vault.database import Rows


def take_out(rows: Rows, me: bytes, order: int) -> list[int] | None:
    """Take a message out of what waits, with one's marks on it: the orders of what quoted it. None if it may have been
    posted in a group.
    """
    row, waits = message_rows.at(rows, order), outbox_rows.get(rows, order)
    if row is None or (row.chat.gid is not None and (waits is None or waits.sealed is not None)):
        return None
    marks = amendments.marks_of(rows, row.chat, me, row.id)
    for one in [row.ord, *(mark.ord for mark in marks if mark.sender == me)]:
        outbox_rows.drop(rows, one)
        message_rows.delete(rows, one)
        index.forget(rows, one)
    sequence, previous = row.sequence, row.previous
    # of a group nothing does: until it has a place, its key is its own
    for later in message_rows.beyond(rows, me, row.recipient, row.key, sequence):
        previous = outgoing.chain_after(rows, later, sequence, previous)
        outgoing.unseal(rows, later.ord)
        sequence += 1
    return amendments.quoting(rows, row.chat, me, row.id)
