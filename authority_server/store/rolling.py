"""How a server's tables get a newer format while nodes of an older one are at work on them: what is new is added by the
first newer node (expand), and what is old is taken away when no older node is left and a person says so (contract).

Who is there is told by locks: each writer's session holds one for its format, shared, from its beginning to its end.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Connection, Integer, MetaData, Table, insert, inspect, select, text

from authority_server.store import migrations
from authority_server.store.migrations import Rolling
from protocol.errors import Damaged

FIRST = 3  # the oldest format that a database on a server can have: there was none before
# Only there while an upgrade is not finished: the format that the tables are expanded to.
EXPANDED = Table("hamraz_expanded", MetaData(), Column("number", Integer, nullable=False))
_LOCK = int.from_bytes(b"HmF") << 40  # and the format, and the number of the schema where the tables are


def attend(cursor: Any, schema: int, path: str) -> None:
    """Have this session count as a node of our format to its end; `database_foreign` if the tables are beyond it.

    In this order: whoever finishes an upgrade either sees this session, or is seen by it.
    """
    cursor.execute("SELECT pg_advisory_lock_shared(%s)", (_LOCK | migrations.FORMAT << 32 | schema,))
    cursor.execute("SELECT to_regclass(format('%I.hamraz_format', current_schema()))")
    if cursor.fetchone()[0] is not None:
        cursor.execute("SELECT max(number) FROM hamraz_format")
        if (cursor.fetchone()[0] or 0) > migrations.FORMAT:
            raise Damaged("database_foreign", path=path)


def expand(connection: Connection, number: int, path: str) -> int:
    """Make tables whose oldest nodes may be of the format `number` fit for ours; the format that nodes need from now
    on. `database_in_use` if a step can't be taken beside the older nodes that run.
    """
    known = _expanded(connection)
    for version in range(max(known, number), migrations.FORMAT):
        step = migrations.UPGRADES[version]
        if isinstance(step, Rolling):
            step.expand(connection)
            continue
        _require_no_older(connection, version + 1, path)
        _contract(connection, number, version)
        step(connection)
        number = version + 1
    _set_expanded(connection, known, max(known, migrations.FORMAT), number)
    return number


def finish(connection: Connection, number: int, path: str) -> int:
    """Take away what only older nodes need, and let none of them in any more; the format that nodes need from now on.
    `database_in_use` while one runs; `database_foreign` if the tables are expanded for newer nodes than we are.
    """
    if _expanded(connection) > migrations.FORMAT:
        raise Damaged("database_foreign", path=path)
    number = expand(connection, number, path)  # if none of our nodes has been started yet
    known = _expanded(connection)
    _require_no_older(connection, migrations.FORMAT, path)
    _contract(connection, number, max(known, number))
    _set_expanded(connection, known, 0, 0)
    return max(known, number)


def _contract(connection: Connection, number: int, end: int) -> None:
    """Second halves, all of steps that are expanded."""
    for version in range(number, end):
        step = migrations.UPGRADES[version]
        if isinstance(step, Rolling):
            step.contract(connection)


def _require_no_older(connection: Connection, format: int, path: str) -> None:
    schema = "(SELECT oid::bigint FROM pg_namespace WHERE nspname = current_schema())"
    for older in range(FIRST, format):
        # to the end of this transaction: one that starts meanwhile waits, and finds itself too old
        lock = text(f"SELECT pg_try_advisory_xact_lock({_LOCK | older << 32} | {schema})")
        if not connection.execute(lock).scalar_one():
            raise Damaged("database_in_use", path=path)


def _expanded(connection: Connection) -> int:
    """0 while no upgrade is under way."""
    if not inspect(connection).has_table(EXPANDED.name):
        return 0
    found: int = connection.execute(select(EXPANDED.c.number)).scalar_one()
    return found


def _set_expanded(connection: Connection, known: int, expanded: int, number: int) -> None:
    if known:
        EXPANDED.drop(connection)
    if expanded > number:
        EXPANDED.create(connection)
        connection.execute(insert(EXPANDED).values(number=expanded))
