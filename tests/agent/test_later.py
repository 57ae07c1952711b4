"""Messages that are sent at a time: kept until then, sent once, and shown with the reason where they can't be."""

from __future__ import annotations

from typing import Any

import pytest

from protocol.errors import Damaged, HamrazError
from protocol.primitives import random_id
from tests.agent.memory_agent import PASSWORD, Opened
from tests.agent.vault_pages import decrypted
from tests.agent.words import places_of
from tests.backups.machines import go_on_elsewhere, heal, lose, on_paper
from tests.groups.group_world import GroupWorld
from tests.world import Person, World
from web_client.account.chat_ids import ChatId
from web_client.account.events import LaterChanged
from web_client.agent import writing
from web_client.agent.views import chats as chat_views
from web_client.messages import later
from web_client.vault.database import KEY_FILE

HOUR = 3_600_000


def waiting(person: Person, chat: ChatId) -> list[dict[str, Any]]:
    shown = chat_views.conversation(person.node, chat)
    assert shown is not None
    found: list[dict[str, Any]] = shown["later"]
    return found


def code_of(run: Any) -> str:
    with pytest.raises(HamrazError) as caught:
        run()
    return caught.value.code


def test_it_goes_when_it_is_time_and_once(world: World, arash: Person, sara: Person) -> None:
    agent, chat, now = arash.agent(), ChatId.private(sara.uid), arash.node.ctx.clock()
    second = agent.send_later(chat, "two", now + 2 * HOUR)["id"]
    first = agent.send_later(chat, "one", now + HOUR, random_id().hex())["id"]
    assert agent.send_later(chat, "one", now + HOUR, first)["id"] == first  # asked twice, kept once
    assert [(one["text"], one["at"], one["why"]) for one in waiting(arash, chat)] == [
        ("one", now + HOUR, None),
        ("two", now + 2 * HOUR, None),
    ]
    arash.node.send_later()
    world.settle()
    assert sara.shown(arash) == []
    arash.restart()
    world.now += HOUR
    arash.node.send_later()
    world.settle()
    assert sara.texts(arash) == ["one"]
    assert [one["id"] for one in waiting(arash, chat)] == [second]
    arash.agent().send_later(chat, "one", now + 3 * HOUR, first)  # asked once more, and it has been sent
    assert [one["id"] for one in waiting(arash, chat)] == [second]
    # sent, and the power went before that was noted
    arash.vault.write(
        lambda rows: rows.execute(
            "INSERT INTO later (id, chat, text, at) VALUES (?, ?, 'one', 1)", (bytes.fromhex(first), chat)
        )
    )
    arash.node.send_later()
    world.settle()
    assert sara.texts(arash) == ["one"] and [one["id"] for one in waiting(arash, chat)] == [second]
    assert arash.agent().drop_later(second) == {"text": "two", "reply_to": None}
    assert arash.agent().drop_later(second) == {"text": None, "reply_to": None}
    world.now += 2 * HOUR
    arash.node.send_later()
    world.settle()
    assert sara.texts(arash) == ["one"] and waiting(arash, chat) == []


def test_an_answer_stays_one(world: World, arash: Person, sara: Person) -> None:
    sara.say(arash, "shall we?")
    agent, chat, now = arash.agent(), ChatId.private(sara.uid), arash.node.ctx.clock()
    asked = arash.shown(sara)[-1]
    first = agent.send_later(chat, "yes", now + HOUR, reply_to=asked["order"])["id"]
    dropped = agent.send_later(chat, "no", now + HOUR, reply_to=asked["order"])["id"]
    assert agent.drop_later(dropped) == {"text": "no", "reply_to": asked["order"]}
    changed = agent.send_later(chat, "maybe", now + 2 * HOUR, reply_to=asked["order"])["id"]
    agent.send_later(chat, "maybe", now + 2 * HOUR, changed)  # said last, and so it is
    assert [one["answers"] for one in waiting(arash, chat)] == [True, False]
    assert code_of(lambda: agent.send_later(chat, "x", now + HOUR, reply_to=10_000)) == "no_such_message"
    arash.restart()
    world.now += 2 * HOUR
    arash.node.send_later()
    world.settle()
    said = sara.shown(arash)[-2:]
    assert [one["text"] for one in said] == ["yes", "maybe"] and said[0]["id"] == first
    assert [one["reply"] and one["reply"]["text"] for one in said] == ["shall we?", None]


def test_what_can_not_be_kept_or_sent(
    world: World, arash: Person, sara: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent, chat, now = arash.agent(), ChatId.private(sara.uid), arash.node.ctx.clock()
    for at in (now, now - 1, now + later.LATEST + 1):
        assert code_of(lambda at=at: agent.send_later(chat, "x", at)) == "bad_request"
    assert code_of(lambda: agent.send_later(chat, " ", now + HOUR)) == "message_empty"
    assert code_of(lambda: agent.send_later(ChatId.private(bytes(32)), "x", now + HOUR)) == "no_such_chat"
    monkeypatch.setattr(later, "MOST", 1)
    agent.send_later(chat, "xylophone", now + HOUR)
    assert code_of(lambda: agent.send_later(chat, "y", now + HOUR)) == "later_full"
    agent.block(sara.uid.hex())
    world.now += HOUR
    arash.node.send_later()
    arash.node.send_later()
    assert [one["why"] for one in waiting(arash, chat)] == ["person_blocked"]
    agent.unblock(sara.uid.hex())
    assert places_of(arash, "xylophone")
    agent.delete_chat(chat)
    assert places_of(arash, "xylophone") == set()
    world.settle()
    assert sara.shown(arash) == []


def test_what_is_taken_out_meanwhile_does_not_go(world: World, arash: Person, sara: Person) -> None:
    """Several are due at once, as after a night: each is looked at when its turn comes."""
    agent, chat, now = arash.agent(), ChatId.private(sara.uid), arash.node.ctx.clock()
    agent.send_later(chat, "one", now + HOUR)
    second = agent.send_later(chat, "two", now + HOUR + 1)["id"]
    third = agent.send_later(chat, "three", now + HOUR + 2)["id"]
    told, taken = iter(range(9)), list[Any]()

    def on_change(event: LaterChanged) -> None:
        if next(told) == 0:  # the first one has gone
            taken.append(agent.drop_later(second)["text"])
            agent.send_later(chat, "three, a day later", now + 24 * HOUR, third)

    arash.node.ctx.events.subscribe(LaterChanged, on_change)
    world.now += HOUR + 2
    arash.node.send_later()
    world.settle()
    assert taken == ["two"] and sara.texts(arash) == ["one"]
    assert [(one["text"], one["at"]) for one in waiting(arash, chat)] == [("three, a day later", now + 24 * HOUR)]
    # sent, and the power went before that was noted: nobody is told that it could be taken out
    row = "INSERT INTO later (id, chat, text, at) VALUES (?, ?, 'one', ?)"
    sent = bytes.fromhex(arash.shown(sara)[0]["id"])
    arash.vault.write(lambda rows: rows.execute(row, (sent, chat, now)))
    assert agent.drop_later(sent.hex())["text"] is None


def test_a_full_disk_only_puts_it_off(world: World, arash: Person, sara: Person) -> None:
    chat = ChatId.private(sara.uid)
    arash.agent().send_later(chat, "one", arash.node.ctx.clock() + HOUR)
    world.now += HOUR

    def write(*_message: Any) -> None:
        raise Damaged("disk_full")

    arash.node.later.send_due(write)
    assert [one["why"] for one in waiting(arash, chat)] == [None]
    arash.node.send_later()
    world.settle()
    assert sara.texts(arash) == ["one"]


@pytest.mark.usefixtures("cheap_argon2")
def test_with_its_chat_it_leaves_the_vaults_files(world: World, arash: Person, opened: Opened) -> None:
    agent, chat = opened(), ChatId.private(arash.uid)
    agent.sign_up("newcomer@x.example", "newcomer", PASSWORD, PASSWORD)
    assert agent._session is not None
    agent.send_later(chat, "xylophone", agent._session.ctx.clock() + HOUR)
    agent.set_chat(chat, draft="marimba")
    [folder] = [path.parent for path in agent._folder.rglob(KEY_FILE)]
    assert {word in decrypted(folder, PASSWORD) for word in (b"xylophone", b"marimba")} == {True}
    agent.delete_chat(chat)
    assert {word in decrypted(folder, PASSWORD) for word in (b"xylophone", b"marimba")} == {False}


def test_in_a_group_and_to_oneself() -> None:
    group_world = GroupWorld()
    [arash] = group_world.people
    now = arash.node.ctx.clock()
    for chat in (ChatId.group(group_world.gid), ChatId.private(arash.uid)):
        arash.agent().send_message(ChatId.private(arash.uid), "a note")
        arash.agent().send_later(chat, "later", now + HOUR)
    group_world.world.now += HOUR
    arash.node.send_later()
    group_world.world.settle()
    assert group_world.texts(arash) == ["later"]
    shown = chat_views.conversation(arash.node, ChatId.private(arash.uid))
    assert shown is not None and shown["last"]["text"] == "later"


def test_a_backup_sends_nothing_a_second_time(world: World, arash: Person, sara: Person) -> None:
    kit = on_paper(sara)
    chat = ChatId.private(arash.uid)
    sara.say(arash, "hello")
    sara.agent().send_later(chat, "once", sara.node.ctx.clock() + HOUR)
    world.settle()
    sara.node.backups.make()
    world.now += HOUR
    sara.node.send_later()
    world.settle()
    lose(sara)
    go_on_elsewhere(sara, kit)
    heal(world)
    sara.node.send_later()
    world.settle()
    assert waiting(sara, chat) == [] and arash.texts(sara) == ["hello", "once"]
    assert writing.writable(sara.node, chat).name == "arash"
