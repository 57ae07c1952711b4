"""Whether the disk takes what the authority writes: said in the log once when it stops and once when it goes on."""

from __future__ import annotations

import logging

from protocol.errors import Damaged

SAID_AGAIN_MS = 60_000  # while it lasts

log = logging.getLogger("hamraz.authority")


class Health:
    """What the last writes have come to. Knows no disk: whoever writes says how it went."""

    def __init__(
        self, meanwhile: str = "Nothing is acknowledged meanwhile", again: str = "the disk takes writes again"
    ) -> None:
        self._meanwhile, self._again = meanwhile, again
        self.trouble: Damaged | None = None
        self.since = 0  # ms
        self.refused = 0  # requests since then
        self._said = 0

    @property
    def final(self) -> bool:
        """A damaged database isn't repaired by waiting: nothing more is written to it."""
        return self.trouble is not None and self.trouble.code == "database_damaged"

    def failed(self, reason: Damaged, requests: int, now: int) -> None:
        """So many requests were refused for this reason."""
        if self.trouble is None:
            self.since, self.refused = now, 0
        new = self.trouble is None or self.trouble.code != reason.code
        if not self.final:
            self.trouble = reason
        self.refused += requests
        if new or now - self._said >= SAID_AGAIN_MS:
            self._said = now
            log.error(
                f"%(event)s {self._meanwhile}; %(refused)d requests refused so far.",
                {"event": reason, "code": reason.code, "refused": self.refused},
            )

    def worked(self, now: int) -> None:
        """The disk has taken something again."""
        if self.trouble is None or self.final:
            return
        log.warning(
            f"{self._again}, after %(seconds)d s; %(refused)d requests were refused, and are made again",
            {"seconds": (now - self.since) // 1000, "refused": self.refused},
        )
        self.trouble = None
