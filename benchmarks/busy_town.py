"""Thousands of accounts at one authority: everybody comes in, people write in their groups, the authority starts anew.

Everybody has one connection, on which they are logged in and in their group. That is what the protocol allows; an agent
has one more for each group.
"""

from __future__ import annotations

import heapq
import secrets
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

from benchmarks.figures import Figure, collect, percentile
from benchmarks.generator import Crowd, Line, Script
from benchmarks.group_load import Audience, Voice, paced, times
from benchmarks.group_member import Plan
from benchmarks.member import Member, request
from benchmarks.process import cpu_seconds, resident_kib
from benchmarks.town import Town, live, town
from protocol import messages
from protocol.messages import FetchGone, FetchMail, Gone, Mail, Watch, Watching
from tests.processes import free_port
from web_client.net.backoff import Backoff

PEOPLE, GROUPS = 5_000, 200
RATE, SECONDS = 20.0, 30.0  # messages a second, all together
TEXT_SIZE = 150  # bytes
AT_ONCE = 32  # connections that are being made at first
WATCHED = 10  # others that each has on the screen
PATIENCE = 600.0
ATTEMPT_SECONDS = 10.0  # after which an agent gives up to shake hands, or to wait for an answer
SILENCE_SECONDS = 15.0  # after which an agent asks for a sign of life
LOOK_SECONDS = 0.05  # how often it is looked at who is to try again

UNITS = {
    "everybody comes in for the first time": "/s",
    "authority's CPU for each who comes in": "ms",
    "authority's memory, everybody connected": "MiB",
    "authority's CPU while all are there and silent": "%",
    "authority's CPU for a message": "ms",
    "message to each delivery, p50": "ms",
    "message to each delivery, p99": "ms",
    "restart: until it answers": "s",
    "restart: until half are back": "s",
    "restart: until everybody is back": "s",
    "restart: authority's CPU for each": "ms",
    "restart: tries of each": "",
    "authority's memory after it": "MiB",
}


_PING = messages.encode(messages.Ping(1))


def run(repetitions: int, quick: bool) -> list[Figure]:
    """All of it in a row, on a fresh authority each time."""
    people, groups, seconds = (40, 4, 1.0) if quick else (PEOPLE, GROUPS, SECONDS)
    runs = [dict(zip(UNITS, measure(people, groups, seconds), strict=True)) for _ in range(repetitions)]
    return collect(f"town of {people:,}", UNITS, runs)


@dataclass(eq=False, slots=True)
class Citizen:
    """Somebody with an account, a group, and a connection that may be lost."""

    member: Member
    plan: Plan
    audience: Audience
    watched: list[bytes]
    backoff: Backoff = field(default_factory=Backoff)
    line: Line | None = None
    newest: int = 0  # the last entry of the chain that was fetched
    tries: int = 0
    back_at: float = 0.0

    def come(self, line: Line, first: bool) -> Script:
        """What an agent does at each log-in."""
        member = self.member
        welcome = yield from member.greet(line)
        yield from member.enter(line, welcome)
        yield from request(Watch(5, self.watched), Watching)
        yield from request(FetchMail(6), Mail)
        yield from request(FetchGone(7), Gone)
        yield from self.plan.show(member, line, welcome)
        if first:
            yield from self.plan.accept(member)
        self.newest = yield from self.plan.reload(self.newest)
        self.line = line


class City:
    """All of them, in groups of the same size."""

    def __init__(self, place: Town, groups: int, port: int) -> None:
        """All groups are on one port, as where the range for them is full."""
        founder, *people = place.members
        self.place = place
        self.crowd = Crowd(place.port, live)
        self.founder = founder
        self.citizens: list[Citizen] = []
        self.groups: list[list[Citizen]] = []
        self._audience: dict[Line, Audience] = {}
        for number in range(groups):
            plan = Plan(founder.authority_id, secrets.token_bytes(16), port)
            audience, members = Audience(self.crowd), people[number::groups]
            self.groups.append([])
            for n, member in enumerate(members):
                others = [one.uid for one in members[n + 1 :] + members[:n]][:WATCHED]
                self.groups[-1].append(Citizen(member, plan, audience, others))
            self.citizens += self.groups[-1]
        self.crowd.on_push = self._hear
        self._signs: deque[tuple[float, Line]] = deque()

    def _hear(self, line: Line, tag: bytes, body: bytes) -> None:
        audience = self._audience.get(line)
        if audience is None:
            live(line, tag, body)
        else:
            audience.hear(line, tag, body)

    def found(self) -> None:
        """Make all groups, of people who haven't come yet."""
        line = self.crowd.dial()
        self.crowd.say(line, self.founder.log_in(line))
        for group in self.groups:
            everybody = [self.founder, *(one.member for one in group)]
            self.crowd.say(line, group[0].plan.create(self.founder, everybody))
        line.close()

    def come_in(self) -> None:
        """Everybody for the first time, some at once."""
        self.crowd.visit([partial(self._first, one) for one in self.citizens], AT_ONCE, keep=True, seconds=PATIENCE)

    def _first(self, citizen: Citizen, line: Line) -> Script:
        self._audience[line] = citizen.audience
        return citizen.come(line, True)

    def stay(self) -> None:
        """From now on all ask for a sign of life, each in its turn."""
        now, lines = time.perf_counter(), list(self.crowd.lines)
        self._signs = deque((now + n * SILENCE_SECONDS / len(lines), line) for n, line in enumerate(lines))
        self.crowd.on_turn = self._ask

    def _ask(self) -> None:
        now = time.perf_counter()
        while self._signs and self._signs[0][0] <= now:
            due, line = self._signs.popleft()
            if line in self.crowd.lines:
                line.send(_PING)
                self._signs.append((due + SILENCE_SECONDS, line))

    def talk(self, count: int) -> list[float]:
        """So many messages, one in each group in turn; the seconds of each delivery."""
        voices = []
        for group in self.groups:
            one = group[0]
            assert one.line is not None and one.member.head is not None
            seen = self.crowd.say(one.line, one.plan.newest())
            group[0].audience.gather([each.line for each in group if each.line], seen.n, PATIENCE)
            share = -(-count // len(self.groups))
            entries = one.plan.write(one.member, seen, one.member.head, share, TEXT_SIZE)
            voices.append(Voice(one.line, one.plan.posts(entries), share))
        paced(self.crowd, voices, count, 1 / RATE)
        self.crowd.until(lambda: all(voice.idle for voice in voices), PATIENCE)
        found = []
        for number, (voice, group) in enumerate(zip(voices, self.groups, strict=True)):
            group[0].audience.wait(len(range(number, count, len(voices))) * len(group), PATIENCE)
            found += times([voice], group[0].audience)
        return found

    def come_back(self, lost: float) -> None:
        """Everybody whose connection was lost then, as agents do it: at once, and in vain again after a while."""
        self._audience.clear()
        due = [(lost, number) for number in range(len(self.citizens))]
        trying: dict[Line, int] = {}
        self.crowd.on_lost = lambda line: self._again(line, trying, due)
        while due or trying:
            now = time.perf_counter()
            while due and due[0][0] <= now:
                _, number = heapq.heappop(due)
                self._try(number, trying, due)
            for line in [line for line in trying if line.moved + ATTEMPT_SECONDS < now]:
                self._again(line, trying, due)
            self.crowd.turn(LOOK_SECONDS)
        self.crowd.on_lost = None

    def _try(self, number: int, trying: dict[Line, int], due: list[tuple[float, int]]) -> None:
        citizen = self.citizens[number]
        citizen.tries += 1
        try:
            line = self.crowd.dial()
        except OSError:  # nobody listens yet
            heapq.heappush(due, (time.perf_counter() + citizen.backoff.next(), number))
            return
        trying[line] = number
        self._audience[line] = citizen.audience

        def end(result: object) -> None:
            del trying[line]
            citizen.back_at = time.perf_counter()
            citizen.backoff.reset()

        line.run(citizen.come(line, False), end)

    def _again(self, line: Line, trying: dict[Line, int], due: list[tuple[float, int]]) -> None:
        number = trying.pop(line)  # one who was back, and is lost, is an error
        del self._audience[line]
        line.close()
        heapq.heappush(due, (time.perf_counter() + self.citizens[number].backoff.next(), number))


def measure(people: int, groups: int, seconds: float) -> tuple[float, ...]:
    """The figures of UNITS, in their order."""
    port = free_port()
    with town(people + 1, group_ports=f"{port}-{port}") as place:
        city = City(place, groups, port)
        crowd = city.crowd
        try:
            city.found()
            cpu, began = cpu_seconds(place.pid), time.perf_counter()
            city.come_in()
            rate, each = people / (time.perf_counter() - began), (cpu_seconds(place.pid) - cpu) / people
            crowd.idle(2.0)
            memory, count = resident_kib(place.pid), int(RATE * seconds)
            city.stay()
            cpu = cpu_seconds(place.pid)
            crowd.idle(seconds)
            silent = (cpu_seconds(place.pid) - cpu) / seconds
            cpu, began = cpu_seconds(place.pid), time.perf_counter()
            delays = city.talk(count)
            cpu, took = cpu_seconds(place.pid) - cpu, time.perf_counter() - began
            for citizen in city.citizens:
                citizen.member.renew_presence()
            place.process.stop()
            lost = time.perf_counter()
            for line in list(crowd.lines):
                line.close()
            with ThreadPoolExecutor(1) as beside:
                starting = beside.submit(_start, place)
                city.come_back(lost)
                up, started = starting.result()
            back = sorted(one.back_at - lost for one in city.citizens)
            return (
                rate,
                each * 1000,
                memory / 1024,
                silent * 100,
                max(0.0, cpu - silent * took) / count * 1000,
                percentile(delays, 50) * 1000,
                percentile(delays, 99) * 1000,
                up - lost,
                percentile(back, 50),
                back[-1],
                (cpu_seconds(place.pid) - started) / people * 1000,
                sum(one.tries for one in city.citizens) / people,
                resident_kib(place.pid) / 1024,
            )
        finally:
            crowd.close()


def _start(place: Town) -> tuple[float, float]:
    """Start it again; when it answers, and the CPU that this has taken."""
    place.process.start()
    return time.perf_counter(), cpu_seconds(place.pid)
