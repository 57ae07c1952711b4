"""A listening TLS socket: accepts, shakes hands in a thread of each connection's own, and hands the connection over."""

from __future__ import annotations

import contextlib
import errno
import socket
import ssl
import time
from collections.abc import Callable

from protocol.errors import Unreachable
from transport import threads
from transport.connection import Connection, accept
from transport.flusher import TURN_SECONDS, Flusher
from transport.places import Place, Places

BACKLOG = 1024


class Listener:
    """Bound when the constructor returns. `serve(connection)` runs in a thread of that connection, which then ends."""

    def __init__(
        self,
        host: str,
        port: int,
        context: ssl.SSLContext,
        flusher: Flusher,
        serve: Callable[[Connection], None],
        places: Places,  # perhaps with other listeners together
    ) -> None:
        self._sock = _bind(host, port)
        self.host: str = host
        self.port: int = self._sock.getsockname()[1]
        self._context = context
        self._flusher = flusher
        self._serve = serve
        self._places = places
        self._closed = False
        self._rested = 0.0  # when others had their turn last

    def start(self) -> None:
        """Begin to accept."""
        threads.keep("listener", self._turn, self._flusher.troubles, time.sleep, lambda: self._closed)

    def close(self) -> None:
        """Stop to accept; connections go on."""
        self._closed = True
        with contextlib.suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)
        self._sock.close()

    def _turn(self) -> None:
        """Take one caller."""
        try:
            raw, address = self._sock.accept()
        except OSError as reason:
            if reason.errno in (errno.EBADF, errno.EINVAL):
                self._closed = True
            if not self._closed:
                time.sleep(0.05)  # out of file descriptors: they come back when somebody leaves
            return
        with contextlib.ExitStack() as undo:
            undo.callback(raw.close)
            place = None if _has_left(raw) else self._places.enter(str(address[0]))
            if place is not None:
                undo.callback(place.leave)
                threads.spawn("connection", self._connected, self._flusher.troubles, raw, place)
                undo.pop_all()
        # Others' turn: as long as somebody waits to be accepted, this thread would never rest. Of those who are not let
        # in many fit into a millisecond; behind them newcomers wait, whom the system drops if they are too many.
        if place is not None or time.monotonic() > self._rested + TURN_SECONDS:
            time.sleep(0)
            self._rested = time.monotonic()

    def _connected(self, raw: socket.socket, place: Place) -> None:
        try:
            with accept(raw, self._context, self._flusher, place) as connection:
                self._serve(connection)
        except Unreachable:
            pass  # no TLS 1.3 within the time: nothing was said yet
        finally:
            place.leave()


def _has_left(raw: socket.socket) -> bool:
    """Whether who called has hung up already: a flood of these costs neither a place nor a thread."""
    raw.setblocking(False)
    try:
        return not raw.recv(1, socket.MSG_PEEK)
    except BlockingIOError:
        return False  # nothing was said yet
    except OSError:
        return True


def check_host(host: str, port: int = 0) -> None:
    """Raise `address_unusable` or `port_taken` unless this machine can listen there."""
    _bind(host, port).close()


def _bind(host: str, port: int) -> socket.socket:
    """A listening socket; an empty host means every address, IPv4 and IPv6. `port_taken` or `address_unusable`."""
    try:
        if not host and socket.has_dualstack_ipv6():
            return socket.create_server(("", port), family=socket.AF_INET6, backlog=BACKLOG, dualstack_ipv6=True)
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except (OSError, OverflowError) as reason:
        # a name that doesn't resolve has an errno of the resolver's own
        if isinstance(reason, OSError) and reason.errno not in (errno.EADDRINUSE, errno.EACCES):
            raise Unreachable("address_unusable", address=host) from None
        raise Unreachable("port_taken", port=port) from None
