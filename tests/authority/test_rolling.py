"""Nodes of two formats beside each other on one server: the newer one expands, the older one goes on, and when it has
ended, a command contracts. Nobody works on tables that it doesn't know.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from sqlalchemy import Connection

from authority_server.main import open_folder
from authority_server.operations import cli
from authority_server.store import migrations, rolling, sqlite
from authority_server.store.migrations import Rolling
from protocol.errors import HamrazError
from tests import postgres, stores

OLD = migrations.FORMAT
steps: list[str] = []


def command(name: str, words: str) -> migrations.Step:
    def step(connection: Connection) -> None:
        steps.append(name)
        connection.exec_driver_sql(words)

    return step


COLOURS = Rolling(
    command("expand", "ALTER TABLE profiles ADD COLUMN colour VARCHAR"),
    command("contract", "UPDATE profiles SET colour = 'blue' WHERE colour IS NULL"),
)
PLAIN = command("whole", "CREATE TABLE shapes (uid INTEGER)")


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    steps.clear()
    monkeypatch.setitem(migrations.UPGRADES, OLD, COLOURS)
    monkeypatch.setitem(migrations.UPGRADES, OLD + 1, PLAIN)


class Lab:
    """A database of today's format on the run's server, and versions of the code that open it."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self.schema, self._monkeypatch = folder, stores.new_schema(), monkeypatch
        self.server = stores.server(self.schema)
        self.started(OLD)

    def of(self, format: int) -> None:
        """What runs from now on is of this format."""
        self._monkeypatch.setattr(migrations, "FORMAT", format)

    def started(self, format: int) -> str:
        """What comes of a start of this version: nothing, or an error's code."""
        self.of(format)
        try:
            open_folder(self.folder, self.server)[1].close()
        except HamrazError as reason:
            return reason.code
        return ""

    def finished(self, format: int) -> str:
        self.of(format)
        try:
            return str(self.server.finish_upgrade())
        except HamrazError as reason:
            return reason.code

    @contextmanager
    def node(self, format: int) -> Iterator[None]:
        """A node of this version is at work, as its writer's session tells."""
        self.of(format)
        with self._connected() as connection:
            cursor = connection.cursor()
            cursor.execute("SELECT oid::bigint FROM pg_namespace WHERE nspname = current_schema()")
            rolling.attend(cursor, cursor.fetchone()[0], "there")
            connection.commit()
            yield

    def number(self) -> int:
        """The format that nodes need."""
        with self._connected() as connection:
            cursor = connection.cursor()
            cursor.execute("SELECT number FROM hamraz_format")
            found: int = cursor.fetchone()[0]
            return found

    @contextmanager
    def _connected(self) -> Iterator[Any]:
        there = {"host": str(postgres.started()), "user": "hamraz", "dbname": "postgres"}
        connection: Any = psycopg2.connect(**there, options=f"-csearch_path={self.schema}")
        try:
            yield connection
        finally:
            connection.close()


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lab:
    return Lab(tmp_path, monkeypatch)


def test_nodes_are_replaced_one_by_one(lab: Lab) -> None:
    with lab.node(OLD):
        assert lab.started(OLD + 1) == "" and steps == ["expand"] and lab.number() == OLD
        assert lab.started(OLD) == "", "the older one may come back, and leaves what is expanded"
        assert lab.started(OLD + 1) == "" and steps == ["expand"]
        assert lab.finished(OLD) == "database_foreign", "it isn't its to finish"
        assert lab.finished(OLD + 1) == "database_in_use" and steps == ["expand"]
    assert lab.finished(OLD + 1) == "True" and steps == ["expand", "contract"] and lab.number() == OLD + 1
    assert lab.started(OLD) == "database_foreign"
    assert lab.finished(OLD + 1) == "False" and lab.started(OLD + 1) == "" and steps == ["expand", "contract"]


def test_a_session_that_comes_back_too_late_is_refused(lab: Lab) -> None:
    """A node that slept while its upgrade was finished: its line was cut, and the new one finds tables beyond it."""
    with lab.node(OLD):
        assert lab.started(OLD + 1) == ""
    assert lab.finished(OLD + 1) == "True"
    with pytest.raises(HamrazError) as reason, lab.node(OLD):
        raise AssertionError("it is at work")
    assert reason.value.code == "database_foreign"


def test_a_step_that_is_whole_waits_for_nobody_and_has_none_beside_it(lab: Lab) -> None:
    with lab.node(OLD):
        assert lab.started(OLD + 2) == "database_in_use" and steps == ["expand"] and lab.number() == OLD
        assert lab.started(OLD + 1) == "" and steps == ["expand", "expand"], "the first was undone"
    with lab.node(OLD + 1):
        assert lab.started(OLD + 2) == "database_in_use"
    steps.clear()
    assert lab.started(OLD + 2) == "" and steps == ["contract", "whole"] and lab.number() == OLD + 2
    assert lab.finished(OLD + 2) == "False" and lab.started(OLD + 1) == "database_foreign"


def test_whoever_finishes_first_needs_no_start(lab: Lab) -> None:
    assert lab.finished(OLD + 1) == "True" and steps == ["expand", "contract"] and lab.number() == OLD + 1


def test_a_file_is_upgraded_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    open_folder(tmp_path)[1].close()
    monkeypatch.setattr(migrations, "FORMAT", OLD + 2)
    sqlite.open_file(tmp_path / "authority.db").close()
    assert steps == ["expand", "contract", "whole"]
    sqlite.open_file(tmp_path / "authority.db").close()
    assert len(steps) == 3


def test_the_command_says_what_it_did(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path)
    parser.add_argument("--database")
    cli.add_arguments(parser)
    said = []
    for words in (["--database", stores.address(lab.schema)], []):
        args = parser.parse_args(["--data", str(lab.folder), "--finish-upgrade", *words])
        said.append((cli.wanted(args), cli.run(args)))
    assert said == [(True, 0), (True, 1)]
    out, err = capsys.readouterr()
    assert out.startswith("Nothing was left to do at postgresql://") and "--database" in err
