"""What a member more costs in a group: at the authority for a message and a change, and at who makes the change."""

from __future__ import annotations

from benchmarks.group_cost import seal
from benchmarks.groups import PATIENCE, gathering, voices_of
from benchmarks.process import cpu_seconds

SIZES = (2, 20, 200, 2_000)  # of so many there may be at most
WHAT = "members"
UNITS = {
    "a message alone, authority's CPU": "ms",
    "a change of membership, authority's CPU": "ms",
    "a change of membership, sealing the keys, CPU": "ms",
}
DELIVERIES = 20_000  # in all, so that the system's steps of 10 ms are small beside them
MESSAGES = 300  # at most
CHANGES = 5


def measure(size: int, repetitions: int) -> list[dict[str, float]]:
    """In a group of so many, all of whom are connected; a new one each time."""
    return [dict(zip(UNITS, _measure(size), strict=True)) for _ in range(repetitions)]


def _measure(size: int) -> tuple[float, float, float]:
    messages = min(MESSAGES, DELIVERIES // size)
    with gathering(size) as group:
        pid, plan, people = group.place.pid, group.plan, group.place.members
        before = cpu_seconds(pid)
        for _ in range(CHANGES):
            group.crowd.say(group.commander, plan.change(people[0], people))
        group.audience.wait(size * CHANGES, PATIENCE)
        change = cpu_seconds(pid) - before
        group.audience.forget()
        (voice,) = voices_of(group, 1, messages, window=1)
        before = cpu_seconds(pid)
        for number in range(messages):
            voice.fill(1)  # each in a batch of its own, as people write
            group.audience.wait((number + 1) * size, PATIENCE)
        message = cpu_seconds(pid) - before
        return message / messages * 1000, change / CHANGES * 1000, seal(plan, people)
