"""Commits for those whom links let in at once, which leave our user some: whoever has links and makes one account after
the other leaves more than half of what may be made in a group, and in all (section 11.2), to take them out again.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from transport.token_buckets import TokenBuckets


@dataclass(eq=False, slots=True)
class Admissions:
    """Of one user. Times are seconds of a clock that rises."""

    of_one: TokenBuckets = field(default_factory=lambda: TokenBuckets(20, 120.0))  # a class comes in one by one
    of_all: TokenBuckets = field(default_factory=lambda: TokenBuckets(100, 150.0))  # one bucket: of whatever group

    def wait(self, gid: bytes, now: float) -> float:
        """How long until this group may have one; 0 if it may."""
        return max(self.of_one.wait(gid, now), self.of_all.wait("", now))

    def spend(self, gid: bytes, now: float) -> None:
        """This group has had one."""
        self.of_one.spend(gid, now)
        self.of_all.spend("", now)
