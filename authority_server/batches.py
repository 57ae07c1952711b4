"""A thread that takes jobs from a fair queue in batches, so that many of them share what is slow."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from authority_server.fair_queue import OURS, FairQueue
from authority_server.jobs import Done
from transport.turns import Account

Work = TypeVar("Work")
CarryOut = Callable[[tuple[Work, ...], tuple[Done, ...]], None]


class BatchThread(Generic[Work]):
    """Carries out each account's jobs in the order in which they came, and accounts by turns."""

    def __init__(self, name: str, queue: FairQueue[tuple[Work, Done]], carry_out: CarryOut[Work]) -> None:
        """`carry_out` is handed what the queue gives together, and tells each its outcome."""
        self._carry_out = carry_out
        self._queue = queue
        self._changed = threading.Condition()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def submit(self, job: Work, done: Done, account: Account = OURS, weight: int = 1) -> None:
        """Queue a job; `done` is called with its outcome. Never blocks; `slow_down` or `busy` if too much waits."""
        with self._changed:
            self._queue.put((job, done), account, weight)
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
        self._thread.join()

    def _run(self) -> None:
        while batch := self._next():
            jobs, dones = zip(*batch, strict=True)
            self._carry_out(jobs, dones)

    def _next(self) -> list[tuple[Work, Done]]:
        """Waits for something to do; nothing once the queue is empty and the thread is to end."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._queue) > 0 or self._stopping)
            return self._queue.take()
