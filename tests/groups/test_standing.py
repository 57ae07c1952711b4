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
from tests.groups.village import Village
from tests.world import Person
from web_client.groups import membership as group_membership
from web_client.groups.rows import INVITED, JOINED, LEFT, REMOVED
from web_client.groups.standing import NOT_LET_IN, WITHHELD


@pytest.fixture
def village() -> Village:
    village = Village(Role.BEGINNER, Role.BEGINNER, Role.BEGINNER)
    village.everybody_joins()
    return village


def quietly(person: Person, village: Village) -> None:
    with contextlib.suppress(HamrazError):
        village.room(person).step()


class Liar:
    """Keeps somebody on the chain as it is now: no push, and every answer has its old end under a head of its own."""

    def __init__(self, village: Village, victim: Person, fresh: bool) -> None:
        group = village.room(victim).group
        self.village, self.victim, self.fresh = village, victim, fresh
        self.place = (village.gid, group.n, group.hash, group.epoch)
        self.size = village.world.authority.published.size
        village.world.carry = self._carry

    def head(self) -> Signed:
        size = self.village.world.authority.published.size if self.fresh else self.size
        world = self.village.world
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
def test_a_withheld_removal_is_noticed_and_nothing_is_written_meanwhile(village: Village, fresh: bool) -> None:
    arash, sara, omid, mina = village.people
    states = omid.node.ctx.states
    Liar(village, omid, fresh)
    arash.node.groups.command(village.gid, mina.uid, False, "")
    omid.node.authority.log.sync()
    village.write(omid, "now that mina is out")
    quietly(omid, village)
    assert states.has(WITHHELD, village.gid) and omid.node.ctx.trust.alarm is None
    assert village.room(omid).group.epoch == 1 and village.room(omid).state == JOINED
    assert {one["why"] for one in village.shown(omid) if one["state"] == "waiting"} == {WITHHELD}
    with pytest.raises(HamrazError) as caught:
        group_membership.change_members(village.room(omid), None, sara.uid, "")
    assert caught.value.code in (WITHHELD, "role_not_allowed")
    state = states.of(WITHHELD, village.gid)
    file = omid.node.ctx.trust.evidence_of(state.code, state.evidence or {})
    if fresh:
        verdict = judge(file, village.world.link.authority_id)
        assert (verdict.what, verdict.at) == ("withheld", village.world.authority.state.log.groups[village.gid][1][0])
    else:  # it isn't what was asked for, but nobody else can know when it was
        with pytest.raises(HamrazError):
            judge(file, village.world.link.authority_id)
    village.world.carry = lambda source, target, body: [body]
    village.room(omid).reconnect()
    village.people.remove(mina)
    village.come_to_rest()
    assert not states.now()
    assert village.texts(arash)[-1] == "now that mina is out" and "now that mina is out" not in village.texts(mina)
    village.check()


def test_slow_or_silent_is_no_lie(village: Village) -> None:
    arash, _sara, omid, mina = village.people

    def carry(source: str, target: str, body: bytes) -> list[bytes]:
        kept = target == "omid" and (body[1:9] == b"\xa7entries" or body[1:10] == b"\xa8reloaded")
        return [] if kept else [body]

    village.world.carry = carry
    arash.node.groups.command(village.gid, mina.uid, False, "")
    omid.node.authority.log.sync()
    village.write(omid, "not yet")
    for _try in range(3):
        quietly(omid, village)
    assert not omid.node.ctx.states.now() and "not yet" not in village.texts(arash)
    village.world.carry = lambda source, target, body: [body]
    village.people.remove(mina)
    village.come_to_rest()
    assert village.texts(arash)[-1] == "not yet" and not omid.node.ctx.states.now()


def test_not_member_alone_ends_nothing(village: Village) -> None:
    arash, _sara, omid, _mina = village.people

    def carry(source: str, target: str, body: bytes) -> list[bytes]:
        if target == "omid" and body[1:9] == b"\xa7entered":
            re = msgspec.msgpack.decode(body, type=Entered).re
            return [msgspec.msgpack.encode(Failed(re, "not_member", None, {}))]
        return [body]

    village.world.carry = carry
    village.room(omid).reconnect()
    village.write(omid, "let me in")
    for _try in range(3):
        quietly(omid, village)
    assert omid.node.ctx.states.has(NOT_LET_IN, village.gid) and village.room(omid).state == JOINED
    assert [one["state"] for one in village.shown(omid)][-1] == "waiting"
    village.world.carry = lambda source, target, body: [body]
    village.come_to_rest()
    assert not omid.node.ctx.states.now() and village.texts(arash)[-1] == "let me in"
    village.check()


def test_who_was_taken_out_while_away_learns_it_from_the_commit(village: Village) -> None:
    arash, sara, omid, _mina = village.people
    omid.stop()
    del village.world.people["omid"]
    village.say(sara, "before")
    arash.node.groups.command(village.gid, omid.uid, False, "why")
    village.say(sara, "after")
    village.people.remove(omid)
    village.world.people["omid"] = omid
    omid.restart()
    village.world.settle()
    assert village.room(omid).state == REMOVED and not omid.node.ctx.states.now()
    assert village.texts(omid) == ["before"] and village.lines(omid)[-1] == "removed"


def test_whose_own_leave_was_not_answered_learns_that_it_stands(village: Village) -> None:
    arash, _sara, omid, _mina = village.people
    village.world.carry = lambda source, target, body: [] if target == "omid" and body[1:8] == b"\xa6posted" else [body]
    with pytest.raises(HamrazError):
        group_membership.leave(village.room(omid))
    assert village.room(omid).state == JOINED
    village.world.carry = lambda source, target, body: [body]
    omid.restart()
    village.people.remove(omid)
    village.world.settle()
    assert village.room(omid).state == LEFT
    village.say(arash, "gone")
    assert village.texts(omid) == []


def test_taken_out_and_asked_again_while_away(village: Village) -> None:
    arash, sara, omid, _mina = village.people
    omid.stop()
    del village.world.people["omid"]
    arash.node.groups.command(village.gid, omid.uid, False, "")
    arash.node.groups.command(village.gid, omid.uid, True, "")
    for _round in range(3):
        arash.settle()  # the invitation waits in the mailbox
    village.world.people["omid"] = omid
    omid.restart()
    village.world.settle()
    assert village.room(omid).state == INVITED
    omid.node.groups.answer(village.gid, True)
    village.world.settle()
    village.say(omid, "here again")
    assert village.texts(sara)[-1] == "here again"
    village.check()
