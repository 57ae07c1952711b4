"""Frames dropped, doubled, replayed or changed on their way: a named error or nothing, never a wrong message.

TLS lets nobody do this from outside; here it stands for an authority, or another agent, that lies.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from protocol import messages
from protocol.errors import HamrazError
from protocol.messages import Deliver, Failed, Hello, Knock, LogIn, PeerHello, Welcomed
from protocol.primitives import random_nonce
from tests.agent.cuts import Cutter
from tests.agent.test_power_cuts import check, new_world, talk
from tests.agent.wire import frames_of
from tests.protocol.effort import flip
from tests.world import MemoryChannel, Person, World


def tag(body: bytes) -> str:
    return str(msgspec.msgpack.decode(body)[0])


def flips(size: int, long: bool) -> Iterator[int]:
    """Bit numbers, about 40 of them spread over all bytes and all places in a byte; with --long nearly all."""
    step = 3 if long else max(1, size * 8 // 40) | 1
    return iter(range(0, size * 8, step))


class Meddler:
    """The wire: does one thing to the next frame of a kind, and then nothing any more."""

    def __init__(self, world: World, kind: str, do: Any) -> None:
        self.met = False
        self._kind = kind
        self._do = do
        world.carry = self

    def __call__(self, source: str, target: str, body: bytes) -> list[bytes]:
        if self.met or tag(body) != self._kind:
            return [body]
        self.met = True
        return list(self._do(body))


def once(world: World, kind: str, do: Any, text: str) -> Meddler:
    """Somebody writes while a frame of this kind is meddled with, over a connection of its own; then all goes well."""
    arash, sara = world.people["arash"], world.people["sara"]
    arash.node.links.drop(sara.uid)
    meddler = Meddler(world, kind, do)
    arash.write(sara, text)
    arash.deliver()
    sara.read(arash)
    sara.deliver()
    for person in (arash, sara):
        person.reconnect()
    arash.deliver()
    assert arash.node.ctx.trust.alarm is sara.node.ctx.trust.alarm is None
    assert sara.texts(arash)[-1] == arash.texts(sara)[-1] == text
    assert arash.states(sara)[-1] in ("delivered", "read")
    return meddler


KINDS = [
    "find",
    "found",
    "peer_hello",
    "peer_welcome",
    "knock",
    "prekeys",
    "deliver",
    "delivered",
    "receipts",
    "done",
]


@pytest.mark.parametrize("kind", KINDS)
def test_any_bit_of_any_frame(kind: str, long: bool) -> None:
    world = new_world()
    sizes: list[int] = []
    once(world, kind, lambda body: [sizes.append(len(body)) or body], "as it is")
    (size,) = sizes
    written = 1
    for bit in flips(size, long):
        assert once(world, kind, lambda body, bit=bit: [flip(body, bit % (len(body) * 8))], f"{kind} {bit}").met
        written += 1
    arash, sara = world.people["arash"], world.people["sara"]
    assert len(sara.texts(arash)) == written, "every message once"
    assert sara.texts(arash) == arash.texts(sara)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("what", "do"),
    [
        ("dropped", lambda body: []),
        ("doubled", lambda body: [body, body]),
        ("cut short", lambda body: [body[: len(body) // 2]]),
        ("with one byte more", lambda body: [body + b"\0"]),
        ("empty", lambda body: [b"\xc0"]),
        ("too long for a stranger", lambda body: [bytes(5000), body]),
        ("another kind", lambda body: [messages.encode(messages.Watching(1, []))]),
    ],
)
def test_a_frame_that_is(kind: str, what: str, do: Any) -> None:
    world = new_world()
    once(world, kind, lambda body: [body], "before")
    assert once(world, kind, do, what).met
    once(world, kind, lambda body: [body], "after")
    arash, sara = world.people["arash"], world.people["sara"]
    assert sara.texts(arash) == arash.texts(sara) == ["before", what, "after"]


@pytest.mark.parametrize("what", ["dropped", "doubled"])
def test_every_frame_of_a_talk(what: str) -> None:
    """The same for each single frame in its place: nothing is lost, doubled or reordered."""
    steps = [step for step in _wire_steps() if "->" in step]
    for at in range(len(steps)):
        world = new_world()
        world.carry = _Nth(at, [] if what == "dropped" else [1, 1])
        for _ in range(2):
            talk(world)
        world.settle()
        for person in world.people.values():
            person.reconnect()
        world.settle()
        check(world, f"{steps[at]}, {what}")


def _wire_steps() -> list[str]:
    world = new_world()
    cutter = Cutter(world)
    talk(world)
    return cutter.steps


class _Nth:
    def __init__(self, at: int, copies: list[int]) -> None:
        self._left = at
        self._copies = copies

    def __call__(self, source: str, target: str, body: bytes) -> list[bytes]:
        self._left -= 1
        return [body for _ in self._copies] if self._left == -1 else [body]


# --- replays on another connection ---


def stranger(world: World, target: Person) -> tuple[MemoryChannel, list[bytes]]:
    """A raw connection to somebody's listener, and what comes back on it."""
    came: list[bytes] = []
    channel = MemoryChannel(target.network, target.name, target.network.fingerprint, messages.FromPeer, lambda _: None)
    assert target.network.new_session is not None
    channel.attach(target.network.new_session(came.append, channel.session_closed))
    return channel, came


def failures(came: list[bytes]) -> list[str]:
    return [messages.decode(body, Failed).code for body in came if tag(body) == "failed"]


def test_a_recorded_visit_is_worth_nothing_on_another_connection(world: World, arash: Person, sara: Person) -> None:
    arash.say(sara, "one")
    (knock,) = frames_of(world, Knock, "arash", "sara")
    (deliver,) = frames_of(world, Deliver, "arash", "sara")
    channel, came = stranger(world, sara)
    channel._session.receive(messages.encode(PeerHello(messages.VERSION)))
    channel._session.receive(messages.encode(knock))
    assert failures(came) == ["bad_signature"]
    assert channel.closed
    assert sara.texts(arash) == ["one"]
    channel, came = stranger(world, sara)
    channel._session.receive(messages.encode(PeerHello(messages.VERSION)))
    channel._session.receive(messages.encode(deliver))
    assert failures(came) == ["unexpected_message"]
    assert channel.closed


def test_a_recorded_log_in_is_worth_nothing_on_another_connection(world: World, arash: Person, sara: Person) -> None:
    arash.restart()
    log_in = frames_of(world, LogIn, "arash", "authority")[-1]
    mallory = sara.network.dial_authority([], 0, lambda message: None, lambda: None)
    mallory.first(Hello(messages.VERSION, random_nonce()), Welcomed | Failed)
    with pytest.raises(HamrazError) as refusal:
        mallory.request(log_in, messages.LoggedIn)
    assert refusal.value.code == "bad_proof"
    assert arash.node.authority.up


def test_old_envelopes_again_change_nothing(world: World, arash: Person, sara: Person) -> None:
    """By the sender's own connection: every envelope so far once more, in another order."""
    for text in ("one", "two", "three"):
        arash.say(sara, text)
    before = sara.shown(arash)
    link = arash.node.links.get(sara.uid)
    for sent in frames_of(world, Deliver, "arash", "sara")[::-1]:
        link.deliver(sent.prekey_id, sent.sealed)
    assert sara.shown(arash) == before
