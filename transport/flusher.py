"""One thread that writes out what connections have queued: all of one turn goes out in one write a connection, a long
answer in parts between which others have their turn.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections import deque
from typing import Protocol

from protocol.errors import HamrazError
from transport import threads
from transport.threads import Troubles
from transport.waiting import Waiting

TURN_SECONDS = 0.001  # of all of them together, before whatever else is to be done has a turn
SHARE = 128 * 1024  # bytes of one connection in one turn: less than a millisecond of encrypting and sending


class Flushable(Protocol):
    def flush(self, most: int) -> None: ...

    def cut(self) -> None: ...


class Flusher:
    """Collects connections with something to send. Coalescing is what makes fan-out fast: 10 to 20 times, measured."""

    def __init__(self, troubles: Troubles | None = None) -> None:
        """`troubles` is where the threads of all its connections tell what fails."""
        self.troubles = troubles or Troubles()
        self.waiting = Waiting(self.troubles)  # for those of all its connections who have nothing to say yet
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._waiting: list[Flushable] = []
        self._thread: threading.Thread | None = None

    def add(self, connection: Flushable) -> None:
        """Have `connection.flush(SHARE)` called soon, once for all that is queued until then."""
        with self._lock:
            first = not self._waiting
            self._waiting.append(connection)
            if self._thread is None:
                self._thread = threads.keep("flusher", self._turn, self.troubles, time.sleep, lambda: False)
        if first:  # else it is awake already, or about to be
            self._wake.set()

    def _turn(self) -> None:
        if not self._waiting:
            self._wake.wait()
        self._wake.clear()
        with self._lock:
            waiting, self._waiting = deque(self._waiting), []
        while waiting:
            try:
                with self.troubles.guard("flush", once=True):
                    self._flush(waiting)
            except HamrazError:  # it alone is lost; whoever is behind it comes again
                connection = waiting.popleft()
                with contextlib.suppress(HamrazError), self.troubles.guard("flush", once=True):
                    connection.cut()
        if self._waiting:  # of what was too much for one turn; elsewhere there is something to do as well
            time.sleep(0)

    def _flush(self, waiting: deque[Flushable]) -> None:
        """Write them out one after the other; of an error, the first one that is left is the cause."""
        until = time.monotonic() + TURN_SECONDS
        while waiting:
            if time.monotonic() > until:
                time.sleep(0)
                until = time.monotonic() + TURN_SECONDS
            waiting[0].flush(SHARE)
            waiting.popleft()
