"""The one writer: batches of jobs, each of them one commit and one fsync."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from authority_server.core.authority import Authority, Done, Job
from authority_server.core.batches import BatchThread
from authority_server.core.fair_queue import FairQueue

# Units of a request's charge (section 11.1), about 0.1 ms each.
BATCH = 100  # in one transaction: as many messages share its fsync, and whoever comes meanwhile waits 15 ms at most
WAITING = 50_000  # above it the disk is hopelessly behind, and saying so is better than waiting
EACH = 2_000  # of one account: 8 MiB of the longest entries, or all that four connections may have under way


class Writer(BatchThread[Job[Any]]):
    """Stands before the authority's `execute`, which `offload` keeps from blocking anybody."""

    def __init__(self, authority: Authority, offload: Callable[..., Any]) -> None:
        queue: FairQueue[tuple[Job[Any], Done]] = FairQueue(WAITING, EACH, BATCH)
        super().__init__("writer", queue, self._together, authority.lock, authority.troubles, self._expects_more)
        self._authority = authority
        self._offload = offload

    def start(self) -> None:
        """From now on the authority's writes go through this thread."""
        self._authority.run_write = self.submit
        super().start()

    def _together(self, jobs: tuple[Job[Any], ...], dones: tuple[Done, ...]) -> None:
        self._authority.settle(dones, self._offload(self._authority.execute, jobs))

    def _expects_more(self, waiting: int) -> bool:
        """Whether anybody else is on the way in, who logs in next."""
        return self._authority.strangers > waiting
