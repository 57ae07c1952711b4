"""What happens to a folder beneath its authority, and what lies in it: nothing that has lost its name is acknowledged,
and a start on what is left says one sentence.
"""

from __future__ import annotations

import logging
import random
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from authority_server.core.authority import Authority
from authority_server.core.database_check import MOST, look_over
from authority_server.main import open_folder
from authority_server.store import data_folder, sqlite
from authority_server.store.blobs import ChunkFiles
from protocol.errors import Damaged, HamrazError
from tests.authority.peer import Clock, member, owner
from tests.authority.test_store import refusal, started


@contextmanager
def running(path: Path) -> Iterator[Authority]:
    """The same without the lock, so that the folder may go."""
    key, store = open_folder(path)
    try:
        yield Authority(store, key, Clock())
    finally:
        store.close()


@pytest.fixture
def used(tmp_path: Path) -> Path:
    path = tmp_path / "data"
    with started(path) as authority:
        owner(authority)
        (path / "links").write_text("join: …\n")
    return path


def code(authority: Authority, name: str) -> str:
    try:
        member(authority, name)
    except HamrazError as reason:
        return reason.code
    return "done"


# --- what goes while it runs ---


def test_a_folder_that_moves_stops_the_acknowledging_until_it_is_back(
    used: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with running(used) as authority:
        assert code(authority, "ada") == "done"
        used.rename(used.with_name("elsewhere"))
        assert code(authority, "bob") == "authority_failing"
        assert "was moved or deleted" in caplog.text
        assert code(authority, "bob") == "authority_failing"
        used.with_name("elsewhere").rename(used)
        authority.look_after_disk()
        assert authority.health.trouble is None
        assert code(authority, "bob") == "done"
    with started(used) as authority:
        assert {user.name for user in authority.state.log.users.values()} == {"owner", "ada", "bob"}


def test_it_is_noticed_without_a_write(used: Path) -> None:
    with running(used) as authority:
        authority.look_after_disk()
        assert authority.health.trouble is None
        shutil.rmtree(used)
        authority.look_after_disk()
        assert authority.health.trouble is not None and authority.health.trouble.code == "folder_gone"


@pytest.mark.parametrize("name", ["authority.db", "authority.db-wal"])
def test_one_file_that_goes_is_enough(used: Path, name: str) -> None:
    with running(used) as authority:
        assert code(authority, "ada") == "done"
        (used / name).unlink()
        assert code(authority, "bob") == "authority_failing"


def test_another_folder_in_its_place_is_not_it(used: Path) -> None:
    with running(used) as authority:
        assert code(authority, "ada") == "done"
        used.rename(used.with_name("elsewhere"))
        shutil.copytree(used.with_name("elsewhere"), used)
        assert code(authority, "bob") == "authority_failing"


def test_what_was_in_the_journal_that_lost_its_name_is_written_at_the_end(used: Path) -> None:
    with running(used) as authority:
        assert code(authority, "ada") == "done"
        (used / "authority.db-wal").unlink()
        assert code(authority, "bob") == "authority_failing"
    with started(used) as authority:
        assert {user.name for user in authority.state.log.users.values()} >= {"owner", "ada"}


# --- what is missing at a start ---


@pytest.mark.parametrize("left", ["links", "authority.sizes", "files"])
def test_where_an_authority_was_no_other_begins(tmp_path: Path, left: str) -> None:
    path = tmp_path / "data"
    path.mkdir()
    (path / left).mkdir() if left == "files" else (path / left).write_bytes(b"")
    assert refusal_code(path) == "authority_gone"
    assert {file.name for file in path.iterdir()} == {left, "lock"}


@pytest.mark.parametrize("left", ["links", "authority.sizes", "files"])
def test_a_key_that_was_in_use_gets_no_other_database(used: Path, left: str) -> None:
    for file in used.iterdir():
        if file.name != "authority.key":
            file.unlink()
    (used / left).mkdir() if left == "files" else (used / left).write_bytes(b"")
    assert refusal_code(used) == "database_missing"


def refusal_code(path: Path) -> str:
    with pytest.raises(HamrazError) as reason, data_folder.held(path):
        open_folder(path)
    return reason.value.code


def test_any_changed_digit_of_the_key_file_is_the_key_file_s(used: Path) -> None:
    whole = (used / "authority.key").read_bytes()
    for at in range(len(whole)):
        for other in (whole[at] ^ 1, whole[at] ^ 4):
            (used / "authority.key").write_bytes(whole[:at] + bytes([other]) + whole[at + 1 :])
            with pytest.raises(Damaged) as reason:
                open_folder(used)
            assert reason.value.code == "key_damaged" and "authority.key" in str(reason.value)


def test_a_key_file_of_version_1_is_told(used: Path) -> None:
    (used / "authority.key").write_bytes(b"hamraz authority key 1: " + b"a" * 64 + b"\n")
    assert refusal(used).code == "old_version"


# --- what lies among the files ---


@pytest.mark.parametrize(
    "name", ["zz-notes.txt", ".nfs-0001", "0-0", f"{'a' * 64}-{'b' * 32}~", f".{'a' * 64}-{'b' * 32}.x7Gh", "-", "é-ü"]
)
def test_a_stray_name_is_nobody_s_file(tmp_path: Path, name: str) -> None:
    chunks = ChunkFiles(tmp_path)
    chunks.write(b"o" * 32, b"i" * 16, 0, b"sealed")
    (tmp_path / name).write_bytes(b"somebody's")
    (tmp_path / "a-folder").mkdir()
    assert chunks.sizes() == {(b"o" * 32, b"i" * 16): 6}
    assert (tmp_path / name).exists()


# --- what a bad disk has done to the tables' description ---


def test_changed_bits_of_the_description_are_damage(used: Path, long: bool) -> None:
    whole = (used / "authority.db").read_bytes()
    with sqlite3.connect(used / "authority.db") as database:
        pages = {int(row[0]) for row in database.execute("SELECT rootpage FROM sqlite_master")}
    database.close()
    assert len(pages) > 5
    chance = random.Random(1404)
    spans = [text.encode() for text in ("CREATE TABLE", "CREATE INDEX", "sqlite_autoindex", "accounts", "settings")]
    places = [at for span in spans for at in positions(whole, span)] + [chance.randrange(100, 4096) for _ in range(40)]
    codes = set()
    for at in places if long else places[::3]:
        for bit in (0, 3, 7) if long else (chance.randrange(8),):
            for file in used.glob("authority.db-*"):
                file.unlink()
            (used / "authority.db").write_bytes(whole[:at] + bytes([whole[at] ^ 1 << bit]) + whole[at + 1 :])
            codes.add(outcome(used))
    assert codes <= {"started", "database_damaged", "database_foreign"} and "database_damaged" in codes


def positions(whole: bytes, text: bytes) -> list[int]:
    found, at = [], whole.find(text)
    while at >= 0:
        found += [at, at + len(text) // 2]
        at = whole.find(text, at + 1)
    return found


def outcome(path: Path) -> str:
    try:
        with started(path):
            return "started"
    except HamrazError as reason:
        return reason.code


def test_while_it_lacks_what_it_had_nobody_becomes_its_owner(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    from authority_server.operations.join_links import Invitation
    from authority_server.store.signed_sizes import LOG, SignedSizes
    from tests.authority.peer import new_authority

    authority = new_authority(Clock())
    sizes = SignedSizes(None, authority.id)
    sizes.note({LOG: 5})
    with caplog.at_level(logging.CRITICAL):
        again = Authority(authority.store, authority.key, Clock(), sizes=sizes)
    invitation = Invitation(again, tmp_path / "links", renew=False)
    invitation.show(["192.0.2.7"], 5050, False)
    assert "owner:" not in (tmp_path / "links").read_text()


def test_an_index_that_leads_astray_is_named_and_made_anew(used: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A row that no index leads to is served to nobody: here all mail, without anybody noticing."""
    with sqlite3.connect(used / "authority.db") as database:
        database.execute("INSERT INTO mail VALUES (1, x'01', x'02', x'03', 'message', x'04', x'05', 6, x'07')")
        database.execute("PRAGMA writable_schema = ON")
        (page,) = database.execute("SELECT rootpage FROM sqlite_master WHERE name = 'mail_in_order'").fetchone()
        (size,) = database.execute("PRAGMA page_size").fetchone()
    database.close()
    whole = bytearray((used / "authority.db").read_bytes())
    # the index's only record: 4 bytes of header (a blob of one byte, the number 1 twice), then the recipient
    at = whole.index(b"\x04\x0e\x09\x09\x01", (page - 1) * size, page * size)
    whole[at + 4] ^= 8
    (used / "authority.db").write_bytes(whole)
    assert any("index" in line for line in sqlite.findings(used / "authority.db", MOST))
    with running(used) as authority:
        look_over(authority, lambda function, *arguments: function(*arguments))
        assert "indexes were made anew" in caplog.text
        assert sqlite.findings(used / "authority.db", MOST) == []


def test_a_whole_database_has_nothing_against_it(used: Path) -> None:
    with running(used) as authority:
        look_over(authority, lambda function, *arguments: function(*arguments))
        assert authority.damage.status() == []


def test_a_changed_chunk_is_handed_to_nobody(tmp_path: Path) -> None:
    chunks = ChunkFiles(tmp_path)
    told: list[tuple[str, str]] = []
    chunks.on_damage = lambda what, name: told.append((what, name))
    for index in range(2):
        chunks.write(b"o" * 32, b"i" * 16, index, bytes([index]) * 262_160)
    path = next(tmp_path.iterdir())
    whole = bytearray(path.read_bytes())
    whole[300_000] ^= 1
    path.write_bytes(whole)
    assert chunks.read(b"o" * 32, b"i" * 16, 0, 262_160) == bytes(262_160)
    with pytest.raises(HamrazError) as reason:
        chunks.read(b"o" * 32, b"i" * 16, 1, 262_160)
    assert reason.value.code == "file_gone" and told == [("files", "69696969 chunk 1")]
