"""Turns at changing a group (section 9.7): while a member of rank has one, nobody else's commit goes before theirs, and
its members' own new keys wait. Touched under the authority's lock, except for `of`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from authority_server.core.client import Client
from protocol.errors import Refused

HOLD_MS = 5_000  # a commit to 2,000 members takes an agent 2 s
WAITING_MS = 2_000  # who hasn't asked for so long doesn't wait any more: agents ask again within a second
REST_MS = 60_000  # a member whose new key has waited once isn't made to wait again


@dataclass(frozen=True, slots=True)
class Hold:
    """Whose turn it is, on which connection, and for how long."""

    client: Client | None  # None: at another node
    uid: bytes
    until: int  # ms


@dataclass(slots=True)
class Holds:
    """Who has a turn in which group, who waits for one, and what waits until it is over."""

    _now: dict[bytes, Hold] = field(default_factory=dict)
    _waiting: dict[bytes, dict[bytes, int]] = field(default_factory=dict)  # of each group: uid, and when it last asked
    _later: list[tuple[bytes, bytes, Callable[[], None]]] = field(default_factory=list)  # (gid, uid, what)
    _rested: dict[bytes, int] = field(default_factory=dict)  # uid: until when its new keys don't wait again, in ms

    def take(self, gid: bytes, client: Client, now: int) -> None:
        """It is the client's turn from now on, or still; in the order of asking; `group_held` with the seconds."""
        uid, held = client.known, self._now.get(gid)
        if held is not None and held.until > now and held.uid == uid:
            return
        waiting = self._waiting.setdefault(gid, {})
        for one, asked in list(waiting.items()):
            if asked + WAITING_MS <= now:
                del waiting[one]
        waiting.setdefault(uid, now)
        waiting[uid] = now  # its place stays
        if held is not None and held.until > now:
            raise Refused("group_held", n=-(-(held.until - now) // 1000))
        if held is not None and held.uid == uid and len(waiting) > 1:
            waiting[uid] = waiting.pop(uid)  # had a turn and didn't use it: behind the others
        if next(iter(waiting)) != uid:
            raise Refused("group_held", n=1)
        del waiting[uid]
        self._now[gid] = Hold(client, uid, now + HOLD_MS)

    def note(self, gid: bytes, uid: bytes, now: int, ms: int) -> None:
        """It is somebody's turn at another node, for so long; 0: no more."""
        if ms <= 0:
            self.give_up(gid, uid)
        elif self.of(gid, uid, now) == 0:
            self._now[gid] = Hold(None, uid, now + min(ms, HOLD_MS))

    def of(self, gid: bytes, uid: bytes, now: int) -> int:
        """For how many ms more it is another's turn. From any thread."""
        held = self._now.get(gid)
        return 0 if held is None or held.uid == uid else max(0, held.until - now)

    @property
    def held(self) -> list[bytes]:
        """The groups in which somebody has had a turn lately."""
        return list(self._now)

    @property
    def delayed(self) -> int:
        """How many new keys wait."""
        return len(self._later)

    def give_up(self, gid: bytes, uid: bytes) -> None:
        """This one's turn is over: its commit is there, or there won't be one."""
        held = self._now.get(gid)
        if held is not None and held.uid == uid:
            del self._now[gid]

    def leave(self, client: Client) -> None:
        """This connection has ended, and its turns with it."""
        for gid, held in list(self._now.items()):
            if held.client is client:
                del self._now[gid]

    def delay(self, uid: bytes, gids: list[bytes], now: int, later: Callable[[], None]) -> bool:
        """Whether a new key of this account's waits, because it is another's turn in one of its groups: `later` is
        called once that is over, some 5 s from now at the latest.
        """
        if self._rested.get(uid, 0) > now:
            return False
        gid = next((gid for gid in gids if self.of(gid, uid, now) > 0), None)
        if gid is None:
            return False
        self._rested = {one: until for one, until in self._rested.items() if until > now}
        self._rested[uid] = now + REST_MS
        self._later.append((gid, uid, later))
        return True

    def look(self, now: int) -> None:
        """Let go on what waited for a turn that is over; called now and then, and never while a batch is settled."""
        waited, self._later = self._later, []
        for gid, uid, later in waited:
            if self.of(gid, uid, now) > 0:
                self._later.append((gid, uid, later))
            else:
                later()
