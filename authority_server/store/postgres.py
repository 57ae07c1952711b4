"""What is PostgreSQL's own: how a database is reached, made, told from a foreign one, and kept by one writer.

Each transaction of a writer begins with an advisory lock, which ends with it. So there is one writer at a time, on
whichever node; and who comes back after a lost connection finds every commit that was under way either done or gone.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Dialect,
    Engine,
    Executable,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    delete,
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

from authority_server.store import migrations, rolling, sessions
from authority_server.store.chunk_rows import CHUNKS, ChunkRows
from authority_server.store.database import TABLES, Rows, Store
from authority_server.store.lines import Lines
from authority_server.store.marks import Mark, require
from authority_server.store.nodes import JOURNAL, RUNNING
from protocol.errors import Damaged, HamrazError, Refused

SCHEMES = ("postgresql", "postgresql+psycopg2", "postgres")  # the last one libpq knows, and hosters write
MARKS = {
    Mark.STARTS: "hamraz authority 2",
    Mark.MOVING: "hamraz authority 2, moving",
    Mark.MOVED: "hamraz authority 2, moved",
}
FORMATS = Table("hamraz_format", MetaData(), Column("application", String), Column("number", Integer))
Fill = Callable[[Rows], None]

log = logging.getLogger("hamraz.authority")


@dataclass(frozen=True, slots=True)
class DatabaseServer:
    """A database by its address; who is let in, and how, libpq's own environment and files say besides."""

    url: URL
    timelines: sessions.Timelines = field(default_factory=dict, compare=False)  # older ones are refused

    @classmethod
    def at(cls, address: str) -> DatabaseServer:
        """`bad_database` for what is no address."""
        try:
            url = make_url(address.strip())
            if url.drivername not in SCHEMES:
                raise ValueError
        except (ArgumentError, ValueError):
            raise Refused("bad_database") from None
        return cls(url.set(drivername="postgresql+psycopg2"))

    @property
    def path(self) -> str:
        """How people are told which one it is; no secret is in it."""
        host = self.url.host or ",".join(self.url.normalized_query.get("host", ()))
        port = f":{self.url.port}" if self.url.port else ""
        return f"postgresql://{host}{port}/{self.url.database or ''}"

    def exists(self) -> bool:
        """Whether an authority's tables are there. `database_foreign` for somebody else's of the same names."""
        engine = self._engine(sessions.anybody)
        with self._named(), engine.connect() as connection:
            return self._is_ours(connection)

    def create(self, fill: Fill, mark: Mark = Mark.STARTS) -> None:
        """Make the tables with their first rows: all of it is there, or nothing. Those of a database that may not be
        started are replaced.
        """
        engine = self._engine(sessions.writer)
        with self._named(), engine.begin() as connection:
            connection.exec_driver_sql(sessions.TAKE_TURN)
            if self._is_ours(connection):
                if self._found(connection)[0] is Mark.STARTS:
                    raise Damaged("database_in_use", path=self.path)  # somebody was quicker
                TABLES.drop_all(connection)
                CHUNKS.drop(connection, checkfirst=True)
                FORMATS.drop(connection)
                rolling.EXPANDED.drop(connection, checkfirst=True)
            TABLES.create_all(connection)
            CHUNKS.create(connection)
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
            store = ServerStore(
                self._engine(sessions.writer), self.path, self._engine(sessions.reader), self._engine(sessions.beside)
            )
            left.callback(store.close)
            store.wanted = mark
            with store.whole() as connection:
                self._upgrade(connection, mark)
            if mark is Mark.STARTS:
                # what is here may have been committed and not be with the standby yet: it is once this has been
                store.patience = sessions.PATIENCE_SECONDS
                store.probe()
                store.patience = None
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
        with self._named(), self._engine(sessions.anybody).connect() as connection:
            return self._found(connection)[0] if self._is_ours(connection) else None

    def set_mark(self, mark: Mark) -> None:
        with self._named(), self._engine(sessions.writer).begin() as connection:
            connection.exec_driver_sql(sessions.TAKE_TURN)
            connection.execute(delete(JOURNAL))  # a node that was asleep meanwhile finds out, and looks at the mark
            connection.execute(update(FORMATS).values(application=MARKS[mark]))

    def _found(self, connection: Connection) -> tuple[Mark, int]:
        """The mark and the format."""
        found = connection.execute(select(FORMATS)).all()
        marks = [mark for mark, words in MARKS.items() if [words] == [row.application for row in found]]
        if not marks or not rolling.FIRST <= found[0].number <= migrations.FORMAT:
            raise Damaged("database_foreign", path=self.path)
        return marks[0], found[0].number

    def _upgrade(self, connection: Connection, wanted: Mark) -> None:
        mark, number = self._found(connection)
        require(mark, wanted, self.path)
        CHUNKS.create(connection, checkfirst=True)  # the first databases on a server had none
        reached = rolling.expand(connection, number, self.path)
        if reached != number:
            connection.execute(update(FORMATS).values(number=reached))
        if reached < migrations.FORMAT:
            log.warning(
                "the upgrade of %(path)s to format %(format)d is not finished: carry out --finish-upgrade once all "
                "nodes are of this version",
                {"path": self.path, "format": migrations.FORMAT},
            )

    def finish_upgrade(self) -> bool:
        """Whether there was anything left of one; `database_in_use` while an older node runs."""
        with self._named(), self._engine(sessions.operator).begin() as connection:
            if not self._is_ours(connection):
                raise FileNotFoundError(self.path)
            connection.exec_driver_sql(sessions.TAKE_TURN)
            mark, number = self._found(connection)
            require(mark, Mark.STARTS, self.path)
            reached = rolling.finish(connection, number, self.path)
            connection.execute(update(FORMATS).values(number=reached))
        return reached != number

    @contextlib.contextmanager
    def _named(self) -> Any:
        try:
            yield
        except DBAPIError as reason:
            raise sessions.trouble(self.path, reason) or Damaged("database_damaged", path=self.path) from reason

    def lines(self) -> Lines:
        """To the other nodes."""
        return Lines(partial(self._connect, self._engine(sessions.anybody).dialect), self.path)

    def require_alone(self) -> None:
        """`database_in_use` while a node runs on it, or has ended without a word some seconds ago."""
        with self._named(), self._engine(sessions.anybody).connect() as connection:
            if self._is_ours(connection) and self._found(connection)[1] >= 4 and connection.execute(RUNNING).first():
                raise Damaged("database_in_use", path=self.path)

    def _connect(self, dialect: Dialect, prepare: sessions.Prepare) -> Any:
        return sessions.connect(*dialect.create_connect_args(self.url), prepare, self.path, self.timelines)

    def _engine(self, prepare: sessions.Prepare) -> Engine:
        # `format`, as statements go to the driver in its own words too; what was written stays out of errors' texts
        engine: Engine = create_engine(
            self.url,
            creator=lambda: self._connect(engine.dialect, prepare),
            poolclass=NullPool,
            hide_parameters=True,
            paramstyle="format",
            executemany_mode="values_plus_batch",
            use_native_hstore=False,
        )
        return engine


class ServerStore(Store):
    """Both connections come back by `probe`, in the writer's thread: who reads never waits for one that is away."""

    wanted = Mark.STARTS  # as it was opened

    def __init__(self, engine: Engine, path: str, reader: Engine, beside: Engine) -> None:
        """`beside`: for chunks."""
        super().__init__(engine, path, reader)
        self._beside = beside
        self._chunks: list[ChunkRows] = []

    @property
    def rebuild(self) -> Executable:
        return text("; ".join(f'REINDEX TABLE "{name}"' for name in [*TABLES.tables, CHUNKS.name]))

    def chunk_place(self, folder: Path | None) -> ChunkRows:
        place = ChunkRows(self._beside, self.trouble, folder and folder.parent)
        self._chunks.append(place)
        return place

    def close(self) -> None:
        for place in self._chunks:
            place.close()
        super().close()

    def trouble(self, reason: DBAPIError) -> HamrazError | None:
        return sessions.trouble(self.path, reason)

    @property
    def lineage(self) -> tuple[int, int] | None:
        found: tuple[int, int] | None = self._session(self._connection).lineage
        return found

    @contextlib.contextmanager
    def _rows(self, connection: Connection) -> Iterator[Rows]:
        """The same, left where the server says nothing for `patience`, or hasn't kept a commit as it should."""
        session = self._session(connection)

        def take_time() -> None:
            session.patience = None

        session.patience = self.patience
        session.notices.clear()
        with super()._rows(connection) as rows:
            rows.on_long = take_time
            yield rows
        if session.notices:  # a commit that is cancelled while it waits for its standby is done, and says only this
            raise sessions.unusable(self.path, session.notices[-1])

    @staticmethod
    def _session(connection: Connection) -> Any:
        return connection.connection.driver_connection

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
            self._connection.exec_driver_sql(sessions.TAKE_TURN)
            yield self._connection

    @property
    def is_shared(self) -> bool:
        return True

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Rows]:
        """One at a time, of all nodes: whoever begins one sees all that others have committed."""
        with super().transaction() as rows:
            self.waits = self._connection.exec_driver_sql(sessions.TAKE_TURN).one()[-1]
            yield rows

    @contextlib.contextmanager
    def _loading(self) -> Iterator[Rows]:
        """All of it as it is at one moment, beside others who go on writing."""
        with super().transaction() as rows:
            self._connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            (application,) = self._connection.execute(select(FORMATS.c.application)).scalars()
            # it may have moved away while this node was asleep
            require(next(mark for mark, words in MARKS.items() if words == application), self.wanted, self.path)
            yield rows

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
        reader = super()._reads()
        both = not self._lost(reader) and not self._lost(self._connection)
        if both and self._session(reader).lineage != self.lineage:  # it is another server that is written to by now
            reader.invalidate()
        return self._here(reader)

    def _here(self, connection: Connection) -> Connection:
        # one that is used again would come back by itself, beside the lock and beside what is in memory
        if self._lost(connection):
            raise Damaged("database_unusable", path=self.path, reason="the connection was lost")
        return connection

    @staticmethod
    def _lost(connection: Connection | None) -> bool:
        return connection is not None and connection.invalidated


def _count_on(connection: Connection) -> None:
    """Numbers that the database gives go on after those that were brought along."""
    for table in TABLES.sorted_tables:
        place = table.autoincrement_column
        if place is not None:
            sequence = func.pg_get_serial_sequence(table.name, place.name)
            next_one = select(func.coalesce(func.max(place), 0) + 1).scalar_subquery()
            connection.execute(select(func.setval(sequence, next_one, false())))
