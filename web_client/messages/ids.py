"""What a message is called here. The id is its sender's choice: others' messages, or rubbish in a mailbox, may have
the same one.

In the vault a row is named by (conversation, sender, id). Whoever uses an id twice in a group has the second message
named by its place in the chain. For the page, an id names one message of a conversation, whoever wrote it.
"""

from __future__ import annotations

from web_client.account.chat_ids import ChatId
from web_client.messages import rows as message_rows
from web_client.messages.rows import MessageRow
from web_client.vault.database import Rows

LAST = 1 << 53  # above every order and position


def by_place(id: bytes, n: int) -> bytes:
    """The row's id of a message or line at place `n` of a group's chain: 24 bytes, which no mark or answer can name."""
    return id + n.to_bytes(8)


def in_group(rows: Rows, chat: ChatId, sender: bytes, id: bytes, n: int) -> bytes:
    """The row's id of a message at place `n`: its sender's id, unless they have used it in this group before."""
    return id if message_rows.named(rows, chat, sender, id) is None else by_place(id, n)


def shown(rows: Rows, me: bytes, row: MessageRow) -> str:
    """`id` of docs/agent-api.md: the sender's in hex; this message's order follows it where a message of ours, or an
    earlier one of somebody else, has the same in this conversation.
    """
    if row.sender != me:
        query = "SELECT 1 FROM messages WHERE id = ? AND sender != ? AND chat = ? AND (sender = ? OR ord < ?) LIMIT 1"
        if rows.execute(query, (row.id, row.sender, row.chat, me, row.ord)).fetchone() is not None:
            return f"{row.id.hex()}-{row.ord}"
    return row.id.hex()
