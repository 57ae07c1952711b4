"""What people are called here (section 8.13): their display names, lines and pictures as far as they may be shown, and
the names that our user gives them.

Of somebody blocked, and of an account that has ended, nothing is shown but the user name and our user's name for them.
A display name that looks like the user name, display name or given name of anybody else here isn't shown either: one
name stands for one person on the whole page, so the conversation of the rule is everybody whom this agent knows.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

import msgspec

from protocol.errors import Refused
from protocol.log import User
from protocol.lookalikes import looks
from protocol.profiles import Profile
from web_client.account.context import AccountContext
from web_client.account.events import LogGrew, PersonBlocked, PersonChanged
from web_client.messages import display, profile_rows
from web_client.messages.blocked import Blocked
from web_client.vault.database import Rows, save_setting, setting

NICKNAMES: Final = "nicknames"  # the setting: by uid
MOST: Final = 2_000  # people whom one may call something: some 0.2 MB


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody says of themselves; `picture` names its bytes, `keys` are what the name looks like. `signed` is the
    SHA-256 of the key that they said it with.
    """

    name: str
    line: str
    picture: str | None
    keys: frozenset[str]
    signed: bytes


@dataclass(frozen=True, slots=True)
class Called:
    """What is shown of somebody beside the user name; `alike`: the display name is held back, or one's own may be."""

    name: str = ""
    line: str = ""
    picture: str | None = None
    nickname: str = ""
    alike: bool = False


def said(profile: Profile, signed: bytes) -> Said:
    """What of a profile is kept at hand."""
    picture = sha256(profile.picture).hexdigest()[:16] if profile.picture else None
    name = display.shown(profile.name, display.NAME_SIGNS)
    return Said(name, display.shown(profile.line, display.LINE_SIGNS), picture, looks(name), signed)


def nicknames(rows: Rows) -> dict[bytes, str]:
    """What our user calls people, by uid."""
    kept = setting(rows, NICKNAMES)
    return {} if kept is None else msgspec.msgpack.decode(kept, type=dict[bytes, str])


class Names:
    """Of one account. Methods may be called from any thread."""

    def __init__(self, ctx: AccountContext, blocked: Blocked) -> None:
        self._ctx = ctx
        self._blocked = blocked
        self._lock = threading.Lock()
        self._said = ctx.vault.read(
            lambda rows: {found.uid: said(found, print_) for found, print_ in profile_rows.everybody(rows)}
        )
        self._nicknames = ctx.vault.read(nicknames)
        self._given = {uid: looks(name) for uid, name in self._nicknames.items()}
        self._users: dict[str, list[bytes]] = {}  # whose user names look so
        self._counted = 0
        self._alike: frozenset[bytes] = frozenset()
        self._read_own()
        self._alike = self._compare()
        ctx.events.subscribe(PersonChanged, lambda event: self._on_person(event.uid))
        ctx.events.subscribe(PersonBlocked, lambda event: self._tell_others(None))
        ctx.events.subscribe(LogGrew, lambda event: self._tell_others(None))

    def of(self, user: User) -> Called:
        """What is shown of somebody."""
        uid, mine = user.uid, user.uid == self._ctx.me.uid
        with self._lock:
            found = self._said.get(uid)
            nickname = self._nicknames.get(uid, "")
            alike = uid in self._alike
        if found is None or not self._is_shown(uid, found):
            return Called(nickname=nickname)
        return Called("" if alike and not mine else found.name, found.line, found.picture, nickname, alike)

    def picture(self, user: User) -> bytes | None:
        """Somebody's picture as they gave it: bytes that nobody has looked at. None if there is nothing to be shown."""
        mine = user.uid == self._ctx.me.uid
        with self._lock:
            here = self._said.get(user.uid)
        if here is None or not self._is_shown(user.uid, here):
            return None

        def ask(rows: Rows) -> Profile | None:
            own = profile_rows.own(rows) if mine else None
            return own.profile if own is not None else profile_rows.profile_of(rows, user.uid)

        found = self._ctx.vault.read(ask)
        return found.picture or None if found is not None else None

    def give(self, uid: bytes, nickname: str) -> None:
        """Call somebody so from now on, here only; "" for no more. On disk when this returns. `too_long`."""
        nickname = display.own(nickname, display.NAME_SIGNS, 4 * display.NAME_SIGNS, "nickname")
        with self._lock:
            given = {**self._nicknames, uid: nickname}
            given = {one: name for one, name in given.items() if name}
            if len(given) > MOST:
                raise Refused("nicknames_full", field="nickname", limit=MOST)
            self._ctx.vault.write(lambda rows: save_setting(rows, NICKNAMES, msgspec.msgpack.encode(given)))
            self._nicknames = given
            self._given = {one: looks(name) for one, name in given.items()}
        self._ctx.emit(PersonChanged(uid))

    # --- who looks like whom ---

    def _is_shown(self, uid: bytes, found: Said) -> bool:
        """Not of who is blocked or has ended, and not what a key said that counts no more: it was another's word."""
        if uid == self._ctx.me.uid:
            return True
        user = self._ctx.trust.user(uid)
        counts = user is not None and profile_rows.since_of(user, found.signed) is not None
        return counts and not self._blocked.has(uid)

    def _read_own(self) -> None:
        found = self._ctx.vault.read(profile_rows.own)
        if found is not None:
            self._said[self._ctx.me.uid] = said(found.profile, b"")

    def _on_person(self, uid: bytes) -> None:
        if uid == self._ctx.me.uid:
            with self._lock:
                self._read_own()
        else:
            found, print_ = self._ctx.vault.read(
                lambda rows: (profile_rows.profile_of(rows, uid), profile_rows.signed_by(rows, uid))
            )
            with self._lock:
                if found is not None:
                    self._said[uid] = said(found, print_)
        self._tell_others(uid)

    def _tell_others(self, uid: bytes | None) -> None:
        """Whose display name is shown, or isn't any more, because somebody else is called otherwise now."""
        with self._lock:
            alike = self._compare()
            changed = alike ^ self._alike
            self._alike = alike
        for other in changed:
            if other != uid:
                self._ctx.emit(PersonChanged(other))

    def _compare(self) -> frozenset[bytes]:
        names = {uid: found.keys for uid, found in self._said.items() if found.name and self._is_shown(uid, found)}
        if not names:
            return frozenset()
        self._count_users()
        taken: dict[str, set[bytes]] = {}
        for uid, keys in [*names.items(), *self._given.items()]:
            for key in keys:
                taken.setdefault(key, set()).add(uid)
        return frozenset(
            uid
            for uid, keys in names.items()
            if any(other != uid for key in keys for other in taken[key])
            or any(other != uid and self._lives(other) for key in keys for other in self._users.get(key, ()))
        )

    def _count_users(self) -> None:
        users = self._ctx.trust.log.users
        if len(users) < self._counted:
            self._users, self._counted = {}, 0
        for user in list(users.values())[self._counted :]:
            for key in looks(user.name):
                self._users.setdefault(key, []).append(user.uid)
            self._counted += 1

    def _lives(self, uid: bytes) -> bool:
        user = self._ctx.trust.user(uid)
        return user is not None and user.key is not None
