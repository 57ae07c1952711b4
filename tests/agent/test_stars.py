"""Messages with a star: listed, found by their words, gone with what is deleted; nobody else hears of it."""

from __future__ import annotations

from typing import Any

import pytest

from protocol.errors import HamrazError
from protocol.roles import Role
from tests.groups.group_world import GroupWorld
from tests.world import Person, World
from web_client.account.chat_ids import ChatId
from web_client.messages import stars


def listed(person: Person, **asked: Any) -> list[str]:
    found: list[dict[str, Any]] = person.agent().starred(**asked)["hits"]
    return [hit["message"]["text"] for hit in found]


def test_what_has_a_star_is_listed_and_found(world: World, arash: Person, sara: Person) -> None:
    chat = ChatId.private(sara.uid)
    for text in ("the map of the lab", "bread", "نقشهٔ شهر"):
        arash.say(sara, text)
    sara.say(arash, "the other map")
    world.settle()
    agent = arash.agent()
    orders = [shown["order"] for shown in arash.shown(sara)]
    for order in (orders[3], orders[0], orders[2]):
        agent.star(chat, order, on=True)
    assert listed(arash) == ["نقشهٔ شهر", "the map of the lab", "the other map"]
    assert listed(arash, text="ma") == ["the map of the lab", "the other map"]
    assert listed(arash, text="map other", chat=chat) == ["the other map"]
    assert listed(arash, text="نقشه") == ["نقشهٔ شهر"]
    assert listed(arash, chat=ChatId.private(arash.uid)) == []
    assert listed(arash, limit=1, skip=1) == ["the map of the lab"]
    assert agent.starred(limit=2)["more"] and not agent.starred(limit=3)["more"]
    assert [shown["starred"] for shown in arash.shown(sara)] == [True, False, True, True]
    assert not any(shown["starred"] for shown in sara.shown(arash))

    agent.star(chat, orders[2], on=False)
    arash.restart()
    assert listed(arash) == ["the map of the lab", "the other map"]
    arash.agent().clear_message(chat, orders[0])
    sara.agent().delete_message(ChatId.private(arash.uid), sara.shown(arash)[-1]["order"])
    world.settle()
    assert listed(arash) == []
    assert arash.vault.read(stars._kept) == []


def test_what_is_hidden_or_has_yet_to_come_keeps_its_star() -> None:
    """Of somebody blocked, and of a group whose chain isn't here yet, as after a restore."""
    group_world = GroupWorld(Role.BEGINNER)
    group_world.everybody_joins()
    arash, sara = group_world.people
    chat = ChatId.group(group_world.gid)
    order = group_world.say(sara, "bread")
    found = {one["text"]: one["order"] for one in group_world.shown(arash)}
    arash.agent().star(chat, found["bread"], on=True)
    assert listed(arash) == ["bread"] and order
    arash.agent().block(sara.uid.hex())
    assert listed(arash) == []
    arash.agent().unblock(sara.uid.hex())
    assert listed(arash) == ["bread"]
    [name] = arash.vault.read(stars._kept)
    arash.vault.write(lambda rows: rows.execute("UPDATE messages SET id = ? WHERE id = ?", (bytes(16), name[2])))
    assert listed(arash) == []
    arash.vault.write(lambda rows: rows.execute("UPDATE messages SET id = ? WHERE id = ?", (name[2], bytes(16))))
    arash.restart()
    assert listed(arash) == ["bread"]


def test_as_many_as_can_be_looked_through(
    world: World, arash: Person, sara: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stars, "MOST", 2)
    chat = ChatId.private(sara.uid)
    for number in range(3):
        arash.say(sara, str(number))
    orders = [shown["order"] for shown in arash.shown(sara)]
    agent = arash.agent()
    for order in orders[:2]:
        agent.star(chat, order, on=True)
    agent.star(chat, orders[0], on=True)  # one of them already
    with pytest.raises(HamrazError) as caught:
        agent.star(chat, orders[2], on=True)
    assert caught.value.code == "stars_full"
    agent.clear_message(chat, orders[1])  # what has gone makes room
    agent.star(chat, orders[2], on=True)
    assert listed(arash) == ["2", "0"]
