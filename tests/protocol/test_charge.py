"""What a message costs (docs/protocol.md section 11.1): own units, its bytes, its items, who is told, its answer."""

from __future__ import annotations

import msgspec
import pytest

from protocol.charge import Charge

KIB = 1024


class Asked(msgspec.Struct):
    uids: list[int]


class Lone(msgspec.Struct):
    number: int


class Answered(msgspec.Struct):
    first: list[int]
    second: list[int]
    number: int = 1000


PER_ITEM = Charge(2, items="uids", every=3, more=5)
TOLD = Charge(1, passed_on=10)


@pytest.mark.parametrize(
    ("charge", "items", "size", "connected", "units"),
    [
        (Charge(7), 9, 0, 9, 7),
        (Charge(7), 9, 4 * KIB - 1, 0, 7),
        (Charge(7), 9, 4 * KIB, 0, 8),
        (Charge(7, size=100), 9, 250, 0, 9),
        (PER_ITEM, 2, 0, 0, 2),
        (PER_ITEM, 3, 0, 0, 7),
        (PER_ITEM, 8, 0, 0, 12),
        (TOLD, 0, 0, 9, 1),
        (TOLD, 0, 0, 10, 2),
        (TOLD, 0, 0, 25, 3),
        (TOLD, 0, KIB, 31, 4),  # 31 KiB go out
        (TOLD, 0, KIB, 32, 5),  # and 32
        (TOLD, 0, 8 * KIB, 8, 5),  # its own 8 KiB, and 64 that go out
    ],
)
def test_a_message(charge: Charge, items: int, size: int, connected: int, units: int) -> None:
    assert charge.of(Asked(list(range(items))), size, connected) == units


def test_without_anybody_to_be_told_and_without_a_list() -> None:
    assert Charge(1, passed_on=1).of(Asked([]), 0) == 1
    assert Charge(1, answered=1).of_answer(Lone(1000), 0) == 0


@pytest.mark.parametrize(
    ("charge", "lists", "size", "units"),
    [
        (Charge(3), (9, 9), 32 * KIB - 1, 0),
        (Charge(3), (9, 9), 32 * KIB, 1),
        (Charge(3), (9, 9), 96 * KIB, 3),
        (Charge(3, answered=4), (3, 3), 0, 0),  # the longer list counts, not both
        (Charge(3, answered=4), (3, 4), 0, 1),
        (Charge(3, answered=4), (9, 0), 32 * KIB, 3),
    ],
)
def test_its_answer(charge: Charge, lists: tuple[int, int], size: int, units: int) -> None:
    first, second = (list(range(count)) for count in lists)
    assert charge.of_answer(Answered(first, second), size) == units


@pytest.mark.parametrize(
    ("charge", "words"),
    [
        (Charge(3), "3"),
        (Charge(3, size=100), "3, 1 for each 100 bytes"),
        (PER_ITEM, "2, 5 for each 3 of its uids"),
        (Charge(2, items="uids"), "2, 1 for each of its uids"),
        (Charge(2, answered=4), "2, 1 for each 4 of its answer"),
        (Charge(2, answered=1), "2, 1 for each of its answer"),
        (Charge(2, answered=2), "2, 1 for each 2 of its answer"),
        (TOLD, "1, 1 for each 10 who are told"),
    ],
)
def test_what_the_table_says(charge: Charge, words: str) -> None:
    assert str(charge) == words
