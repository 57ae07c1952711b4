"""What one agent does for each account there is: at an opening, a snapshot, a link that is made again, a sign-up.

Processor time and counts; an authority in memory, a vault on disk.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.member import Member, name_of
from benchmarks.process import processor
from benchmarks.town import put_accounts
from tests.agent.memory_agent import PASSWORD, MemoryAgent, open_agent
from tests.world import World
from web_client.account.events import LinkChanged, LinkUp
from web_client.agent.session import UserSession
from web_client.vault import key_file

SIZES = (10, 100, 1_000, 10_000)
WHAT = "accounts"
UNITS = {
    "opening, CPU until somebody is in": "ms",
    "opening, CPU in all, with the log verified again": "ms",
    "snapshot": "KiB",
    "snapshot, CPU": "ms",
    "link down and up, CPU": "ms",
    "link down and up, told to the page": "pushes",
    "finding a person by name, CPU": "ms",
    "another's sign-up, CPU": "ms",
}


def measure(count: int, repetitions: int) -> list[dict[str, float]]:
    """With so many accounts."""
    key_file.MEMORY_KIB, key_file.PASSES = 64, 1  # what a password costs is the same for all
    with agent_among(count) as agent:
        agent._open().ctx.trust.keep_checkpoint()  # as an agent does that has run for a while
        return [_measure(agent, agent.world) for _ in range(repetitions)]


@contextmanager
def agent_among(count: int) -> Iterator[MemoryAgent]:
    """An agent that is in, one of so many accounts; the authority got the others without signing them up."""
    world = World()
    world.sign_up("owner")
    put_accounts(world.authority, [Member(world.authority.id, name_of(number)) for number in range(count)])
    with TemporaryDirectory() as folder:
        agent = open_agent(world, Path(folder) / "agent", world.link.encode())
        agent.sign_up("newcomer@x.example", "newcomer", PASSWORD, PASSWORD)
        yield agent
        agent.close()


def _measure(agent: MemoryAgent, world: World) -> dict[str, float]:
    agent.lock()
    opening = processor(lambda: agent.login("newcomer", PASSWORD))
    measured = {"opening, CPU until somebody is in": opening}
    session = agent._open()
    trust = session.ctx.trust
    measured["opening, CPU in all, with the log verified again"] = opening + processor(trust.check_again)
    trust.keep_checkpoint()
    measured["snapshot, CPU"] = processor(lambda: agent.snapshot())
    measured["snapshot"] = len(json.dumps(agent.snapshot(), ensure_ascii=False).encode()) / 1024
    agent.events.clear()
    measured["link down and up, CPU"] = processor(lambda: _down_and_up(world, session))
    measured["link down and up, told to the page"] = len(agent.events)
    measured["finding a person by name, CPU"] = processor(lambda: agent.people("userb"))
    world.now += 600_000  # the authority has its limits
    world.sign_up(f"guest{world.now}")
    measured["another's sign-up, CPU"] = processor(session.authority.log.sync)
    return measured


def _down_and_up(world: World, session: UserSession) -> None:
    """As the link's own loop does it."""
    session.authority.channel.close()  # type: ignore[union-attr]
    session.authority.attempt()
    session.ctx.emit(LinkChanged())
    session.ctx.emit(LinkUp())
