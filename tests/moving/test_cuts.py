"""A move that is cut at every step, in both directions: nothing is lost, and one computer has the account."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.moving.pair import NOW, Pair, steps
from web_client.moving import new_folder, old_folder
from web_client.moving.taking import Taking

BODIES = 40  # of a whole move with these files, both ways; a test holds it


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    return Pair(tmp_path)


def test_everything_goes_and_the_old_one_keeps_nothing(pair: Pair) -> None:
    steps(pair.taking)
    assert pair.taking.state == "ours"
    assert (pair.is_old, pair.is_new) == (False, True)
    pair.require_whole(pair.new)
    assert [path.name for path in pair.old.iterdir()] == ["moved"]
    said = old_folder.moved(pair.old)
    assert said is not None and (said.when, said.secret) == (NOW, b"")
    assert pair.giving.is_heard
    assert not (pair.new / "arriving").exists()
    assert len(pair.bodies) == BODIES


def test_both_show_the_same_digits(pair: Pair) -> None:
    steps(pair.taking)
    [(old, new)] = pair.both
    assert old == new == pair.taking.digits
    assert old is not None and [len(group) for group in old] == [5] * 4


@pytest.mark.parametrize("restarted", ["none", "new", "old", "both"])
@pytest.mark.parametrize("at", range(1, BODIES + 1))
def test_a_cut_anywhere_loses_nothing(pair: Pair, at: int, restarted: str) -> None:
    pair.cut_at = at
    steps(pair.taking, most=0)  # until the cut
    assert not (pair.is_old and pair.is_new)
    if pair.is_old:
        pair.require_whole(pair.old)
    if restarted in ("old", "both"):
        pair.restart_old()
        assert not (pair.is_old and pair.is_new)
    if restarted in ("new", "both"):
        pair.restart_new()
        assert not (pair.is_old and pair.is_new)
    else:
        pair.taking = again(pair)
    if not pair.is_new:
        steps(pair.taking, most=3)
    if not pair.is_new:  # the old one is still the account, and the person begins again
        assert pair.is_old
        pair.require_whole(pair.old)
        if pair.giving.state not in ("over", "gone"):
            pair.giving.end()
        pair.giving = pair._giving()
        pair.taking = pair.take()
        steps(pair.taking, most=3)
    assert (pair.is_old, pair.is_new) == (False, True)
    pair.require_whole(pair.new)


def again(pair: Pair) -> Taking:
    """The person tries once more."""
    return Taking.again(pair.new, pair.dial, lambda: None) or pair.take()


def test_new_folder_is_no_vault_before_it_is_whole(pair: Pair) -> None:
    pair.cut_at = BODIES - 4
    steps(pair.taking, most=0)
    assert new_folder.arriving(pair.new) is not None
    assert [path.name for path in pair.new.iterdir()] == ["arriving"]


@pytest.mark.parametrize("at", range(1, 7))
def test_a_power_cut_while_everything_goes_to_its_place(pair: Pair, monkeypatch: pytest.MonkeyPatch, at: int) -> None:
    """The old one has handed over; the new one goes on at its next start, and there is no vault before its key."""
    count = iter(range(1, at))
    rename, hidden = os.replace, pair.new / "vault.key"

    def cut(source: Path | str, place: Path | str) -> None:
        if Path(place).parent in (pair.new, pair.new / "files"):
            assert not hidden.exists()
            if next(count, None) is None:
                raise OSError
        rename(source, place)

    monkeypatch.setattr("web_client.moving.new_folder.os.replace", cut)
    steps(pair.taking, most=0)
    monkeypatch.undo()
    assert not pair.is_old
    pair.restart_new()
    assert pair.is_new
    pair.require_whole(pair.new)
    assert not (pair.new / "arriving").exists()


@pytest.mark.parametrize("at", range(1, 6))
def test_a_power_cut_while_the_old_one_forgets(pair: Pair, monkeypatch: pytest.MonkeyPatch, at: int) -> None:
    """It has gone already; what is left of it goes at the next start."""
    count, remove = iter(range(1, at)), Path.unlink

    def cut(path: Path, missing_ok: bool = False) -> None:
        if path.parent == pair.old and path.name.startswith("vault"):
            assert (pair.old / "moved").exists()
            if next(count, None) is None:
                raise OSError
        remove(path, missing_ok)

    monkeypatch.setattr(Path, "unlink", cut)
    steps(pair.taking)
    monkeypatch.undo()
    pair.restart_old()
    assert (pair.is_old, pair.is_new) == (False, True)
    pair.require_whole(pair.new)
    assert [path.name for path in pair.old.iterdir()] == ["moved"]
