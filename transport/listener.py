"""A listening TLS socket: accepts, shakes hands in a thread of each connection's own, and hands the connection over."""

from __future__ import annotations

import _socket
import contextlib
import errno
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from protocol.errors import Unreachable
from transport import threads
from transport.connection import HANDSHAKE_SECONDS, Connection, accept
from transport.flusher import TURN_SECONDS, Flusher
from transport.places import Place, Places
from transport.ready import wait

BACKLOG = 4096  # Linux' own limit
# Whom the system holds until a first byte, or a second has passed: a client speaks first (section 3.4), so who hangs up
# without a word, and there may be thousands a second of those, has no thread here that it would have to wake.
DEFER_SECONDS = 1


@dataclass(frozen=True, slots=True)
class Idle:
    """Nothing is expected on a connection for now, and it has no thread: `resume()` goes on, in one of its own, once it
    can be read, has ended, or so many seconds have passed.

    Before that, when it can be read, `glance()` is called in the thread that waits for all: for how many seconds it is
    idle again, if that was nothing that takes time. It never blocks, and never raises.
    """

    seconds: float
    resume: Callable[[], Idle | None]
    glance: Callable[[], float | None] = lambda: None


class Listener:
    """Bound when the constructor returns. `serve(connection)` runs in a thread of that connection, which then ends, and
    the connection with it unless it is idle.
    """

    def __init__(
        self,
        host: str,
        port: int,
        context: ssl.SSLContext,
        flusher: Flusher,
        serve: Callable[[Connection], Idle | None],
        places: Places,  # perhaps with other listeners together
    ) -> None:
        self._sock = _bind(host, port)
        self.host: str = host
        self.port: int = self._sock.getsockname()[1]
        self._context = context
        self._flusher = flusher
        self._serve = serve
        self._places = places
        # The same descriptor without what `socket` adds, a third of the cost of each caller.
        self._bare = _socket.socket(fileno=self._sock.fileno())
        self._bare.setblocking(False)
        self._closed = False

    def start(self) -> None:
        """Begin to accept."""
        threads.keep("listener", self._turn, self._flusher.troubles, time.sleep, lambda: self._closed)

    def close(self) -> None:
        """Stop to accept; connections go on."""
        self._closed = True
        with contextlib.suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)
        self._bare.detach()
        self._sock.close()

    def _turn(self) -> None:
        """Take those who have called, for a millisecond at most, or until one is let in; then it is others' turn: as
        long as somebody waits to be accepted, this thread would never rest.
        """
        wait(self._sock, False, None)
        until = time.monotonic() + TURN_SECONDS
        while not self._take() and time.monotonic() < until:
            pass
        time.sleep(0)

    def _take(self) -> bool:
        """Take one caller; whether nobody else can be taken in this turn. Of those who have left already, and of those
        who find no place, dozens fit into it: behind them newcomers wait, whom the system drops if they are too many.
        """
        try:
            number, address = self._bare._accept()  # type: ignore[attr-defined]  # what `socket.accept` calls
        except BlockingIOError:
            return True
        except OSError as reason:
            if reason.errno in (errno.EBADF, errno.EINVAL):
                self._closed = True
            if not self._closed:
                time.sleep(0.05)  # out of file descriptors: they come back when somebody leaves
            return True
        caller = _socket.socket(fileno=number)
        with contextlib.ExitStack() as undo:
            undo.callback(caller.close)
            spoken = _has_spoken(caller)
            place = None if spoken is False else self._places.enter(str(address[0]))
            if place is None:
                return False
            undo.callback(place.leave)
            place.on_give_up(partial(_hang_up, caller))
            if not spoken:  # neither a token nor a thread is theirs before they say something
                self._flusher.waiting.add(caller, HANDSHAKE_SECONDS, partial(self._heard, caller, place))
            undo.pop_all()
        if spoken:
            self._let_in(caller, place)
        return bool(spoken)

    def _heard(self, caller: _socket.socket, place: Place, ready: bool) -> None:
        """Who has said nothing so far has said something, has left, or has let the time pass."""
        if ready and not place.given_up and _has_spoken(caller):
            self._let_in(caller, place)
        else:
            self._turn_away(caller, place)

    def _let_in(self, caller: _socket.socket, place: Place) -> None:
        go, turn_away = partial(self._start, caller, place), partial(self._turn_away, caller, place)
        place.let_in(go, turn_away, self._flusher.troubles)

    def _turn_away(self, caller: _socket.socket, place: Place) -> None:
        caller.close()
        place.leave()

    def _start(self, caller: _socket.socket, place: Place) -> None:
        with contextlib.ExitStack() as undo:
            undo.callback(caller.close)
            undo.callback(place.leave)
            threads.begin("connection", self._connected, self._flusher.troubles, caller, place)
            undo.pop_all()

    def _connected(self, caller: _socket.socket, place: Place) -> None:
        with contextlib.ExitStack() as undo:
            undo.callback(place.leave)
            try:
                connection = accept(caller.detach(), self._context, self._flusher, place)
            except Unreachable:
                return  # no TLS 1.3 within the time: nothing was said yet
            undo.pop_all()
        self._go_on(connection, place, partial(self._serve, connection))

    def _go_on(self, connection: Connection, place: Place, run: Callable[[], Idle | None]) -> None:
        """Until there is nothing to do for it: then its thread ends, and at its end the connection."""
        waits = False
        try:
            with contextlib.suppress(Unreachable):
                idle = run()
                if idle is not None:
                    connection.when_ready(idle.seconds, partial(self._wake, connection, place, idle))
                    waits = True
        finally:
            if not waits:
                self._end(connection, place)

    def _wake(self, connection: Connection, place: Place, idle: Idle, ready: bool) -> float | None:
        with contextlib.ExitStack() as undo:
            undo.callback(self._end, connection, place)
            again = idle.glance() if ready else None
            if again is None:
                threads.begin("connection", self._go_on, self._flusher.troubles, connection, place, idle.resume)
            undo.pop_all()
        return again

    def _end(self, connection: Connection, place: Place) -> None:
        try:
            connection.release()
        finally:
            place.leave()


def _has_spoken(caller: _socket.socket) -> bool | None:
    """Whether who called has said something; None if not yet, False if they have hung up already."""
    caller.setblocking(False)
    try:
        return bool(caller.recv(1, socket.MSG_PEEK))
    except BlockingIOError:
        return None
    except OSError:
        return False


def _hang_up(caller: _socket.socket) -> None:
    with contextlib.suppress(OSError):
        caller.shutdown(socket.SHUT_RDWR)


def check_host(host: str, port: int = 0) -> None:
    """Raise `address_unusable` or `port_taken` unless this machine can listen there."""
    _bind(host, port).close()


def _bind(host: str, port: int) -> socket.socket:
    """A listening socket; an empty host means every address, IPv4 and IPv6. `port_taken` or `address_unusable`."""
    both = not host and socket.has_dualstack_ipv6()
    family = socket.AF_INET6 if both or ":" in host else socket.AF_INET
    try:
        sock = socket.create_server((host, port), family=family, backlog=BACKLOG, dualstack_ipv6=both)
    except (OSError, OverflowError) as reason:
        # a name that doesn't resolve has an errno of the resolver's own
        if isinstance(reason, OSError) and reason.errno not in (errno.EADDRINUSE, errno.EACCES):
            raise Unreachable("address_unusable", address=host) from None
        raise Unreachable("port_taken", port=port) from None
    if hasattr(socket, "TCP_DEFER_ACCEPT"):  # Linux; elsewhere they cost a thread for as long as they stay
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, DEFER_SECONDS)
    return sock
