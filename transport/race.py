"""Dialling a listener that may be at any of several addresses: the next one begins before the last has failed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

from protocol.errors import Forged, HamrazError, Unreachable
from transport import threads
from transport.connection import HANDSHAKE_SECONDS, Connection, dial
from transport.flusher import Flusher

STAGGER_SECONDS = 0.25  # RFC 8305 section 5: long enough for a LAN to answer, so that mostly one is dialled
CONNECT_SECONDS = 4.0  # a second SYN goes out after 1 s, a third after 3 s

# Whether a connection is to whom was meant, judged by its certificate.
Right = Callable[[Connection], bool]


def dial_any(hosts: Sequence[str], port: int, flusher: Flusher, right: Right) -> tuple[Connection, str]:
    """The first connection that is `right`, and its host; the order is a preference (RFC 8305).

    `timed_out`, or `wrong_certificate` if somebody else has answered at one of them.
    """
    return _Race(port, flusher, right).run(hosts)


class _Race:
    def __init__(self, port: int, flusher: Flusher, right: Right) -> None:
        self._port = port
        self._flusher = flusher
        self._right = right
        self._news = threading.Condition()
        self._running = 0
        self._winner: tuple[Connection, str] | None = None
        self._over = False
        self._reason: HamrazError = Unreachable("timed_out")

    def run(self, hosts: Sequence[str]) -> tuple[Connection, str]:
        try:
            for host in hosts:
                with self._news:
                    self._running += 1
                if len(hosts) == 1:
                    self._attempt(host)
                    break
                threads.spawn("dial", self._attempt, self._flusher.troubles, host)
                if self._decided(STAGGER_SECONDS):
                    break
            self._decided(CONNECT_SECONDS + HANDSHAKE_SECONDS)
        finally:
            with self._news:
                self._over = True
                winner = self._winner
        if winner is None:
            raise self._reason
        return winner

    def _decided(self, seconds: float) -> bool:
        """Wait until one has won, or all that run have failed: then the next may begin at once."""
        deadline = time.monotonic() + seconds
        with self._news:
            while self._winner is None and self._running and (left := deadline - time.monotonic()) > 0:
                self._news.wait(left)
            return self._winner is not None

    def _attempt(self, host: str) -> None:
        connection: Connection | None = None
        reason: HamrazError | None = None
        try:
            with self._flusher.troubles.guard("dial", once=True):
                connection = dial(host, self._port, self._flusher, CONNECT_SECONDS)
                if not self._right(connection):
                    reason = Forged("wrong_certificate")
        except HamrazError as failure:
            reason = failure
        with self._news:
            self._running -= 1
            if reason is None and connection is not None and self._winner is None and not self._over:
                self._winner, connection = (connection, host), None
            elif isinstance(reason, Forged) or (reason is not None and not isinstance(self._reason, Forged)):
                self._reason = reason
            self._news.notify_all()
        if connection is not None:
            connection.release()
