"""The units: systemd takes them, what they start is a command line of ours, and what they may do is little."""

import argparse
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import authority_server.main
import web_client.main
from launch.packages import ROOT

UNITS = ROOT / "deploy" / "systemd"
AUTHORITY, AGENT = "hamraz@.service", "hamraz-agent@.service"
START = re.compile(r"^ExecStart=(\S+/hamraz) (.+)$", re.MULTILINE)


def text(name: str) -> str:
    return (UNITS / name).read_text(encoding="utf-8")


def analyze(*arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    line = ["systemd-analyze", *arguments]
    return subprocess.run(line, capture_output=True, text=True, env={**os.environ, **variables})


@pytest.mark.parametrize("name", [AUTHORITY, AGENT])
def test_systemd_finds_nothing_to_complain_of(tmp_path: Path, name: str) -> None:
    named = tmp_path / name.replace("@", "@lab")
    named.write_text(START.sub(rf"ExecStart={sys.executable} \2", text(name)), encoding="utf-8")
    whose = "--user" if name == AGENT else "--system"
    done = analyze("verify", "--man=no", whose, str(named), XDG_RUNTIME_DIR=str(tmp_path))
    # other units that this machine has are looked at with it, and what is wrong with those is not ours
    said = [line for line in done.stderr.splitlines() if named.name in line]
    assert (done.returncode, said) == (0, [])


def test_an_authority_may_do_little(tmp_path: Path) -> None:
    (tmp_path / AUTHORITY).write_text(text(AUTHORITY), encoding="utf-8")
    done = analyze("security", "--offline=true", "--threshold=15", str(tmp_path / AUTHORITY))  # of 100
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("name", "command", "application"),
    [(AUTHORITY, "authority", authority_server.main), (AGENT, "agent", web_client.main)],
)
def test_what_they_start_is_ours(name: str, command: str, application: object) -> None:
    found = START.search(text(name))
    assert found is not None
    first, *words = found[2].replace("%i", "lab").replace("$HAMRAZ_OPTIONS", "--listen 127.0.0.1").split()
    parser = argparse.ArgumentParser()
    application.add_arguments(parser)  # type: ignore[attr-defined]
    options = parser.parse_args(words)
    assert first == command and options.listen == "127.0.0.1"
    # links of the one and the other's page have secrets in them
    assert "StandardOutput=null" in text(name) and "UMask=0077" in text(name)
    assert "RestartPreventExitStatus=2 3" in text(name)


def test_the_users_and_the_folders_are_those_of_the_unit() -> None:
    unit, users, folders = text(AUTHORITY), text("sysusers.conf"), text("tmpfiles.conf")
    assert "User=hamraz\nGroup=hamraz\n" in unit and re.search(r"^u hamraz - .* /var/lib/hamraz$", users, re.MULTILINE)
    assert "StateDirectory=hamraz/%i\nStateDirectoryMode=0700\n" in unit and "--data /var/lib/hamraz/%i " in unit
    assert "d /var/lib/hamraz 0700 hamraz hamraz -\nd /etc/hamraz 0700 root root -\n" in folders
    assert "EnvironmentFile=-/etc/hamraz/%i.env\n" in unit
