"""A chat with oneself: kept, changed and found like any other, and never sent."""

from __future__ import annotations

from typing import Any

import pytest

from protocol.errors import HamrazError
from tests.agent.words import places_of
from tests.backups.machines import go_on_elsewhere, heal, lose, on_paper
from tests.sharing import content, saved, send
from tests.world import Person, World
from web_client.account.chat_ids import ChatId
from web_client.agent.views import messages as message_views


def notes(person: Person) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = message_views.history(person.node, ChatId.private(person.uid))["messages"]
    return found


def test_a_note_is_kept_changed_and_found_and_goes_nowhere(world: World, arash: Person, sara: Person) -> None:
    agent, chat = arash.agent(), ChatId.private(arash.uid)
    first = agent.send_message(chat, "buy bread")["id"]
    assert agent.send_message(chat, "buy bread", id=first)["id"] == first  # asked twice, kept once
    order = notes(arash)[0]["order"]
    agent.send_message(chat, "and salt", reply_to=order)
    agent.edit_message(chat, order, "buy two breads")
    agent.react(chat, order, "👍")
    agent.pin_message(chat, order, on=True)
    world.settle()
    one, two = notes(arash)
    assert (one["text"], one["mine"], one["state"], one["why"], one["gap"]) == (
        "buy two breads",
        True,
        "read",
        None,
        False,
    )
    assert one["reactions"] == [{"emoji": "👍", "from": [arash.uid.hex()]}] and two["reply"]["text"] == "buy two breads"
    [shown] = [one for one in agent.snapshot()["conversations"] if one["chat"] == chat]
    assert (shown["unread"], shown["can_send"], [pin["text"] for pin in shown["pins"]]) == (0, True, ["buy two breads"])
    assert [hit["message"]["order"] for hit in agent.search("breads")["hits"]] == [order]
    assert agent.message_details(chat, order)["details"]["why"] == "waiting"  # nobody has signed it
    agent.mark_read(chat, two["position"])
    agent.typing(chat, True)
    assert agent.waiting()["messages"] == []
    assert arash.vault.value("SELECT count(*) FROM outbox") == arash.vault.value("SELECT count(*) FROM receipts") == 0
    agent.delete_message(chat, order)
    assert places_of(arash, "breads") == set()
    arash.restart()
    assert [one["kind"] for one in notes(arash)] == ["deleted", "text"]
    arash.agent().delete_chat(chat)
    assert places_of(arash, "salt") == set()
    assert sara.shown(arash) == []


def test_a_file_to_oneself_stays_here(world: World, arash: Person) -> None:
    chat, data = ChatId.private(arash.uid), content(700_000)
    send(arash, chat, data, name="map.png", caption="the way")
    world.settle()
    arash.node.files.step()
    [note] = notes(arash)
    assert note["file"]["state"] == "here" and saved(arash, chat) == data
    state = arash.vault.read(lambda rows: rows.execute("SELECT state, stored FROM files").fetchall())
    assert state == [("settled", 0)]


def test_notes_come_back_from_a_backup_and_stand_in_an_export(world: World, arash: Person, sara: Person) -> None:
    kit = on_paper(sara)
    chat = ChatId.private(sara.uid)
    sara.agent().send_message(chat, "the key is under the stone")
    sara.agent().edit_message(chat, notes(sara)[0]["order"], "the key is in the drawer")
    sara.say(arash, "hello")
    world.settle()
    sara.node.backups.make()
    lose(sara)
    go_on_elsewhere(sara, kit)
    heal(world)
    assert [(one["text"], one["state"], one["why"]) for one in notes(sara)] == [
        ("the key is in the drawer", "read", None)
    ]
    sara.agent().send_message(chat, "and another")
    assert len(notes(sara)) == 2
    with pytest.raises(HamrazError) as caught:  # the call of the specification is about others
        sara.agent().private_chat("sara", "sara", "hello")
    assert caught.value.code == "to_yourself"
