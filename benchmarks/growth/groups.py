"""What one agent does for each group that it is in: at a start, a snapshot, a link that is made again, a message."""

from __future__ import annotations

import json

from benchmarks.process import processor
from protocol.primitives import random_id
from tests.world import Person, World

SIZES = (1, 10, 100, 1_000)  # more than a thousand nobody may make
WHAT = "groups"
UNITS = {
    "start, CPU": "ms",
    "coming in to all of them, CPU": "ms",
    "all of them looked after, CPU": "ms",
    "snapshot": "KiB",
    "snapshot, CPU": "ms",
    "a message in one of them, CPU": "ms",
}
DAY = 86_400_000  # ms
MESSAGES = 5


def measure(count: int, repetitions: int) -> list[dict[str, float]]:
    """In so many groups; authority and vault in memory, and the authority's part in the figures."""
    world = World()
    person = world.sign_up("owner")
    for _ in range(count):
        world.now += DAY  # the authority has its limits
        person.node.groups.create("workshop", [], "all")
    return [_measure(person) for _ in range(repetitions)]


def _measure(person: Person) -> dict[str, float]:
    person.world.now += DAY
    measured = {"start, CPU": processor(person.restart)}
    groups = person.node.groups
    measured["coming in to all of them, CPU"] = processor(groups.step)
    measured["all of them looked after, CPU"] = processor(groups.step)
    agent = person.agent()
    measured["snapshot"] = len(json.dumps(agent.snapshot(), ensure_ascii=False).encode()) / 1024
    measured["snapshot, CPU"] = processor(agent.snapshot)
    gid, room = next(iter(groups.rooms.items()))

    def say() -> None:
        groups.write(gid, "text", b"See you at half past ten in room 12, and bring the book with you.", random_id())
        room.step()

    measured["a message in one of them, CPU"] = processor(say, MESSAGES)
    return measured
