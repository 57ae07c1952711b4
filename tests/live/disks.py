"""Disks that have bad days: a small one that fills up, one whose writes or fsyncs fail, a clock that is off."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.processes import Service

SOURCE = Path(__file__).with_name("disk.c")
MEGABYTE = 1024 * 1024


def run(*line: str | Path) -> None:
    subprocess.run(list(map(str, line)), check=True, capture_output=True)


@contextmanager
def small_disk(folder: Path, megabytes: int = 12) -> Iterator[Path]:
    """A mounted file system of its own: ext4 in a file where loop devices are to be had, else a tmpfs. Needs root."""
    folder.mkdir()
    image = folder.with_name(folder.name + ".img")
    with image.open("wb") as file:
        file.truncate(megabytes * MEGABYTE)
    try:
        run("mkfs.ext4", "-q", "-m", "0", "-O", "^has_journal", image)
        run("mount", "-o", "loop", image, folder)
    except (subprocess.CalledProcessError, FileNotFoundError):
        run("mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "none", folder)
    try:
        yield folder
    finally:
        run("umount", "-l", folder)


def fill(folder: Path) -> None:
    """Take all the room there is."""
    with (folder / "filler").open("ab", buffering=0) as file:
        for size in (MEGABYTE, 4096, 512, 1):
            try:
                while file.write(bytes(size)) == size:
                    pass
            except OSError:
                continue


def make_room(folder: Path) -> None:
    (folder / "filler").unlink()


class FailingDisk:
    """What one process writes below `folder` goes to a disk that fails as told. `start` starts it there."""

    def __init__(self, work: Path, name: str, folder: Path, shadow: bool = False) -> None:
        self._library = work / "disk.so"
        if not self._library.exists():
            run("gcc", "-shared", "-fPIC", "-O1", "-o", self._library, SOURCE, "-ldl")
        self._folder = folder
        self._flags, self._clock = work / f"{name}.flags", work / f"{name}.clock"
        self._shadow = work / f"{name}.shadow" if shadow else None

    def start(self, service: Service) -> None:
        """Start a process on this disk; with a shadow, what is there now is on the disk."""
        with pytest.MonkeyPatch.context() as there:
            there.setenv("LD_PRELOAD", str(self._library))
            there.setenv("DISK_MATCH", str(self._folder))
            there.setenv("DISK_FLAGS", str(self._flags))
            there.setenv("DISK_CLOCK", str(self._clock))
            if self._shadow is not None:
                if not self._shadow.exists():
                    shutil.copytree(self._folder, self._shadow)
                there.setenv("DISK_SHADOW", str(self._shadow))
            service.start()

    def fail(self, *what: str) -> None:
        """From now on `fsync`, or every `write`, fails, or the disk is `full`, or `slow=800`: each fsync takes so many
        ms more; without a word, none of it any more.
        """
        unfinished = self._flags.with_suffix(".new")
        unfinished.write_text(" ".join(what))
        os.replace(unfinished, self._flags)

    def set_clock(self, seconds: int) -> None:
        """Put the process's clock forward, or back."""
        unfinished = self._clock.with_suffix(".new")
        unfinished.write_text(str(seconds))
        os.replace(unfinished, self._clock)

    def cut_power(self, *names: str) -> None:
        """After a kill: these files are now what was really on the disk."""
        assert self._shadow is not None
        for name in names:
            (self._folder / name).unlink(missing_ok=True)
            if (self._shadow / name).exists():
                shutil.copy(self._shadow / name, self._folder / name)
