"""An agent that this computer starts when its user logs in: what is written for that, and when it is renewed."""

from __future__ import annotations

import plistlib
import sys
from pathlib import Path

import pytest

from tests.world import Person
from web_client.agent.at_login import AtLogin

PICTURE = Path("/opt/hamraz/static/icon.svg")


@pytest.fixture
def desktop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Somebody's desktop; where its folders are."""
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.setenv("DISPLAY", ":0")
    return tmp_path


def entry(folder: Path, *program: str, title: str = "Hamraz") -> AtLogin:
    return AtLogin(program or ("/usr/bin/python3", "run.py"), ["--no-open"], folder, title, PICTURE)


def values(path: Path) -> dict[str, str]:
    """A desktop entry's values as the specification has them read: escapes of a string first."""
    first, *lines = path.read_text("utf-8").splitlines()
    assert first == "[Desktop Entry]"
    escapes = {"s": " ", "n": "\n", "t": "\t", "r": "\r", "\\": "\\"}
    read = {}
    for line in lines:
        key, _equals, raw = line.partition("=")
        signs = iter(raw)
        read[key] = "".join(escapes[next(signs)] if sign == "\\" else sign for sign in signs)
    return read


def arguments(command: str) -> list[str]:
    """`Exec` as a desktop takes it apart: all here is quoted, and %% stands for a percent sign."""
    found, signs = [], iter(command)
    for sign in signs:
        assert sign == '"'
        argument = ""
        while (sign := next(signs)) != '"':
            assert sign not in "`$", "a sign with a meaning of its own"
            if sign == "%":
                assert next(signs) == "%"
            argument += next(signs) if sign == "\\" else sign
        found.append(argument)
        assert next(signs, " ") == " "
    return found


def test_it_is_switched_on_and_off(desktop: Path) -> None:
    one, other = entry(desktop / "agent-main"), entry(desktop / "agent-work", title="Hamraz (work)")
    assert one.is_possible and not one.is_on
    one.switch(True)
    assert one.is_on and not other.is_on  # each account has its own
    (start,) = (desktop / "XDG_CONFIG_HOME" / "autostart").iterdir()
    (menu,) = (desktop / "XDG_DATA_HOME" / "applications").iterdir()
    assert arguments(values(start)["Exec"]) == ["/usr/bin/python3", "run.py", "--no-open"]
    assert arguments(values(menu)["Exec"]) == ["/usr/bin/python3", "run.py"]  # pressed there, its page opens
    assert values(menu)["Icon"] == str(PICTURE)
    one.switch(False)
    one.switch(False)
    assert not one.is_on
    assert not [*start.parent.iterdir(), *menu.parent.iterdir()]


@pytest.mark.parametrize(
    "name", ["my chats", 'a"b', "$HOME", "`id`", "100%", "a\\b", "a\\\\nb", "همراز", "a\nName=b", "%f", "\\"]
)
def test_no_folder_s_name_says_anything_else(desktop: Path, name: str) -> None:
    one = entry(desktop, "/usr/bin/python3", f"/home/sara/{name}/run.py", title=f"Hamraz ({name})")
    one.switch(True)
    (start,) = (desktop / "XDG_CONFIG_HOME" / "autostart").iterdir()
    read = values(start)
    assert arguments(read["Exec"])[1] == f"/home/sara/{name}/run.py"
    assert (read["Name"], read["TryExec"], read["Terminal"]) == (f"Hamraz ({name})", "/usr/bin/python3", "false")


def test_what_the_desktop_has_switched_off_stays_off(desktop: Path) -> None:
    one = entry(desktop / "agent-main")
    one.switch(True)
    (start,) = (desktop / "XDG_CONFIG_HOME" / "autostart").iterdir()
    start.write_text(start.read_text() + "Hidden=true\n")
    assert not one.is_on
    before = start.read_bytes()
    one.renew()
    assert start.read_bytes() == before
    one.switch(True)
    assert one.is_on


def test_another_way_to_start_it_is_followed(desktop: Path) -> None:
    folder = desktop / "agent-main"
    moved = entry(folder, "/usr/bin/python3.13", "/opt/hamraz/run.py")
    moved.renew()
    assert not moved.is_on  # nobody wanted it
    entry(folder).switch(True)
    moved.renew()
    (start,) = (desktop / "XDG_CONFIG_HOME" / "autostart").iterdir()
    assert arguments(values(start)["Exec"])[:2] == ["/usr/bin/python3.13", "/opt/hamraz/run.py"]


def test_on_a_mac(desktop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setenv("HOME", str(desktop))
    one = entry(desktop / "agent-main")
    one.switch(True)
    (file,) = (desktop / "Library" / "LaunchAgents").iterdir()
    read = plistlib.loads(file.read_bytes())
    assert read["ProgramArguments"] == ["/usr/bin/python3", "run.py", "--no-open"] and read["RunAtLoad"] is True
    assert file.name == read["Label"] + ".plist"
    one.switch(False)
    assert not one.is_on


def test_the_page_asks_and_switches(desktop: Path, arash: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    agent = arash.agent()
    assert agent.start_at_login() == {"on": None}  # nobody has said how it is started
    agent.at_login = entry(desktop / "agent-main")
    assert agent.start_at_login() == {"on": False}
    assert agent.start_at_login(True) == {"on": True}
    assert agent.start_at_login() == {"on": True}
    assert agent.start_at_login(False) == {"on": False}
    monkeypatch.delenv("DISPLAY")  # by a terminal only
    assert agent.start_at_login(True) == {"on": None}
    monkeypatch.setenv("DISPLAY", ":0")
    (desktop / "XDG_CONFIG_HOME" / "autostart").rmdir()
    (desktop / "XDG_CONFIG_HOME" / "autostart").write_text("no folder")
    with pytest.raises(Exception, match="folder") as reason:
        agent.start_at_login(True)
    assert getattr(reason.value, "code", None) == "not_a_folder"
