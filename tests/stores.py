"""Where the authorities of a test keep what they have: in SQLite, or on the run's PostgreSQL, by what the fixture
`database` (tests/conftest.py) is told.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from authority_server.store import sessions, sqlite
from authority_server.store.chunk_rows import CHUNKS
from authority_server.store.database import TABLES, Rows, Store
from authority_server.store.postgres import DatabaseServer
from tests import postgres

Fill = Callable[[Rows], None]


def named(folder: str, names: str) -> set[str]:
    return {f"tests/{folder}/test_{name}.py" for name in names.split()}


SQLITE, POSTGRES = "sqlite", "postgresql"

# The tests of these are tried with both, always: about 15 s of a processor. (What a query costs, and files on disk, are
# asked of SQLite itself: test_costs, test_beneath, test_formats, test_main, test_operating, test_server and test_store;
# test_fair_queue asks no database. What is PostgreSQL's own has test_postgres and those beside it.)
ALWAYS = named("authority", "directory groups key_changes log log_in mail_shares regrants undo writer") | named(
    "agent", "recovery"
)
# And of these in the long form.
LONG = (
    named("authority", "backups charges chunk_objects files group_chain group_ephemeral group_ports group_server")
    | named("authority", "idle_connections limits metrics names parts profiles recovery_keys session several_groups")
    | named("authority", "sign_up signed_sizes turns unknown")
    | named("agent", "chats gone key_changes log mailbox private_chat roles")
    | named(
        "groups",
        "at_work behind blocked_members chain_checks chosen_ids damage ephemeral group_chat group_files group_keys",
    )
    | named("groups", "heads invitations lost_end many_added marks mentions older pins places races removal retract")
    | named("groups", "settings shares standing turns")
)
AT_ONCE = 12  # of one runner; the server takes 80 connections

# A runner beside others may stand still in the middle of a batch, for longer than a node should.
sessions.TAKE_TURN = sessions.TAKE_TURN.replace(f"'{sessions.IDLE_SECONDS}s'", "'5min'")

_numbers = itertools.count()
_free: list[str] = []  # schemas with tables, which nobody uses
_taken: dict[str, Store | None] = {}
_engine = SQLITE


def engines(file: str, long: bool) -> list[str]:
    """With which databases the tests of this file are tried; none: they aren't asked."""
    return [SQLITE, POSTGRES] if file in ALWAYS or (long and file in LONG) else []


@contextmanager
def using(engine: str) -> Iterator[None]:
    """What is made meanwhile is kept there, and ends with it."""
    global _engine
    before, _engine = _engine, engine
    try:
        yield
    finally:
        _engine = before
        for name in list(_taken):
            give_back(name)


def in_memory(fill: Fill) -> Store:
    """A store for as long as the test."""
    if _engine == SQLITE:
        return sqlite.in_memory(fill)
    if len(_taken) >= AT_ONCE:  # a test of many examples, each with its own
        give_back(next(iter(_taken)))
    name = empty_schema()
    store = server(name).open()
    _taken[name] = store
    with store.transaction() as rows:
        fill(rows)
    return store


def give_back(schema: str) -> None:
    """Nobody uses it any more."""
    store = _taken.pop(schema)
    if store is not None:
        store.close()
    _free.append(schema)


def copy(store: Store) -> Store:
    """Another with the same content, as a backup of it would have."""
    made = in_memory(lambda rows: None)
    if isinstance(store, sqlite.FileStore):
        here, there = (one._connection.connection.driver_connection for one in (store, made))
        here.backup(there)  # type: ignore[union-attr]
    else:
        old, new = (next(name for name, known in _taken.items() if known is one) for one in (store, made))
        postgres.command("; ".join(f'INSERT INTO {new}."{name}" SELECT * FROM {old}."{name}"' for name in _names()))
    return made


def _names() -> list[str]:
    """Of an authority's tables on a server."""
    return [*TABLES.tables, CHUNKS.name]


def literal(value: bytes) -> str:
    """As it stands in a statement, in the words of the database of now."""
    return f"x'{value.hex()}'" if _engine == SQLITE else f"decode('{value.hex()}', 'hex')"


def address(schema: str, folder: Path | None = None) -> str:
    """The address of a schema of the run's server, as whoever runs an authority would write it."""
    options = f"host={folder or postgres.started()}&options=-csearch_path%3D{schema}"
    return f"postgresql+psycopg2://hamraz@/postgres?{options}"


def server(schema: str) -> DatabaseServer:
    return DatabaseServer.at(address(schema))


def new_schema() -> str:
    """One without tables; it stays to the end of the run."""
    name = f"s{os.getpid()}_{next(_numbers)}"
    postgres.command(f"CREATE SCHEMA {name}")
    return name


def empty_schema() -> str:
    """One with empty tables. To empty them costs 2 ms, to make them anew 150."""
    if _free:
        name = _free.pop()
        emptied = "; ".join(f'DELETE FROM {name}."{table}"' for table in _names())
        postgres.command(emptied)
    else:
        name = new_schema()
        server(name).create(lambda rows: None)
    _taken[name] = None
    return name
