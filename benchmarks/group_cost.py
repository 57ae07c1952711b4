"""What a change of membership costs, and what groups and their members cost the authority in memory."""

from __future__ import annotations

import secrets
import statistics
import time

from benchmarks.figures import Figure, collect
from benchmarks.generator import Crowd, Script
from benchmarks.group_member import Plan
from benchmarks.groups import PATIENCE, gathering
from benchmarks.idle import SETTLING_SECONDS
from benchmarks.member import Member
from benchmarks.process import cpu_seconds, processor, resident_kib
from benchmarks.town import live, town
from protocol.group_seals import seal_grant
from protocol.primitives import EpochKey, OpenKey, random_id
from protocol.statements import NO_DEVICE, Prekey, issue
from tests.processes import free_port

SIZES = (10, 100, 1000)
COMMITS = 5
GROUPS, GROUP_SIZE = 100, 10


def run(repetitions: int, quick: bool) -> list[Figure]:
    """Commits by size of the group, then memory."""
    figures = []
    for size in (10,) if quick else SIZES:
        units = {
            f"commit with {size:,} members, uploaded to answered": "ms",
            f"commit with {size:,} members, authority's CPU": "ms",
            f"commit with {size:,} members, sealing the keys at the commander, CPU": "ms",
        }
        runs = [dict(zip(units, _commit(size), strict=True)) for _ in range(repetitions)]
        figures += collect("group cost", units, runs)
    size = 10 if quick else SIZES[-1]
    each = f"memory for a connected member of a group of {size:,}"
    name = f"memory for each of {GROUPS} groups of {GROUP_SIZE}, nobody connected"
    figures += collect("group cost", {each: "KiB"}, [{each: _member(size)} for _ in range(repetitions)])
    figures += collect("group cost", {name: "KiB"}, [{name: _groups()} for _ in range(repetitions)])
    return figures


def _commit(size: int) -> tuple[float, float, float]:
    """ms until a commit is answered, from the first key that is uploaded; everybody is connected and told of it."""
    with gathering(size) as group:
        chief, pid = group.place.members[0], group.place.pid
        cpu, times = cpu_seconds(pid), []
        for _ in range(COMMITS):
            began = time.perf_counter()
            group.crowd.say(group.commander, group.plan.change(chief, group.place.members))
            times.append(time.perf_counter() - began)
        group.audience.wait(size * COMMITS, PATIENCE)
        each = (cpu_seconds(pid) - cpu) / COMMITS
        return statistics.median(times) * 1000, each * 1000, seal(group.plan, group.place.members)


def seal(plan: Plan, members: list[Member]) -> float:
    """ms of CPU for sealing one epoch's key to each member."""
    key, prekey = EpochKey.generate(), OpenKey.generate()
    published = [Prekey(member.uid, NO_DEVICE, random_id(), 1, prekey.public.raw) for member in members]
    signed = [issue(one, member.key, plan.authority_id) for one, member in zip(published, members, strict=True)]
    commit = plan.commit(members[0], members)

    def all_of_them() -> None:
        for member, one in zip(members, signed, strict=True):
            seal_grant(key, commit, member.uid, member.key.public, one, members[0].key, plan.authority_id)

    return processor(all_of_them)


def _member(size: int) -> float:
    """KiB for a member: all of them are connected to the group's port, then none."""
    with gathering(size) as group:
        group.crowd.idle(SETTLING_SECONDS)
        return (resident_kib(group.place.pid) - group.before_kib) / size


def _groups() -> float:
    """KiB for a group without anybody on its port."""
    with town(GROUP_SIZE) as place:
        chief = place.members[0]
        crowd = Crowd(place.port, live)
        try:
            line = crowd.dial()
            crowd.say(line, chief.log_in(line))
            crowd.say(line, _create(1, chief, place.members))  # what the first one loads counts for none
            before = resident_kib(place.pid)
            crowd.say(line, _create(GROUPS, chief, place.members), PATIENCE)
            return (resident_kib(place.pid) - before) / GROUPS
        finally:
            crowd.close()


def _create(count: int, chief: Member, members: list[Member]) -> Script:
    """So many groups of the same people, each on a port of its own."""
    for _ in range(count):
        plan = Plan(chief.authority_id, secrets.token_bytes(16), free_port())
        yield from plan.create(chief, members)
