"""Where everything of ours lies, and that no secret stands among a program's arguments."""

import os
import stat
import subprocess
import sys
import webbrowser
from pathlib import Path

import pytest

from launch.browser import open_page
from launch.child import Child
from launch.data_folder import data_folder
from launch.failure import Failure
from launch.packages import ROOT
from launch.secret_arguments import DATABASE, put_away
from tests.processes import LOOPBACK, Agent, Authority, Service, free_port, until

LINK = "hamraz://10.0.0.1:5050/abcdefghijklmnop/abcdefghijklmnopqrstuvwxyz#" + "0" * 64
PUBLIC = "hamraz://10.0.0.1:5050/#" + "0" * 64


def test_the_first_of_these_places_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    home, beside = tmp_path / "home", tmp_path / "program"
    named = {"HAMRAZ_DATA": str(tmp_path / "named"), "XDG_DATA_HOME": str(tmp_path / "xdg")}
    assert data_folder(named, "linux", beside) == tmp_path / "named"
    del named["HAMRAZ_DATA"]
    assert data_folder(named, "linux", beside) == tmp_path / "xdg" / "hamraz"
    assert data_folder({}, "linux", beside) == home / ".local" / "share" / "hamraz"
    assert data_folder({"XDG_DATA_HOME": "relative"}, "linux", beside) == home / ".local" / "share" / "hamraz"
    assert data_folder({}, "darwin", beside) == home / "Library" / "Application Support" / "Hamraz"
    assert data_folder({"LOCALAPPDATA": str(tmp_path / "local")}, "win32", beside) == tmp_path / "local" / "Hamraz"
    (beside / "data").mkdir(parents=True)
    assert data_folder(named, "linux", beside) == beside / "data"
    assert data_folder({"HAMRAZ_DATA": "~/mine"}, "linux", beside) == home / "mine"
    with pytest.raises(Failure, match="whole path"):
        data_folder({"HAMRAZ_DATA": "mine"}, "linux", beside)


def test_wherever_one_stands_and_whatever_the_port(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two starts in two folders on two ports: one and the same vault's folder, and nothing where one stood."""
    root = tmp_path / "root"
    for place in ("a", "b"):
        (tmp_path / place).mkdir()
        monkeypatch.chdir(tmp_path / place)
        arguments = ["agent", "--port", str(free_port()), "--no-open", "--no-discovery", "--listen", LOOPBACK]
        child = Child("the agent", arguments, secrets={"HAMRAZ_DATA": str(root)})
        try:
            child.wait_line("page: ")
            assert child.stop() == 0
        finally:
            child.kill()
        assert list((tmp_path / place).iterdir()) == []
        assert [path.name for path in root.iterdir()] == ["agent-main"]


# A name that is a path to the system is one to SQLite too, and no address with a query, an escape or a scheme in it.
ODD = Path("file:x?mode=memory", "what? is=this #1", "50%41 off@home;x")


def test_a_path_is_never_read_as_an_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    authority, agent = Authority(ODD / "authority"), Agent(ODD / "agent")
    services: list[Service] = [authority, agent]
    try:
        for _start in range(2):
            authority.start()
            agent.start()
            if agent.name:
                agent.login()
            else:
                with agent.door() as door:
                    door.call("join", link=authority.owner_link)
                agent.sign_up("sara")
            with agent.program() as program:
                until(lambda: program.call("snapshot")["link"]["up"])
            for service in reversed(services):
                service.stop()
        here = tmp_path / ODD
        made = [str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if not path.is_relative_to(here)]
        assert sorted(made) == [str(ODD.parent.parent), str(ODD.parent)]
        assert (here / "authority" / "authority.db").stat().st_size > 4096
        assert (here / "agent" / "vault.db").stat().st_size > 4096
        saved = Child("a backup", ["authority", "--data", str(ODD / "authority"), "--backup", str(ODD / "saved")])
        assert saved.wait(20) == 0
        assert (here / "saved" / "authority.db").stat().st_size > 4096
    finally:
        for service in services:
            if service.child is not None:
                service.kill()


# --- secrets ---


def test_only_a_link_with_a_code_is_put_away() -> None:
    for before, link, after in [
        (["agent", "--join", LINK, "--port", "1"], LINK, ["agent", "--port", "1"]),
        (["agent", f"--join={LINK}"], LINK, ["agent"]),
        (["agent", "--jo", LINK.upper()], LINK.upper(), ["agent"]),
        (["agent", "--join", PUBLIC], None, ["agent", "--join", PUBLIC]),
        (["agent", "--join", "links"], None, ["agent", "--join", "links"]),
        (["agent", "--join"], None, ["agent", "--join"]),
    ]:
        given = list(before)
        assert put_away(given) == link
        assert given == after


def test_only_an_address_with_a_password_is_put_away() -> None:
    address = "postgresql+psycopg2://hamraz:word@db.example/hamraz"
    for before, found, after in [
        (["authority", "--database", address, "--qr"], address, ["authority", "--qr"]),
        (["authority", f"--datab={address}"], address, ["authority"]),
        (["authority", "--database", "postgresql://a@h/n?password=w"], "postgresql://a@h/n?password=w", ["authority"]),
        (["authority", "--data", "/srv"], None, ["authority", "--data", "/srv"]),
    ]:
        given = list(before)
        assert put_away(given, DATABASE) == found
        assert given == after
    for shown in ("postgresql://hamraz@db.example:5432/hamraz", "postgresql:///hamraz?host=/run/a:b@c", ""):
        assert put_away(["--database", shown], DATABASE) is None


def commands() -> str:
    """The arguments of every process, as anybody on this computer can read them."""
    said = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            said.append(path.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
        except OSError:
            continue
    return "\n".join(said)


@pytest.mark.parametrize("way", ["file", "authority's file", "environment", "argument"])
def test_no_process_shows_a_code(way: str, tmp_path: Path) -> None:
    agent = Agent(tmp_path / "agent")
    arguments = [*agent.arguments]
    secrets = {}
    (tmp_path / "link").write_text(f"join: {LINK.replace('/abcdefghijklmnopqrstuvwxyz', '')}\nowner: {LINK}\n")
    match way:
        case "file":
            (tmp_path / "link").write_text(f"\n  {LINK}\n")
            arguments += ["--join", str(tmp_path / "link")]
        case "authority's file":
            arguments += ["--join", str(tmp_path / "link")]
        case "environment":
            secrets = {"HAMRAZ_JOIN": LINK}
        case "argument":
            arguments += ["--join", LINK]
    child = Child("the agent", arguments, secrets=secrets)
    try:
        child.wait_line("page: ")
        assert "abcdefghijklmnop" not in commands()
        assert (tmp_path / "agent" / "authority.link").read_text().strip() == LINK
        assert any("next time give it as a file" in line for line in child.lines) == (way == "argument")
    finally:
        child.kill()


def test_the_link_from_standard_input(tmp_path: Path) -> None:
    agent = Agent(tmp_path / "agent")
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "run.py"), *agent.arguments, "--join", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    try:
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(LINK + "\n")
        process.stdin.close()
        assert process.stdout.readline().startswith("page: ")
        assert (tmp_path / "agent" / "authority.link").read_text().strip() == LINK
    finally:
        process.terminate()
        process.wait(10)


@pytest.mark.parametrize("hidden", [False, True])
def test_the_demo_shows_no_token_to_who_reads_the_browsers_arguments(
    hidden: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    folder = tmp_path / (".hidden" if hidden else "seen")
    folder.mkdir()
    for _once_more in range(2):
        open_page("http://localhost:5001/#launch=secret", folder)
    assert opened == [opened[0]] * 2 and "secret" not in opened[0]
    if hidden:
        assert opened[0] == "http://localhost:5001/" and list(folder.iterdir()) == []
    else:
        (file,) = folder.iterdir()
        assert opened[0] == file.as_uri() and stat.S_IMODE(file.stat().st_mode) == 0o600
        assert "url=http://localhost:5001/#launch=secret" in file.read_text()
