"""What accounts take of one whole: under a clock that is moved by hand."""

import pytest

from protocol.errors import Refused
from protocol.shares import KEYS_LIMIT, Shares, part

DAY = 86_400_000


def fill(shares: Shares, key: str, now: int = 0, cost: float = 1) -> float:
    """Take until it is refused; how much that was."""
    taken = 0.0
    while True:
        try:
            shares.take(key, now, cost)
        except Refused as refusal:
            assert refusal.code == "slow_down" and int(refusal.values["n"]) >= 1
            return taken
        taken += cost


def test_each_has_an_end_and_what_was_taken_wears_off() -> None:
    shares = Shares(1_000, 100, DAY)
    assert fill(shares, "a") == 100
    assert fill(shares, "a", DAY // 10) == 9
    assert fill(shares, "a", 300 * DAY) == 100


def test_one_alone_takes_a_quarter_and_twelve_leave_a_seventh() -> None:
    shares = Shares(14_000, 100_000, DAY)
    assert fill(shares, "alone") == pytest.approx(14_000 * 0.268, abs=2)
    shares = Shares(14_000, 100_000, DAY)
    for _round in range(3):  # whoever has taken much gets nothing more by asking again
        for number in range(12):
            fill(shares, str(number))
    assert shares.left(0) == pytest.approx(14_000 / 7, rel=0.2)
    assert fill(shares, "newcomer") > 100


def test_a_thousand_do_not_shut_out_the_next() -> None:
    shares = Shares(1e9, 1e9, DAY)
    for number in range(1_000):
        shares.take(str(number), 0, 0.99 * part(shares.total, shares.left(0)) / 1.01)
    shares.take("newcomer", 0, 1_000)


def test_what_is_told_to_wait_is_enough() -> None:
    shares = Shares(1_000, 100, DAY)
    fill(shares, "a")
    with pytest.raises(Refused) as refusal:
        shares.check("a", 0, 1)
    shares.take("a", int(refusal.value.values["n"]) * 1000, 1)


def test_what_is_given_back_was_never_taken() -> None:
    shares = Shares(1_000, 100, DAY)
    fill(shares, "a")
    shares.spend("a", 0, -10)
    assert fill(shares, "a") == 10
    shares.spend("b", 0, -10)
    assert shares.taken("b", 0) == 0 and shares.left(0) == pytest.approx(900)


def test_the_sum_is_that_of_all() -> None:
    shares = Shares(10_000, 1_000, DAY)
    for number in range(300):
        shares.spend(str(number % 7), number * 100_000, number % 5)
        all_ = sum(shares.taken(str(key), number * 100_000) for key in range(7))
        assert shares.left(number * 100_000) == pytest.approx(10_000 - all_)


def test_memory_is_bounded_and_who_took_most_is_remembered() -> None:
    shares = Shares(1e9, 1e6, DAY)
    shares.spend("greedy", 0, 1e6)
    for number in range(2 * KEYS_LIMIT):
        shares.spend(str(number), 0, 5_000)
    assert len(shares._taken) <= KEYS_LIMIT + 1
    assert shares.taken("greedy", 0) == 1e6
