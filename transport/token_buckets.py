"""Token buckets: how often something may be done. They take the time and never read a clock."""

from __future__ import annotations

from collections.abc import Hashable

from transport.ready import SystemLock

REMEMBERED = 10_000  # keys: about 1 MiB


class TokenBuckets:
    """For each key a bucket of `burst` tokens that gains one every `interval`, in the unit of `now`, which rises.

    A full bucket is not stored. Any thread may call, one within a transaction too.
    """

    def __init__(self, burst: int, interval: float, owed: float = float("inf")) -> None:
        """`owed`: for so long at most a bucket that was spent from without asking gains nothing that can be taken."""
        self.burst, self._interval, self._owed = burst, interval, owed
        self._full_at: dict[Hashable, float] = {}
        self._lock = SystemLock()

    def wait(self, key: Hashable, now: float, cost: int = 1) -> float:
        """How long until there are so many tokens; 0 if there are, but for what floating-point numbers lose."""
        wait = self._full_at.get(key, 0) - now - (self.burst - cost) * self._interval
        return wait if wait > self._interval / 1_000_000 else 0

    def take_or_wait(self, key: Hashable, now: float) -> float:
        """Take one and return 0, or return how long until there is one."""
        with self._lock:
            wait = self.wait(key, now)
            if not wait:
                self._spend(key, now, 1)
            return wait

    def spend(self, key: Hashable, now: float, cost: int = 1) -> None:
        """Take as many, whether there are so many or not; a negative number gives back."""
        with self._lock:
            self._spend(key, now, cost)

    def _spend(self, key: Hashable, now: float, cost: int) -> None:
        if len(self._full_at) >= REMEMBERED:
            # still too many that owe something: forgetting them is the lesser evil
            self._full_at = {known: at for known, at in self._full_at.items() if at > now}
            if len(self._full_at) >= REMEMBERED:
                self._full_at.clear()
        full_at = max(now, self._full_at.get(key, 0)) + self._interval * cost
        self._full_at[key] = min(full_at, now + self.burst * self._interval + self._owed)

    def forget(self, key: Hashable) -> None:
        """What this key owes is forgiven."""
        self._full_at.pop(key, None)

    def __len__(self) -> int:
        """How many are not full, or were not when they were last looked at."""
        return len(self._full_at)
