"""The link to the authority: one attempt at a time, and the loop that keeps it up. Knows no page."""

from __future__ import annotations

import contextlib
import random
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from protocol.errors import Forged, HamrazError, Refused, Unreachable
from protocol.messages import (
    Answer,
    ChangePresence,
    Done,
    FetchLog,
    GivenAll,
    LoggedIn,
    LogPart,
    NewGone,
    NewHead,
    NewMail,
    Present,
    Recovering,
    Request,
    ShowPresence,
    Watch,
    Watching,
)
from protocol.primitives import VerifyKey
from protocol.statements import Head, Signed, decode_strict
from transport import threads
from transport.discovery import Sighting
from web_client.account import account, generations
from web_client.account.account import Greeting, Identity
from web_client.account.states import LOG_BEHIND
from web_client.authority import fallback_prekey, give_back
from web_client.authority.route import Route
from web_client.groups import invitations
from web_client.messages import mailbox, profile_rows
from web_client.net.backoff import Backoff
from web_client.net.channel import Channel

if TYPE_CHECKING:
    from web_client.agent.session import Node

SEQUENCES = 1 << 62  # of presence records, about; a clock reaches a millionth of it
CROWD_SECONDS = 2.0
IN_VAIN = 3  # answers that don't reach a head that somebody has shown: then it is named
# What no second try mends: it needs a person. Not `wrong_authority`: in somebody else's network its address may belong
# to another authority, and back at home it doesn't.
FINAL = {"bad_proof", "moved", "revoked", "replaced"}
# All but the last are the authority's word, which ends nothing for good: it is asked again, but not as if it were down.
# Who has been replaced has another agent that is in: coming back would put that one out.
ASKED_AGAIN_SECONDS = 600.0

A = TypeVar("A", bound=Answer)


class AuthorityLink:
    """`connect` makes one attempt, whole: greeted, logged in, log fetched and compared, presence watched."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self.channel: Channel | None = None
        self._backoff = Backoff()
        self.route = Route(node)
        self._wake = threading.Event()
        self._stopped = False
        self.tried = threading.Event()  # the first try has come to its end, whichever that was
        self._given: Channel | None = None  # to whoever gathers evidence over it, and closes it
        self._newest: Signed | None = None
        self._expected: Signed | None = None  # what an answer has said that there is
        self._mail = False  # something may wait in our mailbox
        self._recovering = False  # the authority lacks what it had: it is to be given back
        self._steps: list[tuple[str, Callable[[], object]]] = []  # of those after a log-in, what has failed
        # answers that didn't reach a head; when to ask next, by the node's timer
        self._in_vain, self._reach_at = 0, 0.0
        self.reach_later: float | None = None
        self._missed = False  # what has been pushed could not even be noted
        self._era = b""  # the authority's, as it said at the last log-in
        self.authority_key: VerifyKey | None = None
        self.retry_in: float | None = None
        self.trouble: HamrazError | None = None

    @property
    def up(self) -> bool:
        return self.channel is not None and not self.channel.closed

    def connect(self) -> None:
        """Connect once. Raises what keeps it from succeeding; afterwards `up` is true."""
        node = self._node
        channel, greeting = self.route.meet(self._on_push, self._on_closed)
        with contextlib.ExitStack() as undo:
            undo.callback(self._close_unless_given, channel)  # a link that nobody knows would keep the next log-in out
            self.authority_key = greeting.authority_key
            give_back.log(node, channel, greeting.head)
            account.finish_sign_up(channel, node.vault)
            node.note_hosts(node.network.hosts(channel.local_host))
            me, answer = self._log_in(channel, greeting)
            self._sync(channel, greeting.head)
            self._sync(channel, answer.head)
            if answer.newer is not None:
                node.keys.take_over(channel)
            self._note_era(answer.era)
            undo.pop_all()
        self.channel = channel
        node.looked_at.begin()
        if self._stopped:  # meanwhile
            channel.close()
        self.retry_in, self.trouble, self._mail = None, None, True
        node.unread.look()
        steps: list[tuple[str, Callable[[], object]]] = [
            ("keys", node.keys.finish),
            ("network", node.network.stop_finding),
            ("watch", self.watch),
            ("last resort", lambda: fallback_prekey.publish(node)),
            ("invitations", lambda: invitations.look_again(node)),
            ("profiles", lambda: node.vault.write(profile_rows.try_again)),
        ]
        if node.me.key is not me.key:
            steps.insert(0, ("presence", self.publish_presence))
        self._steps = steps
        self._go_in()

    def _close_unless_given(self, channel: Channel) -> None:
        if channel is not self._given:
            channel.close()

    def _go_in(self) -> None:
        """What follows a log-in. One step that fails keeps no other back, and is tried again as long as the link is up;
        raises what the first of them has raised.
        """
        left, trouble = [], None
        for name, step in self._steps:
            try:
                with self._node.troubles.guard("link", name.encode()):
                    step()
            except HamrazError as reason:
                left.append((name, step))
                trouble = trouble or reason
        self._steps = left
        if trouble is not None:
            raise trouble

    def publish_hosts(self) -> None:
        """Tell the authority where others reach this agent, if that has changed since it was told."""
        node, channel = self._node, self.channel
        if channel is not None and node.note_hosts(node.network.hosts(channel.local_host)):
            self.request(ChangePresence(0, node.presence()), Done)

    def _log_in(self, channel: Channel, greeting: Greeting) -> tuple[Identity, LoggedIn]:
        """Log in with the key that the log has: while that isn't known, with the newer one first."""
        node = self._node
        *maybe, last = node.keys.identities()
        following = generations.following(node)  # one for each log-in, however often it is said

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
            presence, generation = node.presence(me, above), following(me)
            answer = account.log_in(
                channel, greeting, me, node.authority_id, presence, generation, node.trust.head, node.settings.presence
            )
            if answer.newer is not None:
                generations.check_newer(node, me, generation, answer.newer)
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
            channel.request(ChangePresence(0, self._node.presence()), Done)
        except HamrazError:
            channel.close()

    def sighted(self, sightings: list[Sighting]) -> None:
        """Authorities were found on this network: if ours is among them and we have lost it, try soon.

        Not in one moment with all others who have heard the same.
        """
        if not self.up and any(sighting.authority_id == self._node.authority_id for sighting in sightings):
            threads.spawn("sighting", self._try_soon, self._node.troubles)

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
        node = self._node
        if not node.settings.presence:
            return
        others = node.looked_at.missing()
        if others is None:
            return
        online = set(self.request(Watch(0, others), Watching).online)
        node.looked_at.watched(others)
        node.around.forget(but=others)
        node.around.note({uid: uid in online for uid in others})

    def look(self) -> None:
        """There is something new to ask for: who is looked at now, or whose profile was told."""
        self._wake.set()

    def show(self) -> None:
        """Tell the authority whether others are to see that we are here; without a link, the next log-in does."""
        node = self._node
        node.looked_at.begin()
        if not node.settings.presence:
            node.around.forget()
        try:
            self.request(ShowPresence(0, node.settings.presence), Done)
            self.watch()
        except Unreachable:
            pass
        except Refused:  # too many changes of mind: a new log-in says it
            if self.channel is not None:
                self.channel.close()

    def take_mail(self) -> None:
        """Take out what waits in our mailbox, if there may be anything: as much as one turn has time for."""
        if self._mail:
            self._mail = False
            try:
                if not mailbox.fetch(self._node):
                    self._mail = True
                    self._wake.set()
                    return
                fallback_prekey.drop_old(self._node)
            except HamrazError:
                self._mail = True  # it waits there still: the disk here may be full
                raise

    def _note_era(self, era: bytes) -> None:
        """Another era than the one before: something that we believe to be there may be lost, whoever was told."""
        known = self._node.vault.read(give_back.era)
        self._era = era
        if known is None:
            self._node.vault.write(lambda rows: give_back.save_era(rows, era))
        elif known != era:
            self._recovering = True

    def give_back(self) -> None:
        """Give the authority back what it has lost, if it says that it has."""
        if self._recovering:
            self._recovering = False
            try:
                era = self._era
                self._node.vault.write(give_back.leave_again)
                give_back.chains(self._node)
                fallback_prekey.publish(self._node)
                self.request(GivenAll(0), Done)
                self._node.vault.write(lambda rows: give_back.save_era(rows, era))
            except HamrazError:
                self._recovering = True
                raise
            self._node.outbox.hurry()

    def sync(self) -> None:
        """Fetch the log up to the authority's newest head."""
        channel = self.channel
        for head in (self._newest, self._expected):
            if channel is not None and head is not None:
                self._sync(channel, head)

    def expect(self, head: Signed) -> None:
        """The log goes that far, as an answer has said: it is fetched as soon as that can be done."""
        self._expected = head
        self._wake.set()

    def refresh(self, channel: Channel | None = None) -> None:
        """Ask for the authority's newest head and fetch up to it, for somebody who isn't in our log yet.

        On the link, or on a channel that isn't it yet.
        """
        request = self.request if channel is None else channel.request
        part = request(FetchLog(0, self._node.trust.log.size), LogPart)
        channel = channel or self.channel
        if channel is not None:
            self._sync(channel, part.head)

    def reach(self) -> None:
        """Ask again for what somebody has shown a signed head of and fetching hasn't brought. Slow or unreachable is no
        lie: it is named only after IN_VAIN answers over a link that lives; it ends when the entries are here.
        """
        node, self.reach_later = self._node, None
        if not node.trust.behind:
            self._in_vain = 0
            node.states.end(LOG_BEHIND)
            return
        now = node.timer()
        if now >= self._reach_at:
            self.refresh()
            if not node.trust.behind:
                self.reach()
                return
            self._in_vain += 1
            self._reach_at = now + min(2.0 ** (self._in_vain - 1), 60.0)
            larger, shown = node.trust.lacking, node.trust.head
            if self._in_vain >= IN_VAIN and larger is not None and shown is not None:
                sizes = [decode_strict(one.body, Head).size for one in (larger, shown)]
                node.states.begin(
                    LOG_BEHIND,
                    values={"signed": sizes[0], "shown": sizes[1]},
                    evidence={"larger": _hex(larger), "shown": _hex(shown)},
                )
        self.reach_later = max(0.0, self._reach_at - now)

    def _sync(self, channel: Channel, head: Signed) -> None:
        assert self.authority_key is not None
        trust = self._node.trust
        try:
            fresh = trust.sync(lambda request: channel.request(request, LogPart), head, self.authority_key)
        except Forged:
            self._gather(channel)
            raise
        if fresh:
            self._node.note_log(fresh)

    def _gather(self, channel: Channel) -> None:
        """The alarm is up: ask the liar for the rest of its lie, beside everything else, over the line it came by."""
        if not self._node.trust.wants_evidence:
            return

        def ask() -> None:
            try:
                self._node.trust.gather(lambda request: channel.request(request, LogPart))
            finally:
                channel.close()

        if self._node.running:
            self._given = channel
            threads.spawn("evidence", ask, self._node.troubles)
        else:
            ask()

    def _on_push(self, message: object) -> None:
        """Leave a note for the loop. If even that fails, the loop asks for everything that a push may have said."""
        try:
            with self._node.troubles.guard("push"):
                self._take(message)
        except HamrazError as reason:
            if reason.code != "internal":
                raise
            self._missed = True
            self._wake.set()

    def _take(self, message: object) -> None:
        match message:
            case NewHead():
                self._newest = message.head
                self._wake.set()
            case Recovering():
                self._recovering = True
                self._wake.set()
            case NewMail():
                self._mail = True
                self._wake.set()
            case NewGone():
                self._node.unread.look()
                self._wake.set()
            case Present():
                self._node.around.note({message.uid: message.online})

    def _on_closed(self, channel: Channel) -> None:
        if channel is self.channel:
            self._node.note_link()
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
        troubles, wait = self._node.troubles, self._wake.wait
        threads.repeat("link", self._turn, troubles, wait, lambda: self._stopped, failed=self._failed)

    def _failed(self, reason: HamrazError, seconds: float) -> None:
        """A mistake of ours has ended a turn; the next one comes in so many seconds."""
        self.trouble, self.retry_in = reason, seconds
        self._node.note_link()

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
                        self._node.note_link()
                        self._node.outbox.hurry()
            else:
                later = self._catch_up()
                self.publish_hosts()
                self.sync()
                self.watch()
            self.give_back()
            self.take_mail()
            self._node.unread.step()
            self._node.profiles.step()
            self.reach()
        except HamrazError as reason:
            if reason.code == "internal" or reason.code in threads.ONE_CHANGE:
                raise
            self.trouble = reason
            if reason.code in FINAL or self._stopped:
                self._node.note_link()
                patience = ASKED_AGAIN_SECONDS * random.uniform(0.5, 1.0)
                self._wake.wait(None if reason.code == "replaced" or self._stopped else patience)
                return
            self.retry_in = self._backoff.next()
            self._node.note_link()
            self._wake.wait(self.retry_in)
            return
        if self.trouble is not None:
            self.retry_in, self.trouble = None, None
            self._node.note_link()
        waits = [wait for wait in (later, self.reach_later) if wait is not None]
        self._wake.wait(min(waits, default=None))

    def _catch_up(self) -> float | None:
        """Do what a log-in, or the handler of a push, has left undone; in how many seconds there is more."""
        if self._steps:
            self._go_in()
        if self._missed:
            pause = self._node.troubles.pause("push")  # 1 s, and longer while it goes on
            if pause > 0:
                return pause
            self._missed, self._mail = False, True
            self._node.unread.look()
            self._node.looked_at.begin()
            self.refresh()
        return None


def _hex(signed: Signed) -> dict[str, str]:
    return {"body": signed.body.hex(), "sig": signed.sig.hex()}
