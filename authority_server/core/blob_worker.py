"""The thread that reads and writes chunks, beside the writer: a big file holds up no message."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from authority_server.core.attempt import attempt
from authority_server.core.authority import Authority, Done, OnDisk
from authority_server.core.batches import BatchThread
from authority_server.core.fair_queue import FairQueue
from authority_server.store.chunk_place import ChunkPlace
from protocol.errors import error
from transport import threads

# Units of a request's charge (section 11.1): a chunk has 64 or so.
BATCH = 1_000  # 16 chunks that share their fsyncs
WAITING = 16_000  # 64 MiB of chunks. Above it the disk is behind, and whoever asks comes again
EACH = 1_000  # of one account: what two connections may have under way


def carry_out(chunks: ChunkPlace, jobs: Sequence[OnDisk]) -> list[Any]:
    """For each job what it returned, or the exception; what they wrote is durable. Blocks; takes no lock."""
    outcomes = [attempt(lambda job=job: job(chunks)) for job in jobs]  # type: ignore[misc]
    synced = attempt(chunks.flush)
    return [synced] * len(jobs) if isinstance(synced, Exception) else outcomes


class ChunkThread(BatchThread[OnDisk]):
    """Takes what the authority wants done on disk, a few at a time, in its order."""

    def __init__(self, authority: Authority, offload: Callable[..., Any]) -> None:
        super().__init__("chunks", FairQueue(WAITING, EACH, BATCH), self._together, authority.lock, authority.troubles)
        self._authority = authority
        self._offload = offload

    def start(self) -> None:
        """From now on the authority's files are read and written by this thread."""
        self._authority.run_on_disk = self.submit
        super().start()

    def _carried_out(self, jobs: tuple[OnDisk, ...]) -> list[Any]:
        """What each came to; several at once, where that is how the place is quick."""
        place = self._authority.chunks
        lanes = min(place.at_once, len(jobs))
        outcomes: list[Any] = [error("internal")] * len(jobs)

        def carry_out_lane(lane: int) -> None:
            outcomes[lane::lanes] = self._offload(carry_out, place, jobs[lane::lanes])

        beside = [threads.spawn("chunk", carry_out_lane, self._authority.troubles, lane) for lane in range(1, lanes)]
        carry_out_lane(0)
        for thread in beside:
            thread.join()
        return outcomes

    def _together(self, jobs: tuple[OnDisk, ...], dones: tuple[Done, ...]) -> None:
        outcomes = self._carried_out(jobs)
        with self._authority.lock:
            for done, outcome in zip(dones, outcomes, strict=True):
                self._authority.report(outcome)
                self._authority.report(attempt(lambda done=done, outcome=outcome: done(outcome)))  # type: ignore[misc]
