"""How often something may be tried, and how much of what lasts one may take (section 11.2).

Every function takes `now` (ms, rising); nothing here reads a clock.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

from protocol.errors import Refused
from protocol.shares import Shares
from transport.places import place_of
from transport.token_buckets import TokenBuckets

HOUR = 3_600_000  # ms
DAY = 24 * HOUR
MIB = 1024 * 1024


class Limit(TokenBuckets):
    """The same, in ms, that says `slow_down`."""

    def check(self, key: str, now: int) -> None:
        """Raise `slow_down` if the bucket is empty."""
        if wait := self.wait(key, now):
            raise Refused("slow_down", n=math.ceil(wait / 1000))

    def take(self, key: str, now: int) -> None:
        """Take one try, or raise `slow_down`."""
        self.check(key, now)
        self.spend(key, now)


@dataclass(slots=True)
class Limits:
    """Every limit of the authority beside the charges. A class of 40 on one machine, or a demo, reaches none of them.

    What costs little is not here, however often it comes: it waits for its turn (section 11.1).
    """

    # Accounts that are made from one place: two classes at once, then one a second; and all places together.
    sign_ups: Shares = field(default_factory=lambda: Shares(2_000, 160, 160_000))
    # The same for a connection's first try, when the others of its place have used up theirs with one try after the
    # other: whoever is new there still comes in.
    first_sign_ups: Limit = field(default_factory=lambda: Limit(60, 500))
    sure: bool = True  # a failure is one: no other node knows better
    # Proofs that don't hold, by place and account: who has the right one is never asked how others have failed.
    failures: Limit = field(default_factory=lambda: Limit(20, 1_000))
    # Lines about them in the operator's log, by place.
    failure_lines: Limit = field(default_factory=lambda: Limit(20, 60_000))

    # What stays in the log for good, at every agent.
    own_keys: Limit = field(default_factory=lambda: Limit(8, 8 * HOUR))  # a bad week; then three a day
    recoveries: Limit = field(default_factory=lambda: Limit(8, 8 * HOUR))  # apart from what a thief has used up
    recovery_keys: Limit = field(default_factory=lambda: Limit(8, 8 * HOUR))  # an account's own
    endings: Limit = field(default_factory=lambda: Limit(200, 60_000))  # what an admin does to others' accounts
    roles: Limit = field(default_factory=lambda: Limit(2_000, 30_000))  # a whole school at once
    # Commits, by account: a class's groups at the beginning of term, then 50 an hour; and everybody together.
    entries: Shares = field(default_factory=lambda: Shares(6_000, 300, 6 * HOUR))
    commits: Limit = field(default_factory=lambda: Limit(60, 60_000))  # by account and group
    # Bytes that stay in groups' chains: 250,000 messages of one account a day.
    chains: Shares = field(default_factory=lambda: Shares(2_048 * MIB, 256 * MIB, DAY))

    profiles: Limit = field(default_factory=lambda: Limit(20, 60_000))  # who tries pictures on; the last one stays

    # Ports that are proposed: each try binds one.
    ports: Limit = field(default_factory=lambda: Limit(300, 200))
    # An agent says once a second at most, in each group, how far it has got; twice as often is no mistake yet.
    seen: Limit = field(default_factory=lambda: Limit(20, 500))
    # Who writes says so every three seconds; faster is not worth a word.
    typing: Limit = field(default_factory=lambda: Limit(5, 1_000))
    # Frames that typing makes in one group: 1,000 a second are a twentieth of what the authority can send.
    typing_frames: Limit = field(default_factory=lambda: Limit(2_000, 1))

    def commit(self, uid: bytes, gid: bytes, size: int, now: int) -> Callable[[], None]:
        """Charge a commit of so many bytes, its grants among them; how to give it back. `slow_down`."""
        who, there = uid.hex(), (uid + gid).hex()
        self.commits.check(there, now)
        self.entries.check(who, now)
        self.chains.take(who, now, size)
        self.commits.spend(there, now)
        self.entries.spend(who, now)

        def back() -> None:
            self.commits.spend(there, now, -1)
            self.entries.spend(who, now, -1)
            self.chains.spend(who, now, -size)

        return back

    def written(self, limit: str, key: str, amount: int, now: int) -> None:
        """Another node has let it be written: it is there, within the limit or not."""
        getattr(self, limit).spend(key, now, amount)
        if limit == "recoveries":
            self.own_keys.forget(key)

    def failed(self, remote: str, uid: bytes, now: int) -> bool:
        """A proof for this account didn't hold. `slow_down` if that came often; else whether it is worth a line."""
        if not self.sure:
            return False
        place = place_of(remote)
        self.failures.take(f"{place} {uid.hex()}", now)
        try:
            self.failure_lines.take(place, now)
        except Refused:
            return False
        return True
