"""`run.py agent` as a process: what it prints, how it ends, and each thing that keeps it from starting."""

from __future__ import annotations

import argparse
import errno
import os
import signal
import socket
import stat
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import websocket

from authority_server.store import data_folder
from launch.child import Child
from protocol.links import Link
from tests.door.client import LOOPBACK, Client
from tests.processes import Agent, free_port, until
from web_client import main
from web_client.account import join_links
from web_client.page import server as page_server
from web_client.page.server import Claim
from web_client.vault import account_folders
from web_client.vault.data_folder import PAGE_FILE, Folder

# Whoever talks to a real agent on the system's threads is in live/test_two_agents.py.
MODES = ["eventlet", pytest.param("threading", marks=pytest.mark.long)]


@pytest.fixture(params=MODES)
def agent(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Agent]:
    running = Agent(tmp_path / "agent", request.param)
    running.start()
    yield running
    if running.child is not None:
        running.kill()


def sentence(*arguments: str, code: int) -> str:
    """The one line that such an agent prints before it ends with this exit code."""
    child = Child("the agent", ["agent", "--no-open", *arguments])
    try:
        assert child.wait(20) == code
    finally:
        child.kill()
    assert len(child.lines) == 1, child.lines
    return child.lines[0].removeprefix("run.py agent: ")


def sentence_here(capsys: pytest.CaptureFixture[str], *arguments: str, code: int) -> str:
    """The same in this process, for what is wrong before anything is opened."""
    parser = argparse.ArgumentParser()
    main.add_arguments(parser)
    assert main.run(parser.parse_args(["--no-open", *arguments]), lambda function: function(), "threading") == code
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)
    return said.err.strip().removeprefix("run.py agent: ")


def test_the_page_answers_once_it_is_announced(agent: Agent) -> None:
    assert agent.page.startswith(f"http://localhost:{agent.port}/#launch=")
    assert len(agent.page.partition("#launch=")[2]) >= 43
    with Client(agent.port) as page:
        page.enter({})
        assert page.call("status")["stage"] == "join"
        launch = agent.page.partition("#launch=")[2]
        assert page.refused("launch", {"token": launch})["code"] == "no_account"
    with agent.program() as bot:
        assert bot.call("status")["port"] == agent.port


@pytest.mark.parametrize("mode", MODES)
def test_the_browser_gets_the_address_without_the_secret(
    mode: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, opened = tmp_path / "browser", tmp_path / "opened"
    browser.write_text(f'#!/bin/sh\necho "$*" > {opened}.part && mv {opened}.part {opened}\n')
    browser.chmod(0o700)
    monkeypatch.setenv("BROWSER", f"{browser} %s")
    port = free_port()
    child = Child("the agent", ["agent", "--port", str(port), "--data", str(tmp_path / "agent"), "--async", mode])
    try:
        child.wait_line("page: ")
        until(opened.exists)
        assert opened.read_text() == f"http://localhost:{port}/\n"
        assert child.stop() == 0
    finally:
        child.kill()


def test_the_folder_and_the_token_in_it_are_for_their_owner(agent: Agent) -> None:
    assert stat.S_IMODE(agent.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((agent.folder / "api-token").stat().st_mode) == 0o600


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_cleanly_although_pages_are_connected(agent: Agent, number: signal.Signals) -> None:
    with Client(agent.port) as page, Client(agent.port) as silent, socket.create_connection((LOOPBACK, agent.port)):
        page.enter({})
        page.call("status")
        assert silent is not page
        child = agent.child
        assert child is not None
        for _once_or_more in range(3):  # a terminal and a parent both send one
            child.send_signal(number)
            time.sleep(0.01)
        assert child.wait(5) == 0
    until(lambda: not (agent.folder / "api-token").exists())
    assert [line for line in child.lines if not line.startswith("page: ")] == []


def test_it_starts_again_on_the_same_port_and_folder_at_once(agent: Agent) -> None:
    token = agent.api_token
    with Client(agent.port) as page:
        page.enter({})
        agent.kill()  # nothing is tidied up
    agent.start()
    assert agent.api_token != token
    assert Client(agent.port, origin=None).enter({"token": token})["message"] == "bad_token"
    assert agent.stop() == 0


def test_the_same_port_or_folder_twice(agent: Agent, tmp_path: Path) -> None:
    mode = agent.arguments[agent.arguments.index("--async") + 1]
    port, folder = str(agent.port), str(agent.folder)
    (agent.folder / PAGE_FILE).unlink()  # as before it has said where its page is
    both = sentence("--port", port, "--data", folder, "--async", mode, code=1)
    assert both == f"Port {port} is taken. Stop what uses it, or choose another with --port."
    assert sentence("--port", port, "--data", str(tmp_path / "new"), "--async", mode, code=1) == both
    assert not (tmp_path / "new").exists()
    in_use = sentence("--port", str(free_port()), "--data", folder, "--async", mode, code=1)
    assert in_use == f"Another process uses the folder {folder}. Stop it first, or use --data."


def test_starting_twice_opens_the_page_of_the_running_one(
    agent: Agent, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, opened = tmp_path / "browser", tmp_path / "opened"
    browser.write_text(f'#!/bin/sh\necho "$*" > {opened}.part && mv {opened}.part {opened}\n')
    browser.chmod(0o700)
    monkeypatch.setenv("BROWSER", f"{browser} %s")
    page = f"http://localhost:{agent.port}/"
    for port in (agent.port, free_port()):  # with its own port or any other
        again = Child("the agent again", ["agent", "--data", str(agent.folder), "--port", str(port)])
        try:
            assert again.wait(20) == 0
            assert again.wait_line("page: ") == page
        finally:
            again.kill()
        until(opened.exists)
        assert opened.read_text() == f"{page}\n"
        opened.unlink()
    assert agent.page.startswith(page)
    with agent.program() as bot:
        assert bot.call("status")["port"] == agent.port


def test_accounts_are_listed_with_their_pages(tmp_path: Path) -> None:
    (tmp_path / "agent-old").mkdir()
    running = Agent(tmp_path / "agent-sara")
    running.start()
    try:
        child = Child("the list", ["agent", "--list"], secrets={"HAMRAZ_DATA": str(tmp_path)})
        assert child.wait(20) == 0
        child.wait_line("sara")
        assert [line.split()[:2] for line in child.lines] == [
            ["old", "no"],
            ["sara", f"http://localhost:{running.port}/"],
        ]
    finally:
        running.kill()
    assert "not running" not in account_folders.listed(tmp_path)[1]
    assert account_folders.listed(tmp_path)[1].split()[1:4] == [
        "no",
        "account",
        "yet",
    ]  # nor is the page of a killed one


def test_which_account_is_meant(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = tmp_path / "root"
    assert account_folders.meant(root) == "main"
    (root / "agent-work").mkdir(parents=True)
    assert account_folders.meant(root) == "work"  # the only one, whatever its page's port
    (root / "agent-school").mkdir()
    assert account_folders.meant(root) is None
    (root / "agent-main").mkdir()
    assert account_folders.meant(root) == "main"
    (root / "agent-main").rmdir()
    parser = argparse.ArgumentParser()
    main.add_arguments(parser)
    parser.set_defaults(root=lambda: root)

    def asked(*arguments: str) -> str:
        assert main.run(parser.parse_args(list(arguments)), lambda function: function(), "threading") == 2
        return capsys.readouterr().err

    assert "school, work" in asked()
    for name in ("..", "a/b", "", ".x", "x" * 65, "a.", "\u202e"):
        assert "--account takes a name" in asked("--account", name)


@pytest.mark.parametrize("mode", MODES)
def test_a_port_that_another_program_listens_on(mode: str, tmp_path: Path) -> None:
    with socket.socket() as other:
        if hasattr(socket, "SO_REUSEPORT"):
            other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind((LOOPBACK, 0))
        other.listen()
        port = str(other.getsockname()[1])
        assert "is taken" in sentence("--port", port, "--data", str(tmp_path / "new"), "--async", mode, code=1)


@pytest.mark.parametrize("mode", MODES)
def test_localhost_is_two_addresses_and_both_must_be_free(mode: str, tmp_path: Path) -> None:
    """Somebody else on ::1 would be asked first, and be given the launch token."""
    port = free_port()
    with socket.socket(socket.AF_INET6) as other:
        other.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        other.bind(("::1", port))
        other.listen()
        taken = sentence("--port", str(port), "--data", str(tmp_path / "new"), "--async", mode, code=1)
        assert taken == f"Port {port} is taken. Stop what uses it, or choose another with --port."
    assert not (tmp_path / "new").exists()


def test_both_addresses_of_localhost_are_the_agents(agent: Agent) -> None:
    for address in ("::1", "::"):
        with socket.socket(socket.AF_INET6) as other:
            other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            other.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            with pytest.raises(OSError, match="in use"):
                other.bind((address, agent.port))
                other.listen()
    for host in ("[::1]", "localhost", LOOPBACK):
        line = websocket.create_connection(
            f"ws://[::1]:{agent.port}/socket.io/?EIO=4&transport=websocket",
            host=f"{host}:{agent.port}",
            origin=f"http://{host}:{agent.port}",
            timeout=10,
        )
        assert line.recv().startswith("0")  # engine.io opens
        line.close()


def test_without_ipv6_the_address_names_the_one_that_is_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    listen = page_server._listen

    def no_ipv6(family: socket.AddressFamily, address: str, port: int) -> socket.socket:
        if family is socket.AF_INET6:
            raise OSError(errno.EADDRNOTAVAIL, "Cannot assign requested address")
        return listen(family, address, port)

    monkeypatch.setattr(page_server, "_listen", no_ipv6)
    port = free_port()
    with Claim(port) as claim:
        assert claim.url == f"http://127.0.0.1:{port}/"
        assert len(claim.sockets) == 1


def test_a_wrong_argument_has_an_exit_code_of_its_own() -> None:
    assert sentence("--join", "nonsense", code=2).startswith("--join: This is not a join link.")


@pytest.mark.parametrize("form", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_link_in_a_file_as_programs_save_it(tmp_path: Path, form: str) -> None:
    link = Link(("192.0.2.7",), 5050, "a" * 16, bytes(32))
    (tmp_path / "link.txt").write_bytes(f"join: {link.encode()}\r\n".encode(form))
    assert join_links.given(str(tmp_path / "link.txt"), sys.stdin) == link


@pytest.mark.parametrize("link", ["", "hamraz://", "https://example.org", "hamraz://h:1/short#00", "x" * 5000])
def test_a_malformed_link(link: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = sentence_here(capsys, "--join", link, "--data", str(tmp_path / "new"), code=2)
    assert said.startswith("--join: This is not a join link.")
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("port", ["0", "80", "65536", "-1"])
def test_a_port_out_of_range(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert sentence_here(capsys, f"--port={port}", code=2) == "--port takes a number from 1024 to 65535."


def test_a_folder_that_is_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("mine")
    for path in (tmp_path / "file", tmp_path / "file" / "below"):
        said = sentence_here(capsys, "--port", str(free_port()), "--data", str(path), code=1)
        in_the_way = "is in the way: a folder of Hamraz belongs there, and this is none."
        assert said == f"{tmp_path / 'file'} {in_the_way} Move it elsewhere, or put back what was there."
    assert (tmp_path / "file").read_text() == "mine"


def test_a_folder_that_may_not_be_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # root may read everything, except where even root may make nothing
    path = Path("/proc/agent") if os.geteuid() == 0 else tmp_path / "closed"
    if os.geteuid() != 0:
        path.mkdir(mode=0)
    said = sentence_here(capsys, "--port", str(free_port()), "--data", str(path), code=1)
    assert said == f"The folder {path} can't be read and written. Check who owns it, or use --data."


def test_a_secret_file_is_made_anew_for_its_owner(tmp_path: Path) -> None:
    ours, file = Folder(tmp_path), tmp_path / "token"
    file.write_text("of an earlier run")
    file.chmod(0o666)
    kept = file.open()
    ours.save("token", "new")
    assert (file.read_text(), kept.read()) == ("new", "of an earlier run")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    kept.close()
    ours.remove("token")
    ours.remove("token")
    assert not file.exists()
    ours.release()
    Folder(tmp_path).release()


def test_whatever_the_umask_every_file_is_its_owners(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        Folder(tmp_path / "agent").release()
        with data_folder.held(tmp_path / "authority"):
            pass
    finally:
        os.umask(before)
    for name in ("agent", "authority"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o700
        assert stat.S_IMODE((tmp_path / name / "lock").stat().st_mode) == 0o600


def test_what_is_named_as_a_backup_is_looked_at_first(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for none in (tmp_path, tmp_path / "none", tmp_path / "none" / "either"):
        where = ("--data", str(tmp_path / "agent"), "--restore", str(none))
        assert sentence_here(capsys, *where, code=2) == "--restore: There is no file of this name that can be read."
    letter = tmp_path / "letter"
    letter.write_bytes(b"a letter, not a backup")
    said = sentence("--data", str(tmp_path / "agent"), "--restore", str(letter), code=1)
    assert said == "This file is no backup of Hamraz. Choose another one."


def test_the_journal_is_given_no_launch_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (tmp_path / "stdout").open("w") as stream:
        kept = os.fstat(stream.fileno())
        monkeypatch.setattr(sys, "stdout", stream)
        assert not main._goes_to_the_journal()
        monkeypatch.setenv("JOURNAL_STREAM", f"{kept.st_dev}:{kept.st_ino + 1}")  # whoever has started us, not we
        assert not main._goes_to_the_journal()
        monkeypatch.setenv("JOURNAL_STREAM", f"{kept.st_dev}:{kept.st_ino}")
        assert main._goes_to_the_journal()
