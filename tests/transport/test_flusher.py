"""Whose turn it is to be written out, and when whatever else is to be done has one."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from transport import flusher as flusher_module
from transport.flusher import SHARE, TURN_SECONDS, Flusher


class Slow:
    """Takes half of a turn to be written out, and has more the first time."""

    def __init__(self, name: str, flusher: Flusher, seen: list[str], parts: int = 1) -> None:
        self.name, self.flusher, self.seen, self.parts = name, flusher, seen, parts

    def flush(self, most: int) -> None:
        assert most == SHARE
        self.seen.append(self.name)
        self.parts -= 1
        if self.parts:
            self.flusher._waiting.append(self)

    def cut(self) -> None:
        raise AssertionError("nobody fails here")


def test_long_answers_take_turns_and_leave_time_for_others(monkeypatch: pytest.MonkeyPatch) -> None:
    flusher, seen = Flusher(), list[str]()
    clock = SimpleNamespace(
        monotonic=lambda: len(seen) * TURN_SECONDS * 0.6, sleep=lambda seconds: seen.append(f"others {seconds}")
    )
    monkeypatch.setattr(flusher_module, "time", clock)
    flusher._waiting = [Slow("a", flusher, seen, 2), *(Slow(name, flusher, seen) for name in "bcd")]
    flusher._wake.set()
    flusher._turn()
    assert seen == ["a", "b", "others 0", "c", "d", "others 0"]
    flusher._wake.set()
    flusher._turn()
    assert seen[6:] == ["a"]


def test_nobody_waits_for_a_waking_that_an_error_has_taken() -> None:
    flusher, seen = Flusher(), list[str]()
    flusher._waiting = [Slow("a", flusher, seen)]
    flusher._turn()  # though nobody has woken it
    assert seen == ["a"]
