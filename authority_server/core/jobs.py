"""What is done in the writer's transaction, and how its answer waits for the disk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from authority_server.state.state import State
from authority_server.store.chunk_place import ChunkPlace, Name
from authority_server.store.database import Rows
from protocol.messages import Answer
from transport.turns import Account

T = TypeVar("T")
Job = Callable[[State, Rows], T]  # decides and writes; of one that raises, nothing stays, in memory or on disk
Done = Callable[[Any], None]  # takes what the job returned, or the exception instead, once it is durable


class RunWrite(Protocol):
    """For whom (fair_queue.OURS for ourselves: that is never refused), its weight, and whether it may wait a moment for
    others like it.
    """

    def __call__(self, job: Job[Any], done: Done, account: Account, weight: int, patient: bool = False, /) -> None: ...


OnDisk = Callable[[ChunkPlace], Any]  # beside the writer; what it wrote is durable before its Done is called


@dataclass(frozen=True, slots=True)
class Removal:
    """An OnDisk with nothing beside it: what comes after it may be of the same name, and is to stay."""

    names: list[Name]

    def __call__(self, chunks: ChunkPlace) -> None:
        chunks.remove(chunks.unused(self.names))


RunOnDisk = Callable[[OnDisk, Done, Account, int], None]
# A long answer: nothing again and again, between which others have a turn, and then the answer
Steps = Iterator[Answer | None]


@dataclass(frozen=True, slots=True)
class Write(Generic[T]):
    """An answer that waits for the disk: the job, the answer after the commit, and what to undo without one.

    `weight` is in units of section 11.1; 0: what the request was charged. `patient`: it may wait a moment for others
    that come at the same time, to share their commit.
    """

    job: Job[T]
    answer: Callable[[T], Answer]
    undo: Callable[[], None] = lambda: None
    weight: int = 0
    patient: bool = False
