"""`run.py agent --export`: on the vault of an agent that doesn't run, with a password that is no argument."""

from __future__ import annotations

import argparse
import io
import json
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.agent.vaults import contents
from tests.export.conftest import Talk
from tests.processes import PASSWORD
from tests.world import Person
from web_client import main
from web_client.vault.data_folder import PAGE_FILE, Folder
from web_client.vault.database import Vault

Run = Callable[..., tuple[int, str, str]]


def call(function: Callable[..., Any], *arguments: Any) -> Any:
    return function(*arguments)


def on_disk(person: Person, folder: Path) -> Path:
    """Somebody's vault in a folder of its own, as their agent would have left it."""
    folder.mkdir(parents=True)
    Vault.create(folder, PASSWORD, contents(person), call).close()
    return folder


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    def command(*arguments: str, password: str = PASSWORD) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(password + "\n"))
        parser = argparse.ArgumentParser()
        main.add_arguments(parser)
        parser.set_defaults(root=lambda: Path("/nowhere"))
        code = main.run(parser.parse_args(arguments), call, "threading")
        said = capsys.readouterr()
        return code, said.out, said.err

    return command


def test_one_conversation_or_all(talk: Talk, tmp_path: Path, run: Run) -> None:
    folder, file = on_disk(talk.arash, tmp_path / "agent"), tmp_path / "one.zip"
    assert run("--data", str(folder), "--export", str(file), "--chat", "sara", "--language", "fa")[0] == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with zipfile.ZipFile(file) as opened:
        assert 'lang="fa"' in opened.read("messages.html").decode()
        assert json.loads(opened.read("proof.json"))[0]["uid"] == talk.arash.uid.hex()
    before = file.read_bytes()
    assert run("--data", str(folder), "--export", str(file))[0] == 2  # it is there already
    assert file.read_bytes() == before
    code, out, _why = run("--data", str(folder), "--export", str(tmp_path / "all.zip"))
    assert (code, out) == (0, f"{tmp_path / 'all.zip'}: sara\n")


def test_what_keeps_one_from_it_leaves_no_file(talk: Talk, tmp_path: Path, run: Run) -> None:
    folder, file = on_disk(talk.arash, tmp_path / "agent"), tmp_path / "out" / "one.zip"
    file.parent.mkdir()
    there = ("--data", str(folder), "--export", str(file))
    for code, arguments, password, why in (
        (1, there, "another password", "This password doesn't open the vault."),
        (1, (*there, "--chat", "nobody"), PASSWORD, "There is no such conversation here."),
        (1, ("--data", str(tmp_path / "none"), "--export", str(file)), PASSWORD, "There is no account in this agent."),
    ):
        ended, out, said = run(*arguments, password=password)
        assert (ended, out) == (code, "") and said.startswith(f"run.py agent: {why}")
    assert not (tmp_path / "none").exists()
    held = Folder(folder)
    try:
        assert run(*there)[0] == 1  # another process has it
        (folder / PAGE_FILE).write_text("http://localhost:5001/\n")
        code, _out, said = run(*there)
        assert code == 1 and "http://localhost:5001/" in said
    finally:
        held.release()
    assert list(file.parent.iterdir()) == []
    assert run("--data", str(folder), "--export", str(tmp_path / "no" / "such" / "folder.zip"))[0] == 1


def test_taking_one_in_again(fresh_talk: Talk, tmp_path: Path, run: Run) -> None:
    arash, file = fresh_talk.arash, tmp_path / "all.zip"
    folder = on_disk(arash, tmp_path / "agent")
    assert run("--data", str(folder), "--export", str(file))[0] == 0
    assert (
        run("--data", str(folder), "--import", str(file))[1]
        == f"{file}: 0 new messages in 0 conversations; 9 were here\n"
    )
    arash.vault.write(lambda rows: rows.execute("DELETE FROM messages"))
    empty = on_disk(arash, tmp_path / "empty")
    code, out, _why = run("--data", str(empty), "--import", str(file))
    assert (code, out) == (0, f"{file}: 9 new messages in 1 conversations; 0 were here\n")
    sara = on_disk(fresh_talk.sara, tmp_path / "sara")
    code, out, why = run("--data", str(sara), "--import", str(file))
    assert (code, out) == (1, "") and "was exported by another account." in why
    code, out, why = run("--data", str(empty), "--import", str(tmp_path / "nothing"))
    assert (code, out) == (1, "") and "is no whole export of Hamraz" in why
    assert run("--data", str(empty), "--import", str(file), "--export", str(tmp_path / "x"))[0] == 2
