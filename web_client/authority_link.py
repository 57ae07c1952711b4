"""The link to the authority: one attempt at a time, and the loop that keeps it up. Knows no page."""

from __future__ import annotations

import random
import threading
from typing import TYPE_CHECKING, TypeVar

from protocol.errors import HamrazError, Refused, Unreachable
from protocol.messages import (
    Answer,
    ChangePresence,
    Done,
    FetchLog,
    LoggedIn,
    LogPart,
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
from protocol.statements import Signed
from transport.discovery import Sighting
from web_client import account, give_back, group_invitations, last_resort, mail, profile_rows
from web_client.account import Greeting, Identity
from web_client.backoff import Backoff
from web_client.channel import Channel
from web_client.route import Route

if TYPE_CHECKING:
    from web_client.node import Node

SEQUENCES = 1 << 62  # of presence records, about; a clock reaches a millionth of it
CROWD_SECONDS = 2.0
# What no second try mends: it needs a person. Not `wrong_authority`: in somebody else's network its address may belong
# to another authority, and back at home it doesn't.
FINAL = {"bad_proof", "revoked", "replaced"}

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
        self._log_lock = threading.Lock()
        self._newest: Signed | None = None
        self._mail = False  # something may wait in our mailbox
        self._recovering = False  # the authority lacks what it had: it is to be given back
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
        try:
            self.authority_key = greeting.authority_key
            give_back.log(node, channel, greeting.head)
            account.finish_sign_up(channel, node.vault)
            node.note_hosts(node.network.hosts(channel.local_host))
            me, answer = self._log_in(channel, greeting)
            self._sync(channel, greeting.head)
            self._sync(channel, answer.head)
        except HamrazError:
            channel.close()
            raise
        self.channel = channel
        node.looked_at.begin()
        if self._stopped:  # meanwhile: a link that stayed would keep the next log-in out
            channel.close()
        self.retry_in, self.trouble, self._mail = None, None, True
        if node.me.key is not me.key:
            self.publish_presence()
        node.keys.finish()
        node.network.stop_finding()
        self.watch()
        last_resort.publish(node)
        group_invitations.look_again(node)
        node.vault.write(profile_rows.try_again)

    def publish_hosts(self) -> None:
        """Tell the authority where others reach this agent, if that has changed since it was told."""
        node, channel = self._node, self.channel
        if channel is not None and node.note_hosts(node.network.hosts(channel.local_host)):
            self.request(ChangePresence(0, node.presence()), Done)

    def _log_in(self, channel: Channel, greeting: Greeting) -> tuple[Identity, LoggedIn]:
        """Log in with the key that the log has: while that isn't known, with the newer one first."""
        node = self._node
        *maybe, last = node.keys.identities()

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
            presence = node.presence(me, above)
            return me, account.log_in(
                channel, greeting, me, node.authority_id, presence, node.trust.head, node.settings.presence
            )

        for me in maybe:
            try:
                return enter(me)
            except Refused as reason:
                if reason.code != "bad_proof":
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
            pause = threading.Timer(random.uniform(0, CROWD_SECONDS), self.try_now)
            pause.daemon = True
            pause.start()

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
        """Take out what waits in our mailbox, if there may be anything."""
        if self._mail:
            self._mail = False
            try:
                mail.fetch_all(self._node)
                last_resort.drop_old(self._node)
            except HamrazError:
                self._mail = True  # it waits there still: the disk here may be full
                raise

    def give_back(self) -> None:
        """Give the authority back what it has lost, if it says that it has."""
        if self._recovering:
            self._recovering = False
            try:
                self._node.vault.write(give_back.leave_again)
                give_back.chains(self._node)
                last_resort.publish(self._node)
            except HamrazError:
                self._recovering = True
                raise
            self._node.outbox.hurry()

    def sync(self) -> None:
        """Fetch the log up to the authority's newest head."""
        channel, newest = self.channel, self._newest
        if channel is not None and newest is not None:
            self._sync(channel, newest)

    def refresh(self) -> None:
        """Ask for the authority's newest head and fetch up to it, for somebody who isn't in our log yet."""
        part = self.request(FetchLog(0, self._node.trust.log.size), LogPart)
        channel = self.channel
        if channel is not None:
            self._sync(channel, part.head)

    def _sync(self, channel: Channel, head: Signed) -> None:
        assert self.authority_key is not None
        with self._log_lock:
            fresh = self._node.trust.sync(lambda request: channel.request(request, LogPart), head, self.authority_key)
        if fresh:
            self._node.note_log(fresh)

    def _on_push(self, message: object) -> None:
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
            case Present():
                self._node.around.note({message.uid: message.online})

    def _on_closed(self, channel: Channel) -> None:
        if channel is self.channel:
            self._node.note_link()
            self._wake.set()

    # --- the loop ---

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
        while not self._stopped:
            self._wake.clear()
            try:
                if not self.up:
                    self.attempt()
                    self._backoff.reset()
                    self._node.note_link()
                    self._node.outbox.hurry()
                else:
                    self.publish_hosts()
                    self.sync()
                    self.watch()
                self.give_back()
                self.take_mail()
                self._node.profiles.step()
                self._wake.wait()
            except HamrazError as reason:
                self.trouble = reason
                if reason.code in FINAL or self._stopped:
                    self._node.note_link()
                    self._wake.wait()
                    continue
                self.retry_in = self._backoff.next()
                self._node.note_link()
                self._wake.wait(self.retry_in)
