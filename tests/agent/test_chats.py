"""What a conversation is beside its messages, and the stretches of it that a page asks for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from protocol.envelope import TEXT_LIMIT
from protocol.errors import HamrazError
from protocol.messages import Receipts
from tests.agent.wire import frames_of
from tests.world import Person, World
from web_client.account.chat_ids import ChatId
from web_client.account.events import SettingsChanged
from web_client.agent.api import Agent
from web_client.agent.views import messages as message_views

DEFAULTS = {
    "read_receipts": True,
    "typing": True,
    "presence": True,
    "notifications": "name",
    "backups": True,
    "lock_after": "never",
    "desktop": None,
    "groups": "asked",
    "keywords": [],
}


def conversation(person: Person, other: Person) -> dict[str, Any]:
    (found,) = [one for one in person.agent().snapshot()["conversations"] if one["chat"] == ChatId.private(other.uid)]
    return found


def code_of(action: Any) -> tuple[str, str | None]:
    with pytest.raises(HamrazError) as caught:
        action()
    return caught.value.code, caught.value.field


def test_a_chat_is_marked_as_unread_until_somebody_looks(world: World, arash: Person, sara: Person) -> None:
    arash.say(sara, "hello")
    chat, agent = ChatId.private(arash.uid), sara.agent()
    position = conversation(sara, arash)["position"]
    agent.mark_read(chat, position)
    assert not conversation(sara, arash)["marked_unread"]
    looks: list[Callable[[Agent], Any]] = [
        lambda agent: agent.mark_read(chat, position),
        lambda agent: agent.set_chat(chat, marked_unread=False),
    ]
    for look in looks:
        agent.set_chat(chat, marked_unread=True)
        sara.restart()
        agent = sara.agent()
        shown = conversation(sara, arash)
        assert (shown["marked_unread"], shown["unread"]) == (True, 0)
        look(agent)
        assert not conversation(sara, arash)["marked_unread"]
    agent.set_chat(chat, marked_unread=True)
    agent.delete_chat(chat)
    arash.say(sara, "again")
    assert not conversation(sara, arash)["marked_unread"]


def test_muted_for_a_while_or_but_for_mentions(world: World, arash: Person, sara: Person) -> None:
    """One of these at a time; what is over is over by itself, and was never more than one's own."""
    arash.say(sara, "hello")
    chat, agent = ChatId.private(sara.uid), arash.agent()

    def quiet() -> tuple[bool, int | None, bool]:
        shown = conversation(arash, sara)
        return shown["muted"], shown["muted_until"], shown["mentions_only"]

    assert quiet() == (False, None, False)
    agent.set_chat(chat, muted_until=world.now + 3_600_000)
    assert quiet() == (True, world.now + 3_600_000, False)
    world.now += 3_600_000
    assert quiet() == (False, None, False)
    agent.set_chat(chat, mentions_only=True)
    assert quiet() == (False, None, True)
    agent.set_chat(chat, muted=True)
    assert quiet() == (True, None, False)
    for over in (0, 1, 2, world.now):
        agent.set_chat(chat, muted_until=over)
        assert quiet() == (False, None, False)
    with pytest.raises(HamrazError) as reason:
        agent.set_chat(chat, muted=False, mentions_only=True)
    assert (reason.value.code, reason.value.field) == ("bad_request", "mentions_only")


def test_pinned_muted_and_a_draft_are_kept(world: World, arash: Person, sara: Person) -> None:
    chat = ChatId.private(sara.uid)
    assert arash.agent().snapshot()["conversations"] == []
    shown = arash.agent().set_chat(chat, True, None, "I wanted to")["conversation"]
    assert (shown["pinned"], shown["muted"], shown["draft"]) == (True, False, "I wanted to")
    arash.restart()
    assert conversation(arash, sara) == shown  # though nothing was written yet
    shown = arash.agent().set_chat(chat, False, True, "")["conversation"]
    assert (shown["pinned"], shown["muted"], shown["draft"]) == (False, True, "")
    arash.say(sara, "now")
    sara.say(arash, "yes")
    arash.read(sara)
    assert conversation(arash, sara)["muted"] and not conversation(sara, arash)["muted"]
    assert code_of(lambda: arash.agent().set_chat(ChatId("p:00"), True, None, None)) == ("no_such_chat", "chat")
    assert code_of(lambda: arash.agent().set_chat(chat, None, None, "x" * (TEXT_LIMIT + 1)))[0] == "message_too_long"


def test_what_is_answered_and_what_is_edited_are_kept(world: World, arash: Person, sara: Person) -> None:
    chat = ChatId.private(sara.uid)
    arash.say(sara, "mine")
    sara.say(arash, "hers")
    mine, hers = (shown["order"] for shown in arash.shown(sara))
    arash.agent().set_chat(chat, draft="half an ", answering=hers)
    arash.restart()
    shown = conversation(arash, sara)
    assert (shown["draft"], shown["answering"]["text"], shown["editing"]) == ("half an ", "hers", None)
    arash.agent().set_chat(chat, answering=0, editing=mine, edit="mine, but ")
    arash.restart()
    shown = conversation(arash, sara)
    assert (shown["answering"], shown["editing"]["text"]) == (None, "mine, but ")
    assert shown["editing"]["message"]["order"] == mine
    arash.agent().delete_message(chat, mine)
    assert conversation(arash, sara)["editing"] is None  # there is nothing to be edited any more
    assert code_of(lambda: arash.agent().set_chat(chat, answering=77)) == ("no_such_message", "answering")
    assert code_of(lambda: arash.agent().set_chat(chat, edit="x" * (TEXT_LIMIT + 1))) == ("message_too_long", "edit")


def test_a_first_letter_that_is_given_up_leaves_nothing(world: World, arash: Person, sara: Person) -> None:
    chat, agent = ChatId.private(sara.uid), arash.agent()
    told: list[tuple[str, Any]] = []
    agent.subscribe(lambda event, value: told.append((event, value)))
    agent.set_chat(chat, draft="Dear sara, ")
    assert told[-1][0] == "conversation" and told[-1][1]["draft"] == "Dear sara, "
    agent.set_chat(chat, draft="")
    assert told[-1] == ("conversation_gone", {"chat": chat})
    assert conversation_or_none(arash, sara) is None
    arash.say(sara, "hello")
    agent.set_chat(chat, draft="and")
    agent.set_chat(chat, draft="")
    assert told[-1][0] == "conversation"  # there is a message in it


def test_the_first_unread_message(world: World, arash: Person, sara: Person) -> None:
    assert conversation_or_none(sara, arash) is None
    for text in ("one", "two", "three"):
        arash.say(sara, text)
    orders = [shown["order"] for shown in sara.shown(arash)]
    assert conversation(sara, arash)["first_unread"] == orders[0]
    sara.read(arash, orders[0])
    assert (conversation(sara, arash)["first_unread"], conversation(sara, arash)["unread"]) == (orders[1], 2)
    sara.read(arash)
    assert (conversation(sara, arash)["first_unread"], conversation(sara, arash)["unread"]) == (None, 0)
    assert conversation(arash, sara)["first_unread"] is None  # one's own are read


def conversation_or_none(person: Person, other: Person) -> Any:
    return next(
        (one for one in person.agent().snapshot()["conversations"] if one["chat"] == ChatId.private(other.uid)), None
    )


def test_conversations_come_newest_first(world: World, arash: Person, sara: Person, mani: Person) -> None:
    arash.say(sara, "one")
    arash.say(mani, "two")
    assert [one["name"] for one in arash.agent().snapshot()["conversations"]] == ["mani", "sara"]
    arash.say(sara, "three")
    assert [one["name"] for one in arash.agent().snapshot()["conversations"]] == ["sara", "mani"]


# --- stretches ---


@pytest.fixture
def long(world: World, arash: Person, sara: Person) -> tuple[Person, str, list[int]]:
    """A hundred messages, one each minute, and marks and another conversation in between."""
    orders = []
    for number in range(100):
        world.now += 60_000
        orders.append(arash.write(sara, str(number)))
        if number % 10 == 0:
            arash.agent().react(ChatId.private(sara.uid), orders[-1], "👍", None)
    return arash, ChatId.private(sara.uid), orders


def texts(page: dict[str, Any]) -> list[int]:
    return [int(shown["text"]) for shown in page["messages"]]


def test_a_page_at_the_end_and_before_and_after(long: tuple[Person, str, list[int]]) -> None:
    arash, chat, orders = long
    page = message_views.history(arash.node, chat, limit=30)
    assert texts(page) == list(range(70, 100))
    assert (page["more"], page["older"], page["newer"]) == (True, True, False)
    page = message_views.history(arash.node, chat, before=orders[30], limit=30)
    assert texts(page) == list(range(30)) and (page["more"], page["older"], page["newer"]) == (False, False, True)
    page = message_views.history(arash.node, chat, after=orders[89], limit=30)
    assert texts(page) == list(range(90, 100)) and (page["more"], page["older"], page["newer"]) == (False, True, False)


def test_a_page_around_a_message(long: tuple[Person, str, list[int]]) -> None:
    arash, chat, orders = long
    page = message_views.history(arash.node, chat, around=orders[50], limit=20)
    assert texts(page) == list(range(41, 61)) and (page["more"], page["older"], page["newer"]) == (True, True, True)
    page = message_views.history(arash.node, chat, around=orders[2], limit=20)
    assert texts(page) == list(range(13)) and (page["older"], page["newer"]) == (False, True)
    page = message_views.history(arash.node, chat, around=orders[99], limit=200)
    assert texts(page) == list(range(100)) and (page["more"], page["older"], page["newer"]) == (False, False, False)


def test_a_page_from_a_time_on(world: World, long: tuple[Person, str, list[int]]) -> None:
    arash, chat, _orders = long
    first = world.now - 99 * 60_000
    page = message_views.history(arash.node, chat, at=first + 40 * 60_000, limit=10)
    assert texts(page) == list(range(40, 50)) and (page["older"], page["newer"]) == (True, True)
    page = message_views.history(arash.node, chat, at=first + 40 * 60_000 + 1, limit=10)
    assert texts(page)[0] == 41
    page = message_views.history(arash.node, chat, at=0, limit=10)
    assert texts(page)[0] == 0 and not page["older"]
    page = message_views.history(arash.node, chat, at=world.now + 1, limit=10)
    assert (page["messages"], page["older"], page["newer"]) == ([], True, False)


@pytest.mark.parametrize("way", [{}, {"before": 5}, {"after": 5}, {"around": 5}, {"at": 5}])
def test_a_conversation_without_messages(world: World, arash: Person, sara: Person, way: dict[str, int]) -> None:
    page = message_views.history(arash.node, ChatId.private(sara.uid), **way)
    assert page == {"messages": [], "more": False, "older": False, "newer": False}


def test_one_way_at_a_time(world: World, arash: Person, sara: Person) -> None:
    assert code_of(lambda: arash.agent().history(ChatId.private(sara.uid), 5, None, 50, 5, None)) == (
        "bad_request",
        "around",
    )


# --- choices ---


def test_choices_are_kept_and_told_to_every_page(world: World, arash: Person) -> None:
    assert arash.agent().snapshot()["settings"] == DEFAULTS
    shown = arash.agent().set_setting("notifications", "full")["settings"]
    assert shown == DEFAULTS | {"notifications": "full"} and SettingsChanged() in arash.changes
    arash.restart()
    assert arash.agent().snapshot()["settings"] == shown


@pytest.mark.parametrize(
    ("name", "value", "field"),
    [
        ("typing", "yes", "value"),
        ("typing", 1, "value"),
        ("notifications", "loud", "value"),
        ("notifications", True, "value"),
    ],
)
def test_a_choice_that_there_is_not(world: World, arash: Person, name: str, value: Any, field: str) -> None:
    assert code_of(lambda: arash.agent().set_setting(name, value)) == ("bad_request", field)
    assert arash.agent().snapshot()["settings"] == DEFAULTS


def test_who_does_not_tell_what_they_have_read_is_not_told(world: World, arash: Person, sara: Person) -> None:
    arash.say(sara, "one")
    sara.read(arash)  # not sent yet
    sara.agent().set_setting("read_receipts", False)
    sara.deliver()
    arash.say(sara, "two")
    sara.read(arash)
    sara.deliver()
    assert arash.states(sara) == ["delivered", "delivered"] and frames_of(world, Receipts, "sara", "arash") == []
    sara.say(arash, "three")
    arash.read(sara)
    arash.deliver()
    assert frames_of(world, Receipts, "arash", "sara")  # arash still tells
    assert sara.states(arash)[-1] == "delivered"
    sara.agent().set_setting("read_receipts", True)
    assert sara.states(arash)[-1] == "read"
    arash.say(sara, "four")
    sara.read(arash)
    sara.deliver()
    assert [state for state in arash.states(sara) if state != "received"] == ["delivered", "delivered", "read"]
