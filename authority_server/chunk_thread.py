"""The thread that reads and writes chunks, beside the writer: a big file holds up no message."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence
from typing import Any

from authority_server.attempt import attempt
from authority_server.authority import Authority, Done, OnDisk, report
from authority_server.chunk_files import ChunkFiles
from protocol.errors import Unreachable

BATCH = 16  # jobs that share their fsyncs
WAITING = 128  # jobs; 32 MiB of chunks. Above it the disk is behind, and whoever asks comes again

_Item = tuple[OnDisk, Done] | None


def carry_out(chunks: ChunkFiles, jobs: Sequence[OnDisk]) -> list[Any]:
    """For each job what it returned, or the exception; what they wrote is durable. Blocks; takes no lock."""
    outcomes = [attempt(lambda job=job: job(chunks)) for job in jobs]  # type: ignore[misc]
    synced = attempt(chunks.sync)
    return [synced] * len(jobs) if isinstance(synced, Exception) else outcomes


class ChunkThread:
    """Takes what the authority wants done on disk, a few at a time, in its order."""

    def __init__(self, authority: Authority, offload: Callable[..., Any]) -> None:
        self._authority = authority
        self._offload = offload
        self._queue: queue.Queue[_Item] = queue.Queue(WAITING)
        self._thread = threading.Thread(target=self._run, name="chunks", daemon=True)

    def start(self) -> None:
        self._authority.run_on_disk = self.submit
        self._thread.start()

    def submit(self, job: OnDisk, done: Done) -> None:
        """Queue a job; never blocks. `busy` if the queue is full."""
        try:
            self._queue.put_nowait((job, done))
        except queue.Full:
            raise Unreachable("busy") from None

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
            outcomes = self._offload(carry_out, self._authority.chunks, jobs)
            with self._authority.lock:
                for done, outcome in zip(dones, outcomes, strict=True):
                    report(outcome)
                    report(attempt(lambda done=done, outcome=outcome: done(outcome)))  # type: ignore[misc]
