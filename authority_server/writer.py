"""The one writer: takes jobs from a bounded queue in batches, so that many of them share one commit and one fsync."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Any

from authority_server.authority import Authority, Done, Job
from protocol.errors import Unreachable

BATCH = 500  # jobs in one transaction: well past the point where the fsync is shared out
WAITING = 10_000  # jobs; above it the disk is hopelessly behind, and saying so is better than waiting

_Item = tuple[Job[Any], Done] | None


class Writer:
    """A thread between `submit` and the authority's `execute`, which `offload` keeps from blocking anybody."""

    def __init__(self, authority: Authority, offload: Callable[..., Any]) -> None:
        self._authority = authority
        self._offload = offload
        self._queue: queue.Queue[_Item] = queue.Queue(WAITING)
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)

    def start(self) -> None:
        """From now on the authority's writes go through this thread."""
        self._authority.run_write = self.submit
        self._thread.start()

    def submit(self, job: Job[Any], done: Done) -> None:
        """Queue a job; the writer's thread calls `done` after the commit. Never blocks; `busy` if the queue is full."""
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
            while len(batch) < BATCH and not self._queue.empty():
                item = self._queue.get()
                if item is None:
                    self._queue.put(None)  # last, after this batch
                    break
                batch.append(item)
            jobs, dones = zip(*batch, strict=True)
            self._authority.settle(dones, self._offload(self._authority.execute, jobs))
