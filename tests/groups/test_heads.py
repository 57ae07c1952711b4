"""Agents exchange the signed chain heads of groups in which both are: two histories without a commit are seen."""

from __future__ import annotations

import pytest

from protocol.group_entries import ChainHead
from protocol.messages import Chains, CompareChains
from protocol.roles import Role
from protocol.statements import Signed, issue
from tests.agent.wire import frames_of
from tests.groups.village import Village
from tests.world import Person
from web_client import group_heads


@pytest.fixture
def village() -> Village:
    village = Village(Role.BEGINNER, Role.BEGINNER, members=1)
    village.everybody_joins()
    village.say(village.people[0], "one")
    return village


def head(village: Village, n: int, hash: bytes) -> Signed:
    world = village.world
    return issue(ChainHead(village.gid, n, hash, 1, 1), world.authority_key, world.link.authority_id)


def show(village: Village, to: Person, by: Person, *chains: Signed) -> None:
    group_heads.take(to.node, by.uid, list(chains))


def test_heads_cross_with_a_knock_and_agree(village: Village) -> None:
    arash, sara, omid = village.people
    village.world.cut("sara")
    arash.node.links.close()
    arash.say(sara, "hello")
    village.world.settle()
    asked, told = (
        frames_of(village.world, CompareChains, "arash", "sara"),
        frames_of(village.world, Chains, "sara", "arash"),
    )
    assert len(asked[-1].chains) == len(told[-1].chains) == 1
    assert arash.node.trust.alarm is None and sara.node.trust.alarm is None
    arash.say(omid, "you are in none of our groups")
    assert not frames_of(village.world, CompareChains, "arash", "omid")
    assert group_heads.ours(arash.node, omid.uid) == []


def test_another_chain_of_the_same_group_is_the_alarm(village: Village) -> None:
    arash, sara, _omid = village.people
    group = village.room(arash).group
    show(village, arash, sara, head(village, group.n, b"\7" * 32))
    assert arash.node.trust.alarm is not None and arash.node.trust.alarm["why"] == "chain"


def test_what_is_ahead_is_compared_when_the_chain_has_got_there(village: Village) -> None:
    arash, sara, _omid = village.people
    n = village.room(arash).group.n
    show(village, arash, sara, head(village, n + 1, b"\7" * 32))
    assert arash.node.trust.alarm is None
    village.say(sara, "another")
    assert arash.node.trust.alarm is not None


def test_two_that_are_ahead_contradict_each_other(village: Village) -> None:
    arash, sara, _omid = village.people
    n = village.room(arash).group.n + 5
    show(village, arash, sara, head(village, n, b"\7" * 32), head(village, n, b"\6" * 32))
    assert arash.node.trust.alarm is not None


def test_nobody_else_and_nothing_unsigned_raises_it(village: Village) -> None:
    arash, sara, omid = village.people
    group, world = village.room(arash).group, village.world
    false = head(village, group.n, b"\7" * 32)
    show(village, arash, omid, false)  # is in no group with him
    forged = issue(ChainHead(village.gid, group.n, b"\7" * 32, 1, 1), sara.node.me.key, world.link.authority_id)
    unknown = issue(ChainHead(b"g" * 16, 1, b"\7" * 32, 1, 1), world.authority_key, world.link.authority_id)
    show(village, arash, sara, forged, unknown, Signed(b"", bytes(64)), Signed(false.body, bytes(64)))
    assert arash.node.trust.alarm is None
