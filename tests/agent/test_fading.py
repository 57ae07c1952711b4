"""Messages that go away: what is over is in no page of the vault, nothing goes unread or unsent, and no clock that
jumps takes anything.
"""

from __future__ import annotations

import contextlib
from typing import Any

import pytest

from protocol import kinds, lifetimes
from protocol.envelope import TEXT
from protocol.errors import Refused
from protocol.kinds import Timer
from protocol.primitives import random_id
from tests.agent.words import places_of
from tests.sharing import content, fetch, newest, saved, send
from tests.world import Killed, Person, World
from web_client.account.chat_ids import ChatId
from web_client.account.events import MessageRemoved

SECRET = "xylophone"
DAY = 86_400


def private(person: Person) -> ChatId:
    return ChatId.private(person.uid)


def conversation(person: Person, chat: ChatId) -> dict[str, Any]:
    return next(one for one in person.agent().snapshot()["conversations"] if one["chat"] == chat)


def read(person: Person, chat: ChatId) -> None:
    person.agent().mark_read(chat, conversation(person, chat)["position"])


def pass_time(world: World, seconds: float) -> None:
    """Everybody's agent runs for so long."""
    world.now += round(seconds * 1000)
    for person in world.people.values():
        person.node.fading.step()


def say(person: Person, other: Person, text: str, **more: Any) -> None:
    person.agent().send_message(private(other), text, **more)
    person.world.settle()


def texts(person: Person, other: Person) -> list[str]:
    return [one["text"] for one in person.shown(other) if one["kind"] == "text"]


@pytest.fixture
def fading_talk(world: World, arash: Person, sara: Person) -> ChatId:
    arash.agent().set_lifetime(private(sara), DAY)
    world.settle()
    read(sara, private(arash))
    return private(sara)


@pytest.mark.usefixtures("fading_talk")
def test_what_is_over_is_gone_from_both_vaults(world: World, arash: Person, sara: Person) -> None:
    assert conversation(sara, private(arash))["lifetime"] == conversation(arash, private(sara))["lifetime"] == DAY
    say(arash, sara, f"{SECRET} of mine")
    hers = sara.shown(arash)[-1]["order"]
    say(sara, arash, f"{SECRET} answered", reply_to=hers)
    sara.agent().react(private(arash), hers, "👍")
    sara.agent().star(private(arash), hers, True)
    sara.agent().set_chat(private(arash), answering=hers)
    world.settle()
    arash.agent().edit_message(private(sara), arash.shown(sara)[-2]["order"], f"{SECRET} changed")
    world.settle()
    assert texts(sara, arash) == [f"{SECRET} changed", f"{SECRET} answered"]
    for one, other in ((arash, sara), (sara, arash)):
        assert len(one.agent().search(SECRET)["hits"]) == 2
        read(one, private(other))
    pass_time(world, 1)
    shown = sara.shown(arash)[-1]
    assert shown["lifetime"] == DAY and shown["goes"] == world.now + DAY * 1000
    pass_time(world, DAY - 2)
    assert len(texts(sara, arash)) == len(texts(arash, sara)) == 2
    pass_time(world, 3)
    for one, other in ((arash, sara), (sara, arash)):
        assert texts(one, other) == [] and one.agent().search(SECRET)["hits"] == []
        assert places_of(one, SECRET) == set()
        assert [shown["kind"] for shown in one.shown(other)] == ["system"]
        assert any(isinstance(change, MessageRemoved) for change in one.changes)
    assert sara.agent().starred()["hits"] == []
    assert conversation(sara, private(arash))["answering"] is None
    arash.restart()
    say(sara, arash, "the row goes on")
    assert texts(arash, sara) == ["the row goes on"] and arash.shown(sara)[-1]["gap"] is False


@pytest.mark.usefixtures("fading_talk")
def test_nothing_goes_unread_or_unsent(world: World, arash: Person, sara: Person) -> None:
    sara.stop()
    arash.write(sara, "to who is away")
    assert arash.shown(sara)[-1]["lifetime"] is None  # composed beneath what the page calls
    arash.agent().send_message(private(sara), f"{SECRET} waits")
    pass_time(world, 1)
    pass_time(world, 3 * DAY)
    assert texts(arash, sara)[-1] == f"{SECRET} waits"
    sara.restart()
    sara.reconnect()
    world.settle()
    pass_time(world, 1)
    assert texts(arash, sara) == ["to who is away"]  # it has arrived
    pass_time(world, 9 * DAY)
    assert texts(sara, arash) == ["to who is away", f"{SECRET} waits"]
    read(sara, private(arash))
    pass_time(world, 1)
    pass_time(world, DAY)
    assert texts(sara, arash) == ["to who is away"] and places_of(sara, SECRET) == set()


@pytest.mark.usefixtures("fading_talk")
def test_a_file_goes_with_its_message(world: World, arash: Person, sara: Person) -> None:
    send(arash, private(sara), content(100_000), "xylophone.bin", caption="look")
    world.settle()
    assert fetch(sara, private(arash))["state"] == "here" and saved(sara, private(arash)) == content(100_000)
    assert newest(sara, private(arash))["file"]["media_type"] == "text/plain"
    read(sara, private(arash))
    pass_time(world, 1)
    pass_time(world, DAY)
    world.settle()
    assert places_of(sara, SECRET) == places_of(arash, SECRET) == set()
    assert sara.vault.value("SELECT count(*) FROM files") == arash.vault.value("SELECT count(*) FROM files") == 0


def test_what_holds_is_the_same_at_both_ends(world: World, arash: Person, sara: Person) -> None:
    def held() -> tuple[int, int]:
        return conversation(arash, private(sara))["lifetime"], conversation(sara, private(arash))["lifetime"]

    say(arash, sara, "hello")
    assert held() == (0, 0)
    for who, other, seconds in ((arash, sara, 7 * DAY), (sara, arash, DAY), (arash, sara, 0), (arash, sara, 30 * DAY)):
        who.agent().set_lifetime(private(other), seconds)
        world.settle()
        assert held() == (seconds, seconds)
    before = len(arash.shown(sara))
    sara.agent().set_lifetime(private(arash), 30 * DAY)  # it is so already
    # both at once, neither knowing of the other: nothing stays longer than one of them has said
    world.carry = lambda source, target, body: [] if {source, target} == {"arash", "sara"} else [body]
    arash.agent().set_lifetime(private(sara), DAY)
    sara.agent().set_lifetime(private(arash), 0)
    world.carry = lambda source, target, body: [body]
    world.settle()
    assert held() == (DAY, DAY) and len(arash.shown(sara)) == before + 2
    lines = [one["system"] for one in sara.shown(arash) if one["kind"] == "system"]
    assert lines[0] == {"what": "lifetime", "by": arash.uid.hex(), "who": [], "reason": str(7 * DAY)}
    sara.agent().set_lifetime(private(arash), 0)
    world.settle()
    assert held() == (0, 0)
    # what deletes a conversation for oneself changes nothing for the two
    sara.agent().set_lifetime(private(arash), DAY)
    world.settle()
    arash.agent().clear_chat(private(sara))
    assert arash.shown(sara) == [] and held() == (DAY, DAY)


def test_the_same_message_again_says_the_same(world: World, arash: Person, sara: Person) -> None:
    id = random_id().hex()
    arash.agent().send_message(private(sara), "once", id=id)
    arash.agent().set_lifetime(private(sara), DAY)
    arash.agent().send_message(private(sara), "once", id=id)
    assert texts(arash, sara) == ["once"] and arash.shown(sara)[0]["lifetime"] is None
    with pytest.raises(Refused) as caught:
        arash.agent().send_message(private(sara), "x" * 65_530)
    assert caught.value.code == "message_too_long"


def test_what_is_passed_on_brings_no_time_with_it(arash: Person, sara: Person) -> None:
    """Nobody sees it at the end of what they copy."""
    poem = lifetimes.join("poem", 60)
    for text in (poem, lifetimes.join(poem, 5), poem + lifetimes.join("", 99_999_999)):
        say(arash, sara, text)
        assert (sara.shown(arash)[-1]["text"], sara.shown(arash)[-1]["lifetime"]) == ("poem", None)
    sara.agent().send_message(private(arash), poem, reply_to=sara.shown(arash)[-1]["order"])
    assert sara.shown(arash)[-1]["lifetime"] is None
    arash.agent().set_lifetime(private(sara), DAY)
    say(arash, sara, poem)
    assert (sara.shown(arash)[-1]["text"], sara.shown(arash)[-1]["lifetime"]) == ("poem", DAY)
    only = lifetimes.join("", 60)
    assert kinds.lifetime(TEXT, kinds.staying(TEXT, lifetimes.join(only, 60).encode())) is None
    assert lifetimes.type_without("image/png;lifetime=60;lifetime=5") == "image/png"
    assert lifetimes.type_without(";lifetime=60") == "application/octet-stream"


def test_hostile_times_cost_a_row_at_most(world: World, arash: Person, sara: Person) -> None:
    hourglass = lifetimes.join("x", 5)
    bodies = {
        "nothing": "x \u23f3\U000e0030\U000e007f",
        "nine digits": "x \u23f3" + "\U000e0031" * 9 + "\U000e007f",
        "no digit": "x \u23f3\U000e007f",
        "only it": lifetimes.join("", DAY),
        "five seconds": hourglass,
    }
    for text in bodies.values():
        arash.node.messages.compose(sara.uid, TEXT, text.encode(), random_id())
    for seconds in (0, 1, 2**32 - 1):
        body = kinds.encode_body(Timer(seconds, None))
        arash.node.messages.compose(sara.uid, kinds.TIMER, body, random_id())
    for body in (b"", b"\x92\xff\xc0", b"\x92\xcb\x7f\xf8\x00\x00\x00\x00\x00\x00\xc0", b"\x91\x05"):
        arash.node.messages.compose(sara.uid, kinds.TIMER, body, random_id())
    world.settle()
    shown = sara.shown(arash)
    assert [one["lifetime"] for one in shown[:5]] == [None, None, None, None, lifetimes.LEAST]
    assert [one["text"] for one in shown[:5]] == [*list(bodies.values())[:4], "x"]
    assert [one["system"]["reason"] for one in shown[5:8]] == ["0", str(lifetimes.LEAST), str(lifetimes.MOST)]
    assert [one["kind"] for one in shown[8:]] == ["unreadable"] * 4
    assert conversation(sara, private(arash))["lifetime"] == lifetimes.MOST
    arash.node.messages.compose(sara.uid, kinds.TIMER, SECRET.encode(), random_id())
    world.settle()
    sara.agent().clear_chat(private(arash))  # of what isn't of its form nothing stays
    assert places_of(sara, SECRET) == set() and conversation(sara, private(arash))["lifetime"] == lifetimes.MOST
    say(sara, arash, "goes on")
    assert texts(arash, sara)[-1] == "goes on"
    with pytest.raises(Refused) as caught:
        sara.agent().set_lifetime(private(arash), 5)
    assert caught.value.code == "bad_request"


@pytest.mark.usefixtures("fading_talk")
def test_a_clock_that_jumps_takes_nothing(world: World, arash: Person, sara: Person) -> None:
    wrong = [0]
    arash.clock = lambda: world.now + wrong[0]
    say(arash, sara, "hello")
    pass_time(world, 1)
    for wrong[0] in (400 * DAY * 1000, 0, -400 * DAY * 1000, 0):  # forth and back, each for four minutes
        pass_time(world, 120)
        pass_time(world, 120)
    pass_time(world, 3_600)
    assert texts(arash, sara) == ["hello"]
    wrong[0] = -400 * DAY * 1000  # a computer whose battery is empty: years ago, until somebody puts it right
    arash.restart()
    say(arash, sara, "in between")
    for wrong[0] in (-400 * DAY * 1000, 0):
        pass_time(world, 300)
        arash.restart()
        pass_time(world, 300)
    pass_time(world, 3_600)
    assert texts(arash, sara) == ["hello", "in between"]


@pytest.mark.usefixtures("fading_talk")
def test_a_clock_that_went_back_before_there_was_anything_to_go(world: World, arash: Person, sara: Person) -> None:
    """Nothing is written for the count while nothing counts; with the first message all of it is."""
    wrong = 0
    arash.clock = lambda: world.now + wrong
    pass_time(world, 1)
    wrong = -400 * DAY * 1000
    pass_time(world, 1)
    pass_time(world, 300)
    say(arash, sara, "hello")
    pass_time(world, 1)
    wrong = 0
    arash.restart()
    for _ in range(2):
        pass_time(world, 300)
    assert texts(arash, sara) == ["hello"]


@pytest.mark.usefixtures("fading_talk")
def test_what_has_passed_passes_once_whatever_cuts_it_off(
    world: World, arash: Person, sara: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(arash, sara, "hello")
    pass_time(world, 1)
    arash.stop()
    world.now += DAY * 600
    arash.timer = lambda: (world.now - DAY * 600) / 1000
    arash.restart()
    pass_time(world, 1)
    world.now += 300_000
    write, left = arash.vault.write, [1]

    def cut(change: Any) -> Any:
        if not left:
            raise Killed("after the first commit")
        left.pop()
        return write(change)

    monkeypatch.setattr(arash.vault, "write", cut)
    with contextlib.suppress(Killed):
        arash.node.fading.step()
    monkeypatch.undo()
    arash.restart()
    for _ in range(2):
        pass_time(world, 300)
    assert texts(arash, sara) == ["hello"]


@pytest.mark.usefixtures("fading_talk")
def test_while_the_agent_is_off_time_passes(world: World, arash: Person, sara: Person) -> None:
    """By the machine's clock, once that has kept to it for a while; and not for what was written since."""
    begun, off = world.now, 0
    arash.timer = lambda: (world.now - off) / 1000  # a clock that stands still while the machine sleeps
    say(arash, sara, "before")
    pass_time(world, 1)
    arash.stop()
    world.now += 2 * DAY * 1000
    off = world.now - begun
    arash.restart()
    say(arash, sara, "after")
    pass_time(world, 1)
    assert texts(arash, sara) == ["before", "after"]
    pass_time(world, 200)
    arash.restart()  # a second start within that time
    pass_time(world, 200)
    pass_time(world, 1)
    assert texts(arash, sara) == ["after"]
    pass_time(world, DAY)
    assert texts(arash, sara) == []


@pytest.mark.usefixtures("fading_talk")
def test_what_is_written_between_two_sleeps_is_not_older_for_the_first(
    world: World, arash: Person, sara: Person
) -> None:
    """However short the time between them was, in which nobody believes the machine's clock yet."""
    off = 0
    arash.timer = lambda: (world.now - off) / 1000
    say(arash, sara, "before")
    pass_time(world, 1)
    for nights in (2, 1):
        world.now += nights * DAY * 1000
        off += nights * DAY * 1000
        pass_time(world, 1)
        say(arash, sara, f"after {nights}")
        pass_time(world, 200)
    pass_time(world, 200)
    assert texts(arash, sara) == ["after 2", "after 1"]
    pass_time(world, DAY)
    assert texts(arash, sara) == []
