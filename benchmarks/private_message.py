"""A private message, from the call that sends it to the receipt that says it is on the other's disk."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.bot import Bot
from benchmarks.figures import Figure, collect, percentile
from benchmarks.nodes import pair
from benchmarks.plain_commit import PlainCommit
from benchmarks.process import cpu_seconds
from benchmarks.town import town
from protocol.envelope import TEXT
from protocol.primitives import random_id
from tests.processes import Agent, until

BETWEEN_APIS = "call to receipt over two agents' APIs"
BETWEEN_NODES = "two nodes in one process, without API"
MESSAGES = 300
WARMING = 20
WORDS = "See you at half past ten in room 12, and bring the book with you, please. " * 2  # 148 characters


def run(repetitions: int, quick: bool) -> list[Figure]:
    """One message after the other: between two agents' APIs, and between two nodes of one process."""
    count = 40 if quick else MESSAGES
    apis = [_between_apis(count) for _ in range(repetitions)]
    nodes = [_between_nodes(count) for _ in range(repetitions)]
    processor = {"sender's CPU for a message": "ms", "receiver's CPU for a message": "ms"}
    return [
        *collect("private message", units(BETWEEN_APIS) | processor, apis),
        *collect("private message", units(BETWEEN_NODES), nodes),
    ]


def units(name: str) -> dict[str, str]:
    """What is measured of one or the other, and its unit."""
    return {
        f"{name}, p50": "ms",
        f"{name}, p99": "ms",
        f"{name}, p50 by that of a plain durable commit": "times",
        f"{name}: the plain durable commit, p50": "ms",
    }


def _measure(name: str, count: int, send: Callable[[], None]) -> dict[str, float]:
    """Send one at a time, and after each make a plain commit."""
    with TemporaryDirectory() as folder:
        plain = PlainCommit(Path(folder))
        for _ in range(WARMING):
            send()
        times = []
        for _ in range(count):
            began = time.perf_counter()
            send()
            times.append(time.perf_counter() - began)
            plain.measure()
        plain.close()
    p50, p99, commit = percentile(times, 50), percentile(times, 99), percentile(plain.times, 50)
    return dict(zip(units(name), (p50 * 1000, p99 * 1000, p50 / commit, commit * 1000), strict=True))


def _between_apis(count: int) -> dict[str, float]:
    with two_agents() as (sender, receiver):
        bot = Bot(sender.port, sender.api_token)
        until(lambda: any(person["name"] == receiver.name for person in bot.call("snapshot")["people"]), 20)
        before = [cpu_seconds(_pid(agent)) for agent in (sender, receiver)]
        measured = _measure(BETWEEN_APIS, count, lambda: send(bot, sender.name, receiver.name))
        after = [cpu_seconds(_pid(agent)) for agent in (sender, receiver)]
        bot.close()
    used = [(end - begin) / (count + WARMING) * 1000 for begin, end in zip(before, after, strict=True)]
    return measured | {"sender's CPU for a message": used[0], "receiver's CPU for a message": used[1]}


@contextmanager
def two_agents() -> Iterator[tuple[Agent, Agent]]:
    """Two processes of `run.py agent` that are logged in, and an authority."""
    with TemporaryDirectory() as folder, town(1) as place:
        agents: list[Agent] = []
        try:
            for name in ("arash", "sara"):
                agents.append(Agent(Path(folder) / name, "eventlet", "--join", place.process.join_link))
                agents[-1].start()
                agents[-1].sign_up(name)
            yield agents[0], agents[1]
        finally:
            for agent in agents:
                if agent.child is not None:
                    agent.stop()


def _pid(agent: Agent) -> int:
    assert agent.child is not None
    return agent.child.pid


def send(bot: Bot, sender: str, receiver: str) -> None:
    """Return when the agent has pushed the news that the receipt is there."""
    id = secrets.token_hex(16)
    bot.begin("private_chat", username=sender, client_b_username=receiver, message=WORDS, id=id)
    bot.wait_for(lambda name, value: name == "message" and value["id"] == id and value["state"] == "delivered")


def _between_nodes(count: int) -> dict[str, float]:
    with pair() as (sender, receiver):

        def exchange() -> None:
            sender.messages.compose(receiver.ctx.me.uid, TEXT, WORDS.encode(), random_id())
            sender.outbox.step(receiver.ctx.me.uid)

        measured = _measure(BETWEEN_NODES, count, exchange)
        assert not sender.outbox.waiting(), "a message was not delivered"
    return measured
