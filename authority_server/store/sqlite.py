"""What is SQLite's own: how a database file is made, opened, told from a foreign one, and how its errors are named."""

from __future__ import annotations

import contextlib
import functools
import os
import sqlite3
from collections.abc import Callable
from copy import copy as shallow_copy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Executable, create_engine, event, text
from sqlalchemy.engine import URL, Connection, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from authority_server.store import migrations
from authority_server.store.blobs import ChunkFiles
from authority_server.store.database import TABLES, Rows, Store
from authority_server.store.marks import Mark, require
from protocol.errors import Damaged, HamrazError
from storage.in_place import InPlace
from storage.journal import journal_of, write_again
from storage.layout import named
from storage.paths import plain
from storage.sqlite_trouble import what_fails
from storage.whole_files import move_into_place

MAGIC = b"SQLite format 3\0"
VERSION_1 = int.from_bytes(b"Hmrz")  # the application_id of version 1's databases
APPLICATION_ID = int.from_bytes(b"Hmr2")
MARKS = {Mark.STARTS: APPLICATION_ID, Mark.MOVING: int.from_bytes(b"HmrM"), Mark.MOVED: int.from_bytes(b"HmrG")}
BUSY_SECONDS = 10.0  # somebody may look into the database with a tool of their own

Fill = Callable[[Rows], None]


class FileStore(Store):
    """A database in a file, or in memory."""

    def __init__(self, engine: Engine, file: Path | None, reader: Engine | None = None) -> None:
        """`file` None: for as long as this object."""
        super().__init__(engine, ":memory:" if file is None else str(file), reader)
        self._file = file
        self._files = None if file is None else InPlace(file, journal_of(file))

    @property
    def rebuild(self) -> Executable:
        return text("REINDEX")

    def trouble(self, reason: DBAPIError) -> HamrazError | None:
        return trouble(self.path, reason)

    def findings(self, most: int) -> list[str]:
        return [] if self._file is None else findings(self._file, most)

    def size(self) -> int:
        if self._file is None:
            return 0
        file = self._file.resolve()
        return sum(one.stat().st_size for one in file.parent.glob(file.name + "*"))

    def chunk_place(self, folder: Path | None) -> ChunkFiles:
        return ChunkFiles(folder)

    def require_place(self) -> None:
        """Raise `folder_gone` if the database isn't what its name leads to: it was moved or deleted beneath us."""
        missing = self._files.missing() if self._files is not None else None
        if missing is not None:
            raise Damaged("folder_gone", path=str(missing))


@dataclass(frozen=True, slots=True)
class DatabaseFile:
    """A database by its file."""

    file: Path

    @property
    def path(self) -> str:
        return str(self.file)

    def exists(self) -> bool:
        return self.file.exists()

    def create(self, fill: Fill, mark: Mark = Mark.STARTS) -> None:
        create(self.file, fill, mark)

    def open(self, mark: Mark = Mark.STARTS) -> Store:
        return open_file(self.file, mark)

    def mark(self) -> Mark | None:
        """None if there is no database."""
        if not self.exists():
            return None
        with self.file.open("rb") as file:
            application = int.from_bytes(file.read(72)[68:])
        return next((mark for mark, number in MARKS.items() if number == application), Mark.STARTS)

    def set_mark(self, mark: Mark) -> None:
        """Durably, in the file's head itself; nobody has it open."""
        try:
            with contextlib.closing(sqlite3.connect(plain(self.file), isolation_level=None)) as connection:
                connection.execute("PRAGMA journal_mode = DELETE")
                connection.execute("PRAGMA synchronous = EXTRA")
                connection.execute(f"PRAGMA application_id = {MARKS[mark]}")
        except sqlite3.Error as reason:
            raise trouble(self.path, reason) or Damaged("database_damaged", path=self.path) from reason


def create(path: Path, fill: Fill, mark: Mark = Mark.STARTS) -> None:
    """Make the database with its first rows under another name and rename it, so that it is whole or not there. One
    with that name, which may not be started, is replaced.
    """
    unfinished = path.with_name(path.name + ".new")
    for leftover in (unfinished, path.with_name(unfinished.name + "-journal")):
        leftover.unlink(missing_ok=True)
    os.close(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))  # SQLite's other files inherit 0600
    engine = _engine(plain(unfinished), journal="DELETE")
    try:
        _set_up(engine, fill, mark)
    except DBAPIError as reason:
        raise trouble(str(path), reason) or reason from reason
    finally:
        engine.dispose()
    for old in ("-wal", "-shm"):  # of the one that is replaced
        path.with_name(path.name + old).unlink(missing_ok=True)
    move_into_place(unfinished, path)


def open_file(path: Path, mark: Mark = Mark.STARTS) -> Store:
    """Open a database that `create` made, now or in an older format: `old_version`, `database_foreign` or
    `database_damaged`.

    `database_moved` or `database_moving` if its mark is another one. An error has changed nothing.
    """
    _check_head(path, mark)
    try:
        write_again(path)
    except OSError as reason:
        raise named(reason, path.parent) from None
    engine = _engine(plain(path), journal="WAL")
    try:
        _look_at_tables(engine)
        _upgrade(engine, path)
        return FileStore(engine, path, _engine(plain(path), journal="WAL", reads=True))
    except (DBAPIError, ValueError) as reason:
        # what is no trouble of the disk is one of the tables' own description, which we have not written so
        raise trouble(str(path), reason) or Damaged("database_damaged", path=str(path)) from reason


def copy(path: Path, target: Path) -> None:
    """Write what is durable now into a new 0600 file, beside whoever goes on writing."""
    _check_head(path)
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    # by addresses: of a name that is no text (bytes of another encoding) SQLite takes no other form here
    connection = sqlite3.connect(path.absolute().as_uri(), timeout=BUSY_SECONDS, uri=True)
    try:
        connection.execute("VACUUM INTO ?", (target.absolute().as_uri(),))
    except (sqlite3.Error, ValueError) as reason:
        raise trouble(str(path), reason) or Damaged("database_damaged", path=str(path)) from reason
    finally:
        connection.close()
    with target.open("r+b") as file:  # which VACUUM INTO leaves to us
        os.fsync(file.fileno())


def findings(path: Path, most: int) -> list[str]:
    """What SQLite says against the file as a whole, beside whoever goes on using it."""
    try:
        with contextlib.closing(sqlite3.connect(plain(path))) as connection:
            found = [str(row[0]) for row in connection.execute(f"PRAGMA integrity_check({most})")]
    except sqlite3.DatabaseError as reason:
        found = [str(reason)]
    return [line for line in found if line != "ok"]


def in_memory(fill: Fill) -> Store:
    """The same store without a file, for tests: thousands in one process, which share what SQLAlchemy has compiled."""
    first, empty = _first_in_memory()
    engine = shallow_copy(first)
    engine.pool = first.pool.recreate()
    with engine.connect() as connection:
        database: Any = connection.connection.dbapi_connection
        database.deserialize(empty)
    with engine.begin() as connection:
        _fill(connection, fill)
    return FileStore(engine, None)


@functools.cache
def _first_in_memory() -> tuple[Engine, bytes]:
    """An engine, and a database of empty tables."""
    engine = _engine(":memory:", journal="MEMORY")
    _set_up(engine, lambda rows: None)
    with engine.connect() as connection:
        database: Any = connection.connection.dbapi_connection
        return engine, database.serialize()


def trouble(path: str, reason: Exception) -> HamrazError | None:
    """The name of an error of the disk or of the file itself; None for what is our own mistake."""
    code = getattr(reason.orig if isinstance(reason, DBAPIError) else reason, "sqlite_errorcode", None)
    match code if code is None else code & 0xFF:
        case sqlite3.SQLITE_FULL:
            return Damaged("disk_full")
        case sqlite3.SQLITE_IOERR | sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN:
            return what_fails(Path(path).parent)
        case sqlite3.SQLITE_BUSY:
            return Damaged("disk_failing")
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return Damaged("database_damaged", path=path)
    return None


def _check_head(path: Path, mark: Mark = Mark.STARTS) -> None:
    """Tell a database of ours from another file by its head, before SQLite touches anything."""
    with path.open("rb") as file:
        head = file.read(100)
    # user_version and application_id stand in the file's head at these offsets, whatever the journal holds
    version, application = int.from_bytes(head[60:64]), int.from_bytes(head[68:72])
    if len(head) < 100 and MAGIC.startswith(head[:16]):
        raise Damaged("database_damaged", path=str(path))
    if head.startswith(MAGIC) and application == VERSION_1:
        raise Damaged("old_version", path=str(path))
    if head.startswith(MAGIC):
        require(next((one for one, number in MARKS.items() if number == application), mark), mark, str(path))
    if not head.startswith(MAGIC) or application != MARKS[mark] or not 1 <= version <= migrations.FORMAT:
        raise Damaged("database_foreign", path=str(path))


def _look_at_tables(engine: Engine) -> None:
    """Have SQLite read how the tables are described."""
    with engine.connect() as connection:
        connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar_one()


def _upgrade(engine: Engine, path: Path) -> None:
    """Bring the tables to today's format in one transaction, which a power failure undoes."""
    with engine.begin() as connection:
        # asked again: after an upgrade that was cut off, or is in the journal still, the file's head has another
        found: int = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
        if not 1 <= found <= migrations.FORMAT:
            raise Damaged("database_foreign", path=str(path))
        if migrations.upgrade(connection, found):
            connection.exec_driver_sql(f"PRAGMA user_version = {migrations.FORMAT}")


def _engine(path: str, journal: str, reads: bool = False) -> Engine:
    # Batches run in whichever native thread is free, one at a time.
    options = {"check_same_thread": False, "timeout": BUSY_SECONDS}
    # what was written stays out of the errors' texts, which are logged
    # the path as it is, and not within the text of an address, where `?`, `#` and `%` mean something
    place = URL.create("sqlite", database=path)
    engine = create_engine(place, connect_args=options, poolclass=StaticPool, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we begin ourselves; the driver would leave CREATE TABLE out
        connection.execute(f"PRAGMA journal_mode = {journal}")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")

    return engine


def _set_up(engine: Engine, fill: Fill, mark: Mark = Mark.STARTS) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql(f"PRAGMA application_id = {MARKS[mark]}")
        connection.exec_driver_sql(f"PRAGMA user_version = {migrations.FORMAT}")
        TABLES.create_all(connection)
        _fill(connection, fill)


def _fill(connection: Connection, fill: Fill) -> None:
    rows = Rows(connection)
    fill(rows)
    rows.flush()
