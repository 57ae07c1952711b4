"""Agents at two or three nodes of one authority, which hear of each other late: every replay equals the nodes', there
is one chain and one line of epochs, and nobody is alarmed falsely.
"""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from authority_server.core.authority import Authority
from tests.authority.two_nodes import Nodes
from tests.groups.test_races import Race, finish
from tests.world import World

SHORT, LONG = 2, 500


class NodesWorld(World):
    """Whoever connects does so at any node, also to a group; nodes hear of each other when somebody lets them."""

    def __init__(self, count: int, seed: int) -> None:
        self.choice = random.Random(seed)
        self.nodes: Nodes | None = None
        self.count = count
        super().__init__()

    def start_authority(self) -> Authority:
        made = Nodes(lambda: self.now, self.count)  # type: ignore[arg-type]
        self.nodes, self.authority_key = made, made.key
        return made[0]

    def any(self) -> Authority:
        assert self.nodes is not None
        return self.choice.choice(self.nodes)

    def node_of(self, name: str) -> Authority:
        return self.any()

    def group_node_of(self, name: str) -> Authority:
        return self.any()

    def restart_authority(self) -> None:
        """One node, and all who are connected to any."""
        assert self.nodes is not None
        self.cut("authority")
        place = self.choice.randrange(len(self.nodes))
        self.nodes[place].store.close()
        self.nodes[place] = self.nodes.start(place)
        self.authority = self.nodes[0]

    def look_after(self) -> None:
        assert self.nodes is not None
        self.nodes.catch_up()
        for node in self.nodes:
            node.look_after_turns()


class NodesRace(Race):
    """The same, in which nodes hear of each other at random."""

    def __init__(self, seed: int, count: int) -> None:
        super().__init__(seed, NodesWorld(count, seed))

    @property
    def nodes(self) -> Nodes:
        world = self.group_world.world
        assert isinstance(world, NodesWorld) and world.nodes is not None
        return world.nodes

    def _carry(self, source: str, target: str, body: bytes) -> list[bytes]:
        if source != "authority" and self.random.random() < 0.2:
            node = self.random.choice(self.nodes)
            assert node.nodes is not None
            node.nodes.catch_up()
        return super()._carry(source, target, body)


def run(seed: int, count: int) -> None:
    race = NodesRace(seed, count)
    try:
        finish(race, 10)
        heads = {node.published.head for node in race.nodes}
        chains = {node.published_groups[race.group_world.gid].head.hash for node in race.nodes}
        assert len(heads) == len(chains) == 1
        assert not any(node.recovery.on or node.troubles.count or node.health.trouble for node in race.nodes)
    finally:
        race.nodes.close()


@pytest.mark.parametrize("count", [2, 3])
def test_interleavings_on_several_nodes(request: pytest.FixtureRequest, count: int) -> None:
    often = LONG if request.config.getoption("--long") else SHORT

    @settings(max_examples=often, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.integers(0, 2**32))
    def races(seed: int) -> None:
        run(seed, count)

    check: Callable[[], None] = races
    check()
