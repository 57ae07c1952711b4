"""Whom an agent watches: whom something waits for, who is looked at, with whom it talks; others as far as room is."""

from __future__ import annotations

from typing import Any

import pytest

from protocol.errors import HamrazError
from protocol.roles import Role
from tests.groups.group_world import GroupWorld
from tests.world import Person, World
from web_client.account.chat_ids import ChatId
from web_client.authority import watch_list

NAMES = ("arash", "bita", "cyrus", "dara", "elham", "farid")


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    """More people than an agent may watch."""
    monkeypatch.setattr(watch_list, "MOST", 3)
    world = World()
    for name in NAMES:
        world.sign_up(name)
    return world


def watched(person: Person) -> list[str]:
    """Whom the authority tells this person about, by name."""
    caller = person.world.authority.online.occupant(person.uid)
    assert caller is not None
    return sorted(person.node.ctx.trust.log.users[uid].name for uid in caller.watched)


def asked(world: World) -> int:
    """How many lists have been sent."""
    return sum(target == "authority" and body[1:].startswith(b"\xa5watch") for _, target, body in world.crossed)


def look(person: Person, *others: str) -> None:
    agent = person.agent()
    for other in others:
        agent.history(ChatId.private(person.world.people[other].uid), None, None, 50)
    person.node.authority.watch()


def here(person: Person, other: str) -> Any:
    return person.node.authority.presence.of(person.world.people[other].uid)[0]


def test_whoever_is_looked_at_is_watched(world: World) -> None:
    farid = world.people["farid"]
    assert len(watched(farid)) == 3
    look(farid, "dara", "elham")
    assert {"dara", "elham"} <= set(watched(farid)) and here(farid, "elham") is True
    world.people["elham"].stop()
    assert here(farid, "elham") is False
    look(farid, "arash", "bita", "cyrus")
    assert watched(farid) == ["arash", "bita", "cyrus"]
    assert here(farid, "elham") is None  # nobody says any more whether she is here


def test_nothing_is_asked_again_for_who_is_watched_already(world: World) -> None:
    farid = world.people["farid"]
    look(farid, "dara")
    before = asked(world)
    assert before >= len(NAMES)
    for _time in range(3):
        look(farid, "dara")
        farid.node.authority.watch()
    assert asked(world) == before
    look(farid, "farid")  # oneself is nobody to watch
    assert asked(world) == before


def test_whom_something_waits_for_comes_first(world: World) -> None:
    """Or what waits would not go out when they come."""
    farid, dara = world.people["farid"], world.people["dara"]
    dara.stop()
    farid.node.authority.presence.forget()
    farid.say(dara, "are you there?")
    look(farid, "arash", "bita", "cyrus")
    assert "dara" in watched(farid)
    dara.restart()
    world.settle()
    assert farid.states(dara) == ["delivered"]


def test_those_one_talks_with_come_before_the_others(world: World) -> None:
    farid = world.people["farid"]
    for other in ("dara", "elham"):
        farid.say(world.people[other], "hello")
    farid.restart()
    assert {"dara", "elham"} <= set(watched(farid))


def test_a_groups_members_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch_list, "MOST", 2)
    group_world = GroupWorld(*[Role.BEGINNER] * 4, members=2)
    group_world.everybody_joins()
    arash = group_world.people[0]
    for other in ("mina", "reza"):
        look(arash, other)
    assert watched(arash) == ["mina", "reza"]
    arash.agent().history(ChatId.group(group_world.gid), None, None, 50)
    arash.node.authority.watch()
    assert watched(arash) == ["omid", "sara"]


# --- people by page ---


def names(answer: dict[str, Any]) -> list[str]:
    return [person["name"] for person in answer["people"]]


def test_people_come_by_page_in_the_order_of_their_names(world: World) -> None:
    agent = world.people["farid"].agent()
    assert names(agent.people("", None, 200)) == sorted(NAMES)
    found: list[str] = []
    after, more = None, True
    while more:
        part = agent.people("", after, 4)
        found, after, more = found + names(part), part["people"][-1]["uid"], part["more"]
    assert found == sorted(NAMES)
    assert agent.people("", after, 4) == {"people": [], "more": False}


def test_people_are_found_by_part_of_a_name(world: World) -> None:
    agent = world.people["farid"].agent()
    assert names(agent.people("AR", None, 50)) == ["arash", "dara", "farid"]
    assert names(agent.people("ar", world.people["arash"].uid.hex(), 1)) == ["dara"]
    assert agent.people("nobody", None, 50) == {"people": [], "more": False}
    with pytest.raises(HamrazError) as reason:
        agent.people("", "00" * 32, 50)
    assert (reason.value.code, reason.value.field) == ("bad_request", "after")


def test_who_is_on_the_page_is_watched(world: World) -> None:
    farid = world.people["farid"]
    farid.agent().people("", world.people["cyrus"].uid.hex(), 2)
    farid.node.authority.watch()
    assert {"dara", "elham"} <= set(watched(farid))
