"""Who is connected to which group, and how news reaches all of them: encoded once, queued for each, flushed
together.
"""

from __future__ import annotations

from authority_server.caller import Caller
from protocol import frames
from protocol.errors import error
from protocol.groups import Group
from protocol.messages import Entries, encode
from protocol.statements import Signed

FRAME_BYTES = 256 * 1024  # of entries in one push


class Rooms:
    """At most one connection a member and group: the newest. Touched under the authority's lock only."""

    def __init__(self) -> None:
        self._rooms: dict[bytes, dict[bytes, Caller]] = {}

    def enter(self, gid: bytes, uid: bytes, caller: Caller) -> None:
        """This connection speaks for the member from now on; an older one is closed."""
        room = self._rooms.setdefault(gid, {})
        before = room.get(uid)
        room[uid] = caller
        if before is not None and before is not caller:
            before.fail(error("replaced"))

    def leave(self, gid: bytes, uid: bytes, caller: Caller) -> None:
        """The connection has ended."""
        room = self._rooms.get(gid)
        if room is not None and room.get(uid) is caller:
            del room[uid]
            if not room:
                del self._rooms[gid]

    def expel(self, gid: bytes, uids: set[bytes]) -> None:
        """These are no members any more: their connections end, and they are told why."""
        room = self._rooms.get(gid, {})
        for uid in uids & room.keys():
            room.pop(uid).fail(error("not_member"))

    def deliver(self, group: Group, entries: list[tuple[int, bytes]], chain: Signed) -> None:
        """Push new entries to everybody who has joined, in frames that are encoded once for all."""
        room = self._rooms.get(group.gid)
        if not room:
            return
        callers = [caller for uid, caller in room.items() if group.is_in(uid)]
        for start, raws in _parts(entries):
            frame = frames.encode(encode(Entries(group.gid, start, raws, chain)))
            for caller in callers:
                caller.push_frame(frame)

    def push(self, group: Group, body: bytes) -> None:
        """Send one body to everybody who has joined."""
        frame = frames.encode(body)
        for uid, caller in self._rooms.get(group.gid, {}).items():
            if group.is_in(uid):
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
