"""An agent on a folder of this disk, in a network in memory."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from protocol.errors import HamrazError
from tests.world import MemoryNetwork, World
from web_client.agent.api import Agent
from web_client.agent.session import UserSession

PASSWORD = "three or four words 1404"


class MemoryAgent(Agent):
    """Without threads of its own."""

    world: World
    networks: list[MemoryNetwork]
    events: list[tuple[str, Any]]

    def _network(self) -> Any:
        network = MemoryNetwork(self.world, "newcomer")
        self.networks.append(network)
        return network

    def _begin(self, node: UserSession, seconds: float) -> None:
        with contextlib.suppress(HamrazError):
            node.authority.attempt()


Opened = Callable[..., MemoryAgent]


def open_agent(world: World, folder: Path, link: str) -> MemoryAgent:
    """The agent of this folder; what it pushes is kept in `events`."""
    folder.mkdir(exist_ok=True)
    agent = MemoryAgent.open(folder, lambda function, *arguments: function(*arguments), 5001, link)
    agent.world, agent.networks, agent.events = world, [], []
    agent.subscribe(lambda event, value: agent.events.append((event, value)))
    return agent
