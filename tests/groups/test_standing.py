"""A change of members that the authority holds back, and its word alone that one is no member."""

from __future__ import annotations

import contextlib

import msgspec
import pytest

from protocol.errors import HamrazError
from protocol.evidence import judge
from protocol.group_entries import ChainHead
from protocol.messages import Entered, Failed, Reloaded
from protocol.roles import Role
from protocol.statements import Signed, issue
from tests.groups.group_world import GroupWorld
from tests.world import Person
from web_client.groups import membership as group_membership
from web_client.groups.rows import INVITED, JOINED, LEFT, REMOVED
from web_client.groups.standing import NOT_LET_IN, WITHHELD


@pytest.fixture
def group_world() -> GroupWorld:
    group_world = GroupWorld(Role.BEGINNER, Role.BEGINNER, Role.BEGINNER)
    group_world.everybody_joins()
    return group_world


def quietly(person: Person, group_world: GroupWorld) -> None:
    with contextlib.suppress(HamrazError):
        group_world.room(person).step()


class StaleChain:
    """Keeps somebody on the chain as it is now: no push, and every answer has its old end under a head of its own."""

    def __init__(self, group_world: GroupWorld, victim: Person, fresh: bool) -> None:
        group = group_world.room(victim).group
        self.group_world, self.victim, self.fresh = group_world, victim, fresh
        self.place = (group_world.gid, group.n, group.hash, group.epoch)
        self.size = group_world.world.authority.published.size
        group_world.world.carry = self._carry

    def head(self) -> Signed:
        size = self.group_world.world.authority.published.size if self.fresh else self.size
        world = self.group_world.world
        return issue(ChainHead(*self.place, size), world.authority_key, world.link.authority_id)

    def _carry(self, source: str, target: str, body: bytes) -> list[bytes]:
        if source != "authority" or target != self.victim.name:
            return [body]
        if body[1:9] == b"\xa7entries":
            return []
        if body[1:9] == b"\xa7entered":
            return [msgspec.msgpack.encode(Entered(msgspec.msgpack.decode(body, type=Entered).re, self.head()))]
        if body[1:10] == b"\xa8reloaded":
            answer = msgspec.msgpack.decode(body, type=Reloaded)
            return [msgspec.msgpack.encode(Reloaded(answer.re, answer.start, [], self.head()))]
        return [body]


@pytest.mark.parametrize("fresh", [True, False], ids=["signed for the whole log", "signed long ago"])
def test_a_withheld_removal_is_noticed_and_nothing_is_written_meanwhile(group_world: GroupWorld, fresh: bool) -> None:
    arash, sara, omid, mina = group_world.people
    states = omid.node.ctx.states
    StaleChain(group_world, omid, fresh)
    arash.node.groups.command(group_world.gid, mina.uid, False, "")
    omid.node.authority.log.sync()
    group_world.write(omid, "now that mina is out")
    quietly(omid, group_world)
    assert states.has(WITHHELD, group_world.gid) and omid.node.ctx.trust.alarm is None
    assert group_world.room(omid).group.epoch == 1 and group_world.room(omid).state == JOINED
    assert {one["why"] for one in group_world.shown(omid) if one["state"] == "waiting"} == {WITHHELD}
    with pytest.raises(HamrazError) as caught:
        group_membership.change_members(group_world.room(omid), frozenset(), sara.uid, "")
    assert caught.value.code in (WITHHELD, "role_not_allowed")
    state = states.of(WITHHELD, group_world.gid)
    file = omid.node.ctx.trust.evidence_of(state.code, state.evidence or {})
    if fresh:
        verdict = judge(file, group_world.world.link.authority_id)
        assert (verdict.what, verdict.at) == (
            "withheld",
            group_world.world.authority.state.log.groups[group_world.gid][1][0],
        )
    else:  # it isn't what was asked for, but nobody else can know when it was
        with pytest.raises(HamrazError):
            judge(file, group_world.world.link.authority_id)
    group_world.world.carry = lambda source, target, body: [body]
    group_world.room(omid).reconnect()
    group_world.people.remove(mina)
    group_world.come_to_rest()
    assert not states.now()
    assert group_world.texts(arash)[-1] == "now that mina is out" and "now that mina is out" not in group_world.texts(
        mina
    )
    group_world.check()


def test_slow_or_silent_is_no_lie(group_world: GroupWorld) -> None:
    arash, _sara, omid, mina = group_world.people

    def carry(source: str, target: str, body: bytes) -> list[bytes]:
        kept = target == "omid" and (body[1:9] == b"\xa7entries" or body[1:10] == b"\xa8reloaded")
        return [] if kept else [body]

    group_world.world.carry = carry
    arash.node.groups.command(group_world.gid, mina.uid, False, "")
    omid.node.authority.log.sync()
    group_world.write(omid, "not yet")
    for _try in range(3):
        quietly(omid, group_world)
    assert not omid.node.ctx.states.now() and "not yet" not in group_world.texts(arash)
    group_world.world.carry = lambda source, target, body: [body]
    group_world.people.remove(mina)
    group_world.come_to_rest()
    assert group_world.texts(arash)[-1] == "not yet" and not omid.node.ctx.states.now()


def test_not_member_alone_ends_nothing(group_world: GroupWorld) -> None:
    arash, _sara, omid, _mina = group_world.people

    def carry(source: str, target: str, body: bytes) -> list[bytes]:
        if target == "omid" and body[1:9] == b"\xa7entered":
            re = msgspec.msgpack.decode(body, type=Entered).re
            return [msgspec.msgpack.encode(Failed(re, "not_member", None, {}))]
        return [body]

    group_world.world.carry = carry
    group_world.room(omid).reconnect()
    group_world.write(omid, "let me in")
    for _try in range(3):
        quietly(omid, group_world)
    assert omid.node.ctx.states.has(NOT_LET_IN, group_world.gid) and group_world.room(omid).state == JOINED
    assert [one["state"] for one in group_world.shown(omid)][-1] == "waiting"
    group_world.world.carry = lambda source, target, body: [body]
    group_world.come_to_rest()
    assert not omid.node.ctx.states.now() and group_world.texts(arash)[-1] == "let me in"
    group_world.check()


def test_who_was_taken_out_while_away_learns_it_from_the_commit(group_world: GroupWorld) -> None:
    arash, sara, omid, _mina = group_world.people
    omid.stop()
    del group_world.world.people["omid"]
    group_world.say(sara, "before")
    arash.node.groups.command(group_world.gid, omid.uid, False, "why")
    group_world.say(sara, "after")
    group_world.people.remove(omid)
    group_world.world.people["omid"] = omid
    omid.restart()
    group_world.world.settle()
    assert group_world.room(omid).state == REMOVED and not omid.node.ctx.states.now()
    assert group_world.texts(omid) == ["before"] and group_world.lines(omid)[-1] == "removed"


def test_whose_own_leave_was_not_answered_learns_that_it_stands(group_world: GroupWorld) -> None:
    arash, _sara, omid, _mina = group_world.people
    group_world.world.carry = lambda source, target, body: (
        [] if target == "omid" and body[1:8] == b"\xa6posted" else [body]
    )
    with pytest.raises(HamrazError):
        group_membership.leave(group_world.room(omid))
    assert group_world.room(omid).state == JOINED
    group_world.world.carry = lambda source, target, body: [body]
    omid.restart()
    group_world.people.remove(omid)
    group_world.world.settle()
    assert group_world.room(omid).state == LEFT
    group_world.say(arash, "gone")
    assert group_world.texts(omid) == []


def test_taken_out_and_asked_again_while_away(group_world: GroupWorld) -> None:
    arash, sara, omid, _mina = group_world.people
    omid.stop()
    del group_world.world.people["omid"]
    arash.node.groups.command(group_world.gid, omid.uid, False, "")
    arash.node.groups.command(group_world.gid, omid.uid, True, "")
    for _round in range(3):
        arash.settle()  # the invitation waits in the mailbox
    group_world.world.people["omid"] = omid
    omid.restart()
    group_world.world.settle()
    assert group_world.room(omid).state == INVITED
    omid.node.groups.answer(group_world.gid, True)
    group_world.world.settle()
    group_world.say(omid, "here again")
    assert group_world.texts(sara)[-1] == "here again"
    group_world.check()
