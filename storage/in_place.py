"""Whether files that a process has open still have their names: what has lost its name is written to for nothing."""

from __future__ import annotations

import errno
import os
from pathlib import Path

NOT_THERE = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP)


class InPlace:
    """Some files, each known from the first look at which it was there."""

    def __init__(self, *paths: Path) -> None:
        self._known: dict[Path, tuple[int, int] | None] = dict.fromkeys(paths)

    def missing(self) -> Path | None:
        """The first that was there and isn't any more, or is another file now; OSError other than that is not ours."""
        for path, before in self._known.items():
            try:
                found = os.stat(path)
            except OSError as reason:
                if reason.errno not in NOT_THERE:
                    raise
                now = None
            else:
                now = (found.st_dev, found.st_ino)
            if before is None:
                self._known[path] = now
            elif now != before:
                return path
        return None

    def renew(self, path: Path) -> None:
        """This one has been replaced by ourselves."""
        self._known[path] = None
