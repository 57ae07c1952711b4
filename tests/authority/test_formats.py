"""Databases of every format that ever was open in today's code; an upgrade happens whole or not at all, and once."""

import re
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from authority_server import group_store, sqlite
from authority_server.authority import Authority
from authority_server.folder import write_private
from authority_server.main import open_folder
from protocol.errors import HamrazError
from protocol.messages import LoggedIn
from protocol.primitives import SigningKey
from protocol.roles import Role
from tests.authority.make_format import FORMATS
from tests.authority.peer import Clock, Peer, Person, agent, member


def lay(path: Path, number: int) -> dict[str, SigningKey]:
    """An authority's folder with the saved database of this format; the keys of the authority and of its people."""
    text = (FORMATS / f"{number}.sql").read_text(encoding="utf-8")
    with sqlite3.connect(path / "authority.db") as database:
        database.executescript(text)
    database.close()
    found = {name: bytes.fromhex(seed) for name, seed in re.findall(r"^-- (\w+): ([0-9a-f]{64})$", text, re.MULTILINE)}
    write_private(path / "authority.key", b"hamraz authority key 1: %s\n" % found["authority"].hex().encode())
    return {name: SigningKey(seed) for name, seed in found.items()}


def version(path: Path) -> int:
    """The format that a database says it has."""
    with sqlite3.connect(path / "authority.db") as database:
        found: int = database.execute("PRAGMA user_version").fetchone()[0]
    database.close()
    return found


@pytest.mark.parametrize("number", range(1, sqlite.FORMAT + 1))
def test_every_format_opens_and_is_used(tmp_path: Path, number: int) -> None:
    seeds = lay(tmp_path, number)
    for start in range(2):
        key, store = open_folder(tmp_path)
        authority = Authority(store, key, Clock())
        users = {user.name: user for user in authority.state.log.users.values()}
        assert [users[name].role for name in ("arash", "sara", "omid")] == [Role.SUPER_ADMIN, Role.ADMIN, Role.BEGINNER]
        (gid, group), *none = authority.published_groups.items()
        assert not none and len(group.joined) == 3
        with store.reading() as rows:
            assert sum(1 for _ in group_store.newest_of_each(rows, gid, 0)) == 2
            assert len(group_store.acks(rows, gid)) == 3 and len(group_store.prekeys(rows, list(group.joined))) == 3
        sara = Person(authority.id, "sara", seeds["sara"])
        sequence = authority.state.accounts[sara.uid].sequence + 1
        peer = Peer(authority).hello()
        assert isinstance(peer.log_in(sara, presence=sara.presence(sequence)), LoggedIn)
        agent(authority, member(authority, f"newcomer{start}"))
        store.close()
        assert version(tmp_path) == sqlite.FORMAT


def tables(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every table and index with its columns: name, type, may be NULL, default, place in the key; an index's kind."""
    with sqlite3.connect(path / "authority.db") as database:
        found = {}
        for (name,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").fetchall():
            found[name] = [row[1:] for row in database.execute(f"PRAGMA table_info({name})")]
            for _, index, *kind in database.execute(f"PRAGMA index_list({name})").fetchall():
                columns = [row[2] for row in database.execute(f"PRAGMA index_info({index})")]
                found[f"{name} {index}"] = [(*kind, *columns)]
    database.close()
    return found


@pytest.mark.parametrize("number", range(1, sqlite.FORMAT + 1))
def test_every_format_ends_as_a_new_database_begins(tmp_path: Path, number: int) -> None:
    (tmp_path / "new").mkdir()
    open_folder(tmp_path / "new")[1].close()
    lay(tmp_path, number)
    sqlite.open_file(tmp_path / "authority.db").close()
    assert tables(tmp_path) == tables(tmp_path / "new")
    assert len(tables(tmp_path)) > 8


def add_colours(connection: Connection) -> None:
    connection.exec_driver_sql("CREATE TABLE colours (uid BLOB PRIMARY KEY, colour TEXT NOT NULL)")
    connection.exec_driver_sql("INSERT INTO colours SELECT uid, 'blue' FROM accounts")


@pytest.fixture
def newer(monkeypatch: pytest.MonkeyPatch) -> dict[int, sqlite.Step]:
    """A made-up format, and its table of steps."""
    steps = {**sqlite.UPGRADES, sqlite.FORMAT: add_colours}
    monkeypatch.setattr(sqlite, "UPGRADES", steps)
    monkeypatch.setattr(sqlite, "FORMAT", sqlite.FORMAT + 1)
    return steps


def test_there_is_a_step_from_each_format() -> None:
    assert sorted(sqlite.UPGRADES) == list(range(1, sqlite.FORMAT))
    assert sorted(file.name for file in FORMATS.iterdir()) == [f"{n}.sql" for n in range(1, sqlite.FORMAT + 1)]


def test_steps_are_taken_once(tmp_path: Path, newer: dict[int, sqlite.Step]) -> None:
    lay(tmp_path, 1)
    for _start in range(2):
        key, store = open_folder(tmp_path)
        assert len(Authority(store, key, Clock()).state.accounts) == 3
        with store.reading() as rows:
            assert rows.ask_text("SELECT count(*) FROM colours", ()) == (3,)
        store.close()
    assert version(tmp_path) == sqlite.FORMAT


def test_an_upgrade_that_fails_has_changed_nothing(tmp_path: Path, newer: dict[int, sqlite.Step]) -> None:
    def stumble(connection: Connection) -> None:
        add_colours(connection)
        connection.exec_driver_sql("INSERT INTO nowhere VALUES (1)")

    lay(tmp_path, 1)
    newer[sqlite.FORMAT - 1] = stumble
    with pytest.raises(OperationalError, match="nowhere"):
        sqlite.open_file(tmp_path / "authority.db")
    assert version(tmp_path) == 1
    newer[sqlite.FORMAT - 1] = add_colours
    sqlite.open_file(tmp_path / "authority.db").close()
    assert version(tmp_path) == sqlite.FORMAT


def test_a_newer_format_in_the_journal_is_refused(tmp_path: Path) -> None:
    """A newer version upgraded and was killed: the file's head is still the old one."""
    lay(tmp_path, 1)
    with sqlite3.connect(tmp_path / "authority.db") as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute(f"PRAGMA user_version = {sqlite.FORMAT + 1}")
        database.commit()
        with pytest.raises(HamrazError) as reason:
            sqlite.open_file(tmp_path / "authority.db")
    database.close()
    assert reason.value.code == "database_foreign"
