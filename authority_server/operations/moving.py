"""An authority's database moves from its folder to a server, or back: copied whole, compared, and only then the other
one's. At each moment at most one of the two can be started; what was cut off is carried out again.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Select, String, Table, func, insert, select

from authority_server.operations import chunk_moving
from authority_server.state.state import State
from authority_server.store.blobs import ChunkFiles
from authority_server.store.database import TABLES, Rows, Store
from authority_server.store.marks import Mark
from authority_server.store.postgres import DatabaseServer
from authority_server.store.sqlite import DatabaseFile
from protocol.errors import Damaged
from protocol.primitives import random_id

TOGETHER = 200  # rows in memory at a time, of up to 256 KiB
THIS = "move"  # the setting: by which copying the two belong together

Place = DatabaseFile | DatabaseServer


def move(source: Place, target: Place, authority_id: bytes, folder: Path) -> State:
    """Have the authority of `source` in `target`, and never again in `source`; what it knows. FileNotFoundError if
    there is none, FileExistsError if `target` has one already. `folder`: where chunks lie if they aren't rows.

    The caller holds the folder. Until the copy has been compared, `source` is as it was.
    """
    here, there = source.mark(), target.mark()
    if here is None:
        raise FileNotFoundError(source.path)
    if there is Mark.STARTS:
        raise FileExistsError(target.path)
    if here is Mark.MOVED and there is Mark.MOVING:  # only the last step was cut off;
        if _this(source, here) != _this(target, there):  # or it has moved to another since that copy was made
            raise Damaged("database_moved", path=source.path)
    else:
        _copy(source, target, authority_id, folder)
        source.set_mark(Mark.MOVED)
    target.set_mark(Mark.STARTS)
    store = target.open()
    try:
        return _known(store, authority_id)
    finally:
        store.close()


def _this(place: Place, mark: Mark) -> bytes | None:
    store = place.open(mark)
    try:
        with store.transaction() as rows:
            return rows.settings().get(THIS)
    finally:
        store.close()


def _copy(source: Place, target: Place, authority_id: bytes, folder: Path) -> None:
    origin = source.open()
    try:
        with origin.transaction() as rows:
            rows.save_setting(THIS, random_id())  # which is copied along
        with origin.transaction() as rows:  # whose questions may take as long as they take
            target.create(lambda new: _fill(rows, new), Mark.MOVING)
        copied = target.open(Mark.MOVING)
        try:
            _compare(origin, copied, authority_id)
            _copy_chunks(origin, copied, folder)
        finally:
            copied.close()
    finally:
        origin.close()


def _copy_chunks(origin: Store, copied: Store, folder: Path) -> None:
    """They go along where one of the two has them as rows."""
    with origin.transaction() as rows:
        known = chunk_moving.where(rows)
    there = copied.chunk_place(folder)
    if known in (chunk_moving.FOLDER, origin.chunk_place(folder).name) and known != there.name:
        here = ChunkFiles(folder) if known == chunk_moving.FOLDER else origin.chunk_place(folder)
        chunk_moving.copy(origin, here, copied, there)
        # the old database keeps its rows, as all others; a folder is the same one before and after
        chunk_moving.note(copied, there, chunk_moving.FOLDER if known == chunk_moving.FOLDER else None)


def _fill(rows: Rows, new: Rows) -> None:
    for table in TABLES.sorted_tables:
        statement = insert(table)
        for part in rows.ask(_streamed(select(table))).partitions():
            for row in part:
                new.add(statement, dict(row._mapping))
            new.flush()


def _compare(origin: Store, copied: Store, authority_id: bytes) -> None:
    """`database_damaged` unless each row is the same, and all that follows from them as at a start."""
    with origin.transaction() as ours, copied.transaction() as theirs:
        for table in TABLES.sorted_tables:
            count = select(func.count()).select_from(table)
            if ours.ask(count).scalar_one() != theirs.ask(count).scalar_one():
                raise Damaged("database_damaged", path=copied.path)
            if any(one != other for one, other in zip(_rows(ours, table), _rows(theirs, table), strict=True)):
                raise Damaged("database_damaged", path=copied.path)
    before, after = _known(origin, authority_id), _known(copied, authority_id)
    if before.log.head != after.log.head or _chains(before) != _chains(after):
        raise Damaged("database_damaged", path=copied.path)


def _rows(rows: Rows, table: Table) -> Iterator[tuple[Any, ...]]:
    keys = list(table.primary_key)
    if any(isinstance(key.type, String) for key in keys):  # each database has an order of letters of its own; few rows
        yield from sorted(map(tuple, rows.ask(select(table))))
    else:
        yield from map(tuple, rows.ask(_streamed(select(table).order_by(*keys))))


def _streamed(wanted: Select[Any]) -> Select[Any]:
    return wanted.execution_options(yield_per=TOGETHER)


def _known(store: Store, authority_id: bytes) -> State:
    return store.read(lambda rows: State.load(rows, authority_id, store.path))


def _chains(state: State) -> dict[bytes, tuple[int, bytes]]:
    return {gid: (kept.group.n, kept.group.hash) for gid, kept in state.groups.groups.items()}
