"""Deliveries in a group: some members write, everybody receives, and each delivery's time is known afterwards."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass

import msgspec

from benchmarks.figures import percentile
from benchmarks.generator import Crowd, Line
from benchmarks.town import live
from protocol import messages
from protocol.messages import Failed, Posted


class _Entries(msgspec.Struct, array_like=True):
    """ENTRIES as far as counting needs it: nothing below is copied or decoded."""

    tag: str
    gid: msgspec.Raw
    start: int
    entries: list[msgspec.Raw]


_decode = msgspec.msgpack.Decoder(_Entries).decode


@dataclass(slots=True)
class Arrival:
    """One push at one member: entries `start` up to `start + count - 1`."""

    at: float
    start: int
    count: int


class Audience:
    """Everybody on a group's port. A gap or a repetition in what one member receives is an error."""

    def __init__(self, crowd: Crowd) -> None:
        self._crowd = crowd
        self._newest: dict[Line, int] = {}
        self.arrivals: list[Arrival] = []
        self.deliveries = 0
        crowd.on_push = self.hear

    def hear(self, line: Line, tag: bytes, body: bytes) -> None:
        """Something was pushed to a member."""
        if tag != b"entries":
            live(line, tag, body)
            return
        pushed, at = _decode(body), time.perf_counter()
        count = len(pushed.entries)
        if pushed.start != self._newest.get(line, pushed.start - 1) + 1:
            raise AssertionError(f"entry {pushed.start} came after {self._newest[line]}")
        self._newest[line] = pushed.start + count - 1
        self.arrivals.append(Arrival(at, pushed.start, count))
        self.deliveries += count

    def gather(self, lines: list[Line], newest: int, seconds: float) -> None:
        """Wait until all of them have the chain up to here, and count from there on."""
        self._crowd.until(lambda: all(self._newest.get(line) == newest for line in lines), seconds)
        self.forget()

    def forget(self) -> None:
        """Count from here on."""
        self.arrivals.clear()
        self.deliveries = 0

    def wait(self, deliveries: int, seconds: float) -> None:
        """Until so many entries have arrived, at all together."""
        self._crowd.until(lambda: self.deliveries >= deliveries, seconds)


class Voice:
    """One member who writes: requests prepared beforehand, which are sent when they are due or when there is room."""

    def __init__(self, line: Line, posts: list[bytes], window: int) -> None:
        self._line = line
        self._waiting = deque(enumerate(posts, 1))
        self._window = window
        self._wanted = 0  # how many of those that wait are to be sent as soon as there is room
        self._due: dict[int, float] = {}  # number of the request: when it was to be sent
        self.sent: dict[int, float] = {}  # place in the chain: when its message was to be sent
        line.on_answer = self._answered

    @property
    def idle(self) -> bool:
        """Everything that was to be sent is answered."""
        return self._wanted == 0 and not self._due

    def post(self, due: float | None = None) -> None:
        """Send the next one; `due` is the moment that its time counts from, else now."""
        number, body = self._waiting.popleft()
        self._due[number] = time.perf_counter() if due is None else due
        self._line.send(body)

    def fill(self, count: int) -> None:
        """Send so many more, at most `window` of them under way at once."""
        self._wanted += count
        while self._wanted > 0 and len(self._due) < self._window:
            self._wanted -= 1
            self.post()

    def _answered(self, body: bytes) -> None:
        answer = messages.decode(body, Posted | Failed)
        if isinstance(answer, Failed):
            messages.raise_failure(answer)
        self.sent[answer.n] = self._due.pop(answer.re)
        self.fill(0)


def paced(crowd: Crowd, voices: list[Voice], count: int, each: float) -> None:
    """`count` messages, one every `each` seconds, from each voice in turn, whether the ones before arrived or not."""
    began = time.perf_counter()
    for number in range(count):
        due = began + number * each
        while (left := due - time.perf_counter()) > 0:
            crowd.turn(left)
        voices[number % len(voices)].post(due)


def delays(voices: list[Voice], audience: Audience, percents: tuple[float, ...]) -> list[float]:
    """Percentiles of the seconds from each message's time to each of its deliveries."""
    values = times(voices, audience)
    return [percentile(values, percent) for percent in percents]


def times(voices: list[Voice], audience: Audience) -> list[float]:
    """The seconds from each message's time to each of its deliveries, in no order."""
    sent = {n: at for voice in voices for n, at in voice.sent.items()}
    return [
        arrival.at - sent[n]
        for arrival in audience.arrivals
        for n in range(arrival.start, arrival.start + arrival.count)
    ]
