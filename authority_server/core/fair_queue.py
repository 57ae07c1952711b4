"""What waits for the disk, in a fair order: whoever has sent much waits behind itself, never in front of others.

Each job has a weight; accounts get equal parts of it (start-time fair queueing). Knows no thread and no clock.
"""

from __future__ import annotations

import heapq
from collections import deque
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from protocol.errors import Refused, Unreachable
from protocol.shares import part
from transport.turns import Account

Item = TypeVar("Item")

OURS: Account = b""  # the authority's own jobs: few, and never refused
LONG = 16  # weight: a message has less. Of jobs that have more, a batch has one, or a quarter of its weight
REMEMBERED = 10_000  # accounts that have nothing waiting and were served ahead of the others: about 1 MiB


@dataclass(slots=True)
class _Line:
    """One account's jobs, in the order in which they came: (weight, job)."""

    jobs: deque[tuple[int, object]] = field(default_factory=deque)
    weight: int = 0
    start: float = 0.0  # the round at which its first job stands


class FairQueue(Generic[Item]):
    """At most `most` waits altogether and `each` of one account; `take` hands out about `batch` at a time."""

    def __init__(self, most: int, each: int, batch: int) -> None:
        self._most, self._each, self._batch = most, each, batch
        self._lines: dict[Account, _Line] = {}
        self._order: list[tuple[float, int, Account]] = []  # a heap of (start, number, account): one for each line
        self._number = 0  # of lines that were begun or moved on: who came first goes first among equals
        self._round = 0.0  # how much each account has had that never ceased to ask
        self._ahead: dict[Account, float] = {}  # accounts without a line that have had more than that
        self.weight = 0
        self.count = 0

    def __len__(self) -> int:
        return self.count

    def put(self, item: Item, account: Account = OURS, weight: int = 1) -> None:
        """Queue a job of at least weight 1.

        `slow_down` if this account has its share waiting already (`shares.part`: no number of them takes all of it),
        `busy` if all together wait for too much. An account's first job is always within its share.
        """
        line = self._lines.get(account)
        if account != OURS:
            if line is not None and line.weight + weight > min(self._each, part(self._most, self._most - self.weight)):
                raise Refused("slow_down", n=1)
            if self.weight + weight > self._most:
                raise Unreachable("busy")
        if line is None:
            line = self._lines[account] = _Line(start=max(self._round, self._ahead.pop(account, 0.0)))
            self._stand(account, line)
        line.jobs.append((weight, item))
        line.weight += weight
        self.weight += weight
        self.count += 1

    def take(self) -> list[Item]:
        """The jobs of the next batch, at least one if there is any. What is short passes long ones by that would be too
        many for one batch: it waits for one of them at most.
        """
        batch: list[Item] = []
        aside: list[tuple[float, int, Account]] = []
        room, long = self._batch, 0
        while self._order:
            start, number, account = heapq.heappop(self._order)
            line = self._lines[account]
            weight = line.jobs[0][0]
            if long and weight > LONG and long + weight > self._batch // 4:
                aside.append((start, number, account))  # it is among the first of the next batch
                continue
            if batch and weight > room:
                aside.append((start, number, account))
                break
            _, item = line.jobs.popleft()
            batch.append(item)  # type: ignore[arg-type]  # what `put` was given
            room -= weight
            long += weight if weight > LONG else 0
            line.weight -= weight
            self.weight -= weight
            self.count -= 1
            if account != OURS:
                self._round = max(self._round, start)
            line.start += weight
            if line.jobs:
                self._stand(account, line)
            else:
                del self._lines[account]
                self._remember(account, line.start)
        for place in aside:
            heapq.heappush(self._order, place)
        if not self._lines:
            self._round = 0.0
            self._ahead.clear()
        return batch

    def _stand(self, account: Account, line: _Line) -> None:
        self._number += 1
        heapq.heappush(self._order, (-1.0 if account == OURS else line.start, self._number, account))

    def _remember(self, account: Account, start: float) -> None:
        """Who has had its turn doesn't come first again by having sent one job after the other."""
        if len(self._ahead) >= REMEMBERED:
            self._ahead = {known: at for known, at in self._ahead.items() if at > self._round}
            if len(self._ahead) >= REMEMBERED:
                self._ahead.clear()  # forgetting is the lesser evil: lines are fair all the same
        self._ahead[account] = start
