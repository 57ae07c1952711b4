"""The agent's data folder: made, checked and held by one process. Knows nothing of what lies in it."""

from __future__ import annotations

import os
import re
import sys
import time
from pathlib import Path
from typing import IO

from protocol.errors import HamrazError, error
from storage.in_place import InPlace
from storage.layout import Layout, named, require_file

if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[bytes]) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


LOCK_TRIES = 3  # `in_use` holds the lock for a moment
LOCK_PAUSE = 0.05  # seconds
LOCK_FILE = "lock"
PAGE_FILE = "page"  # where the running agent's page is
_DATABASES = tuple(name + end for name in ("vault.db", "vault.new") for end in ("", "-wal", "-shm", "-journal"))
_OURS = (LOCK_FILE, PAGE_FILE, "api-token", "authority.link", "authority.link.part", "vault.key", "vault.part")
LAYOUT = Layout((*_OURS, *_DATABASES), ("files",))
_PAGE = re.compile(r"http://(localhost|127\.0\.0\.1):[0-9]{1,5}/")


class Folder:
    """A folder that is ours until `release`; a process that ends in any way gives it up."""

    def __init__(self, path: Path) -> None:
        """`folder_unusable`, `disk_full`, `not_a_folder`, `not_a_file`, or `folder_in_use` while another process holds
        it.
        """
        self.path = path = path.absolute()
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.listdir(path)
            require_file(path / LOCK_FILE)
            self._file = os.fdopen(os.open(path / LOCK_FILE, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600), "ab")
        except OSError as failure:
            raise named(failure, path) from None
        for more in reversed(range(LOCK_TRIES)):
            try:
                _lock(self._file)
                break
            except OSError:
                if not more:
                    self._file.close()
                    raise error("folder_in_use", path=str(path)) from None
                time.sleep(LOCK_PAUSE)
        try:
            LAYOUT.check(path)
        except HamrazError:
            self._file.close()
            raise
        self._place = InPlace(path / LOCK_FILE)
        self._place.missing()  # the first look

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
            raise named(failure, self.path) from None

    def remove(self, name: str) -> None:
        """Of a folder that has gone beneath us nothing: in its place there may be another's."""
        if self._place.missing() is None:
            (self.path / name).unlink(missing_ok=True)


def in_use(path: Path) -> bool:
    """True while a process holds the folder, however the one before it ended."""
    try:
        file = (path / LOCK_FILE).open("r+b")
    except OSError:
        return False
    with file:
        try:
            _lock(file)
        except OSError:
            return True
    return False


def running_page(path: Path) -> str | None:
    """The address of the page of the agent that holds this folder now, as far as it has said so."""
    try:
        said = (path / PAGE_FILE).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return None
    return said if _PAGE.fullmatch(said) and in_use(path) else None
