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
from tests.groups.test_standing import Liar, quietly
from tests.groups.village import Village
from tests.world import Person
from web_client.groups import heads as group_heads
from web_client.groups.heads import BEHIND, IN_VAIN


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
    group_heads.take(to.node.ctx, to.node.groups, by.uid, list(chains))


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
    assert arash.node.ctx.trust.alarm is None and sara.node.ctx.trust.alarm is None
    arash.say(omid, "you are in none of our groups")
    assert not frames_of(village.world, CompareChains, "arash", "omid")
    assert group_heads.ours(arash.node.ctx, arash.node.groups, omid.uid) == []


def test_another_chain_of_the_same_group_is_the_alarm(village: Village) -> None:
    arash, sara, _omid = village.people
    group = village.room(arash).group
    show(village, arash, sara, head(village, group.n, b"\7" * 32))
    assert arash.node.ctx.trust.alarm is not None and arash.node.ctx.trust.alarm["why"] == "chain"


def test_what_is_ahead_is_compared_when_the_chain_has_got_there(village: Village) -> None:
    arash, sara, _omid = village.people
    n = village.room(arash).group.n
    show(village, arash, sara, head(village, n + 1, b"\7" * 32))
    assert arash.node.ctx.trust.alarm is None
    village.say(sara, "another")
    assert arash.node.ctx.trust.alarm is not None


def test_two_that_are_ahead_contradict_each_other(village: Village) -> None:
    arash, sara, _omid = village.people
    n = village.room(arash).group.n + 5
    show(village, arash, sara, head(village, n, b"\7" * 32), head(village, n, b"\6" * 32))
    assert arash.node.ctx.trust.alarm is not None


def test_an_end_that_is_kept_back_is_named_and_comes(village: Village) -> None:
    """The victim's own agent has the proof in hand: messages are written, and the authority shows none of them."""
    arash, sara, _omid = village.people
    Liar(village, sara, fresh=True)
    village.write(arash, "two")
    for _round in range(3):
        arash.settle()
    arash.node.links.end([], mine=True)
    arash.say(sara, "did you read it?")  # heads cross with the knock
    states, world, room = sara.node.ctx.states, village.world, village.room(sara)
    assert sara.node.ctx.trust.alarm is None and not states.has(BEHIND, village.gid)
    for _answer in range(IN_VAIN):
        assert not states.has(BEHIND, village.gid)  # slow is no lie
        quietly(sara, village)
        quietly(sara, village)  # not asked again before its time
        world.now += 4_000
    state = states.of(BEHIND, village.gid)
    assert state.values == {"signed": village.kept.group.n, "shown": room.group.n}
    shown = sara.agent().evidence(BEHIND, village.gid.hex())["evidence"]
    verdict = judge(json.loads(json.dumps(shown)), world.link.authority_id)
    assert (verdict.what, verdict.at, verdict.why) == ("chain_behind", village.kept.group.n, str(room.group.n))
    for change in ({"larger": shown["shown"]}, {"authority_key": "00" * 32}, {"state": "log_behind"}):
        with pytest.raises(HamrazError):
            judge(shown | change, world.link.authority_id)
    sara.restart()  # it is remembered
    quietly(sara, village)
    assert sara.node.ctx.states.has(BEHIND, village.gid)
    world.carry = lambda source, target, body: [body]
    world.now += 60_000
    village.come_to_rest()
    assert not sara.node.ctx.states.has(BEHIND, village.gid) and village.texts(sara) == ["one", "two"]


def test_who_shows_the_same_again_and_again_breaks_no_connection(village: Village) -> None:
    arash, sara, _omid = village.people
    village.room(arash).step()
    for n in range(40):
        ahead = head(village, village.room(arash).group.n + 5 + n, b"\7" * 32)
        show(village, arash, sara, ahead)
        channel = village.room(arash).channel()
        show(village, arash, sara, ahead)
        assert not channel.closed
    assert len(village.room(arash).ahead.heads) == group_heads.PENDING
    assert arash.node.ctx.trust.alarm is None


def test_nobody_else_and_nothing_unsigned_raises_it(village: Village) -> None:
    arash, sara, omid = village.people
    group, world = village.room(arash).group, village.world
    false = head(village, group.n, b"\7" * 32)
    show(village, arash, omid, false)  # is in no group with him
    forged = issue(ChainHead(village.gid, group.n, b"\7" * 32, 1, 1), sara.node.ctx.me.key, world.link.authority_id)
    unknown = issue(ChainHead(b"g" * 16, 1, b"\7" * 32, 1, 1), world.authority_key, world.link.authority_id)
    show(village, arash, sara, forged, unknown, Signed(b"", bytes(64)), Signed(false.body, bytes(64)))
    assert arash.node.ctx.trust.alarm is None
