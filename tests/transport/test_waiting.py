"""One thread that waits for many sockets, also where the system can't; test_green.py has it with green threads."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from itertools import pairwise

import pytest

from tests.processes import until
from transport import ready as ready_module
from transport import waiting as waiting_module
from transport.threads import Troubles
from transport.waiting import Waiting

Pair = tuple[socket.socket, socket.socket]


@pytest.fixture
def pairs() -> Iterator[list[Pair]]:
    made = [socket.socketpair() for _ in range(200)]
    yield made
    for ours, theirs in made:
        ours.close()
        theirs.close()


def waiters() -> int:
    return sum(thread.name == "listener" for thread in threading.enumerate())


@pytest.mark.parametrize("alone", [False, True], ids=["one thread", "a thread for each"])
def test_each_is_called_once_when_it_speaks_ends_or_lets_the_time_pass(
    pairs: list[Pair], alone: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting_module, "TICK_SECONDS", 0.02)
    if alone:
        monkeypatch.setattr(waiting_module, "new_epoll", None)
    waiting, told, before = Waiting(Troubles()), list[tuple[str, bool]](), waiters()
    for name, seconds, (ours, _theirs) in zip(
        ("speaks", "leaves", "silent", "cut"), (9, 9, 0.1, 9), pairs, strict=False
    ):
        waiting.add(ours, seconds, lambda ready, name=name: told.append((name, ready)))
    until(lambda: ("silent", False) in told)
    assert len(told) == 1
    pairs[0][1].send(b"x")
    pairs[1][1].close()
    pairs[3][0].shutdown(socket.SHUT_RDWR)
    until(lambda: len(told) == 4)
    assert set(told) == {("speaks", True), ("leaves", True), ("silent", False), ("cut", True)}
    until(lambda: waiters() <= before)
    assert not len(waiting) and not waiting._ends
    waiting.add(pairs[0][0], 9, lambda ready: told.append(("again", ready)))  # what it has said is still there
    until(lambda: told[-1] == ("again", True))


def test_two_hundred_cost_one_thread(pairs: list[Pair]) -> None:
    waiting, told, before = Waiting(Troubles()), list[int](), waiters()
    for number, (ours, _theirs) in enumerate(pairs):
        waiting.add(ours, 9, lambda _ready, number=number: told.append(number))
    assert waiters() - before <= 1 and len(waiting) == 200
    for _ours, theirs in pairs:
        theirs.send(b"x")
    until(lambda: sorted(told) == list(range(200)))


def test_who_is_called_may_wait_on(pairs: list[Pair]) -> None:
    waiting, told = Waiting(Troubles()), list[bool]()
    ours, theirs = pairs[0]

    def call(ready: bool) -> float | None:
        told.append(ready)
        if ready:
            ours.recv(1)
        return 9 if len(told) < 5 else 0.0 if len(told) == 5 else None

    waiting.add(ours, 9, call)
    for count in range(1, 6):
        theirs.send(b"x")
        until(lambda count=count: len(told) >= count)
    until(lambda: len(told) == 6 and not len(waiting))
    assert told == [True] * 5 + [False]


def test_of_many_who_speak_at_once_others_have_a_turn_after_each(
    pairs: list[Pair], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What each begins is a thread, perhaps a handshake: sixty-four of them are not to come in one row."""
    waiting, order, sleep = Waiting(Troubles()), list[str](), time.sleep
    monkeypatch.setattr(waiting_module.time, "sleep", lambda seconds: (order.append("turn"), sleep(seconds))[1])
    for ours, theirs in pairs[:5]:
        theirs.send(b"x")
        waiting.add(ours, 9, lambda _ready: order.append("called"))
    until(lambda: order.count("called") == 5)
    assert not any(pair == ("called", "called") for pair in pairwise(order))


def test_what_they_are_waited_for_with_is_not_made_known_again_and_again(
    pairs: list[Pair], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Green threads wait for all in one place: at each time, the system would look through all that are waited for."""
    if ready_module.watch is None:
        return  # and of what the system's own threads wait for, it doesn't
    watch, watched = ready_module.watch, list[int]()
    waiting, told = Waiting(Troubles()), list[int]()
    monkeypatch.setattr(ready_module, "watch", lambda what, call: watched.append(what.fileno()) or watch(what, call))
    monkeypatch.setattr(waiting_module, "wait", lambda *_: pytest.fail("it is waited for as for a socket"))
    for number, (ours, theirs) in enumerate(pairs):
        waiting.add(ours, 9, lambda _ready, number=number: told.append(number))
        if number % 2:
            theirs.send(b"x")
    until(lambda: len(told) == 100)
    assert watched == [waiting._epoll.fileno()] and len(waiting) == 100
    for _ours, theirs in pairs[::2]:
        theirs.send(b"x")
    until(lambda: not waiting._running)
    waiting.add(pairs[0][0], 9, lambda _ready: told.append(0))  # once more for the next one after the last
    until(lambda: len(told) == 201)
    assert len(watched) == 2


def test_a_call_that_fails_is_named_and_the_others_are_called(pairs: list[Pair]) -> None:
    troubles, told = Troubles(), list[int]()
    waiting = Waiting(troubles)

    def call(number: int) -> None:
        if not number:
            raise ValueError("thrown")
        told.append(number)

    for number, (ours, theirs) in enumerate(pairs[:5]):
        theirs.send(b"x")
        waiting.add(ours, 9, lambda _ready, number=number: call(number))
    until(lambda: sorted(told) == [1, 2, 3, 4])
    assert [one.where for one in troubles.now()] == ["connection"]


def test_who_adds_and_is_told_at_once_loses_nobody(pairs: list[Pair]) -> None:
    """The thread ends when nobody is left, and one more may come in that moment."""
    waiting, told = Waiting(Troubles()), list[int]()
    for number, (ours, theirs) in enumerate(pairs):
        theirs.send(b"x")
        waiting.add(ours, 9, lambda _ready, number=number: told.append(number))
        if number % 10 == 0:
            until(lambda: not len(waiting))
            time.sleep(0)
    until(lambda: sorted(told) == list(range(200)))
