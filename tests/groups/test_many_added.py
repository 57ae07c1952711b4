"""Adding a whole class at once: one change of the group, whoever was in it, was asked before, or has just left."""

from __future__ import annotations

import pytest

from protocol.errors import HamrazError
from protocol.roles import Role
from tests.groups.group_world import GroupWorld
from web_client.groups import membership as group_membership
from web_client.groups.rows import INVITED


@pytest.fixture
def group_world() -> GroupWorld:
    """arash and sara are in it, the others are nowhere yet."""
    group_world = GroupWorld(Role.BEGINNER, Role.BEGINNER, Role.BEGINNER, Role.BEGINNER, members=1)
    group_world.everybody_joins()
    return group_world


def test_all_of_them_in_one_change(group_world: GroupWorld) -> None:
    arash, sara, *others = group_world.people
    group_world.say(arash, "before you")
    epoch = group_world.kept.group.epoch
    arash.node.groups.add(group_world.gid, frozenset(one.uid for one in (sara, *others)))
    group_world.world.settle()
    assert group_world.kept.group.epoch == epoch + 1
    (line,) = [
        one["system"] for one in group_world.shown(sara) if one["kind"] == "system" and "added" in one["system"]["what"]
    ]
    assert set(line["who"]) == {one.uid.hex() for one in others}
    assert all(group_world.room(one).state == INVITED for one in others)
    group_world.everybody_joins()
    group_world.say(others[0], "here we are")
    for person in group_world.people:
        assert group_world.texts(person) == ["before you", "here we are"]
    group_world.check()


def test_who_waits_is_asked_again_beside_new_ones_and_who_has_left_too(group_world: GroupWorld) -> None:
    arash, sara, omid, mina, reza = group_world.people
    arash.node.groups.add(group_world.gid, frozenset({omid.uid, mina.uid}))
    group_world.world.settle()
    omid.vault.execute("DELETE FROM groups WHERE gid = ?", group_world.gid)  # as if its invitation had never come
    del omid.node.groups.rooms[group_world.gid]
    group_membership.leave(group_world.room(sara))
    arash.node.groups.add(group_world.gid, frozenset(one.uid for one in (sara, omid, reza)))
    group_world.world.settle()
    assert [group_world.room(one).state for one in (sara, omid, mina, reza)] == [INVITED] * 4
    group_world.everybody_joins()
    assert set(group_world.kept.group.members) == {one.uid for one in group_world.people}
    group_world.check()


def test_nobody_new_is_named_and_a_beginner_adds_nobody(group_world: GroupWorld) -> None:
    arash, sara, omid, *_rest = group_world.people
    epoch = group_world.kept.group.epoch
    for by, targets, code in ((arash, {arash.uid, sara.uid}, "already_member"), (sara, {omid.uid}, "role_not_allowed")):
        with pytest.raises(HamrazError) as caught:
            by.node.groups.add(group_world.gid, frozenset(targets))
        assert caught.value.code == code
    assert group_world.kept.group.epoch == epoch


def test_more_than_a_group_holds_are_refused_before_anything_is_sent(
    group_world: GroupWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    arash, _sara, omid, mina, _reza = group_world.people
    monkeypatch.setattr(group_membership, "MAX_MEMBERS", 3)
    epoch = group_world.kept.group.epoch
    with pytest.raises(HamrazError) as caught:
        arash.node.groups.add(group_world.gid, frozenset({omid.uid, mina.uid}))
    assert (caught.value.code, caught.value.field) == ("group_full", "user_to_add")
    arash.node.groups.add(group_world.gid, frozenset({omid.uid}))
    assert group_world.kept.group.epoch == epoch + 1
