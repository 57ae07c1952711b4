"""Real sockets for an agent: dial the authority and other agents, and listen for them. Tests have one in memory
instead.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

from protocol import messages
from protocol.errors import HamrazError, WireError
from transport.addresses import MOST, hosts_of, own_addresses, own_networks, stands
from transport.connection import Connection
from transport.discovery import Sighting
from transport.flusher import Flusher
from transport.listener import Listener
from transport.places import Places, place_of
from transport.tls import Certificate, server_context
from web_client.net.channel import Channel, OnClosed, OnPush, few, open_channel
from web_client.net.finder import Finder

MAX_CALLERS = 256
STRANGERS, STRANGERS_OF_ONE = 64, 32  # of them, whoever has not proved who they are yet
CALLER_SILENCE = 120.0  # seconds; a caller who has more to say just calls again
STRANGER_SECONDS = 10.0  # to prove who is calling; an agent needs less than one


class IncomingSession(Protocol):
    """What is made for each caller: it takes bodies, and answers through `send`."""

    @property
    def uid(self) -> bytes | None:
        """Who is calling, once that is proven."""

    @property
    def limit(self) -> int:
        """The longest body that is taken now."""

    @property
    def proven(self) -> bool:
        """Whether the caller has proved who they are."""

    @property
    def charged(self) -> int:
        """Units of all that has come and been answered (section 11.1)."""

    def receive(self, body: bytes) -> None:
        """Take one body. Never raises."""


NewSession = Callable[[Callable[[bytes], None], Callable[[], None]], IncomingSession]


class Network(Protocol):
    """What an agent needs of the network."""

    @property
    def fingerprint(self) -> bytes:
        """The certificate of this agent's listener, new at every start."""

    @property
    def port(self) -> int:
        """Where it listens."""

    def listen(self, new_session: NewSession) -> None: ...

    def hosts(self, local_host: str) -> list[str]:
        """The addresses to publish, given this side's address on the link to the authority."""

    def find_authority(self, authority_id: bytes) -> list[Sighting]:
        """Where this authority is announced on this network; the first question begins to look."""

    def stop_finding(self) -> None:
        """The authority is found: look no more."""

    def addresses(self) -> list[str]:
        """This machine's addresses now, loopback left out."""

    def networks(self) -> list[str]:
        """The networks that these are in."""

    def moved(self) -> None:
        """The addresses have changed: cut off callers who came by one that is gone, look around anew."""

    def dial_authority(self, hosts: list[str], port: int, on_push: OnPush, on_closed: OnClosed) -> Channel: ...

    def dial_group(self, hosts: list[str], port: int, on_push: OnPush, on_closed: OnClosed) -> Channel: ...

    def dial_peer(self, hosts: list[str], port: int, fingerprint: bytes, on_push: OnPush) -> Channel: ...

    def close(self) -> None: ...


class SocketNetwork:
    """TLS sockets. `listen_host` empty means every address, `listen_port` 0 any free port."""

    def __init__(
        self, flusher: Flusher, listen_host: str = "", listen_port: int = 0, finder: Finder | None = None
    ) -> None:
        self._flusher = flusher
        self._finder = finder or Finder(False, lambda found: None)
        self._listen_host = listen_host
        self._listen_port = listen_port
        self._certificate = Certificate.generate()
        self._listener: Listener | None = None
        self._callers: set[Connection] = set()
        self._closed = False
        self.fingerprint = self._certificate.fingerprint

    @property
    def port(self) -> int:
        assert self._listener is not None
        return self._listener.port

    def listen(
        self, new_session: NewSession, on_left: Callable[[IncomingSession], None] = lambda session: None
    ) -> None:
        places = Places(MAX_CALLERS, STRANGERS, STRANGERS_OF_ONE)

        def serve(connection: Connection) -> None:
            session, charged = new_session(connection.send_at_once, connection.close), 0
            place = place_of(connection.remote_address)
            proof_by = time.monotonic() + STRANGER_SECONDS
            self._callers.add(connection)
            if self._closed:  # meanwhile
                connection.close()

            def patience() -> float:
                return CALLER_SILENCE if session.proven else max(0.0, proof_by - time.monotonic())

            try:
                while (body := connection.receive(patience())) is not None:
                    with places.turns.turn(session.uid or place, charged, connection.waited) as turn:
                        session.receive(body)
                        turn.units, charged = session.charged - charged, session.charged
                    connection.limit = session.limit
                    connection.wait_while_behind()
            except WireError as reason:
                connection.send(messages.encode(messages.failure(0, reason)))
                connection.close()
            except HamrazError as reason:  # silent, or nobody, for too long
                if not session.proven:
                    connection.send(messages.encode(messages.failure(0, reason)))
            finally:
                self._callers.discard(connection)
                on_left(session)
                connection.flush()  # what was said last goes out before the descriptor is given back

        context = server_context(self._certificate)
        self._listener = Listener(self._listen_host, self._listen_port, context, self._flusher, serve, places)
        self._listener.start()

    def hosts(self, local_host: str) -> list[str]:
        # The address that leads to the authority first; then the others, as somebody may be near by one of those only.
        found = hosts_of(self._listen_host)
        ours = [local_host] if not self._listen_host or local_host in found else []
        return list(dict.fromkeys([*ours, *found]))[:MOST] or [local_host]

    def addresses(self) -> list[str]:
        return own_addresses()

    def networks(self) -> list[str]:
        return own_networks()

    def find_authority(self, authority_id: bytes) -> list[Sighting]:
        return self._finder.of(authority_id)

    def stop_finding(self) -> None:
        self._finder.rest()

    def moved(self) -> None:
        self._finder.look_again()
        here = own_addresses()
        for connection in list(self._callers):
            if not stands(connection.local_address, here):
                connection.close()

    def dial_authority(self, hosts: list[str], port: int, on_push: OnPush, on_closed: OnClosed) -> Channel:
        return open_channel(hosts, port, None, messages.FromAuthority, self._flusher, on_push, on_closed)

    def dial_group(self, hosts: list[str], port: int, on_push: OnPush, on_closed: OnClosed) -> Channel:
        return open_channel(hosts, port, None, messages.FromGroup, self._flusher, on_push, on_closed)

    def dial_peer(self, hosts: list[str], port: int, fingerprint: bytes, on_push: OnPush) -> Channel:
        kinds, flusher = messages.FromPeer, self._flusher
        return open_channel(hosts, port, fingerprint, kinds, flusher, on_push, may_say=few())

    def dial_move(self, hosts: list[str], port: int) -> Channel:
        """A computer that an account moves from; its certificate is what people compare."""
        return open_channel(hosts, port, None, messages.FromOld, self._flusher)

    def close(self) -> None:
        """Nobody hears of this agent any more: whoever is connected is cut off too."""
        self._closed = True
        if self._listener is not None:
            self._listener.close()
        for connection in list(self._callers):
            connection.close()
