"""What answers a message: nothing on the wire says it, each answer names what it answers (section 8.3). Reads only."""

from __future__ import annotations

from typing import Final

from web_client.account.chat_ids import ChatId
from web_client.messages import rows as message_rows
from web_client.messages.rows import MessageRow
from web_client.vault.database import Rows, value
from web_client.vault.lines import SHOWN

MOST_COUNTED: Final = 1000
FACES: Final = 3
_LATEST: Final = 50  # among which those faces are looked for, however many answers there are
_TO = f"author = ? AND target = ? AND chat = ? AND line = {SHOWN}"


def count(rows: Rows, row: MessageRow) -> int:
    """How many lines answer this message itself, up to MOST_COUNTED."""
    some = f"SELECT 1 FROM messages WHERE {_TO} AND deleted = 0 LIMIT ?"
    return int(value(rows, f"SELECT count(*) FROM ({some})", row.sender, row.id, row.chat, MOST_COUNTED))


def latest(rows: Rows, row: MessageRow) -> tuple[int, list[bytes]] | None:
    """When the last that answers this message itself was written, and who answered last, each once, up to FACES."""
    # by what came, and not by a sender's clock; the index has them in this order
    some = f"SELECT time, sender FROM messages WHERE {_TO} AND deleted = 0 ORDER BY ord DESC LIMIT ?"
    found = rows.execute(some, (row.sender, row.id, row.chat, _LATEST)).fetchall()
    return (found[0][0], list(dict.fromkeys(sender for _, sender in found))[:FACES]) if found else None


def answered(rows: Rows, row: MessageRow) -> list[int]:
    """The order of the line that this one answers: how many do so has changed. None if it answers none that is here."""
    if row.line != SHOWN or row.author is None or row.target is None:
        return []
    target = message_rows.named(rows, row.chat, row.author, row.target)
    return [target.ord] if target is not None and target.line == SHOWN else []


def thread(rows: Rows, chat: ChatId, order: int, most: int) -> list[MessageRow]:
    """A message, all that answers it, all that answers those, and so on: of more than `most` the nearest, in the order
    in which they stand in the conversation.
    """
    # by rows and not by ways: whoever chooses ids can have two messages answer each other
    query = (
        "WITH RECURSIVE found (ord, id, sender) AS (SELECT ord, id, sender FROM messages WHERE ord = ? UNION "
        "SELECT messages.ord, messages.id, messages.sender FROM found JOIN messages ON messages.author = found.sender "
        f"AND messages.target = found.id AND messages.chat = ? AND messages.line = {SHOWN} LIMIT ?) "
        "SELECT ord FROM found"
    )
    orders = [found for (found,) in rows.execute(query, (order, chat, most))]
    found = [row for one in orders if (row := message_rows.line(rows, chat, one)) is not None]
    return sorted(found, key=lambda row: row.position)
