"""What accounts take of one whole that comes back with time: never so much that a newcomer finds nothing left.

Every function takes `now` (ms, rising); nothing here reads a clock.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from protocol.errors import Refused

KEYS_LIMIT = 10_000  # remembered by one of these: about 1 MiB
LONGEST = 3600  # seconds that anybody is told to wait: who comes earlier is told again
TRIFLE = 0.001  # of a share: so little is nothing


def part(total: float, left: float) -> float:
    """What one may have of a whole of which so much is left: half of it, times the square of the part that is left.

    One alone gets a quarter. Of n who come one after the other and take what they can, about 2 of n + 2 parts stay
    for the next: a seventh after twelve, and something after a thousand. Equal parts of what is left wouldn't do that.
    """
    return left * left / total / 2 if left > 0 else 0.0


@dataclass(slots=True)
class Shares:
    """At most `each` for one key, and at most its part of `total`; what was taken wears off in about `lapse` ms.

    It wears off exponentially: so that what all together have taken wears off just as what each has.
    """

    total: float
    each: float
    lapse: int
    _taken: dict[str, tuple[float, int]] = field(default_factory=dict)  # (how much, when)
    _all: float = 0.0
    _at: int = 0

    def taken(self, key: str, now: int) -> float:
        """What of this key's has not worn off yet."""
        amount, at = self._taken.get(key, (0.0, now))
        return amount * math.exp((at - now) / self.lapse)

    def left(self, now: int) -> float:
        """What nobody has taken."""
        return self.total - self._all * math.exp((self._at - now) / self.lapse)

    def check(self, key: str, now: int, cost: float = 1) -> None:
        """Raise `slow_down` unless this is within the key's share."""
        mine = self.taken(key, now)
        allowed = min(self.each, part(self.total, self.left(now)))
        if mine + cost > allowed:
            raise Refused("slow_down", n=self._wait(mine, allowed - cost))

    def spend(self, key: str, now: int, cost: float = 1) -> None:
        """Take so much, whether it is there or not; a negative amount gives back."""
        amount = max(0.0, self.taken(key, now) + cost)
        before = self.taken(key, now)
        self._all = max(0.0, self.total - self.left(now) + amount - before)
        self._at = now
        self._taken[key] = (amount, now)
        if len(self._taken) > KEYS_LIMIT:
            self._forget(now)

    def take(self, key: str, now: int, cost: float = 1) -> None:
        """Take so much, or raise `slow_down`."""
        self.check(key, now, cost)
        self.spend(key, now, cost)

    def _wait(self, mine: float, bearable: float) -> int:
        """Seconds until no more of it is left than that, if all others take nothing meanwhile."""
        if bearable <= 0:
            return LONGEST
        return min(LONGEST, 1 + math.ceil(self.lapse / 1000 * max(0.0, math.log(mine / bearable))))

    def _forget(self, now: int) -> None:
        """Those who have taken next to nothing; if that isn't enough, those who have taken least."""
        amounts = {key: self.taken(key, now) for key in self._taken}
        kept = {key: amount for key, amount in amounts.items() if amount > TRIFLE * self.each}
        if len(kept) > KEYS_LIMIT:
            most = sorted(kept, key=kept.__getitem__)[KEYS_LIMIT // 2 :]
            kept = {key: kept[key] for key in most}
        self._taken = {key: (amount, now) for key, amount in kept.items()}
        self._all, self._at = sum(kept.values()), now
