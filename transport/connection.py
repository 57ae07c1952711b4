"""A framed TLS connection that is read and written at once, by OS threads or green ones.

One lock stands round the SSL object, because OpenSSL breaks when two threads use it; waiting happens outside it.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Literal

from protocol import frames
from protocol.errors import Unreachable, WireError
from transport import threads
from transport.body_memory import LONG
from transport.flusher import SHARE, Flusher
from transport.places import Place
from transport.ready import wait
from transport.threads import Troubles
from transport.tls import client_context, fingerprint_of
from transport.tls_socket import TlsSocket

HANDSHAKE_SECONDS = 10.0
HANDSHAKE_UNITS = 8  # of each of its two steps (section 11.1)
# A reader this far behind is cut off and catches up by asking again: four of the longest frames.
OUT_LIMIT = 4 * (4 + frames.LIMIT_AFTER_LOGIN)
# What it has asked for and not taken yet, before it is heard again: one long answer waits beside this, not eight.
LISTEN_LIMIT = 256 * 1024
READ_SIZE = 16 * 1024  # one TLS record
READ_COST = 1024  # to read a record costs as much time as so many bytes of it, even if it has one
WRITE_SIZE = 64 * 1024  # in one call, which neither waits nor lets others write
STALLED_SECONDS = 20.0  # a reader that takes nothing for so long is gone; it comes back by itself
CLOSING_SECONDS = 2.0


class Connection:
    """Whole bodies both ways. Any thread may send or close; one thread receives, and releases when it is done."""

    def __init__(self, sock: TlsSocket, flusher: Flusher, place: Place | None = None) -> None:
        self._sock = sock
        self._place = place  # at our listener; None where we have called
        self._flusher = flusher
        self._splitter = frames.Splitter()
        self._lock = threading.Lock()  # round the SSL object and the out-list
        self._out: list[bytes] = []
        self._offered = memoryview(b"")  # of what was queued before it, what the socket has not taken yet
        self._out_size = 0  # bytes of both
        self._blocked = False  # a drainer waits until the socket can be written
        self._closing = False
        self._closed = False
        self.waited = True  # the body that was received last was not there already: its sender is patient
        # asked before a long body is read; the other one once it has been carried out, or the connection has ended
        self.find_room: Callable[[int], bool] = lambda size: True
        self.give_room: Callable[[int], None] = lambda size: None
        self._room = 0  # bytes that were found for the body under way
        self.remote_address: str = sock.getpeername()[0]
        self.local_address: str = sock.getsockname()[0]

    @property
    def limit(self) -> int:
        """The frame body limit in force, in bytes; raised after log-in."""
        return self._splitter.limit

    @limit.setter
    def limit(self, limit: int) -> None:
        known = self._splitter.limit <= frames.LIMIT_BEFORE_LOGIN < limit
        self._splitter.limit = limit
        if known and self._place is not None:
            self._place.prove()

    def wait_while_behind(self) -> None:
        """Return once the other side has taken enough of what it was sent to be listened to again.

        It is cut off if it takes nothing for too long. What only waits for this turn's end is out in a millisecond.
        """
        pause = 0.001
        while self._out_size > LISTEN_LIMIT and not self._closed:
            time.sleep(pause)
            pause = min(2 * pause, 0.05)

    @property
    def closed(self) -> bool:
        return self._closed

    @property
    def troubles(self) -> Troubles:
        """Where a thread that serves this connection tells what fails."""
        return self._flusher.troubles

    def certificate(self) -> bytes:
        """The fingerprint of the certificate that *this side saw on this socket*, 32 bytes (client side)."""
        der = self._sock.certificate()
        if der is None:
            raise Unreachable("timed_out")
        return fingerprint_of(der)

    def receive(self, timeout: float | None = None) -> bytes | None:
        """The next body; None once the connection has ended. Raises WireError, or `timed_out` in time."""
        deadline = None if timeout is None else time.monotonic() + timeout
        self.waited, read = False, 0
        self._leave_room()
        while True:
            body = self._splitter.next_body()
            if body is not None:
                return body
            if self._splitter.length > LONG and not self._room:
                self._find_room(self._splitter.length)
            data = self._read(deadline)
            if not data:
                if not self._closed:
                    self._splitter.end()
                return None
            self._splitter.feed(data)
            read += len(data) + READ_COST
            if read >= SHARE:  # who sends without an end is read no faster than others
                read = 0
                time.sleep(0)

    def at_hand(self) -> bytes | None:
        """The body after the one that was received last, if all of it is here; else None: `receive` sees to it."""
        if self._room or self._out_size > LISTEN_LIMIT:
            return None
        with contextlib.suppress(WireError):  # which stays there
            body = self._splitter.next_body()
            if body is None and (data := self._read(None, waits=False)):
                self._splitter.feed(data)
                body = self._splitter.next_body()
            return body
        return None

    @property
    def between(self) -> bool:
        """Whether nothing of a next body has come yet."""
        return not self._room and not self._splitter.length

    def put_back(self, body: bytes) -> None:
        """What `at_hand` gave is what is received next."""
        self._splitter.put_back(body)

    def when_ready(self, seconds: float, call: Callable[[bool], float | None]) -> None:
        """`call`, in another thread, once there is something to receive or the connection has ended, or (with False)
        after so many seconds; again after as many as it returns. Only who has just waited in vain may ask, and nobody
        receives until then.
        """
        self._flusher.waiting.add(self._sock, seconds, call)

    def _find_room(self, length: int) -> None:
        pause = 0.001
        while not self._closed:
            if self.find_room(length):
                self._room = length
                return
            time.sleep(pause)
            pause = min(2 * pause, 0.05)

    def _leave_room(self) -> None:
        size, self._room = self._room, 0
        if size:
            self.give_room(size)

    def _read(self, deadline: float | None, waits: bool = True) -> bytes:
        while True:
            want_write = False
            with self._lock:
                if self._closed:
                    return b""
                try:
                    return self._sock.recv(READ_SIZE)
                except ssl.SSLWantReadError:
                    pass
                except ssl.SSLWantWriteError:
                    want_write = True
                except (OSError, ValueError):  # reset, cut, or a TLS record that doesn't authenticate
                    return b""
            if not waits:
                return b""
            self.waited = True
            if not wait(self._sock, want_write, deadline):
                raise Unreachable("timed_out")

    def send(self, body: bytes) -> None:
        """Queue one body; see `send_frame`."""
        self.send_frame(frames.encode(body))

    def send_at_once(self, body: bytes) -> None:
        """Queue one body and write it out here, as far as the socket takes it now: for what somebody waits for, and
        that goes to nobody else. Never blocks, never raises.
        """
        if self._queue(frames.encode(body)):
            self.flush(SHARE)

    def send_frame(self, frame: bytes) -> None:
        """Queue an encoded frame; it goes out with everything else queued in this turn. Never blocks, never raises."""
        if self._queue(frame):
            self._flusher.add(self)

    def _queue(self, frame: bytes) -> bool:
        """Whether it is the first that waits, so that nobody is about to write it out."""
        with self._lock:
            if self._closed or self._closing:
                return False
            first = not self._out_size
            self._out.append(frame)
            self._out_size += len(frame)
            too_slow = self._out_size > OUT_LIMIT
        if too_slow:
            self.cut()
        return first and not self._blocked and not too_slow

    def flush(self, most: int = OUT_LIMIT) -> None:
        """Write what is queued, as far as the socket takes it now; the flusher, which calls this once a turn, has no
        more than `most` bytes of it written before it is others' turn.
        """
        left = self._write_some(most)
        if left == "blocked":
            self._blocked = True
            threads.spawn("drain", self._drain, self.troubles)
        elif left:
            self._flusher.add(self)

    def _write_some(self, most: int) -> Literal["", "more", "blocked"]:
        """What is left: nothing, more than was to be written, or something that the socket doesn't take now."""
        with self._lock:
            while self._out_size and not self._closed:
                if most <= 0:
                    return "more"
                if not self._offered:
                    self._offered = memoryview(self._out[0] if len(self._out) == 1 else b"".join(self._out))
                    self._out.clear()
                try:
                    sent = self._sock.send(self._offered[:WRITE_SIZE])
                except (ssl.SSLWantWriteError, ssl.SSLWantReadError):
                    return "blocked"  # offered again from the same byte on: OpenSSL remembers what it could not finish
                except (OSError, ValueError):
                    self._forget()
                    self._shut()
                    return ""
                self._offered = self._offered[sent:]
                self._out_size -= sent
                most -= sent
            if self._closing:
                self._shut()
            return ""

    def _forget(self) -> None:
        self._out.clear()
        self._offered, self._out_size = memoryview(b""), 0

    def _drain(self) -> None:
        """Only for a reader that is behind: waits until it takes more, in a thread of its own, so nobody else waits."""
        whole = False
        try:
            while not self._closed:
                patience = CLOSING_SECONDS if self._closing else STALLED_SECONDS
                if not wait(self._sock, True, time.monotonic() + patience):
                    self.cut()
                if not self._write_some(SHARE):
                    break
            whole = True
        finally:
            if not whole:  # nobody would write out the rest
                self.cut()
            self._blocked = False
        if self._out_size:
            self._flusher.add(self)

    def close(self) -> None:
        """Send what is queued, then end; the receiving thread gets None. Any thread, any number of times."""
        with self._lock:
            self._closing = True
            if not self._out_size:
                self._shut()

    def cut(self) -> None:
        """End now, whatever is queued."""
        with self._lock:
            self._forget()
            self._shut()

    def _shut(self) -> None:
        if not self._closed:
            self._closed = True
            self._sock.cut()

    def release(self) -> None:
        """Give the file descriptor back; only the receiving thread may, when nobody waits on it any more."""
        self.cut()
        self._leave_room()
        self._sock.close()

    def __enter__(self) -> Connection:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def accept(number: int, context: ssl.SSLContext, flusher: Flusher, place: Place) -> Connection:
    """The server's side of the handshake, at most HANDSHAKE_SECONDS, or until the place is given up. Unreachable."""
    return _handshake(number, context, flusher, place)


def dial(host: str, port: int, flusher: Flusher, timeout: float = HANDSHAKE_SECONDS) -> Connection:
    """Connect and shake hands; the caller compares `certificate()` before anything is sent. Raises Unreachable."""
    try:
        raw = socket.create_connection((host, port), timeout=timeout)
    except (OSError, UnicodeError):
        raise Unreachable("timed_out") from None
    return _handshake(raw.detach(), client_context(), flusher)


def _handshake(number: int, context: ssl.SSLContext, flusher: Flusher, place: Place | None = None) -> Connection:
    """`number`: the descriptor of a connected socket, which is theirs; `place`: at our listener."""
    deadline = time.monotonic() + HANDSHAKE_SECONDS
    sock: TlsSocket | None = None
    try:
        sock = TlsSocket(number, context, place is not None)
        if place is not None:
            place.on_give_up(sock.cut)
        while True:
            try:
                _step(sock, place)
                return Connection(sock, flusher, place)
            except ssl.SSLWantReadError:
                ready = wait(sock, False, deadline)
            except ssl.SSLWantWriteError:
                ready = wait(sock, True, deadline)
            if not ready:
                raise TimeoutError
    except (OSError, ValueError, Unreachable):
        if sock is not None:
            sock.close()
        raise Unreachable("timed_out") from None


def _step(sock: TlsSocket, place: Place | None) -> None:
    """A handshake's arithmetic, 1 ms of it: at a listener, in its place's turn; nobody who is connected waits for all
    newcomers of a moment together.
    """
    if place is None:
        sock.do_handshake()
        return
    with place.turn() as turn:
        place.units += HANDSHAKE_UNITS
        turn.units = HANDSHAKE_UNITS
        sock.do_handshake()
