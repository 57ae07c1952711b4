"""Identity keys that change while people are in a group: it is mended, goes on, and keeps out whom it must."""

from __future__ import annotations

import pytest

from protocol.errors import HamrazError
from protocol.messages import Committed, Enter, Failed
from protocol.roles import Role
from tests.agent.wire import frames_of
from tests.groups.village import Village
from tests.world import Person
from web_client.groups import membership as group_membership
from web_client.groups.rows import INVITED, JOINED, REMOVED


@pytest.fixture
def village() -> Village:
    village = Village(Role.ADVANCED, Role.BEGINNER, Role.BEGINNER)
    village.everybody_joins()
    return village


def renew(person: Person) -> None:
    person.node.keys.renew()


def everybody_reads(village: Village, *texts: str) -> None:
    village.come_to_rest()
    village.check()
    for person in village.people:
        assert village.texts(person)[-len(texts) :] == list(texts), person.name


def test_a_member_with_a_new_key_goes_on_writing(village: Village) -> None:
    _arash, sara, omid, _mina = village.people
    village.say(omid, "before")
    epoch = village.kept.group.epoch
    renew(omid)
    village.world.settle()
    assert village.kept.group.epoch == epoch + 1  # at once, by its own agent
    assert village.kept.group.members[omid.uid].key == omid.node.ctx.me.key.public.fingerprint()
    village.say(omid, "by the new key")
    village.say(sara, "read")
    everybody_reads(village, "before", "by the new key", "read")


def test_whoever_writes_first_takes_the_new_key_over(village: Village) -> None:
    _arash, sara, omid, _mina = village.people
    omid.node.groups.close()
    renew(omid)
    omid.stop()
    village.say(sara, "while he is away")
    assert village.kept.group.members[omid.uid].key == omid.node.ctx.me.key.public.fingerprint()
    omid.restart()
    village.world.settle()
    village.say(omid, "back")
    everybody_reads(village, "while he is away", "back")


def test_what_waits_for_the_group_goes_out_under_the_new_key(village: Village) -> None:
    _arash, _sara, omid, _mina = village.people
    for number in range(3):
        village.write(omid, f"waits {number}")
    renew(omid)
    everybody_reads(village, "waits 0", "waits 1", "waits 2")
    assert {one["state"] for one in village.shown(omid)[-3:]} <= {"authority", "delivered", "read"}


def test_all_of_them_at_once(village: Village) -> None:
    for person in village.people:
        renew(person)
        village.write(person, f"{person.name}, new")
    village.come_to_rest()
    village.check()
    for person in village.people:
        assert sorted(village.texts(person)[-4:]) == sorted(f"{one.name}, new" for one in village.people)


def test_who_is_invited_joins_with_the_key_that_the_commit_names() -> None:
    village = Village(Role.BEGINNER, Role.BEGINNER)
    arash, sara, omid = village.people
    renew(sara)
    assert village.room(sara).state == INVITED
    village.everybody_joins()
    assert village.room(sara).state == JOINED
    village.say(sara, "hello")
    village.say(omid, "hello, sara")
    village.check()
    assert village.texts(arash)[-2:] == ["hello", "hello, sara"]


def test_who_is_invited_declines_after_a_new_key() -> None:
    village = Village(Role.BEGINNER, Role.BEGINNER)
    arash, sara, _omid = village.people
    renew(sara)
    sara.node.groups.answer(village.gid, False)
    village.world.settle()
    assert village.lines(arash)[-1] == "declined"


def test_a_member_leaves_right_after_a_new_key(village: Village) -> None:
    arash, _sara, omid, _mina = village.people
    omid.node.keys.renew()
    group_membership.leave(village.room(omid))
    village.say(arash, "without him")
    assert omid.uid not in village.kept.group.members


def test_not_being_let_in_with_the_old_key_is_not_being_removed(village: Village) -> None:
    """The group's port refuses the old key before the agent knows that the new one counts."""
    _arash, _sara, omid, _mina = village.people
    world = village.world
    world.carry = lambda source, target, body: [] if target == "omid" and b"appended" in body[:12] else [body]
    with pytest.raises(HamrazError):
        renew(omid)
    world.carry = lambda source, target, body: [body]
    room = village.room(omid)
    room.reconnect()
    with pytest.raises(HamrazError):
        room.step()
    assert room.state == JOINED
    refusals = [one.code for one in frames_of(world, Failed, "authority", "omid")]
    assert "not_member" in refusals and frames_of(world, Enter, "omid", "authority")
    omid.restart()
    world.settle()
    village.say(omid, "still in")
    everybody_reads(village, "still in")


def test_who_has_no_account_any_more_is_out_of_every_group(village: Village) -> None:
    arash, sara, omid, mina = village.people
    village.say(omid, "before")
    arash.agent().revoke_person("omid")
    del village.world.people["omid"]
    village.people.remove(omid)
    village.world.settle()
    assert omid.uid not in village.kept.group.members  # by the agent of the admin, who is a member
    assert village.lines(sara)[-1] == "removed"
    village.say(mina, "goes on")
    assert village.texts(omid) == ["before"]
    assert not village.room(omid).link.is_open
    everybody_reads(village, "before", "goes on")


def test_an_admin_who_is_no_member_ends_an_account_and_the_next_writer_mends() -> None:
    village = Village(Role.ADVANCED, Role.BEGINNER, Role.BEGINNER, members=2)
    village.everybody_joins()
    arash, sara, omid, mina = village.people
    village.give_role(arash, mina, Role.ADMIN)
    village.world.settle()
    mina.agent().revoke_person("omid")
    del village.world.people["omid"]
    village.people.remove(omid)
    epoch = village.kept.group.epoch
    village.world.settle()
    assert village.kept.group.epoch == epoch and omid.uid in village.kept.group.members
    village.say(sara, "mended by an advanced user")
    assert omid.uid not in village.kept.group.members
    assert village.texts(arash)[-1] == "mended by an advanced user"


def test_a_commit_races_with_a_new_key(village: Village) -> None:
    """The key changes between a commander's look and its commit: stale, and made again."""
    arash, _sara, omid, mina = village.people
    done: list[bool] = []

    def meanwhile(source: str, target: str, body: bytes) -> list[bytes]:
        if not done and source == "arash" and b"make_commit" in body[:14]:
            done.append(True)
            omid.node.keys.renew()
        return [body]

    village.world.carry = meanwhile
    arash.node.groups.command(village.gid, mina.uid, False, "")
    village.people.remove(mina)
    village.come_to_rest()
    assert done and frames_of(village.world, Committed, "authority", "arash")
    assert village.room(mina).state == REMOVED
    village.say(omid, "by the new key")
    everybody_reads(village, "by the new key")
