"""One batch in the line of those of all nodes on a database: after all that others have written, and written down for
them. Where the database is a file, it is a transaction and nothing else.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from authority_server.core import failover
from authority_server.state import changes
from authority_server.state.follow import follow
from authority_server.state.lasting import Lasts
from authority_server.state.state import BATCH, State
from authority_server.store import nodes as node_store
from authority_server.store.database import Rows, Store
from authority_server.store.signed_sizes import BATCHES, SignedSizes
from protocol.primitives import random_id

if TYPE_CHECKING:
    from authority_server.core.nodes import Nodes


@dataclass(slots=True)
class Heard:
    """What the writer has heard of other nodes and nobody was told of, until the batch is settled."""

    told: list[changes.Any | Lasts] = field(default_factory=list)
    missed: bool = False  # they have done more than that: all of it was loaded
    wrote: bool = False  # they are to hear of something, too

    def tell(self, nodes: Nodes | None) -> None:
        told, missed, wrote = self.told, self.missed, self.wrote
        self.told, self.missed, self.wrote = [], False, False
        if nodes is not None and wrote:
            nodes.hint()
        if nodes is not None and (told or missed):
            nodes.followed(told, missed)


@contextlib.contextmanager
def batch_of_all(store: Store, state: State, sizes: SignedSizes, heard: Heard) -> Iterator[Rows]:
    """Its transaction. Raises OutOfStep, as `follow` does, and what `Store.transaction` raises."""
    mark = b""
    with store.transaction() as rows:
        if store.is_shared:
            heard.told += follow(state, rows, store.path)
            failover.keep(store, state, rows)
        yield rows
        if rows.has_written or state.noted:
            before = state.batch
            batch = max(before, sizes.highest.get(BATCHES, 0)) + 1
            if state.noted is not None:
                mark = random_id()
                node_store.note(rows, batch, before, mark, changes.encode(state.noted))
            state.save_setting(rows, BATCH, batch.to_bytes(8))
    if state.noted is not None:
        state.mark = mark or state.mark
        heard.wrote = heard.wrote or bool(mark)
        state.noted.clear()
