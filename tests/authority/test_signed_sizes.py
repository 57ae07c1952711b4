"""The file of signed sizes: what it keeps over a kill, a bad disk and a full one. It keeps nobody from starting."""

from __future__ import annotations

import errno
import logging
import os
from pathlib import Path

import pytest

from authority_server.store import signed_sizes
from authority_server.store.signed_sizes import BATCHES, LOG, RECORD, SignedSizes, chain

ID, GID = bytes(32), b"g" * 16


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "authority.sizes"


def read(path: Path, id: bytes = ID) -> dict[signed_sizes.What, int]:
    return SignedSizes(path, id).highest


def test_what_was_noted_is_there_after_a_kill(path: Path) -> None:
    sizes = SignedSizes(path, ID)
    assert sizes.highest == {} and not path.exists()
    sizes.note({LOG: 3, BATCHES: 1})
    assert path.stat().st_mode & 0o777 == 0o600
    sizes.note({LOG: 3, BATCHES: 2, chain(GID): 7})
    sizes.note({chain(GID): 6})  # never less
    assert read(path) == sizes.highest == {LOG: 3, BATCHES: 2, chain(GID): 7}
    again = SignedSizes(path, ID)
    again.note({LOG: 4})
    assert read(path) == {LOG: 4, BATCHES: 2, chain(GID): 7}


def test_a_group_with_a_strange_id_is_not_taken_for_the_log(path: Path) -> None:
    sizes = SignedSizes(path, ID)
    sizes.note({LOG: 3, chain(bytes(16)): 900, chain(b"\xff" * 16): 901})
    assert read(path)[LOG] == 3


def test_it_says_what_is_not_here(path: Path) -> None:
    sizes = SignedSizes(path, ID)
    here = {GID: 5, b"i" * 16: 9}
    sizes.note({LOG: 10, BATCHES: 99, chain(GID): 7, chain(b"h" * 16): 2, chain(b"i" * 16): 9})
    floor = sizes.floor(10, lambda gid: here.get(gid, 0))
    assert (floor.log, floor.chains) == (0, {GID: 7, b"h" * 16: 2})
    assert sizes.floor(9, lambda gid: 1000).log == 10
    floor.reach(10, lambda gid: 7)
    assert not floor


@pytest.mark.parametrize("at", range(0, 3 * RECORD, 5))
def test_a_changed_bit_costs_a_record(path: Path, at: int, caplog: pytest.LogCaptureFixture) -> None:
    sizes = SignedSizes(path, ID)
    sizes.note({LOG: 1})
    sizes.note({LOG: 2})
    sizes.note({LOG: 3})
    raw = bytearray(path.read_bytes())
    raw[at] ^= 4
    path.write_bytes(raw)
    assert read(path) == {LOG: 3 if at < 2 * RECORD else 2}
    assert "is damaged in part" in caplog.text


def test_a_record_that_was_cut_off_is_none_and_what_follows_is_whole(path: Path) -> None:
    sizes = SignedSizes(path, ID)
    sizes.note({LOG: 1})
    sizes.note({LOG: 2})
    with path.open("r+b") as file:
        file.truncate(2 * RECORD - 9)
    again = SignedSizes(path, ID)
    assert again.highest == {LOG: 1}
    again.note({LOG: 5})
    assert read(path) == {LOG: 5}
    assert path.stat().st_size == RECORD


def test_that_of_another_authority_says_nothing(path: Path) -> None:
    SignedSizes(path, ID).note({LOG: 300})
    assert read(path, b"another" + bytes(25)) == {}


def test_it_doesn_t_grow_for_ever(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signed_sizes, "SPARE", 100 * RECORD)
    sizes = SignedSizes(path, ID)
    for number in range(1, 1000):
        sizes.note({LOG: number, chain(GID): number})
        assert path.stat().st_size <= 106 * RECORD
    assert read(path) == {LOG: 999, chain(GID): 999}


def test_a_full_disk_keeps_nobody_waiting_and_is_made_up_for(
    path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    sizes = SignedSizes(path, ID)
    sizes.note({LOG: 1})

    def full(file: int, content: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    def opens_nothing(*arguments: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with caplog.at_level(logging.WARNING), monkeypatch.context() as disk:
        disk.setattr(os, "write", full)
        sizes.note({LOG: 2})
        disk.setattr(os, "open", opens_nothing)
        sizes.note({LOG: 3})
        sizes.note({LOG: 4})
    assert len(caplog.records) == 1
    sizes.note({LOG: 5})
    assert read(path) == {LOG: 5}


def test_half_a_record_that_got_onto_a_full_disk_counts_for_nothing(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = SignedSizes(path, ID)
    sizes.note({LOG: 1})
    write = os.write
    with monkeypatch.context() as disk:
        disk.setattr(os, "write", lambda file, content: write(file, content[:20]))
        sizes.note({LOG: 2})
    assert read(path) == {LOG: 1}
    sizes.note({LOG: 3})
    assert read(path) == {LOG: 3}


def test_one_that_can_t_be_read_keeps_nothing_from_starting(path: Path) -> None:
    path.mkdir()
    sizes = SignedSizes(path, ID)
    sizes.note({LOG: 2})
    assert sizes.highest == {LOG: 2}


def test_what_is_given_up_is_forgotten(path: Path) -> None:
    sizes = SignedSizes(path, ID)
    sizes.note({LOG: 9, chain(GID): 4})
    sizes.forget({LOG: 7})
    assert read(path) == {LOG: 7}
