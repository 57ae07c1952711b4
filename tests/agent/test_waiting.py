"""The queue as the page shows it: which messages have not gone out."""

from __future__ import annotations

from tests.world import Person, World
from web_client.agent.views import messages as message_views


def queue(person: Person, limit: int = 200) -> list[str]:
    return [message["text"] for message in message_views.waiting(person.node, limit)["messages"]]


def test_what_waits_is_listed_in_its_order_until_it_is_out(world: World, arash: Person, sara: Person) -> None:
    arash.say(sara, "out already")
    world.authority_up = False
    world.cut("authority")
    world.cut("sara")
    for text in ("one", "two", "three"):
        arash.write(sara, text)
    assert queue(arash) == ["one", "two", "three"]
    assert queue(arash, limit=2) == ["one", "two"]
    assert message_views.waiting(arash.node, 2)["more"]
    assert queue(sara) == []
    arash.deliver()
    assert queue(arash) == []


def test_what_the_authority_has_waits_here_no_more(world: World, arash: Person, sara: Person) -> None:
    arash.say(sara, "hello")
    sara.stop()
    arash.write(sara, "for later")
    assert queue(arash) == ["for later"]
    arash.deliver()
    assert arash.states(sara)[-1] == "authority"
    assert queue(arash) == []
