"""A group from its making to its end, in memory: who sees what, and what each change does."""

from __future__ import annotations

import pytest

from protocol.errors import HamrazError
from protocol.primitives import random_id
from protocol.roles import Role
from tests.groups.village import Village
from web_client.agent.views.groups import group
from web_client.groups import membership as group_membership
from web_client.groups.rows import INVITED, JOINED, LEFT, REMOVED


def code_of(action: object) -> str:
    with pytest.raises(HamrazError) as caught:
        action()  # type: ignore[operator]
    return caught.value.code


def test_nothing_is_shown_before_joining() -> None:
    village = Village(Role.BEGINNER)
    owner, guest = village.people
    village.say(owner, "before you")
    assert village.room(guest).state == INVITED
    assert village.shown(guest) == []
    assert [member["state"] for member in group(owner.node, village.room(owner))["members"]].count("invited") == 1
    assert [message["kind"] for message in guest.shown(owner)] == ["invitation"]


def test_history_all_is_for_later_members_too() -> None:
    village = Village(Role.BEGINNER, Role.BEGINNER, members=1)
    owner, guest, late = village.people
    village.everybody_joins()
    village.say(owner, "one")
    village.say(guest, "two")
    owner.node.groups.command(village.gid, late.uid, True, "")
    village.world.settle()
    village.everybody_joins()
    village.say(late, "three")
    assert [village.texts(person) for person in village.people] == [["one", "two", "three"]] * 3
    assert village.lines(late) == ["created", "joined", "added", "joined"]


def test_history_from_joining_on_stays_closed() -> None:
    village = Village(Role.BEGINNER, Role.BEGINNER, members=1, history="joining")
    owner, _guest, late = village.people
    village.everybody_joins()
    village.say(owner, "one")
    owner.node.groups.command(village.gid, late.uid, True, "")
    village.world.settle()
    village.everybody_joins()
    village.say(owner, "two")
    assert village.texts(late) == ["two"]
    assert [shown["why"] for shown in village.shown(late) if shown["kind"] == "unreadable"] == ["before_you"]
    # what came before is in the chain here, and there is no key for it
    assert village.room(late).group.n == village.kept.group.n
    keys = late.vault.read(lambda rows: [row[0] for row in rows.execute("SELECT epoch FROM group_keys")])
    assert keys == [2]


def test_every_change_makes_a_new_key() -> None:
    village = Village(Role.BEGINNER, Role.BEGINNER)
    village.everybody_joins()
    owner, guest, other = village.people
    ids = [village.kept.group.commit.key_id]
    owner.node.groups.command(village.gid, guest.uid, False, "")
    ids.append(village.kept.group.commit.key_id)
    owner.node.groups.command(village.gid, guest.uid, True, "")
    ids.append(village.kept.group.commit.key_id)
    group_membership.leave(village.room(other))
    village.say(owner, "x")
    ids.append(village.kept.group.commit.key_id)
    assert len(set(ids)) == 4 and village.kept.group.epoch == 4


def test_removed_with_a_reason_that_the_removed_and_the_authority_cannot_read() -> None:
    village = Village(Role.BEGINNER, Role.BEGINNER)
    village.everybody_joins()
    owner, out, stays = village.people
    owner.node.groups.command(village.gid, out.uid, False, "moved to another class")
    village.world.settle()
    assert [m["system"]["reason"] for m in village.shown(stays) if m["kind"] == "system"][
        -1
    ] == "moved to another class"
    assert village.room(out).state == REMOVED
    line = next(m["system"] for m in village.shown(out) if m["kind"] == "system" and m["system"]["what"] == "removed")
    assert (line["by"], line["reason"]) == (owner.uid.hex(), "")  # they see by whom, and not why
    assert not any(b"another class" in body for _source, _target, body in village.world.crossed)


def test_leaving_mends_by_anybody() -> None:
    village = Village(Role.BEGINNER, Role.BEGINNER)
    village.everybody_joins()
    owner, leaver, beginner = village.people
    group_membership.leave(village.room(leaver))
    village.world.settle()
    assert village.kept.group.stale and village.room(leaver).state == LEFT
    village.say(beginner, "after")  # a beginner takes out who has left, before writing
    assert not village.kept.group.stale and leaver.uid not in village.kept.group.members
    assert village.texts(owner) == ["after"]
    assert village.texts(leaver) == []


def test_the_only_commander_leaves() -> None:
    village = Village(Role.BEGINNER, Role.BEGINNER)
    village.everybody_joins()
    owner, one, two = village.people
    group_membership.leave(village.room(owner))
    village.say(one, "we stay")
    assert village.texts(two) == ["we stay"]
    # nobody is left who may add or remove: the group goes on as it is
    assert code_of(lambda: one.node.groups.command(village.gid, two.uid, False, "")) == "role_not_allowed"


def test_declining_is_told_and_takes_the_key_away() -> None:
    village = Village(Role.BEGINNER)
    owner, guest = village.people
    guest.node.groups.answer(village.gid, False)
    village.world.settle()
    village.say(owner, "alone")
    assert village.lines(owner) == ["created", "declined"]
    assert guest.uid not in village.kept.group.members and village.room(guest).state == LEFT


def test_invited_again_after_leaving() -> None:
    village = Village(Role.BEGINNER)
    village.everybody_joins()
    owner, guest = village.people
    group_membership.leave(village.room(guest))
    village.world.settle()
    owner.node.groups.command(village.gid, guest.uid, True, "")
    village.world.settle()
    assert village.room(guest).state == INVITED
    village.everybody_joins()
    village.say(owner, "welcome back")
    assert village.texts(guest) == ["welcome back"] and village.room(guest).state == JOINED
    village.check()


def test_acknowledgements_are_counted() -> None:
    village = Village(Role.BEGINNER, Role.BEGINNER)
    owner = village.people[0]
    assert group(owner.node, village.room(owner))["acked"] == 1
    village.everybody_joins()
    shown = group(owner.node, village.room(owner))
    assert (shown["acked"], len(shown["members"])) == (3, 3)


def test_the_same_id_is_the_same_message() -> None:
    village = Village(Role.BEGINNER)
    village.everybody_joins()
    owner, guest = village.people
    id = random_id()
    first = owner.node.groups.write(village.gid, "text", b"once", id)
    assert owner.node.groups.write(village.gid, "text", b"once", id) == first
    village.world.settle()
    owner.node.groups.write(village.gid, "text", b"once", id)
    village.world.settle()
    assert village.texts(guest) == ["once"]


def test_waits_while_the_authority_is_away_and_goes_out_once() -> None:
    village = Village(Role.BEGINNER)
    village.everybody_joins()
    owner, guest = village.people
    village.world.authority_up = False
    village.world.cut("authority")
    village.write(owner, "later")
    village.world.settle()
    assert village.shown(owner)[-1]["state"] == "waiting"
    village.world.authority_up = True
    village.come_to_rest()
    assert village.texts(guest) == ["later"] and village.shown(owner)[-1]["state"] == "delivered"


def test_an_answer_that_is_lost_doubles_nothing() -> None:
    village = Village(Role.BEGINNER)
    village.everybody_joins()
    owner, guest = village.people
    lost: list[bytes] = []

    def carry(source: str, target: str, body: bytes) -> list[bytes]:
        if source == "authority" and target == "arash" and not lost:
            lost.append(body)  # whatever comes back first: the push or the answer
            return []
        return [body]

    village.write(owner, "once")
    village.world.carry = carry
    village.world.settle()
    village.world.carry = lambda source, target, body: [body]
    owner.network.cut("authority")
    village.come_to_rest()
    assert lost and village.texts(guest) == ["once"] == village.texts(owner)
    village.check()


@pytest.mark.parametrize("role", list(Role)[1:])
def test_who_may_create(role: Role) -> None:
    village = Village(role, members=0)
    person = village.people[1]
    if role is Role.BEGINNER:
        assert code_of(lambda: person.node.groups.create("mine", [], "all")) == "role_not_allowed"
    else:
        assert person.node.groups.create("mine", [], "all").state == JOINED


def test_names_and_ports_are_checked() -> None:
    village = Village(Role.BEGINNER)
    owner = village.people[0]
    assert code_of(lambda: owner.node.groups.create("", [], "all")) == "group_name"
    assert code_of(lambda: owner.node.groups.create("a\nb", [], "all")) == "group_name"
    assert code_of(lambda: owner.node.groups.create("x" * 65, [], "all")) == "group_name"
    village.world.authority.ports.first, village.world.authority.ports.last = 40_000, 40_001
    one = owner.node.groups.create("one", [], "all").row("port")
    two = owner.node.groups.create("two", [], "all").row("port")
    assert {one, two} == {40_000, 40_001}
    # the range is full: a port serves several groups from now on
    assert owner.node.groups.create("three", [], "all").row("port") in (40_000, 40_001)


@pytest.mark.parametrize("lost", ["question", "answer"])
def test_a_making_that_is_cut_off_leaves_a_group_or_nothing(lost: str) -> None:
    """Whether MAKE_COMMIT arrived isn't known at first; the group is there soon, or gone from the list."""
    village = Village(Role.BEGINNER)
    owner, guest = village.people

    def carry(source: str, target: str, body: bytes) -> list[bytes]:
        part = b"make_commit" if lost == "question" else b"committed"
        return [] if part in body[:14] else [body]

    village.world.carry = carry
    assert code_of(lambda: owner.node.groups.create("cut off", [guest.uid], "all")) == "authority_down"
    village.world.carry = lambda source, target, body: [body]
    owner.network.cut("authority")
    village.come_to_rest()
    names = [room.row("name") for room in owner.node.groups.rooms.values()]
    assert ("cut off" in names) == (lost == "answer")
    invited = [room.row("name") for room in guest.node.groups.rooms.values() if room.state == INVITED]
    assert ("cut off" in invited) == (lost == "answer")
