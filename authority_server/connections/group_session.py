"""One connection to a group's port: NEW --HELLO--> MET --ENTER--> IN, where it may enter further groups of the same
person's, and ends when it has left the last. Bodies in, bodies out; knows no socket, no thread.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from authority_server.connections.main_session import (
    ANSWER_MS,
    IN_FLIGHT_AFTER,
    IN_FLIGHT_BEFORE,
    SILENT_MS,
    STRANGER_MS,
    check_within,
    pass_over,
    told_by,
    welcome,
)
from authority_server.core.authority import Authority
from authority_server.core.client import Caller
from authority_server.handlers import group_ephemeral
from authority_server.handlers.routes import GROUP, OTHERS, REFUSED
from protocol import frames, messages
from protocol.errors import HamrazError, WireError, error
from protocol.messages import Hello, Ping, Pong, Request, Signal, ToAuthorityFirst, ToGroup, ToGroupBefore, Unknown
from transport.turns import Account

_ANY = ToGroupBefore | ToGroup


class GroupSession:
    """Call `receive` for each body, `expire` when `deadline` is reached, and `closed` once at the end."""

    def __init__(
        self,
        authority: Authority,
        fingerprint: bytes,
        send: Callable[[bytes], None],
        close: Callable[[], None],
        remote: str,
        send_frame: Callable[[bytes], None] | None = None,
    ) -> None:
        self._authority = authority
        now = authority.clock()
        self._caller = Caller(remote, fingerprint, now, send, close, heard=now, send_frame=send_frame)
        with authority.lock:
            authority.strangers += 1

    @property
    def limit(self) -> int:
        """The frame limit in force, in bytes."""
        return frames.LIMIT_AFTER_LOGIN if self._known else frames.LIMIT_BEFORE_LOGIN

    @property
    def deadline(self) -> int:
        """When `expire` wants to be called, in ms of the authority's clock."""
        caller = self._caller
        if not self._known:
            return caller.since + STRANGER_MS
        return caller.heard + SILENT_MS + (0 if caller.ping is None else ANSWER_MS)

    def receive(self, body: bytes) -> None:
        """Take one body in; answers go out through `send`, now or after a commit."""
        with self._authority.lock:
            caller = self._caller
            if caller.closed:
                return
            caller.heard = self._authority.clock()
            try:
                message = messages.decode(body, _ANY if caller.met else ToAuthorityFirst, later=self._known)
                if isinstance(message, Unknown):
                    pass_over(self._authority, caller, message, len(body))
                else:
                    self._take(message, len(body))
            except WireError as reason:
                caller.charged += REFUSED.of(None, len(body))
                caller.fail(reason)

    def expire(self) -> None:
        """The deadline has come: a silent member is asked, one that stays silent, or a stranger, is given up."""
        with self._authority.lock:
            caller = self._caller
            if caller.closed or self._authority.clock() < self.deadline:
                return
            if self._known and caller.ping is None:
                caller.ask()
            else:
                caller.fail(error("timed_out"))

    def fail(self, reason: HamrazError) -> None:
        """The stream itself is broken: say so and end."""
        with self._authority.lock:
            self._caller.fail(reason)

    def closed(self) -> None:
        """The connection has ended, whoever ended it."""
        with self._authority.lock:
            self._caller.closed = True
            if not self._known:
                self._authority.strangers -= 1
            self._authority.rooms.leave(self._caller)
            self._authority.holds.leave(self._caller)

    @property
    def _known(self) -> bool:
        """Whether a proof for some group has held."""
        return self._caller.uid is not None

    @property
    def account(self) -> Account:
        """Whose turn it takes to carry out what comes next: the account's, or the caller's place's."""
        return self._caller.account

    @property
    def answered(self) -> bool:
        """Whether all that has been asked for here is answered."""
        return not self._caller.in_flight

    @property
    def spent(self) -> int:
        """How long it has been here, as its lane counts."""
        return self._caller.spent

    @property
    def charged(self) -> int:
        """Units that this connection has been charged so far."""
        return self._caller.charged

    def _take(self, message: Any, size: int) -> None:
        command = GROUP.get(type(message))
        charge = OTHERS[type(message)] if command is None else command.charge
        self._caller.bill(charge, message, size, told_by(self._authority, self._caller, message))
        match message:
            case Hello():
                welcome(self._authority, self._caller, message)
            case Ping(n):
                self._caller.send(Pong(n))
            case Pong(n):
                if n == self._caller.ping:
                    self._caller.ping = None
            case Signal():
                if not self._known:
                    raise WireError("unexpected_message")
                group_ephemeral.signal(self._authority, self._caller, message)
            case _:
                self._request(message)

    def _request(self, message: Request) -> None:
        authority, caller = self._authority, self._caller
        if caller.in_flight >= (IN_FLIGHT_AFTER if self._known else IN_FLIGHT_BEFORE):
            raise WireError("too_many_requests")
        command = GROUP[type(message)]
        try:
            if command.known and not self._known:
                raise error("not_logged_in")
            check_within(command, caller, message)
            result = command.run(authority, caller, message)
        except WireError:
            raise
        except HamrazError as refusal:
            authority.refuse(caller, message.rid, refusal)
            return
        if result is not None:
            authority.carry_out(caller, message.rid, result)
