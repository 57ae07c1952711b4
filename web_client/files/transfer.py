"""One file under way."""

from __future__ import annotations

from web_client.account.context import AccountContext
from web_client.account.events import FileProgress
from web_client.files.rows import File

TOLD_SECONDS = 0.25  # how often the page hears of the same file


class Stopped(Exception):
    """The person has cancelled it, or the agent ends."""


class Transfer:
    """How far it is. `done` counts chunks."""

    def __init__(self, ctx: AccountContext, file: File) -> None:
        self._ctx = ctx
        self._of = file.of
        self._told = ctx.timer()
        self.where: str | None = None
        self.done = file.have if file.owner != ctx.me.uid else 0
        self.stopped = False

    def check(self) -> None:
        """Raise Stopped if it is."""
        if self.stopped:
            raise Stopped

    def show(self, done: int) -> None:
        """So many chunks have come or gone; the page hears of it now and then."""
        self.done = done
        now = self._ctx.timer()
        if now - self._told >= TOLD_SECONDS:
            self._told = now
            self._ctx.emit(FileProgress(self._of))
