"""A database of an older format is open in today's code: its upgrade happens whole or not at all, and once; one of
version 1 of the protocol, which began otherwise, is refused and stays as it is.
"""

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, Connection, LargeBinary, String, Table, delete, func, insert, select, table

from authority_server.core.authority import Authority
from authority_server.main import open_folder
from authority_server.operations import backup
from authority_server.store import checksums, migrations, sqlite
from authority_server.store.database import TABLES
from authority_server.store.migrations import Step
from protocol.errors import HamrazError
from tests.authority.peer import Clock, agent, member, owner


def lay(path: Path) -> None:
    """A folder of today's format, with two accounts."""
    key, store = open_folder(path)
    authority = Authority(store, key, Clock())
    owner(authority)
    member(authority, "sara")
    store.close()


def version(path: Path) -> int:
    """The format that a database says it has."""
    with sqlite3.connect(path / "authority.db") as database:
        found: int = database.execute("PRAGMA user_version").fetchone()[0]
    database.close()
    return found


def add_colours(connection: Connection) -> None:
    connection.exec_driver_sql("CREATE TABLE colours (uid BLOB PRIMARY KEY, colour TEXT NOT NULL)")
    connection.exec_driver_sql("INSERT INTO colours SELECT uid, 'blue' FROM accounts")


def lay_first(path: Path) -> None:
    """The same of format 1, whose rows had no sums, with a row in each table."""
    lay(path)
    store = sqlite.open_file(path / "authority.db")
    with store.transaction() as rows:
        for table in summed():
            if table.name not in ("accounts", "settings"):
                rows.run(insert(table).values({column.name: made_up(column) for column in table.columns}))
    store.close()
    with sqlite3.connect(path / "authority.db") as database:
        for table in summed():
            database.execute(f'ALTER TABLE "{table.name}" DROP COLUMN sum')
        for name in ("gone", "journal", "nodes", "claims"):
            database.execute(f"DROP TABLE {name}")
        database.execute("PRAGMA user_version = 1")
    database.close()


def summed() -> list[Table]:
    return [table for table in TABLES.sorted_tables if "sum" in table.columns and table.name != "gone"]


def made_up(column: Column[Any]) -> Any:
    if column.name == "sum":
        return b""
    return {LargeBinary: b"bytes", String: "text"}.get(type(column.type), 7)


def test_rows_of_the_first_format_get_sums(tmp_path: Path) -> None:
    lay_first(tmp_path)
    store = sqlite.open_file(tmp_path / "authority.db")
    with store.reading() as rows:
        for table in summed():
            found = rows.ask(select(table)).all()
            assert found and all(checksums.holds(table, row) for row in found), table.name
    with store.transaction() as rows:
        for table in summed():
            if table.name not in ("accounts", "settings"):
                rows.run(delete(table))
    store.close()
    key, store = open_folder(tmp_path)
    authority = Authority(store, key, Clock())
    assert len(authority.state.accounts) == 2 and not authority.damage.status()
    agent(authority, member(authority, "mani"))
    store.close()


@pytest.fixture
def newer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[int, Step]:
    """A folder of today's format, code that has a newer one, and its table of steps."""
    lay(tmp_path)
    steps = {**migrations.UPGRADES, migrations.FORMAT: add_colours}
    monkeypatch.setattr(migrations, "UPGRADES", steps)
    monkeypatch.setattr(migrations, "FORMAT", migrations.FORMAT + 1)
    return steps


def test_there_is_a_step_from_each_format() -> None:
    assert sorted(migrations.UPGRADES) == list(range(1, migrations.FORMAT))


def test_steps_are_taken_once(tmp_path: Path, newer: dict[int, Step]) -> None:
    assert version(tmp_path) == migrations.FORMAT - 1
    for start in range(2):
        key, store = open_folder(tmp_path)
        authority = Authority(store, key, Clock())
        assert len(authority.state.accounts) == 2 + start
        with store.reading() as rows:
            assert rows.ask(select(func.count()).select_from(table("colours"))).scalar_one() == 2
        agent(authority, member(authority, f"newcomer{start}"))
        store.close()
        assert version(tmp_path) == migrations.FORMAT


def test_an_upgrade_that_fails_has_changed_nothing(tmp_path: Path, newer: dict[int, Step]) -> None:
    def stumble(connection: Connection) -> None:
        add_colours(connection)
        connection.exec_driver_sql("INSERT INTO nowhere VALUES (1)")

    newer[migrations.FORMAT - 1] = stumble
    with pytest.raises(HamrazError) as reason:
        sqlite.open_file(tmp_path / "authority.db")
    assert reason.value.code == "database_damaged"
    assert version(tmp_path) == migrations.FORMAT - 1
    newer[migrations.FORMAT - 1] = add_colours
    sqlite.open_file(tmp_path / "authority.db").close()
    assert version(tmp_path) == migrations.FORMAT


def test_a_newer_format_in_the_journal_is_refused(tmp_path: Path) -> None:
    """A newer version upgraded and was killed: the file's head is still the old one."""
    lay(tmp_path)
    with sqlite3.connect(tmp_path / "authority.db") as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute(f"PRAGMA user_version = {migrations.FORMAT + 1}")
        database.commit()
        with pytest.raises(HamrazError) as reason:
            sqlite.open_file(tmp_path / "authority.db")
    database.close()
    assert reason.value.code == "database_foreign"


@pytest.mark.parametrize("number", [1, 3])
def test_a_database_of_version_1_is_refused_and_left_as_it_is(tmp_path: Path, number: int) -> None:
    data = tmp_path / "data"
    data.mkdir()
    lay(data)
    with sqlite3.connect(data / "authority.db") as database:
        database.execute(f"PRAGMA application_id = {int.from_bytes(b'Hmrz')}")
        database.execute(f"PRAGMA user_version = {number}")
    database.close()
    before = {path.name: path.read_bytes() for path in data.iterdir()}
    for start in (lambda: open_folder(data), lambda: backup.save(data, tmp_path / "copy")):
        with pytest.raises(HamrazError) as reason:
            start()
        assert reason.value.code == "old_version" and str(data) in str(reason.value)
        assert {path.name: path.read_bytes() for path in data.iterdir()} == before
    assert not (tmp_path / "copy").exists()
