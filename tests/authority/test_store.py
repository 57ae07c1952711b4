"""A restart brings everything back; a damaged, foreign or halved folder is refused with nothing changed."""

import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from authority_server.core.authority import Authority
from authority_server.main import open_folder
from authority_server.state.state import begin
from authority_server.store import data_folder, keys, migrations, sqlite
from protocol.errors import HamrazError
from protocol.messages import ChangeRole
from protocol.primitives import SigningKey
from protocol.roles import Role
from storage import whole_files
from storage.journal import journal_of
from tests.authority.peer import Clock, Peer, agent, member, owner


@contextmanager
def started(path: Path) -> Iterator[Authority]:
    """The authority of this folder, from its start to its end."""
    with data_folder.held(path):
        key, store = open_folder(path)
        try:
            yield Authority(store, key, Clock())
        finally:
            store.close()


def refusal(path: Path) -> HamrazError:
    """How a start on this folder is refused; no file of it may change."""
    before = contents(path)
    with pytest.raises(HamrazError) as reason, started(path):
        raise AssertionError("started")
    assert contents(path) == before
    assert str(path) in str(reason.value)
    return reason.value


def contents(path: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in path.iterdir() if file.name != "lock"}


@pytest.fixture
def used(tmp_path: Path) -> Path:
    """A folder that has been in use."""
    with started(tmp_path) as authority:
        owner(authority)
        (tmp_path / "links").write_text("join: …\n")
    return tmp_path


def test_a_restart_brings_everything_back(tmp_path: Path) -> None:
    with started(tmp_path) as authority:
        boss, ali = owner(authority, "boss"), member(authority, "علی")
        peer = agent(authority, boss)
        peer.say(ChangeRole(1, boss.role_change(ali.uid, Role.ADMIN, 2)))
        asker = agent(authority, ali)
        state, head, key = authority.state, authority.published, authority.key.public
        asker.hang_up()
    with started(tmp_path) as authority:
        again = authority.state
        assert authority.published == head and authority.key.public == key
        assert again.log.users == state.log.users and again.entries == state.entries
        assert again.accounts == state.accounts and again.emails == state.emails
        assert again.settings == state.settings and again.looks == state.looks
        assert again.accounts[ali.uid].presence == ali.presence()
        agent(authority, ali)
        with pytest.raises(HamrazError) as taken:
            member(authority, "علي")
        assert taken.value.code == "name_lookalike"


def test_what_was_answered_survives_a_kill(tmp_path: Path) -> None:
    with started(tmp_path) as authority:
        who = owner(authority)
        # no close, no checkpoint: a copy of the files as a power failure would leave them
        copy = tmp_path / "copy"
        copy.mkdir()
        for name, content in contents_of_files(tmp_path).items():
            (copy / name).write_bytes(content)
    with started(copy) as authority:
        agent(authority, who)


def contents_of_files(path: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in path.iterdir() if file.is_file() and not file.name.endswith("shm")}


def test_what_is_committed_is_on_disk(used: Path) -> None:
    with started(used) as authority, authority.store._connection.begin():
        asked = {
            name: authority.store._connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert asked == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_all_files_are_private(used: Path) -> None:
    with started(used):
        for file in used.iterdir():
            if file.name not in ("lock", "links"):
                assert stat.S_IMODE(file.stat().st_mode) == 0o600, file.name


def test_a_key_that_was_put_back_for_everybody_is_private_again(used: Path, caplog: pytest.LogCaptureFixture) -> None:
    """As a copy on a stick, or in an archive, has no owner's rights."""
    (used / "authority.key").chmod(0o644)
    for _start in range(2):
        with started(used):
            assert stat.S_IMODE((used / "authority.key").stat().st_mode) == 0o600
    assert sum("could read" in line for line in caplog.messages) == 1  # there is nothing to say at the second one


def test_a_database_to_which_a_link_leads_has_its_journal_beside_it(used: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    (used / "authority.db").rename(elsewhere)
    (used / "authority.db").symlink_to(elsewhere)
    with started(used) as authority:
        member(authority, "ali")
        journal = tmp_path / "elsewhere-wal"
        assert journal_of(used / "authority.db") == journal and journal.stat().st_size
        assert authority.store.size() > elsewhere.stat().st_size
        journal.rename(tmp_path / "gone")
        with pytest.raises(HamrazError) as reason:
            authority.store.require_place()
        assert reason.value.code == "folder_gone"
        (tmp_path / "gone").rename(journal)


def test_a_first_start_that_was_cut_off_is_begun_again(tmp_path: Path) -> None:
    key = keys.make(tmp_path / "authority.key")
    (tmp_path / "authority.db.new").write_bytes(b"half")
    (tmp_path / "authority.key.new").write_bytes(b"half")
    with started(tmp_path) as authority:
        assert authority.key.public == key.public


def test_a_database_without_its_key_is_refused(used: Path) -> None:
    (used / "authority.key").unlink()
    assert refusal(used).code == "key_missing"


def test_a_key_whose_database_is_gone_is_refused(used: Path) -> None:
    # a new log under the old key would contradict every head that agents hold
    (used / "authority.db").unlink()
    assert refusal(used).code == "database_missing"


@pytest.mark.parametrize(
    "content",
    [b"", b"short", b"hamraz authority key 2: " + b"g" * 64 + b" " + b"0" * 16 + b"\n", bytes(range(89))],
    ids=["", "short", "letters", "bytes"],
)
def test_a_key_file_that_is_none_is_refused(used: Path, content: bytes) -> None:
    (used / "authority.key").write_bytes(content)
    assert refusal(used).code == "key_damaged"


def test_another_authoritys_key_is_refused(used: Path) -> None:
    (used / "authority.key").unlink()
    keys.make(used / "authority.key")
    before = contents(used)
    with pytest.raises(HamrazError) as reason, started(used):
        raise AssertionError("started")
    assert reason.value.code == "key_damaged" and str(used / "authority.key") in str(reason.value)
    after = contents(used)
    assert after["authority.db"] == before["authority.db"] and after["authority.key"] == before["authority.key"]


def replace_database(path: Path, version: int, application: int) -> None:
    (path / "authority.db").unlink()
    with sqlite3.connect(path / "authority.db") as database:
        database.execute("CREATE TABLE mine (words TEXT)")
        database.execute("INSERT INTO mine VALUES ('keep me')")
        database.execute(f"PRAGMA user_version = {version}")
        database.execute(f"PRAGMA application_id = {application}")
    database.close()


@pytest.mark.parametrize(
    ("version", "application"),
    [(0, 0), (1, 0), (migrations.FORMAT + 1, sqlite.APPLICATION_ID), (0, sqlite.APPLICATION_ID)],
)
def test_a_foreign_or_newer_database_is_refused(used: Path, version: int, application: int) -> None:
    replace_database(used, version, application)
    assert refusal(used).code == "database_foreign"


@pytest.mark.parametrize("content", [b"not a database " * 20, b"\x89PNG\r\n\x1a\n" + bytes(200)])
def test_a_file_that_is_no_database_is_refused(used: Path, content: bytes) -> None:
    (used / "authority.db").write_bytes(content)
    assert refusal(used).code == "database_foreign"


@pytest.mark.parametrize("length", [0, 10, 99])
def test_a_database_that_was_cut_short_is_damaged(used: Path, length: int) -> None:
    (used / "authority.db").write_bytes((used / "authority.db").read_bytes()[:length])
    assert refusal(used).code == "database_damaged"


def test_damage_anywhere_in_the_pages_is_found(used: Path) -> None:
    whole = (used / "authority.db").read_bytes()
    (used / "authority.db").write_bytes(whole[:4096] + bytes(4096) + whole[8192:])
    with pytest.raises(HamrazError) as reason, started(used):
        raise AssertionError("started")
    assert reason.value.code == "database_damaged"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entries SET entry = zeroblob(20) WHERE n = 1",
        "UPDATE entries SET hash = zeroblob(32) WHERE n = 1",
        "DELETE FROM entries WHERE n = 0",
        "DELETE FROM entries WHERE n = 1",
        "DELETE FROM entries",
        "DELETE FROM accounts",
        "DELETE FROM settings WHERE name = 'era'",
        "DELETE FROM settings WHERE name = 'invitation'",
        "DROP TABLE accounts",
        "UPDATE entries SET entry = 'text' WHERE n = 1",
        "UPDATE entries SET entry = 7 WHERE n = 1",
    ],
)
def test_a_database_that_was_changed_by_hand_is_damaged(used: Path, statement: str) -> None:
    with sqlite3.connect(used / "authority.db") as database:
        database.execute(statement)
    database.close()
    with pytest.raises(HamrazError) as reason, started(used):
        raise AssertionError("started")
    assert reason.value.code == "database_damaged"


def test_two_processes_never_share_a_folder(used: Path) -> None:
    with data_folder.held(used), pytest.raises(HamrazError) as reason, data_folder.held(used):
        raise AssertionError("shared")
    assert reason.value.code == "folder_in_use"
    with data_folder.held(used):
        pass


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    for path in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(HamrazError) as reason, data_folder.held(path):
            raise AssertionError("held")
        assert reason.value.code == "not_a_folder" and str(tmp_path / "file ") in str(reason.value)
    assert (tmp_path / "file").read_text() == "mine"


def test_a_private_file_is_the_old_one_or_the_new_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "links"
    whole_files.write_whole(path, b"old")
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "full")))
    with pytest.raises(OSError, match="full"):
        whole_files.write_whole(path, b"new")
    monkeypatch.undo()
    assert path.read_bytes() == b"old"
    whole_files.write_whole(path, b"new")
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_store_in_memory_is_the_same_store() -> None:
    key = SigningKey.generate()
    authority = Authority(sqlite.in_memory(lambda rows: begin(rows, key)), key, Clock())
    owner(authority)
    with authority.store.transaction() as rows:
        assert [raw for raw, _ in rows.entries()] == authority.state.entries
    assert Peer(authority).hello()
