"""A copy of the authority's folder that an authority starts from, made beside the running one or without it."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from authority_server.state.state import State
from authority_server.store import keys, sqlite
from protocol.errors import Damaged
from protocol.statements import authority_id_of
from storage.whole_files import move_into_place, write_whole


def save(data: Path, target: Path) -> State:
    """Make the folder `target`, which is whole or not there, 0700; what it holds has been checked as at a start.

    FileNotFoundError if `data` has no database, FileExistsError if `target` is anything but an empty folder.
    """
    database, key_file, links = data / "authority.db", data / "authority.key", data / "links"
    if not database.exists():
        raise FileNotFoundError(database)
    if not key_file.exists():
        raise Damaged("key_missing", path=str(data))
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise FileExistsError(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=target.name + ".unfinished-", dir=target.parent))
    try:
        sqlite.copy(database, unfinished / database.name)
        for file in (key_file, links):
            if file.exists():
                write_whole(unfinished / file.name, file.read_bytes())
        state = _checked(unfinished, data)
        if target.exists():
            target.rmdir()  # Windows renames over nothing, and it is empty
        move_into_place(unfinished, target)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return state


def _checked(copy: Path, data: Path) -> State:
    """What an authority that starts from this copy would know; damage is that of `data`."""
    try:
        authority_id = authority_id_of(keys.load(copy / "authority.key").public)
        store = sqlite.open_file(copy / "authority.db")
        try:
            return store.read(lambda rows: State.load(rows, authority_id, store.path))
        finally:
            store.close()
    except Damaged as reason:
        if "path" in reason.values:
            raise Damaged(reason.code, path=str(data)) from reason
        raise
