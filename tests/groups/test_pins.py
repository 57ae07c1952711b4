"""What stands over a conversation: for all in it, by the same marks the same; in a group by who may command it."""

from __future__ import annotations

from typing import Any

import pytest

from protocol import kinds
from protocol.errors import HamrazError
from protocol.kinds import PINS_TAKEN
from protocol.primitives import random_id
from protocol.roles import Role
from tests.groups.group_world import GroupWorld
from tests.world import Person, World
from web_client.account.chat_ids import ChatId
from web_client.agent.views import chats as chat_views
from web_client.messages import rows as message_rows


def pinned(person: Person, chat: ChatId) -> list[tuple[str, bytes]]:
    """(words, by whom) of what stands over it."""
    shown = chat_views.conversation(person.node, chat)
    assert shown is not None
    return [(one["text"], bytes.fromhex(one["by"])) for one in shown["pins"]]


def orders(shown: list[dict[str, Any]]) -> dict[str, int]:
    return {one["text"]: one["order"] for one in shown}


def test_both_of_a_private_chat_pin_and_take_down(world: World, arash: Person, sara: Person) -> None:
    at_arash, at_sara = ChatId.private(sara.uid), ChatId.private(arash.uid)
    arash.say(sara, "one")
    sara.say(arash, "two")
    world.settle()
    of_arash, of_sara = orders(arash.shown(sara)), orders(sara.shown(arash))
    assert arash.agent().pin_message(at_arash, of_arash["two"], on=True)["id"] is not None
    assert arash.agent().pin_message(at_arash, of_arash["two"], on=True)["id"] is None  # it is so already
    sara.agent().pin_message(at_sara, of_sara["two"], on=True)  # at the same time
    sara.agent().pin_message(at_sara, of_sara["one"], on=True)
    world.settle()
    for person, chat in ((arash, at_arash), (sara, at_sara)):
        assert sorted(text for text, _by in pinned(person, chat)) == ["one", "two"]
        assert [one["text"] for one in person.shown(arash if person is sara else sara)] == ["one", "two"]
    arash.agent().pin_message(at_arash, of_arash["two"], on=False)  # whoever had pinned it
    sara.agent().edit_message(at_sara, of_sara["two"], "changed")
    world.settle()
    assert pinned(arash, at_arash) == pinned(sara, at_sara) == [("one", sara.uid)]
    arash.agent().pin_message(at_arash, of_arash["two"], on=True)
    world.settle()
    assert pinned(arash, at_arash) == pinned(sara, at_sara) == [("changed", arash.uid), ("one", sara.uid)]
    arash.restart()
    assert pinned(arash, at_arash) == [("changed", arash.uid), ("one", sara.uid)]
    sara.agent().delete_message(at_sara, of_sara["two"])
    arash.agent().clear_message(at_arash, of_arash["one"])
    world.settle()
    assert pinned(arash, at_arash) == [] and pinned(sara, at_sara) == [("one", sara.uid)]


def test_what_was_taken_down_stays_so_however_often_it_is_pinned(world: World, arash: Person, sara: Person) -> None:
    """Of one's marks only the last ones are kept, and what takes back another's."""
    at_arash, at_sara = ChatId.private(sara.uid), ChatId.private(arash.uid)
    arash.say(sara, "one")
    world.settle()
    order = orders(arash.shown(sara))["one"]
    sara.agent().pin_message(at_sara, orders(sara.shown(arash))["one"], on=True)
    world.settle()
    arash.agent().pin_message(at_arash, order, on=False)
    for _time in range(PINS_TAKEN // 2):
        arash.agent().pin_message(at_arash, order, on=True)
        arash.agent().pin_message(at_arash, order, on=False)
        world.settle()
    assert pinned(arash, at_arash) == pinned(sara, at_sara) == []
    for person in (arash, sara):
        marks = person.vault.value("SELECT count(*) FROM messages WHERE kind = 'pin' AND line = 0")
        assert marks <= PINS_TAKEN + 3  # sara's, what takes it back, and one that was on its way


def test_in_a_group_by_who_may_command_it() -> None:
    group_world = GroupWorld(Role.ADVANCED, Role.BEGINNER)
    group_world.everybody_joins()
    arash, sara, omid = group_world.people
    chat = ChatId.group(group_world.gid)
    group_world.say(omid, "the lab is open")
    of_sara, of_omid = orders(group_world.shown(sara)), orders(group_world.shown(omid))
    with pytest.raises(HamrazError) as caught:
        omid.agent().pin_message(chat, of_omid["the lab is open"], on=True)
    assert caught.value.code == "role_not_allowed"

    # an agent that says so all the same is not heard
    row = omid.vault.read(lambda rows: message_rows.at(rows, of_omid["the lab is open"]))
    assert row is not None
    body = kinds.encode_body(kinds.Pin(row.id, row.sender, []))
    omid.node.groups.write(group_world.gid, kinds.PIN, body, random_id())
    group_world.world.settle()
    assert [pinned(person, chat) for person in (arash, sara)] == [[], []]

    sara.agent().pin_message(chat, of_sara["the lab is open"], on=True)
    group_world.world.settle()
    assert [pinned(person, chat) for person in group_world.people] == [[("the lab is open", sara.uid)]] * 3
    mark = sara.vault.read(lambda rows: message_rows.select(rows, "kind = 'pin' AND sender = ?", sara.uid))[0]
    body = kinds.encode_body(kinds.Pin(row.id, row.sender, [(sara.uid, mark.id)]))
    omid.node.groups.write(group_world.gid, kinds.PIN, body, random_id())
    group_world.world.settle()
    assert pinned(arash, chat) == [("the lab is open", sara.uid)]

    # a role that came since counts from a commit on
    group_world.give_role(arash, omid, Role.ADVANCED)
    group_world.world.settle()
    assert pinned(arash, chat) == [("the lab is open", sara.uid)]
    before = group_world.kept.group.epoch
    omid.agent().pin_message(chat, of_omid["the lab is open"], on=False)
    group_world.world.settle()
    assert group_world.kept.group.epoch == before + 1
    assert [pinned(person, chat) for person in group_world.people] == [[]] * 3
    group_world.check()


def test_a_flood_of_pins_is_no_burden_and_hides_nobodys(world: World, arash: Person, sara: Person) -> None:
    chat = ChatId.private(sara.uid)
    arash.say(sara, "mine")
    world.settle()
    order = orders(arash.shown(sara))["mine"]
    arash.agent().pin_message(chat, order, on=True)
    for number in range(300):
        body = kinds.encode_body(kinds.Pin(bytes(14) + number.to_bytes(2), arash.uid, []))
        sara.node.messages.compose(arash.uid, kinds.PIN, body, random_id())
    world.settle()
    assert pinned(arash, chat) == [("mine", arash.uid)]


def test_who_does_not_know_pins_sees_that_something_is_there(
    world: World, arash: Person, sara: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    arash.say(sara, "the lab is open")
    world.settle()
    chat = ChatId.private(sara.uid)
    sara.stop()
    arash.agent().pin_message(chat, orders(arash.shown(sara))["the lab is open"], on=True)
    with monkeypatch.context() as older:
        older.delitem(kinds.BODIES, kinds.PIN)
        older.setattr(kinds, "MARKS", kinds.MARKS - {kinds.PIN})
        sara.restart()
        world.settle()
        assert [(one["kind"], one["why"]) for one in sara.shown(arash)] == [
            ("text", None),
            ("unreadable", "unknown_kind"),
        ]
    assert pinned(arash, chat) == [("the lab is open", arash.uid)]
