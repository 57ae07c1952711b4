"""Whatever overtakes whatever: every replay equals the authority's, nothing is unreadable, nobody is alarmed
falsely.
"""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from protocol.errors import HamrazError
from protocol.roles import Role
from tests import stores
from tests.groups.group_world import GroupWorld
from tests.world import Person, World
from web_client.groups import membership as group_membership
from web_client.groups.rows import INVITED, JOINED

SHORT, LONG = 25, 1000


class Race:
    """Does things at random, and lets others do theirs in the middle of them, before any frame that they send."""

    def __init__(self, seed: int, world: World | None = None) -> None:
        self.random = random.Random(seed)
        self.group_world = GroupWorld(Role.ADMIN, Role.ADVANCED, Role.BEGINNER, members=2, world=world)
        self.active: list[Person] = []
        self.sent: list[tuple[Person, str]] = []
        self.log: list[str] = []
        self.group_world.everybody_joins()
        self.group_world.world.carry = self._carry

    def _carry(self, source: str, target: str, body: bytes) -> list[bytes]:
        # only where a process waits for the network: what the authority does with one frame is one step
        if source != "authority" and len(self.active) in (1, 2) and self.random.random() < 0.04:
            self.step()
        return [body]

    def step(self) -> None:
        """One random thing by somebody who is not in the middle of something."""
        idle = [person for person in self.group_world.people if person not in self.active]
        person = self.random.choice(idle)
        act = self.random.choice(
            [self.write, self.write, self.add, self.remove, self.leave, self.role, self.reload, self.answer]
            + ([self.restart, self.restart_authority] if not self.active else [])
        )
        self.active.append(person)
        self.log.append(f"{'  ' * len(self.active)}{person.name} {act.__name__}")
        with contextlib.suppress(HamrazError):
            act(person)
        self.active.pop()

    def in_group(self, person: Person) -> bool:
        rooms = person.node.groups.rooms
        return self.group_world.gid in rooms and self.group_world.room(person).state == JOINED

    def write(self, person: Person) -> None:
        text = f"{person.name} {len(self.sent)}"
        self.group_world.write(person, text)
        self.sent.append((person, text))
        person.settle()

    def add(self, person: Person) -> None:
        target = self.random.choice(self.group_world.people)
        person.node.groups.command(self.group_world.gid, target.uid, True, "")
        person.settle()

    def remove(self, person: Person) -> None:
        target = self.random.choice([other for other in self.group_world.people if other is not person])
        person.node.groups.command(self.group_world.gid, target.uid, False, "because")

    def leave(self, person: Person) -> None:
        if self.in_group(person) and self.random.random() < 0.4:
            group_membership.leave(self.group_world.room(person))

    def role(self, person: Person) -> None:
        target = self.random.choice(self.group_world.people)
        self.group_world.give_role(person, target, self.random.choice([Role.ADMIN, Role.ADVANCED, Role.BEGINNER]))

    def reload(self, person: Person) -> None:
        if self.in_group(person):
            self.group_world.room(person).refresh()

    def answer(self, person: Person) -> None:
        person.settle()
        if self.group_world.gid in person.node.groups.rooms and self.group_world.room(person).state == INVITED:
            person.node.groups.answer(self.group_world.gid, True)

    def restart(self, person: Person) -> None:
        person.restart()

    def restart_authority(self, person: Person) -> None:
        self.group_world.world.restart_authority()
        for other in self.group_world.people:
            other.reconnect()


def stands(group_world: GroupWorld, person: Person) -> list[str]:
    """The words that stand in the chain. What waited when its writer left was never posted: it has failed by that name,
    before its writer's eyes only, who may have come back meanwhile.
    """
    texts = [message for message in group_world.shown(person) if message["kind"] == "text"]
    failed = [message for message in texts if message["state"] == "failed"]
    assert all(message["mine"] and message["why"] == "not_member" for message in failed), failed
    return [message["text"] for message in texts if message not in failed]


def run(seed: int, steps: int) -> None:
    finish(Race(seed), steps)


def finish(race: Race, steps: int) -> None:
    """So many steps, and what must hold after them."""
    for _step in range(steps):
        race.step()
    group_world = race.group_world
    group_world.world.carry = lambda source, target, body: [body]
    group_world.come_to_rest()
    try:
        group_world.check()
        inside = [person for person in group_world.people if race.in_group(person)]
        # the first member never leaves by others' will only if they stayed in; whoever is in from the start saw all
        told = [tuple(stands(group_world, person)) for person in inside]
        assert len(set(told)) <= 1, told
        for person in inside:
            texts = group_world.texts(person)
            assert len(texts) == len(set(texts)), "a message stands twice"
    except AssertionError:
        print("\n".join(race.log))
        raise


def effort(request: pytest.FixtureRequest, database: str) -> int:
    """Few where each step is a question to a server: what is looked for doesn't depend on it."""
    return LONG if request.config.getoption("--long") and database == stores.SQLITE else SHORT


def test_interleavings(request: pytest.FixtureRequest, database: str) -> None:
    @settings(
        max_examples=effort(request, database),
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.integers(0, 2**32))
    def races(seed: int) -> None:
        run(seed, 10)

    check: Callable[[], None] = races
    check()


def test_a_commit_that_nobody_was_told_of() -> None:
    """A run that once never came to rest: a member acknowledged an old key again and again, and never looked."""
    run(145450, 10)


def test_what_waited_when_its_writer_left_has_failed_and_is_nobody_else_s() -> None:
    """They have come back since: a run in which the others were thought to lack a message."""
    run(1094845894, 10)
