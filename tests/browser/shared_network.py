"""People who are there for all browser tests: started once, as an agent takes a second and an account another half."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType

from tests.processes import Agent, Network, until

PEOPLE = ("sara", "کیان", "jose")  # sara is the owner


class SharedNetwork:
    """A network and its people by name. A test that stops one of them starts it again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.network = Network(folder)
        self.people: dict[str, Agent] = {}

    def __enter__(self) -> SharedNetwork:
        self.network.__enter__()
        authority = self.network.authority
        agents = [Agent(self._folder / name, "eventlet", "--join", authority.owner_link) for name in PEOPLE]
        self.network.agents += agents
        with ThreadPoolExecutor(len(agents)) as pool:
            list(pool.map(Agent.start, agents))
        for name, agent in zip(PEOPLE, agents, strict=True):
            agent.sign_up(name)
            self.people[name] = agent
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.network.__exit__(kind, error, trace)

    def mend(self) -> None:
        """The authority runs and everybody has reached it."""
        if self.network.authority.child is None:
            self.network.authority.start()
        for agent in self.people.values():
            with agent.program() as program:
                program.call("try_now")
                until(lambda program=program: program.call("snapshot")["link"]["up"], what="the link")  # type: ignore[misc]


def say(sender: Agent, receiver: Agent, *texts: str) -> None:
    """Write without a page, as a bot would."""
    with sender.program() as program:
        for text in texts:
            program.call("private_chat", username=sender.name, client_b_username=receiver.name, message=text)
