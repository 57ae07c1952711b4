"""Both ends of connections for the transport's tests: a listener on loopback, and whoever calls it."""

from __future__ import annotations

import queue
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from transport.connection import Connection, dial
from transport.flusher import Flusher
from transport.listener import Listener
from transport.places import Places
from transport.tls import Certificate, server_context

LOOPBACK = "127.0.0.1"
SECONDS = 20  # by when anything must have happened
FLUSHER = Flusher()


class Place:
    """A listener that keeps every connection until the test is done with it."""

    def __init__(self, max_connections: int = 8, context: ssl.SSLContext | None = None) -> None:
        self.certificate = Certificate.generate()
        self._served: queue.Queue[Connection] = queue.Queue()
        self._over = threading.Event()
        context = context or server_context(self.certificate)
        self.listener = Listener(LOOPBACK, 0, context, FLUSHER, self._serve, Places(max_connections))
        self.listener.start()
        self._opened = ExitStack()

    @property
    def port(self) -> int:
        return self.listener.port

    def _serve(self, connection: Connection) -> None:
        self._served.put(connection)
        while not (connection.closed or self._over.is_set()):
            self._over.wait(0.02)
        # a test may read in a thread of its own, which a descriptor that is given back would not wake
        self._over.wait(0.3)

    def served(self) -> Connection:
        """The listener's end of the next connection."""
        return self._served.get(timeout=SECONDS)

    def nobody_served(self) -> bool:
        return self._served.empty()

    def dial(self) -> Connection:
        connection = dial(LOOPBACK, self.port, FLUSHER)
        self._opened.callback(connection.release)
        return connection

    def pair(self) -> tuple[Connection, Connection]:
        """Both ends of a new connection: the caller's and the listener's."""
        caller = self.dial()
        return caller, self.served()

    def raw(self) -> socket.socket:
        """A connection without TLS."""
        return self._opened.enter_context(socket.create_connection((LOOPBACK, self.port), timeout=SECONDS))

    def tls(self, context: ssl.SSLContext) -> ssl.SSLSocket:
        """A connection by a TLS client of the test's own."""
        return self._opened.enter_context(context.wrap_socket(self.raw()))

    def close(self) -> None:
        self._over.set()
        self.listener.close()
        self._opened.close()


@contextmanager
def place(max_connections: int = 8) -> Iterator[Place]:
    made = Place(max_connections)
    try:
        yield made
    finally:
        made.close()


def in_thread(run: Callable[[], object]) -> queue.Queue[object]:
    """Run it beside the test; what it returns or raises comes out of the queue."""
    result: queue.Queue[object] = queue.Queue()

    def note() -> None:
        try:
            result.put(run())
        except BaseException as reason:
            result.put(reason)

    threading.Thread(target=note, daemon=True).start()
    return result
