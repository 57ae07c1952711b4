"""The link to the authority: one attempt at a time, and the loop that keeps it up. Knows no page."""

from __future__ import annotations

import random
import threading
from typing import TYPE_CHECKING, TypeVar

from protocol.errors import HamrazError, Unreachable
from protocol.messages import Answer, FetchLog, LogPart, NewHead, NewMail, Present, Request, Watch, Watching
from protocol.primitives import VerifyKey
from protocol.statements import Signed
from web_client import account, last_resort, mail
from web_client.channel import Channel

if TYPE_CHECKING:
    from web_client.node import Node

FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0
MAX_WATCHED = 1000
# what no second try mends: it needs a person
FINAL = {"wrong_authority", "bad_proof", "revoked", "replaced"}

A = TypeVar("A", bound=Answer)


class AuthorityLink:
    """`connect` makes one attempt, whole: greeted, logged in, log fetched and compared, presence watched."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._channel: Channel | None = None
        self._wake = threading.Event()
        self._stopped = False
        self._log_lock = threading.Lock()
        self._newest: Signed | None = None
        self._mail = False  # something may wait in our mailbox
        self._watched: tuple[Channel | None, int] = (None, 0)
        self.authority_key: VerifyKey | None = None
        self.retry_in: float | None = None
        self.trouble: HamrazError | None = None

    @property
    def up(self) -> bool:
        return self._channel is not None and not self._channel.closed

    def connect(self) -> None:
        """Connect once. Raises what keeps it from succeeding; afterwards `up` is true."""
        node = self._node
        channel = node.network.dial_authority(
            list(node.link.hosts), node.link.port, self._on_push, lambda: self._on_closed(channel)
        )
        try:
            greeting = account.greet(channel, node.authority_id)
            self.authority_key = greeting.authority_key
            account.finish_sign_up(channel, node.vault)
            node.note_hosts(node.network.hosts(channel.local_host))
            answer = account.log_in(
                channel, greeting, node.me, node.authority_id, node.presence(), node.trust.head, True
            )
            self._sync(channel, greeting.head)
            self._sync(channel, answer.head)
        except HamrazError:
            channel.close()
            raise
        self._channel = channel
        if self._stopped:  # meanwhile: a link that stayed would keep the next log-in out
            channel.close()
        self.retry_in, self.trouble, self._mail = None, None, True
        self.watch()
        last_resort.publish(node)

    def request(self, request: Request, kind: type[A]) -> A:
        """Ask the authority. `authority_down` while there is no link."""
        channel = self._channel
        if channel is None or channel.closed:
            raise Unreachable("authority_down")
        try:
            return channel.request(request, kind)
        except Unreachable as reason:
            if reason.code == "timed_out":
                raise Unreachable("authority_down") from None
            raise

    def watch(self) -> None:
        """Ask to be told who comes and goes, unless that list is what this link has been asked for already."""
        wanted = (self._channel, len(self._node.trust.log.users))
        if wanted == self._watched:
            return
        others = [uid for uid in self._node.trust.log.users if uid != self._node.me.uid][:MAX_WATCHED]
        online = set(self.request(Watch(0, others), Watching).online)
        self._watched = wanted
        self._node.note_online({uid: uid in online for uid in others})

    def take_mail(self) -> None:
        """Take out what waits in our mailbox, if there may be anything."""
        if self._mail:
            self._mail = False
            try:
                mail.fetch_all(self._node)
            except HamrazError:
                self._mail = True  # it waits there still: the disk here may be full
                raise

    def sync(self) -> None:
        """Fetch the log up to the authority's newest head."""
        channel, newest = self._channel, self._newest
        if channel is not None and newest is not None:
            self._sync(channel, newest)

    def refresh(self) -> None:
        """Ask for the authority's newest head and fetch up to it, for somebody who isn't in our log yet."""
        part = self.request(FetchLog(0, self._node.trust.log.size), LogPart)
        channel = self._channel
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
            case NewMail():
                self._mail = True
                self._wake.set()
            case Present():
                self._node.note_online({message.uid: message.online})

    def _on_closed(self, channel: Channel) -> None:
        if channel is self._channel:
            self._node.note_link()
            self._wake.set()

    # --- the loop ---

    def try_now(self) -> None:
        """Don't wait for the next try."""
        self.retry_in = None
        self._wake.set()

    def stop(self) -> None:
        """End the loop and the link."""
        self._stopped = True
        self._wake.set()
        if self._channel is not None:
            self._channel.close()

    def run(self) -> None:
        """Keep the link up until `stop`: waits double up to LONGEST_WAIT, with a little chance so that crowds
        spread out.
        """
        wait = FIRST_WAIT
        while not self._stopped:
            self._wake.clear()
            try:
                if not self.up:
                    self.connect()
                    wait = FIRST_WAIT
                    self._node.note_link()
                    self._node.outbox.hurry()
                else:
                    self.sync()
                    self.watch()
                self.take_mail()
                self._wake.wait()
            except HamrazError as reason:
                self.trouble = reason
                if reason.code in FINAL or self._stopped:
                    self._node.note_link()
                    self._wake.wait()
                    continue
                wait = min(wait * 2, LONGEST_WAIT) * random.uniform(0.9, 1.1)
                self.retry_in = wait
                self._node.note_link()
                self._wake.wait(wait)
