"""Token buckets under a clock that is moved by hand."""

from __future__ import annotations

import pytest

from transport.token_buckets import REMEMBERED, TokenBuckets


@pytest.mark.parametrize(("interval", "unit"), [(10, 1), (0.005, 0.0005), (1 / 400, 0.00025)])
def test_a_bucket_refills_with_time_up_to_its_size(interval: float, unit: float) -> None:
    bucket = TokenBuckets(20, interval)
    assert [bucket.take_or_wait("a", 0) for _ in range(20)] == [0] * 20
    assert bucket.take_or_wait("a", 0) == pytest.approx(interval)
    assert bucket.take_or_wait("b", 0) == 0  # somebody else's
    assert bucket.take_or_wait("a", 4 * unit) == pytest.approx(6 * unit)
    assert bucket.take_or_wait("a", interval) == 0
    assert [bucket.take_or_wait("a", 1000) for _ in range(20)] == [0] * 20
    assert bucket.take_or_wait("a", 1000) > 0
    bucket.spend("a", 1000, -1)
    assert bucket.take_or_wait("a", 1000) == 0


def test_what_is_spent_without_asking_is_owed_so_long_at_most() -> None:
    bucket = TokenBuckets(3, 10, owed=50)
    bucket.spend("a", 0, 1_000)
    assert bucket.wait("a", 0, 0) == 50
    assert bucket.wait("a", 50, 0) == 0 and bucket.wait("a", 50) == 10
    without = TokenBuckets(3, 10)
    without.spend("a", 0, 1_000)
    assert without.wait("a", 0, 0) == 9_970
    without.forget("a")
    assert without.wait("a", 0, 3) == 0


def test_memory_is_bounded() -> None:
    bucket = TokenBuckets(1, 1000)
    for number in range(REMEMBERED * 2 + 5):
        bucket.spend(number, 0)
    assert len(bucket) <= REMEMBERED
    bucket.spend("late", 10_000)
    assert bucket.wait("late", 10_000) == 1000
