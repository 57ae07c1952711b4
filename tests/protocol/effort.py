"""How much each property test tries: a few seconds in the suite, much more with `--long`."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import HealthCheck, settings

LONG_FACTOR = 40
_long = False


def choose(long: bool) -> None:
    """Called once by conftest.py, before any test module is imported."""
    global _long
    _long = long


def examples(count: int) -> settings:
    """Hypothesis settings: `count` examples, LONG_FACTOR times as many with `--long`."""
    # a machine that several people share stalls now and then: how long one example takes says nothing
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large]
    return settings(max_examples=count * LONG_FACTOR if _long else count, deadline=None, suppress_health_check=slow)


def bits(data: bytes, about: int = 120) -> Iterator[int]:
    """Bit numbers of `data`: with `--long` all of them, else about that many, spread evenly."""
    count = len(data) * 8
    # an odd step meets each of a byte's bits in turn
    step = 1 if _long else max(1, count // about) | 1
    return iter(range(0, count, step))


def flip(data: bytes, bit: int) -> bytes:
    """The same bytes with one bit changed."""
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)
