"""Deliveries a second in groups of ten, a hundred and a thousand members, what they cost, and how long each takes."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from benchmarks.figures import Figure, collect
from benchmarks.generator import Crowd, Line, Script
from benchmarks.group_load import Audience, Voice, delays, paced
from benchmarks.group_member import Plan
from benchmarks.member import Member
from benchmarks.process import cpu_seconds, pin, resident_kib
from benchmarks.town import Town, live, town
from tests.processes import free_port

SENDERS = 10
WINDOW = 32  # messages of one sender that wait for their answer
TEXT_SIZE = 150  # bytes
# Members: messages in all. Enough to last some seconds.
MESSAGES = {10: 5000, 100: 4000, 1000: 1000}
PACED_DELIVERIES = 2000.0  # a second: a load that every server should carry without any queue
PACED_SECONDS = 5.0
PATIENCE = 300.0


def run(repetitions: int, quick: bool) -> list[Figure]:
    """At a steady rate, then as fast as the authority takes it."""
    figures = []
    for size, messages in {10: 200}.items() if quick else MESSAGES.items():
        units = {
            f"deliveries, {size:,} members": "/s",
            f"deliveries for a second of the authority's CPU, {size:,} members": "",
            f"generator's CPU, {size:,} members": "%",
            f"{PACED_DELIVERIES:g} deliveries a second, {size:,} members, p50": "ms",
            f"{PACED_DELIVERIES:g} deliveries a second, {size:,} members, p99": "ms",
        }
        runs = [dict(zip(units, measure(size, messages), strict=True)) for _ in range(repetitions)]
        figures += collect("groups", units, runs)
    return figures


@dataclass(slots=True)
class Gathering:
    """A group whose members are all connected and in: `lines` has their connections, in the order of the town."""

    place: Town
    plan: Plan
    crowd: Crowd
    audience: Audience
    commander: Line  # on the main port; the first member's
    lines: list[Line]
    before_kib: float  # the authority's memory when only the commander was there


@contextmanager
def gathering(size: int) -> Iterator[Gathering]:
    """A group of so many; the first one is its commander."""
    with town(size) as place:
        chief = place.members[0]
        plan = Plan(chief.authority_id, secrets.token_bytes(16), free_port())
        crowd = Crowd(place.port, live)
        audience = Audience(crowd)
        lines: dict[bytes, Line] = {}

        def join(member: Member, line: Line) -> Script:
            lines[member.uid] = line
            return plan.enter(member, line) if member is chief else plan.join(member, line)

        try:
            commander = crowd.dial()
            crowd.say(commander, chief.log_in(commander))
            crowd.say(commander, plan.create(chief, place.members))
            before = resident_kib(place.pid)
            crowd.port = plan.port
            crowd.visit([partial(join, member) for member in place.members], 16, keep=True, seconds=PATIENCE)
            everybody = [lines[member.uid] for member in place.members]
            audience.gather(everybody, size, PATIENCE)  # one commit and everybody else's join
            yield Gathering(place, plan, crowd, audience, commander, everybody, before)
        finally:
            crowd.close()


def measure(size: int, count: int, window: int = WINDOW, core: int | None = None) -> tuple[float, ...]:
    """Deliveries a second, for a second of the authority's CPU, the generator's CPU in percent; p50 and p99 in ms at a
    steady rate. `core`: the only one that the authority may use.
    """
    with gathering(size) as group:
        if core is not None:
            pin(group.place.pid, core)
        paced_count = int(PACED_DELIVERIES / size * PACED_SECONDS)
        voices = voices_of(group, SENDERS, (count + paced_count) // SENDERS, window)
        # first, while nobody has used up what an account has at once
        paced(group.crowd, voices, paced_count, size / PACED_DELIVERIES)
        _finish(group, voices, paced_count * size)
        times = delays(voices, group.audience, (50, 99))
        group.audience.forget()
        cpu, own, began = cpu_seconds(group.place.pid), time.process_time(), time.perf_counter()
        for voice in voices:
            voice.fill(count // SENDERS)
        _finish(group, voices, count // SENDERS * SENDERS * size)
        took = group.audience.arrivals[-1].at - began
        cpu, own = cpu_seconds(group.place.pid) - cpu, time.process_time() - own
        deliveries = group.audience.deliveries
    return deliveries / took, deliveries / cpu, own / took * 100, *(value * 1000 for value in times)


def voices_of(group: Gathering, senders: int, each: int, window: int = WINDOW) -> list[Voice]:
    """Some members with so many messages each, written and signed."""
    seen = group.crowd.say(group.lines[0], group.plan.newest())
    voices = []
    for member, line in list(zip(group.place.members, group.lines, strict=True))[:senders]:
        assert member.head is not None
        entries = group.plan.write(member, seen, member.head, each, TEXT_SIZE)
        voices.append(Voice(line, group.plan.posts(entries), window))
    return voices


def _finish(group: Gathering, voices: list[Voice], deliveries: int) -> None:
    """Until everything has been answered and has arrived at everybody."""
    group.audience.wait(deliveries, PATIENCE)
    group.crowd.until(lambda: all(voice.idle for voice in voices), PATIENCE)
