"""How many connections there may be, and who gives way: those who take longest to prove who they are."""

from __future__ import annotations

import contextlib
import functools
import ipaddress
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager

from protocol.errors import HamrazError
from transport import threads
from transport.threads import Troubles
from transport.token_buckets import TokenBuckets
from transport.turns import Turn, Turns

# Connections of one address that say something, at once; then one in so many seconds: as many as one can shake hands
# with, beside others.
BURST, INTERVAL = 1_000, 0.005
PATIENCE_SECONDS = 10.0  # whoever calls has given up by then


class Place:
    """One connection's, from its first byte on and before. `cut` ends it from any thread; set once there is something
    to be cut.
    """

    def __init__(self, places: Places, address: str) -> None:
        self.address = address
        self.units = 0  # charged before there is a session
        self.given_up = False
        self._places = places
        self._cut: Callable[[], None] | None = None

    def turn(self) -> AbstractContextManager[Turn]:
        """A turn for who isn't known yet."""
        return self._places.turns.turn(self.address, self.units)

    def let_in(self, go: Callable[[], None], turn_away: Callable[[], None], troubles: Troubles) -> None:
        """Whoever has it has said something: `go()`, at once or later, in any thread; or `turn_away()`, if others have
        come meanwhile.
        """
        self._places.let_in(self, go, turn_away, troubles)

    def on_give_up(self, cut: Callable[[], None]) -> None:
        """How to end this connection, from now on."""
        self._cut = cut
        if self.given_up:  # meanwhile
            cut()

    def give_up(self) -> None:
        """Somebody else needs the place more."""
        self.given_up = True
        if self._cut is not None:
            self._cut()

    def keep(self) -> None:
        """Until it is said anew how to end this connection, it can't be ended."""
        self._cut = None

    def prove(self) -> None:
        """Whoever has it has said who they are: it is theirs for as long as they stay."""
        self._places.proven(self)

    def leave(self) -> None:
        self._places.left(self)


class Places:
    """For one listener, or several together. A stranger is refused a place only if all belong to who is known; but of
    one address, whoever has said something is let in when it is its turn: now the newest, as who calls once may be
    beside many who wait, now who has waited longest, as others may call again at once when they have been let in, and
    be the newest again and again. So of the thousand that may wait nobody waits in vain.

    An attacker who holds many half-open connections loses the oldest of them to each newcomer, and those of one address
    lose their own first: an honest caller needs a place for less than a second. Of one address there may be more than a
    dozen people bring who each call as often as they may (64): who else comes from there finds a place beside them.
    """

    def __init__(self, most: int, strangers: int = 2_000, of_one: int = 1_000, turns: Turns | None = None) -> None:
        self.turns = turns or Turns()
        self._most = most
        self._strangers_limit = min(strangers, most)
        self._of_one = of_one
        self._lock = threading.Lock()
        self._taken = 0
        self._strangers: dict[Place, None] = {}  # oldest first
        self._of: Counter[str] = Counter()
        self._calls = TokenBuckets(BURST, INTERVAL)
        # those who have said something, oldest first, by address: since when, and how they are let in
        self._outside: dict[str, dict[Place, tuple[float, Callable[[], None]]]] = {}
        self._letting_in = False  # a thread does so
        self._newest = True  # goes first when the next ones are let in, and not the oldest

    def enter(self, address: str) -> Place | None:
        """A place for a stranger, who may say nothing and leave: that costs no token. None if there is none."""
        address = place_of(address)
        with self._lock:
            victim = None
            if self._of[address] >= self._of_one:
                victim = next(place for place in self._strangers if place.address == address)
            elif len(self._strangers) >= self._strangers_limit or self._taken >= self._most:
                victim = next(iter(self._strangers), None)
                if victim is None:
                    return None
            if victim is not None:
                self._forget(victim)
            place = Place(self, address)
            self._strangers[place] = None
            self._of[address] += 1
            self._taken += 1
        if victim is not None:
            victim.give_up()
        return place

    def let_in(self, place: Place, go: Callable[[], None], turn_away: Callable[[], None], troubles: Troubles) -> None:
        """See `Place.let_in`."""
        with self._lock:
            gone, now = place not in self._strangers, time.monotonic()  # gone: others have come meanwhile
            # where others wait, a token is for whose turn it is, and not for who comes just then
            others = place.address in self._outside
            waits = not gone and (others or bool(self._calls.take_or_wait(place.address, now)))
            if waits:
                place.on_give_up(turn_away)
                self._outside.setdefault(place.address, {})[place] = now, go
            else:
                place.keep()
            start = waits and not self._letting_in
            self._letting_in |= start
        if start:
            threads.spawn("listener", self._let_all_in, troubles, troubles)
        if gone:
            turn_away()
        elif not waits:
            go()

    def _let_all_in(self, troubles: Troubles) -> None:
        """Until nobody waits any more."""
        while self._letting_in:
            time.sleep(INTERVAL)
            with contextlib.suppress(HamrazError), troubles.guard("listener"):
                for do in self._next():
                    with contextlib.suppress(HamrazError), troubles.guard("connection", once=True):
                        do()
                    time.sleep(0)  # of many addresses there may be many: one handshake, and others have a turn
            with self._lock:  # not before: whoever has come meanwhile has begun no other thread
                self._letting_in = bool(self._outside)

    def _next(self) -> list[Callable[[], None]]:
        """What lets in those whose turn it is, and ends those who have waited for too long."""
        now, found = time.monotonic(), list[Callable[[], None]]()
        with self._lock:
            newest = self._newest
            for address, waiting in list(self._outside.items()):
                while waiting and not self._calls.take_or_wait(address, now):
                    place = next(reversed(waiting) if newest else iter(waiting))
                    _since, go = waiting.pop(place)
                    place.keep()
                    found.append(go)
                    self._newest = not newest
                oldest = next(iter(waiting), None)
                if oldest is not None and waiting[oldest][0] + PATIENCE_SECONDS < now:
                    self._forget(oldest)
                    found.append(oldest.give_up)
                if not waiting:
                    self._outside.pop(address, None)
        return found

    def proven(self, place: Place) -> None:
        with self._lock:
            self._forget(place)

    def left(self, place: Place) -> None:
        with self._lock:
            self._forget(place)
            self._taken -= 1

    def _forget(self, place: Place) -> None:
        """No stranger any more."""
        if place in self._strangers:
            del self._strangers[place]
            self._of[place.address] -= 1
            if not self._of[place.address]:
                del self._of[place.address]
            self._outside.get(place.address, {}).pop(place, None)


@functools.lru_cache(4096)
def place_of(remote: str) -> str:
    """What counts as one place: an IPv4 address, or an IPv6 network of 64 bits, which one machine may have whole."""
    try:
        address = ipaddress.ip_address(remote.partition("%")[0])
    except ValueError:
        return remote
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, 64), strict=False))
