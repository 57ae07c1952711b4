"""One connection's side of the protocol at the authority: bodies in, bodies out. Knows no socket and no thread.

NEW --HELLO--> MET --LOG_IN--> IN on the main port; NEW --HELLO--> MET --ENTER--> IN on a group's, where it may enter
further groups of the same person's, and ends when it has left the last. Whatever is out of its place ends the
connection with a named error.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from authority_server.core.authority import Authority
from authority_server.core.client import Client
from authority_server.core.jobs import Steps, Write
from authority_server.core.nodes import Nodes
from authority_server.handlers import group_ephemeral, login
from authority_server.handlers.routes import GROUP, MAIN, OTHERS, REFUSED, UNKNOWN, Command
from protocol import frames, messages
from protocol.errors import HamrazError, WireError, error
from protocol.messages import Hello, Ping, Pong, Request, Signal, ToAuthorityFirst, Unknown, Welcomed
from protocol.statements import Welcome, issue

STRANGER_MS = 10_000  # to log in: an agent needs less than one; typing happens before it connects
SILENT_MS = 25_000  # after which a sign of life is asked for; agents ask after 15 s, so this is the second line
ANSWER_MS = 10_000  # a network that is out for longer has cut the connection: noticed within 35 s
STRANGERS_LIMIT = 2_000  # connections that are not logged in, all together: each may hold 4 KiB and a thread
LOG_ENDS = "log_behind"  # of what is asked for nothing is here: said to nobody, for it is no refusal
# What another node may know better, for as long as a batch of its is on its way here: most of all who somebody is.
IN_DOUBT = {
    "bad_proof",
    "file_gone",
    LOG_ENDS,
    "moved",
    "no_invitation",
    "no_key",
    "not_member",
    "owner_code_wrong",
    "owner_first",
    "profile_gone",
    "revoked",
    "role_not_allowed",
    "stale",
    "unknown_user",
}
IN_FLIGHT_BEFORE, IN_FLIGHT_AFTER = 1, 64  # requests of one connection that wait for the disk

SIGNS_OF_LIFE = tuple(messages.encode(kind(0))[1:6] for kind in (Ping, Pong))  # the tag, behind the array's length

Commands = Mapping[type[Request], Command]


def _kinds(commands: Commands) -> Any:
    """The union of what may come: before HELLO is answered, nothing else is even decoded."""
    return functools.reduce(operator.or_, commands) | Signal | Ping | Pong


class Session:
    """One on the main port. Call `receive` for each body, `expire` when `deadline` is reached, and `closed` once at
    the end.
    """

    COMMANDS: Commands = MAIN
    KINDS = _kinds(MAIN)

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
        self.client = Client(remote, fingerprint, now, send, close, heard=now, send_frame=send_frame)
        with authority.lock:
            authority.strangers += 1

    @property
    def known(self) -> bool:
        """Whether it is known who is calling, and they are in."""
        return self.client.ready

    @property
    def limit(self) -> int:
        """The frame limit in force, in bytes: raised right before the answer to LOG_IN or ENTER is sent."""
        return frames.LIMIT_AFTER_LOGIN if self.known else frames.LIMIT_BEFORE_LOGIN

    @property
    def deadline(self) -> int:
        """When `expire` wants to be called, in ms of the authority's clock; it moves with every body."""
        client = self.client
        if client.takeover is not None:
            return client.takeover.deadline
        if not self.known:
            return client.since + STRANGER_MS if not client.in_flight else self._authority.clock() + STRANGER_MS
        return client.heard + SILENT_MS + (0 if client.ping is None else ANSWER_MS)

    @staticmethod
    def is_sign_of_life(body: bytes) -> bool:
        """Whether it is a ping or its answer, as everybody encodes them: `receive` does at once what there is to do."""
        return body[1:6] in SIGNS_OF_LIFE

    def receive(self, body: bytes) -> None:
        """Take one body in; answers go out through `send`, now or after a commit. Between the parts of a long answer
        others have a turn.
        """
        with self._authority.lock:
            steps = self._receive(body)
        while steps is not None:
            self._authority.give_way()
            with self._authority.lock:
                steps = None if self.client.closed else self._go_on(*steps)

    def _receive(self, body: bytes) -> tuple[int, Steps] | None:
        """Take it in; the rest of what it asks for, if that takes longer than a turn."""
        client = self.client
        if client.closed:
            return None
        client.heard = self._authority.clock()
        try:
            message = messages.decode(body, self.KINDS if client.met else ToAuthorityFirst, later=self.known)
            if not isinstance(message, Unknown):
                return self._take(message, len(body))
            client.bill(UNKNOWN, None, len(body))  # a later version's (section 5.4); what is no request is let go by
            if message.rid is not None:
                self._authority.refuse(client, message.rid, error("unknown_request"))
        except WireError as reason:
            client.charged += REFUSED.of(None, len(body))
            client.fail(reason)
        return None

    def expire(self) -> None:
        """The deadline has come: a takeover is decided, a silent agent is asked, one that stays silent is given up."""
        with self._authority.lock:
            client = self.client
            if client.closed or self._authority.clock() < self.deadline:
                return
            if client.takeover is not None:
                login.overdue(self._authority, client)
            elif self.known and client.ping is None:
                client.ask()
            else:
                client.fail(error("timed_out"))

    def fail(self, reason: HamrazError) -> None:
        """The stream itself is broken: say so and end."""
        with self._authority.lock:
            self.client.fail(reason)

    def closed(self) -> None:
        """The connection has ended, whoever ended it."""
        with self._authority.lock:
            client = self.client
            client.closed = True
            if not self.known:
                self._authority.strangers -= 1
            self._authority.ports.leave(client)
            self._authority.group_connections.leave(client)
            self._authority.holds.leave(client)
            login.left(self._authority, client)

    def _take(self, message: Any, size: int) -> tuple[int, Steps] | None:
        client, command = self.client, self.COMMANDS.get(type(message))
        charge = OTHERS[type(message)] if command is None else command.charge
        # those in its group, or those who watch the client: to whom it may be passed on
        gid, authority = getattr(message, "gid", None), self._authority
        told = authority.online.watchers(client) if gid is None else authority.group_connections.connected(gid)
        client.bill(charge, message, size, told)
        match message:
            case Hello():
                welcome(self._authority, client, message)
            case Ping(n):
                client.send(Pong(n))
            case Pong(n):
                login.answered(client, n)
            case Signal():
                if not self.known:
                    raise WireError("unexpected_message")
                if not client.outdated:
                    group_ephemeral.signal(self._authority, client, message)
            case _:
                return self._request(message, self.COMMANDS[type(message)])
        return None

    def _request(self, message: Request, command: Command) -> tuple[int, Steps] | None:
        authority, client = self._authority, self.client
        proven = command.kit and client.kit is not None
        if client.in_flight >= (IN_FLIGHT_AFTER if self.known or proven else IN_FLIGHT_BEFORE):
            raise WireError("too_many_requests")
        if client.ready and not command.known:
            raise WireError("unexpected_message")
        try:
            result = self._run(message, command, proven, authority.nodes is None)
        except WireError:
            raise
        except HamrazError as refusal:
            if authority.nodes is not None and refusal.code in IN_DOUBT:
                self._look_again(authority.nodes, message, command, proven, refusal)
            else:
                authority.refuse(client, message.rid, refusal)
            return None
        return self._answer(message.rid, result)

    def _run(
        self, message: Request, command: Command, proven: bool, sure: bool
    ) -> messages.Answer | Write[Any] | Steps | None:
        """`sure`: nothing that another node may have written decides it."""
        authority, client = self._authority, self.client
        if command.known and not (self.known or proven):
            raise error("not_logged_in")
        if client.outdated and not isinstance(message, login.OUTDATED):
            raise error("moved")
        if command.within and message.gid not in client.entered:  # type: ignore[attr-defined]
            raise error("not_member")
        authority.limits.sure = sure
        try:
            return command.run(authority, client, message)
        finally:
            authority.limits.sure = True

    def _look_again(self, nodes: Nodes, message: Request, command: Command, proven: bool, refusal: HamrazError) -> None:
        """Refuse it only if another node has written nothing that says otherwise."""
        tells = refusal.code == LOG_ENDS  # what is here, though the database is away
        authority, client = self._authority, self.client

        def done(outcome: object) -> None:
            client.in_flight -= 1
            if client.closed:
                return
            try:
                if isinstance(outcome, HamrazError) and not tells:
                    raise outcome
                result = self._run(message, command, proven, True)
            except WireError as reason:
                client.fail(reason)
            except HamrazError as refusal:
                authority.refuse(client, message.rid, refusal)
            else:
                steps = self._answer(message.rid, result)
                while steps is not None:  # seldom: of a group that one has come into meanwhile
                    steps = self._go_on(*steps)

        client.in_flight += 1
        nodes.catch_up(done, client.account)

    def _answer(self, rid: int, result: messages.Answer | Write[Any] | Steps | None) -> tuple[int, Steps] | None:
        """Of a long answer the first part; what is left of it, if anything is."""
        if isinstance(result, Iterator):
            return self._go_on(rid, result)
        if result is not None:
            self._authority.carry_out(self.client, rid, result)
        return None

    def _go_on(self, rid: int, steps: Steps) -> tuple[int, Steps] | None:
        """One more step of a long answer; what is left of it, or nothing once it has been answered."""
        try:
            answer = next(steps)
        except HamrazError as refusal:
            self._authority.refuse(self.client, rid, refusal)
            return None
        if answer is None:
            return rid, steps
        self._authority.carry_out(self.client, rid, answer)
        return None


class GroupSession(Session):
    """One on a group's port: a proof for some group lets it in."""

    COMMANDS = GROUP
    KINDS = _kinds(GROUP)

    @property
    def known(self) -> bool:
        return self.client.uid is not None


def welcome(authority: Authority, client: Client, hello: Hello) -> None:
    """Prove who we are, on this connection's certificate and for this client's nonce (section 3)."""
    if hello.version != messages.VERSION:
        raise WireError("wrong_version")
    if authority.strangers > STRANGERS_LIMIT or (authority.nodes is not None and authority.nodes.away):
        client.fail(error("busy"))
        return
    client.met = True
    words = Welcome(authority.key.public.raw, client.fingerprint, hello.nonce, client.nonce, authority.published.head)
    client.send(Welcomed(issue(words, authority.key, authority.id)))
