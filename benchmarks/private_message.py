"""A private message, from the call that sends it to the receipt that says it is on the other's disk."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.bot import Bot
from benchmarks.figures import Figure, collect, percentile
from benchmarks.nodes import pair
from benchmarks.process import cpu_seconds
from benchmarks.town import town
from protocol.envelope import TEXT
from protocol.primitives import random_id
from tests.processes import Agent, until

MESSAGES = 500
WARMING = 20
WORDS = "See you at half past ten in room 12, and bring the book with you, please. " * 2  # 148 characters


def run(repetitions: int, quick: bool) -> list[Figure]:
    """One message after the other: between two agents' APIs, and between two nodes of one process."""
    count = 40 if quick else MESSAGES
    return [
        *_api_figures([_between_apis(count) for _ in range(repetitions)]),
        *_node_figures([_between_nodes(count) for _ in range(repetitions)]),
    ]


def _api_figures(runs: list[tuple[float, ...]]) -> list[Figure]:
    units = {
        "call to receipt over two agents' APIs, p50": "ms",
        "call to receipt over two agents' APIs, p99": "ms",
        "sender's CPU for a message": "ms",
        "receiver's CPU for a message": "ms",
    }
    return collect("private message", units, [dict(zip(units, run, strict=True)) for run in runs])


def _node_figures(runs: list[tuple[float, ...]]) -> list[Figure]:
    units = {"two nodes in one process, p50": "ms", "two nodes in one process, p99": "ms"}
    return collect("private message", units, [dict(zip(units, run, strict=True)) for run in runs])


def _between_apis(count: int) -> tuple[float, ...]:
    with two_agents() as (sender, receiver):
        bot = Bot(sender.port, sender.api_token)
        until(lambda: any(person["name"] == receiver.name for person in bot.call("snapshot")["people"]), 20)
        for _ in range(WARMING):
            _send(bot, sender.name, receiver.name)
        pids = [_pid(sender), _pid(receiver)]
        before = [cpu_seconds(pid) for pid in pids]
        times = [_send(bot, sender.name, receiver.name) for _ in range(count)]
        used = [(cpu_seconds(pid) - cpu) / count for pid, cpu in zip(pids, before, strict=True)]
        bot.close()
    return tuple(value * 1000 for value in (percentile(times, 50), percentile(times, 99), *used))


@contextmanager
def two_agents() -> Iterator[tuple[Agent, Agent]]:
    """Two processes of `run.py agent` that are logged in, and an authority."""
    with TemporaryDirectory() as folder, town(1) as place:
        agents = []
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


def _send(bot: Bot, sender: str, receiver: str) -> float:
    """Seconds from the call to the pushed news that the receipt is there."""
    id = secrets.token_hex(16)
    began = time.perf_counter()
    bot.begin("private_chat", username=sender, client_b_username=receiver, message=WORDS, id=id)
    bot.wait_for(lambda name, value: name == "message" and value["id"] == id and value["state"] == "delivered")
    return time.perf_counter() - began


def _between_nodes(count: int) -> tuple[float, ...]:
    with pair() as (sender, receiver):
        times = []
        for number in range(WARMING + count):
            began = time.perf_counter()
            sender.compose(receiver.me.uid, TEXT, WORDS.encode(), random_id())
            sender.outbox.step(receiver.me.uid)
            if number >= WARMING:
                times.append(time.perf_counter() - began)
        assert not sender.outbox.waiting(), "a message was not delivered"
    return percentile(times, 50) * 1000, percentile(times, 99) * 1000
