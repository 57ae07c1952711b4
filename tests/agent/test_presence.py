"""Who isn't shown: others don't see them come and go, and they see nobody; messages go straight all the same."""

from __future__ import annotations

from typing import Any

import pytest

from protocol.messages import Watch
from tests.world import Person, World
from web_client.account.events import PersonChanged
from web_client.agent.views.people import person as shown_person


def sees(person: Person, other: Person) -> bool | None:
    user = person.node.ctx.trust.user(other.uid)
    assert user is not None
    found: bool | None = shown_person(person.node, user)["online"]
    return found


def test_switching_it_off_hides_both_ways_at_once(world: World, arash: Person, sara: Person) -> None:
    assert sees(arash, sara) is True and sees(sara, arash) is True
    sara.agent().set_setting("presence", False)
    assert sees(arash, sara) is False and sees(sara, arash) is None
    arash.restart()
    world.settle()
    assert sees(arash, sara) is False and sees(sara, arash) is None
    sara.agent().set_setting("presence", True)
    assert sees(arash, sara) is True and sees(sara, arash) is True


def test_it_holds_from_the_next_log_in_on(world: World, arash: Person, sara: Person) -> None:
    sara.agent().set_setting("presence", False)
    arash.changes.clear()
    sara.restart()
    world.settle()
    assert sees(arash, sara) is False
    assert PersonChanged(sara.uid) not in arash.changes  # not for a moment


def test_chosen_without_the_authority_it_holds_when_it_is_back(world: World, arash: Person, sara: Person) -> None:
    world.authority_up = False
    world.cut("authority")
    sara.agent().set_setting("presence", False)
    world.authority_up = True
    for person in (arash, sara):
        person.reconnect()
    world.settle()
    assert sees(arash, sara) is False and sees(sara, arash) is None


def test_messages_go_straight_to_who_is_not_shown(world: World, arash: Person, sara: Person) -> None:
    sara.agent().set_setting("presence", False)
    arash.say(sara, "hello")
    sara.say(arash, "and back")
    assert arash.texts(sara) == sara.texts(arash) == ["hello", "and back"]
    assert arash.states(sara) == ["delivered", "received"]


def test_what_is_pushed_after_an_answer_is_newer_than_it(
    arash: Person, sara: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And is so if it is taken before the answer, which another thread waits for."""
    link = arash.node.authority
    ask = link.request

    def request(message: Any, kind: Any) -> Any:
        answer = ask(message, kind)
        if isinstance(message, Watch):
            sara.agent().set_setting("presence", False)
        return answer

    monkeypatch.setattr(link, "request", request)
    link.watch_list.begin()
    link.watch()
    assert sees(arash, sara) is False
