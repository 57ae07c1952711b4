"""What answers a message, as the page is shown it: counted, told when it changes, and followed as far as it goes."""

from __future__ import annotations

import pytest

from protocol import kinds
from protocol.errors import Refused
from protocol.primitives import random_id
from tests.world import Person, World
from web_client.account.chat_ids import ChatId
from web_client.agent.views import messages as message_views
from web_client.messages import answers


def order_of(person: Person, other: Person, text: str) -> int:
    return next(int(shown["order"]) for shown in person.shown(other) if shown["text"] == text)


def answer(by: Person, to: Person, text: str, said: str) -> None:
    by.agent().send_message(ChatId.private(to.uid), text, order_of(by, to, said), None)
    by.world.settle()


def counts(person: Person, other: Person) -> dict[str, int]:
    return {shown["text"]: shown["answers"] for shown in person.shown(other) if shown["text"]}


def thread(person: Person, other: Person, said: str) -> list[str]:
    shown = person.agent().thread(ChatId.private(other.uid), order_of(person, other, said))
    assert not shown["more"]
    return [one["text"] for one in shown["messages"]]


def test_all_that_answers_it_and_what_answers_that(world: World, arash: Person, sara: Person) -> None:
    arash.say(sara, "who comes?")
    arash.say(sara, "and when?")
    answer(sara, arash, "I do", "who comes?")
    answer(sara, arash, "at nine", "and when?")
    answer(arash, sara, "good", "I do")
    answer(arash, sara, "me too", "who comes?")
    for one, other in ((arash, sara), (sara, arash)):
        assert counts(one, other) == {"who comes?": 2, "and when?": 1, "I do": 1, "at nine": 0, "good": 0, "me too": 0}
        assert thread(one, other, "who comes?") == ["who comes?", "I do", "good", "me too"]
        assert thread(one, other, "I do") == ["I do", "good"]
    with pytest.raises(Refused):
        arash.agent().thread(ChatId.private(sara.uid), 1 << 40)


def test_both_are_told_that_there_is_one_more_and_one_less(world: World, arash: Person, sara: Person) -> None:
    arash.say(sara, "who comes?")
    told: dict[str, list[int]] = {"arash": [], "sara": []}
    for person in (arash, sara):

        def hear(name: str, value: object, person: Person = person) -> None:
            if name == "message" and isinstance(value, dict) and value["text"] == "who comes?":
                told[person.name].append(value["answers"])

        person.agent().subscribe(hear)
    answer(sara, arash, "I do", "who comes?")
    assert told["arash"][-1] == told["sara"][-1] == 1
    sara.agent().delete_message(ChatId.private(arash.uid), order_of(sara, arash, "I do"), None)
    world.settle()
    assert told["arash"][-1] == told["sara"][-1] == 0


def test_who_answered_last_and_when(world: World, arash: Person, sara: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    def answered(said: str) -> tuple[int, list[str]] | None:
        shown = next(one for one in sara.shown(arash) if one["text"] == said)["answered"]
        return None if shown is None else (shown["time"], shown["from"])

    def written(said: str) -> int:
        return next(int(one["time"]) for one in sara.shown(arash) if one["text"] == said)

    arash.say(sara, "who comes?")
    assert answered("who comes?") is None
    for by, to, text in ((sara, arash, "I do"), (arash, sara, "me too"), (arash, sara, "with tea")):
        world.now += 60_000
        answer(by, to, text, "who comes?")
    assert answered("who comes?") == (written("with tea"), [arash.uid.hex(), sara.uid.hex()])
    arash.agent().delete_message(ChatId.private(sara.uid), order_of(arash, sara, "with tea"), None)
    world.settle()
    assert answered("who comes?") == (written("me too"), [arash.uid.hex(), sara.uid.hex()])
    monkeypatch.setattr(answers, "FACES", 1)
    assert answered("who comes?") == (written("me too"), [arash.uid.hex()])
    assert answered("I do") is None


def test_two_that_answer_each_other_and_too_many(
    world: World, arash: Person, sara: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = random_id(), random_id()
    for id, to in ((one, other), (other, one)):
        reply = kinds.encode_body(kinds.Reply(to, arash.uid, id.hex()))
        arash.node.messages.compose(sara.uid, kinds.REPLY, reply, id)
    world.settle()
    assert sorted(thread(sara, arash, one.hex())) == sorted([one.hex(), other.hex()])
    monkeypatch.setattr(message_views, "THREAD", 1)
    shown = message_views.thread(sara.node, ChatId.private(arash.uid), order_of(sara, arash, one.hex()))
    assert len(shown["messages"]) == 1 and shown["more"]
    monkeypatch.setattr(answers, "MOST_COUNTED", 0)
    assert set(counts(sara, arash).values()) == {0}
