"""A network in memory for each test; who isn't in its world yet signs up."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.agent.memory_agent import MemoryAgent, Opened, open_agent
from tests.passwords import cheapen
from tests.world import Person, World


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def arash(world: World) -> Person:
    """The owner."""
    return world.people.get("arash") or world.sign_up("arash")


@pytest.fixture
def sara(world: World, arash: Person) -> Person:
    return world.people.get("sara") or _newcomer(world, "sara")


@pytest.fixture
def mani(world: World, sara: Person) -> Person:
    return world.people.get("mani") or _newcomer(world, "mani")


def _newcomer(world: World, name: str) -> Person:
    made = world.sign_up(name)
    world.settle()
    return made


@pytest.fixture
def cheap_argon2(monkeypatch: pytest.MonkeyPatch) -> None:
    cheapen(monkeypatch)


@pytest.fixture
def opened(world: World, tmp_path: Path) -> Iterator[Opened]:
    """Makes the agent of the folder; made again, the one before it is gone like after a power cut."""
    agents: list[MemoryAgent] = []

    def make(owner: bool = False, link: str | None = None) -> MemoryAgent:
        for before in agents:
            for network in before.networks:
                network.close()
        known = world.link.encode()
        if owner:
            known = known.replace("#", f"/{world.owner_code}#")
        agents.append(open_agent(world, tmp_path / "agent", link or known))
        return agents[-1]

    yield make
    for agent in agents:
        agent.close()
