"""What the page is shown of messages: Message of docs/agent-api.md, made from rows. Reads only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from protocol import kinds
from protocol.envelope import DELIVERED, INVITATION, READ
from protocol.errors import HamrazError
from protocol.files import FILE
from web_client import file_views, group_views
from web_client.group_rows import STORED
from web_client.vault import Rows

if TYPE_CHECKING:
    from web_client.node import Node

QUOTED = 200  # characters of a message that are shown above an answer to it

_COLUMNS = (
    "ord, chat, id, sender, recipient, key, sequence, time, kind, body, state, why, n, epoch, "
    "target, author, words, edited, deleted, reactions"
)


def message(node: Node, order: int) -> dict[str, Any] | None:
    """Message, by its order; None if there is no line at this place (any more)."""
    found = node.vault.read(lambda rows: _one(node, rows, order))
    return _with_seen(node, found) if found else None


def _one(node: Node, rows: Rows, order: int) -> dict[str, Any] | None:
    row = rows.execute(f"SELECT {_COLUMNS} FROM messages WHERE ord = ? AND line = 1", (order,)).fetchone()
    return _message(node, rows, row) if row else None


def history(node: Node, chat: str, before: int | None, after: int | None, limit: int) -> dict[str, Any]:
    """A stretch of a conversation, oldest first, and whether there is more in that direction."""
    up = after is not None
    edge = after if up else (before if before is not None else 1 << 53)
    query = f"SELECT {_COLUMNS} FROM messages WHERE chat = ? AND line = 1 AND ord {'>' if up else '<'} ? "
    query += f"ORDER BY ord {'ASC' if up else 'DESC'} LIMIT ?"

    def ask(rows: Rows) -> tuple[list[dict[str, Any]], bool]:
        found = rows.execute(query, (chat, edge, limit + 1)).fetchall()
        return [_message(node, rows, row) for row in found[:limit]], len(found) > limit

    shown, more = node.vault.read(ask)
    for one in shown:
        _with_seen(node, one)
    return {"messages": shown if up else shown[::-1], "more": more}


def _with_seen(node: Node, shown: dict[str, Any]) -> dict[str, Any]:
    """One's own message with what others have said of having it: who tells nothing of reading is told nothing."""
    if shown["mine"] and "proof" in shown and shown["state"] in (STORED, DELIVERED, READ):
        shown["seen"] = group_views.seen(node, shown["chat"], shown["proof"]["n"])
    if shown["state"] == READ and not node.settings.read_receipts:
        shown["state"] = DELIVERED
    return shown


def waiting(node: Node, limit: int) -> dict[str, Any]:
    """One's own messages that have not gone out yet, the oldest first, and whether there are more."""
    query = f"SELECT {_COLUMNS} FROM messages WHERE ord IN (SELECT ord FROM outbox UNION SELECT ord FROM group_outbox) "
    query += "AND line = 1 AND state = 'waiting' ORDER BY ord LIMIT ?"

    def ask(rows: Rows) -> list[dict[str, Any]]:
        found = rows.execute(query, (limit + 1,)).fetchall()
        return [_message(node, rows, row) for row in found]

    shown = node.vault.read(ask)
    return {"messages": shown[:limit], "more": len(shown) > limit}


def _gap(rows: Rows, row: Any) -> bool:
    """True while the message right before this one is missing."""
    _order, chat, _id, sender, recipient, key, sequence = row[:7]
    if sequence <= 1 or chat.startswith("g:"):  # a group's chain has no gaps
        return False
    before = rows.execute(
        "SELECT 1 FROM messages WHERE sender = ? AND recipient = ? AND key = ? AND sequence = ?",
        (sender, recipient, key, sequence - 1),
    ).fetchone()
    return before is None


def _message(node: Node, rows: Rows, row: Any) -> dict[str, Any]:
    order, chat, id, sender, _recipient, _key, _sequence, time, kind, body, state, why, n, epoch = row[:14]
    target, author, words, edited, deleted, reactions = row[14:]
    shown: dict[str, Any] = {
        "id": bytes(id).hex(),
        "chat": chat,
        "order": order,
        "from": bytes(sender).hex(),
        "mine": bytes(sender) == node.me.uid,
        "time": time,
        "kind": kind,
        "text": "",
        "state": state,
        "why": why,
        "gap": _gap(rows, row),
        "reply": _quote(rows, chat, bytes(author), bytes(target)) if target is not None and not deleted else None,
        "edited": edited,
        "deleted": bool(deleted),
        "reactions": _reactions(reactions),
        "file": None,
    }
    if n is not None:
        shown["proof"] = {"n": n, "epoch": epoch}
    shown |= _content(chat, kind, bytes(body), state, why, words, deleted)
    if shown["kind"] == FILE:
        shown["file"] = file_views.shown(node, rows, (bytes(sender), bytes(id)), bytes(body))
    return shown


def _content(
    chat: str, kind: str, body: bytes, state: str, why: str | None, words: str | None, deleted: int
) -> dict[str, Any]:
    """What a message says: its kind as the page knows it, and what belongs to that kind."""
    if deleted:
        return {"kind": "deleted"}
    if kind in kinds.WRITTEN:
        try:
            text = kinds.words(kind, body)
        except HamrazError as reason:
            return {"kind": "unreadable", "why": reason.code}
        return {"kind": "text" if kind == kinds.REPLY else kind, "text": text if words is None else words}
    if kind == INVITATION and not chat.startswith("g:"):
        invitation = group_views.invitation_of(body)
        if invitation is None or (why is not None and state == "received"):
            return {"kind": "unreadable", "why": why or "bad_certificate", "invitation": invitation}
        return {"invitation": invitation}
    # this one is the agent's own words: a sender's message that calls itself so is of an unknown kind
    if kind == "system" and state == "system":
        return {"system": group_views.system_of(body)}
    if kind == "unreadable" and why is not None:
        return {}
    return {"kind": "unreadable", "why": "bad_statement" if kind in kinds.MARKS else "unknown_kind"}


def _quote(rows: Rows, chat: str, author: bytes, id: bytes) -> dict[str, Any]:
    """The message that a reply answers, as it is now; `missing` if it isn't in this conversation."""
    shown: dict[str, Any] = {"id": id.hex(), "from": author.hex(), "order": None, "kind": None, "text": ""}
    row = rows.execute(
        "SELECT ord, kind, body, state, why, words, deleted FROM messages "
        "WHERE sender = ? AND id = ? AND chat = ? AND line = 1",
        (author, id, chat),
    ).fetchone()
    if row is None:
        return shown | {"missing": True}
    order, kind, body, state, why, words, deleted = row
    content = _content(chat, kind, bytes(body), state, why, words, deleted)
    text = content.get("text", "")[:QUOTED]
    return shown | {"order": order, "kind": content.get("kind", kind), "text": text, "missing": False}


def _reactions(kept: Any) -> list[dict[str, Any]]:
    if kept is None:
        return []
    return [{"emoji": emoji, "from": people} for emoji, people in msgspec.json.decode(bytes(kept))]


def order_of(rows: Rows, sender: bytes, id: bytes) -> int | None:
    """Where a message stands now."""
    row = rows.execute("SELECT ord FROM messages WHERE sender = ? AND id = ?", (sender, id)).fetchone()
    return int(row[0]) if row else None
