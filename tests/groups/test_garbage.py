"""Garbage in every place of the protocol: real frames, bent in every way, said by somebody with an account to the
authority, to a group's port and to another's agent. Nothing escapes but named errors, and honest people notice nothing.
"""

from __future__ import annotations

import logging
import random
import resource
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from authority_server.connections.session import GroupSession, Session
from protocol import messages
from protocol.errors import CATALOGUE, HamrazError
from protocol.roles import Role
from tests.groups.group_world import GroupWorld
from tests.world import Person, World

FEW, MANY = 2_000, 1_000_000
EXTREMES: list[Any] = [
    0, 1, -1, 2**31, 2**32 - 1, 2**62, 2**63 - 1, 2**64 - 1, -(2**63), 1.5, float("nan"), None, True, "", "x" * 300,
    "\u202e", "\ud7ff", b"", bytes(16), bytes(32), b"\xff" * 64, bytes(1216), [], {}, [[[[]]]], {"a": 1}, [b""] * 3,
]  # fmt: skip


def bent(frame: bytes, other: bytes, dice: random.Random) -> bytes:
    """One real frame, no longer quite itself."""
    match dice.randrange(7):
        case 0:  # a bit
            at = dice.randrange(len(frame))
            return frame[:at] + bytes([frame[at] ^ 1 << dice.randrange(8)]) + frame[at + 1 :]
        case 1:  # an end
            return frame[: dice.randrange(len(frame))]
        case 2:  # two in one
            return frame[: dice.randrange(len(frame))] + other[dice.randrange(len(other)) :]
        case 3:  # bytes that come from nowhere
            at = dice.randrange(len(frame))
            return frame[:at] + dice.randbytes(dice.randrange(1, 9)) + frame[at:]
    fields = msgspec.msgpack.decode(frame, type=list[Any])
    at = dice.randrange(len(fields))
    match dice.randrange(4):
        case 0:
            fields[at] = dice.choice(EXTREMES)
        case 1:  # deeper
            inner = fields[at]
            if isinstance(inner, list) and inner:
                inner[dice.randrange(len(inner))] = dice.choice(EXTREMES)
        case 2:  # too many, too few
            fields = [*fields, dice.choice(EXTREMES)] if dice.randrange(2) else fields[:-1]
        case _:  # another message's
            theirs = msgspec.msgpack.decode(other, type=list[Any])
            fields[at] = theirs[dice.randrange(len(theirs))]
    return msgspec.msgpack.encode(fields)


class Hostile:
    """Mallory's connections, made anew as often as they are ended."""

    def __init__(self, group_world: GroupWorld, mallory: Person, victim: Person) -> None:
        self.group_world, self.mallory, self.victim = group_world, mallory, victim
        self.codes: set[str] = set()

    def sessions(self) -> Iterator[tuple[Any, Callable[[], bool]]]:
        """What takes a frame, in each of the places, and whether it still does: it ends at the first wire error."""
        world, mallory = self.group_world.world, self.mallory
        quiet = lambda *_: None  # noqa: E731  nobody hears it
        for kind in (Session, GroupSession):
            for greeted in (False, True):
                stranger = kind(world.authority, world.authority_print, self._hear, quiet, f"10.9.{id(self) % 250}.7")
                if greeted:
                    stranger.receive(messages.encode(messages.Hello(messages.VERSION, bytes(32))))
                yield stranger, lambda stranger=stranger: not stranger.client.closed  # type: ignore[misc]
                stranger.closed()
        places: list[Callable[[], Any]] = [
            lambda: (mallory.reconnect(), mallory.node.authority.channel)[1],
            lambda: self.group_world.room(mallory).channel(),
            lambda: mallory.node.links.get(self.victim.uid).channel,
        ]
        for place in places:
            channel = place()
            yield channel._session, lambda channel=channel: not channel.closed  # type: ignore[misc]

    def _hear(self, body: bytes) -> None:
        answer = messages.decode(body, messages.FromAuthority | messages.FromGroup | messages.Welcomed)
        if isinstance(answer, messages.Failed):
            self.codes.add(answer.code)


def resident() -> int:
    """Bytes of memory that this process has."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def corpus(world: World) -> list[bytes]:
    """One of each message that has crossed, and of the commonest several."""
    found: dict[str, list[bytes]] = {}
    for _source, _target, body in world.crossed:
        found.setdefault(str(msgspec.msgpack.decode(body, type=list[Any])[0]), []).append(body)
    return [body for bodies in found.values() for body in bodies[:5]]


@pytest.mark.timeout(7200)
def test_bent_frames_cost_nobody_anything(long: bool, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)  # what is kept of a million refusals would be taken for a leak
    group_world = GroupWorld(Role.BEGINNER, Role.BEGINNER)
    group_world.everybody_joins()
    arash, sara, mallory = group_world.people
    for text in ("one", "two"):
        group_world.say(arash, text)
        mallory.say(sara, text)
    frames, hostile = corpus(group_world.world), Hostile(group_world, mallory, sara)
    dice, count = random.Random(1404), MANY if long else FEW
    said, rounds = 0, 0
    started = 0
    while said < count:
        rounds += 1
        group_world.world.now += 60_000  # what is allowed at once comes back
        group_world.world.crossed.clear()
        for person in group_world.people:  # what this network in memory keeps, for tests to look at
            person.changes.clear()
            person.network.channels = [channel for channel in person.network.channels if not channel.closed]
        try:
            for session, is_open in hostile.sessions():
                for _ in range(40):
                    if not is_open():
                        break
                    session.receive(bent(dice.choice(frames), dice.choice(frames), dice))
                    said += 1
        except HamrazError as reason:
            assert reason.code in CATALOGUE  # mallory isn't let in just now
        if rounds == 20:
            started = resident()
    grown = resident() - started if started else 0
    assert grown < 64 << 20, f"{grown >> 20} MiB more than after twenty rounds"
    assert hostile.codes <= CATALOGUE.keys() and len(hostile.codes) > 2
    print(f"{said} frames, {rounds} rounds; {started >> 20} MiB, {grown >> 20} more; {sorted(hostile.codes)}")
    # honest people go on
    group_world.world.now += 24 * 3_600_000
    group_world.come_to_rest()
    group_world.say(arash, "after it all")
    arash.say(sara, "and between us")
    assert group_world.texts(sara)[-1] == "after it all"
    assert sara.texts(arash)[-1] == "and between us"
    assert arash.node.ctx.trust.alarm is sara.node.ctx.trust.alarm is None
