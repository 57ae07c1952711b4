"""One connection's side of the protocol at the authority: bodies in, bodies out. Knows no socket and no thread.

NEW --HELLO--> MET --LOG_IN--> IN; whatever is out of its place ends the connection with a named error.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable
from typing import Any

from authority_server.core.authority import Authority
from authority_server.core.client import Caller
from authority_server.handlers import group_ephemeral, login
from authority_server.handlers.routes import MAIN, OTHERS, REFUSED, UNKNOWN, Command
from protocol import frames, messages
from protocol.errors import HamrazError, WireError, error
from protocol.messages import Hello, Message, Ping, Pong, Request, Signal, ToAuthorityFirst, Unknown, Welcomed
from protocol.statements import Welcome, issue
from transport.turns import Account

STRANGER_MS = 10_000  # to log in: an agent needs less than one; typing happens before it connects
SILENT_MS = 25_000  # after which a sign of life is asked for; agents ask after 20 s, so this is the second line
ANSWER_MS = 10_000  # a network that is out for longer has cut the connection: noticed within 35 s
STRANGERS_LIMIT = 2_000  # connections that are not logged in, all together: each may hold 4 KiB and a thread
IN_FLIGHT_BEFORE, IN_FLIGHT_AFTER = 1, 64  # requests of one connection that wait for the disk

# before HELLO is answered, nothing else is even decoded
_ANY: Any = functools.reduce(operator.or_, MAIN) | Signal | Ping | Pong


class Session:
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
        """The frame limit in force, in bytes: raised right before the answer to LOG_IN is sent."""
        return frames.LIMIT_AFTER_LOGIN if self._caller.ready else frames.LIMIT_BEFORE_LOGIN

    @property
    def deadline(self) -> int:
        """When `expire` wants to be called, in ms of the authority's clock; it moves with every body."""
        caller = self._caller
        if caller.contest is not None:
            return caller.contest.deadline
        if not caller.ready:
            return caller.since + STRANGER_MS if not caller.in_flight else self._authority.clock() + STRANGER_MS
        return caller.heard + SILENT_MS + (0 if caller.ping is None else ANSWER_MS)

    def receive(self, body: bytes) -> None:
        """Take one body in; answers go out through `send`, now or after a commit."""
        with self._authority.lock:
            caller = self._caller
            if caller.closed:
                return
            caller.heard = self._authority.clock()
            try:
                message = messages.decode(body, _ANY if caller.met else ToAuthorityFirst, later=caller.ready)
                if isinstance(message, Unknown):
                    pass_over(self._authority, caller, message, len(body))
                else:
                    self._take(message, len(body))
            except WireError as reason:
                caller.charged += REFUSED.of(None, len(body))
                caller.fail(reason)

    def expire(self) -> None:
        """The deadline has come: a contest is decided, a silent agent is asked, one that stays silent is given up."""
        with self._authority.lock:
            caller = self._caller
            if caller.closed or self._authority.clock() < self.deadline:
                return
            if caller.contest is not None:
                login.overdue(self._authority, caller)
            elif caller.ready and caller.ping is None:
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
            caller = self._caller
            caller.closed = True
            if not caller.ready:
                self._authority.strangers -= 1
            self._authority.ports.leave(caller)
            self._authority.rooms.leave(caller)
            self._authority.holds.leave(caller)
            login.left(self._authority, caller)

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
        caller, command = self._caller, MAIN.get(type(message))
        charge = OTHERS[type(message)] if command is None else command.charge
        caller.bill(charge, message, size, told_by(self._authority, caller, message))
        match message:
            case Hello():
                welcome(self._authority, self._caller, message)
            case Ping(n):
                self._caller.send(Pong(n))
            case Pong(n):
                login.answered(self._caller, n)
            case Signal():
                if not caller.ready:
                    raise WireError("unexpected_message")
                if caller.outdated:
                    return
                group_ephemeral.signal(self._authority, caller, message)
            case _:
                self._request(message, MAIN[type(message)])

    def _request(self, message: Request, command: Command) -> None:
        authority, caller = self._authority, self._caller
        proven = command.kit and caller.kit is not None
        if caller.in_flight >= (IN_FLIGHT_AFTER if caller.ready or proven else IN_FLIGHT_BEFORE):
            raise WireError("too_many_requests")
        if caller.ready and not command.known:
            raise WireError("unexpected_message")
        try:
            if command.known and not (caller.ready or proven):
                raise error("not_logged_in")
            if caller.outdated and not isinstance(message, login.OUTDATED):
                raise error("moved")
            check_within(command, caller, message)
            result = command.run(authority, caller, message)
        except WireError:
            raise
        except HamrazError as refusal:
            authority.refuse(caller, message.rid, refusal)
            return
        if result is not None:
            authority.carry_out(caller, message.rid, result)


def pass_over(authority: Authority, caller: Caller, message: Unknown, size: int) -> None:
    """Answer a request of a later version, and let go by what is none (section 5.4)."""
    caller.bill(UNKNOWN, None, size)
    if message.rid is not None:
        authority.refuse(caller, message.rid, error("unknown_request"))


def told_by(authority: Authority, caller: Caller, message: Message) -> int:
    """How many a message may be passed on to: those in its group, or those who watch the caller."""
    gid = getattr(message, "gid", None)
    return authority.online.watchers(caller) if gid is None else authority.rooms.connected(gid)


def check_within(command: Command, caller: Caller, message: Request) -> None:
    """`not_member` for what is only said in a group that this connection has entered, said elsewhere."""
    if command.within and message.gid not in caller.entered:  # type: ignore[attr-defined]
        raise error("not_member")


def welcome(authority: Authority, caller: Caller, hello: Hello) -> None:
    """Prove who we are, on this connection's certificate and for this caller's nonce (section 3)."""
    if hello.version != messages.VERSION:
        raise WireError("wrong_version")
    if authority.strangers > STRANGERS_LIMIT:
        caller.fail(error("busy"))
        return
    caller.met = True
    words = Welcome(authority.key.public.raw, caller.fingerprint, hello.nonce, caller.nonce, authority.published.head)
    caller.send(Welcomed(issue(words, authority.key, authority.id)))
