"""What the page is shown of conversations: Conversation of docs/agent-api.md. Reads only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from web_client import group_views, message_views
from web_client.vault import Rows

if TYPE_CHECKING:
    from web_client.node import Node


def conversations(node: Node) -> list[dict[str, Any]]:
    """Every Conversation, the newest first; groups without a message come last."""

    def ask(rows: Rows) -> list[str]:
        query = "SELECT chat FROM messages WHERE line = 1 GROUP BY chat ORDER BY max(ord) DESC"
        return [row[0] for row in rows.execute(query)]

    chats = dict.fromkeys([*node.vault.read(ask), *(f"g:{gid.hex()}" for gid in node.groups.rooms)])
    return [shown for chat in chats if (shown := conversation(node, chat)) is not None]


def conversation(node: Node, chat: str) -> dict[str, Any] | None:
    """Conversation, or None if there is none of this name."""
    gid = group_views.gid_of(chat)
    if gid is not None:
        room = node.groups.rooms.get(gid)
        if room is None:
            return None
        shown = _conversation(node, chat, room.row("name"), group_views.can_send(node, room))
        return shown | {"kind": "group", "uid": None, "group": group_views.group(node, room)}
    peer = peer_of(chat)
    user = node.trust.user(peer) if peer else None
    if user is None:
        return None
    stopped = "revoked" if user.key is None else None
    if node.trust.alarm or node.keys.revoked:
        stopped = "alarm" if node.trust.alarm else "own_revoked"
    return _conversation(node, chat, user.name, stopped) | {"kind": "private", "uid": user.uid.hex(), "group": None}


def _conversation(node: Node, chat: str, name: str, why_not: str | None) -> dict[str, Any]:
    def ask(rows: Rows) -> tuple[int, int]:
        last = rows.execute("SELECT max(ord) FROM messages WHERE chat = ? AND line = 1", (chat,)).fetchone()[0]
        unread = rows.execute(
            "SELECT count(*) FROM messages WHERE chat = ? AND line = 1 AND deleted = 0 "
            "AND state = 'received' AND ord > "
            "coalesce((SELECT read_ord FROM chats WHERE chat = messages.chat), 0)",
            (chat,),
        ).fetchone()[0]
        return last or 0, unread

    last, unread = node.vault.read(ask)
    return {
        "chat": chat,
        "name": name,
        "last": message_views.message(node, last) if last else None,
        "unread": unread,
        "order": last,
        "can_send": why_not is None,
        "why_not": why_not,
    }


def newest(node: Node, chat: str) -> int:
    """The order of a conversation's newest message, or 0."""
    question = "SELECT coalesce(max(ord), 0) FROM messages WHERE chat = ? AND line = 1"
    return int(node.vault.read(lambda rows: rows.execute(question, (chat,)).fetchone())[0])


def peer_of(chat: str) -> bytes | None:
    """The other's uid in a private chat's name."""
    kind, _, name = chat.partition(":")
    try:
        return bytes.fromhex(name) if kind == "p" else None
    except ValueError:
        return None
