"""An application's folder, held by one process; one that ends in any way gives it up."""

from __future__ import annotations

import errno
import os
import sys
import time
from pathlib import Path
from typing import IO

from protocol.errors import HamrazError, error
from storage.layout import Layout, named, require_file

if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[bytes]) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


LOCK_FILE = "lock"
PATH_LIMIT = 480  # bytes: SQLite opens no file of over 512, and says only that it can't
LOCK_TRIES = 3  # `in_use` holds the lock for a moment
LOCK_PAUSE = 0.05  # seconds
# What the system says where somebody else holds it; all else is about the file system, as that of a network may have no
# locks.
HELD = (errno.EAGAIN, errno.EACCES, errno.EDEADLK)


def hold(path: Path, layout: Layout) -> IO[bytes]:
    """Make the folder if there is none; it is ours until this file is closed. `folder_unusable`, `disk_full`,
    `not_a_folder`, `not_a_file`, `path_too_long`, `no_locks`, or `folder_in_use` while another process holds it.
    """
    if len(os.fsencode(path.absolute())) > PATH_LIMIT:
        raise error("path_too_long", limit=PATH_LIMIT)
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.listdir(path)
        require_file(path / LOCK_FILE)
        file = os.fdopen(os.open(path / LOCK_FILE, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600), "ab")
    except OSError as reason:
        raise named(reason, path) from None
    try:
        _wait_for(file, path)
        layout.check(path)
    except HamrazError:
        file.close()
        raise
    return file


def _wait_for(file: IO[bytes], path: Path) -> None:
    for more in reversed(range(LOCK_TRIES)):
        try:
            _lock(file)
            return
        except OSError as reason:
            if reason.errno not in HELD:
                raise error("no_locks", path=str(path)) from None
            if not more:
                raise error("folder_in_use", path=str(path)) from None
            time.sleep(LOCK_PAUSE)


def in_use(path: Path) -> bool:
    """True while a process holds the folder, however the one before it ended."""
    try:
        file = (path / LOCK_FILE).open("r+b")
    except OSError:
        return False
    with file:
        try:
            _lock(file)
        except OSError as reason:
            return reason.errno in HELD
    return False
