"""Whose turn it is: who asks for much at once is carried out one after the other, and takes half of the time at most.

An account (or the place of who isn't known yet) that asks one thing after the other, each when the one before it has
been answered, is quick until it has used up a burst of units (section 11.1); one that asks before that, or on several
connections at once, has a much smaller one. Beyond it, it stands in the slow lane with all others like it: there,
turns are shared out by what they cost.
"""

from __future__ import annotations

import heapq
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from protocol.charge import UNIT_SECONDS
from protocol.errors import Unreachable
from transport.token_buckets import TokenBuckets

BURST, RATE = 4_000, 400  # units at once, then in a second: some 1,000 small requests, then 40 messages a second
# The same for what is asked at once: a log-in with ten groups, then a person's everyday.
AT_ONCE, AT_ONCE_RATE = 200, 50
FRESH = 60  # units of one connection: a handshake and all it takes to sign up and log in
# A lane goes on after so many times as long as a turn took, or should have taken: accounts have two fifths of the time;
# and places, where newcomers stand too, two sevenths, which no account can take from them.
ACCOUNTS_SHARE, PLACES_SHARE = 2.5, 3.5
LONGEST = 1.0  # seconds of such a wait
PATIENCE_SECONDS = 10.0  # in the places' lane: whoever is called from there has given up by then
# So many seconds after anybody who isn't slow was carried out, lanes leave time for the next. While nobody else asks
# for anything, one after the other is enough: whoever comes finds one turn before theirs, and the lanes wait again.
ALONE = 0.1
TOGETHER = 0.002  # seconds: what who doesn't wait for answers has asked already is one turn then, for so long
SIGN_OF_LIFE = 1  # units: that somebody is there is no reason to leave time
OWED = 10.0  # seconds of a bucket's rate that can be owed: who has flooded for an hour isn't slow for a day

Clock = Callable[[], float]
Account = bytes | str  # a uid, or the place of who isn't known yet


class Turn:
    """What is being carried out; whoever does so says what it costs."""

    def __init__(self, until: float) -> None:
        self.units = 0
        self.until = until  # when it doesn't go on


class _Line:
    """One account's connections that wait: those who have just come first, of them who is furthest, and of these the
    newest, so that many who come again and again only wait behind themselves.
    """

    def __init__(self, start: float) -> None:
        self.start = start
        self.waiting: list[tuple[bool, int, int, threading.Event]] = []


class _Lane:
    """Who is slow goes here, one after the other; what it costs shares out the turns. `lock` is held around each call.

    Whoever is in it calls `leave`, waits for so long, and calls `next`.
    """

    def __init__(self, share: float) -> None:
        self._share = share
        self.taken = False  # somebody is in it, or it waits
        self.lines: dict[Account, _Line] = {}
        self._order: list[tuple[float, int, Account]] = []
        self._ahead: dict[Account, float] = {}  # what accounts have had beyond the round
        self._round = 0.0
        self._number = 0

    def enter(self, account: Account, spent: int) -> threading.Event | None:
        """What to wait for; None if it is one's turn."""
        if not self.taken:
            self.taken = True
            return None
        event = threading.Event()
        line = self.lines.get(account)
        if line is None:
            line = self.lines[account] = _Line(max(self._round, self._ahead.pop(account, 0.0)))
            self._stand(account, line)
        self._number += 1
        worn = spent > FRESH
        place = (worn, 0, self._number) if worn else (worn, -spent, -self._number)
        heapq.heappush(line.waiting, (*place, event))
        return event

    def give_up(self, account: Account, event: threading.Event) -> None:
        """Who waited for it waits no more."""
        line = self.lines[account]
        line.waiting = [one for one in line.waiting if one[-1] is not event]
        heapq.heapify(line.waiting)
        if not line.waiting:
            self._order = [one for one in self._order if one[-1] != account]
            heapq.heapify(self._order)
            del self.lines[account]
            self._ahead[account] = line.start

    def leave(self, account: Account, units: int, seconds: float) -> float:
        """A turn is over that took so long; for how many seconds the lane waits."""
        line = self.lines.get(account)
        if line is not None:
            line.start += units
            self._order = [(start, n, who) for start, n, who in self._order if who != account]
            heapq.heapify(self._order)
            self._stand(account, line)
        else:
            self._ahead[account] = max(self._round, self._ahead.get(account, 0.0)) + units
        return min(LONGEST, max(0.0, self._share * max(seconds, units * UNIT_SECONDS) - seconds))

    def next(self) -> None:
        """Let in who is next."""
        if not self._order:
            self.taken = False
            self._round = 0.0
            self._ahead.clear()
            return
        self._round, _number, account = self._order[0]
        line = self.lines[account]
        event = heapq.heappop(line.waiting)[-1]
        if not line.waiting:
            heapq.heappop(self._order)
            del self.lines[account]
            self._ahead[account] = line.start
        event.set()

    def _stand(self, account: Account, line: _Line) -> None:
        self._number += 1
        heapq.heappush(self._order, (line.start, self._number, account))


class Turns:
    """For all listeners of one process together. Time is in seconds; no lock is held while anybody is carried out."""

    def __init__(self, now: Clock = time.monotonic, sleep: Callable[[float], None] = time.sleep) -> None:
        self._now = now
        self._sleep = sleep
        self._lock = threading.Lock()
        self._all = TokenBuckets(BURST, 1 / RATE, OWED)
        self._hasty = TokenBuckets(AT_ONCE, 1 / AT_ONCE_RATE, OWED)
        self._here: Counter[Account] = Counter()  # connections of an account that are in a turn, or wait for one
        self.accounts, self.places = _Lane(ACCOUNTS_SHARE), _Lane(PLACES_SHARE)
        self._asked = 0.0  # when somebody was carried out who isn't slow

    @contextmanager
    def turn(self, account: Account, spent: int = 0, patient: bool = True) -> Iterator[Turn]:
        """Inside, this account is carried out. `spent`: units of this connection so far, more than FRESH for one that
        has been refused something; `patient`: it has waited for the answer to what it asked before. Unreachable for
        who isn't known, and has waited for longer than anybody waits for an answer.
        """
        lane = self.places if isinstance(account, str) else self.accounts
        with self._lock:
            patient = patient and not self._here[account]
            self._here[account] += 1
            slow = self.is_slow(account, patient)
            event = lane.enter(account, spent) if slow else None
        if event is not None and not event.wait(PATIENCE_SECONDS if lane is self.places else None):
            with self._lock:
                if not event.is_set():  # or it was its turn after all
                    lane.give_up(account, event)
                    self._gone(account)
                    raise Unreachable("timed_out")
        began = self._now()
        turn = Turn(began + TOGETHER if not patient and began - self._asked > ALONE else began)
        try:
            yield turn
        finally:
            self.spend(account, turn.units, patient)
            now = self._now()
            with self._lock:
                pause = lane.leave(account, turn.units, now - began) if slow else 0.0
                if not slow and turn.units > SIGN_OF_LIFE:
                    self._asked = now
                elif slow and began - self._asked > ALONE:
                    pause, slow = 0.0, False
                    lane.next()
            if pause or not patient:  # who is patient waits for what comes next anyway
                self._sleep(pause)  # if it is 0: others have a turn before this connection's next one
            with self._lock:
                if slow:
                    lane.next()
                self._gone(account)

    def _gone(self, account: Account) -> None:
        self._here[account] -= 1
        if not self._here[account]:
            del self._here[account]

    def goes_on(self, turn: Turn) -> bool:
        """Whether the same connection may have the next one carried out that it has sent."""
        return self._now() < turn.until

    def spend(self, account: Account, units: int, patient: bool = True) -> None:
        """Charge units to an account, outside of a turn too."""
        now = self._now()
        self._all.spend(account, now, units)
        if not patient:
            self._hasty.spend(account, now, units)

    def is_slow(self, account: Account, patient: bool = True) -> bool:
        """Whether its burst is used up."""
        now = self._now()
        return bool(self._all.wait(account, now, 0) or (not patient and self._hasty.wait(account, now, 0)))
