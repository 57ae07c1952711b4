"""What the page is shown of people: Person of docs/agent-api.md, made from rows and the replayed log. Reads only."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from protocol.errors import Refused
from protocol.log import User
from protocol.roles import Role, may_end_account, role_change_refusal
from web_client.account.chat_ids import ChatId
from web_client.messages import chats as chat_rows
from web_client.messages.names import Called
from web_client.search import normalize
from web_client.vault.database import Rows

if TYPE_CHECKING:
    from web_client.agent.session import UserSession

GIVEN_ROLES = (Role.ADMIN, Role.ADVANCED, Role.BEGINNER)


def person(session: UserSession, user: User) -> dict[str, Any]:
    """Person."""

    def ask(rows: Rows) -> tuple[Any, bool]:
        row = rows.execute("SELECT verified_key, noticed FROM contacts WHERE uid = ?", (user.uid,)).fetchone()
        return row, chat_rows.has_line(rows, ChatId.private(user.uid))

    row, contact = session.ctx.vault.read(ask)
    return _person(session, user, row, contact)


def people(session: UserSession, users: Iterable[User]) -> list[dict[str, Any]]:
    """The Persons of these, in their order."""

    def ask(rows: Rows) -> tuple[dict[bytes, Any], set[ChatId]]:
        known = {bytes(row[0]): row[1:] for row in rows.execute("SELECT uid, verified_key, noticed FROM contacts")}
        return known, set(chat_rows.all_of(rows))

    known, chats = session.ctx.vault.read(ask)
    return [_person(session, user, known.get(user.uid), ChatId.private(user.uid) in chats) for user in users]


def page(session: UserSession, query: str, after: bytes | None, limit: int) -> dict[str, Any]:
    """Some of the people who have all these words in what they are called, by user name, after this one; `bad_request`
    if there is none such.
    """
    sought = [atom for word in normalize.words(query) for atom in word]
    found = sorted(
        (normalize.indexed(user.name), user.uid)
        for user in list(session.ctx.trust.log.users.values())
        for names in [_found_by(user, session.names.of(user))]
        if all(atom in names for atom in sought)
    )
    start = 0
    if after is not None:
        user = session.ctx.trust.user(after)
        if user is None:
            raise Refused("bad_request", field="after")
        start = bisect_right(found, (normalize.indexed(user.name), after))
    shown = [session.ctx.trust.log.users[uid] for _name, uid in found[start : start + limit]]
    session.authority.watch_list.look_at([user.uid for user in shown])
    session.known.note(user.uid for user in shown)
    return {"people": [person(session, user) for user in shown], "more": len(found) > start + limit}


def _found_by(user: User, called: Called) -> str:
    return " ".join(normalize.indexed(name) for name in (user.name, called.name, called.nickname))


def _person(session: UserSession, user: User, row: Any, contact: bool) -> dict[str, Any]:
    me = session.ctx.trust.user(session.ctx.me.uid)
    mine = user.uid == session.ctx.me.uid
    verified_key, noticed = row if row else (None, 0)
    blocked = session.blocked.has(user.uid)
    called = session.names.of(user)
    online, since = (None, None) if blocked else session.authority.presence.of(user.uid)
    return {
        "uid": user.uid.hex(),
        "name": user.name,
        "display_name": called.name,
        "alike": called.alike,
        "nickname": called.nickname,
        "line": called.line,
        "picture": called.picture,
        "role": user.role.value,
        "me": mine,
        "online": session.authority.up if mine else (online if session.authority.up else None),
        "since": since,
        "verified": user.key is not None and verified_key is not None and bytes(verified_key) == user.key.raw,
        "contact": contact,
        "new_key": _new_key(session, me, user, noticed),
        "blocked": blocked,
        "revoked": user.key is None or (mine and session.authority.revoked),
        "may": _may(me, user),
        "may_revoke": me is not None and user.key is not None and may_end_account(me.role, user.role),
        "why_not": _why_not(me, user),
    }


def _new_key(session: UserSession, me: User | None, user: User, noticed: int) -> dict[str, Any] | None:
    """The last change of a key that nobody here has compared since; of an account that took over the name of one that
    has ended, that one's end. What happened before we came is no news.
    """
    index, _key, why, by = user.keys[-1]
    if len(user.keys) == 1:
        before = session.ctx.trust.log.freed.get(user.name)
        if before is None or user.key is None or noticed >= index:
            return None
        noticed, (index, _key, why, by) = 0, session.ctx.trust.log.users[before].keys[-1]
        if index > user.keys[0][0]:
            return None  # of a later account of this name
    if me is None or user.uid == me.uid or index <= max(noticed, me.keys[0][0]):
        return None
    return {"why": why, "entry": index, "by": by.hex()}


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
