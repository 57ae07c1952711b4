"""What the page is shown of messages: Message of docs/agent-api.md, made from rows. Reads only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from protocol import kinds
from protocol.envelope import DELIVERED, INVITATION, READ
from protocol.errors import HamrazError
from protocol.files import FILE
from web_client.account import bounds
from web_client.agent.views import files as file_views
from web_client.agent.views import groups as group_views
from web_client.groups import retraction
from web_client.groups.rows import STORED
from web_client.messages import ids
from web_client.messages.ids import LAST
from web_client.vault.database import Rows

if TYPE_CHECKING:
    from web_client.agent.session import UserSession

QUOTED = 200  # characters of a message that are shown above an answer to it

_COLUMNS = (
    "ord, chat, id, sender, recipient, key, sequence, time, kind, body, state, why, n, epoch, "
    "target, author, words, edited, deleted, reactions, retracted"
)


def message(node: UserSession, order: int) -> dict[str, Any] | None:
    """Message, by its order; None if there is no line at this place (any more)."""
    found = node.ctx.vault.read(lambda rows: read(node, rows, order))
    return with_seen(node, found) if found else None


def written(node: UserSession, chat: str, id: bytes) -> dict[str, Any] | None:
    """Message, one's own by its id: in a group it may get another place at any moment, and this finds it at either."""

    def ask(rows: Rows) -> dict[str, Any] | None:
        order = ids.order_of(rows, chat, node.ctx.me.uid, id)
        return None if order is None else read(node, rows, order)

    found = node.ctx.vault.read(ask)
    return with_seen(node, found) if found else None


def read(node: UserSession, rows: Rows, order: int) -> dict[str, Any] | None:
    """The same, within a reading of the vault, and without what others have seen of it."""
    row = rows.execute(f"SELECT {_COLUMNS} FROM messages WHERE ord = ? AND line = 1", (order,)).fetchone()
    return _message(node, rows, row) if row else None


def history(
    node: UserSession,
    chat: str,
    before: int | None = None,
    after: int | None = None,
    limit: int = 50,
    around: int | None = None,
    at: int | None = None,
) -> dict[str, Any]:
    """A stretch of a conversation, oldest first, and what there is beyond its ends.

    At most one of `before`, `after` and `around`, which are orders, and `at`, a time in ms.
    """

    def ask(rows: Rows) -> dict[str, Any]:
        if around is not None:
            below = _beyond(rows, chat, around + 1, limit - limit // 2, up=False)
            orders = below[::-1] + _beyond(rows, chat, around, limit // 2, up=True)
        elif at is not None:
            first = _first_at(rows, chat, at)
            orders = [] if first is None else _beyond(rows, chat, first - 1, limit, up=True)
        elif after is not None:
            orders = _beyond(rows, chat, after, limit, up=True)
        else:
            orders = _beyond(rows, chat, before if before is not None else LAST, limit, up=False)[::-1]
        low, high = (orders[0], orders[-1]) if orders else _nowhere(before, after, around)
        older, newer = bool(_beyond(rows, chat, low, 1, up=False)), bool(_beyond(rows, chat, high, 1, up=True))
        more = (older or newer) if around is not None else newer if after is not None or at is not None else older
        return {"messages": [read(node, rows, one) for one in orders], "more": more, "older": older, "newer": newer}

    page = node.ctx.vault.read(ask)
    for one in page["messages"]:
        with_seen(node, one)
    return page


def _beyond(rows: Rows, chat: str, edge: int, limit: int, up: bool) -> list[int]:
    """The orders of the nearest lines above or below a place, the nearest first."""
    side, way = (">", "ASC") if up else ("<", "DESC")
    found = rows.execute(
        f"SELECT ord FROM messages WHERE chat = ? AND line = 1 AND ord {side} ? ORDER BY ord {way} LIMIT ?",
        (chat, edge, limit),
    )
    return [row[0] for row in found]


def _first_at(rows: Rows, chat: str, time: int) -> int | None:
    """The order of the line with the first time that is not before this one."""
    row = rows.execute(
        "SELECT ord FROM messages WHERE chat = ? AND line = 1 AND time BETWEEN ? AND ? ORDER BY time, ord LIMIT 1",
        (chat, time, bounds.LATEST),
    ).fetchone()
    return int(row[0]) if row else None


def _nowhere(before: int | None, after: int | None, around: int | None) -> tuple[int, int]:
    """The edges of an empty stretch."""
    if after is not None:
        return after + 1, after
    if before is not None:
        return before, before - 1
    return (around, around) if around is not None else (LAST, LAST)


def with_seen(node: UserSession, shown: dict[str, Any]) -> dict[str, Any]:
    """One's own message with what others have said of having it: who tells nothing of reading is told nothing."""
    if shown["mine"] and "proof" in shown and shown["state"] in (STORED, DELIVERED, READ):
        shown["seen"] = group_views.seen(node, shown["chat"], shown["proof"]["n"])
    if shown["state"] == READ and not node.ctx.settings.read_receipts:
        shown["state"] = DELIVERED
    return shown


def waiting(node: UserSession, limit: int) -> dict[str, Any]:
    """One's own messages that have not gone out yet, the oldest first, and whether there are more."""
    query = f"SELECT {_COLUMNS} FROM messages WHERE ord IN (SELECT ord FROM outbox UNION SELECT ord FROM group_outbox) "
    query += "AND line = 1 AND state = 'waiting' ORDER BY ord LIMIT ?"

    def ask(rows: Rows) -> list[dict[str, Any]]:
        found = rows.execute(query, (limit + 1,)).fetchall()
        return [_message(node, rows, row) for row in found]

    shown = node.ctx.vault.read(ask)
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


def _message(node: UserSession, rows: Rows, row: Any) -> dict[str, Any]:
    order, chat, id, sender, _recipient, _key, _sequence, time, kind, body, state, why, n, epoch = row[:14]
    target, author, words, edited, deleted, reactions, retracted = row[14:]
    shown: dict[str, Any] = {
        "id": ids.shown(rows, node.ctx.me.uid, chat, bytes(sender), bytes(id), order),
        "chat": chat,
        "order": order,
        "from": bytes(sender).hex(),
        "mine": bytes(sender) == node.ctx.me.uid,
        "time": bounds.moment(time),
        "kind": kind,
        "text": "",
        "state": state,
        "why": why,
        "gap": _gap(rows, row),
        "reply": _quote(node, rows, chat, bytes(author), bytes(target)) if target is not None and not deleted else None,
        "edited": None if edited is None else bounds.moment(edited) or 0,
        "deleted": bool(deleted),
        "retracted": None if retracted is None else _taken(node, retracted),
        "reactions": _reactions(reactions),
        "file": None,
    }
    if n is not None:
        shown["proof"] = {"n": n, "epoch": bounds.whole(epoch)}
    shown |= _content(chat, kind, bytes(body), state, why, words, deleted)
    if shown.get("system", {}).get("what") == "removed" and node.blocked.has(bytes(sender)):
        shown["system"]["reason"] = ""  # what was done is everybody's, what was said of it is theirs
    if shown["kind"] == FILE:
        shown["file"] = file_views.shown(node, rows, (bytes(sender), bytes(id), chat), bytes(body))
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


def _quote(node: UserSession, rows: Rows, chat: str, author: bytes, id: bytes) -> dict[str, Any]:
    """The message that a reply answers, as it is now; `missing` if it isn't in this conversation."""
    shown: dict[str, Any] = {"id": id.hex(), "from": author.hex(), "order": None, "kind": None, "text": ""}
    shown["blocked"] = chat.startswith("g:") and node.blocked.has(author)
    if shown["blocked"]:
        return shown | {"missing": False}
    row = rows.execute(
        "SELECT ord, kind, body, state, why, words, deleted FROM messages "
        "WHERE id = ? AND sender = ? AND chat = ? AND line = 1",
        (id, author, chat),
    ).fetchone()
    if row is None:
        return shown | {"missing": True}
    order, kind, body, state, why, words, deleted = row
    content = _content(chat, kind, bytes(body), state, why, words, deleted)
    text = content.get("text", "")[:QUOTED]
    shown["id"] = ids.shown(rows, node.ctx.me.uid, chat, author, id, order)
    return shown | {"order": order, "kind": content.get("kind", kind), "text": text, "missing": False}


def _taken(node: UserSession, kept: Any) -> dict[str, Any]:
    """Who took a message away, and why, if that may be shown."""
    found = retraction.taken(kept)
    hidden = node.blocked.has(bytes.fromhex(found.by))
    return {"by": found.by, "reason": "" if hidden else found.reason or ""}


def _reactions(kept: Any) -> list[dict[str, Any]]:
    if kept is None:
        return []
    return [{"emoji": emoji, "from": people} for emoji, people in msgspec.json.decode(bytes(kept))]
