"""The thread that reads and writes chunks, beside the writer: a big file holds up no message."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import groupby
from typing import Any

from authority_server.core.attempt import attempt
from authority_server.core.authority import Authority, Done, OnDisk
from authority_server.core.batches import BatchThread
from authority_server.core.fair_queue import FairQueue
from authority_server.core.jobs import Removal
from authority_server.store.chunk_place import ChunkPlace
from protocol.errors import error
from transport import threads

Step = Callable[[], Any]

# Units of a request's charge (section 11.1): a chunk has 64 or so.
BATCH = 1_000  # 16 chunks that share their fsyncs
WAITING = 16_000  # 64 MiB of chunks. Above it the disk is behind, and whoever asks comes again
EACH = 1_000  # of one account: what two connections may have under way

FLUSHES = 8  # files whose bytes go to the disk at once: it takes them together, in the time of one


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
        """For each what it returned, or the exception; what they wrote is durable."""
        place = self._authority.chunks
        if place.at_once > 1:
            outcomes, flushed = [], []
            for _alone, part in groupby(jobs, lambda job: isinstance(job, Removal)):
                outcomes += self._in_lanes([_step(job, place) for job in part], place.at_once)
            left = place.flushes()
        else:
            outcomes, flushed, left = self._offload(_each_and_flush, [partial(job, place) for job in jobs], place)
        flushed += self._in_lanes(left, FLUSHES)
        failed = next((one for one in flushed if isinstance(one, Exception)), None)
        return outcomes if failed is None else [failed] * len(jobs)

    def _in_lanes(self, steps: Sequence[Step], most: int) -> list[Any]:
        """What each step returned, or the exception: in so many threads at most, that don't hold up each other."""
        lanes = min(most, len(steps))
        outcomes: list[Any] = [error("internal")] * len(steps)

        def go(lane: int) -> None:
            outcomes[lane::lanes] = self._offload(_each, steps[lane::lanes])

        beside = [threads.spawn("chunk", go, self._authority.troubles, lane) for lane in range(1, lanes)]
        if lanes:
            go(0)
        for thread in beside:
            thread.join()
        return outcomes

    def _together(self, jobs: tuple[OnDisk, ...], dones: tuple[Done, ...]) -> None:
        outcomes = self._carried_out(jobs)
        with self._authority.lock:
            for done, outcome in zip(dones, outcomes, strict=True):
                self._authority.report(outcome)
                self._authority.report(attempt(lambda done=done, outcome=outcome: done(outcome)))  # type: ignore[misc]


def _step(job: OnDisk, place: ChunkPlace) -> Step:
    """What is to be done elsewhere for it. What needs a lock is done here: it is of no use to threads that aren't ours,
    as one of these that waits for it waits for ever.
    """
    if not isinstance(job, Removal):
        return partial(job, place)
    unused = attempt(lambda: place.unused(job.names))
    return (lambda: unused) if isinstance(unused, Exception) else partial(place.remove, unused)


def _each_and_flush(steps: Sequence[Step], place: ChunkPlace) -> tuple[list[Any], list[Any], Sequence[Step]]:
    """The same, and of the place's own steps the only one; or all that are left to do, if there are several."""
    outcomes, own = _each(steps), place.flushes()
    return (outcomes, _each(own), []) if len(own) <= 1 else (outcomes, [], own)


def _each(steps: Sequence[Step]) -> list[Any]:
    return [attempt(step) for step in steps]
