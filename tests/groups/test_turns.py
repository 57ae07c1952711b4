"""A commit of somebody with rank, against others who commit or change their keys all the time."""

from __future__ import annotations

import contextlib

import pytest

from protocol.errors import HamrazError
from protocol.messages import Hold
from protocol.roles import Role
from tests.agent.wire import frames_of
from tests.groups.group_world import GroupWorld
from tests.world import Person
from web_client.groups import membership as group_membership
from web_client.groups import mending


@pytest.fixture
def group_world() -> GroupWorld:
    group_world = GroupWorld(Role.ADVANCED, Role.BEGINNER, Role.BEGINNER, Role.BEGINNER)
    group_world.everybody_joins()
    return group_world


class Competitors:
    """Before any frame of one agent's, each of the others does what can make its commit stale."""

    def __init__(self, group_world: GroupWorld, target: Person, competitors: list[Person]) -> None:
        self.group_world, self.target, self.competitors = group_world, target, competitors
        self.busy = False
        self.won = 0
        group_world.world.waits = False  # nobody here waits for a new key that has to: all go on at once
        group_world.world.carry = self._carry

    def _carry(self, source: str, target: str, body: bytes) -> list[bytes]:
        if source == self.target.name and target == "authority" and not self.busy:
            self.busy = True
            for person in self.competitors:
                epoch = self.group_world.kept.group.epoch
                with contextlib.suppress(HamrazError):
                    person.node.keys.renew()
                with contextlib.suppress(HamrazError):
                    person.node.authority.log.refresh()
                    room = self.group_world.room(person)
                    room.reload()
                    mending.mend(room)
                self.won += self.group_world.kept.group.epoch - epoch
            self.busy = False
        return [body]


def test_a_removal_succeeds_against_all_who_have_no_rank(group_world: GroupWorld) -> None:
    arash, _sara, *competitors = group_world.people
    world, started = group_world.world, group_world.world.now
    race = Competitors(group_world, arash, competitors)
    arash.node.groups.command(group_world.gid, competitors[0].uid, False, "")
    assert world.now - started < 5_000
    assert competitors[0].uid not in group_world.kept.group.members and group_world.kept.group.commit.by == arash.uid
    world.carry = lambda source, target, body: [body]
    group_world.people.remove(competitors[0])
    del group_world.world.people[competitors[0].name]
    assert race.won > 0  # before her turn came
    group_world.come_to_rest()
    group_world.check()
    group_world.say(arash, "that was that")
    assert [group_world.texts(person)[-1] for person in group_world.people] == ["that was that"] * 4


def test_those_of_rank_take_turns(group_world: GroupWorld) -> None:
    """Each adds and removes somebody in the middle of the other's: both come to their end."""
    arash, sara, omid, mina, reza = group_world.people
    inner: list[int] = []

    def carry(source: str, target: str, body: bytes) -> list[bytes]:
        if source == "arash" and b"grant_keys" in body[:14] and not inner:
            inner.append(group_world.kept.group.epoch)
            sara.node.groups.command(group_world.gid, mina.uid, False, "")  # waits until his turn has lapsed
        return [body]

    group_world.world.carry = carry
    arash.node.groups.command(group_world.gid, omid.uid, False, "")
    assert inner and not {omid.uid, mina.uid} & group_world.kept.group.members.keys()
    assert frames_of(group_world.world, Hold, "sara", "authority")
    for person in (omid, mina):
        group_world.people.remove(person)
    group_world.come_to_rest()
    group_world.check()
    assert {person.uid for person in (arash, sara, reza)} == set(group_world.kept.group.members)


def test_a_turn_ends_with_a_command_that_fails(group_world: GroupWorld) -> None:
    arash, sara, *_rest = group_world.people
    with pytest.raises(HamrazError):
        group_membership.change_members(group_world.room(arash), frozenset({b"\0" * 32}), None, "")
    started = group_world.world.now
    sara.node.groups.command(group_world.gid, group_world.people[2].uid, False, "")
    assert group_world.world.now == started
