"""A thread that takes jobs from a bounded queue in batches, so that many of them share what is slow."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from authority_server.authority import Done
from protocol.errors import Unreachable

Work = TypeVar("Work")
CarryOut = Callable[[tuple[Work, ...], tuple[Done, ...]], None]


class BatchThread(Generic[Work]):
    """Carries out jobs in the order in which they came."""

    def __init__(self, name: str, waiting: int, batch: int, carry_out: CarryOut[Work]) -> None:
        """At most `waiting` jobs are queued, and at most `batch` handed to `carry_out` together, which tells each its
        outcome.
        """
        self._carry_out = carry_out
        self._batch = batch
        self._queue: queue.Queue[tuple[Work, Done] | None] = queue.Queue(waiting)
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def submit(self, job: Work, done: Done) -> None:
        """Queue a job; `done` is called with its outcome. Never blocks; `busy` if the queue is full."""
        try:
            self._queue.put_nowait((job, done))
        except queue.Full:
            raise Unreachable("busy") from None

    @property
    def waiting(self) -> int:
        """How many jobs are queued."""
        return self._queue.qsize()

    def stop(self) -> None:
        """Finish what is queued, then end."""
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (item := self._queue.get()) is not None:
            batch = [item]
            while len(batch) < self._batch and not self._queue.empty():
                item = self._queue.get()
                if item is None:
                    self._queue.put(None)  # last, after this batch
                    break
                batch.append(item)
            jobs, dones = zip(*batch, strict=True)
            self._carry_out(jobs, dones)
