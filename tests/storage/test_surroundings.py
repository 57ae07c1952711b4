"""What a process finds round it: a disk without locks, names or owners, paths that are none, and nobody who reads."""

from __future__ import annotations

import argparse
import errno
import os
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from protocol.errors import HamrazError
from storage import held_folder, paths, sqlite_trouble
from storage.held_folder import hold, in_use
from storage.layout import Layout
from storage.sqlite_trouble import what_fails
from storage.standard_output import printed


@pytest.mark.parametrize(
    ("number", "code"), [(errno.ENOLCK, "no_locks"), (errno.EBADF, "no_locks"), (errno.EAGAIN, "folder_in_use")]
)
def test_a_disk_without_locks_is_no_other_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, code: str
) -> None:
    def refuse(file: object) -> None:
        raise OSError(number, os.strerror(number))

    hold(tmp_path, Layout((), ())).close()
    monkeypatch.setattr(held_folder, "_lock", refuse)
    monkeypatch.setattr(held_folder, "LOCK_PAUSE", 0)
    with pytest.raises(HamrazError) as reason:
        hold(tmp_path, Layout((), ()))
    assert reason.value.code == code and in_use(tmp_path) == (code == "folder_in_use")


def test_a_disk_that_has_room_and_takes_no_more_files_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def statvfs(left: int) -> SimpleNamespace:
        counts = SimpleNamespace(f_files=100, f_favail=left)
        return SimpleNamespace(**{**vars(os), "statvfs": lambda folder: counts})

    monkeypatch.setattr(sqlite_trouble, "os", statvfs(1))
    assert what_fails(tmp_path).code == "disk_failing"
    monkeypatch.setattr(sqlite_trouble, "os", statvfs(0))
    assert what_fails(tmp_path).code == "disk_full"


def test_a_database_of_another_user_is_no_failing_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    foreign = tmp_path / "vault.db"
    monkeypatch.setattr(os, "access", lambda path, mode: path != foreign)
    assert what_fails(tmp_path).code == "disk_failing"
    foreign.touch()
    assert what_fails(tmp_path).code == "folder_unusable"


def test_an_argument_that_names_no_path_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    assert paths.given("x") == gone / "x"
    gone.rmdir()
    for text in ("", "x"):
        with pytest.raises(argparse.ArgumentTypeError):
            paths.given(text)
    assert paths.given(str(tmp_path)) == tmp_path


def test_what_nobody_reads_ends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    with os.fdopen(writing, "w") as output:
        monkeypatch.setattr(sys, "stdout", output)
        with printed():
            print("read")
        assert os.read(reading, 99) == b"read\n"
        os.close(reading)
        with printed():
            print("said to nobody")
        print("nor is this", flush=True)
