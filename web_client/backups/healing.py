"""What fell between a backup and the restore, had back from the others' agents (section 8.15): each of them is asked
once for our words, and for theirs until nothing more comes. And the authority, for groups that nothing here names.
"""

from __future__ import annotations

import contextlib
import threading

import msgspec

from protocol.errors import Forged, HamrazError, Refused
from protocol.log import User
from transport import threads
from web_client.account import kits, restored
from web_client.account.chat_ids import ChatId
from web_client.account.context import AccountContext
from web_client.account.events import BackupChanged, ChatChanged, KitChanged, PresenceChanged
from web_client.authority.link import AuthorityLink
from web_client.groups import finding
from web_client.groups.service import GroupService
from web_client.messages import blocked_rows, chats, regained, returned
from web_client.messages.profiles import Profiles
from web_client.messages.showing import show
from web_client.peers.outgoing import PeerLink, PeerLinks
from web_client.vault.database import Rows

AT_ONCE = 5  # people who are asked in one turn
LOOK_SECONDS = 2.0
SOON_SECONDS = 5.0  # until what is on its way is counted again
LATER_SECONDS = 600.0  # until who isn't here is tried again, if nobody says before that they have come


class Healing:
    """`start` runs it on a thread; in memory, tests call `step`."""

    def __init__(
        self,
        ctx: AccountContext,
        authority: AuthorityLink,
        links: PeerLinks,
        profiles: Profiles,
        groups: GroupService,
    ) -> None:
        self._ctx = ctx
        self._authority = authority
        self._links = links
        self._profiles = profiles
        self._groups = groups
        self._waits: dict[bytes, float] = {}  # whom not to ask before this, by the context's timer
        self._wake = threading.Event()
        self._stopped = False
        self._over = ctx.vault.read(restored.load) is None

    def start(self) -> None:
        if not self._over:
            threads.keep(
                "restored", self._turn, self._ctx.troubles, self._wake.wait, lambda: self._stopped or self._over
            )

    def close(self) -> None:
        self._stopped = True
        self._wake.set()

    def _turn(self) -> None:
        self._ctx.troubles.tend("restored", self.step)
        self._wake.wait(LOOK_SECONDS)
        self._wake.clear()

    # --- the first log-in ---

    def enter(self) -> None:
        """The account is here now: the kit's key leaves the vault, and everybody is to be asked for what they have."""
        ctx = self._ctx
        made = ctx.vault.read(restored.load)
        me = ctx.trust.user(ctx.me.uid)
        if made is None or made.entered or me is None:
            return

        def change(rows: Rows) -> None:
            kit = kits.here(rows, ctx.authority_id)
            if kit is not None and kits.is_of(kit, me):
                kits.confirm(rows, kit, ctx.clock())
            known = chats.talked_with(rows)
            others = [
                uid for uid, user in list(ctx.trust.log.users.items()) if user.key is not None and uid != ctx.me.uid
            ]
            restored.ask(rows, list(dict.fromkeys([*known, *others])))
            self._profiles.renew(rows)  # the authority has dropped what the old key had signed
            restored.keep(rows, msgspec.structs.replace(made, entered=True))

        ctx.vault.write(change)
        ctx.vault.sweep()
        ctx.emit(KitChanged())
        ctx.emit(BackupChanged())

    # --- asking ---

    def on_presence(self, event: PresenceChanged) -> None:
        """Who has come may be asked now."""
        if event.online and not self._over:
            self._waits.pop(event.uid, None)
            self._wake.set()

    def step(self) -> None:
        """Ask some of those who have not been asked yet and whose time has come; and for some of the groups."""
        ctx = self._ctx
        if self._over or not self._authority.up or ctx.trust.alarm:
            return
        waiting = ctx.vault.read(restored.to_ask)
        made, finds = ctx.vault.read(restored.load), ctx.vault.read(finding.is_on)
        if made is None or (made.entered and not waiting and not finds):
            self._over = True
            ctx.emit(BackupChanged())
            return
        if finds:
            with contextlib.suppress(HamrazError), ctx.troubles.guard("restored"):  # the next turn goes on with it
                finding.step(ctx, self._authority, self._groups)
        known = ctx.vault.read(chats.talked_with)
        waiting.sort(key=lambda uid: known.index(uid) if uid in known else len(known))
        now = ctx.timer()
        for uid in [uid for uid in waiting if self._waits.get(uid, 0.0) <= now][:AT_ONCE]:
            self._waits[uid] = now
            wait = self._ask(uid)
            if uid in self._waits:  # else it is done, or they came while they were being asked for
                self._waits[uid] = now + wait

    def _ask(self, uid: bytes) -> float:
        """Ask one of them; in how many seconds again, if it isn't done."""
        user = self._ctx.trust.user(uid)
        if user is None or user.key is None:
            self._done(uid)
            return 0.0
        if self._ctx.vault.read(lambda rows: blocked_rows.has(rows, uid)):
            self._done(uid)  # what they have said meanwhile is dropped, for good
            return 0.0
        try:
            link = self._links.get(uid)
        except HamrazError as reason:  # away; or it hasn't heard of our new key yet
            return LATER_SECONDS if reason.code == "away" else SOON_SECONDS
        try:
            with self._ctx.troubles.guard("restored", uid):
                self._regain_own(link, user)
                coming = self._ask_theirs(link, user)
        except Refused as reason:
            if reason.code == "slow_down":
                return float(max(1, int(reason.values.get("n", 60))))
            self._done(uid)  # an agent that knows nothing of it
            return 0.0
        except Forged:
            self._done(uid)  # what it gives back isn't ours
            return 0.0
        except HamrazError:
            return SOON_SECONDS
        if coming:
            return SOON_SECONDS
        self._done(uid)
        return 0.0

    def _regain_own(self, link: PeerLink, user: User) -> None:
        """What we have written to them under the keys of before."""
        ctx, me = self._ctx, self._ctx.trust.user(self._ctx.me.uid)
        assert me is not None
        for key in [key for _index, key, _why, _by in me.keys if key is not None and key != ctx.me.key.public]:
            after, hash = ctx.vault.read(
                lambda rows, key=key: regained.sure_up_to(rows, ctx.me.uid, user.uid, key.raw)  # type: ignore[misc]
            )
            more, known = True, hash
            while more:
                answer = link.lost(key.raw, after, returned.LAST)
                found = returned.check(answer.envelopes, key, after, known, ctx.me.uid, user.uid, ctx.authority_id)
                more = answer.more and bool(found)
                if found:
                    after, known = found[-1].message.sequence, found[-1].hash
                    orders = ctx.vault.write(lambda rows, kept=found: regained.keep(rows, ctx.me.uid, user.uid, kept))  # type: ignore[misc]
                    show(ctx, orders)

    def _ask_theirs(self, link: PeerLink, user: User) -> int:
        """Have what is missing of their rows sent again; how many are on their way."""
        ctx, coming = self._ctx, 0
        for key in user.counting:
            lacking = ctx.vault.browse(
                lambda rows, key=key: regained.holes(rows, user.uid, ctx.me.uid, key.raw)  # type: ignore[misc]
            )
            for after, up_to in lacking:
                coming += link.missing(key.raw, after, up_to)
        return coming

    def _done(self, uid: bytes) -> None:
        self._ctx.vault.write(lambda rows: restored.asked(rows, uid))
        self._waits.pop(uid, None)
        self._ctx.emit(ChatChanged(ChatId.private(uid)))
        self._ctx.emit(BackupChanged())
