"""What is PostgreSQL's own: how a database is reached, made, told from a foreign one, kept by one writer, and how its
errors are named. Its driver is loaded when somebody asks for it, and not before.

The writer's session holds an advisory lock from its beginning to its end. So there is never a second writer, and who
comes back after a lost connection finds every commit that was under way either done or gone.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Executable,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    false,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.pool import NullPool

from authority_server.store import migrations
from authority_server.store.database import TABLES, Rows, Store
from authority_server.store.marks import Mark, require
from protocol.errors import Damaged, HamrazError, Refused

SCHEMES = ("postgresql", "postgresql+psycopg2")
MARKS = {
    Mark.STARTS: "hamraz authority 2",
    Mark.MOVING: "hamraz authority 2, moving",
    Mark.MOVED: "hamraz authority 2, moved",
}
FIRST = 3  # the oldest format that a database here can have: there was none before
FORMATS = Table("hamraz_format", MetaData(), Column("application", String), Column("number", Integer))
LOCK = int.from_bytes(b"Hmr2") << 32  # and the number of the schema where the tables are
LOCK_SECONDS = 5  # an ended process's session is gone by then
# A server that has gone without a word is noticed in about ten seconds: by us, and by it of us.
PATIENCE = {"connect_timeout": 5, "keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3}
OWN = {"application_name": "hamraz", "tcp_user_timeout": 10_000, **PATIENCE}  # unless the address says otherwise
SETTINGS = {
    "lock_timeout": f"{LOCK_SECONDS}s",
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "2",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "10000",
}
DURABLE = {"fsync": ("on",), "synchronous_commit": ("on", "remote_apply", "remote_write")}
BYTEA = 17

Fill = Callable[[Rows], None]
Prepare = Callable[[Any, str], None]  # (connection of the driver, where)


@dataclass(frozen=True, slots=True)
class DatabaseServer:
    """A database by its address; who is let in, and how, libpq's own environment and files say besides."""

    url: URL

    @classmethod
    def at(cls, address: str) -> DatabaseServer:
        """`bad_database` for what is no address."""
        try:
            url = make_url(address.strip())
            if url.drivername not in SCHEMES:
                raise ValueError
        except (ArgumentError, ValueError):
            raise Refused("bad_database") from None
        return cls(url.set(drivername=SCHEMES[1]))

    @property
    def path(self) -> str:
        """How people are told which one it is; no secret is in it."""
        host = self.url.host or ",".join(self.url.normalized_query.get("host", ()))
        port = f":{self.url.port}" if self.url.port else ""
        return f"postgresql://{host}{port}/{self.url.database or ''}"

    def exists(self) -> bool:
        """Whether an authority's tables are there. `database_foreign` for somebody else's of the same names."""
        engine = self._engine(_anybody)
        with self._named(), engine.connect() as connection:
            return self._is_ours(connection)

    def create(self, fill: Fill, mark: Mark = Mark.STARTS) -> None:
        """Make the tables with their first rows: all of it is there, or nothing. Those of a database that may not be
        started are replaced.
        """
        engine = self._engine(_writer)
        with self._named(), engine.begin() as connection:
            if self._is_ours(connection):
                if self._found(connection)[0] is Mark.STARTS:
                    raise Damaged("database_in_use", path=self.path)  # somebody was quicker
                TABLES.drop_all(connection)
                FORMATS.drop(connection)
            TABLES.create_all(connection)
            FORMATS.create(connection)
            connection.execute(insert(FORMATS).values(application=MARKS[mark], number=migrations.FORMAT))
            rows = Rows(connection)
            fill(rows)
            rows.flush()
            _count_on(connection)

    def open(self, mark: Mark = Mark.STARTS) -> Store:
        """A database that `create` made, now or in an older format; `database_foreign` or `database_damaged`,
        `database_moved` or `database_moving` if its mark is another one. An error has changed nothing.
        """
        with self._named(), contextlib.ExitStack() as left:
            store = ServerStore(self._engine(_writer), self.path, self._engine(_reader))
            left.callback(store.close)
            with store.whole() as connection:
                self._upgrade(connection, mark)
            left.pop_all()
        return store

    def _is_ours(self, connection: Connection) -> bool:
        there = connection.exec_driver_sql("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
        names = set(there.scalars())
        if FORMATS.name not in names and names & TABLES.tables.keys():
            raise Damaged("database_foreign", path=self.path)
        return FORMATS.name in names

    def mark(self) -> Mark | None:
        """None if there is no database of an authority."""
        with self._named(), self._engine(_anybody).connect() as connection:
            return self._found(connection)[0] if self._is_ours(connection) else None

    def set_mark(self, mark: Mark) -> None:
        with self._named(), self._engine(_writer).begin() as connection:
            connection.execute(update(FORMATS).values(application=MARKS[mark]))

    def _found(self, connection: Connection) -> tuple[Mark, int]:
        """The mark and the format."""
        found = connection.execute(select(FORMATS)).all()
        marks = [mark for mark, words in MARKS.items() if [words] == [row.application for row in found]]
        if not marks or not FIRST <= found[0].number <= migrations.FORMAT:
            raise Damaged("database_foreign", path=self.path)
        return marks[0], found[0].number

    def _upgrade(self, connection: Connection, wanted: Mark) -> None:
        mark, number = self._found(connection)
        require(mark, wanted, self.path)
        if migrations.upgrade(connection, number):
            connection.execute(update(FORMATS).values(number=migrations.FORMAT))

    @contextlib.contextmanager
    def _named(self) -> Any:
        try:
            yield
        except DBAPIError as reason:
            raise trouble(self.path, reason) or Damaged("database_damaged", path=self.path) from reason

    def _engine(self, prepare: Prepare) -> Engine:
        def connect() -> Any:
            import psycopg2

            arguments, options = engine.dialect.create_connect_args(self.url)
            try:
                connection = psycopg2.connect(*arguments, **{**OWN, **options})
            except psycopg2.Error as reason:
                raise _unusable(self.path, reason) from reason
            try:
                _take_bytes(connection)
                prepare(connection, self.path)
                connection.commit()
            except psycopg2.Error as reason:
                connection.close()
                raise trouble(self.path, reason) or _unusable(self.path, reason) from reason
            except HamrazError:
                connection.close()
                raise
            return connection

        # `format`, as statements go to the driver in its own words too; what was written stays out of errors' texts
        engine = create_engine(
            self.url,
            creator=connect,
            poolclass=NullPool,
            hide_parameters=True,
            paramstyle="format",
            executemany_mode="values_plus_batch",
            use_native_hstore=False,
        )
        return engine


class ServerStore(Store):
    """Both connections come back by `probe`, in the writer's thread: who reads never waits for one that is away."""

    @property
    def rebuild(self) -> Executable:
        return text("; ".join(f'REINDEX TABLE "{name}"' for name in TABLES.tables))

    def trouble(self, reason: DBAPIError) -> HamrazError | None:
        return trouble(self.path, reason)

    def findings(self, most: int) -> list[str]:
        """Nothing: a server looks at itself (docs/operating.md says how)."""
        return []

    def size(self) -> int:
        schema = text("relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())")
        bytes_of = func.sum(func.pg_total_relation_size(text("oid")))
        with self.reading() as rows:
            found = rows.ask(select(bytes_of).select_from(text("pg_class")).where(schema, text("relkind = 'r'")))
            return int(found.scalar_one())

    @contextlib.contextmanager
    def whole(self) -> Any:
        """The writer's connection in a transaction, for what is done to the tables themselves."""
        with self._connection.begin():
            yield self._connection

    def require_place(self) -> None:
        """Raise `database_unusable` if a connection is known to be gone."""
        if self._lost(self._reader) or self._lost(self._connection):
            raise Damaged("database_unusable", path=self.path, reason="the connection was lost")

    def probe(self) -> None:
        if self._lost(self._connection):
            self._connection = self._engine.connect()
        if self._reader_engine is not None and self._lost(self._reader):
            self._reader = self._reader_engine.connect()
        super().probe()

    def _writes(self) -> Connection:
        return self._here(self._connection)

    def _reads(self) -> Connection:
        return self._here(super()._reads())

    def _here(self, connection: Connection) -> Connection:
        # one that is used again would come back by itself, beside the lock and beside what is in memory
        if self._lost(connection):
            raise Damaged("database_unusable", path=self.path, reason="the connection was lost")
        return connection

    @staticmethod
    def _lost(connection: Connection | None) -> bool:
        return connection is not None and connection.invalidated


def trouble(path: str, reason: Exception) -> HamrazError | None:
    """The name of an error of the server, its disk or the way to it; None for what is our own mistake."""
    import psycopg2

    original = reason.orig if isinstance(reason, DBAPIError) else reason
    code: str | None = getattr(original, "pgcode", None)
    if code is None:  # the driver's own: the connection is gone
        lost = isinstance(original, psycopg2.OperationalError | psycopg2.InterfaceError)
        return _unusable(path, original) if lost or type(original) is psycopg2.DatabaseError else None
    if code == "53100":
        return Damaged("disk_full")
    if code in ("XX001", "XX002"):
        return Damaged("database_damaged", path=path)
    if code == "55P03":
        return Damaged("database_in_use", path=path)
    if code.startswith("58"):
        return Damaged("disk_failing")
    # away or going away, out of connections or memory, read-only, not ours to use, too slow for its own limits
    if code.startswith(("08", "28", "3D", "53", "57")) or code in ("25006", "25P03", "42501"):
        return _unusable(path, original)
    return None


def _unusable(path: str, reason: object) -> Damaged:
    lines = [line.strip() for line in str(reason).splitlines() if line.strip()] or [type(reason).__name__]
    return Damaged("database_unusable", path=path, reason=lines[0].removesuffix("."))


def _take_bytes(connection: Any) -> None:
    """Have what stands in the tables come as bytes, and not as views of the driver's own memory."""
    from psycopg2 import BINARY, extensions

    def take(value: Any, cursor: Any) -> bytes | None:
        return None if value is None else bytes(BINARY(value, cursor))

    extensions.register_type(extensions.new_type((BYTEA,), "bytes", take), connection)


def _count_on(connection: Connection) -> None:
    """Numbers that the database gives go on after those that were brought along."""
    for table in TABLES.sorted_tables:
        place = table.autoincrement_column
        if place is not None:
            sequence = func.pg_get_serial_sequence(table.name, place.name)
            next_one = select(func.coalesce(func.max(place), 0) + 1).scalar_subquery()
            connection.execute(select(func.setval(sequence, next_one, false())))


def _anybody(connection: Any, path: str) -> None:
    connection.set_session(readonly=True)


def _reader(connection: Any, path: str) -> None:
    # one moment for all that is read together, as SQLite has it
    connection.set_session(isolation_level="REPEATABLE READ", readonly=True)


def _writer(connection: Any, path: str) -> None:
    """The one writer, whose commits last: `database_unsafe`, `database_in_use` or `database_unusable`."""
    cursor = connection.cursor()
    cursor.execute("SELECT " + ", ".join(f"set_config('{name}', '{value}', false)" for name, value in SETTINGS.items()))
    for name, good in DURABLE.items():
        cursor.execute("SELECT current_setting(%s)", (name,))
        (found,) = cursor.fetchone()
        if found not in good:
            raise Damaged("database_unsafe", path=path, setting=name, value=found)
    # as it is now, whatever is written into the server's files while we run
    cursor.execute("SELECT set_config('synchronous_commit', current_setting('synchronous_commit'), false)")
    cursor.execute("SELECT oid::bigint, pg_is_in_recovery() FROM pg_namespace WHERE nspname = current_schema()")
    found = cursor.fetchone()
    if found is None:
        raise Damaged("database_unusable", path=path, reason="its search_path names no schema")
    schema, stands_by = found
    if stands_by:
        raise Damaged("database_unusable", path=path, reason="it only follows another server")
    cursor.execute("SELECT pg_advisory_lock(%s)", (LOCK | schema,))
