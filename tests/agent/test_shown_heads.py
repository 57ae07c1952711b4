"""Heads that others show: one that the authority didn't sign is refused by name, and those of a group are compared."""

from __future__ import annotations

import pytest

from protocol.errors import HamrazError
from protocol.primitives import SigningKey
from protocol.roles import Role
from protocol.statements import Head, Signed, issue
from tests.groups.group_world import GroupWorld
from tests.world import Person, World


def forged(world: World) -> Signed:
    return issue(Head(1, b"\x05" * 32), SigningKey.generate(), world.link.authority_id)


def contradicting(world: World) -> Signed:
    """The authority's own signature on another history."""
    return issue(Head(2, b"\x05" * 32), world.authority_key, world.link.authority_id)


def test_a_private_message_with_a_forged_head_is_refused(world: World, arash: Person, sara: Person) -> None:
    arash.say(sara, "before")
    true, arash.node.ctx.trust.head = arash.node.ctx.trust.head, forged(world)
    arash.write(sara, "forged")
    arash.node.ctx.trust.head = true
    arash.deliver()
    assert (arash.states(sara)[-1], arash.shown(sara)[-1]["why"]) == ("waiting", "bad_signature")
    assert sara.texts(arash) == ["before"] and sara.node.ctx.trust.alarm is None


def test_a_log_in_with_a_forged_head_is_refused(world: World, arash: Person, sara: Person) -> None:
    sara.network.cut("authority")
    true, sara.node.ctx.trust.head = sara.node.ctx.trust.head, forged(world)
    with pytest.raises(HamrazError) as refusal:
        sara.node.authority.connect()
    assert refusal.value.code == "bad_signature"
    sara.node.ctx.trust.head = true
    sara.node.authority.connect()


@pytest.fixture
def group_world() -> GroupWorld:
    made = GroupWorld(Role.BEGINNER)
    made.everybody_joins()
    return made


def test_a_groups_header_with_a_forged_head_is_refused_by_the_authority(group_world: GroupWorld) -> None:
    arash, sara = group_world.people
    true, arash.node.ctx.trust.head = arash.node.ctx.trust.head, forged(group_world.world)
    before = group_world.room(sara).group.n
    group_world.write(arash, "forged")
    group_world.world.settle()
    arash.node.ctx.trust.head = true
    assert group_world.room(sara).group.n == before
    assert sara.node.ctx.trust.alarm is None and group_world.room(sara).row("trouble") is None


def test_two_logs_meet_in_a_group(group_world: GroupWorld) -> None:
    """They never write to each other in private: the head in a group's header is enough."""
    arash, sara = group_world.people
    lie = contradicting(group_world.world)
    true, arash.node.ctx.trust.head = arash.node.ctx.trust.head, lie
    group_world.write(arash, "hello")
    group_world.world.settle()
    arash.node.ctx.trust.head = true
    assert sara.node.ctx.trust.alarm is not None and sara.node.ctx.trust.alarm["name"] == "arash"
    assert sara.node.ctx.trust.alarm["second"]["body"] == lie.body.hex()
