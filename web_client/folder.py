"""The agent's data folder: made, checked and held by one process. Knows nothing of what lies in it."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path
from typing import IO

from protocol.errors import error

if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[bytes]) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


class Folder:
    """A folder that is ours until `release`; a process that ends in any way gives it up."""

    def __init__(self, path: Path) -> None:
        """`folder_unusable`, `disk_full`, or `folder_in_use` while another process holds it."""
        self.path = path
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.listdir(path)
            self._file = (path / "lock").open("ab")
        except OSError as failure:
            code = "disk_full" if failure.errno == errno.ENOSPC else "folder_unusable"
            raise error(code, path=str(path)) from None
        try:
            _lock(self._file)
        except OSError:
            self._file.close()
            raise error("folder_in_use", path=str(path)) from None

    def release(self) -> None:
        self._file.close()
