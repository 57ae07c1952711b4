"""What a thread that fails comes to: logged with its traceback, told by a name, tried again, and over when it works."""

from __future__ import annotations

import gc
import logging
import threading
import time
from itertools import pairwise

import pytest

from protocol.errors import Damaged, Forged, HamrazError, Unreachable, error
from tests.processes import until
from transport import ready, threads
from transport.threads import Trouble, Troubles

SECRET = "what somebody wrote"


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Told:
    """Troubles under a clock set by hand, and what was told of them."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.changes: list[list[tuple[str, str]]] = []
        self.troubles = Troubles(self._tell, self.clock)

    def _tell(self) -> None:
        self.changes.append([(one.where, one.code) for one in self.troubles.now()])


@pytest.fixture
def told() -> Told:
    return Told()


def broken() -> None:
    raise ValueError(SECRET)


def test_a_mistake_is_logged_with_its_traceback_and_without_its_words(
    told: Told, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(HamrazError) as named, told.troubles.guard("there"):
        broken()
    assert named.value.code == "internal"
    assert told.changes == [[("there", "internal")]]
    assert "Traceback" in caplog.text and "in broken" in caplog.text and "ValueError" in caplog.text
    assert SECRET not in caplog.text
    with told.troubles.guard("there"):
        pass
    assert told.changes[1:] == [[]]


def test_a_named_error_passes(told: Told, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(Unreachable), told.troubles.guard("there"):
        raise Unreachable("authority_down")
    assert told.changes == [] and caplog.text == ""


def test_the_end_of_a_process_is_no_mistake(told: Told) -> None:
    with pytest.raises(KeyboardInterrupt), told.troubles.guard("there"):
        raise KeyboardInterrupt
    assert told.changes == []


def test_the_same_mistake_fills_no_log(told: Told, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(100):
        told.troubles.tend("there", broken)
        told.clock.now += 0.5
    told.clock.now += 120
    told.troubles.tend("there", broken)
    assert len(caplog.records) == 2 and told.changes == [[("there", "internal")]]
    assert "more since it was said last" in caplog.text


def test_what_is_tended_is_tried_again_after_1_s_and_then_twice_as_long(told: Told) -> None:
    tried: list[float] = []

    def fail() -> None:
        tried.append(told.clock.now)
        broken()

    while told.clock.now < 300:
        told.troubles.tend("there", fail)
        told.clock.now += 0.25
    assert [later - before for before, later in pairwise(tried)] == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    told.clock.now += 60
    assert told.troubles.tend("there", lambda: None) and told.troubles.now() == []


def test_one_that_fails_keeps_no_other_back(told: Told) -> None:
    told.troubles.tend("there", broken, b"one")
    done: list[int] = []
    assert told.troubles.tend("there", lambda: done.append(1), b"another") and done == [1]
    assert [one.about for one in told.troubles.now()] == [b"one"]


@pytest.mark.parametrize("code", ["disk_full", "vault_busy", "authority_down", "locked", "no_key"])
def test_what_others_tell_is_only_tried_again(told: Told, code: str) -> None:
    def fail() -> None:
        raise error(code)

    assert not told.troubles.tend("there", fail) and told.changes == []
    assert not told.troubles.tend("there", fail), "at once"


@pytest.mark.parametrize("code", ["bad_statement", "bad_message", "vault_conflict", "vault_failing"])
def test_what_nobody_else_tells_is_named(told: Told, code: str, caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> None:
        raise error(code)

    told.troubles.tend("there", fail)
    assert told.changes == [[("there", code)]] and str(error(code)) in caplog.text


def test_repeat_goes_on_until_it_is_to_end(told: Told) -> None:
    outcomes: list[Exception | None] = [
        ValueError(),
        Damaged("vault_conflict"),
        Forged("bad_statement"),
        None,
        KeyError(),
    ]
    waited: list[float] = []
    heard: list[tuple[str, float]] = []

    def turn() -> None:
        outcome = outcomes.pop(0)
        if outcome is not None:
            raise outcome

    threads.repeat(
        "loop",
        turn,
        told.troubles,
        waited.append,
        lambda: not outcomes,
        failed=lambda reason, seconds: heard.append((reason.code, seconds)),
    )
    assert waited == [1, 2, 4, 1]
    assert heard == [("internal", 1), ("vault_conflict", 2), ("bad_statement", 4), ("internal", 1)]
    assert [change[0][1] if change else None for change in told.changes] == [
        "internal",
        "vault_conflict",
        "bad_statement",
        None,
        "internal",
    ]


def test_who_is_told_of_a_failure_may_fail_too(told: Told) -> None:
    left = [1, 2, 3]
    threads.repeat(
        "loop",
        lambda: (left.pop(), broken()),
        told.troubles,
        lambda seconds: None,
        lambda: not left,
        failed=lambda reason, seconds: broken(),
    )
    assert {(one.where, one.code) for one in told.troubles.now()} == {("loop", "internal"), ("telling", "internal")}


def test_a_thread_that_fails_once_is_shown_for_a_minute(told: Told) -> None:
    threads.spawn("once", broken, told.troubles).join(5)
    assert told.changes == [[("once", "internal")]]
    told.clock.now += threads.SHOWN_SECONDS
    told.troubles.lapse()
    assert told.changes[1:] == [[]]


def test_a_thread_that_ends_by_a_name_tells_it(told: Told) -> None:
    def fail(code: str) -> None:
        raise error(code)

    threads.spawn("once", fail, told.troubles, "bad_frame").join(5)
    assert told.changes == [[("once", "bad_frame")]]


def test_nobody_waits_for_a_thread_that_is_to_end(told: Told) -> None:
    ended = threading.Event()
    thread = threads.keep("loop", lambda: ended.wait(10), told.troubles, lambda seconds: None, ended.is_set)
    assert thread.daemon and thread.name == "loop"
    ended.set()
    thread.join(5)
    assert not thread.is_alive()


def test_a_trouble_counts_how_often(told: Told) -> None:
    for _ in range(3):
        told.troubles.mistake("there", ValueError(), once=False)
    (one,) = told.troubles.now()
    assert isinstance(one, Trouble) and one.count == 3 and told.troubles.count == 3


def test_the_log_of_threads_says_where(told: Told, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)
    told.troubles.mistake("the very place", KeyError("x"))
    assert "the very place" in caplog.text


def test_a_thread_that_has_ended_leaves_nothing_to_search_for(told: Told) -> None:
    """A green one's would be found by a search for rings only."""
    gc.collect()
    gc.disable()
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        for _ in range(10):
            threads.spawn("short", time.sleep, told.troubles, 0).join()
        gc.collect()
        assert not [one for one in gc.garbage if isinstance(one, threading.Thread) and one.name == "short"]
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()


def test_a_thread_that_ends_looks_through_no_others(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    """A green one that asks which it is, has all of them looked through: thousands, when all come back at once."""
    asked, ended, current = list[int](), threading.Event(), threading.current_thread
    thread = threads.spawn("waits", ended.wait, told.troubles)
    monkeypatch.setattr(threading, "current_thread", lambda: (asked.append(1), current())[1])
    ended.set()
    until(lambda: not thread.is_alive())
    assert not asked


def test_what_comes_by_thousands_is_told_like_all_others_and_no_thread_of_its_own_where_threads_are_green(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, make = list[object](), threading.Thread
    monkeypatch.setattr(threading, "Thread", lambda **how: (made.append(how["name"]), make(**how))[1])
    threads.begin("once", broken, told.troubles)
    until(lambda: told.changes == [[("once", "internal")]])
    assert made == (["once"] if ready.begin is None else [])
