"""The agent's data folder: made, checked and held by one process. Knows nothing of what lies in it."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path
from typing import IO

from protocol.errors import HamrazError, error

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
            raise _named(failure, path) from None
        try:
            _lock(self._file)
        except OSError:
            self._file.close()
            raise error("folder_in_use", path=str(path)) from None

    def release(self) -> None:
        self._file.close()

    def save(self, name: str, text: str) -> None:
        """Write a file that only its owner may read; `folder_unusable` or `disk_full`."""
        try:
            # The file of an earlier run may be open somewhere, or not be 0600 any more: never write into it.
            self.remove(name)
            number = os.open(self.path / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with open(number, "w", encoding="utf-8") as file:
                file.write(text)
        except OSError as failure:
            raise _named(failure, self.path) from None

    def remove(self, name: str) -> None:
        (self.path / name).unlink(missing_ok=True)


def _named(failure: OSError, path: Path) -> HamrazError:
    return error("disk_full" if failure.errno == errno.ENOSPC else "folder_unusable", path=str(path))
