"""What the page is shown: the shapes of docs/agent-api.md, made from rows and the replayed log. Reads only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from protocol import links, log_entries
from protocol.links import Link
from protocol.log import User
from protocol.log_entries import ADMIN
from protocol.roles import Role, role_change_refusal
from web_client import group_views
from web_client.vault import Rows

if TYPE_CHECKING:
    from web_client.node import Node

GIVEN_ROLES = (Role.ADMIN, Role.ADVANCED, Role.BEGINNER)

_MESSAGE = "ord, chat, id, sender, recipient, key, sequence, time, kind, body, state, why, n, epoch"


def authority(link: Link) -> dict[str, Any]:
    """Authority."""
    return {
        "id": link.authority_id.hex(),
        "hosts": list(link.hosts),
        "port": link.port,
        "digits": list(links.digits(link.authority_id)),
    }


def link_state(node: Node) -> dict[str, Any]:
    """`link`: whether the authority is there, and what waits."""
    waiting = node.vault.read(
        lambda rows: rows.execute(
            "SELECT (SELECT count(*) FROM outbox WHERE mailed = 0) + (SELECT count(*) FROM group_outbox)"
        ).fetchone()[0]
    )
    trouble = node.authority.trouble
    return {
        "up": node.authority.up,
        "retry_in": node.authority.retry_in,
        "waiting": waiting,
        "why": trouble.code if trouble and not node.authority.up else None,
    }


# --- people ---


def person(node: Node, user: User) -> dict[str, Any]:
    """Person."""

    def ask(rows: Rows) -> tuple[Any, bool]:
        row = rows.execute("SELECT verified_key, noticed FROM contacts WHERE uid = ?", (user.uid,)).fetchone()
        wrote = rows.execute("SELECT 1 FROM messages WHERE chat = ? LIMIT 1", (f"p:{user.uid.hex()}",)).fetchone()
        return row, wrote is not None

    row, contact = node.vault.read(ask)
    return _person(node, user, row, contact)


def people(node: Node) -> list[dict[str, Any]]:
    """Every Person, in the order of the log."""

    def ask(rows: Rows) -> tuple[dict[bytes, Any], set[str]]:
        known = {bytes(row[0]): row[1:] for row in rows.execute("SELECT uid, verified_key, noticed FROM contacts")}
        chats = {row[0] for row in rows.execute("SELECT DISTINCT chat FROM messages")}
        return known, chats

    known, chats = node.vault.read(ask)
    return [
        _person(node, user, known.get(user.uid), f"p:{user.uid.hex()}" in chats)
        for user in list(node.trust.log.users.values())
    ]


def _person(node: Node, user: User, row: Any, contact: bool) -> dict[str, Any]:
    me = node.trust.user(node.me.uid)
    mine = user.uid == node.me.uid
    verified_key, noticed = row if row else (None, 0)
    index, _key, why, by = user.keys[-1]
    changed = len(user.keys) > 1 and index > noticed and user.key is not None
    online, since = node.online.get(user.uid, (None, None))
    return {
        "uid": user.uid.hex(),
        "name": user.name,
        "role": user.role.value,
        "me": mine,
        "online": node.authority.up if mine else (online if node.authority.up else None),
        "since": since,
        "verified": user.key is not None and verified_key is not None and bytes(verified_key) == user.key.raw,
        "contact": contact,
        "new_key": {"why": why, "entry": index, "by": by.hex()} if changed else None,
        "revoked": user.key is None,
        "may": _may(me, user),
        "why_not": _why_not(me, user),
    }


def _may(me: User | None, user: User) -> list[str]:
    if me is None or user.key is None:
        return []
    return [role.value for role in GIVEN_ROLES if role_change_refusal(me.role, user.role, role) is None]


def _why_not(me: User | None, user: User) -> str | None:
    if user.role is Role.SUPER_ADMIN:
        return "role.super.fixed"
    if me is None or user.uid == me.uid:
        return "role.own"
    if me.role not in (Role.SUPER_ADMIN, Role.ADMIN):
        return "role.not_yours"
    if me.role is Role.ADMIN:
        return "role.only_super"  # an admin chooses among the lower roles; the others say why not
    return None


# --- conversations and messages ---


def conversations(node: Node) -> list[dict[str, Any]]:
    """Every Conversation, the newest first; groups without a message come last."""

    def ask(rows: Rows) -> list[str]:
        return [row[0] for row in rows.execute("SELECT chat FROM messages GROUP BY chat ORDER BY max(ord) DESC")]

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
    stopped = "alarm" if node.trust.alarm else ("revoked" if user.key is None else None)
    return _conversation(node, chat, user.name, stopped) | {"kind": "private", "uid": user.uid.hex(), "group": None}


def _conversation(node: Node, chat: str, name: str, why_not: str | None) -> dict[str, Any]:
    def ask(rows: Rows) -> tuple[Any, int, bool]:
        last = rows.execute(
            f"SELECT {_MESSAGE} FROM messages WHERE chat = ? ORDER BY ord DESC LIMIT 1", (chat,)
        ).fetchone()
        unread = rows.execute(
            "SELECT count(*) FROM messages WHERE chat = ? AND state = 'received' AND ord > "
            "coalesce((SELECT read_ord FROM chats WHERE chat = messages.chat), 0)",
            (chat,),
        ).fetchone()[0]
        return last, unread, last is not None and _gap(rows, last)

    last, unread, gap = node.vault.read(ask)
    return {
        "chat": chat,
        "name": name,
        "last": _message(node, last, gap) if last else None,
        "unread": unread,
        "order": last[0] if last else 0,
        "can_send": why_not is None,
        "why_not": why_not,
    }


def peer_of(chat: str) -> bytes | None:
    """The other's uid in a private chat's name."""
    kind, _, name = chat.partition(":")
    try:
        return bytes.fromhex(name) if kind == "p" else None
    except ValueError:
        return None


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


# --- the log ---

_FILTERS: dict[str, tuple[type, ...]] = {
    "keys": (log_entries.KeyEntry,),
    "roles": (log_entries.RoleEntry,),
    "groups": (log_entries.GroupEntry,),
    "new": (log_entries.RegisterEntry, log_entries.GenesisEntry),
}


def log_entry(node: Node, n: int, entry: log_entries.Entry) -> dict[str, Any]:
    """LogEntry."""
    shown: dict[str, Any] = {"n": n, "who": None, "by": None, "role": None, "why": None, "gid": None}
    match entry:
        case log_entries.GenesisEntry():
            shown |= {"kind": "genesis"}
        case log_entries.RegisterEntry():
            shown |= {"kind": "register", "who": log_entries.read_register(entry).uid.hex()}
        case log_entries.KeyEntry():
            change = log_entries.read_key_change(entry)
            by = change.by.hex() if change.why == ADMIN else None
            shown |= {"kind": "key", "who": change.uid.hex(), "by": by, "why": change.why}
        case log_entries.RoleEntry():
            given = log_entries.read_role_change(entry)
            shown |= {"kind": "role", "who": given.target.hex(), "by": given.by.hex(), "role": given.role.value}
        case log_entries.GroupEntry():
            shown |= {"kind": "group", "gid": entry.gid.hex()}
    return shown


def log_page(node: Node, before: int | None, limit: int, filter: str | None) -> dict[str, Any]:
    """A stretch of the timeline, newest first."""
    end = node.trust.log.size if before is None else min(before, node.trust.log.size)
    wanted = _FILTERS.get(filter or "")
    entries: list[dict[str, Any]] = []
    while end > 0 and len(entries) < limit:
        start = max(0, end - max(limit, 100))
        for n, entry in node.trust.entries(range(start, end)):
            if len(entries) < limit and (wanted is None or isinstance(entry, wanted)):
                entries.append(log_entry(node, n, entry))
        end = start
    return {"entries": entries, "size": node.trust.log.size, "seen_by": node.trust.seen_by()}
