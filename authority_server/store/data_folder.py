"""The authority's data folder: held by one process, with files that are private, and whole or not there."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from protocol.errors import error
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
_WHOLE = ("authority.key", "links", "authority.sizes", "authority.db")  # written as NAME.new, then renamed
_DATABASE = ("authority.db-wal", "authority.db-shm", "authority.db.new-journal")
LAYOUT = Layout(("lock", "room", *_WHOLE, *(name + ".new" for name in _WHOLE), *_DATABASE), ("files",))


@contextmanager
def held(path: Path) -> Iterator[Path]:
    """The folder, ours alone inside the `with`; `folder_unusable`, `folder_in_use`, `not_a_file` or `not_a_folder`.

    A process that ends in any way gives its folder up; a file of the folder that fails inside the `with` is named too.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.listdir(path)
        require_file(path / "lock")
        file = os.fdopen(os.open(path / "lock", os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600), "ab")
    except OSError as reason:
        raise named(reason, path) from None
    with file:
        for more in reversed(range(LOCK_TRIES)):
            try:
                _lock(file)
                break
            except OSError:
                if not more:
                    raise error("folder_in_use", path=str(path)) from None
                time.sleep(LOCK_PAUSE)
        LAYOUT.check(path)
        yield path


def in_use(path: Path) -> bool:
    """True while a process holds the folder, however the one before it ended."""
    try:
        file = (path / "lock").open("r+b")
    except (FileNotFoundError, NotADirectoryError):
        return False
    with file:
        try:
            _lock(file)
        except OSError:
            return True
    return False


def write_private(path: Path, content: bytes) -> None:
    """Write a 0600 file that after a power failure is the old one or the new one, never a part."""
    unfinished = path.with_name(path.name + ".new")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    move_into_place(unfinished, path)


def move_into_place(unfinished: Path, path: Path) -> None:
    """Rename a finished file and make the rename durable."""
    unfinished.replace(path)
    if sys.platform != "win32":  # there a folder can't be opened, and a rename is in the file system's journal
        handle = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
