"""A group from its making to its end, in memory: who sees what, and what each change does."""

from __future__ import annotations

import pytest

from protocol.errors import HamrazError
from protocol.primitives import random_id
from protocol.roles import Role
from tests.groups.group_world import GroupWorld
from tests.world import Person
from web_client.account.chat_ids import ChatId
from web_client.agent.views import chats as chat_views
from web_client.agent.views.groups import group
from web_client.groups import membership as group_membership
from web_client.groups.rows import INVITED, JOINED, LEFT, REMOVED


def code_of(action: object) -> str:
    with pytest.raises(HamrazError) as caught:
        action()  # type: ignore[operator]
    return caught.value.code


def test_nothing_is_shown_before_joining() -> None:
    group_world = GroupWorld(Role.BEGINNER)
    owner, guest = group_world.people
    group_world.say(owner, "before you")
    assert group_world.room(guest).state == INVITED
    assert group_world.shown(guest) == []
    assert [member["state"] for member in group(owner.node, group_world.room(owner))["members"]].count("invited") == 1
    assert guest.invitations(owner) == ["workshop"] and guest.shown(owner) == []


def test_history_all_is_for_later_members_too() -> None:
    group_world = GroupWorld(Role.BEGINNER, Role.BEGINNER, members=1)
    owner, guest, late = group_world.people
    group_world.everybody_joins()
    group_world.say(owner, "one")
    group_world.say(guest, "two")
    owner.node.groups.command(group_world.gid, late.uid, True, "")
    group_world.world.settle()
    group_world.everybody_joins()
    group_world.say(late, "three")
    assert [group_world.texts(person) for person in group_world.people] == [["one", "two", "three"]] * 3
    assert group_world.lines(late) == ["created", "joined", "added", "joined"]


def test_history_from_joining_on_stays_closed() -> None:
    group_world = GroupWorld(Role.BEGINNER, Role.BEGINNER, members=1, history="joining")
    owner, _guest, late = group_world.people
    group_world.everybody_joins()
    group_world.say(owner, "one")
    owner.node.groups.command(group_world.gid, late.uid, True, "")
    group_world.world.settle()
    group_world.everybody_joins()
    group_world.say(owner, "two")
    assert group_world.texts(late) == ["two"]
    assert [shown["why"] for shown in group_world.shown(late) if shown["kind"] == "unreadable"] == ["before_you"]
    # what came before is in the chain here, and there is no key for it
    assert group_world.room(late).group.n == group_world.kept.group.n
    keys = late.vault.read(lambda rows: [row[0] for row in rows.execute("SELECT epoch FROM group_keys")])
    assert keys == [2]


def test_every_change_makes_a_new_key() -> None:
    group_world = GroupWorld(Role.BEGINNER, Role.BEGINNER)
    group_world.everybody_joins()
    owner, guest, other = group_world.people
    ids = [group_world.kept.group.commit.key_id]
    owner.node.groups.command(group_world.gid, guest.uid, False, "")
    ids.append(group_world.kept.group.commit.key_id)
    owner.node.groups.command(group_world.gid, guest.uid, True, "")
    ids.append(group_world.kept.group.commit.key_id)
    group_membership.leave(group_world.room(other))
    group_world.say(owner, "x")
    ids.append(group_world.kept.group.commit.key_id)
    assert len(set(ids)) == 4 and group_world.kept.group.epoch == 4


def reasons(group_world: GroupWorld, person: Person) -> list[tuple[str, str]]:
    """By whom somebody was removed, and why, as one's page says it."""
    lines = [one["system"] for one in group_world.shown(person) if one["kind"] == "system"]
    return [(line["by"], line["reason"]) for line in lines if line["what"] == "removed"]


@pytest.mark.parametrize("history", ["all", "joining"])
def test_removed_with_a_reason_for_all_who_were_in(history: str) -> None:
    group_world = GroupWorld(Role.BEGINNER, Role.BEGINNER, history=history)
    group_world.everybody_joins()
    owner, out, stays = group_world.people
    owner.node.groups.command(group_world.gid, out.uid, False, "moved to another class")
    group_world.world.settle()
    assert group_world.room(out).state == REMOVED
    for person in (owner, out, stays):
        assert reasons(group_world, person) == [(owner.uid.hex(), "moved to another class")]
    shown = chat_views.conversation(out.node, ChatId.group(group_world.gid))
    assert shown is not None and shown["last"]["system"]["reason"] == "moved to another class"
    assert not any(b"another class" in body for _source, _target, body in group_world.world.crossed)
    group_world.say(owner, "without them")
    assert group_world.texts(out) == []


def test_somebody_who_was_away_and_one_who_never_joined_are_told_when_they_come() -> None:
    group_world = GroupWorld(Role.BEGINNER, Role.BEGINNER)
    owner, out, guest = group_world.people
    out.node.groups.answer(group_world.gid, True)
    group_world.world.settle()
    out.stop()
    for person, why in ((out, "too long away"), (guest, "never came")):
        owner.node.groups.command(group_world.gid, person.uid, False, why)
    group_world.world.settle()
    out.restart()
    group_world.world.settle()
    assert reasons(group_world, out) == [(owner.uid.hex(), "too long away")]  # and nothing of what came after
    assert group_world.shown(guest) == []


def test_the_reason_is_told_when_the_key_of_the_epoch_before_comes() -> None:
    group_world = GroupWorld(Role.BEGINNER, Role.BEGINNER, history="joining")
    group_world.everybody_joins()
    owner, out, stays = group_world.people
    stays.vault.execute("DELETE FROM group_keys WHERE gid = ? AND epoch = 1", group_world.gid)
    owner.node.groups.command(group_world.gid, out.uid, False, "moved")
    stays.node.groups.rooms[group_world.gid].reload()  # the commit, and no key yet
    group_world.world.settle()
    assert reasons(group_world, stays) == [(owner.uid.hex(), "moved")]


def test_who_has_not_the_key_of_the_epoch_before_removes_all_the_same() -> None:
    group_world = GroupWorld(Role.ADVANCED, Role.BEGINNER)
    group_world.everybody_joins()
    _owner, by, out = group_world.people
    by.vault.execute("DELETE FROM group_keys WHERE gid = ? AND epoch = 1", group_world.gid)
    by.node.groups.command(group_world.gid, out.uid, False, "moved")
    group_world.world.settle()
    assert group_world.room(out).state == REMOVED
    assert reasons(group_world, by) == reasons(group_world, out) == [(by.uid.hex(), "")]


def test_leaving_mends_by_anybody() -> None:
    group_world = GroupWorld(Role.BEGINNER, Role.BEGINNER)
    group_world.everybody_joins()
    owner, leaver, beginner = group_world.people
    group_membership.leave(group_world.room(leaver))
    group_world.world.settle()
    assert group_world.kept.group.stale and group_world.room(leaver).state == LEFT
    group_world.say(beginner, "after")  # a beginner takes out who has left, before writing
    assert not group_world.kept.group.stale and leaver.uid not in group_world.kept.group.members
    assert group_world.texts(owner) == ["after"]
    assert group_world.texts(leaver) == []


def test_the_only_commander_leaves() -> None:
    group_world = GroupWorld(Role.BEGINNER, Role.BEGINNER)
    group_world.everybody_joins()
    owner, one, two = group_world.people
    group_membership.leave(group_world.room(owner))
    group_world.say(one, "we stay")
    assert group_world.texts(two) == ["we stay"]
    # nobody is left who may add or remove: the group goes on as it is
    assert code_of(lambda: one.node.groups.command(group_world.gid, two.uid, False, "")) == "role_not_allowed"


def test_declining_is_told_and_takes_the_key_away() -> None:
    group_world = GroupWorld(Role.BEGINNER)
    owner, guest = group_world.people
    guest.node.groups.answer(group_world.gid, False)
    group_world.world.settle()
    group_world.say(owner, "alone")
    assert group_world.lines(owner) == ["created", "declined"]
    assert guest.uid not in group_world.kept.group.members and group_world.room(guest).state == LEFT


def test_invited_again_after_leaving() -> None:
    group_world = GroupWorld(Role.BEGINNER)
    group_world.everybody_joins()
    owner, guest = group_world.people
    group_membership.leave(group_world.room(guest))
    group_world.world.settle()
    owner.node.groups.command(group_world.gid, guest.uid, True, "")
    group_world.world.settle()
    assert group_world.room(guest).state == INVITED
    group_world.everybody_joins()
    group_world.say(owner, "welcome back")
    assert group_world.texts(guest) == ["welcome back"] and group_world.room(guest).state == JOINED
    group_world.check()


def test_acknowledgements_are_counted() -> None:
    group_world = GroupWorld(Role.BEGINNER, Role.BEGINNER)
    owner = group_world.people[0]
    assert group(owner.node, group_world.room(owner))["acked"] == 1
    group_world.everybody_joins()
    shown = group(owner.node, group_world.room(owner))
    assert (shown["acked"], len(shown["members"])) == (3, 3)


def test_the_same_id_is_the_same_message() -> None:
    group_world = GroupWorld(Role.BEGINNER)
    group_world.everybody_joins()
    owner, guest = group_world.people
    id = random_id()
    first = owner.node.groups.write(group_world.gid, "text", b"once", id)
    assert owner.node.groups.write(group_world.gid, "text", b"once", id) == first
    group_world.world.settle()
    owner.node.groups.write(group_world.gid, "text", b"once", id)
    group_world.world.settle()
    assert group_world.texts(guest) == ["once"]


def test_waits_while_the_authority_is_away_and_goes_out_once() -> None:
    group_world = GroupWorld(Role.BEGINNER)
    group_world.everybody_joins()
    owner, guest = group_world.people
    group_world.world.authority_up = False
    group_world.world.cut("authority")
    group_world.write(owner, "later")
    group_world.world.settle()
    assert group_world.shown(owner)[-1]["state"] == "waiting"
    group_world.world.authority_up = True
    group_world.come_to_rest()
    assert group_world.texts(guest) == ["later"] and group_world.shown(owner)[-1]["state"] == "delivered"


def test_an_answer_that_is_lost_doubles_nothing() -> None:
    group_world = GroupWorld(Role.BEGINNER)
    group_world.everybody_joins()
    owner, guest = group_world.people
    lost: list[bytes] = []

    def carry(source: str, target: str, body: bytes) -> list[bytes]:
        if source == "authority" and target == "arash" and not lost:
            lost.append(body)  # whatever comes back first: the push or the answer
            return []
        return [body]

    group_world.write(owner, "once")
    group_world.world.carry = carry
    group_world.world.settle()
    group_world.world.carry = lambda source, target, body: [body]
    owner.network.cut("authority")
    group_world.come_to_rest()
    assert lost and group_world.texts(guest) == ["once"] == group_world.texts(owner)
    group_world.check()


@pytest.mark.parametrize("role", list(Role)[1:])
def test_who_may_create(role: Role) -> None:
    group_world = GroupWorld(role, members=0)
    person = group_world.people[1]
    if role is Role.BEGINNER:
        assert code_of(lambda: person.node.groups.create("mine", [], "all")) == "role_not_allowed"
    else:
        assert person.node.groups.create("mine", [], "all").state == JOINED


def test_names_and_ports_are_checked() -> None:
    group_world = GroupWorld(Role.BEGINNER)
    owner = group_world.people[0]
    assert code_of(lambda: owner.node.groups.create("", [], "all")) == "group_name"
    assert code_of(lambda: owner.node.groups.create("a\nb", [], "all")) == "group_name"
    assert code_of(lambda: owner.node.groups.create("x" * 65, [], "all")) == "group_name"
    group_world.world.authority.ports.first, group_world.world.authority.ports.last = 40_000, 40_001
    one = owner.node.groups.create("one", [], "all").row("port")
    two = owner.node.groups.create("two", [], "all").row("port")
    assert {one, two} == {40_000, 40_001}
    # the range is full: a port serves several groups from now on
    assert owner.node.groups.create("three", [], "all").row("port") in (40_000, 40_001)


@pytest.mark.parametrize("lost", ["question", "answer"])
def test_a_making_that_is_cut_off_leaves_a_group_or_nothing(lost: str) -> None:
    """Whether MAKE_COMMIT arrived isn't known at first; the group is there soon, or gone from the list."""
    group_world = GroupWorld(Role.BEGINNER)
    owner, guest = group_world.people

    def carry(source: str, target: str, body: bytes) -> list[bytes]:
        part = b"make_commit" if lost == "question" else b"committed"
        return [] if part in body[:14] else [body]

    group_world.world.carry = carry
    assert code_of(lambda: owner.node.groups.create("cut off", [guest.uid], "all")) == "authority_down"
    group_world.world.carry = lambda source, target, body: [body]
    owner.network.cut("authority")
    group_world.come_to_rest()
    names = [room.row("name") for room in owner.node.groups.rooms.values()]
    assert ("cut off" in names) == (lost == "answer")
    invited = [room.row("name") for room in guest.node.groups.rooms.values() if room.state == INVITED]
    assert ("cut off" in invited) == (lost == "answer")
