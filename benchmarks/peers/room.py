"""The one group on another server: all members are in, some write, and each delivery to each is counted and timed.

A text carries who wrote it and the how manieth it is: servers pass bodies on byte for byte, so they are found again in
whatever stands around them.
"""

from __future__ import annotations

import re
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.figures import percentile
from benchmarks.generator import Crowd
from benchmarks.peers.server import Peer, Running
from benchmarks.wire import Wire

MARK = re.compile(rb"~([0-9a-f]{4})([0-9a-f]{8})~")
MARK_SIZE = 14
AT_ONCE = 16  # who are coming in
PATIENCE = 120.0
SILENCE = 10.0  # seconds after which what has not come is missing


class Member(ABC):
    """One member: what they write, and what they hear. How they come in and how a text is sent is the server's."""

    def __init__(self, room: Room, number: int) -> None:
        self.room, self.number = room, number
        self.entered = False
        self.written = 0
        self._mark = b"%04x" % number
        self._heard = b""  # what may be the beginning of a mark
        self._wanted = self._under_way = 0

    @abstractmethod
    def say(self, text: bytes) -> None:
        """Send it to the group."""

    def hear(self, data: bytes) -> None:
        """This has come, with whatever is in it."""
        found = MARK.findall(self._heard + data)
        self._heard = (self._heard + data)[1 - MARK_SIZE :]  # shorter than a mark, so nothing is found twice
        if found:
            self.room.hear(found)
            if self._under_way:
                self._under_way -= sum(mark == self._mark for mark, _ in found)
                self.fill(0)

    def post(self, due: float | None = None) -> None:
        """Write one message; `due` is the moment that its time counts from, else now."""
        self.written += 1
        self._under_way += 1
        key = (self._mark, b"%08x" % self.written)
        self.room.sent[key] = time.perf_counter() if due is None else due
        self.say((b"~%s%s~" % key).ljust(self.room.text_size, b"x"))

    def fill(self, count: int) -> None:
        """Write so many more, the next one when one's own have come back, but for a window."""
        self._wanted += count
        while self._wanted and self._under_way < self.room.window:
            self._wanted -= 1
            self.post()


class Spoken(Member, Wire):
    """One whose server is spoken to in a stream of bytes: a few steps, then messages in both directions."""

    def __init__(self, room: Room, number: int) -> None:
        Member.__init__(self, room, number)
        Wire.__init__(self, room.crowd, room.port)
        self._steps = room.peer.enter(number)
        self._come = b""

    def opened(self) -> None:
        self.send_bytes(self._steps[0][0])

    def received(self, data: bytes) -> None:
        if self.entered:
            self.hear(data)
            return
        self._come += data
        while self._steps:
            _, met, rest = self._come.partition(self._steps[0][1])
            if not met:
                return
            self._come = rest
            self._steps.pop(0)
            if self._steps:
                self.send_bytes(self._steps[0][0])
        self.entered = True
        self.hear(self._come)

    def say(self, text: bytes) -> None:
        self.send_bytes(self.room.peer.message(self.number, text))


class Room:
    """All of its members, on one loop."""

    def __init__(self, peer: Peer, server: Running, text_size: int, window: int) -> None:
        self.peer, self.port, self.text_size, self.window = peer, server.port, text_size, window
        self.crowd = Crowd(server.port, lambda line, tag, body: None)
        self.members: list[Member] = []
        self.sent: dict[tuple[bytes, bytes], float] = {}
        self.forget()

    def forget(self) -> None:
        """Count from here on."""
        self.deliveries = 0
        self.last = time.perf_counter()
        self._heard: list[tuple[float, list[tuple[bytes, bytes]]]] = []

    def hear(self, found: list[tuple[bytes, bytes]]) -> None:
        """Somebody got these."""
        self.last = time.perf_counter()
        self.deliveries += len(found)
        self._heard.append((self.last, found))

    def enter(self, size: int) -> None:
        """So many come in: the first one, who makes the group, then some at once."""
        for number in range(size):
            at_once = AT_ONCE if number > 1 else 1
            self.crowd.until(lambda: sum(not one.entered for one in self.members) < at_once, PATIENCE)  # noqa: B023
            self.members.append(self.peer.member(self, number))
        self.crowd.until(lambda: all(member.entered for member in self.members), PATIENCE)

    def wait(self, deliveries: int) -> float:
        """Until so many have come, or none comes any more; the share that is missing. TimeoutError if that is all."""
        while self.deliveries < deliveries and time.perf_counter() - self.last < SILENCE:
            self.crowd.turn(0.05)
        if not self.deliveries:
            raise TimeoutError(f"nothing came from {self.peer.name} in {SILENCE:g} s")
        return 1 - self.deliveries / deliveries

    def delays(self, percents: tuple[float, ...]) -> list[float]:
        """Percentiles of the seconds from each message's time to each of its deliveries."""
        values = [at - self.sent[key] for at, found in self._heard for key in found]
        return [percentile(values, percent) for percent in percents]


@contextmanager
def room(peer: Peer, server: Running, size: int, text_size: int, window: int) -> Iterator[Room]:
    """The group with so many members, who are all in."""
    made = Room(peer, server, text_size, window)
    try:
        made.enter(size)
        yield made
    finally:
        made.crowd.close()
