"""Exports of real agents in both modes: by the page's ticket, and by the command line while no agent runs."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from launch.agent_api import AgentApi, Refused
from launch.packages import ROOT
from tests.door.http_files import request
from tests.export.exports import put, run_alone
from tests.processes import PASSWORD, Agent, Network, until


@dataclass
class Pair:
    first: Agent
    second: Agent
    api: AgentApi
    chat: str


def files_in(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


@pytest.fixture(scope="module", params=["eventlet", pytest.param("threading", marks=pytest.mark.long)])
def pair(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Two who have written to each other."""
    with Network(tmp_path_factory.mktemp("pair"), request.param) as network:
        first, second = network.account("arash"), network.account("sara")
        with first.program() as api, second.program() as other:

            def person(of: AgentApi, name: str) -> Any:
                return next((one for one in of.call("snapshot")["people"] if one["name"] == name), None)

            chat = f"p:{until(lambda: person(api, 'sara'))['uid']}"
            back = f"p:{until(lambda: person(other, 'arash'))['uid']}"
            for n in range(30):
                api.call("send_message", chat=chat, text=f"from arash {n}")
                other.call("send_message", chat=back, text=f"از سارا {n}")

            def has_all() -> bool:
                found = api.call("history", chat=chat, limit=200)["messages"]
                return len(found) == 60 and {one["state"] for one in found} == {"received", "delivered"}

            until(has_all)
            yield Pair(first, second, api, chat)


def test_a_ticket_brings_a_whole_export_once(pair: Pair, tmp_path: Path) -> None:
    ticket = pair.api.call("export_chat", chat=pair.chat, language="fa")["ticket"]
    status, headers, content = request(pair.first.port, "GET", f"/files/{ticket}")
    assert status == 200
    assert headers["content-type"] == "application/octet-stream"
    assert headers["content-disposition"] == "attachment; filename*=UTF-8''hamraz-sara.zip"
    assert headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert request(pair.first.port, "GET", f"/files/{ticket}")[0] == 401
    files = files_in(content)
    assert 'lang="fa"' in files["messages.html"].decode() and "از سارا 29" in files["messages.html"].decode()
    id = pair.api.call("snapshot")["authority"]["id"]
    code, said = run_alone(put(tmp_path, files), "--authority", id, "--print")
    assert code == 0, said
    assert "30 by arash: each with the other's signed receipt" in said
    assert "30 by sara: each signed with their key" in said and ": from arash 29" in said
    everything = pair.api.call("export_all")["ticket"]
    assert set(files_in(request(pair.first.port, "GET", f"/files/{everything}")[2])) == set(files)


def test_of_nothing_there_is_no_export(pair: Pair) -> None:
    for chat in (f"p:{'00' * 32}", f"g:{'00' * 16}"):
        with pytest.raises(Refused) as refusal:
            pair.api.call("export_chat", chat=chat)
        assert refusal.value.code == "no_such_chat"
    with pytest.raises(Refused) as refusal:
        pair.api.call("export_all", language="de")
    assert refusal.value.code == "bad_request"


def test_a_vault_that_is_locked_meanwhile_cuts_the_line(pair: Pair) -> None:
    ticket = pair.api.call("export_chat", chat=pair.chat)["ticket"]
    pair.api.call("lock")
    try:
        assert request(pair.first.port, "GET", f"/files/{ticket}")[0] in (401, 423)
    finally:
        pair.first.login()


def command(agent: Agent, *arguments: str, password: str = PASSWORD) -> tuple[int, str, str]:
    """`run.py agent` with the password on standard input; nobody finds it among the arguments."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "run.py"), "agent", "--data", str(agent.folder), *arguments],
        input=password + "\n", capture_output=True, encoding="utf-8", timeout=100, check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout, done.stderr


def test_the_command_line_once_the_agent_has_ended(pair: Pair, tmp_path: Path) -> None:
    agent, file = pair.second, tmp_path / "mine.zip"
    code, _out, why = command(agent, "--export", str(file))
    assert code == 1 and "export on its page" in why and not file.exists()
    agent.stop()
    code, out, why = command(agent, "--export", str(file))
    assert (code, out) == (0, f"{file}: arash\n"), why
    code, said = run_alone(put(tmp_path, files_in(file.read_bytes())))
    assert code == 3 and "30 by arash: each signed with their key" in said
