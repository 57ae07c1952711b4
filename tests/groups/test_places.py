"""A group's message is called the same from the moment that it is shown, wherever its chain places it afterwards."""

from __future__ import annotations

from typing import Any

import pytest

from protocol.roles import Role
from tests.groups.group_world import GroupWorld
from tests.world import Person
from web_client.account.chat_ids import ChatId
from web_client.account.events import MessageChanged
from web_client.agent.views import chats as chat_views
from web_client.vault.database import Rows


@pytest.fixture
def group_world() -> GroupWorld:
    group_world = GroupWorld(Role.BEGINNER, Role.BEGINNER)
    group_world.everybody_joins()
    return group_world


def overtaken(group_world: GroupWorld, *theirs: str) -> tuple[Person, list[dict[str, Any]]]:
    """Somebody writes "one" and "two", and before they are posted others' words come; who, and how the two looked."""
    owner, guest, _third = group_world.people
    for text in ("one", "two"):
        group_world.write(owner, text)
    before = own(group_world, owner)
    for text in theirs:
        group_world.write(guest, text)
    guest.settle()
    return owner, before


def own(group_world: GroupWorld, person: Person) -> list[dict[str, Any]]:
    return [one for one in group_world.shown(person) if one["mine"] and one["kind"] == "text"]


def names(shown: list[dict[str, Any]]) -> list[tuple[str, int]]:
    return [(one["id"], one["order"]) for one in shown]


def test_it_moves_behind_what_came_before_it_under_the_same_name(group_world: GroupWorld) -> None:
    owner, before = overtaken(group_world, "theirs", "theirs again")
    looks: list[list[str]] = []
    owner.node.ctx.events.subscribe(MessageChanged, lambda event: looks.append(group_world.texts(owner)))
    group_world.world.settle()
    assert group_world.texts(owner) == ["theirs", "theirs again", "one", "two"]
    assert names(own(group_world, owner)) == names(before)
    positions = [one["position"] for one in group_world.shown(owner)]
    assert positions == sorted(set(positions))
    for look in looks:  # the two never change places, and each stands there once
        assert [text for text in look if not text.startswith("theirs")] == ["one", "two"]
    assert all(group_world.texts(person) == group_world.texts(owner) for person in group_world.people)
    group_world.check()


def test_it_stays_where_it_stands_if_nobody_came_before_it(group_world: GroupWorld) -> None:
    owner, before = overtaken(group_world)
    group_world.world.settle()
    assert [one["position"] for one in own(group_world, owner)] == [one["order"] for one in before]


def test_what_is_not_shown_counts_as_well(group_world: GroupWorld) -> None:
    """A blocked member's message has its place in the chain: shown later, it stands there."""
    owner, guest, _third = group_world.people
    owner.node.blocked.block(guest.uid)
    overtaken(group_world, "theirs")
    group_world.world.settle()
    assert group_world.texts(owner) == ["one", "two"]
    owner.node.blocked.unblock(guest.uid)
    group_world.world.settle()
    assert group_world.texts(owner) == ["theirs", "one", "two"]


def test_a_call_that_names_it_as_it_was_shown_means_it(group_world: GroupWorld) -> None:
    owner, before = overtaken(group_world, "theirs")
    group_world.world.settle()
    agent, chat = owner.agent(), ChatId.group(group_world.gid)
    agent.edit_message(chat, before[0]["order"], "one, edited", None)
    agent.send_message(chat, "an answer", before[1]["order"], None)
    page = agent.history(chat, None, None, 3, around=before[0]["order"])
    group_world.world.settle()
    assert [one["text"] for one in page["messages"]] == ["theirs", "one, edited", "two"]
    assert agent.history(chat, None, None, 3, around=page["messages"][1]["position"]) == page  # it is nobody's number
    for person in group_world.people:
        assert group_world.texts(person) == ["theirs", "one, edited", "two", "an answer"]
        assert group_world.shown(person)[-1]["reply"]["text"] == "two"
    hits = agent.search("edited", chat, 30, None)["hits"]
    assert [hit["message"]["order"] for hit in hits] == [before[0]["order"]]


def test_every_page_has_it_once(group_world: GroupWorld) -> None:
    owner, _before = overtaken(group_world, "theirs", "theirs again")
    group_world.world.settle()
    agent, chat = owner.agent(), ChatId.group(group_world.gid)
    whole = names(group_world.shown(owner))
    back: list[tuple[str, int]] = []
    forth: list[tuple[str, int]] = []
    edge = None
    while page := agent.history(chat, edge, None, 1)["messages"]:
        back, edge = names(page) + back, page[0]["position"]
    edge = 0
    while page := agent.history(chat, None, edge, 1)["messages"]:
        forth, edge = forth + names(page), page[-1]["position"]
    assert back == forth == whole


def test_what_came_before_it_is_unread_until_it_was_seen(group_world: GroupWorld) -> None:
    """Who has seen no further than their own message, as it stood then, has not read what came behind it."""
    owner, before = overtaken(group_world, "theirs", "theirs again")
    chat = ChatId.group(group_world.gid)

    def unread() -> tuple[int, int | None]:
        shown = chat_views.conversation(owner.node, chat)
        assert shown is not None
        return shown["unread"], shown["first_unread"]

    group_world.world.settle()
    first = next(one for one in group_world.shown(owner) if one["text"] == "theirs")
    owner.node.messages.mark_read(chat, before[-1]["position"])
    assert unread() == (2, first["order"])
    owner.node.messages.mark_read(chat, own(group_world, owner)[-1]["position"])
    assert unread() == (0, None)


def test_no_other_message_gets_a_number_that_was_given(group_world: GroupWorld) -> None:
    owner, _before = overtaken(group_world, "theirs")
    group_world.world.settle()
    last = own(group_world, owner)[-1]
    assert last["position"] > max(one["order"] for one in group_world.shown(owner))
    owner.vault.write(lambda rows: _delete(rows, last["order"]))
    assert group_world.say(owner, "three") > last["position"]


def _delete(rows: Rows, order: int) -> None:
    rows.execute("DELETE FROM messages WHERE ord = ?", (order,))
