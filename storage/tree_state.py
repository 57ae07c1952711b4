"""The state of a tree of files in a word: what was made out of them is made again when it differs."""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path


def tree_state(*places: Path) -> str:
    """16 hex digits of the names, times and sizes of these files and of all below these folders: 3 ms for 200 files.

    Not of their content: whoever can change a file and set its time back can change what was made of it, too.
    """
    found = blake2b(digest_size=8)
    for place in places:
        for path in (place, *sorted(place.rglob("*"))):
            status = path.lstat()  # an editor's own link may lead nowhere
            if not path.is_dir():  # a folder's own time changes with files that come and go unseen
                found.update(f"{path.relative_to(place)}\0{status.st_mtime_ns}\0{status.st_size}\n".encode())
    return found.hexdigest()
