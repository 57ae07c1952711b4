"""The link to the authority: one attempt at a time, and the loop that keeps it up. Knows no page."""

from __future__ import annotations

import contextlib
import random
import threading
import time
from collections.abc import Callable
from typing import TypeVar

from protocol.errors import HamrazError, Refused, Unreachable
from protocol.messages import (
    Answer,
    ChangePresence,
    Done,
    GivenAll,
    HostsAre,
    LoggedIn,
    NewHead,
    Present,
    Recovering,
    Request,
    ShowPresence,
    Watch,
    Watching,
)
from protocol.statements import Signed
from transport import threads
from transport.discovery import Sighting
from web_client.account import generations, identity
from web_client.account import keys as own_keys
from web_client.account.context import AccountContext
from web_client.account.events import LinkChanged, LinkUp, VaultIsOlder
from web_client.account.identity import Greeting, Identity
from web_client.authority import fallback_prekey, give_back
from web_client.authority.log_sync import LogSync
from web_client.authority.presence import PresenceTracker
from web_client.authority.route import Route
from web_client.authority.watch_list import WatchList
from web_client.net.backoff import Backoff
from web_client.net.channel import Channel
from web_client.vault.database import Rows

SEQUENCES = 1 << 62  # of presence records, about; a clock reaches a millionth of it
CROWD_SECONDS = 2.0
# What no second try mends: it needs a person. Not `wrong_authority`: in somebody else's network its address may belong
# to another authority, and back at home it doesn't.
FINAL = {"bad_proof", "moved", "revoked", "replaced"}
# All but the last are the authority's word, which ends nothing for good: it is asked again, but not as if it were down.
# Who has been replaced has another agent that is in: coming back would put that one out.
ASKED_AGAIN_SECONDS = 600.0

A = TypeVar("A", bound=Answer)
Step = tuple[str, Callable[[], object]]  # its name, for what is logged of it


class AuthorityLink:
    """`connect` makes one attempt, whole: greeted, logged in, log fetched and compared, presence watched.

    What upper rooms have to do with the authority they hang into the lists here, before it runs: in the order in which
    it happens.
    """

    def __init__(self, ctx: AccountContext, talked_with: Callable[[Rows], list[bytes]]) -> None:
        self._ctx = ctx
        self.channel: Channel | None = None
        self._backoff = Backoff()
        self.route = Route(ctx)
        self.presence = PresenceTracker(ctx)
        self.watch_list = WatchList(ctx, talked_with, self.look)
        self.after_login: list[Step] = []  # once for each log-in
        self.each_turn: list[Callable[[], object]] = []  # whenever the loop has woken up
        self.on_push: dict[type, Callable[[], object]] = {}  # a push of this kind has come
        # another copy of this vault has counted further: what makes this one the only one again, over this channel
        self.take_over: Callable[[Channel], None] = lambda channel: None
        # the authority has lost something: in the vault's transaction, what was left there counts as not left any more
        self.leave_again: Callable[[Rows], None] = lambda rows: None
        self._wake = threading.Event()
        self._stopped = False
        self.tried = threading.Event()  # the first try has come to its end, whichever that was
        self._recovering = False  # the authority lacks what it had: it is to be given back
        self._steps: list[Step] = []  # of those after a log-in, what has failed
        self.log = LogSync(ctx, self, lambda: self.channel, self.look)
        self._missed = False  # what has been pushed could not even be noted
        self._era = b""  # the authority's, as it said at the last log-in
        self._hosts: list[str] = []  # at which others may reach us, as they were published last
        self.retry_in: float | None = None
        self.trouble: HamrazError | None = None

    @property
    def up(self) -> bool:
        return self.channel is not None and not self.channel.closed

    def connect(self) -> None:
        """Connect once. Raises what keeps it from succeeding; afterwards `up` is true."""
        ctx = self._ctx
        channel, greeting = self.route.meet(self._on_push, self._on_closed)
        with contextlib.ExitStack() as undo:
            undo.callback(self._close_unless_given, channel)  # a link that nobody knows would keep the next log-in out
            self.log.authority_key = greeting.authority_key
            give_back.log(ctx, channel, greeting.head)
            identity.finish_sign_up(channel, ctx.vault)
            self._note_hosts(channel)
            me, answer = self._log_in(channel, greeting)
            self.log.sync_to(channel, greeting.head)
            self.log.sync_to(channel, answer.head)
            if answer.newer is not None:
                ctx.emit(VaultIsOlder())
            if answer.newer is not None or ctx.vault.read(generations.is_alone):
                self.take_over(channel)
                ctx.vault.write(generations.forget_alone)
            self._note_era(answer.era)
            undo.pop_all()
        self.channel = channel
        self.watch_list.begin()
        if self._stopped:  # meanwhile
            channel.close()
        self.retry_in, self.trouble = None, None
        self._look_everywhere()
        renewed: list[Step] = [("presence", self.publish_presence)] if ctx.me.key is not me.key else []
        self._steps = [*renewed, *self.after_login]
        self._go_in()

    def _look_everywhere(self) -> None:
        """Whatever a push says may have come without us."""
        for look in self.on_push.values():
            look()

    def _close_unless_given(self, channel: Channel) -> None:
        if channel is not self.log.given:
            channel.close()

    def _go_in(self) -> None:
        """What follows a log-in. One step that fails keeps no other back, and is tried again as long as the link is up;
        raises what the first of them has raised.
        """
        left, trouble = [], None
        for name, step in self._steps:
            try:
                with self._ctx.troubles.guard("link", name.encode()):
                    step()
            except HamrazError as reason:
                left.append((name, step))
                trouble = trouble or reason
        self._steps = left
        if trouble is not None:
            raise trouble

    def publish_hosts(self) -> None:
        """Tell the authority where others reach this agent, if that has changed since it was told."""
        ctx, channel = self._ctx, self.channel
        if channel is not None and self._note_hosts(channel):
            self.request(ChangePresence(0, self._presence(ctx.me)), Done)

    def _note_hosts(self, channel: Channel) -> bool:
        """The addresses at which others may reach us; True if they are others than before."""
        before, self._hosts = self._hosts, self._ctx.network.hosts(channel.local_host)
        return self._hosts != before

    def _presence(self, me: Identity, above: int = 0) -> Signed:
        """A new presence record, with a sequence above this one."""
        ctx, network = self._ctx, self._ctx.network
        return identity.next_presence(
            ctx.vault, me, ctx.authority_id, ctx.clock(), self._hosts, network.port, network.fingerprint, above
        )

    def _log_in(self, channel: Channel, greeting: Greeting) -> tuple[Identity, LoggedIn]:
        """Log in with the key that the log has: while that isn't known, with the newer one first."""
        ctx = self._ctx
        *maybe, last = ctx.vault.read(lambda rows: own_keys.identities(rows, ctx.me))
        following = generations.following(ctx)  # one for each log-in, however often it is said

        def enter(me: Identity) -> tuple[Identity, LoggedIn]:
            try:
                return once(me)
            except Refused as reason:
                # this vault is an older copy, under a clock that runs behind: the authority says above what to begin
                known = reason.values.get("n")
                if reason.code != "stale_presence" or not isinstance(known, int) or not 0 <= known < SEQUENCES:
                    raise
                return once(me, known)

        def once(me: Identity, above: int = 0) -> tuple[Identity, LoggedIn]:
            presence, generation = self._presence(me, above), following(me)
            answer = identity.log_in(
                channel, greeting, me, ctx.authority_id, presence, generation, ctx.trust.head, ctx.settings.presence
            )
            if answer.newer is not None:
                generations.check_newer(ctx, me, generation, answer.newer)
            return me, answer

        for me in maybe:
            try:
                return enter(me)
            except Refused as reason:
                # too many have failed for this account, from here: who has the right key isn't asked about them
                if reason.code not in ("bad_proof", "slow_down"):
                    raise
        return enter(last)

    def publish_presence(self) -> None:
        """Say where we are with the key that we have now; a link on which that fails is made anew."""
        channel = self.channel
        if channel is None or channel.closed:
            return
        try:
            channel.request(ChangePresence(0, self._presence(self._ctx.me)), Done)
        except HamrazError:
            channel.close()

    def sighted(self, sightings: list[Sighting]) -> None:
        """Authorities were found on this network: if ours is among them and we have lost it, try soon.

        Not in one moment with all others who have heard the same.
        """
        if not self.up and any(sighting.authority_id == self._ctx.authority_id for sighting in sightings):
            threads.spawn("sighting", self._try_soon, self._ctx.troubles)

    def _try_soon(self) -> None:
        time.sleep(random.uniform(0, CROWD_SECONDS))
        self.try_now()

    def request(self, request: Request, kind: type[A]) -> A:
        """Ask the authority. `authority_down` while there is no link."""
        channel = self.line()
        try:
            return channel.request(request, kind)
        except Unreachable as reason:
            if reason.code == "timed_out":
                raise Unreachable("authority_down") from None
            raise

    def line(self) -> Channel:
        """The open channel, for requests that don't wait for each other. `authority_down`."""
        channel = self.channel
        if channel is None or channel.closed:
            raise Unreachable("authority_down")
        return channel

    def watch(self) -> None:
        """Ask to be told who comes and goes, unless that list is what this link has been asked for already."""
        ctx, turn = self._ctx, self.watch_list.turn
        if not ctx.settings.presence:
            return
        others = self.watch_list.missing()
        if others is None:
            return
        self.presence.ask()
        online = set(self.request(Watch(0, others), Watching).online)
        self.watch_list.watched(others, turn)
        self.presence.forget(but=others)
        self.presence.answered({uid: uid in online for uid in others})

    def look(self) -> None:
        """There is something new to ask for: who is looked at now, or whose profile was told."""
        self._wake.set()

    def show(self) -> None:
        """Tell the authority whether others are to see that we are here; without a link, the next log-in does."""
        ctx = self._ctx
        if not ctx.settings.presence:
            self.presence.forget()
        try:
            shown = None
            while shown != ctx.settings.presence:  # another page may have chosen meanwhile
                shown = ctx.settings.presence
                self.request(ShowPresence(0, shown), Done)
            self.watch_list.begin()  # what was asked for before was asked as one who isn't shown
            self.watch()
        except Unreachable:
            pass
        except Refused:  # too many changes of mind: a new log-in says it
            if self.channel is not None:
                self.channel.close()

    def _note_era(self, era: bytes) -> None:
        """Another era than the one before: something that we believe to be there may be lost, whoever was told."""
        known = self._ctx.vault.read(give_back.era)
        self._era = era
        if known is None:
            self._ctx.vault.write(lambda rows: give_back.save_era(rows, era))
        elif known != era:
            self._recovering = True

    def give_back(self) -> None:
        """Give the authority back what it has lost, if it says that it has."""
        if self._recovering:
            self._recovering = False
            try:
                era = self._era
                self._ctx.vault.write(self.leave_again)
                give_back.chains(self._ctx, self)
                fallback_prekey.publish(self._ctx, self)
                self.request(GivenAll(0), Done)
                self._ctx.vault.write(lambda rows: give_back.save_era(rows, era))
            except HamrazError:
                self._recovering = True
                raise
            self._ctx.emit(LinkUp())

    @property
    def revoked(self) -> bool:
        """Whether one's own account has ended: the authority says so at the door, or our own log does."""
        me = self._ctx.trust.user(self._ctx.me.uid)
        return (me is not None and me.key is None) or (self.trouble is not None and self.trouble.code == "revoked")

    def require_account(self) -> None:
        """Raise `revoked` if it has."""
        if self.revoked:
            raise Refused("revoked")

    def _on_push(self, message: object) -> None:
        """Leave a note for the loop. If even that fails, the loop asks for everything that a push may have said."""
        try:
            with self._ctx.troubles.guard("push"):
                self._take(message)
        except HamrazError as reason:
            if reason.code != "internal":
                raise
            self._missed = True
            self._wake.set()

    def _take(self, message: object) -> None:
        match message:
            case NewHead():
                self.log.newest = message.head
                self._wake.set()
            case Recovering():
                self._recovering = True
                self._wake.set()
            case Present():
                self.presence.pushed(message.uid, message.online)
            case HostsAre():
                self.route.hear(message.hosts)
                self._wake.set()
            case _ if type(message) in self.on_push:
                self.on_push[type(message)]()
                self._wake.set()

    def _on_closed(self, channel: Channel) -> None:
        if channel is self.channel:
            self._ctx.emit(LinkChanged())
            self._wake.set()

    def try_now(self) -> None:
        """Don't wait for the next try, and begin with short waits again."""
        self._backoff.reset()
        self.retry_in = None
        self._wake.set()

    def stop(self) -> None:
        """End the loop and the link."""
        self._stopped = True
        self._wake.set()
        if self.channel is not None:
            self.channel.close()

    def attempt(self) -> None:
        """Connect once, and remember why not."""
        try:
            self.connect()
        except HamrazError as reason:
            self.trouble = reason
            raise
        finally:
            self.tried.set()

    def run(self) -> None:
        """Keep the link up until `stop`."""
        self.log.threaded = True
        troubles, wait = self._ctx.troubles, self._wake.wait
        threads.repeat("link", self._turn, troubles, wait, lambda: self._stopped, failed=self._failed)

    def _failed(self, reason: HamrazError, seconds: float) -> None:
        """A mistake of ours has ended a turn; the next one comes in so many seconds."""
        self.trouble, self.retry_in = reason, seconds
        self._ctx.emit(LinkChanged())

    def _turn(self) -> None:
        """Connect, or do what has come up; then wait for more."""
        self._wake.clear()
        later = None
        try:
            if not self.up:
                try:
                    self.attempt()
                finally:
                    if self.up:
                        self._backoff.reset()
                        self._ctx.emit(LinkChanged())
                        self._ctx.emit(LinkUp())
            else:
                later = self._catch_up()
                self.publish_hosts()
                self.log.follow()
                self.watch()
            self.route.keep()
            self.give_back()
            for step in self.each_turn:
                step()
            self.log.reach()
        except HamrazError as reason:
            if reason.code == "internal" or reason.code in threads.ONE_CHANGE:
                raise
            self.trouble = reason
            if reason.code in FINAL or self._stopped:
                self._ctx.emit(LinkChanged())
                patience = ASKED_AGAIN_SECONDS * random.uniform(0.5, 1.0)
                self._wake.wait(None if reason.code == "replaced" or self._stopped else patience)
                return
            self.retry_in = self._backoff.next()
            self._ctx.emit(LinkChanged())
            self._wake.wait(self.retry_in)
            return
        if self.trouble is not None:
            self.retry_in, self.trouble = None, None
            self._ctx.emit(LinkChanged())
        waits = [wait for wait in (later, self.log.fetch_later, self.log.reach_later) if wait is not None]
        self._wake.wait(min(waits, default=None))

    def _catch_up(self) -> float | None:
        """Do what a log-in, or the handler of a push, has left undone; in how many seconds there is more."""
        if self._steps:
            self._go_in()
        if self._missed:
            pause = self._ctx.troubles.pause("push")  # 1 s, and longer while it goes on
            if pause > 0:
                return pause
            self._missed = False
            self._look_everywhere()
            self.watch_list.begin()
            self.log.refresh()
        return None
