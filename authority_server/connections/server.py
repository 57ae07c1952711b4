"""The authority on real sockets: its main port, its groups' ports, and for each connection a thread that drives it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from authority_server.connections.session import GroupSession, Session
from authority_server.core.attempt import attempt
from authority_server.core.authority import Authority
from protocol.errors import Unreachable, WireError
from transport.body_memory import BodyMemory
from transport.connection import Connection
from transport.flusher import Flusher
from transport.listener import Idle, Listener
from transport.places import Places
from transport.tls import Certificate, server_context

LINGER_SECONDS = 0.5  # who is in and has said nothing for so long has no thread until they say something


class Server:
    """Bound when the constructor returns; `port_taken` or `address_unusable`."""

    def __init__(self, authority: Authority, host: str, port: int, max_connections: int) -> None:
        self._authority = authority
        self._host = host
        self._places = Places(max_connections)  # on all ports together
        self._certificate = Certificate.generate()
        self._body_memory = BodyMemory()
        self._connections: set[Connection] = set()
        self._ended = False  # under the authority's lock
        self._context = server_context(self._certificate)
        self._flusher = Flusher(authority.troubles)
        self._listener = self._listen(port, Session)
        self.port = self._listener.port

    def start(self) -> None:
        self._listener.start()

    def _listen(self, port: int, kind: type[Session] | type[GroupSession]) -> Listener:
        def serve(connection: Connection) -> Idle | None:
            return self._serve(connection, kind)

        return Listener(self._host, port, self._context, self._flusher, serve, self._places)

    def bind_group(self, port: int) -> Callable[[], None]:
        """Listen on a group's port; returns how to stop. `port_taken`."""
        listener = self._listen(port, GroupSession)
        listener.start()
        return listener.close

    def close(self) -> None:
        """Stop to accept, end all connections, wait for the request that is carried out now: none follows it.

        A database that is closed while it is asked takes the whole process with it.
        """
        self._listener.close()
        self._authority.ports.close()
        for connection in list(self._connections):
            connection.close()
        with self._authority.lock:
            self._ended = True

    def _serve(self, connection: Connection, kind: type[Session] | type[GroupSession]) -> Idle | None:
        def send(body: bytes) -> None:
            connection.limit = session.limit  # before the answer is out, or the next frame could come too early
            connection.send(body)

        session = kind(
            self._authority,
            self._certificate.fingerprint,
            send,
            connection.close,
            connection.remote_address,
            connection.send_frame,
        )
        self._connections.add(connection)
        connection.find_room, connection.give_room = self._body_memory.of(lambda: session.client.account)
        return self._go_on(connection, session, False)

    def _go_on(self, connection: Connection, session: Session | GroupSession, woken: bool = True) -> Idle | None:
        """Talk until the end, or until there is nothing to say for now."""
        outcome = attempt(lambda: self._talk(connection, session, woken))
        if isinstance(outcome, Idle):
            return outcome
        if isinstance(outcome, Exception) and not isinstance(outcome, Unreachable):  # who has waited for too long
            self._authority.troubles.mistake("connection", outcome)
        self._connections.discard(connection)
        try:
            session.closed()
        finally:
            connection.close()
            connection.flush()  # what was said last, such as why it ends, goes out before the descriptor is given back
        return None

    def _talk(self, connection: Connection, session: Session | GroupSession, woken: bool) -> Idle | None:
        """The connection loop: bodies in until the end, each in its account's turn, and time when it has come.
        `woken`: after it had nothing to say.
        """
        turns, client = self._places.turns, session.client
        body: bytes | None
        while True:
            connection.wait_while_behind()
            patience = self._patience(session)
            # who isn't in may be in as soon as the disk has it
            linger = min(patience, LINGER_SECONDS) if session.known or client.in_flight else patience
            try:
                body = connection.receive(linger)
            except Unreachable:
                left = self._patience(session)  # another one, if they are in meanwhile
                if left and session.known and connection.between:
                    glance = partial(self._glance, connection, session)
                    return Idle(left, partial(self._go_on, connection, session), glance)
                session.expire()
                continue
            except WireError as reason:
                session.fail(reason)
                return None
            if body is None:
                return None
            waited, woken = connection.waited or woken, False
            with turns.turn(client.account, client.spent, waited and not client.in_flight) as turn:
                while body is not None:
                    with self._authority.lock:
                        if self._ended:
                            return None
                        session.receive(body)
                    # with what was answered meanwhile, after a commit
                    turn.units = client.charged - client.paid
                    body = connection.at_hand() if session.known and turns.goes_on(turn) else None
                client.paid = client.charged

    def _glance(self, connection: Connection, session: Session | GroupSession) -> float | None:
        """Take in a sign of life, which most of what idle ones say is: the seconds until its deadline. None if anything
        else has come, or it is an account's that waits for its turns: that is for a thread.
        """
        outcome = attempt(lambda: self._take_sign(connection, session))
        if isinstance(outcome, Exception):
            self._authority.troubles.mistake("connection", outcome)
            connection.close()  # its thread sees to the end
            return None
        return outcome

    def _take_sign(self, connection: Connection, session: Session | GroupSession) -> float | None:
        turns, client = self._places.turns, session.client
        body = None if turns.is_slow(client.account) else connection.at_hand()
        if body is None:
            return None
        if not session.is_sign_of_life(body):
            connection.put_back(body)
            return None
        with self._authority.lock:
            if self._ended:
                return None
            session.receive(body)
        turns.spend(client.account, client.charged - client.paid)
        client.paid = client.charged
        return self._patience(session) if connection.between else None

    def _patience(self, session: Session | GroupSession) -> float:
        """Seconds until its deadline."""
        return max(0, session.deadline - self._authority.clock()) / 1000
