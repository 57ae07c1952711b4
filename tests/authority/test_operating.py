"""Operating the authority: its log for programs, its status, a new invitation, a backup to start from."""

import json
import logging
import os
import re
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from authority_server.main import open_folder
from authority_server.operations import backup, control_files, logging_setup, status
from authority_server.store import data_folder
from authority_server.store import files as file_store
from authority_server.store.files import KeptFile
from launch.packages import ROOT
from protocol import links, messages
from protocol.errors import HamrazError, error, from_wire
from protocol.messages import Answer, Failed, Hello, Request, Welcomed
from protocol.primitives import random_nonce
from protocol.roles import Role
from protocol.statements import PROOF_AUTHORITY, Welcome, decode_strict, prove
from tests import processes
from tests.authority.peer import Peer, Person
from tests.groups.group_world import GroupWorld
from transport.connection import dial
from transport.flusher import Flusher

Start = Callable[..., processes.Authority]


def command(*arguments: str | Path) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of `run.py authority ARGUMENTS`."""
    line = [sys.executable, str(ROOT / "run.py"), "authority", *map(str, arguments)]
    ended = subprocess.run(line, stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", timeout=60)
    return ended.returncode, ended.stdout, ended.stderr


def sentence(*arguments: str | Path) -> str:
    """What a command that fails says, which is one line."""
    code, out, err = command(*arguments)
    assert (code, out) == (1, "")
    (line,) = err.splitlines()
    assert line.startswith("run.py authority: ") and line.endswith(".")
    return line


class Guest:
    """A connection to a real authority, which is known by a link."""

    def __init__(self, link: str) -> None:
        self.link = links.decode(link)
        self.connection = dial(self.link.hosts[0], self.link.port, Flusher())
        welcomed = self._exchange(Hello(messages.VERSION, random_nonce()))
        assert isinstance(welcomed, Welcomed)
        self.nonce = decode_strict(welcomed.welcome.body, Welcome).server_nonce

    def _exchange(self, message: messages.Message) -> Any:
        self.connection.send(messages.encode(message))
        while True:
            body = self.connection.receive(10)
            assert body is not None
            answer = messages.decode(body, messages.FromAuthority | messages.Welcomed)
            if isinstance(answer, Welcomed | Answer):
                return answer

    def ask(self, request: Request) -> Any:
        answer = self._exchange(request)
        if isinstance(answer, Failed):
            raise from_wire(answer.code, answer.field, answer.values)
        return answer

    def sign_up(self, name: str | Person) -> Person:
        """A new account, or one that was asked for before."""
        who = Person(self.link.authority_id, name) if isinstance(name, str) else name
        self.ask(messages.SignUp(1, who.register(), who.email, self.link.invitation, self.link.owner_code))
        return who

    def log_in(self, who: Person) -> None:
        ours, seen = self.link.authority_id, self.connection.certificate()
        proof = prove(PROOF_AUTHORITY, ours, self.nonce, seen, who.uid, who.key, ours)
        self.connection.limit = 1 << 20
        self.ask(messages.LogIn(2, who.uid, proof, who.presence(), who.generation(), None, True))


@pytest.fixture
def start() -> Iterator[Start]:
    """start(folder, async_mode, *more): a running authority, which ends with the test."""
    made: list[processes.Authority] = []

    def begin(data: Path, *arguments: str) -> processes.Authority:
        made.append(processes.Authority(data, *arguments))
        made[-1].start()
        return made[-1]

    yield begin
    for authority in made:
        if authority.child is not None:
            authority.kill()


# --- the log ---


def as_json(level: int, text: str, *values: Any, exc_info: Any = None) -> dict[str, Any]:
    record = logging.LogRecord("hamraz.authority", level, "file", 1, text, values, exc_info)
    line = logging_setup.JsonLines().format(record)
    assert "\n" not in line
    found: dict[str, Any] = json.loads(line)
    when = datetime.fromisoformat(found.pop("time"))
    assert when.utcoffset() == timedelta(0) and abs(datetime.now(UTC) - when) < timedelta(minutes=1)
    return found


def test_a_line_for_programs_names_its_values() -> None:
    said = as_json(logging.INFO, "a %(colour)s line\nof %(n)d", {"colour": "سبز", "n": 7, "level": "forged"})
    assert said == {"level": "info", "event": "a سبز line\nof 7", "colour": "سبز", "n": 7}
    assert as_json(logging.WARNING, "%s of a library's", "words") == {
        "level": "warning",
        "event": "words of a library's",
    }
    try:
        raise error("disk_full")
    except HamrazError as reason:
        said = as_json(logging.ERROR, "%(event)s", {"event": reason, "code": reason.code}, exc_info=sys.exc_info())
    assert said["code"] == "disk_full" and said["event"] == str(error("disk_full"))
    assert said["trace"].startswith("Traceback")


PRINTED = ("join: ", "owner: ", "digits: ", "invitation: ")


@pytest.mark.parametrize("async_mode", ["eventlet", pytest.param("threading", marks=pytest.mark.long)])
def test_the_log_is_json_and_keeps_secrets(tmp_path: Path, start: Start, async_mode: str) -> None:
    authority = start(tmp_path, async_mode, "--log-json")
    sara = Guest(authority.owner_link).sign_up("sara")
    with pytest.raises(HamrazError, match="accept"):
        Guest(authority.join_link).log_in(Person(sara.authority_id, "nobody"))
    refused = command("--data", tmp_path, "--log-json")
    output = authority.output
    assert authority.stop() == 0
    lines = [json.loads(line) for line in output if not line.startswith(PRINTED)]
    assert [line["level"] for line in lines] == ["info"] * 4
    assert all(datetime.fromisoformat(line["time"]).utcoffset() == timedelta(0) for line in lines)
    assert lines[0]["port"] == authority.port and lines[0]["accounts"] == 0 and lines[0]["threads"] == async_mode
    assert [line.get("name", line.get("address")) for line in lines[1:3]] == ["sara", processes.LOOPBACK]
    assert lines[3]["event"] == "ended"
    assert not re.search(r"@|hamraz://|[0-9a-f]{32}", "".join(line for line in output if line.startswith("{")))
    (line,) = refused[2].splitlines()
    assert refused[0] == 1 and json.loads(line)["code"] == "folder_in_use"


# --- the running process ---


@pytest.mark.parametrize("async_mode", ["eventlet", pytest.param("threading", marks=pytest.mark.long)])
def test_status_and_a_new_invitation(tmp_path: Path, start: Start, async_mode: str) -> None:
    data = tmp_path / "a"
    assert "No authority runs" in sentence("--status", "--data", data)
    assert "No authority runs" in sentence("--renew-invitation", "--data", data)
    assert not data.exists()

    before = datetime.now(UTC) - timedelta(seconds=1)
    authority = start(data, async_mode)
    sara = Guest(authority.owner_link)
    sara.log_in(sara.sign_up("sara"))
    code, out, err = command("--status", "--json", "--data", data)
    assert (code, err) == (0, "")
    said = json.loads(out)
    assert (said["accounts"], said["logged_in"], said["strangers"], said["groups"]) == (1, 1, 0, [])
    assert (said["queue"], said["log"]) == (0, 2)
    assert said["database_bytes"] > 4096 and said["free_bytes"] > 0
    assert before < datetime.fromisoformat(said["since"]) < datetime.now(UTC)
    code, out, err = command("--status", "--data", data)
    assert (code, err) == (0, "") and re.search(r"^accounts +1$", out, re.MULTILINE)

    code, out, err = command("--renew-invitation", "--data", data)
    assert (code, err) == (0, "") and out.startswith((data / "links").read_text())
    with pytest.raises(HamrazError) as reason:
        Guest(authority.join_link).sign_up("ali")
    assert reason.value.code == "no_invitation"
    new = out.splitlines()[0].removeprefix("join: ")
    assert out.splitlines()[-1] == "invitation: " + links.in_groups(str(links.decode(new).invitation))
    assert links.decode(new).invitation != links.decode(authority.join_link).invitation
    Guest(new).sign_up("ali")

    assert {file.name for file in data.iterdir()} <= {
        "authority.db",
        "authority.sizes",
        "authority.db-wal",
        "authority.db-shm",
        "authority.key",
        "links",
        "lock",
        "room",
    }
    authority.kill()  # what it leaves must not be taken for its life
    assert (data / "lock").exists()
    assert "No authority runs" in sentence("--status", "--data", data)
    authority.start()
    assert authority.join_link == new
    assert authority.stop() == 0


def test_a_process_that_does_not_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control_files, "ANSWER_SECONDS", 0.2)
    with data_folder.held(tmp_path):
        with pytest.raises(TimeoutError):
            control_files.ask(tmp_path, control_files.STATUS)
        assert [file.name for file in tmp_path.iterdir()] == ["lock"]
    assert control_files.ask(tmp_path, control_files.STATUS) is None


def test_a_wish_is_carried_out_once_and_never_late(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    done: list[str] = []

    def renew() -> dict[str, Any]:
        done.append("renewed")
        raise error("disk_full")

    def full() -> None:
        raise OSError(28, "No space left on device")

    answers = {control_files.RENEW: renew, control_files.STATUS: lambda: {"accounts": 1}}
    (tmp_path / f"request-{'0' * 16}-{control_files.RENEW}").touch()
    (tmp_path / f"answer-{'0' * 16}").touch()
    control = control_files.ControlFiles(tmp_path)
    assert list(tmp_path.iterdir()) == []  # who asked an earlier process is gone
    for name in (
        f"request-{'1' * 16}-{control_files.RENEW}",
        f"request-{'2' * 16}-status",
        f"request-{'3' * 16}-format",
        "request-status",
    ):
        (tmp_path / name).touch()
    for _ in range(3):
        control.serve(full, answers)
    assert len(caplog.records) == 1 and "The disk is full" in caplog.text and not done
    for _ in range(3):
        control.serve(lambda: None, answers)
    assert done == ["renewed"]
    assert json.loads((tmp_path / f"answer-{'1' * 16}").read_bytes()) == {"error": str(error("disk_full"))}
    assert json.loads((tmp_path / f"answer-{'2' * 16}").read_bytes()) == {"accounts": 1}
    assert stat.S_IMODE((tmp_path / f"answer-{'2' * 16}").stat().st_mode) == 0o600
    assert {file.name for file in tmp_path.glob("request-*")} == {f"request-{'3' * 16}-format", "request-status"}


def test_status_says_who_is_connected_to_groups(tmp_path: Path) -> None:
    group_world = GroupWorld(Role.BEGINNER, Role.BEGINNER)
    group_world.everybody_joins()
    group_world.people[2].stop()
    now = datetime.now(UTC)
    stranger = Peer(group_world.world.authority)
    with group_world.world.authority.store.transaction() as rows:
        file_store.add(rows, KeptFile(bytes(32), bytes(16), 4984, bytes(32), None, 1), 0)
    said = status.gather(group_world.world.authority, 3, tmp_path, now - timedelta(hours=30))
    port = group_world.kept.port
    assert said["groups"] == [{"id": group_world.gid.hex(), "port": port, "members": 3, "connected": 2}]
    assert (said["logged_in"], said["strangers"]) == (2, 1) and not stranger.closed
    shown = status.describe(json.loads(json.dumps(said)), now)
    assert "groups          1, with 2 members connected\n" in shown and "(1 day, 6:00:00)" in shown
    assert (said["files"], said["file_bytes"]) == (1, 5000) and "files           1, 5.0 KB of 10.7 GB\n" in shown
    assert "writer's queue  3\n" in shown and shown.endswith(f"  group on port {port}: 2 of 3 connected")
    assert not re.search("arash|sara|omid|workshop", shown + json.dumps(said))


def test_sizes_for_people() -> None:
    numbers = [0, 999, 1000, 123_456, 5_000_000, 7_240_000_000_000]
    assert [status.size(n) for n in numbers] == ["0 bytes", "999 bytes", "1.0 KB", "123 KB", "5.0 MB", "7.2 TB"]


def test_json_is_for_status_only(tmp_path: Path) -> None:
    code, out, err = command("--json", "--data", tmp_path / "new")
    assert (code, out) == (2, "") and "--status" in err
    assert not (tmp_path / "new").exists()


# --- the backup ---


def test_a_backup_of_a_busy_authority_is_one_to_start_from(tmp_path: Path, start: Start) -> None:
    authority = start(tmp_path / "a")
    sara = Guest(authority.owner_link).sign_up("sara")
    people = [sara, *(Guest(authority.join_link).sign_up(f"person{n}") for n in range(5))]
    saved, over = threading.Event(), threading.Event()

    def write() -> None:
        while not over.is_set():
            guest = Guest(authority.join_link)
            guest.log_in(sara)  # which writes her new presence record
            guest.connection.close()
            sara.sequence += 1
            saved.set()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert saved.wait(20)
        first = sara.sequence
        code, out, err = command("--backup", tmp_path / "copy", "--data", tmp_path / "a")
        last = sara.sequence
    finally:
        over.set()
        writer.join()
    assert (code, err) == (0, "") and "6 accounts" in out and "opened and checked" in out
    assert last - first > 5  # nobody had to wait for it
    assert stat.S_IMODE((tmp_path / "copy").stat().st_mode) == 0o700
    assert {file.name: stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "copy").iterdir()} == dict.fromkeys(
        ("authority.db", "authority.key", "links"), 0o600
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "copy"]

    second = start(tmp_path / "copy")
    assert second.port != authority.port
    for who in people:
        Guest(second.join_link).log_in(who)
    assert second.stop() == 0
    assert authority.stop() == 0


@pytest.fixture
def stopped(tmp_path: Path) -> Path:
    """An authority's folder that nobody holds."""
    data = tmp_path / "a"
    with data_folder.held(data):
        open_folder(data)[1].close()
    return data


def test_a_backup_without_a_running_authority(stopped: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for name in ("empty", "deep/er", "a b?c#d%41", os.fsdecode(b"not UTF-8 \xff")):
        assert backup.save(stopped, tmp_path / name).log.size == 1
        with data_folder.held(tmp_path / name):
            open_folder(tmp_path / name)[1].close()


def test_a_backup_never_writes_over_anything(stopped: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    for target in (tmp_path / "file", stopped, stopped / "authority.db"):
        before = {file.name: file.read_bytes() for file in stopped.iterdir()}
        with pytest.raises(FileExistsError):
            backup.save(stopped, target)
        assert {file.name: file.read_bytes() for file in stopped.iterdir()} == before
    assert (tmp_path / "file").read_text() == "mine"
    assert "already" in sentence("--backup", tmp_path / "file", "--data", stopped)
    assert "no authority" in sentence("--backup", tmp_path / "b", "--data", tmp_path / "nowhere")
    assert not (tmp_path / "b").exists() and not (tmp_path / "nowhere").exists()


def test_a_backup_of_damage_is_none(stopped: Path, tmp_path: Path) -> None:
    key = (stopped / "authority.key").read_bytes()
    for damage, code in ((b"hamraz", "key_damaged"), (key.replace(key[-9:-1], b"00000000"), "key_damaged")):
        (stopped / "authority.key").write_bytes(damage)
        with pytest.raises(HamrazError) as reason:
            backup.save(stopped, tmp_path / "b")
        assert reason.value.code == code and str(stopped) in str(reason.value)
    (stopped / "authority.key").write_bytes(key)
    whole = (stopped / "authority.db").read_bytes()
    (stopped / "authority.db").write_bytes(whole[:4096] + bytes(4096) + whole[8192:])
    with pytest.raises(HamrazError) as reason:
        backup.save(stopped, tmp_path / "b")
    assert reason.value.code == "database_damaged" and str(stopped) in str(reason.value)
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
