"""Messages that are deleted before they have left this agent, as decisions over the vault's rows (section 8.10).

They were never said: nobody hears of them, and what was written after them is chained without them. That none of them
has left is the caller's to know. Every function runs inside one transaction of the vault.
"""

from __future__ import annotations

import msgspec

from protocol import envelope
from web_client.messages import amendments, outgoing
from web_client.search import index
from web_client.vault.database import Rows


def private(rows: Rows, me: bytes, order: int) -> list[int]:
    """Take a private message out of its row, with one's marks on it: the orders of what quoted it."""
    peer, id, key, sequence, previous = rows.execute(
        "SELECT recipient, id, key, sequence, previous FROM messages WHERE ord = ?", (order,)
    ).fetchone()
    chat = outgoing.chat_of(bytes(peer))
    _drop(rows, chat, me, bytes(id), order)
    after = rows.execute(
        "SELECT ord, raw FROM messages WHERE sender = ? AND recipient = ? AND key = ? AND sequence > ? "
        "ORDER BY sequence",
        (me, peer, key, sequence),
    )
    for later, raw in after.fetchall():
        message = msgspec.structs.replace(
            envelope.decode_message(bytes(raw)), sequence=sequence, previous=bytes(previous)
        )
        again = envelope.encode_message(message)
        hash = envelope.message_hash(again)
        rows.execute(
            "UPDATE messages SET sequence = ?, previous = ?, hash = ?, raw = ? WHERE ord = ?",
            (sequence, previous, hash, again, later),
        )
        outgoing.unseal(rows, later)
        sequence, previous = sequence + 1, hash
    return amendments.quoting(rows, chat, me, bytes(id))


def group(rows: Rows, me: bytes, order: int) -> list[int] | None:
    """Take a group's message out of what waits, with one's marks on it: the orders of what quoted it.

    None if it may have been posted.
    """
    found = rows.execute(
        "SELECT m.chat, m.id FROM group_outbox o JOIN messages m USING (ord) WHERE o.ord = ? AND o.entry IS NULL",
        (order,),
    ).fetchone()
    if found is None:
        return None
    chat, id = found[0], bytes(found[1])
    _drop(rows, chat, me, id, order)
    return amendments.quoting(rows, chat, me, id)


def _drop(rows: Rows, chat: str, me: bytes, id: bytes, order: int) -> None:
    marks = "SELECT ord FROM messages WHERE author = ? AND target = ? AND chat = ? AND sender = ? AND line = 0"
    for one in [order, *(row[0] for row in rows.execute(marks, (me, id, chat, me)).fetchall())]:
        for table in ("outbox", "group_outbox", "messages"):
            rows.execute(f"DELETE FROM {table} WHERE ord = ?", (one,))
        index.forget(rows, one)
