"""What the page is shown of conversations: Conversation of docs/agent-api.md. Reads only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from web_client.account.chat_ids import ChatId
from web_client.agent import writing
from web_client.agent.views import groups as group_views
from web_client.agent.views import messages as message_views
from web_client.groups.rows import INVITED, LEFT, REMOVED
from web_client.messages import chats as chat_rows
from web_client.messages import later, mentions, pins
from web_client.messages import rows as message_rows
from web_client.messages.ids import LAST
from web_client.vault.database import Rows

if TYPE_CHECKING:
    from web_client.agent.session import UserSession

MOST_UNREAD = 1000  # counted: one message more costs no more, however many wait


def conversations(session: UserSession) -> list[dict[str, Any]]:
    """Every Conversation, the newest first; those without a message come last."""

    def ask(rows: Rows) -> list[ChatId]:
        return [*chat_rows.all_of(rows), *chat_rows.begun(rows)]

    chats = dict.fromkeys([*session.ctx.vault.read(ask), *(ChatId.group(gid) for gid in list(session.groups.rooms))])
    shown = [found for chat in chats if (found := conversation(session, chat)) is not None]
    return sorted(shown, key=lambda one: -one["position"])


def is_bare(shown: dict[str, Any]) -> bool:
    """Whether nothing keeps a conversation in sight."""
    return not any(shown[reason] for reason in ("group", "last", "time", "pinned", "draft", "later"))


def conversation(session: UserSession, chat: ChatId) -> dict[str, Any] | None:
    """Conversation, or None if there is none of this name."""
    if chat.gid is not None:
        room = session.groups.rooms.get(chat.gid)
        if room is None or group_views.is_hidden(session, room):
            return None
        shown = _conversation(session, chat, room.row("name"), group_views.can_send(session, room))
        if room.state == INVITED:
            shown |= _invited(session, chat, room.row("invited"))
        elif room.state in (LEFT, REMOVED) and 0 < shown["removed"] >= shown["position"]:
            return None
        told = group_views.group(session, room)
        return _shelved(shown) | {"kind": "group", "uid": None, "group": told, "lifetime": told.pop("lifetime")}
    user = session.ctx.trust.user(chat.peer or b"")
    if user is None:
        return None
    stopped = "revoked" if user.key is None else "person_blocked" if session.blocked.has(user.uid) else None
    if session.ctx.trust.alarm or session.authority.revoked:
        stopped = "alarm" if session.ctx.trust.alarm else "own_revoked"
    shown = _shelved(_conversation(session, chat, user.name, stopped))
    lifetime = session.ctx.vault.read(lambda rows: writing.lifetime_of(session, rows, chat))
    return shown | {"kind": "private", "uid": user.uid.hex(), "group": None, "lifetime": lifetime}


def _conversation(session: UserSession, chat: ChatId, name: str, why_not: str | None) -> dict[str, Any]:
    def ask(rows: Rows) -> dict[str, Any]:
        kept = rows.execute(
            "SELECT read_to, pinned, muted, draft, answering, editing, edit, archived, removed, kept, marked "
            "FROM chats WHERE chat = ?",
            (chat,),
        ).fetchone()
        nothing = (0, 0, 0, "", 0, 0, "", 0, 0, 0, 0)
        read, pinned, muted, draft, answering, editing, edit, archived, removed, stays, marked = kept or nothing
        edited = _still_there(session, rows, chat, editing)
        last = next(iter(chat_rows.beyond(rows, chat, LAST, 1, up=False)), None)
        unread, first_unread = chat_rows.unread(rows, chat, read, MOST_UNREAD)
        naming = mentions.unread(session.ctx, rows, chat, read, MOST_UNREAD) if unread else []
        return {
            "last": None if last is None else message_views.view(session, rows, last),
            "time": (stays or None) if last is None else chat_rows.moment(last),
            "position": 0 if last is None else last.position,
            "unread": unread,
            "first_unread": first_unread,
            "mentions": len(naming),
            "first_mention": naming[0] if naming else None,
            "later": later.of(rows, chat),
            "pins": [message_views.pinned(one) for one in pins.of(session.ctx, rows, chat)],
            "marked_unread": bool(marked),
            "pinned": bool(pinned),
            "muted": muted == chat_rows.MUTED or muted > session.ctx.clock(),
            "muted_until": muted if muted > chat_rows.MENTIONS_ONLY and muted > session.ctx.clock() else None,
            "mentions_only": muted == chat_rows.MENTIONS_ONLY,
            "archived": archived,
            "removed": removed,
            "draft": draft,
            "answering": _still_there(session, rows, chat, answering),
            "editing": None if edited is None else {"message": edited, "text": edit},
        }

    sending = {"can_send": why_not is None, "why_not": why_not}
    shown = session.ctx.vault.read(ask)
    if shown["last"] is not None:
        message_views.with_seen(session, shown["last"])
    return {"chat": chat, "name": name, **shown, **sending}


def _shelved(shown: dict[str, Any]) -> dict[str, Any]:
    """It is archived until something comes that is newer than what was there then."""
    archived, _removed = shown["archived"], shown.pop("removed")
    return shown | {"archived": 0 < archived >= shown["position"]}


def _invited(session: UserSession, chat: ChatId, order: int) -> dict[str, Any]:
    """Where a group stands that one is asked into, by the message that asks: it is unread until it is looked at."""

    def ask(rows: Rows) -> dict[str, Any]:
        row = message_rows.at(rows, order)
        if row is None:
            return {}
        unread = order > chat_rows.read_to(rows, chat)
        first = order if unread else None
        return {"time": chat_rows.moment(row), "position": order, "unread": int(unread), "first_unread": first}

    return session.ctx.vault.read(ask)


def _still_there(session: UserSession, rows: Rows, chat: ChatId, order: int) -> dict[str, Any] | None:
    """Message of one that is answered or edited, as long as it has not gone."""
    row = message_rows.line(rows, chat, order) if order else None
    return None if row is None or row.deleted else message_views.view(session, rows, row)


def newest(session: UserSession, chat: ChatId) -> int:
    """The position of a conversation's newest message, or 0."""
    return session.ctx.vault.read(lambda rows: chat_rows.newest(rows, chat))


def people_in(session: UserSession, chat: ChatId) -> list[bytes]:
    """Who else is in a conversation: the other, or a group's members."""
    room = session.groups.rooms.get(chat.gid or b"")
    if room is not None:
        return [uid for uid in list(room.group.members) if uid != session.ctx.me.uid]
    return [] if chat.peer in (None, session.ctx.me.uid) else [chat.peer]
