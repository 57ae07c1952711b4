"""Waits between tries."""

from web_client.net.backoff import Backoff


def test_waits_double_up_to_the_longest_and_begin_again() -> None:
    waits = Backoff(0.5, 30, chance=lambda: 1.0)
    assert [waits.next() for _ in range(9)] == [0.5, 1, 2, 4, 8, 16, 30, 30, 30]
    waits.reset()
    assert waits.next() == 0.5


def test_chance_keeps_a_crowd_from_coming_in_one_moment() -> None:
    waits = Backoff(8, 8)
    spread = [waits.next() for _ in range(1000)]
    assert 4 <= min(spread) < 4.5 and 7.5 < max(spread) <= 8
    assert sum(wait >= 6 for wait in spread) in range(400, 600)


def test_years_of_tries_do_no_harm() -> None:
    waits = Backoff(chance=lambda: 1.0)
    assert {waits.next() for _ in range(5000)} == {0.5, 1, 2, 4, 8, 16, 30}
