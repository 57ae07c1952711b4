"""What SQLite's words for a disk that doesn't take something mean: its own are the same for three different things."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path

from protocol.errors import Damaged

FULL = 64 * 1024  # bytes: what SQLite's index takes at a time, and some


def what_fails(folder: Path | None) -> Damaged:
    """A full disk (as SQLite's index grows), one that is read-only, or one that fails. No folder: it is in memory."""
    with contextlib.suppress(OSError):
        if folder is not None and (shutil.disk_usage(folder).free < FULL or _takes_no_name(folder)):
            return Damaged("disk_full")
        # a file of somebody else's, as after a start by another user, is as unusable as the folder
        if folder is not None and not all(os.access(path, os.W_OK) for path in (folder, *folder.glob("*.db*"))):
            return Damaged("folder_unusable", path=str(folder))
    return Damaged("disk_failing")


def _takes_no_name(folder: Path) -> bool:
    """Whether there is room for bytes only: the file system has as many files as it can have."""
    if not hasattr(os, "statvfs"):
        return False
    disk = os.statvfs(folder)
    return bool(disk.f_files) and disk.f_favail == 0  # some count none
