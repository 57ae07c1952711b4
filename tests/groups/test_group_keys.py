"""Identity keys that change while people are in a group: it is mended, goes on, and keeps out whom it must."""

from __future__ import annotations

import pytest

from protocol.errors import HamrazError
from protocol.messages import Committed, Enter, Failed
from protocol.roles import Role
from tests.agent.wire import frames_of
from tests.groups.group_world import GroupWorld
from tests.world import Person
from web_client.groups import membership as group_membership
from web_client.groups.rows import INVITED, JOINED, REMOVED


@pytest.fixture
def group_world() -> GroupWorld:
    group_world = GroupWorld(Role.ADVANCED, Role.BEGINNER, Role.BEGINNER)
    group_world.everybody_joins()
    return group_world


def renew(person: Person) -> None:
    person.node.keys.renew()


def everybody_reads(group_world: GroupWorld, *texts: str) -> None:
    group_world.come_to_rest()
    group_world.check()
    for person in group_world.people:
        assert group_world.texts(person)[-len(texts) :] == list(texts), person.name


def test_a_member_with_a_new_key_goes_on_writing(group_world: GroupWorld) -> None:
    _arash, sara, omid, _mina = group_world.people
    group_world.say(omid, "before")
    epoch = group_world.kept.group.epoch
    renew(omid)
    group_world.world.settle()
    assert group_world.kept.group.epoch == epoch + 1  # at once, by its own agent
    assert group_world.kept.group.members[omid.uid].key == omid.node.ctx.me.key.public.fingerprint()
    group_world.say(omid, "by the new key")
    group_world.say(sara, "read")
    everybody_reads(group_world, "before", "by the new key", "read")


def test_whoever_writes_first_takes_the_new_key_over(group_world: GroupWorld) -> None:
    _arash, sara, omid, _mina = group_world.people
    omid.node.groups.close()
    renew(omid)
    omid.stop()
    group_world.say(sara, "while he is away")
    assert group_world.kept.group.members[omid.uid].key == omid.node.ctx.me.key.public.fingerprint()
    omid.restart()
    group_world.world.settle()
    group_world.say(omid, "back")
    everybody_reads(group_world, "while he is away", "back")


def test_what_waits_for_the_group_goes_out_under_the_new_key(group_world: GroupWorld) -> None:
    _arash, _sara, omid, _mina = group_world.people
    for number in range(3):
        group_world.write(omid, f"waits {number}")
    renew(omid)
    everybody_reads(group_world, "waits 0", "waits 1", "waits 2")
    assert {one["state"] for one in group_world.shown(omid)[-3:]} <= {"authority", "delivered", "read"}


def test_all_of_them_at_once(group_world: GroupWorld) -> None:
    for person in group_world.people:
        renew(person)
        group_world.write(person, f"{person.name}, new")
    group_world.come_to_rest()
    group_world.check()
    for person in group_world.people:
        assert sorted(group_world.texts(person)[-4:]) == sorted(f"{one.name}, new" for one in group_world.people)


def test_who_is_invited_joins_with_the_key_that_the_commit_names() -> None:
    group_world = GroupWorld(Role.BEGINNER, Role.BEGINNER)
    arash, sara, omid = group_world.people
    renew(sara)
    assert group_world.room(sara).state == INVITED
    group_world.everybody_joins()
    assert group_world.room(sara).state == JOINED
    group_world.say(sara, "hello")
    group_world.say(omid, "hello, sara")
    group_world.check()
    assert group_world.texts(arash)[-2:] == ["hello", "hello, sara"]


def test_who_is_invited_declines_after_a_new_key() -> None:
    group_world = GroupWorld(Role.BEGINNER, Role.BEGINNER)
    arash, sara, _omid = group_world.people
    renew(sara)
    sara.node.groups.answer(group_world.gid, False)
    group_world.world.settle()
    assert group_world.lines(arash)[-1] == "declined"


def test_a_member_leaves_right_after_a_new_key(group_world: GroupWorld) -> None:
    arash, _sara, omid, _mina = group_world.people
    omid.node.keys.renew()
    group_membership.leave(group_world.room(omid))
    group_world.say(arash, "without him")
    assert omid.uid not in group_world.kept.group.members


def test_not_being_let_in_with_the_old_key_is_not_being_removed(group_world: GroupWorld) -> None:
    """The group's port refuses the old key before the agent knows that the new one counts."""
    _arash, _sara, omid, _mina = group_world.people
    world = group_world.world
    world.carry = lambda source, target, body: [] if target == "omid" and b"appended" in body[:12] else [body]
    with pytest.raises(HamrazError):
        renew(omid)
    world.carry = lambda source, target, body: [body]
    room = group_world.room(omid)
    room.reconnect()
    with pytest.raises(HamrazError):
        room.step()
    assert room.state == JOINED
    refusals = [one.code for one in frames_of(world, Failed, "authority", "omid")]
    assert "not_member" in refusals and frames_of(world, Enter, "omid", "authority")
    omid.restart()
    world.settle()
    group_world.say(omid, "still in")
    everybody_reads(group_world, "still in")


def test_who_has_no_account_any_more_is_out_of_every_group(group_world: GroupWorld) -> None:
    arash, sara, omid, mina = group_world.people
    group_world.say(omid, "before")
    arash.agent().revoke_person("omid")
    del group_world.world.people["omid"]
    group_world.people.remove(omid)
    group_world.world.settle()
    assert omid.uid not in group_world.kept.group.members  # by the agent of the admin, who is a member
    assert group_world.lines(sara)[-1] == "removed"
    group_world.say(mina, "goes on")
    assert group_world.texts(omid) == ["before"]
    assert not group_world.room(omid).link.is_open
    everybody_reads(group_world, "before", "goes on")


def test_an_admin_who_is_no_member_ends_an_account_and_the_next_writer_mends() -> None:
    group_world = GroupWorld(Role.ADVANCED, Role.BEGINNER, Role.BEGINNER, members=2)
    group_world.everybody_joins()
    arash, sara, omid, mina = group_world.people
    group_world.give_role(arash, mina, Role.ADMIN)
    group_world.world.settle()
    mina.agent().revoke_person("omid")
    del group_world.world.people["omid"]
    group_world.people.remove(omid)
    epoch = group_world.kept.group.epoch
    group_world.world.settle()
    assert group_world.kept.group.epoch == epoch and omid.uid in group_world.kept.group.members
    group_world.say(sara, "mended by an advanced user")
    assert omid.uid not in group_world.kept.group.members
    assert group_world.texts(arash)[-1] == "mended by an advanced user"


def test_a_commit_races_with_a_new_key(group_world: GroupWorld) -> None:
    """The key changes between a commander's look and its commit: stale, and made again."""
    arash, _sara, omid, mina = group_world.people
    done: list[bool] = []

    def meanwhile(source: str, target: str, body: bytes) -> list[bytes]:
        if not done and source == "arash" and b"make_commit" in body[:14]:
            done.append(True)
            omid.node.keys.renew()
        return [body]

    group_world.world.carry = meanwhile
    arash.node.groups.command(group_world.gid, mina.uid, False, "")
    group_world.people.remove(mina)
    group_world.come_to_rest()
    assert done and frames_of(group_world.world, Committed, "authority", "arash")
    assert group_world.room(mina).state == REMOVED
    group_world.say(omid, "by the new key")
    everybody_reads(group_world, "by the new key")
