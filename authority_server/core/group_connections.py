"""Who is connected to which group, and how news reaches all of them: encoded once, queued for each, flushed
together.
"""

from __future__ import annotations

from collections.abc import Set

from authority_server.core.client import Caller
from authority_server.state.published import PublishedGroup
from protocol import frames
from protocol.errors import error
from protocol.messages import Entries, encode

FRAME_BYTES = 256 * 1024  # of entries in one push


class GroupConnections:
    """At most one connection a member and group: the newest. Touched under the authority's lock only."""

    def __init__(self) -> None:
        self._groups: dict[bytes, dict[bytes, Caller]] = {}

    def enter(self, gid: bytes, uid: bytes, caller: Caller) -> None:
        """This connection speaks for the member from now on; an older one is told that it doesn't any more."""
        there = self._groups.setdefault(gid, {})
        before = there.get(uid)
        there[uid] = caller
        caller.entered.add(gid)
        if before is not None and before is not caller:
            before.left(gid, "replaced")

    def leave(self, caller: Caller) -> None:
        """The connection has ended."""
        for gid in caller.entered:
            self._take_out(gid, caller.known)
        caller.entered.clear()

    def _take_out(self, gid: bytes, uid: bytes) -> Caller:
        there = self._groups[gid]
        caller = there.pop(uid)
        if not there:
            del self._groups[gid]
        return caller

    def sizes(self) -> dict[bytes, int]:
        """How many are connected to each group, as far as there is anybody."""
        return {gid: len(there) for gid, there in self._groups.items()}

    def connected(self, gid: bytes) -> int:
        """How many are connected to one group."""
        return len(self._groups.get(gid, {}))

    def expel(self, gid: bytes, uids: set[bytes]) -> None:
        """These are no members any more, and are told so."""
        for uid in uids & self._groups.get(gid, {}).keys():
            self._take_out(gid, uid).left(gid, "not_member")

    def dismiss(self, uid: bytes) -> None:
        """This account's key counts no more: none of its connections does."""
        for caller in {there[uid] for there in self._groups.values() if uid in there}:
            caller.fail(error("revoked"))
            self.leave(caller)

    def deliver(self, gid: bytes, now: PublishedGroup, entries: list[tuple[int, bytes]]) -> None:
        """Push new entries to everybody who has joined."""
        if gid in self._groups:
            for start, raws in _parts(entries):
                self.push_to(gid, now.joined, encode(Entries(gid, start, raws, now.chain)))

    def push_to(self, gid: bytes, uids: Set[bytes], body: bytes) -> None:
        """Send one body to those of these who are connected, in a frame that is encoded once for all."""
        frame = frames.encode(body)
        # a copy: whoever is too slow is cut off, and may leave the group, meanwhile
        for uid, caller in list(self._groups.get(gid, {}).items()):
            if uid in uids:
                caller.push_frame(frame)


def _parts(entries: list[tuple[int, bytes]]) -> list[tuple[int, list[bytes]]]:
    """(first place, entries) of each frame."""
    parts: list[tuple[int, list[bytes]]] = []
    size = FRAME_BYTES
    for n, raw in entries:
        size += len(raw)
        if size > FRAME_BYTES:
            parts.append((n, []))
            size = len(raw)
        parts[-1][1].append(raw)
    return parts
