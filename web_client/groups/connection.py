"""The connection to one group's port (section 9.7): made when it is needed; what is pushed waits until it is taken."""

from __future__ import annotations

import contextlib
from collections import deque
from typing import TYPE_CHECKING

from protocol.errors import HamrazError, Unreachable
from protocol.messages import Acked, Enter, Entered, Entries, LeftGroup, Message, Regranted, Seen, Signalled
from protocol.statements import PROOF_GROUP, Signed, prove
from web_client.account import identity
from web_client.account.context import AccountContext
from web_client.account.identity import Greeting
from web_client.groups import ephemeral
from web_client.net.channel import Channel

if TYPE_CHECKING:
    from web_client.groups.session import Room


def enter(ctx: AccountContext, gid: bytes, channel: Channel, greeting: Greeting) -> Signed:
    """Prove on a new connection to a group's port who is calling; the head of its chain, unchecked. `not_member`."""
    proof = prove(PROOF_GROUP, gid, greeting.nonce, channel.fingerprint, ctx.me.uid, ctx.me.key, ctx.authority_id)
    return channel.request(Enter(0, gid, ctx.me.uid, proof), Entered).chain


class GroupLink:
    """At most one connection; `inbox` has what came on it and has to wait for its turn."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self.channel: Channel | None = None
        self._entering: Channel | None = None
        self.inbox: deque[Entries | Acked | Seen | Regranted] = deque()

    @property
    def is_open(self) -> bool:
        return self.channel is not None and not self.channel.closed

    def open(self) -> Channel:
        """The open connection, made now if there is none. `authority_down`, `not_member`, or what does not hold."""
        if self.channel is not None and not self.channel.closed:
            return self.channel
        room, ctx = self._room, self._room.ctx
        try:
            channel, greeting = identity.meet(
                lambda hosts: ctx.network.dial_group(hosts, room.row("port"), self._on_push, room.wake.set),
                room.authority.route.hosts,
                ctx.authority_id,
            )
        except Unreachable as reason:
            raise identity.as_down(reason) from None
        with contextlib.ExitStack() as undo:
            undo.callback(channel.close)
            self._entering = channel  # so that `close` ends this as well
            room.compare_answer(enter(ctx, room.gid, channel, greeting))
            undo.pop_all()
        self.channel = channel
        return channel

    def tell(self, message: Message) -> None:
        """Send what has no answer, if there is a connection."""
        if self.channel is not None and not self.channel.closed:
            self.channel.tell(message)

    def close(self) -> None:
        """End the connection; the next `open` makes another."""
        for channel in (self._entering, self.channel):
            if channel is not None:
                channel.close()

    def _on_push(self, message: object) -> None:
        if isinstance(message, LeftGroup):
            self.close()  # another connection speaks for us, or nobody does: who asks again is told
        elif isinstance(message, Signalled):
            self._take_signal(message)
        elif isinstance(message, Entries | Acked | Seen | Regranted):
            self.inbox.append(message)
            self._room.wake.set()

    def _take_signal(self, message: Signalled) -> None:
        """Somebody writes, or has stopped: where that can't be taken it is nothing to end a connection for."""
        try:
            with self._room.ctx.troubles.guard("push", self._room.gid):
                ephemeral.take_signal(self._room, message)
        except HamrazError as reason:
            if reason.code != "internal":
                raise
