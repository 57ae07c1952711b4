"""What accounts take of one whole: under a clock that is moved by hand."""

import pytest

from protocol.errors import Refused
from protocol.shares import KEYS_LIMIT, LONGEST, TRIFLE, Shares, part

DAY = 86_400_000
MINUTE = 60_000


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


def test_who_has_taken_next_to_nothing_is_forgotten_when_too_many_are_known() -> None:
    """One more than are remembered: trifles go, and what counts stays."""
    of = Shares(1e9, 10, MINUTE)
    of.spend("much", 0, 5)
    of.spend("just more", 0, TRIFLE * 10 * 1.01)
    for number in range(KEYS_LIMIT - 2):
        of.spend(f"trifle {number}", 0, TRIFLE * 10)
    assert len(of._taken) == KEYS_LIMIT
    of.spend("last", 0, 1)
    assert set(of._taken) == {"much", "just more", "last"}
    assert of.taken("much", 0) == 5
    assert of.total - of.left(0) == pytest.approx(6 + TRIFLE * 10 * 1.01)  # nor are trifles counted in the whole


def test_of_too_many_who_have_taken_something_the_half_that_took_most_is_remembered() -> None:
    of = Shares(1e9, 10, MINUTE)
    for number in range(KEYS_LIMIT + 1):
        of.spend(str(number), 0, 1 + number / KEYS_LIMIT)
    assert len(of._taken) == KEYS_LIMIT + 1 - KEYS_LIMIT // 2
    assert set(map(int, of._taken)) == set(range(KEYS_LIMIT // 2, KEYS_LIMIT + 1))


def test_what_was_taken_wears_off_and_can_be_given_back() -> None:
    of = Shares(1e9, 10, MINUTE)
    of.take("one", 0, 8)
    with pytest.raises(Refused) as refused:
        of.take("one", 0, 3)
    wait = refused.value.values["n"]
    assert wait == 1 + 9  # 60 s times the logarithm of 8 / 7 is 8.01 s
    of.check("one", int(wait) * 1000, 3)
    one = Shares(1e9, 10, MINUTE)  # a cost that isn't named is one
    one.take("one", 0)
    one.spend("one", 0)
    one.check("one", 0)
    assert one.taken("one", 0) == 2
    with pytest.raises(Refused):
        Shares(1e9, 0.5, MINUTE).check("one", 0)
    of.spend("one", 0, -20)
    assert of.taken("one", 0) == 0 and of.left(0) == of.total


def test_who_asks_for_more_than_there_can_be_waits_longest() -> None:
    with pytest.raises(Refused) as refused:
        Shares(1e9, 10, MINUTE).check("one", 0, 10.5)
    assert refused.value.values["n"] == LONGEST


def test_a_part_is_half_of_what_is_left_by_how_much_that_is() -> None:
    assert [part(100, left) for left in (100, 50, 0, -1)] == [50, 12.5, 0, 0]


def test_who_can_never_bear_it_is_told_the_longest_time() -> None:
    shares = Shares(1_000, 1, DAY)
    shares.take("a", 0)
    with pytest.raises(Refused) as refusal:
        shares.check("a", 0)
    assert refusal.value.values["n"] == LONGEST


def test_nobody_is_forgotten_while_there_is_room() -> None:
    shares = Shares(1e9, 1_000, DAY)
    shares.spend("trifle", 0, TRIFLE)
    for number in range(KEYS_LIMIT):
        shares.spend(str(number), 0, 1 + TRIFLE * 1_000)
    assert shares.taken("trifle", 0) == 0 and all(shares.taken(str(number), 0) for number in range(KEYS_LIMIT))
