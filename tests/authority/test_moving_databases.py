"""An authority's database moves to a PostgreSQL server and back: all of it, once, and wherever the move is cut off."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from authority_server import main
from authority_server.core.authority import Authority
from authority_server.handlers import files
from authority_server.main import open_folder
from authority_server.operations import chunk_moving, moving
from authority_server.store import data_folder
from authority_server.store.marks import Mark
from authority_server.store.postgres import DatabaseServer
from authority_server.store.signed_sizes import SignedSizes
from authority_server.store.sqlite import DatabaseFile
from protocol.errors import HamrazError
from protocol.files import CHUNK
from protocol.messages import Deposit, Done, FetchMail, Mail, MailItem, Posted
from protocol.roles import Role
from protocol.statements import NO_DEVICE, authority_id_of
from tests import postgres, stores
from tests.authority.group_peer import Circle, line, people
from tests.authority.peer import Clock, Person
from tests.authority.test_files import FIRST, Sharing


@contextmanager
def started(data: Path, server: DatabaseServer | None) -> Iterator[Authority]:
    with data_folder.held(data):
        key, store = open_folder(data, server)
        sizes = SignedSizes(data / "authority.sizes", authority_id_of(key.public))
        try:
            chunks = chunk_moving.settle(store, data / "files", pytest.fail)
            authority = Authority(store, key, Clock(), sizes=sizes, chunks=chunks)
            files.sweep(authority)
            yield authority
            if authority.nodes is not None:
                authority.nodes.end()
        finally:
            store.close()


class Lived:
    """A folder whose authority has accounts, a group in which something was said, and mail that waits."""

    def __init__(self, data: Path) -> None:
        self.data, self.server = data, stores.server(stores.new_schema())
        self.file = DatabaseFile(data / "authority.db")
        with started(data, None) as authority:
            self.known: dict[str, Person] = people(authority, ada=Role.ADVANCED, bob=Role.BEGINNER)
            self.circle = Circle(authority).create(self.known["ada"], [self.known["ada"], self.known["bob"]])
            poster = self.circle.enter(self.known["ada"])
            for _ in range(3):
                poster.ask(self.circle.post(self.circle.message(self.known["ada"])), Posted)
            self.leave_mail(authority, 1)
            self.sharing = Sharing(authority, self.known, bytes(16), "bob")
            self.sharing.offer(size=3 * CHUNK)
            self.sharing.put(0, FIRST)  # the others come after the moves
            self.head = authority.published
            self.id = authority.id

    def leave_mail(self, authority: Authority, number: int) -> None:
        item = MailItem(self.known["bob"].uid, NO_DEVICE, bytes(15) + bytes([number]), "message", bytes(16), b"x" * 99)
        line(authority, self.known["owner"]).ask(Deposit(0, item), Done)

    def check(self, server: DatabaseServer | None, mails: int) -> None:
        """Everything is there, and goes on."""
        with started(self.data, server) as authority:
            assert authority.published == self.head and not authority.recovery.on and not authority.damage.status()
            assert authority.chain_size(self.circle.gid) == self.circle.authority.chain_size(self.circle.gid)
            self.leave_mail(authority, mails + 1)
            self.check_file(authority)
            found = line(authority, self.known["bob"]).ask(FetchMail(0), Mail).items
            assert [item.id[-1] for item in found] == list(range(1, mails + 2))

    def check_file(self, authority: Authority) -> None:
        """It is where it is to be, and nowhere else, and its next chunk can come."""
        sharing = replace(self.sharing, authority=authority)
        have = sharing.offer(size=3 * CHUNK)
        if have < 3:
            sharing.put(have, FIRST)
        assert [sharing.get("bob", index) for index in range(have)] == [FIRST] * have
        name = (self.known["owner"].uid, sharing.id)
        assert authority.chunks.sizes() == {name: min(have + 1, 3) * len(FIRST)}
        if authority.store.kind == "postgresql":
            assert list((self.data / "files").iterdir()) == []

    def refused(self, server: DatabaseServer | None) -> str:
        with pytest.raises(HamrazError) as reason, started(self.data, server):
            raise AssertionError("started")
        return reason.value.code

    def move(self, to: str) -> None:
        there = (self.file, self.server) if to == "server" else (self.server, self.file)
        moving.move(*there, self.id, self.data / "files")


@pytest.fixture
def lived(tmp_path: Path) -> Lived:
    return Lived(tmp_path)


def test_it_moves_there_and_back_and_there_again(lived: Lived) -> None:
    lived.move("server")
    assert lived.refused(None) == "database_moved"
    lived.check(lived.server, 1)
    lived.move("file")
    assert lived.refused(lived.server) == "database_moved"
    lived.check(None, 2)
    lived.move("server")
    lived.check(lived.server, 3)


def cut(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, after: bool) -> None:
    """This step fails, before or after it was carried out."""
    step: Callable[..., Any] = getattr(owner, name)

    def fail(*arguments: Any) -> Any:
        if after:
            step(*arguments)
        raise KeyboardInterrupt

    monkeypatch.setattr(owner, name, fail)


@pytest.mark.parametrize("to", ["server", "file"])
@pytest.mark.parametrize(
    ("step", "after"),
    [("_compare", False), ("mark the source", False), ("mark the source", True)],
)
def test_a_move_that_was_cut_off_is_carried_out_again(
    lived: Lived, monkeypatch: pytest.MonkeyPatch, to: str, step: str, after: bool
) -> None:
    source: Any = DatabaseFile if to == "server" else DatabaseServer
    if to == "file":
        lived.move("server")
    old, new = (None, lived.server) if to == "server" else (lived.server, None)
    with monkeypatch.context() as once, pytest.raises(KeyboardInterrupt):
        if step == "mark the source":
            cut(once, source, "set_mark", after)
        else:
            cut(once, moving, step, after)
        lived.move(to)
    if step == "mark the source" and after:  # neither starts: the move is to be ended
        assert (lived.refused(old), lived.refused(new)) == ("database_moved", "database_moving")
    else:  # the old one goes on, and what was written meanwhile moves too
        lived.check(old, 1)
        assert lived.refused(new) in ("database_moving", "database_moved", "database_missing")
    lived.move(to)
    assert lived.refused(old) == "database_moved"
    lived.check(new, 1 if step == "mark the source" and after else 2)


def test_what_was_left_of_a_move_elsewhere_never_starts(lived: Lived, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first server's copy was whole when it was cut off, and the authority has moved to another one since."""
    first = lived.server
    with monkeypatch.context() as once, pytest.raises(KeyboardInterrupt):
        cut(once, DatabaseFile, "set_mark", False)
        lived.move("server")
    lived.check(None, 1)
    lived.server = stores.server(stores.new_schema())
    lived.move("server")
    with pytest.raises(HamrazError) as reason:  # as the refusal of a start with that server advises
        moving.move(lived.file, first, lived.id, lived.data / "files")
    assert reason.value.code == "database_moved"
    assert lived.refused(first) == "database_moving"
    lived.check(lived.server, 2)


@pytest.mark.parametrize("change", ["DELETE FROM mail", "UPDATE mail SET created = created + 1"])
def test_a_copy_that_differs_is_none(lived: Lived, monkeypatch: pytest.MonkeyPatch, change: str) -> None:
    fill = moving._fill

    def lose(rows: Any, new: Any) -> None:
        fill(rows, new)
        new._connection.exec_driver_sql(change)

    with monkeypatch.context() as once:
        once.setattr(moving, "_fill", lose)
        with pytest.raises(HamrazError) as reason:
            lived.move("server")
    assert reason.value.code == "database_damaged"
    assert lived.refused(lived.server) == "database_moving"
    lived.check(None, 1)


def test_nothing_is_written_over(lived: Lived, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = Lived(tmp_path_factory.mktemp("other"))
    other.move("server")
    with pytest.raises(FileExistsError):
        moving.move(lived.file, other.server, lived.id, lived.data / "files")
    assert lived.file.mark() is Mark.STARTS
    other.check(other.server, 1)


def asked(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    parser = argparse.ArgumentParser()
    main.add_arguments(parser)
    code = main.run(parser.parse_args(arguments), lambda function, *args: function(*args), "threading")
    out, err = capsys.readouterr()
    (line,) = (out + err).splitlines()
    return code, line


def test_the_command_says_what_it_has_done(lived: Lived, capsys: pytest.CaptureFixture[str]) -> None:
    schema = stores.new_schema()
    where = ["--data", str(lived.data), "--database", stores.address(schema)]
    lived.server = stores.server(schema)
    assert asked(capsys, "--data", str(lived.data), "--move-to", "server")[0] == 1
    assert "no authority's database" in asked(capsys, *where, "--move-to", "file")[1]
    with data_folder.held(lived.data):
        assert "Another process uses the folder" in asked(capsys, *where, "--move-to", "server")[1]
    code, line = asked(capsys, *where, "--move-to", "server")
    assert code == 0 and "3 accounts, 1 groups," in line and "start it with --database postgresql://" in line
    assert "has an authority's database already" in asked(capsys, *where, "--move-to", "server")[1]
    lived.check(lived.server, 1)
    postgres.command(f"INSERT INTO {schema}.nodes SELECT 'a', 'b', '', 0, EXTRACT(EPOCH FROM now()) * 1000")
    assert "Another process writes" in asked(capsys, *where, "--move-to", "file")[1]  # at another host
    postgres.command(f"UPDATE {schema}.nodes SET seen = seen - 11000")
    code, line = asked(capsys, *where, "--move-to", "file")
    assert code == 0 and "start it without --database" in line
    lived.check(None, 2)
