"""Token buckets under a clock that is moved by hand."""

import pytest

from authority_server.rules.rate_limits import Limit, Limits
from protocol.errors import Refused
from transport.places import place_of


def refused_for(limit: Limit, key: str, now: int) -> int:
    """Seconds that the refusal says; 0 if there is none."""
    try:
        limit.take(key, now)
    except Refused as refusal:
        assert refusal.code == "slow_down"
        return int(refusal.values["n"])
    return 0


def test_a_burst_passes_and_then_one_for_each_interval() -> None:
    limit = Limit(burst=3, interval=2000)
    assert [refused_for(limit, "a", 0) for _ in range(4)] == [0, 0, 0, 2]
    assert refused_for(limit, "b", 0) == 0  # somebody else's bucket
    assert refused_for(limit, "a", 1999) == 1
    assert refused_for(limit, "a", 2000) == 0
    assert refused_for(limit, "a", 2000) == 2
    assert [refused_for(limit, "a", 60_000) for _ in range(4)] == [0, 0, 0, 2]


def test_a_refused_try_costs_nothing() -> None:
    limit = Limit(burst=1, interval=1000)
    assert refused_for(limit, "a", 0) == 0
    assert [refused_for(limit, "a", 10) for _ in range(5)] == [1] * 5
    assert refused_for(limit, "a", 1000) == 0


def test_failures_are_counted_by_place_and_account_and_lines_by_place() -> None:
    limits = Limits()
    lines = [limits.failed("192.0.2.1", bytes([number]) * 32, 0) for number in range(200)]
    assert lines == [True] * 20 + [False] * 180  # what an operator reads has an end, whatever names are tried
    for _ in range(limits.failures.burst - 1):
        limits.failed("192.0.2.1", bytes(32), 0)
    with pytest.raises(Refused):
        limits.failed("192.0.2.1", bytes(32), 0)
    limits.failed("192.0.2.2", bytes(32), 0)
    limits.failed("192.0.2.1", b"n" * 32, 0)


@pytest.mark.parametrize(
    ("remote", "place"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("somewhere", "somewhere"),
    ],
)
def test_what_counts_as_one_place(remote: str, place: str) -> None:
    assert place_of(remote) == place
