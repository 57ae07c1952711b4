"""The authority's data folder: what it is made of, and that one process holds it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from storage.held_folder import LOCK_FILE, hold
from storage.layout import Layout

_WHOLE = ("authority.key", "links", "authority.sizes", "authority.db")  # written as NAME.new, then renamed
_DATABASE = ("authority.db-wal", "authority.db-shm", "authority.db.new-journal")
LAYOUT = Layout((LOCK_FILE, "room", *_WHOLE, *(name + ".new" for name in _WHOLE), *_DATABASE), ("files",))


@contextmanager
def held(path: Path) -> Iterator[Path]:
    """The folder, ours alone inside the `with`; `folder_unusable`, `folder_in_use`, `not_a_file` or `not_a_folder`."""
    with hold(path, LAYOUT):
        yield path
