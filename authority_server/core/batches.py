"""A thread that takes jobs from a fair queue in batches, so that many of them share what is slow."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from authority_server.core.fair_queue import OURS, FairQueue
from authority_server.core.jobs import Done
from protocol.errors import HamrazError, error
from transport import threads
from transport.threads import Troubles
from transport.turns import Account

Work = TypeVar("Work")
CarryOut = Callable[[tuple[Work, ...], tuple[Done, ...]], None]


GATHER_SECONDS = 0.01  # a fifth of what it takes to come in when many do


class BatchThread(Generic[Work]):
    """Carries out each account's jobs in the order in which they came, and accounts by turns."""

    def __init__(
        self,
        name: str,
        queue: FairQueue[tuple[Work, Done]],
        carry_out: CarryOut[Work],
        lock: contextlib.AbstractContextManager[object],
        troubles: Troubles,
        more: Callable[[int], bool] = lambda waiting: False,
    ) -> None:
        """`carry_out` is handed what the queue gives together, and tells each its outcome, under `lock`. Whom it has
        not told because it failed itself hears `internal`; the thread goes on. `more`: whether others may come in this
        moment, beside so many patient ones.
        """
        self._name = name
        self._lock = lock
        self._troubles = troubles
        self._carry_out = carry_out
        self._queue = queue
        self._expects_more = more
        self._changed = threading.Condition()
        self._stopping = self._ended = False
        self._hurried = False  # somebody waits who isn't patient
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        self._thread = threads.keep(self._name, self._turn, self._troubles, time.sleep, lambda: self._ended)

    def submit(self, job: Work, done: Done, account: Account = OURS, weight: int = 1, patient: bool = False) -> None:
        """Queue a job; `done` is called with its outcome. Never blocks; `slow_down` or `busy` if too much waits.

        Where only patient ones wait, those who come within GATHER_SECONDS are carried out with them.
        """
        with self._changed:
            self._queue.put((job, done), account, weight)
            self._hurried = self._hurried or not patient
            self._changed.notify()

    @property
    def waiting(self) -> int:
        """How many jobs are queued."""
        return len(self._queue)

    def stop(self) -> None:
        """Finish what is queued, then end."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()

    def _turn(self) -> None:
        batch = self._next()
        if not batch:
            self._ended = True
            return
        dones = [_Once(done) for _job, done in batch]
        try:
            self._carry_out(tuple(job for job, _done in batch), tuple(dones))
        finally:
            untold = [done for done in dones if not done.told]
            if untold:
                self._give_up(untold)

    def _give_up(self, dones: list[_Once]) -> None:
        with self._lock:
            for done in dones:
                with contextlib.suppress(HamrazError), self._troubles.guard("request", once=True):
                    done(error("internal"))

    def _next(self) -> list[tuple[Work, Done]]:
        """Waits for something to do; nothing once the queue is empty and the thread is to end."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._queue) > 0 or self._stopping)
            self._changed.wait_for(
                lambda: self._hurried or self._stopping or not self._expects_more(len(self._queue)), GATHER_SECONDS
            )
            batch = self._queue.take()
            self._hurried = len(self._queue) > 0  # what was too much for this one has waited
            return batch


class _Once:
    """A `Done` that knows whether it has been called."""

    def __init__(self, done: Done) -> None:
        self._done = done
        self.told = False

    def __call__(self, outcome: Any) -> None:
        self.told = True
        self._done(outcome)
