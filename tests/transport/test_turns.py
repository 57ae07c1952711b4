"""Whose turn it is, under a clock that only the lane's own waiting moves."""

from __future__ import annotations

import threading

import pytest

from protocol.charge import UNIT_SECONDS
from protocol.errors import Unreachable
from tests.processes import until
from transport import turns as turns_module
from transport.turns import (
    ACCOUNTS_SHARE,
    ALONE,
    AT_ONCE,
    AT_ONCE_RATE,
    BURST,
    FRESH,
    OWED,
    PLACES_SHARE,
    RATE,
    SIGN_OF_LIFE,
    TOGETHER,
    Account,
    Turns,
)

RUDE, OTHER, HONEST = b"rude", b"other", b"honest"


class Clock:
    """Seconds; it moves when somebody sleeps, and as the test says."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def turns(clock: Clock) -> Turns:
    return Turns(clock, clock.sleep)


def ask(turns: Turns, account: Account, units: int, spent: int = 0, patient: bool = True) -> None:
    with turns.turn(account, spent, patient) as turn:
        turn.units = units


@pytest.mark.parametrize(("patient", "burst"), [(True, BURST), (False, AT_ONCE)])
def test_a_burst_is_quick_and_what_follows_takes_half_of_the_time(
    turns: Turns, clock: Clock, patient: bool, burst: int
) -> None:
    while not turns.is_slow(RUDE, patient):
        ask(turns, RUDE, 10, patient=patient)
    # who hasn't waited for an answer may have more at hand: others have a turn before it
    assert set(clock.slept) <= {0.0} and abs(len(clock.slept) - (0 if patient else burst // 10)) <= 1
    began = clock.now
    for _ in range(100):
        ask(turns, HONEST, SIGN_OF_LIFE + 1)
        ask(turns, RUDE, 10, patient=patient)
    assert clock.now - began == pytest.approx(ACCOUNTS_SHARE * 1000 * UNIT_SECONDS)


def test_who_asks_on_two_connections_at_once_is_not_patient(turns: Turns) -> None:
    turns.spend(RUDE, 2 * AT_ONCE, patient=False)
    with turns.turn(RUDE):  # the only one: quick
        assert not turns.accounts.taken
        with turns.turn(RUDE):
            assert turns.accounts.taken
    assert not turns._here


def test_the_lane_waits_for_as_long_as_a_turn_took_if_that_was_longer(turns: Turns, clock: Clock) -> None:
    """On a slower machine, or one that has much else to do, it leaves as much of the time."""
    turns.spend(RUDE, 2 * BURST)
    ask(turns, HONEST, 10)
    with turns.turn(RUDE) as turn:
        turn.units = 1
        clock.now += 0.2
    assert clock.slept == [pytest.approx(0.2 * (ACCOUNTS_SHARE - 1))]


def test_the_lane_leaves_no_time_for_nobody(turns: Turns, clock: Clock) -> None:
    """Who is alone has all of the time; from the first one on who asks for something and isn't slow, two fifths."""
    for account in (RUDE, OTHER):
        turns.spend(account, 9 * BURST)
    for _ in range(100):
        ask(turns, RUDE, 10)
        ask(turns, OTHER, 10, patient=False)
        ask(turns, HONEST, SIGN_OF_LIFE)
    assert set(clock.slept) == {0.0}
    for patient, more in ((False, True), (True, False)):
        with turns.turn(RUDE, patient=patient) as turn:
            assert turns.goes_on(turn) == more
            clock.now += TOGETHER
            assert not turns.goes_on(turn)
    ask(turns, HONEST, SIGN_OF_LIFE + 1)
    with turns.turn(RUDE, patient=False) as turn:
        assert not turns.goes_on(turn)
        turn.units = 10
    assert clock.slept[-1] == pytest.approx(ACCOUNTS_SHARE * 10 * UNIT_SECONDS)
    clock.now += ALONE
    ask(turns, RUDE, 10, patient=False)
    assert clock.slept[-1] == 0.0


def test_who_asks_for_little_is_never_slow(turns: Turns, clock: Clock) -> None:
    turns.spend(RUDE, 10 * BURST)
    for _ in range(1000):
        ask(turns, HONEST, RATE // 20)
        ask(turns, HONEST, AT_ONCE_RATE // 25, patient=False)
        clock.now += 1 / 18
    assert not turns.is_slow(HONEST) and not turns.is_slow(HONEST, patient=False)


def test_what_is_owed_has_an_end(turns: Turns, clock: Clock) -> None:
    for _ in range(1000):
        turns.spend(RUDE, BURST)
    assert turns.is_slow(RUDE)
    clock.now += OWED + 1
    assert not turns.is_slow(RUDE)


def test_a_turn_that_fails_is_charged_and_ends(turns: Turns) -> None:
    turns.spend(RUDE, 2 * BURST)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), turns.turn(RUDE) as turn:
            turn.units = 5
            raise ZeroDivisionError
    ask(turns, RUDE, 1)


class Lane:
    """The lane is taken until `release`; those who ask meanwhile stand in it, and are written down as they come out."""

    def __init__(self, turns: Turns, *accounts: Account) -> None:
        self.turns = turns
        self.lane = turns.places if isinstance(accounts[0], str) else turns.accounts
        self.order: list[tuple[Account, int]] = []
        self._threads: list[threading.Thread] = []
        for account in accounts:
            turns.spend(account, 9 * BURST)
        self._holder = turns.turn(accounts[0])
        self._holder.__enter__().units = 1

    def ask(self, account: Account, spent: int, units: int = 10) -> None:
        def run() -> None:
            with self.turns.turn(account, spent) as turn:
                turn.units = units
                self.order.append((account, spent))

        self._threads.append(threading.Thread(target=run, daemon=True))
        self._threads[-1].start()
        until(lambda: sum(len(line.waiting) for line in self.lane.lines.values()) == len(self._threads))

    def release(self) -> list[tuple[Account, int]]:
        self._holder.__exit__(None, None, None)
        for thread in self._threads:
            thread.join(10)
        assert not self.lane.taken and not self.lane.lines and not self.turns._here
        return self.order


def test_accounts_take_turns_in_the_lane_however_many_connections_they_have(turns: Turns) -> None:
    lane = Lane(turns, RUDE, OTHER)
    for number in range(8):
        lane.ask(RUDE, 100 + number)
    lane.ask(OTHER, 100)
    lane.ask(OTHER, 101)
    order = [account for account, _spent in lane.release()]
    assert order[:4].count(OTHER) == 2


def test_turns_are_shared_out_by_what_they_cost(turns: Turns) -> None:
    lane = Lane(turns, b"somebody", RUDE, OTHER)
    for number in range(4):
        lane.ask(RUDE, 100 + number, units=100)
    for number in range(12):
        lane.ask(OTHER, 100 + number, units=10)
    order = [account for account, _spent in lane.release()]
    assert order.index(RUDE) <= 1
    assert order[:12].count(RUDE) <= 2  # each of its turns costs ten of the other's


def test_in_one_place_newcomers_come_first_and_of_them_who_is_furthest(turns: Turns) -> None:
    lane = Lane(turns, "192.0.2.1")
    for spent in (FRESH + 1, 0, 16, FRESH + 500, 19):
        lane.ask("192.0.2.1", spent)
    assert [spent for _account, spent in lane.release()] == [19, 16, 0, FRESH + 1, FRESH + 500]


def test_in_one_place_the_newest_comes_first_of_those_who_are_as_far(turns: Turns) -> None:
    """Else whoever comes once would wait behind all connections of one who comes again and again."""
    lane, place = Lane(turns, "192.0.2.1"), "192.0.2.1"
    for number in range(3):
        lane.ask(place, 0, units=number)
    for spent in (FRESH + 1, FRESH + 1):
        lane.ask(place, spent, units=spent)
    line = lane.lane.lines[place]
    numbers = [number for _worn, _spent, number, _event in sorted(line.waiting)]
    assert [abs(number) for number in numbers] == sorted(map(abs, numbers[:3]), reverse=True) + sorted(numbers[3:])
    lane.release()


def test_who_is_not_known_waits_no_longer_than_anybody_who_calls(turns: Turns, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns_module, "PATIENCE_SECONDS", 0.02)
    lane = Lane(turns, "192.0.2.1", "192.0.2.2")
    for place in ("192.0.2.1", "192.0.2.2"):
        for _ in range(2):
            with pytest.raises(Unreachable), turns.turn(place):
                pass
    assert not lane.lane.lines and not lane.lane._order
    assert lane.release() == []
    ask(turns, "192.0.2.1", 1)


def test_no_account_takes_the_time_of_newcomers(turns: Turns, clock: Clock) -> None:
    """They stand in lanes of their own, and each leaves time for the other and for who is quick."""
    lane = Lane(turns, RUDE)
    ask(turns, HONEST, 10)
    turns.spend("192.0.2.1", 9 * BURST)
    began = clock.now
    for _ in range(10):
        ask(turns, "192.0.2.1", 10)
    assert clock.now - began == pytest.approx(PLACES_SHARE * 100 * UNIT_SECONDS)
    lane.release()
    assert 1 / ACCOUNTS_SHARE + 1 / PLACES_SHARE < 0.7


def test_the_lane_keeps_nobody_who_is_quick(turns: Turns) -> None:
    lane = Lane(turns, RUDE)
    lane.ask(RUDE, 0)
    ask(turns, HONEST, 10)  # while the lane is taken
    assert lane.release() == [(RUDE, 0)]
