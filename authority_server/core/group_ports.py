"""The ports of groups: bound before they are promised, kept while a group or a promise needs them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from protocol.errors import HamrazError, Refused

PROMISE_MS = 120_000  # from `chat started` to the first commit; an agent needs a second
PROMISES_EACH = 4  # of one user at a time; for a fifth the oldest is given up
COUNTED = 5_000  # a range up to this size may be full; a larger one is not counted

# Listen on a port until the returned function is called; raises `port_taken`.
Bind = Callable[[int], Callable[[], None]]


@dataclass(frozen=True, slots=True)
class Promise:
    """A port that is kept for a group that is to be, as long as who asked is connected."""

    holder: object  # the connection
    port: int
    uid: bytes
    until: int  # ms


class Ports:
    """Which port serves which groups. Touched under the authority's lock only."""

    def __init__(self, bind: Bind, first: int = 1024, last: int = 65535) -> None:
        self._bind = bind
        self.first, self.last = first, last
        self._open: dict[int, Callable[[], None]] = {}
        self._groups: dict[int, set[bytes]] = {}
        self._promises: dict[bytes, Promise] = {}
        self._foreign: set[int] = set()  # taken by others when last tried

    def start(self, holder: object, uid: bytes, gid: bytes, port: int, now: int) -> None:
        """Promise a port, in place of another one for this group: `port_not_allowed`, `port_taken` or `ports_full`."""
        self.lapse(now)
        if not self.first <= port <= self.last:
            raise Refused("port_not_allowed", first=self.first, last=self.last)
        mine = self._promises.get(gid)
        if mine is not None and mine.uid != uid:
            raise Refused("stale")
        if mine is not None and mine.port != port:
            self.give_up(gid)
        if port not in self._open:
            self._listen(port)
        elif gid not in self._promises and not self._full():
            raise Refused("port_taken", port=port)
        self._promises.pop(gid, None)  # the newest stands last
        self._promises[gid] = Promise(holder, port, uid, now + PROMISE_MS)
        own = [other for other, promise in self._promises.items() if promise.uid == uid]
        for oldest in own[:-PROMISES_EACH]:
            self.give_up(oldest)

    def promised(self, uid: bytes, gid: bytes, now: int) -> int | None:
        """The port that is kept for this user's new group."""
        self.lapse(now)
        promise = self._promises.get(gid)
        return promise.port if promise is not None and promise.uid == uid else None

    def keep(self, gid: bytes, port: int) -> None:
        """A group lives on this port from now on."""
        self._promises.pop(gid, None)
        self._groups.setdefault(port, set()).add(gid)

    def serve(self, port: int) -> bool:
        """Listen for the groups of this port again, after a start; False if somebody else has it now."""
        if port not in self._open:
            try:
                self._listen(port)
            except HamrazError:
                return False
        return True

    def lapse(self, now: int) -> None:
        """Give up ports whose promise was not kept."""
        for gid, promise in list(self._promises.items()):
            if promise.until <= now:
                self.give_up(gid)

    def give_up(self, gid: bytes) -> None:
        """This group is not to be."""
        promise = self._promises.pop(gid, None)
        if promise is None:
            return
        others = any(other.port == promise.port for other in self._promises.values())
        if not others and not self._groups.get(promise.port):
            self._open.pop(promise.port)()

    def leave(self, holder: object) -> None:
        """This connection has ended: what was promised to it is given up."""
        for gid, promise in list(self._promises.items()):
            if promise.holder is holder:
                self.give_up(gid)

    def close(self) -> None:
        """Stop listening on all of them."""
        for stop in self._open.values():
            stop()
        self._open.clear()

    def _listen(self, port: int) -> None:
        try:
            self._open[port] = self._bind(port)
            self._foreign.discard(port)
        except HamrazError:
            self._foreign.add(port)
            if self._full() and not self._ours():
                raise Refused("ports_full") from None
            raise Refused("port_taken", port=port) from None

    def _full(self) -> bool:
        """True if no port of a small range is left: then groups share the ports that are ours."""
        size = self.last - self.first + 1
        return size <= COUNTED and self._ours() + len(self._foreign - self._open.keys()) >= size

    def _ours(self) -> int:
        return sum(self.first <= port <= self.last for port in self._open)
