"""The authority's tables and one transaction over them, in SQLAlchemy Core; sqlite.py and postgres.py have what is one
database's own.
"""

from __future__ import annotations

import itertools
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Engine,
    Executable,
    Integer,
    LargeBinary,
    MetaData,
    Result,
    Row,
    Select,
    String,
    Table,
    bindparam,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.exc import DBAPIError, IntegrityError

from authority_server.store import checksums
from authority_server.store.chunk_place import ChunkPlace
from protocol.errors import Damaged, HamrazError
from protocol.statements import Signed

T = TypeVar("T")
OnDamage = Callable[[str, str], None]  # (table, row), in whichever thread reads

PROBE_BYTES = 64 * 1024  # a message of the longest kind fits in

TABLES = MetaData()
# A number that the database gives. SQLite gives them to INTEGER only, which has 64 bits there.
PLACE = BigInteger().with_variant(Integer(), "sqlite")
Conflict = IntegrityError  # a rule of the tables is broken: two rows are one
_WORDS: dict[tuple[str, Executable], tuple[str, list[str]]] = {}

ENTRIES = Table(
    "entries",
    TABLES,
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("entry", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),  # of the log up to and with this entry
)
ACCOUNTS = Table(
    "accounts",
    TABLES,
    Column("uid", LargeBinary, primary_key=True),
    Column("email", LargeBinary, nullable=False, unique=True),  # a keyed hash
    Column("created", BigInteger, nullable=False),  # ms since 1970, for whoever runs it; decides nothing
    Column("presence", LargeBinary),
    Column("presence_sig", LargeBinary),
    Column("sequence", BigInteger, nullable=False),  # of the presence record
    Column("generation", LargeBinary),  # the vault's, as its log-in said it last
    Column("generation_sig", LargeBinary),
    checksums.column(),
)
SETTINGS = Table(
    "settings",
    TABLES,
    Column("name", String, primary_key=True),
    Column("value", LargeBinary, nullable=False),
    checksums.column(),
)

_ADD_ENTRY = insert(ENTRIES)
_CHANGING = ("email", "presence", "presence_sig", "sequence", "generation", "generation_sig", "sum")
_SAVE_ACCOUNT = (
    update(ACCOUNTS)
    .where(ACCOUNTS.c.uid == bindparam("whose"))
    .values({name: bindparam("new_" + name) for name in _CHANGING})
)
_DROP_ACCOUNT = delete(ACCOUNTS).where(ACCOUNTS.c.uid == bindparam("whose"))
_DROP_SETTING = delete(SETTINGS).where(SETTINGS.c.name == bindparam("old_name"))


@dataclass(frozen=True, slots=True)
class Account:
    """What the authority knows of an account beyond the log: no password, no key, no e-mail in the clear."""

    uid: bytes
    email: bytes
    created: int
    presence: Signed | None = None
    sequence: int = 0
    generation: Signed | None = None


class Rows:
    """One transaction. What is written goes to the database in its order, many rows a statement, at the end; what is
    `run`, at the end of its job: a later one finds it there.
    """

    def __init__(
        self,
        connection: Connection,
        on_damage: OnDamage = lambda table, what: None,
        on_damaged_entry: Callable[[bytes, int], None] = lambda gid, n: None,
        rebuild: Executable | None = None,  # all indexes, in the database's own words
    ) -> None:
        self._connection, self._rebuild = connection, rebuild
        self._on_damage = on_damage
        self._on_damaged_entry = on_damaged_entry
        self.damaged: list[tuple[str, str]] = []  # (table, row) of what has turned out not to be what was written
        self._cursor: Any = None
        # statements that are run, and in the database's own words those with rows
        self._waiting: list[tuple[Executable | str, Any]] = []
        self._due = False  # what waits is to be there before the next job
        self._mark = 0
        self.on_long: Callable[[], None] = lambda: None  # what comes now may take as long as it takes
        self.wrote = False  # something has gone to the database
        self.broken = False  # the database itself has refused something: the transaction can't go on

    def add(self, statement: Executable, values: dict[str, Any]) -> None:
        """Have a statement carried out with these values, at the end: fast, for what is written again and again."""
        self._have(statement, [values])

    def run(self, statement: Executable) -> None:
        """Have a statement carried out after everything before it, and before the next job."""
        self._waiting.append((statement, None))
        self._due = True

    def keep(self, table: Table, values: dict[str, Any]) -> None:
        """Have a row written, with its sum, at the end."""
        self.add(_insert_of(table, *values, "sum"), values | {"sum": checksums.sum_of(table, values)})

    def put(self, table: Table, values: dict[str, Any]) -> None:
        """The same before the next job: for what strangers can ask for."""
        self.keep(table, values)
        self._due = True

    def replace(self, table: Table, values: dict[str, Any]) -> None:
        """The same in the place of the row that has this primary key, if there is one, whether it holds or not."""
        self.run_each(_delete_of(table), [values])
        self.put(table, values)

    def run_each(self, statement: Executable, rows: list[dict[str, Any]]) -> None:
        """The same as `run` with each of these rows: fast, for what may be hundreds."""
        if rows:  # else nothing is written by this
            self._have(statement, rows)
            self._due = True

    def _have(self, statement: Executable, rows: list[dict[str, Any]]) -> None:
        text, names = self._words(statement)
        self._waiting.append((text, [tuple([row[name] for name in names]) for row in rows]))

    def begin_job(self) -> None:
        """What is written from here on can be taken back by `drop_job`, until `end_job`."""
        self._mark = len(self._waiting)

    def drop_job(self) -> None:
        """The job has written nothing."""
        del self._waiting[self._mark :]
        self._due = False

    def end_job(self) -> None:
        if self._due:
            self.flush()

    def ask(self, statement: Select[Any], values: dict[str, Any] | None = None) -> Result[Any]:
        """What the database says, without what still waits."""
        return self._carry_out(statement, values)

    def ask_first(self, statement: Select[Any], values: dict[str, Any]) -> tuple[Any, ...] | None:
        """The first row: fast, for what is asked for every message."""
        text, names = self._words(statement)
        with self._own_words(text) as cursor:
            cursor.execute(text, [values[name] for name in names])
            found: tuple[Any, ...] | None = cursor.fetchone()
        return found

    def _words(self, statement: Executable) -> tuple[str, list[str]]:
        """A statement in the database's own words, and which values these take, in order: looked up each time, because
        building it would cost more than running it.
        """
        known = self._connection.dialect.name, statement
        if known not in _WORDS:
            compiled: Any = statement.compile(dialect=self._connection.dialect)  # type: ignore[attr-defined]
            _WORDS[known] = str(compiled), [name.removeprefix("_") for name in compiled.positiontup]
        return _WORDS[known]

    def rebuild_indexes(self) -> None:
        """Have all indexes made anew; `Conflict` if two rows turn out to be one."""
        if self._rebuild is not None:
            self.on_long()
            self.run(self._rebuild)

    @contextmanager
    def _own_words(self, text: str) -> Iterator[Any]:
        try:
            if self._cursor is None:
                self._cursor = self._connection.connection.cursor()
            yield self._cursor
        except self._connection.dialect.loaded_dbapi.Error as reason:
            self.broken = True
            held = self._connection.connection
            if self._connection.dialect.is_disconnect(reason, held.dbapi_connection, None):
                self._connection.invalidate(reason)
            known = self._connection.dialect.loaded_dbapi.Error
            raise DBAPIError.instance(text, (), reason, known, hide_parameters=True) from reason

    def add_entry(self, n: int, entry: bytes, hash: bytes) -> None:
        self.add(_ADD_ENTRY, {"n": n, "entry": entry, "hash": hash})

    def add_account(self, account: Account) -> None:
        self.keep(ACCOUNTS, _values(account))

    def save_account(self, account: Account) -> None:
        """Save what may change: the e-mail, the presence record, and the vault's generation."""
        values = _values(account)
        values["sum"] = checksums.sum_of(ACCOUNTS, values)
        self.add(_SAVE_ACCOUNT, {"whose": account.uid, **{"new_" + name: values[name] for name in _CHANGING}})

    def drop_account(self, uid: Any) -> None:
        """Forget a row that doesn't hold; the next that is written finds its place."""
        self.add(_DROP_ACCOUNT, {"whose": uid})
        self._due = True

    def save_setting(self, name: str, value: bytes) -> None:
        self.add(_DROP_SETTING, {"old_name": name})
        self.keep(SETTINGS, {"name": name, "value": value})

    def drop_setting(self, name: str) -> None:
        self.add(_DROP_SETTING, {"old_name": name})

    @property
    def has_written(self) -> bool:
        """Whether this transaction changes anything."""
        return self.wrote or bool(self._waiting)

    def flush(self) -> None:
        """Send what waits: rows in a row of one kind are one statement, which is what makes batches fast."""
        waiting, self._waiting, self._due = self._waiting, [], False
        self.wrote = self.wrote or bool(waiting)
        for statement, rows in itertools.groupby(waiting, itemgetter(0)):
            if isinstance(statement, str):
                together = itertools.chain.from_iterable(values for _, values in rows)
                with self._own_words(statement) as cursor:
                    self._connection.dialect.do_executemany(cursor, statement, together)  # type: ignore[arg-type]
            else:
                for _ in rows:
                    self._carry_out(statement)

    def end(self) -> None:
        """Nothing more is asked: what was not read to its end holds the database open no longer."""
        if self._cursor is not None:
            self._cursor.close()
            self._cursor = None

    def _carry_out(self, statement: Executable, values: Any = None) -> Result[Any]:
        try:
            return self._connection.execute(statement, values)
        except DBAPIError:
            self.broken = True
            raise

    def entries(self, first: int = 0) -> Iterator[tuple[bytes, bytes]]:
        """Every entry from this one on and the log's hash after it, oldest first."""
        wanted = select(ENTRIES.c.entry, ENTRIES.c.hash).where(ENTRIES.c.n >= first)
        for row in self._connection.execute(wanted.order_by(ENTRIES.c.n)):
            yield row.entry, row.hash

    def accounts(self, uids: Iterable[bytes] | None = None) -> tuple[list[Account], list[Any]]:
        """Those whose rows hold, and the keys of the rows that don't; of all, or of these."""
        wanted = select(ACCOUNTS) if uids is None else select(ACCOUNTS).where(ACCOUNTS.c.uid.in_(uids))
        found = self._connection.execute(wanted).all()
        sound = list(checksums.only_whole(self, ACCOUNTS, found))
        whole = {id(row) for row in sound}
        return [_account(row) for row in sound], [row.uid for row in found if id(row) not in whole]

    def settings(self) -> dict[str, bytes]:
        return {row.name: row.value for row in checksums.rows_of(self, SETTINGS, select(SETTINGS))}

    def report_entry(self, gid: bytes, n: int) -> None:
        """The same of an entry of a group's chain, which agents have."""
        self.report("chain", f"{gid.hex()[:8]} {n}")
        self._on_damaged_entry(gid, n)

    def report(self, table: str, what: str) -> None:
        """A row isn't what was written: it is served to nobody, and whoever runs it is told."""
        self.damaged.append((table, what))
        self._on_damage(table, what)


def _account(row: Row[Any]) -> Account:
    presence = None if row.presence is None else Signed(row.presence, row.presence_sig)
    generation = None if row.generation is None else Signed(row.generation, row.generation_sig)
    return Account(row.uid, row.email, row.created, presence, row.sequence, generation)


def _values(account: Account) -> dict[str, Any]:
    """An account's row, without its sum."""
    presence, generation = account.presence, account.generation
    return {
        "uid": account.uid,
        "email": account.email,
        "created": account.created,
        "presence": presence.body if presence else None,
        "presence_sig": presence.sig if presence else None,
        "sequence": account.sequence,
        "generation": generation.body if generation else None,
        "generation_sig": generation.sig if generation else None,
    }


@cache
def _insert_of(table: Table, *columns: str) -> Executable:
    """A row of these columns; made once, as building a statement costs more than running it."""
    return insert(table).values({column: bindparam(f"_{column}") for column in columns})


@cache
def _delete_of(table: Table) -> Executable:
    """The row of this primary key."""
    return delete(table).where(*(column == bindparam(f"_{column.name}") for column in table.primary_key))


class Store(ABC):
    """One connection to the database, for one thread at a time, and one beside it that only reads. `path` is how people
    are told which database it is.
    """

    def __init__(self, engine: Engine, path: str, reader: Engine | None = None) -> None:
        """`reader` None: what is read shares the writer's connection."""
        self.path = path
        self.waits = False  # commits, for a second server
        self.patience: float | None = None  # s for a word of a server; None: as long as it takes
        self._engine, self._reader_engine = engine, reader
        self._connection = engine.connect()
        self._reader = reader.connect() if reader is not None else None
        self.on_damage: OnDamage = lambda table, what: None
        self.on_damaged_entry: Callable[[bytes, int], None] = lambda gid, n: None  # the same of a group's chain

    @property
    def kind(self) -> str:
        """`sqlite` or `postgresql`."""
        return self._engine.dialect.name

    @property
    def lineage(self) -> tuple[int, int] | None:
        """Which cluster of servers has it, and how often another of them has taken over; None for a file."""
        return None

    @property
    def is_shared(self) -> bool:
        """Whether other processes write it, too, one batch at a time."""
        return False

    @property
    @abstractmethod
    def rebuild(self) -> Executable:
        """All indexes anew, in the database's own words."""

    @abstractmethod
    def trouble(self, reason: DBAPIError) -> HamrazError | None:
        """The name of an error of the disk or of the database itself; None for what is our own mistake."""

    @abstractmethod
    def findings(self, most: int) -> list[str]:
        """What the database says against itself as a whole, beside whoever goes on using it. Blocks for long."""

    @abstractmethod
    def size(self) -> int:
        """Bytes of the whole database."""

    @abstractmethod
    def chunk_place(self, folder: Path | None) -> ChunkPlace:
        """Where sealed chunks lie unless told otherwise: in the folder (None: for as long as this store) or as rows."""

    @abstractmethod
    def require_place(self) -> None:
        """Raise if what is written now would be lost, or not be written at all."""

    def transaction(self) -> AbstractContextManager[Rows]:
        """All or nothing, durable when it ends. Raises what `trouble` names."""
        return self._rows(self._writes())

    def reading(self) -> AbstractContextManager[Rows]:
        """What is durable, beside a batch that is under way. One thread at a time."""
        return self._rows(self._reads())

    def _loading(self) -> AbstractContextManager[Rows]:
        return self.transaction()

    def _writes(self) -> Connection:
        return self._connection

    def _reads(self) -> Connection:
        return self._reader or self._connection

    @contextmanager
    def _rows(self, connection: Connection) -> Iterator[Rows]:
        try:
            with connection.begin():
                rows = Rows(connection, self.on_damage, self.on_damaged_entry, self.rebuild)
                try:
                    yield rows
                    rows.flush()
                finally:
                    rows.end()
        except DBAPIError as reason:
            trouble = self.trouble(reason)
            if trouble is None:
                raise
            raise trouble from reason

    def probe(self) -> None:
        """Find out whether the database takes a batch of a usual size now; raises what `transaction` and
        `require_place` raise.
        """
        self.require_place()
        with self.transaction() as rows:
            rows.save_setting("probe", bytes(PROBE_BYTES))
        with self.transaction() as rows:
            rows.drop_setting("probe")

    def read(self, load: Callable[[Rows], T]) -> T:
        """Read everything at the start, when any surprise means that the database is not what was put there."""
        try:
            with self._loading() as rows:
                return load(rows)
        except (DBAPIError, TypeError, ValueError, LookupError, AttributeError, AssertionError) as reason:
            raise Damaged("database_damaged", path=self.path) from reason

    def close(self) -> None:
        if self._reader is not None:
            self._reader.close()
            self._reader.engine.dispose()
        self._connection.close()
        self._engine.dispose()
