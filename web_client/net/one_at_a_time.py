"""Work that one thread does at a time while it asks the network, with no lock held meanwhile: whoever waits for it
waits so long and no longer, and what is done by itself gives way to a person's command.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator

from protocol.errors import error

PATIENCE_SECONDS = 2.0  # of a person's command for what is done by itself; then its line is cut, as it may be silent
LONGEST_SECONDS = 20.0  # of a command for another one: it has had four turns at changing a group by then


class OneAtATime:
    """Any thread may call. A thread that has it may take it again."""

    def __init__(self, cut: Callable[[], None], refusal: str = "ask_again") -> None:
        """`cut` ends what the one at work waits for, so that it goes on to its next look; `refusal` is for a command
        that another one has kept waiting too long.
        """
        self._cut = cut
        self._refusal = refusal
        self._changed = threading.Condition()
        self._worker: int | None = None
        self._depth = 0
        self._by_itself = False
        self._waiting = 0

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """For a command. Refused if others have been at it for too long."""
        self._take()
        try:
            yield
        finally:
            self._leave()

    @contextlib.contextmanager
    def by_itself(self) -> Iterator[bool]:
        """For what nobody waits for. False if somebody else is at it, or waits: then come again soon."""
        me = threading.get_ident()
        with self._changed:
            free = self._worker in (None, me) and not self._waiting
            if free:
                self._by_itself = self._by_itself or self._worker is None
                self._worker, self._depth = me, self._depth + 1
        try:
            yield free
        finally:
            if free:
                self._leave()

    @property
    def gives_way(self) -> bool:
        """True for the thread that works by itself while a command waits: it stops where it is."""
        return self._by_itself and self._waiting > 0 and self._worker == threading.get_ident()

    def _take(self) -> None:
        me = threading.get_ident()
        with self._changed:
            if self._worker == me:
                self._depth += 1
                return
            self._waiting += 1
        try:
            self._wait_for_it(me)
        finally:
            with self._changed:
                self._waiting -= 1

    def _wait_for_it(self, me: int) -> None:
        until, cut = time.monotonic() + LONGEST_SECONDS, False
        while True:
            with self._changed:
                patience = LONGEST_SECONDS if cut else PATIENCE_SECONDS
                if self._changed.wait_for(lambda: self._worker is None, min(patience, until - time.monotonic())):
                    self._worker, self._depth, self._by_itself = me, 1, False
                    return
                silent = self._by_itself and not cut
            if not silent and time.monotonic() >= until:
                raise error(self._refusal)
            if silent:
                cut = True
                self._cut()  # outside: it closes a line

    def _leave(self) -> None:
        with self._changed:
            self._depth -= 1
            if not self._depth:
                self._worker, self._by_itself = None, False
                self._changed.notify_all()
