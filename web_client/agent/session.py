"""Everything of one user whose vault is open: the one place that builds all parts, joins them and runs them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from protocol.envelope import INVITATION
from protocol.errors import Refused
from protocol.kinds import ASK
from protocol.log import Log
from protocol.log_entries import Entry
from protocol.messages import NewGone, NewMail
from transport import threads
from transport.threads import Troubles
from web_client.account.context import AccountContext
from web_client.account.events import (
    AskReceived,
    ChatRead,
    ContentDeleted,
    IdentityChanged,
    InvitationReceived,
    KitChanged,
    LinkChanged,
    LinkUp,
    LogGrew,
    PersonBlocked,
    PresenceChanged,
    VaultIsOlder,
)
from web_client.agent import writing
from web_client.agent.desktop_notices import DesktopNotices
from web_client.agent.idle import Idle
from web_client.agent.peer_calls import PeerCalls
from web_client.agent.roaming import Roaming
from web_client.agent.views.known import Known
from web_client.authority import fallback_prekey
from web_client.authority.kit_changes import KitChanges
from web_client.authority.link import AuthorityLink
from web_client.backups.healing import Healing
from web_client.backups.keeping import Backups
from web_client.files import rows as file_rows
from web_client.files.context import FileContext
from web_client.files.transfers import Files
from web_client.groups import invitations, join_links, letting_in
from web_client.groups.context import GroupContext
from web_client.groups.service import GroupService
from web_client.messages import chats, clearing, deposit, incoming, profile_rows
from web_client.messages.blocked import Blocked
from web_client.messages.delivery import Outbox
from web_client.messages.fading import Fading
from web_client.messages.gone import Unread
from web_client.messages.key_rotation import KeyRotation
from web_client.messages.later import Later
from web_client.messages.mailbox import Mailbox
from web_client.messages.missing import Missing
from web_client.messages.names import Names
from web_client.messages.profiles import Profiles
from web_client.messages.service import Messages
from web_client.messages.stars import Stars
from web_client.messages.strangers import Strangers
from web_client.messages.typing import TypingIndicators
from web_client.net.network import Network
from web_client.peers.incoming import PeerSession
from web_client.peers.outgoing import PeerLinks
from web_client.search import index
from web_client.vault.chunk_store import FileStore
from web_client.vault.database import Rows, Vault

incoming.ON_STORED |= {INVITATION: invitations.note, ASK: join_links.note}

CALM_SECONDS = 3.0  # after an opening, for what somebody waits for


class UserSession:
    """One logged-in user. `start` runs it on threads; in memory, tests call `authority.connect` and
    `outbox.step` themselves.
    """

    def __init__(
        self,
        vault: Vault,
        network: Network,
        clock: Callable[[], int],  # ms since 1970
        timer: Callable[[], float],  # seconds
        store: FileStore | None = None,  # None: files last as long as this session
        troubles: Troubles | None = None,  # what fails in the process's threads
        pause: Callable[[float], object] | None = None,  # seconds; None: it ends when the session does
    ) -> None:
        self._stop = threading.Event()
        self._cleared = False
        self.shown_away = False  # a snapshot was taken while the link was down: of nobody it said whether they are here
        self.idle = Idle(timer, clock)
        self.on_idle: Callable[[], object] = lambda: None  # the vault is to be locked; again and again until it is
        self.ctx = ctx = AccountContext.open(vault, network, clock, timer, troubles)
        self.authority = authority = AuthorityLink(ctx, chats.talked_with)
        self.links = PeerLinks(ctx, authority)
        self.outbox = Outbox(ctx, authority, self.links)
        self.keys = KeyRotation(ctx, authority, self.links, self.outbox)
        self.kits = KitChanges(ctx, authority)
        self.profiles = Profiles(ctx, authority)
        self.blocked = Blocked(ctx, authority, self.profiles)
        self.names = Names(ctx, self.blocked)
        self.stars = Stars(ctx)
        self.later = Later(ctx)
        self.fading = Fading(ctx)
        self.strangers = Strangers(ctx)
        self.typing = TypingIndicators(ctx, self.links, self.blocked)
        self.messages = Messages(ctx, authority, self.outbox, self.blocked, self.strangers, self.profiles, self.typing)
        self.mailbox = Mailbox(ctx, authority, self.messages, self.strangers, self._mailbox_emptied)
        self.unread = Unread(ctx, authority, self.outbox, file_rows.note_gone)
        self.groups = GroupService(
            GroupContext(
                ctx,
                authority,
                self.outbox,
                self.blocked,
                self.profiles,
                self.typing,
                self.strangers,
                pause or self._stop.wait,
            )
        )
        store = store or FileStore(None, vault.offload)
        self.files = Files(FileContext(ctx, store, authority, self.links, self.groups))
        self.backups = Backups(ctx, authority, store)
        self.healing = Healing(ctx, authority, self.links, self.profiles, self.groups)
        self.roaming = Roaming(self)
        self.links.handler = PeerCalls(
            ctx, self.messages, Missing(ctx, self.outbox), self.typing, self.groups, self.files
        )
        self.known = Known(self)
        self.desktop = DesktopNotices(self)
        self._join()
        network.listen(lambda send, close: PeerSession(ctx, authority, self.links, send, close))

    def _join(self) -> None:
        """What one part's events, and the link's occasions, set off in others."""
        ctx, authority, subscribe = self.ctx, self.authority, self.ctx.events.subscribe
        ctx.trust.on_store = self._follow
        authority.take_over = self.keys.renew
        authority.leave_again = deposit.leave_again
        authority.after_login = [
            ("keys", self.keys.finish),
            ("kit", self.kits.finish),
            ("restored", self.healing.enter),
            ("network", ctx.network.stop_finding),
            ("watch", authority.watch),
            ("last resort", lambda: fallback_prekey.publish(ctx, authority)),
            ("invitations", self.groups.look_for_invitations),
            ("profiles", lambda: ctx.vault.write(profile_rows.try_again)),
            ("own profile", self.profiles.hold),
        ]
        authority.each_turn = [self.mailbox.step, self.unread.step, self.profiles.step, self.groups.look_at_early]
        authority.on_push = {NewMail: self.mailbox.look, NewGone: self.unread.look}
        subscribe(LinkChanged, self._on_link)
        subscribe(LinkUp, self._on_link_up)
        subscribe(LogGrew, self._on_log)
        subscribe(PresenceChanged, self._on_presence)
        subscribe(PresenceChanged, self.healing.on_presence)
        subscribe(KitChanged, lambda event: self.backups.hurry())
        subscribe(PersonBlocked, self.backups.on_blocked)
        subscribe(IdentityChanged, self.groups.on_identity)
        subscribe(PersonBlocked, self.typing.on_blocked)
        subscribe(PersonBlocked, self.files.on_blocked)
        subscribe(PersonBlocked, self.groups.on_blocked)
        subscribe(ContentDeleted, lambda event: self.files.look_for_deleted())
        subscribe(ChatRead, lambda event: self.groups.wake())
        subscribe(AskReceived, self.groups.on_asked)
        subscribe(VaultIsOlder, self.groups.on_older)
        subscribe(InvitationReceived, lambda event: invitations.take(ctx, authority, self.groups, event))

    # --- running ---

    def start(self) -> None:
        """Keep the link to the authority, and deliver what waits."""
        troubles, stop = self.ctx.troubles, self._stop
        self.outbox.begin = self._begin_delivery
        threads.spawn("link", self.authority.run, troubles)
        threads.keep("outbox", self._turn, troubles, stop.wait, stop.is_set)
        threads.keep("roaming", lambda: self.roaming.turn(stop), troubles, stop.wait, stop.is_set)
        threads.keep("checks", self._check, troubles, stop.wait, self._is_checked)
        self.groups.start()
        self.files.start()
        self.backups.start()
        self.healing.start()

    def _is_checked(self) -> bool:
        return self._stop.is_set() or (self.ctx.vault.is_checked and not self.ctx.trust.unverified)

    def _check(self) -> None:
        """What the opening has put off, once the page has had the time to open."""
        self._stop.wait(CALM_SECONDS)
        try:
            if not self._stop.is_set():
                self.ctx.vault.check()
                self.ctx.trust.check_again(self._stop.is_set)
        except Refused:  # `locked`: the next opening does it
            if not self._stop.is_set():
                raise

    def close(self) -> None:
        """Close every link; the vault is the caller's."""
        self._stop.set()
        self.outbox.news.set()
        self.authority.stop()
        self.groups.close()
        self.files.close()
        self.backups.close()
        self.healing.close()
        self.links.close()
        self.ctx.network.close()

    def look_after_disk(self) -> None:
        """Once the disk takes something again, everything that waited for it goes on."""
        vault = self.ctx.vault
        vault.look()
        if vault.trouble is None or vault.trouble.code == "vault_damaged":  # which lasts until the next opening
            return
        vault.probe()
        if vault.trouble is None:
            self.ctx.trust.save_alarm()
            self.groups.look_for_invitations()  # one that came meanwhile is kept, and not looked at yet
            self.outbox.try_now()
            self.groups.wake()
            self.authority.try_now()

    def _turn(self) -> None:
        """Everything that is looked after each second. What fails of it (a disk may) keeps the rest from nothing."""
        tend = self.ctx.troubles.tend
        tend("disk", self.look_after_disk)
        tend("outbox", self._deliver)
        tend("typing", self.typing.expire)
        tend("search", self.index)
        tend("checkpoint", self.ctx.trust.keep_checkpoint)
        tend("blocked", self.go_on_blocking)
        tend("cleared", self.go_on_clearing)
        tend("later", self.send_later)
        tend("asked", self.come_in)
        tend("fading", self.fading.step)
        tend("desktop", self.desktop.tell)
        tend("idle", self.look_for_people)
        self.ctx.troubles.lapse()
        # a second is how late a delayed try may be; something new wakes us at once
        self.outbox.news.wait(1.0)
        self.outbox.news.clear()

    def send_later(self) -> None:
        """What was to be sent by now."""
        self.later.send_due(lambda chat, kind, body, id: writing.write(self, chat, kind, body, id))

    def come_in(self) -> None:
        """Join where we have asked to be let in, and were."""
        if self.groups.is_invited and self.authority.up:
            threads.spawn("join", letting_in.come_in, self.ctx.troubles, self.ctx.vault, self.groups)

    @property
    def is_idle(self) -> bool:
        """Whether nobody has done anything for as long as the user has chosen."""
        after = self.ctx.settings.lock_after
        return after != "never" and self.idle.seconds >= 60 * int(after)

    def look_for_people(self) -> None:
        """Have the vault locked once nobody is here."""
        if self.is_idle:
            self.on_idle()

    def _deliver(self) -> None:
        """Start a thread for each peer for whom something waits and whose time has come."""
        for peer in self.outbox.due(self.ctx.timer()):
            threads.spawn("deliver", self.outbox.step, self.ctx.troubles, peer)

    def _begin_delivery(self, peer: bytes) -> None:
        """Without a turn of all that is looked after, which would come first."""
        threads.spawn("deliver", self.outbox.step, self.ctx.troubles, peer)
        time.sleep(0)  # it goes out now

    def go_on_blocking(self) -> None:
        """Hide or show what is left of it, a few messages each time."""
        if self.blocked.step():
            self.outbox.news.set()

    def go_on_clearing(self) -> None:
        """Once: it may have much to do."""
        if not self._cleared:
            clearing.go_on(self.ctx)
            self._cleared = True

    def index(self) -> None:
        """Put into the search's index what has come, once it is worth a transaction."""
        if self.ctx.vault.read(index.pending) >= index.WORTH:
            self.ctx.vault.write(index.catch_up)

    # --- what one part sets off in others ---

    def _on_link(self, event: LinkChanged) -> None:
        if self.authority.up:
            self.groups.wake()
            self.files.try_now()

    def _follow(self, rows: Rows, log: Log, told: list[Entry]) -> None:
        """What new entries of the log change, in the transaction that keeps them."""
        self.keys.follow(rows, log, told)
        self.kits.settle(rows, log)

    def _on_link_up(self, event: LinkUp) -> None:
        self.outbox.try_now()
        self.groups.is_invited = True  # where one was to come in, and the link broke

    def _on_log(self, event: LogGrew) -> None:
        self.keys.note()
        self.kits.note()
        self.groups.log_has_grown = True
        self.authority.look()
        self.groups.wake()

    def _on_presence(self, event: PresenceChanged) -> None:
        self.files.try_now()
        if event.online:
            self.links.came(event.uid)
            self.outbox.deliver_soon(event.uid)

    def _mailbox_emptied(self) -> None:
        if all(room.has_fetched_keys for room in list(self.groups.rooms.values())):
            fallback_prekey.drop_old(self.ctx)
