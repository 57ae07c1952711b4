"""Among many accounts a page is told of those whom one has to do with, and of everybody else before they are named."""

from __future__ import annotations

from typing import Any

import pytest

from protocol.roles import Role
from tests.groups.group_world import GroupWorld
from tests.world import Person, World
from web_client.account.chat_ids import ChatId
from web_client.account.events import Event, PersonChanged, PresenceChanged
from web_client.agent.api import Agent
from web_client.agent.views import known
from web_client.authority import watch_list

NAMES = ("owner", "arash", "bita", "cyrus", "dara", "elham", "farid")


@pytest.fixture(autouse=True)
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three are many."""
    monkeypatch.setattr(known, "EVERYBODY", 3)
    monkeypatch.setattr(watch_list, "EVERYBODY", 3)


@pytest.fixture
def world() -> World:
    world = World()
    for name in NAMES:
        world.sign_up(name)
    world.settle()
    return world


def names(people: list[dict[str, Any]]) -> list[str]:
    return [person["name"] for person in people]


def told_of(agent: Agent) -> list[tuple[str, Any]]:
    """Everything that the pages are told from now on."""
    told: list[tuple[str, Any]] = []
    agent.subscribe(lambda event, value: told.append((event, value)))
    return told


def pushed(told: list[tuple[str, Any]]) -> list[str]:
    return [value["name"] for event, value in told if event == "person"]


def test_of_few_a_snapshot_has_everybody(monkeypatch: pytest.MonkeyPatch, world: World) -> None:
    monkeypatch.setattr(known, "EVERYBODY", len(NAMES))
    snapshot = world.people["bita"].agent().snapshot()
    assert names(snapshot["people"]) == list(NAMES) and snapshot["people_in_all"] == len(NAMES)


def test_of_many_it_has_those_whom_one_has_to_do_with(world: World) -> None:
    bita, cyrus = world.people["bita"], world.people["cyrus"]
    agent = bita.agent()
    assert names(agent.snapshot()["people"]) == ["owner", "bita"], "the super admin, and oneself"
    assert agent.snapshot()["people_in_all"] == len(NAMES)
    cyrus.say(bita, "hello")
    agent.block(world.people["dara"].uid.hex())
    agent.set_verified("elham", True)
    bita.restart()
    assert names(bita.agent().snapshot()["people"]) == ["owner", "bita", "cyrus", "dara", "elham"]


def test_nobody_is_named_before_they_are_known(world: World) -> None:
    """In a push, and in what a call answers; from then on every page has them."""
    bita, cyrus, dara = (world.people[name] for name in ("bita", "cyrus", "dara"))
    agent = bita.agent()
    told = told_of(agent)
    agent.snapshot()
    cyrus.say(bita, "hello")
    assert pushed(told)[0] == "cyrus"
    first = next(n for n, (event, _value) in enumerate(told) if event in ("message", "conversation"))
    assert told.index(next(one for one in told if one[0] == "person")) < first
    told.clear()
    log = agent.run("log", {"before": None, "limit": 100, "filter": None})
    assert {entry["who"] for entry in log["entries"]} > {dara.uid.hex()}
    assert sorted(pushed(told)) == ["arash", "dara", "elham", "farid"]
    told.clear()
    agent.run("log", {"before": None, "limit": 100, "filter": None})
    assert pushed(told) == []
    assert names(agent.snapshot()["people"]) == list(NAMES)


def test_who_is_asked_for_is_known(world: World) -> None:
    agent = world.people["bita"].agent()
    told = told_of(agent)
    assert names(agent.run("people", {"query": "far", "after": None, "limit": 50})["people"]) == ["farid"]
    assert pushed(told) == [] and "farid" in names(agent.snapshot()["people"])


def test_nothing_is_told_of_who_is_not_known(world: World) -> None:
    bita, farid = world.people["bita"], world.people["farid"]
    agent = bita.agent()
    agent.snapshot()
    told = told_of(agent)
    events: list[Event] = [PersonChanged(farid.uid), PresenceChanged(farid.uid, True)]
    for event in events:
        bita.node.ctx.emit(event)
    world.sign_up("golnaz")
    world.settle()
    assert pushed(told) == []
    agent.run("people", {"query": "farid", "after": None, "limit": 50})
    bita.node.ctx.emit(events[0])
    assert pushed(told) == ["farid"]
    assert [value["name"] for event, value in told if event == "me"] == []


def test_members_of_a_group_are_known() -> None:
    group_world = GroupWorld(Role.BEGINNER, Role.BEGINNER)
    group_world.everybody_joins()
    for n in range(3):
        group_world.world.sign_up(f"guest{n}")
    group_world.world.settle()
    member = group_world.people[1]
    shown = names(member.agent().snapshot()["people"])
    assert set(shown) == {person.name for person in group_world.people}


def watched(person: Person) -> list[str]:
    caller = person.world.authority.online.occupant(person.uid)
    assert caller is not None
    return sorted(person.node.ctx.trust.log.users[uid].name for uid in caller.watched)


def test_presence_is_asked_of_whom_one_talks_with_or_looks_at(world: World) -> None:
    bita, cyrus = world.people["bita"], world.people["cyrus"]
    bita.restart()
    assert watched(bita) == []
    cyrus.say(bita, "hello")
    bita.restart()
    assert watched(bita) == ["cyrus"]
    bita.agent().history(ChatId.private(world.people["dara"].uid), None, None, 50)
    bita.agent().people("elham")
    bita.node.authority.watch()
    assert watched(bita) == ["cyrus", "dara", "elham"]
