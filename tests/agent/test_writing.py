"""Who is writing: said over a connection that is there, shown for a while, and never kept."""

from __future__ import annotations

from protocol.messages import Doing, Typing
from protocol.primitives import random_id
from tests.agent.wire import frames_of
from tests.world import Person, World
from web_client.account.chat_ids import ChatId
from web_client.account.events import TypingChanged


def heard(person: Person) -> list[tuple[str, bool]]:
    """(whose conversation, on) of all that was shown of typing."""
    return [(event.chat, event.on) for event in person.changes if isinstance(event, TypingChanged)]


def crossed(world: World, source: Person, target: Person) -> list[bool]:
    return [frame.on for frame in frames_of(world, Typing, source.name, target.name)]


def test_it_goes_both_ways_over_the_one_connection(world: World, arash: Person, sara: Person) -> None:
    arash.say(sara, "hello")  # arash has called sara
    arash.node.typing.say_to(sara.uid, True)
    sara.node.typing.say_to(arash.uid, True)
    assert heard(sara) == [(ChatId.private(arash.uid), True)]
    assert heard(arash) == [(ChatId.private(sara.uid), True)]


def test_no_connection_is_made_for_it(world: World, arash: Person, sara: Person) -> None:
    before = len(world.crossed)
    arash.node.typing.say_to(sara.uid, True)
    assert len(world.crossed) == before and heard(sara) == []


def test_it_never_goes_by_the_authority(world: World, arash: Person, sara: Person) -> None:
    arash.say(sara, "hello")
    before = len(world.crossed)
    arash.node.typing.say_to(sara.uid, True)
    assert [(one, other) for one, other, _body in world.crossed[before:]] == [("arash", "sara")]


def test_it_lapses(world: World, arash: Person, sara: Person) -> None:
    arash.say(sara, "hello")
    arash.node.typing.say_to(sara.uid, True)
    world.now += 3_000
    arash.node.typing.say_to(sara.uid, True)  # still writing
    world.now += 5_900
    sara.node.typing.expire()
    assert heard(sara) == [(ChatId.private(arash.uid), True)]
    world.now += 200
    sara.node.typing.expire()
    assert heard(sara) == [(ChatId.private(arash.uid), True), (ChatId.private(arash.uid), False)]


def test_a_message_ends_it(world: World, arash: Person, sara: Person) -> None:
    arash.say(sara, "hello")
    arash.node.typing.say_to(sara.uid, True)
    arash.say(sara, "done")
    assert heard(sara)[-1] == (ChatId.private(arash.uid), False)
    arash.node.typing.say_to(sara.uid, False)  # the page says so as well: no news any more
    assert crossed(world, arash, sara) == [True]


def test_it_is_not_said_again_and_again(world: World, arash: Person, sara: Person) -> None:
    arash.say(sara, "hello")
    for _ in range(10):
        arash.node.typing.say_to(sara.uid, True)
    world.now += 2_000
    arash.node.typing.say_to(sara.uid, True)
    arash.node.typing.say_to(sara.uid, False)
    arash.node.typing.say_to(sara.uid, False)
    assert crossed(world, arash, sara) == [True, True, False]


def test_who_says_it_too_often_is_not_shown(world: World, arash: Person, sara: Person) -> None:
    arash.say(sara, "hello")
    link = arash.node.links.get(sara.uid)
    for _ in range(100):
        link.say(Typing(True))
        link.say(Typing(False))
    assert len(heard(sara)) <= 6 and heard(sara)[-1][1] is False
    world.now += 60_000
    link.say(Typing(True))
    assert heard(sara)[-1][1] is True


def test_switched_off_it_is_neither_said_nor_shown(world: World, arash: Person, sara: Person) -> None:
    arash.say(sara, "hello")
    arash.node.typing.say_to(sara.uid, True)
    sara.agent().set_setting("typing", False)
    assert heard(sara)[-1][1] is False  # what was shown goes
    world.now += 10_000
    arash.node.typing.say_to(sara.uid, True)
    sara.node.typing.say_to(arash.uid, True)
    assert len(heard(sara)) == 2 and heard(arash) == []
    assert crossed(world, sara, arash) == []
    sara.restart()
    assert not sara.node.ctx.settings.typing


def test_nothing_of_it_is_kept(world: World, arash: Person, sara: Person) -> None:
    arash.say(sara, "hello")

    def dump(person: Person) -> list[object]:
        schema = "SELECT name FROM sqlite_schema WHERE type = 'table'"
        names = person.vault.read(lambda rows: [row[0] for row in rows.execute(schema)])
        return [
            person.vault.read(lambda rows, name=name: rows.execute(f"SELECT * FROM {name}").fetchall())
            for name in names
        ]

    before = dump(arash), dump(sara)
    arash.node.typing.say_to(sara.uid, True)
    assert (dump(arash), dump(sara)) == before


def test_after_an_alarm_nothing_is_said(world: World, arash: Person, sara: Person) -> None:
    arash.say(sara, "hello")
    arash.node.ctx.trust.alarm = {"entry": 0}
    arash.node.typing.say_to(sara.uid, True)
    assert crossed(world, arash, sara) == []


def test_a_file_that_is_coming_is_seen_before_it_is_there(world: World, arash: Person, sara: Person) -> None:
    """From the first of it on until its message has come, or until it is given up."""
    arash.say(sara, "hello")
    agent, id = arash.agent(), random_id().hex()
    arash.changes.clear()

    def seen() -> list[tuple[bool, str]]:
        return [(event.on, event.what) for event in sara.changes if isinstance(event, TypingChanged)]

    agent.file_begin(ChatId.private(sara.uid), id, "film.mp4", 5)
    assert seen() == [(True, "sending")]
    world.now += 3_000
    agent.take_part(id, 0, b"12345")
    world.now += 4_000
    sara.node.typing.expire()
    assert seen() == [(True, "sending")]
    agent.send_file(id)
    world.settle()
    assert seen() == [(True, "sending"), (False, "sending")]
    agent.file_begin(ChatId.private(sara.uid), other := random_id().hex(), "film.mp4", 5)
    agent.file_drop(other)
    assert seen()[2:] == [(True, "sending"), (False, "sending")]


def test_what_a_later_version_does_is_passed_over(world: World, arash: Person, sara: Person) -> None:
    arash.say(sara, "hello")
    arash.node.typing.say_to(sara.uid, True, "dancing")
    assert [frame.what for frame in frames_of(world, Doing, "arash", "sara")] == ["dancing"]
    assert heard(sara) == []
