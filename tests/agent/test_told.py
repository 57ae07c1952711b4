"""What the page is told of, and how often: who has changed, once; and one's own message, wherever it stands by then."""

from __future__ import annotations

from typing import Any

import pytest

from protocol.roles import Role
from tests.groups.village import Village
from tests.world import World
from web_client.account.chat_ids import ChatId
from web_client.account.events import LinkChanged
from web_client.agent.api import Agent


def listen(agent: Agent, world: World, name: str) -> list[tuple[str, Any]]:
    """Everything that this agent's clients are told from now on."""
    told: list[tuple[str, Any]] = []
    agent.subscribe(lambda event, value: told.append((event, value)))
    return told


def test_a_change_of_the_link_tells_of_who_has_changed() -> None:
    world = World()
    people = [world.sign_up(f"person{number}") for number in range(12)]
    world.settle()
    owner, friend = people[:2]
    owner.say(friend, "hello")
    owner.node.authority.watch()
    agent = owner.agent()
    told = listen(agent, world, owner.name)
    owner.node.ctx.emit(LinkChanged())  # they have heard that it is up
    known = len(owner.node.authority.around.known())
    told.clear()
    world.authority_up = False
    world.cut("authority")
    for _try in range(5):
        owner.node.ctx.emit(LinkChanged())  # such as another wait
    assert [event for event, _value in told].count("person") == 0
    assert {value["up"] for event, value in told if event == "link"} == {False}
    assert all(one["online"] is None for one in agent.snapshot()["people"] if not one["me"])
    told.clear()
    world.authority_up = True
    for person in people:
        person.reconnect()
    world.settle()
    for _again in range(5):
        owner.node.ctx.emit(LinkChanged())
    people_told = [value["uid"] for event, value in told if event == "person"]
    assert known <= len(people_told) <= 4 * len(people)
    newest = {value["uid"]: value for event, value in told if event == "person"}
    assert newest[friend.uid.hex()]["online"] is True


@pytest.mark.parametrize("call", ["send_message", "send_public_message"])
def test_a_message_is_answered_wherever_it_stands(call: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It gets its place in the chain before the answer is made."""
    village = Village(Role.BEGINNER)
    village.everybody_joins()
    owner = village.people[0]
    agent, room = owner.agent(), village.room(owner)
    write = owner.node.groups.write

    def quick(*arguments: Any) -> int:
        order = write(*arguments)
        room.step()
        return order

    monkeypatch.setattr(owner.node.groups, "write", quick)
    if call == "send_message":
        message = agent.send_message(ChatId.group(village.gid), "at once", None, "ab" * 16)["message"]
    else:
        message = agent.send_public_message("at once", village.gid.hex(), id="ab" * 16)["message"]
    assert (message["id"], message["text"], message["state"]) == ("ab" * 16, "at once", "authority")
