"""Whom the pages know: of few people everybody; of many those whom one has to do with, and from then on whoever is
named in what a page is told, or was asked for. Nobody is named to a page before it knows them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from protocol.log import User
from protocol.roles import Role
from web_client.authority.watch_list import EVERYBODY
from web_client.messages import chats as chat_rows
from web_client.vault.database import Rows

if TYPE_CHECKING:
    from web_client.agent.session import UserSession

UID = 64  # hexadecimal digits
OF_RANK = 50  # admins that are known to all: they are asked for kits


class Known:
    """Of one session, and of all its pages alike."""

    def __init__(self, session: UserSession) -> None:
        self._session = session
        self._told: set[bytes] = set()

    def has(self, uid: bytes) -> bool:
        """Whether every page knows this person."""
        return self._are_few or uid in self._told or uid == self._session.ctx.me.uid

    def note(self, uids: Iterable[bytes]) -> None:
        """The pages know these from now on."""
        if not self._are_few:
            self._told.update(uids)

    def newly_named(self, value: Any) -> list[User]:
        """Whom this value names, of which a page is to be told, and none knows yet; they are known now."""
        if self._are_few:
            return []
        users = self._session.ctx.trust.log.users
        found = [uid for uid in dict.fromkeys(_named(value)) if uid in users and uid not in self._told]
        self._told.update(found)
        return [users[uid] for uid in found]

    def in_snapshot(self, rest: Any) -> list[User]:
        """Whom a snapshot holds that says all the rest, in the order of the log; they are known now."""
        users = self._session.ctx.trust.log.users
        if self._are_few:
            return list(users.values())
        self._told.update(uid for uid in self._session.ctx.vault.read(self._dealt_with) if uid in users)
        self.newly_named(rest)
        return sorted((users[uid] for uid in list(self._told)), key=lambda user: user.keys[0][0])

    @property
    def _are_few(self) -> bool:
        return len(self._session.ctx.trust.log.users) <= EVERYBODY

    def _dealt_with(self, rows: Rows) -> list[bytes]:
        session = self._session
        ranked = [user.uid for user in list(session.ctx.trust.log.users.values()) if user.role in _RANKS and user.key]
        found = [session.ctx.me.uid, *ranked[:OF_RANK], *chat_rows.talked_with(rows)]
        for table in ("contacts", "blocked"):
            found += [bytes(uid) for (uid,) in rows.execute(f"SELECT uid FROM {table}")]
        return found


_RANKS = (Role.SUPER_ADMIN, Role.ADMIN)


def _named(value: Any) -> Iterator[bytes]:
    """What may be a uid in it, by itself or as a private conversation."""
    match value:
        case str():
            digits = value[-UID:]
            if len(digits) == UID and value in (digits, f"p:{digits}"):
                try:
                    yield bytes.fromhex(digits)
                except ValueError:
                    return
        case dict():
            for one in value.values():
                yield from _named(one)
        case list() | tuple():
            for one in value:
                yield from _named(one)
