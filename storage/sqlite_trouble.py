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
        if folder is not None and shutil.disk_usage(folder).free < FULL:
            return Damaged("disk_full")
        if folder is not None and not os.access(folder, os.W_OK):
            return Damaged("folder_unusable", path=str(folder))
    return Damaged("disk_failing")
