"""Who is connected to which group, and how news reaches all of them: encoded once, queued for each, flushed
together.
"""

from __future__ import annotations

from collections.abc import Set

from authority_server.core.client import Client
from authority_server.state.published import PublishedGroup
from protocol import frames
from protocol.errors import error
from protocol.messages import Entries, encode

FRAME_BYTES = 256 * 1024  # of entries in one push


class GroupConnections:
    """At most one connection a member and group: the newest. Touched under the authority's lock only."""

    def __init__(self) -> None:
        self._groups: dict[bytes, dict[bytes, Client]] = {}

    def enter(self, gid: bytes, uid: bytes, client: Client) -> None:
        """This connection speaks for the member from now on; an older one is told that it doesn't any more."""
        there = self._groups.setdefault(gid, {})
        before = there.get(uid)
        there[uid] = client
        client.entered.add(gid)
        if before is not None and before is not client:
            before.left(gid, "replaced")

    def leave(self, client: Client) -> None:
        """The connection has ended."""
        for gid in client.entered:
            self._take_out(gid, client.known)
        client.entered.clear()

    def _take_out(self, gid: bytes, uid: bytes) -> Client:
        there = self._groups[gid]
        client = there.pop(uid)
        if not there:
            del self._groups[gid]
        return client

    def sizes(self) -> dict[bytes, int]:
        """How many are connected to each group, as far as there is anybody."""
        return {gid: len(there) for gid, there in self._groups.items()}

    def clients(self) -> set[Client]:
        """All that are connected to any."""
        return {client for there in self._groups.values() for client in there.values()}

    def connected(self, gid: bytes) -> int:
        """How many are connected to one group."""
        return len(self._groups.get(gid, {}))

    def expel(self, gid: bytes, uids: set[bytes]) -> None:
        """These are no members any more, and are told so."""
        for uid in uids & self._groups.get(gid, {}).keys():
            self._take_out(gid, uid).left(gid, "not_member")

    def dismiss(self, uid: bytes) -> None:
        """This account's key counts no more: none of its connections does."""
        for client in {there[uid] for there in self._groups.values() if uid in there}:
            client.fail(error("revoked"))
            self.leave(client)

    def deliver(self, gid: bytes, now: PublishedGroup, entries: list[tuple[int, bytes]]) -> None:
        """Push new entries to everybody who has joined."""
        if gid in self._groups:
            for start, raws in _parts(entries):
                self.push_to(gid, now.joined, encode(Entries(gid, start, raws, now.chain)))

    def push_to(self, gid: bytes, uids: Set[bytes], body: bytes) -> None:
        """Send one body to those of these who are connected, in a frame that is encoded once for all."""
        frame = frames.encode(body)
        # a copy: whoever is too slow is cut off, and may leave the group, meanwhile
        for uid, client in list(self._groups.get(gid, {}).items()):
            if uid in uids:
                client.push_frame(frame)


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
