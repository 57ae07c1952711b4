"""Who of the others is here, as far as the authority tells us (section 8.12)."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from web_client.agent.session import Node


class Around:
    """What is known, and what follows when somebody comes."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._here: dict[bytes, tuple[bool, int]] = {}

    def of(self, uid: bytes) -> tuple[bool | None, int | None]:
        """Whether somebody is here and since when (ms); None for both if it isn't known."""
        return self._here.get(uid, (None, None))

    def known(self) -> list[bytes]:
        """Of whom something is known."""
        return list(self._here)

    def note(self, online: dict[bytes, bool]) -> None:
        """Who is there now; what waits for people who have come goes out."""
        node = self._node
        for uid, here in online.items() if node.settings.presence else ():
            if self.of(uid)[0] != here:
                self._here[uid] = (here, node.clock())
                if not node.blocked.has(uid):  # of whom nothing is shown
                    node.tell("person", uid)
                node.files.hurry()
                if here:
                    node.links.came(uid)
                    node.deliver_soon(uid)

    def forget(self, but: Collection[bytes] = ()) -> None:
        """Of nobody but these are we told any more who is here: we aren't shown, or watch others."""
        kept = set(but)
        gone = [uid for uid in list(self._here) if uid not in kept]
        for uid in gone:
            self._here.pop(uid, None)
            self._node.tell("person", uid)
