"""What tests/forks.py gives is what a whole start gives: nobody who tests a fork is shown another thing."""

from __future__ import annotations

import contextlib
import os
import re
import signal
from pathlib import Path

import pytest

from launch.failure import Failure
from tests import forks
from tests.processes import Agent, until

SAME = ("State", "Umask", "SigBlk", "SigIgn", "SigCgt", "Threads")


def looks(agent: Agent) -> dict[str, object]:
    """How the system sees a process that waits: its state, signals, session, place and open files."""
    assert agent.child is not None
    proc = Path(f"/proc/{agent.child.pid}")
    status = dict(line.split(":\t", 1) for line in (proc / "status").read_text(encoding="utf-8").splitlines())
    names = dict[str, str]()
    for handle in (proc / "fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # it was closed in this moment
            names[handle.name] = os.readlink(handle)
    files = sorted(re.sub(r"\d+", "N", name.replace(str(agent.folder), "folder")) for name in names.values())
    waiting = [(proc / "fdinfo" / handle).read_text() for handle, name in names.items() if "eventpoll" in name]
    session = os.getsid(agent.child.pid) == os.getpgid(agent.child.pid) == agent.child.pid
    return {name: status[name] for name in SAME} | {
        "files": files,
        "waits for": "".join(waiting).count("tfd:"),
        "cwd": os.readlink(proc / "cwd"),
        "session": session,
    }


@pytest.mark.parametrize("mode", ["eventlet", "threading"])
def test_a_fork_is_as_if_started_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, mode: str
) -> None:
    monkeypatch.chdir(tmp_path)
    fork, other, whole = (Agent(tmp_path / name, mode) for name in ("fork", "other", "whole"))
    request.addfinalizer(lambda: [agent.kill() for agent in (fork, other, whole) if agent.child is not None])
    before = os.umask(0o027)
    try:
        fork.start()
        other.start()
        monkeypatch.setenv("HAMRAZ_DATA", str(tmp_path))  # an environment of its own
        whole.start()
    finally:
        os.umask(before)
    kinds = [type(agent.child._process) for agent in (fork, whole) if agent.child]
    assert kinds[0] is forks.Fork and kinds[1] is not forks.Fork
    until(lambda: looks(fork) == looks(whole), 10, f"{looks(fork)}, which is {looks(whole)},")
    assert [agent.stop() for agent in (fork, other, whole)] == [0, 0, 0]
    fork.start()
    assert fork.child is not None
    child = fork.child
    fork.kill()
    assert child.code == -signal.SIGKILL
    assert [line for line in child.lines if line.startswith("page: http://localhost:")]


def test_what_a_fork_says_at_its_end_is_heard(tmp_path: Path) -> None:
    refused = Agent(tmp_path, "eventlet", "--listen-port", "1")
    with pytest.raises(
        Failure, match=r"ended with exit code 2: run.py agent: --listen-port takes a number from 1024 to 65535\."
    ):
        refused.start()
