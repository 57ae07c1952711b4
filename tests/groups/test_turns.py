"""A commit of somebody with rank, against others who commit or change their keys all the time."""

from __future__ import annotations

import contextlib

import pytest

from protocol.errors import HamrazError
from protocol.messages import Hold
from protocol.roles import Role
from tests.agent.wire import frames_of
from tests.groups.village import Village
from tests.world import Person
from web_client.groups import membership as group_membership
from web_client.groups import mending


@pytest.fixture
def village() -> Village:
    village = Village(Role.ADVANCED, Role.BEGINNER, Role.BEGINNER, Role.BEGINNER)
    village.everybody_joins()
    return village


class Crowd:
    """Before any frame of one agent's, each of the others does what can make its commit stale."""

    def __init__(self, village: Village, target: Person, crowd: list[Person]) -> None:
        self.village, self.target, self.crowd = village, target, crowd
        self.busy = False
        self.won = 0
        village.world.waits = False  # nobody here waits for a new key that has to: all go on at once
        village.world.carry = self._carry

    def _carry(self, source: str, target: str, body: bytes) -> list[bytes]:
        if source == self.target.name and target == "authority" and not self.busy:
            self.busy = True
            for person in self.crowd:
                epoch = self.village.kept.group.epoch
                with contextlib.suppress(HamrazError):
                    person.node.keys.renew()
                with contextlib.suppress(HamrazError):
                    person.node.authority.log.refresh()
                    room = self.village.room(person)
                    room.reload()
                    mending.mend(room)
                self.won += self.village.kept.group.epoch - epoch
            self.busy = False
        return [body]


def test_a_removal_succeeds_against_all_who_have_no_rank(village: Village) -> None:
    arash, _sara, *crowd = village.people
    world, started = village.world, village.world.now
    race = Crowd(village, arash, crowd)
    arash.node.groups.command(village.gid, crowd[0].uid, False, "")
    assert world.now - started < 5_000
    assert crowd[0].uid not in village.kept.group.members and village.kept.group.commit.by == arash.uid
    world.carry = lambda source, target, body: [body]
    village.people.remove(crowd[0])
    del village.world.people[crowd[0].name]
    assert race.won > 0  # before her turn came
    village.come_to_rest()
    village.check()
    village.say(arash, "that was that")
    assert [village.texts(person)[-1] for person in village.people] == ["that was that"] * 4


def test_those_of_rank_take_turns(village: Village) -> None:
    """Each adds and removes somebody in the middle of the other's: both come to their end."""
    arash, sara, omid, mina, reza = village.people
    inner: list[int] = []

    def carry(source: str, target: str, body: bytes) -> list[bytes]:
        if source == "arash" and b"grant_keys" in body[:14] and not inner:
            inner.append(village.kept.group.epoch)
            sara.node.groups.command(village.gid, mina.uid, False, "")  # waits until his turn has lapsed
        return [body]

    village.world.carry = carry
    arash.node.groups.command(village.gid, omid.uid, False, "")
    assert inner and not {omid.uid, mina.uid} & village.kept.group.members.keys()
    assert frames_of(village.world, Hold, "sara", "authority")
    for person in (omid, mina):
        village.people.remove(person)
    village.come_to_rest()
    village.check()
    assert {person.uid for person in (arash, sara, reza)} == set(village.kept.group.members)


def test_a_turn_ends_with_a_command_that_fails(village: Village) -> None:
    arash, sara, *_rest = village.people
    with pytest.raises(HamrazError):
        group_membership.change_members(village.room(arash), b"\0" * 32, None, "")
    started = village.world.now
    sara.node.groups.command(village.gid, village.people[2].uid, False, "")
    assert village.world.now == started
