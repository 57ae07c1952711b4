"""Sealed chunks move to where they are to lie: each is read and checked, written, and read again; only when all are
there is the new place the one that counts. What was cut off is done again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from authority_server.store import files as file_store
from authority_server.store.blobs import ChunkFiles
from authority_server.store.chunk_place import ChunkPlace
from authority_server.store.database import Rows, Store
from authority_server.store.files import KeptFile
from authority_server.store.nodes import RUNNING
from protocol.errors import Damaged, Refused
from protocol.files import length_of
from protocol.primitives import AEAD_TAG

# settings: where the chunks are, and where some that have moved may still lie
HERE, LEFT = "files_at", "files_left"
FOLDER = "folder"  # where they are if nothing is said: the only place that the first versions knew
TOGETHER = 16  # chunks in memory at a time

OWN = "own"  # where the database has them, of all that may be asked for
Elsewhere = Callable[[str], ChunkPlace]  # a place by its address

log = logging.getLogger("hamraz.authority")


def settle(store: Store, folder: Path, elsewhere: Elsewhere, wanted: str | None = None) -> ChunkPlace:
    """The place of this store's files, at a start, which have moved there if they were in another one. `wanted`: an
    address, or OWN; None: the address that was said last, if any was. `database_in_use` while another node runs, which
    would look for them where they were.
    """
    with store.transaction() as rows:
        known, left = where(rows), rows.settings().get(LEFT)
    own = store.chunk_place(folder)

    def make(name: str) -> ChunkPlace:
        if name == own.name:
            return own
        return ChunkFiles(folder) if name == FOLDER else elsewhere(name)

    place = elsewhere(wanted or known) if (wanted or known) not in (OWN, FOLDER, own.name) else own
    if known != place.name:
        _require_alone(store)
        log.info("files that wait move from %(old)s to %(new)s", {"old": known, "new": place.name})
        count = copy(store, make(known), store, place)
        note(store, place, known)
        log.info("%(count)d files have moved", {"count": count})
        left = known.encode()
    if left is not None:
        make(left.decode()).clear()  # in no transaction: to let go thousands elsewhere takes longer than one may
        with store.transaction() as rows:
            rows.drop_setting(LEFT)
    return place


def _require_alone(store: Store) -> None:
    if store.is_shared:
        with store.transaction() as rows:
            running = rows.ask(RUNNING).first()
        if running is not None:
            raise Damaged("database_in_use", path=store.path)


def copy(origin: Store, old: ChunkPlace, target: Store, new: ChunkPlace) -> int:
    """Have all chunks of `origin`'s files in `new`, the place of `target`; how many files. What isn't what was written
    stays behind: its file is given up at the next start. `disk_failing` if a copy isn't what was copied.
    """
    with origin.transaction() as rows:
        files = file_store.everything(rows)
    for file in files:
        for first in range(0, file.have, TOGETHER):
            together = range(first, min(first + TOGETHER, file.have))
            try:
                chunks = [(index, old.read(file.owner, file.id, index, _length(file, index))) for index in together]
            except Refused:
                log.warning("a file that waits (%(id)s) has been damaged: it is lost", {"id": file.id.hex()[:8]})
                break
            _put(file, chunks, target, new)
    return len(files)


def _put(file: KeptFile, chunks: list[tuple[int, bytes]], target: Store, new: ChunkPlace) -> None:
    for index, sealed in chunks:
        new.write(file.owner, file.id, index, sealed)
    new.flush()
    with target.transaction() as rows:
        for index, sealed in chunks:
            new.keep(rows, file.owner, file.id, index, sealed)
    for index, sealed in chunks:
        if new.read(file.owner, file.id, index, len(sealed)) != sealed:
            raise Damaged("disk_failing")


def _length(file: KeptFile, index: int) -> int:
    return length_of(file.size, index) + AEAD_TAG


def note(store: Store, place: ChunkPlace, left: str | None) -> None:
    """From now on this is the place; what lies in the other one, if one is named, is to go."""
    with store.transaction() as rows:
        rows.save_setting(HERE, place.name.encode())
        if left is not None:
            rows.save_setting(LEFT, left.encode())


def where(rows: Rows) -> str:
    """The name of the place where the chunks are."""
    return rows.settings().get(HERE, FOLDER.encode()).decode()
