"""Agents exchange the signed chain heads of groups in which both are: two histories without a commit are seen."""

from __future__ import annotations

import json

import pytest

from protocol.errors import HamrazError
from protocol.evidence import judge
from protocol.group_entries import ChainHead
from protocol.messages import Chains, CompareChains
from protocol.roles import Role
from protocol.statements import Signed, issue
from tests.agent.wire import frames_of
from tests.groups.group_world import GroupWorld
from tests.groups.test_standing import StaleChain, quietly
from tests.world import Person
from web_client.groups import heads as group_heads
from web_client.groups.heads import BEHIND, IN_VAIN


@pytest.fixture
def group_world() -> GroupWorld:
    group_world = GroupWorld(Role.BEGINNER, Role.BEGINNER, members=1)
    group_world.everybody_joins()
    group_world.say(group_world.people[0], "one")
    return group_world


def head(group_world: GroupWorld, n: int, hash: bytes) -> Signed:
    world = group_world.world
    return issue(ChainHead(group_world.gid, n, hash, 1, 1), world.authority_key, world.link.authority_id)


def show(group_world: GroupWorld, to: Person, by: Person, *chains: Signed) -> None:
    group_heads.take(to.node.ctx, to.node.groups, by.uid, list(chains))


def test_heads_cross_with_a_knock_and_agree(group_world: GroupWorld) -> None:
    arash, sara, omid = group_world.people
    group_world.world.cut("sara")
    arash.node.links.close()
    arash.say(sara, "hello")
    group_world.world.settle()
    asked, told = (
        frames_of(group_world.world, CompareChains, "arash", "sara"),
        frames_of(group_world.world, Chains, "sara", "arash"),
    )
    assert len(asked[-1].chains) == len(told[-1].chains) == 1
    assert arash.node.ctx.trust.alarm is None and sara.node.ctx.trust.alarm is None
    arash.say(omid, "you are in none of our groups")
    assert not frames_of(group_world.world, CompareChains, "arash", "omid")
    assert group_heads.ours(arash.node.ctx, arash.node.groups, omid.uid) == []


def test_another_chain_of_the_same_group_is_the_alarm(group_world: GroupWorld) -> None:
    arash, sara, _omid = group_world.people
    group = group_world.room(arash).group
    show(group_world, arash, sara, head(group_world, group.n, b"\7" * 32))
    assert arash.node.ctx.trust.alarm is not None and arash.node.ctx.trust.alarm["why"] == "chain"


def test_what_is_ahead_is_compared_when_the_chain_has_got_there(group_world: GroupWorld) -> None:
    arash, sara, _omid = group_world.people
    n = group_world.room(arash).group.n
    show(group_world, arash, sara, head(group_world, n + 1, b"\7" * 32))
    assert arash.node.ctx.trust.alarm is None
    group_world.say(sara, "another")
    assert arash.node.ctx.trust.alarm is not None


def test_two_that_are_ahead_contradict_each_other(group_world: GroupWorld) -> None:
    arash, sara, _omid = group_world.people
    n = group_world.room(arash).group.n + 5
    show(group_world, arash, sara, head(group_world, n, b"\7" * 32), head(group_world, n, b"\6" * 32))
    assert arash.node.ctx.trust.alarm is not None


def test_an_end_that_is_kept_back_is_named_and_comes(group_world: GroupWorld) -> None:
    """The victim's own agent has the proof in hand: messages are written, and the authority shows none of them."""
    arash, sara, _omid = group_world.people
    StaleChain(group_world, sara, fresh=True)
    group_world.write(arash, "two")
    for _round in range(3):
        arash.settle()
    arash.node.links.end([], mine=True)
    arash.say(sara, "did you read it?")  # heads cross with the knock
    states, world, room = sara.node.ctx.states, group_world.world, group_world.room(sara)
    assert sara.node.ctx.trust.alarm is None and not states.has(BEHIND, group_world.gid)
    for _answer in range(IN_VAIN):
        assert not states.has(BEHIND, group_world.gid)  # slow is no lie
        quietly(sara, group_world)
        quietly(sara, group_world)  # not asked again before its time
        world.now += 4_000
    state = states.of(BEHIND, group_world.gid)
    assert state.values == {"signed": group_world.kept.group.n, "shown": room.group.n}
    shown = sara.agent().evidence(BEHIND, group_world.gid.hex())["evidence"]
    verdict = judge(json.loads(json.dumps(shown)), world.link.authority_id)
    assert (verdict.what, verdict.at, verdict.why) == ("chain_behind", group_world.kept.group.n, str(room.group.n))
    for change in ({"larger": shown["shown"]}, {"authority_key": "00" * 32}, {"state": "log_behind"}):
        with pytest.raises(HamrazError):
            judge(shown | change, world.link.authority_id)
    sara.restart()  # it is remembered
    quietly(sara, group_world)
    assert sara.node.ctx.states.has(BEHIND, group_world.gid)
    world.carry = lambda source, target, body: [body]
    world.now += 60_000
    group_world.come_to_rest()
    assert not sara.node.ctx.states.has(BEHIND, group_world.gid) and group_world.texts(sara) == ["one", "two"]


def test_who_shows_the_same_again_and_again_breaks_no_connection(group_world: GroupWorld) -> None:
    arash, sara, _omid = group_world.people
    group_world.room(arash).step()
    for n in range(40):
        ahead = head(group_world, group_world.room(arash).group.n + 5 + n, b"\7" * 32)
        show(group_world, arash, sara, ahead)
        channel = group_world.room(arash).channel()
        show(group_world, arash, sara, ahead)
        assert not channel.closed
    assert len(group_world.room(arash).ahead.heads) == group_heads.PENDING
    assert arash.node.ctx.trust.alarm is None


def test_nobody_else_and_nothing_unsigned_raises_it(group_world: GroupWorld) -> None:
    arash, sara, omid = group_world.people
    group, world = group_world.room(arash).group, group_world.world
    false = head(group_world, group.n, b"\7" * 32)
    show(group_world, arash, omid, false)  # is in no group with him
    forged = issue(ChainHead(group_world.gid, group.n, b"\7" * 32, 1, 1), sara.node.ctx.me.key, world.link.authority_id)
    unknown = issue(ChainHead(b"g" * 16, 1, b"\7" * 32, 1, 1), world.authority_key, world.link.authority_id)
    show(group_world, arash, sara, forged, unknown, Signed(b"", bytes(64)), Signed(false.body, bytes(64)))
    assert arash.node.ctx.trust.alarm is None
