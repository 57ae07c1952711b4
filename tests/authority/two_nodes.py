"""Several nodes in one process, on one schema of the run's PostgreSQL: each knows only what it has read there."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator
from dataclasses import replace

from authority_server.core.authority import Authority
from authority_server.state.state import begin
from protocol.primitives import SigningKey
from protocol.roles import Role
from tests import stores
from tests.authority.group_peer import Circle, people
from tests.authority.peer import Clock, Person


class Nodes(list[Authority]):
    """They hear of nothing before `catch_up`, unless they write themselves."""

    def __init__(self, clock: Clock, count: int = 2) -> None:
        self.clock, self.key = clock, SigningKey.generate()
        self.schema = stores.empty_schema()
        store = stores.server(self.schema).open()
        with store.transaction() as rows:
            begin(rows, self.key)
        store.close()
        self._places = itertools.count()
        super().__init__(self.start() for _ in range(count))

    def start(self, place: int | None = None) -> Authority:
        """One more; or another process in a place that had one."""
        where = next(self._places) if place is None else place
        store = stores.server(self.schema).open()
        return Authority(store, self.key, self.clock, place=where.to_bytes(16))

    def close(self) -> None:
        for node in self:
            node.store.close()
        stores.give_back(self.schema)

    def catch_up(self) -> None:
        """Twice, as one may have something to say about what it hears."""
        for node in (*self, *self):
            assert node.nodes is not None
            node.nodes.catch_up()


def group_of_two(nodes: Nodes, other: Role = Role.BEGINNER) -> tuple[Circle, Circle, Person, Person]:
    """ada's, with bob of this role in it: the group at each of the first two nodes, and the two."""
    known = people(nodes[0], ada=Role.ADVANCED, bob=other)
    circle = Circle(nodes[0]).create(known["ada"], [known["ada"], known["bob"]])
    return circle, replace(circle, authority=nodes[1]), known["ada"], known["bob"]


@contextlib.contextmanager
def running(clock: Clock, count: int = 2) -> Iterator[Nodes]:
    nodes = Nodes(clock, count)
    try:
        yield nodes
    finally:
        nodes.close()
