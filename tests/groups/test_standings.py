"""How a group stands in the list of whoever made it, was asked, declined, left or was removed."""

from __future__ import annotations

from typing import Any

import pytest

from protocol.roles import Role
from tests.groups.group_world import GroupWorld
from tests.world import Person
from web_client.account.chat_ids import ChatId
from web_client.groups import membership as group_membership


@pytest.fixture
def group_world() -> GroupWorld:
    """arash has made the group and asked sara and omid, who have not answered; mina is in no group."""
    return GroupWorld(Role.BEGINNER, Role.BEGINNER, Role.BEGINNER, members=2)


def listed(person: Person) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = person.agent().snapshot()["conversations"]
    return found


def group(group_world: GroupWorld, person: Person) -> dict[str, Any]:
    chat = ChatId.group(group_world.gid)
    return next(one for one in listed(person) if one["chat"] == chat)


def test_the_maker_has_the_group_and_no_talk_with_each_whom_it_asks(group_world: GroupWorld) -> None:
    arash, sara, *_others = group_world.people
    assert [one["name"] for one in listed(arash)] == ["workshop"]
    told: list[tuple[str, Any]] = []
    arash.agent().subscribe(lambda event, value: told.append((event, value)))
    arash.node.groups.command(group_world.gid, group_world.people[3].uid, True, "")
    group_world.world.settle()
    assert {value["chat"] for event, value in told if event in ("conversation", "message")} == {
        ChatId.group(group_world.gid)
    }
    # a talk that there is isn't raised by it either
    arash.say(sara, "hello")
    before = next(one for one in listed(arash) if one["kind"] == "private")
    arash.node.groups.create("second", [sara.uid], "all")
    group_world.world.settle()
    assert next(one for one in listed(arash) if one["kind"] == "private") == before
    assert listed(arash)[0]["name"] == "second"


def test_an_invitation_stands_once_and_is_unread_until_it_is_seen(group_world: GroupWorld) -> None:
    sara = group_world.people[1]
    (shown,) = listed(sara)
    assert (shown["name"], shown["group"]["state"], shown["unread"]) == ("workshop", "invited", 1)
    assert shown["first_unread"] == shown["position"] > 0 and shown["time"] is not None
    sara.agent().mark_read(shown["chat"], shown["position"])
    assert (listed(sara)[0]["unread"], listed(sara)[0]["first_unread"]) == (0, None)
    sara.restart()
    assert listed(sara)[0]["unread"] == 0


@pytest.mark.parametrize("join", [True, False])
def test_it_is_read_once_it_is_answered(group_world: GroupWorld, join: bool) -> None:
    sara = group_world.people[1]
    sara.node.groups.answer(group_world.gid, join)
    group_world.world.settle()
    assert [one["unread"] for one in listed(sara)] == [0]


def test_a_second_invitation_is_unread_again(group_world: GroupWorld) -> None:
    arash, sara, *_others = group_world.people
    sara.agent().mark_read(ChatId.group(group_world.gid), listed(sara)[0]["position"])
    sara.node.groups.answer(group_world.gid, False)
    group_world.world.settle()
    arash.node.groups.command(group_world.gid, sara.uid, True, "")
    group_world.world.settle()
    assert group(group_world, sara)["unread"] == 1


def test_the_maker_sees_who_waits_who_has_come_and_who_has_declined(group_world: GroupWorld) -> None:
    arash, sara, omid, _mina = group_world.people

    def standing() -> tuple[dict[str, str], list[str]]:
        shown = group(group_world, arash)["group"]
        names = {person.uid.hex(): person.name for person in group_world.people}
        return {names[one["uid"]]: one["state"] for one in shown["members"]}, [names[one] for one in shown["declined"]]

    assert standing() == ({"arash": "joined", "sara": "invited", "omid": "invited"}, [])
    sara.node.groups.answer(group_world.gid, True)
    omid.node.groups.answer(group_world.gid, False)
    group_world.world.settle()
    assert standing() == ({"arash": "joined", "sara": "joined"}, ["omid"])
    group_world.say(arash, "without omid")  # with the commit that leaves them out
    assert standing() == ({"arash": "joined", "sara": "joined"}, ["omid"])
    arash.node.groups.command(group_world.gid, omid.uid, True, "")
    group_world.world.settle()
    assert standing() == ({"arash": "joined", "sara": "joined", "omid": "invited"}, [])
    arash.node.groups.command(group_world.gid, omid.uid, False, "")  # taken back by the maker: that is no answer
    group_world.world.settle()
    assert standing()[0] == {"arash": "joined", "sara": "joined"}


@pytest.mark.parametrize("how", ["removed", "left"])
def test_whoever_is_out_reads_why_and_counts_no_more(group_world: GroupWorld, how: str) -> None:
    arash, sara, _omid, _mina = group_world.people
    group_world.everybody_joins()
    if how == "removed":
        arash.node.groups.command(group_world.gid, sara.uid, False, "")
    else:
        group_membership.leave(group_world.room(sara))
    group_world.world.settle()
    shown = group(group_world, sara)
    by = arash if how == "removed" else sara
    said = shown["last"]["system"]
    assert (said["what"], said["by"]) == (how, by.uid.hex())
    assert shown["group"]["state"] == how
    assert sara.uid.hex() not in [member["uid"] for member in shown["group"]["members"]]
    assert len(shown["group"]["members"]) == 2


def test_a_leave_whose_line_does_not_come_is_one_all_the_same(group_world: GroupWorld) -> None:
    _arash, sara, _omid, _mina = group_world.people
    group_world.everybody_joins()
    carry, posts = group_world.world.carry, 0

    def cut(source: str, target: str, body: bytes) -> list[bytes]:
        nonlocal posts
        posts += b"reload" in body[:12]
        return [] if posts else carry(source, target, body)

    group_world.world.carry = cut
    group_membership.leave(group_world.room(sara))
    assert posts and group(group_world, sara)["group"]["state"] == "left"
    assert sara.uid.hex() not in [member["uid"] for member in group(group_world, sara)["group"]["members"]]
