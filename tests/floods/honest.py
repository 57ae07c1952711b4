"""What honest people feel: how long a message to a group, an item for a mailbox, a question and a sign-up take."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field

from protocol.errors import HamrazError
from protocol.messages import Deposit, Done, DropMail, FetchMail, Find, Found, Mail, MailItem, Post, Posted
from protocol.primitives import random_id, random_nonce
from protocol.statements import NO_DEVICE
from tests.authority.peer import Person
from tests.floods.town import Line, Town, sign_up

PACE = 0.04  # seconds between what one person does: enough of it in ten seconds to know the slowest hundredth
SIGN_UPS = 1.5  # seconds between newcomers


@dataclass
class Felt:
    """Seconds that each took, by what it was; and what failed."""

    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    late: list[tuple[float, str, float]] = field(default_factory=list)  # (when, what, seconds), for looking closer
    since: float = field(default_factory=time.monotonic)
    failed: list[str] = field(default_factory=list)

    def note(self, what: str, seconds: float) -> None:
        self.times[what].append(seconds)
        self.late.append((time.monotonic() - self.since, what, seconds))

    def add(self, other: Felt) -> None:
        """What was felt at another time belongs to this."""
        for what, seconds in other.times.items():
            self.times[what] += seconds
        self.failed += other.failed

    def worst(self, what: str, part: float = 0.99) -> float:
        times = sorted(self.times[what])
        return times[min(len(times) - 1, int(len(times) * part))] if times else float("inf")


class Someone:
    """One who writes to the group, leaves mail for the next, looks somebody up, and takes out what has come."""

    def __init__(self, town: Town, who: Person, friend: Person) -> None:
        self.who, self.friend, self.circle = who, friend, town.circle(0)
        gid, port, _epoch, _hash = town.groups[0]
        self.main = Line(town.port).log_in(who)
        self.room = Line(port).enter(gid, who)

    def step(self, number: int, felt: Felt) -> None:
        began = time.perf_counter()
        match number % 3:
            case 0:
                what = "post"
                self.room.ask(Post(0, self.circle.gid, self.circle.message(self.who, b"x" * 200)), Posted)
            case 1:
                what = "mail"
                item = MailItem(self.friend.uid, NO_DEVICE, random_id(), "message", bytes(16), bytes(2_000))
                self.main.ask(Deposit(0, item), Done)
            case _:
                what = "find"
                self.main.ask(Find(0, self.friend.name, random_nonce()), Found)
        felt.note(what, time.perf_counter() - began)
        if number % 30 == 29:
            more = True
            while more:
                mail = self.main.ask(FetchMail(0), Mail)
                self.main.ask(DropMail(0, [(item.peer, item.id) for item in mail.items]), Done)
                more = mail.more


class Crowd:
    """All of them, from now on; `measure` says how it was."""

    def __init__(self, town: Town) -> None:
        self._town = town
        people = town.honest()
        self._people = [Someone(town, who, people[at - 1]) for at, who in enumerate(people)]
        self._newcomers = 0

    def measure(self, seconds: float) -> Felt:
        """Live for so long."""
        felt, until = Felt(), time.monotonic() + seconds
        threads = [threading.Thread(target=self._live, args=(who, felt, until), daemon=True) for who in self._people]
        threads.append(threading.Thread(target=self._come, args=(felt, until), daemon=True))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return felt

    def _live(self, person: Someone, felt: Felt, until: float) -> None:
        number = 0
        while time.monotonic() < until:
            try:
                person.step(number, felt)
            except (HamrazError, AssertionError, OSError) as reason:
                felt.failed.append(f"{person.who.name}: {reason}")
                if len(felt.failed) > 20:
                    return
            number += 1
            time.sleep(PACE)

    def _come(self, felt: Felt, until: float) -> None:
        while time.monotonic() < until:
            self._newcomers += 1
            who = Person(self._town.authority_id, f"newcomer{self._newcomers}")
            began = time.perf_counter()
            try:
                with Line(self._town.port) as line:
                    sign_up(line, who, self._town.invitation)
                    line.log_in(who)
                felt.note("sign-up", time.perf_counter() - began)
            except (HamrazError, AssertionError, OSError) as reason:
                felt.failed.append(f"newcomer: {reason}")
            time.sleep(SIGN_UPS)
