"""What is SQLite's own: how a database file is made, opened, told from a foreign one, and how its errors are named."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from authority_server.folder import move_into_place
from authority_server.store import TABLES, Rows, Store
from protocol.errors import Damaged, HamrazError

MAGIC = b"SQLite format 3\0"
APPLICATION_ID = int.from_bytes(b"Hmrz")
FORMAT = 1  # of the tables; stands in `user_version`
BUSY_SECONDS = 10.0  # somebody may look into the database with a tool of their own

Fill = Callable[[Rows], None]


def create(path: Path, fill: Fill) -> None:
    """Make the database with its first rows under another name and rename it, so that it is whole or not there."""
    unfinished = path.with_name(path.name + ".new")
    for leftover in (unfinished, path.with_name(unfinished.name + "-journal")):
        leftover.unlink(missing_ok=True)
    os.close(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))  # SQLite's other files inherit 0600
    engine = _engine(str(unfinished), journal="DELETE")
    try:
        _set_up(engine, fill)
    except DBAPIError as reason:
        raise trouble(str(path), reason) or reason from reason
    finally:
        engine.dispose()
    move_into_place(unfinished, path)


def open_file(path: Path) -> Store:
    """Open a database that `create` made; `database_foreign` or `database_damaged`, and nothing is changed."""
    with path.open("rb") as file:
        head = file.read(100)
    # user_version and application_id stand in the file's head at these offsets, whatever the journal holds
    version, application = int.from_bytes(head[60:64]), int.from_bytes(head[68:72])
    if len(head) < 100 and MAGIC.startswith(head[:16]):
        raise Damaged("database_damaged", path=str(path))
    if not head.startswith(MAGIC) or (application, version) != (APPLICATION_ID, FORMAT):
        raise Damaged("database_foreign", path=str(path))
    try:
        return Store(
            _engine(str(path), journal="WAL"), str(path), trouble, _engine(str(path), journal="WAL", reads=True)
        )
    except DBAPIError as reason:
        raise trouble(str(path), reason) or reason from reason


def in_memory(fill: Fill) -> Store:
    """The same store without a file, for tests."""
    engine = _engine(":memory:", journal="MEMORY")
    _set_up(engine, fill)
    return Store(engine, ":memory:", trouble)


def trouble(path: str, reason: DBAPIError) -> HamrazError | None:
    """The name of an error of the disk or of the file itself; None for what is our own mistake."""
    code = getattr(reason.orig, "sqlite_errorcode", None)
    match code if code is None else code & 0xFF:
        case sqlite3.SQLITE_FULL:
            return Damaged("disk_full")
        case sqlite3.SQLITE_IOERR | sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_BUSY:
            return Damaged("disk_failing")
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return Damaged("database_damaged", path=path)
    return None


def _engine(path: str, journal: str, reads: bool = False) -> Engine:
    # Batches run in whichever native thread is free, one at a time.
    options = {"check_same_thread": False, "timeout": BUSY_SECONDS}
    engine = create_engine(f"sqlite:///{path}", connect_args=options, poolclass=StaticPool)

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


def _set_up(engine: Engine, fill: Fill) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.exec_driver_sql(f"PRAGMA user_version = {FORMAT}")
        TABLES.create_all(connection)
        rows = Rows(connection)
        fill(rows)
        rows.flush()
