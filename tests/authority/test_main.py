"""The command line: what it prints, what it refuses in one sentence, how it ends, and what a restart keeps."""

import argparse
import gc
import io
import re
import socket
import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from authority_server import main
from authority_server.core.authority import Authority
from authority_server.operations import discovery
from authority_server.operations.join_links import Invitation
from authority_server.store.data_folder import held
from protocol import links
from protocol.errors import HamrazError
from protocol.messages import SignUp
from tests import processes
from tests.authority.peer import Clock, Peer, new_authority, owner, person
from tests.processes import LOOPBACK, until
from transport import addresses


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    """Exit code and sentence of a start that fails."""
    parser = argparse.ArgumentParser()
    main.add_arguments(parser)
    code = main.run(parser.parse_args(arguments), lambda function, *args: function(*args), "threading")
    out, err = capsys.readouterr()
    assert out == ""
    (line,) = err.splitlines()
    assert line.startswith("run.py authority: ") and line.endswith(".")
    return code, line


@pytest.mark.parametrize("port", ["x", "", "-1", "65536", "5050-5060-5070", "٥٠٥٠", "99999999999"])
def test_a_port_that_is_none(tmp_path: Path, capsys: pytest.CaptureFixture[str], port: str) -> None:
    code, line = refused(capsys, "--data", str(tmp_path / "new"), f"--port={port}")
    assert code == 2
    assert repr(port)[1:-1] in line or not port
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("group_ports", ["80-90", "3000-2000", "1024-65536", "a-b", "-", "5000-"])
def test_group_ports_that_are_no_range(tmp_path: Path, capsys: pytest.CaptureFixture[str], group_ports: str) -> None:
    assert refused(capsys, "--data", str(tmp_path / "new"), f"--group-ports={group_ports}")[0] == 2
    assert not (tmp_path / "new").exists()


def test_ports() -> None:
    assert main.ports("0", 0) == (0, 0)
    assert main.ports("5050", 1) == (5050, 5050)
    assert main.ports("1024-65535", 1024) == (1024, 65535)


def test_a_taken_port(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server((LOOPBACK, 0)) as taken:
        port = str(taken.getsockname()[1])
        code, line = refused(capsys, "--data", str(tmp_path), "--listen", LOOPBACK, "--port", port)
    assert code == 1
    assert f"Port {port} is taken" in line and "--port" in line


def test_an_address_of_another_machine(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, line = refused(capsys, "--data", str(tmp_path), "--listen", "203.0.113.9", "--port", "0")
    assert code == 1
    assert "203.0.113.9" in line and "--listen" in line


@pytest.mark.parametrize("listen", ["a/b", "-x-", "x" * 70, "1.2.3", "fe80::1%lo", "[::1]", " "])
def test_an_address_that_is_none(tmp_path: Path, capsys: pytest.CaptureFixture[str], listen: str) -> None:
    code, line = refused(capsys, "--data", str(tmp_path / "new"), f"--listen={listen}", "--port", "0")
    assert code in (1, 2)
    assert listen in line and "--listen" in line


def test_hosts_of_a_listener(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "own_addresses", lambda: ["192.0.2.1", "2001:db8::1"])
    assert discovery.link_hosts("") == ["192.0.2.1", "2001:db8::1"]
    assert discovery.link_hosts("0.0.0.0") == ["192.0.2.1"]
    assert discovery.link_hosts("::") == ["2001:db8::1"]
    assert discovery.link_hosts("192.0.2.9") == ["192.0.2.9"]
    monkeypatch.setattr(addresses, "own_addresses", lambda: ["192.0.2.1"])
    assert discovery.link_hosts("::") == ["::1"]
    monkeypatch.setattr(addresses, "own_addresses", lambda: [])
    assert discovery.link_hosts("") == ["127.0.0.1"]


def test_a_file_in_the_place_of_the_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "data"
    path.write_text("mine")
    code, line = refused(capsys, "--data", str(path))
    assert code == 1
    assert str(path) in line
    assert path.read_text() == "mine"


def test_a_folder_in_use(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with held(tmp_path):
        code, line = refused(capsys, "--data", str(tmp_path), "--port", "0")
    assert code == 1
    assert "Another process" in line


def test_a_database_that_is_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "authority.db").write_text("my shopping list" * 20)
    (tmp_path / "authority.key").write_text("my key")
    for _ in range(2):
        assert refused(capsys, "--data", str(tmp_path), "--port", "0")[0] == 1
        (tmp_path / "authority.key").unlink(missing_ok=True)
    assert (tmp_path / "authority.db").read_text() == "my shopping list" * 20


# --- links ---


def lines_of(path: Path) -> dict[str, str]:
    return dict(line.split(": ", 1) for line in path.read_text().splitlines())


def shown(authority: Authority, path: Path, renew: bool = False) -> dict[str, links.Link]:
    Invitation(authority, path, renew).show(["192.0.2.1", "2001:db8::1"], 5050)
    return {name: links.decode(text) for name, text in lines_of(path).items()}


def test_links_are_printed_and_written_privately(
    authority: Authority, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "links"
    found = shown(authority, path)
    printed = capsys.readouterr().out
    assert printed.startswith(path.read_text())
    assert printed.removeprefix(path.read_text()).splitlines() == [
        "digits: " + " ".join(links.digits(authority.id)),
        "invitation: " + links.in_groups(str(found["join"].invitation)),
    ]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert found["join"].hosts == ("192.0.2.1", "2001:db8::1")
    assert found["join"].authority_id == authority.id
    assert found["join"].owner_code is None and found["join"].invitation == found["owner"].invitation
    code = found["owner"].owner_code
    Peer(authority).hello().sign_up(person(authority, "sara"), owner_code=code)


def test_the_owner_link_stays_the_same_until_it_is_used(authority: Authority, tmp_path: Path) -> None:
    path = tmp_path / "links"
    first = shown(authority, path)["owner"]
    assert shown(authority, path)["owner"] == first
    path.write_text("owner: rubbish\n")
    second = shown(authority, path)["owner"]  # only its hash is known, so there is a new one
    assert second != first
    invitation = Invitation(authority, path, False)
    invitation.show(["192.0.2.1"], 5050)
    Peer(authority).hello().sign_up(person(authority, "sara"), owner_code=second.owner_code)
    invitation.refresh()
    assert set(lines_of(path)) == {"join"}
    assert set(shown(authority, path)) == {"join"}


def test_a_new_invitation_changes_the_join_link(authority: Authority, tmp_path: Path) -> None:
    path = tmp_path / "links"
    first = shown(authority, path)["join"]
    assert shown(authority, path)["join"] == first
    assert shown(authority, path, renew=True)["join"].invitation != first.invitation


def test_a_terminal_gets_a_qr_code(authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    monkeypatch.setattr("sys.stdout", terminal)
    shown(authority, tmp_path / "links")
    lines = terminal.getvalue().splitlines()
    assert lines[0] == "join:" and "owner:" in lines
    assert "▀" in terminal.getvalue() or "█" in terminal.getvalue()
    assert lines[-4].startswith("join: hamraz://")


def test_qr_codes_can_be_had_without_a_terminal_and_left_out_on_one(
    authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for encoding, block in (("utf-8", "█"), ("ascii", "\x1b[")):  # a terminal without blocks gets colours
        raw = io.BytesIO()
        monkeypatch.setattr("sys.stdout", io.TextIOWrapper(raw, encoding=encoding, write_through=True))
        Invitation(authority, tmp_path / "links", False).show(["192.0.2.1"], 5050, qr=True)
        assert block in raw.getvalue().decode(encoding)
    monkeypatch.setattr("sys.stdout", terminal := io.StringIO())
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    Invitation(authority, tmp_path / "links", False).show(["192.0.2.1"], 5050, qr=False)
    assert "█" not in terminal.getvalue()


def test_other_addresses_reach_the_file(authority: Authority, tmp_path: Path) -> None:
    invitation = Invitation(authority, tmp_path / "links", False)
    invitation.show(["192.0.2.1"], 5050)
    invitation.move(["192.0.2.7", "2001:db8::7"])
    assert links.decode(lines_of(tmp_path / "links")["join"]).hosts == ("192.0.2.7", "2001:db8::7")


# --- the clock ---


def test_the_clock_rises_and_begins_at_the_time_of_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time_ns", lambda: 1_700_000_000_000_000_000)
    clock = main.rising_clock()
    monkeypatch.setattr("time.time_ns", lambda: 0)  # somebody sets the machine's clock back
    now = clock()
    assert 1_700_000_000_000 <= now < 1_700_000_001_000
    assert clock() >= now


# --- whole processes ---


@pytest.mark.parametrize("async_mode", ["eventlet", "threading"])
def test_it_starts_restarts_and_ends_as_told(tmp_path: Path, async_mode: str) -> None:
    authority = processes.Authority(tmp_path / "a", async_mode)
    authority.start()
    join, owner_link = authority.join_link, authority.owner_link
    assert (links.decode(join).hosts, links.decode(join).port) == ((LOOPBACK,), authority.port)
    assert lines_of(tmp_path / "a" / "links") == {"join": join, "owner": owner_link}
    second = processes.Authority(tmp_path / "a", async_mode)
    with pytest.raises(Exception, match="Another process uses the folder"):
        second.start()
    assert authority.stop() == 0
    authority.start()
    assert (authority.join_link, authority.owner_link) == (join, owner_link)
    authority.kill()
    authority.start()
    assert (authority.join_link, authority.owner_link) == (join, owner_link)
    assert authority.stop() == 0


def test_the_links_file_forgets_the_owner_link_once_it_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The whole of `run`, in this process, ended as run.py ends it."""
    seen: list[Any] = []

    def remember(*arguments: Any, **named: Any) -> Any:
        seen.append(Authority(*arguments, **named))
        return seen[0]

    def wait(self: Invitation) -> None:
        refresh(self)
        if "owner" in lines_of(tmp_path / "links"):
            first = person(seen[0], "sara")
            owner_code = links.decode(lines_of(tmp_path / "links")["owner"]).owner_code
            Peer(seen[0]).hello().say(SignUp(1, first.register(), first.email, seen[0].state.invitation, owner_code))
        else:
            raise KeyboardInterrupt

    refresh = Invitation.refresh
    monkeypatch.setattr(main, "Authority", remember)
    monkeypatch.setattr(Invitation, "refresh", wait)
    monkeypatch.setattr(main, "LOOK_SECONDS", 0.02)
    parser = argparse.ArgumentParser()
    main.add_arguments(parser)
    options = parser.parse_args(["--data", str(tmp_path), "--port", "0", "--listen", LOOPBACK])
    assert main.run(options, lambda function, *args: function(*args), "threading") == 0
    assert re.match(r"join: .*\nowner: .*\n", capsys.readouterr().out)
    assert until(lambda: set(lines_of(tmp_path / "links")) == {"join"})


def test_an_authority_with_an_owner_gives_no_owner_code() -> None:
    authority = new_authority(Clock())
    owner(authority)
    with pytest.raises(HamrazError):
        Peer(authority).hello().sign_up(person(authority, "b"), owner_code=authority.issue_owner_code())


def test_nobody_waits_for_a_look_at_all_memory() -> None:
    """What is there at the start is looked at no more: a full look took 100 ms under a flood."""
    thresholds, interval = gc.get_threshold(), sys.getswitchinterval()
    try:
        main._be_quick()
        assert gc.get_freeze_count() > 10_000 and gc.get_threshold() == main.COLLECT
        assert sys.getswitchinterval() == pytest.approx(main.SWITCH)
    finally:
        gc.unfreeze()
        gc.set_threshold(*thresholds)
        sys.setswitchinterval(interval)
