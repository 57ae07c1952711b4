"""What the page is shown of messages: Message of docs/agent-api.md, made from rows. Reads only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from web_client import group_views
from web_client.vault import Rows

if TYPE_CHECKING:
    from web_client.node import Node

_MESSAGE = "ord, chat, id, sender, recipient, key, sequence, time, kind, body, state, why, n, epoch"


def message(node: Node, order: int) -> dict[str, Any]:
    """Message, by its order."""

    def ask(rows: Rows) -> tuple[Any, bool]:
        row = rows.execute(f"SELECT {_MESSAGE} FROM messages WHERE ord = ?", (order,)).fetchone()
        return row, _gap(rows, row)

    row, gap = node.vault.read(ask)
    return _message(node, row, gap)


def history(node: Node, chat: str, before: int | None, after: int | None, limit: int) -> dict[str, Any]:
    """A stretch of a conversation, oldest first, and whether there is more in that direction."""
    up = after is not None
    edge = after if up else (before if before is not None else 1 << 53)
    query = f"SELECT {_MESSAGE} FROM messages WHERE chat = ? AND ord {'>' if up else '<'} ? "
    query += f"ORDER BY ord {'ASC' if up else 'DESC'} LIMIT ?"

    def ask(rows: Rows) -> list[tuple[Any, bool]]:
        found = rows.execute(query, (chat, edge, limit + 1)).fetchall()
        return [(row, _gap(rows, row)) for row in found]

    found = node.vault.read(ask)
    shown = [_message(node, row, gap) for row, gap in found[:limit]]
    return {"messages": shown if up else shown[::-1], "more": len(found) > limit}


def _gap(rows: Rows, row: Any) -> bool:
    """True while the message right before this one is missing."""
    _order, _chat, _id, sender, recipient, key, sequence = row[:7]
    if sequence <= 1 or _chat.startswith("g:"):  # a group's chain has no gaps
        return False
    before = rows.execute(
        "SELECT 1 FROM messages WHERE sender = ? AND recipient = ? AND key = ? AND sequence = ?",
        (sender, recipient, key, sequence - 1),
    ).fetchone()
    return before is None


def _message(node: Node, row: Any, gap: bool) -> dict[str, Any]:
    order, chat, id, sender, _recipient, _key, _sequence, time, kind, body, state, why, n, epoch = row
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
        "gap": gap,
    }
    if n is not None:
        shown["proof"] = {"n": n, "epoch": epoch}
    match kind:
        case "text":
            shown["text"] = bytes(body).decode(errors="replace")
        case "invitation":
            shown["invitation"] = group_views.invitation_of(bytes(body))
            if shown["invitation"] is None or (why is not None and state == "received"):
                shown |= {"kind": "unreadable", "why": why or "bad_certificate"}
        # these two are this agent's own words: a sender's message that calls itself so is of an unknown kind
        case "system" if state == "system":
            shown["system"] = group_views.system_of(bytes(body))
        case "unreadable" if why is not None:
            pass
        case _:
            shown |= {"kind": "unreadable", "why": "unknown_kind"}
    return shown
