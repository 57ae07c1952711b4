"""Private files that after a power failure are the old ones or the new ones, never a part."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def write_whole(path: Path, content: bytes, unfinished: Path | None = None) -> None:
    """Write a 0600 file, first under another name (`NAME.new`); OSError."""
    unfinished = unfinished or path.with_name(path.name + ".new")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    move_into_place(unfinished, path)


def move_into_place(unfinished: Path, path: Path) -> None:
    """Rename a finished file and make the rename durable."""
    unfinished.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    if sys.platform != "win32":  # there a folder can't be opened, and a rename is in the file system's journal
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)  # a pipe in its place would wait for a writer
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
