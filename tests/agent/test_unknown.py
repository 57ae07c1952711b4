"""What a later version says to an agent (section 5.4), at its listener and as an answer to its calls."""

from __future__ import annotations

from typing import Any

import pytest

from protocol import messages
from protocol.messages import Failed, Prekeys
from tests.agent.wire import frames_of
from tests.world import Person, World

REQUEST = ["fetch_weather", 7, "Shiraz"]
EVENTS: list[list[Any]] = [["wave"], ["wave", True], ["wave", 0], ["wave", b"x", 5]]


def test_an_unknown_request_is_answered_and_the_connection_goes_on(world: World, arash: Person, sara: Person) -> None:
    arash.say(sara, "hello")
    (channel,) = [one for one in arash.network.channels if one.target == "sara"]
    world.crossed.clear()
    channel._session.receive(messages.encode(REQUEST))
    for event in EVENTS:
        channel._session.receive(messages.encode(event))
    assert [answer.code for answer in frames_of(world, Failed, "sara", "arash")] == ["unknown_request"]
    assert len(world.crossed) == 1 and not channel.closed
    channel._session.receive(messages.encode(messages.MorePrekeys(8)))
    assert [answer.re for answer in frames_of(world, Prekeys, "sara", "arash")] == [8]


def test_before_a_knock_there_is_nothing_later(world: World, arash: Person, sara: Person) -> None:
    for hello in (False, True):
        world.crossed.clear()
        channel = arash.network.dial_peer([], sara.network.port, sara.network.fingerprint)
        if hello:
            channel.first(messages.PeerHello(messages.VERSION), messages.FromPeerFirst)
        channel._session.receive(messages.encode(REQUEST))
        assert [answer.code for answer in frames_of(world, Failed, "sara", "arash")] == ["bad_message"]
        assert channel.closed


@pytest.mark.parametrize("fields", [REQUEST, *EVENTS], ids=str)
def test_what_the_authority_or_another_pushes_is_passed_over(
    world: World, arash: Person, sara: Person, fields: list[Any]
) -> None:
    arash.say(sara, "first")
    for channel in [*arash.network.channels, *sara.network.channels]:
        if not channel.closed:
            channel.take(messages.encode(fields))
            assert not channel.closed
    arash.say(sara, "second")
    assert sara.texts(arash) == ["first", "second"] and arash.states(sara) == ["delivered"] * 2


def test_a_kind_of_message_that_is_not_known_is_there(world: World, arash: Person, sara: Person) -> None:
    arash.node.messages.compose(sara.uid, "hologram", b"\x93\x01", b"h" * 16)
    arash.deliver()
    (shown,) = sara.shown(arash)
    assert shown["kind"] == "unreadable" and arash.states(sara) == ["delivered"]
