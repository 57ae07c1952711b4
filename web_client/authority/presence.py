"""Who of the others is here, as far as the authority tells us (section 8.12)."""

from __future__ import annotations

from collections.abc import Collection

from web_client.account.context import AccountContext
from web_client.account.events import PersonChanged, PresenceChanged


class PresenceTracker:
    """What is known of them."""

    def __init__(self, ctx: AccountContext) -> None:
        self._ctx = ctx
        self._here: dict[bytes, tuple[bool, int]] = {}
        self._pushed: set[bytes] = set()  # of whom we have been told since we asked last

    def of(self, uid: bytes) -> tuple[bool | None, int | None]:
        """Whether somebody is here and since when (ms); None for both if it isn't known."""
        return self._here.get(uid, (None, None))

    def known(self) -> list[bytes]:
        """Of whom something is known."""
        return list(self._here)

    def note(self, online: dict[bytes, bool]) -> None:
        """Who is there now."""
        ctx = self._ctx
        for uid, here in online.items() if ctx.settings.presence else ():
            if self.of(uid)[0] != here:
                self._here[uid] = (here, ctx.clock())
                ctx.emit(PresenceChanged(uid, here))

    def pushed(self, uid: bytes, here: bool) -> None:
        """The authority tells of somebody."""
        self._pushed.add(uid)
        self.note({uid: here})

    def ask(self) -> None:
        """The authority is about to be asked who is there."""
        self._pushed = set()

    def answered(self, online: dict[bytes, bool]) -> None:
        """Who was there when it answered. What it has pushed since we asked is as new, or newer: a push behind the
        answer may be taken before whoever waits for the answer goes on.
        """
        self.note({uid: here for uid, here in online.items() if uid not in self._pushed})

    def forget(self, but: Collection[bytes] = ()) -> None:
        """Of nobody but these are we told any more who is here: we aren't shown, or watch others."""
        kept = set(but)
        gone = [uid for uid in list(self._here) if uid not in kept]
        for uid in gone:
            self._here.pop(uid, None)
            self._ctx.emit(PersonChanged(uid))
