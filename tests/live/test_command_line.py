"""An authority and an agent that can't start, as processes: one sentence, an exit code, and nothing overwritten."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import socket
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from launch.child import Child
from protocol.evidence import FORM
from protocol.primitives import SigningKey
from protocol.statements import Head, authority_id_of, issue
from tests.processes import LOOPBACK, Authority, free_port


def run(*arguments: str) -> tuple[int, list[str]]:
    """Exit code and everything that is printed."""
    child = Child("the process", [*arguments])
    try:
        code = child.wait(40)
    finally:
        child.kill()
    return code, [line for line in child.lines if line.strip()]


def one_sentence(code: int, lines: list[str], about: str) -> str:
    assert code == 1, lines
    (line,) = lines
    assert line.startswith("run.py ") and line.endswith(".") and "Traceback" not in line
    assert about in line
    return line


def hashes(folder: Path) -> dict[str, str]:
    paths = (path for path in folder.rglob("*") if path.is_file() and path.name != "lock")
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an authority that has run."""
    folder = tmp_path_factory.mktemp("used") / "authority"
    authority = Authority(folder)
    authority.start()
    assert authority.stop() == 0
    with contextlib.closing(sqlite3.connect(folder / "authority.db")) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # a look over it may have been under way at the end
    return folder


def damage(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:4096] + os.urandom(len(content) - 4096))


BROKEN: dict[str, tuple[Callable[[Path], object], str]] = {
    "a damaged database": (lambda folder: damage(folder / "authority.db"), "is damaged"),
    "a foreign database": (
        lambda folder: (folder / "authority.db").write_bytes(b"SQLite format 3\0" + bytes(4080)),
        "is not a database that this version knows",
    ),
    "no database any more": (lambda folder: (folder / "authority.db").unlink(), "is gone"),
    "no key any more": (lambda folder: (folder / "authority.key").unlink(), "key file is missing"),
    "a damaged key": (
        lambda folder: (folder / "authority.key").write_bytes(b"hamraz"),
        "is not this authority's key file",
    ),
}


@pytest.mark.parametrize("what", BROKEN)
def test_an_authority_on(used: Path, tmp_path: Path, what: str) -> None:
    breaks, about = BROKEN[what]
    folder = tmp_path / "authority"
    shutil.copytree(used, folder)
    breaks(folder)
    before = hashes(folder)
    code, lines = run("authority", "--data", str(folder), "--listen", LOOPBACK, "--port", "0")
    one_sentence(code, lines, about)
    assert hashes(folder) == before


def test_ports_that_are_taken(used: Path, tmp_path: Path) -> None:
    folder = tmp_path / "authority"
    shutil.copytree(used, folder)
    before = hashes(folder)
    with socket.create_server((LOOPBACK, 0)) as taken:
        port = str(taken.getsockname()[1])
        for where in (
            ["authority", "--data", str(folder), "--listen", LOOPBACK],
            ["agent", "--data", str(tmp_path / "new"), "--no-open"],
        ):
            line = one_sentence(*run(*where, "--port", port), f"Port {port} is taken")
            assert "--port" in line
    assert {name: hash for name, hash in hashes(folder).items() if name != "links"} == {
        name: hash for name, hash in before.items() if name != "links"
    }
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("command", ["authority", "agent"])
def test_a_folder_that_can_not_be_used(tmp_path: Path, command: str) -> None:
    (tmp_path / "file").write_text("mine")
    more = ["--no-open"] if command == "agent" else ["--listen", LOOPBACK]
    line = one_sentence(
        *run(command, "--data", str(tmp_path / "file"), "--port", str(free_port()), *more), "a folder of Hamraz belongs"
    )
    assert str(tmp_path / "file") in line
    assert (tmp_path / "file").read_text() == "mine"


def test_a_link_that_is_malformed(tmp_path: Path) -> None:
    code, lines = run("agent", "--data", str(tmp_path / "new"), "--no-open", "--join", "hamraz://nowhere")
    assert code == 2
    (line,) = lines
    assert "This is not a join link." in line
    assert not (tmp_path / "new").exists()


def test_what_a_saved_evidence_proves(tmp_path: Path) -> None:
    """Offline, without a folder or an agent; the files themselves are tested where they are made."""
    key = SigningKey.generate()
    id = authority_id_of(key.public)
    heads = [issue(Head(3, bytes([n]) * 32), key, id) for n in (1, 2)]
    first, second = ({"size": 3, "hash": "", "body": one.body.hex(), "sig": one.sig.hex()} for one in heads)
    content = {
        "what": FORM,
        "authority_key": key.public.raw.hex(),
        "alarm": {"first": first, "second": second},
        "log": [],
        "fork": 0,
        "refused": [],
    }
    file, link = tmp_path / "evidence.json", f"hamraz://h:1/abcdefghijklmnop#{id.hex()}"
    file.write_text(json.dumps(content))
    (tmp_path / "link").write_text(link)
    assert run("agent", "--check-evidence", str(file), "--join", str(tmp_path / "link")) == (
        0,
        ["The authority has signed two different heads of 3 entries."],
    )
    other = f"hamraz://h:1/#{'0' * 64}"  # which lets nobody in, so everybody may read it
    one_sentence(*run("agent", "--check-evidence", str(file), "--join", other), "proves nothing")
    assert run("agent", "--check-evidence", str(file))[0] == 2
    assert {path.name for path in tmp_path.iterdir()} == {"evidence.json", "link"}
