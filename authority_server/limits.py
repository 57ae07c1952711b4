"""How often something may be tried. Every function takes `now` (ms, rising); nothing here reads a clock."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field

from protocol.errors import Refused

KEYS_LIMIT = 10_000  # addresses remembered by one limit: about 1 MiB


@dataclass(slots=True)
class Limit:
    """For each key a bucket of `burst` tries that gains one every `interval` ms; a full bucket is not stored."""

    burst: int
    interval: int
    _full_at: dict[str, int] = field(default_factory=dict)

    def check(self, key: str, now: int) -> None:
        """Raise `slow_down` if the bucket is empty."""
        wait = self._full_at.get(key, 0) - now - (self.burst - 1) * self.interval
        if wait > 0:
            raise Refused("slow_down", n=-(-wait // 1000))

    def spend(self, key: str, now: int, cost: int = 1) -> None:
        """Take as many tries, whether there are so many or not."""
        if len(self._full_at) >= KEYS_LIMIT:
            # still too many that owe something: forgetting them is the lesser evil, the limits on all together hold
            self._full_at = {key: at for key, at in self._full_at.items() if at > now}
            if len(self._full_at) >= KEYS_LIMIT:
                self._full_at.clear()
        self._full_at[key] = max(now, self._full_at.get(key, 0)) + self.interval * cost

    def take(self, key: str, now: int) -> None:
        """Take one try, or raise `slow_down`."""
        self.check(key, now)
        self.spend(key, now)

    def owes(self, key: str, now: int) -> bool:
        """True unless the bucket is full."""
        return self._full_at.get(key, 0) > now


ALL = ""  # the key of a limit on everybody together


@dataclass(slots=True)
class Limits:
    """Every limit of the authority. A class of 40 agents on one machine, or a demo, reaches none of them."""

    # Asking and signing up cost an honest person two tries, and two more for each mistake.
    sign_up: Limit = field(default_factory=lambda: Limit(160, 1_000))
    # Only those who know the invitation use this one up. 20 a second would fill a log with 70,000 names an hour.
    sign_up_all: Limit = field(default_factory=lambda: Limit(1_000, 50))
    # Only failures cost anything: a whole class that comes back after a restart is no attack.
    log_in: Limit = field(default_factory=lambda: Limit(20, 1_000))
    log_in_all: Limit = field(default_factory=lambda: Limit(200, 50))
    # What a member may make the disk write: a bulk change of 200 roles passes, a loop does not.
    change: Limit = field(default_factory=lambda: Limit(300, 200))

    # A whole outbox of 200 messages for each of five people at once; then ten a second.
    deposit: Limit = field(default_factory=lambda: Limit(1_000, 100))

    # An agent says once a second at most, in each group, how far it has got; twice as often is no mistake yet.
    seen: Limit = field(default_factory=lambda: Limit(20, 500))
    # Who writes says so every three seconds; faster is not worth a word.
    typing: Limit = field(default_factory=lambda: Limit(5, 1_000))
    # Frames that typing makes in one group: 1,000 a second are a twentieth of what the authority can send.
    typing_frames: Limit = field(default_factory=lambda: Limit(2_000, 1))

    def check_log_in(self, remote: str, now: int) -> None:
        """Raise `slow_down` after too many failures from there; others' failures count only for who had some too."""
        place = place_of(remote)
        self.log_in.check(place, now)
        if self.log_in.owes(place, now):
            self.log_in_all.check(ALL, now)

    def log_in_failed(self, remote: str, now: int) -> None:
        self.log_in.spend(place_of(remote), now)
        self.log_in_all.spend(ALL, now)


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
