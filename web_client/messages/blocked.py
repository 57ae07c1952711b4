"""Blocking people (section 8.16): what they send is taken and receipted as always, and nothing of it is shown."""

from __future__ import annotations

import threading

from protocol.errors import Refused
from web_client.account.chat_ids import ChatId
from web_client.account.context import AccountContext
from web_client.account.events import ChatChanged, ContactChanged, PersonBlocked, PersonChanged
from web_client.authority.link import AuthorityLink
from web_client.messages import blocked_rows
from web_client.messages.profiles import Profiles
from web_client.vault.database import Rows

AT_ONCE = 250  # messages in one transaction: some 20 ms, so that a message being sent hardly waits for it
SOON = 40  # such transactions before the call returns: what a page holds is done by then, the rest goes on by itself


class Blocked:
    """Who is blocked. Methods may be called from any thread; `step` goes on with what a change leaves to do."""

    def __init__(self, ctx: AccountContext, authority: AuthorityLink, profiles: Profiles) -> None:
        self._ctx = ctx
        self._authority = authority
        self._profiles = profiles
        self._lock = threading.Lock()
        self._since = ctx.vault.read(blocked_rows.everybody)
        # whose messages are still to be hidden or shown: their orders, the newest first, and where that has shown
        self._left: dict[bytes, tuple[list[int], set[ChatId]]] = {}
        with self._lock:
            for uid in ctx.vault.read(blocked_rows.unsettled):
                self._begin(uid)

    def has(self, uid: bytes) -> bool:
        """Whether somebody is blocked."""
        return uid in self._since

    def since(self, uid: bytes) -> int | None:
        """Since when (ms), None if they aren't."""
        return self._since.get(uid)

    def everybody(self) -> frozenset[bytes]:
        return frozenset(self._since)

    def allow(self, uid: bytes, field: str | None = None) -> None:
        """Raise `person_blocked` if what would be sent to them must not be."""
        if self.has(uid):
            user = self._ctx.trust.user(uid)
            raise Refused("person_blocked", field=field, name=user.name if user is not None else "")

    def block(self, uid: bytes) -> None:
        """Nothing of theirs is shown any more; on disk when this returns. They aren't told. `own_block`."""
        ctx = self._ctx
        if uid == ctx.me.uid:
            raise Refused("own_block", field="uid")
        with self._lock:
            now = ctx.clock()

            def change(rows: Rows) -> bool:
                added = blocked_rows.add(rows, uid, now)
                if added:
                    self._profiles.renew(rows)  # what one shows from now on they never learn
                return added

            if not ctx.vault.write(change):
                return
            self._since = {**self._since, uid: now}
            self._begin(uid)
        self._show(uid)
        self._authority.look()  # the profile is to be published

    def unblock(self, uid: bytes) -> None:
        """What they send from now on is shown; in groups, what they have written meanwhile is too."""
        ctx = self._ctx
        with self._lock:
            if not ctx.vault.write(lambda rows: blocked_rows.remove(rows, uid)):
                return
            self._since = {one: since for one, since in self._since.items() if one != uid}
            self._begin(uid)
        self._show(uid)
        self._profiles.look()  # what they have told of themselves meanwhile

    def step(self) -> bool:
        """Hide or show the next few messages; False if there are none left."""
        ctx = self._ctx
        with self._lock:
            if not self._left:
                return False
            uid, (orders, chats) = next(iter(self._left.items()))
            batch = orders[:AT_ONCE]

            def change(rows: Rows) -> set[ChatId]:
                found = blocked_rows.settle(rows, uid, batch)
                if len(orders) <= AT_ONCE:
                    blocked_rows.settled(rows, uid)
                return found

            chats |= ctx.vault.write(change)
            del orders[:AT_ONCE]
            over = not orders
            if over:
                del self._left[uid]
        if over:
            for chat in chats:
                ctx.emit(ChatChanged(chat))
        return True

    def _begin(self, uid: bytes) -> None:
        orders = self._ctx.vault.read(lambda rows: blocked_rows.written_in_groups(rows, uid))
        before = self._left.get(uid, ([], set()))[1]
        self._left[uid] = orders, before

    def _show(self, uid: bytes) -> None:
        ctx = self._ctx
        ctx.emit(PersonChanged(uid))
        ctx.emit(ContactChanged(uid))
        for _batch in range(SOON):
            if not self.step():
                break
        ctx.emit(PersonBlocked(uid, self.has(uid)))
