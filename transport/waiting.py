"""Sockets from which nobody expects anything soon: one thread waits for all of them, where the system can."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from typing import Any

from protocol.errors import HamrazError
from transport import ready, threads
from transport.ready import READABLE_ONCE, Descriptor, new_epoll, wait
from transport.threads import Troubles

TICK_SECONDS = 0.25  # how exact an end of waiting is
AT_ONCE = 64  # that are looked at in a row, before others have a turn

Call = Callable[[bool], float | None]


class Waiting:
    """`call(True)` for each that can be read or has ended, `call(False)` for whose time has run out: once, in a thread
    that others wait for, or again after as many seconds as it returns. Until then nobody reads from it or closes it; to
    end it, shut it down.
    """

    def __init__(self, troubles: Troubles) -> None:
        self._troubles = troubles
        self._lock = threading.Lock()
        self._epoll: Any = new_epoll() if new_epoll is not None else None
        self._calls: dict[int, tuple[int, Call]] = {}  # by descriptor: (the tick of its end, what to call)
        self._ends: dict[int, set[int]] = {}  # descriptors by tick
        self._running = False
        self._stirred = threading.Event()  # where threads are green: something can be read
        self._unwatch: Callable[[], None] | None = None

    def __len__(self) -> int:
        return len(self._calls)

    def add(self, sock: Descriptor, seconds: float, call: Call) -> None:
        """Wait for it, so many seconds at most."""
        if self._epoll is None:
            threads.spawn("listener", self._wait_alone, self._troubles, sock, seconds, call)
            return
        self._add(sock.fileno(), seconds, call)

    def _add(self, number: int, seconds: float, call: Call) -> None:
        tick = int((time.monotonic() + seconds) / TICK_SECONDS) + 1
        with self._lock:
            self._calls[number] = tick, call
            self._ends.setdefault(tick, set()).add(number)
            try:
                self._epoll.register(number, READABLE_ONCE)
            except OSError:
                self._take(number)
                raise
            start, self._running = not self._running, True
            if start and ready.watch is not None:
                self._unwatch = ready.watch(self._epoll, self._stirred.set)
        if start:
            threads.spawn("listener", self._run, self._troubles)

    def _wait_alone(self, sock: Descriptor, seconds: float, call: Call) -> None:
        left: float | None = seconds
        while left is not None:
            left = call(wait(sock, False, time.monotonic() + left))

    def _run(self) -> None:
        """Until there is nobody to wait for."""
        goes_on = True
        while goes_on:
            with contextlib.suppress(HamrazError), self._troubles.guard("listener"):
                goes_on = self._turn()

    def _turn(self) -> bool:
        """Tell whom there is something to tell; False once there is nobody, and this thread is none of ours."""
        if self._unwatch is None:
            wait(self._epoll, False, time.monotonic() + TICK_SECONDS)
        else:
            self._stirred.wait(TICK_SECONDS)
            self._stirred.clear()
        for number, _event in self._epoll.poll(0, AT_ONCE):
            self._tell(number, True)
        now = int(time.monotonic() / TICK_SECONDS)
        with self._lock:
            over = [number for tick in self._ends if tick <= now for number in self._ends[tick]]
            if not self._calls:
                self._running = False
                if self._unwatch is not None:
                    self._unwatch()
                return False
        for number in over:
            self._tell(number, False)
        time.sleep(0)
        return True

    def _tell(self, number: int, spoken: bool) -> None:
        with self._lock:
            call = self._take(number)
            if call is None:
                return
            with contextlib.suppress(OSError):
                self._epoll.unregister(number)
        with contextlib.suppress(HamrazError), self._troubles.guard("connection", once=True):
            again = call(spoken)
            if again is not None:
                self._add(number, again, call)
                return
        time.sleep(0)  # a thread has begun: others have a turn before the next one does

    def _take(self, number: int) -> Call | None:
        tick, call = self._calls.pop(number, (0, None))
        if call is not None:
            self._ends[tick].discard(number)
            if not self._ends[tick]:
                del self._ends[tick]
        return call
