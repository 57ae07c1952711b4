"""What the page is told of, and how often: who has changed, once; and one's own message, each time it is asked for."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from protocol.roles import Role
from tests.groups.group_world import GroupWorld
from tests.processes import until
from tests.sharing import hand_over
from tests.world import World
from web_client.account.chat_ids import ChatId
from web_client.account.events import ChatChanged, LinkChanged, PersonChanged, QueueChanged, SettingsChanged
from web_client.agent.api import Agent
from web_client.agent.views import chats as chat_views
from web_client.agent.views.changes import LOOKS, Projector


def listen(agent: Agent, world: World, name: str) -> list[tuple[str, Any]]:
    """Everything that this agent's clients are told from now on."""
    told: list[tuple[str, Any]] = []
    agent.subscribe(lambda event, value: told.append((event, value)))
    return told


def test_a_change_of_the_link_tells_of_who_has_changed() -> None:
    """Of nobody else: when the link is lost and made again, as many pushes come among twelve people as among many."""
    world = World()
    people = [world.sign_up(f"person{number}") for number in range(12)]
    world.settle()
    owner, friend, *others = people
    owner.node.authority.watch()
    for person in others:
        person.network.cut("authority")
    agent = owner.agent()
    shown = {one["name"]: one["online"] for one in agent.snapshot()["people"] if not one["me"]}
    assert shown.pop(friend.name) is True and set(shown.values()) == {False}
    told = listen(agent, world, owner.name)
    owner.node.ctx.emit(LinkChanged())  # they have heard that it is up
    told.clear()
    world.authority_up = False
    world.cut("authority")
    for _try in range(5):
        owner.node.ctx.emit(LinkChanged())  # such as another wait
    assert [event for event, _value in told].count("person") == 0
    assert {value["up"] for event, value in told if event == "link"} == {False}
    told.clear()
    owner.node.ctx.emit(PersonChanged(others[0].uid))  # such as another picture
    assert [value["online"] for event, value in told if event == "person"] == [None]
    told.clear()
    world.authority_up = True
    friend.reconnect()
    owner.reconnect()
    for _again in range(5):
        owner.node.ctx.emit(LinkChanged())
    pushed = {value["name"]: value["online"] for event, value in told if event == "person"}
    assert pushed == {others[0].name: False}, "what an old page doesn't know; friend is here as before"
    assert len(told) <= 2 + 2 * 5


def test_a_page_that_was_loaded_without_a_link_is_told_of_everybody() -> None:
    world = World()
    owner, friend, other = (world.sign_up(name) for name in ("owner", "friend", "other"))
    world.settle()
    agent = owner.agent()
    told = listen(agent, world, owner.name)
    owner.node.ctx.emit(LinkChanged())
    world.cut("authority")
    owner.node.ctx.emit(LinkChanged())
    assert all(one["online"] is None for one in agent.snapshot()["people"] if not one["me"])
    told.clear()
    friend.reconnect()
    other.reconnect()
    owner.reconnect()
    owner.node.ctx.emit(LinkChanged())
    assert {value["name"]: value["online"] for event, value in told if event == "person"} == {
        "friend": True, "other": True,
    }  # fmt: skip


def test_a_message_is_told_with_its_conversation_and_the_queue() -> None:
    """In one: a page draws what it is told at once. Whoever has written one is told twice, whoever takes it once."""
    world = World()
    arash, sara = world.sign_up("arash"), world.sign_up("sara")
    arash.node.authority.log.sync()
    arash.say(sara, "the first one also fetches prekeys")
    told: dict[str, list[list[str]]] = {"arash": [], "sara": []}
    for person in (arash, sara):

        def one(event: str, value: Any, found: list[list[str]] = told[person.name]) -> None:
            found.append([event])

        def together(events: list[tuple[str, Any]], found: list[list[str]] = told[person.name]) -> None:
            found.append([event for event, _value in events])

        person.agent().subscribe(one, together)
    arash.say(sara, "hello")
    assert told == {"arash": [["message", "conversation", "link"]] * 2, "sara": [["message", "conversation", "link"]]}


def test_what_others_hear_meanwhile_is_told_by_who_looks_already() -> None:
    """One thread after the other looks and tells, so that nothing older is told after something newer; none waits."""
    world = World()
    arash, sara = world.sign_up("arash"), world.sign_up("sara")
    world.settle()
    told: list[str] = []

    def tell(events: list[tuple[str, Any]]) -> None:
        if not told:
            other = threading.Thread(target=arash.node.ctx.emit, args=(SettingsChanged(),))
            other.start()
            other.join(20)
            assert not other.is_alive()
        told.extend(event for event, _value in events)

    Projector(arash.node, tell)
    arash.node.ctx.emit(PersonChanged(sara.uid))
    assert told == ["person", "settings"]


def test_a_conversation_that_can_not_be_shown_costs_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    arash, sara, omid = (world.sign_up(name) for name in ("arash", "sara", "omid"))
    world.settle()
    for person in (sara, omid):
        person.say(arash, "hello")
    told: list[str] = []
    Projector(arash.node, lambda events: told.extend(event for event, _value in events))
    show = chat_views.conversation

    def fail(session: Any, chat: ChatId) -> Any:
        if chat == ChatId.private(sara.uid):
            raise ValueError("what nobody thought of")
        return show(session, chat)

    monkeypatch.setattr(chat_views, "conversation", fail)
    with arash.node.ctx.events.turn():
        for person in (sara, omid):
            arash.node.ctx.emit(ChatChanged(ChatId.private(person.uid)))
        arash.node.ctx.emit(QueueChanged())
    found = [event for event in told if event != "states"]  # which says what has failed
    assert found == ["reread", "reread", "conversation", "link"]


def test_who_makes_a_change_is_not_kept_by_what_others_change_meanwhile() -> None:
    world = World()
    arash = world.sign_up("arash")
    world.settle()
    by: list[int] = []

    def tell(events: list[tuple[str, Any]]) -> None:
        by.append(threading.get_ident())
        if len(by) < 50:  # while each is told there is another one
            other = threading.Thread(target=arash.node.ctx.emit, args=(SettingsChanged(),))
            other.start()
            other.join(20)

    Projector(arash.node, tell)
    arash.node.ctx.emit(SettingsChanged())
    until(lambda: len(by) == 50, what="that all is told")
    assert by.count(threading.get_ident()) == LOOKS


def test_a_message_is_answered_by_its_id_and_shown_by_a_push() -> None:
    """In private, in a group and with a file; whoever has lost the answer asks again, and is shown the same again."""
    group_world = GroupWorld(Role.BEGINNER)
    group_world.everybody_joins()
    owner, other = group_world.people[:2]
    agent = owner.agent()
    told = listen(agent, group_world.world, owner.name)
    names = {"username": owner.name, "client_b_username": other.name}
    file = hand_over(owner, ChatId.group(group_world.gid), b"abc")
    calls: list[Callable[[], dict[str, Any]]] = [
        lambda: agent.send_message(ChatId.private(other.uid), "hello", None, "01" * 16),
        lambda: agent.send_message(ChatId.group(group_world.gid), "hello", None, "02" * 16),
        lambda: agent.private_chat(**names, message="hello", id="03" * 16),
        lambda: agent.send_public_message("hello", group_world.gid.hex(), id="04" * 16),
        lambda: agent.send_file(file, "", None, 0, 0),
    ]
    for call in calls:
        for _again in range(2):
            told.clear()
            answer = call()
            shown = [value for event, value in told if event == "message" and value["id"] == answer["id"]]
            assert len(shown) == 1 and set(answer) <= {"id", "chat"}
            assert shown[0]["mine"] and shown[0]["order"] > 0


def test_what_is_done_to_a_message_is_shown_by_a_push() -> None:
    group_world = GroupWorld(Role.BEGINNER)
    group_world.everybody_joins()
    owner = group_world.people[0]
    agent, chat = owner.agent(), ChatId.group(group_world.gid)
    told = listen(agent, group_world.world, owner.name)
    group_world.say(owner, "hello")
    order = agent.history(chat, None, None, 1)["messages"][-1]["order"]
    for act, look in [
        (lambda: agent.edit_message(chat, order, "well", None), lambda shown: shown["text"] == "well"),
        (lambda: agent.react(chat, order, "👍", None), lambda shown: bool(shown["reactions"])),
        (lambda: agent.delete_message(chat, order, None), lambda shown: shown["deleted"]),
    ]:
        told.clear()
        assert len(act()["id"]) == 32
        assert [value for event, value in told if event == "message" and look(value)]
