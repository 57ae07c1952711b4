"""Of an account with any number of keys, so many are tried with a signature and no more (section 6.2)."""

from __future__ import annotations

import dataclasses

import pytest

from protocol.log import COUNTING, User
from protocol.log_entries import ADMIN, OWN, RECOVERY
from protocol.primitives import SigningKey
from protocol.roles import Role
from tests.protocol.fixed_people import seed

KEYS = [SigningKey(seed(f"key {number}", 32)).public for number in range(80)]


def user(whys: list[str]) -> User:
    keys = tuple((n, KEYS[n], why, b"") for n, why in enumerate(whys))
    return User(
        *(b"u" * 32, "parvin", KEYS[len(whys) - 1], 0, b"", Role.BEGINNER, 0, keys),
        **{field.name: () for field in dataclasses.fields(User)[8:]},
    )


@pytest.mark.parametrize("changes", [0, 1, COUNTING - 1, COUNTING, COUNTING + 1, 2 * COUNTING, 79])
def test_the_newest_keys_count(changes: int) -> None:
    one = user(["", *[OWN] * changes])
    newest = KEYS[: changes + 1][::-1]
    assert one.counting == newest[:COUNTING]
    assert one.gone == newest[COUNTING : 2 * COUNTING][::-1]


def test_what_is_gone_is_bounded_too() -> None:
    one = user(["", *[OWN] * 40, RECOVERY, *[OWN] * 3])
    newest = KEYS[:45][::-1]
    assert one.counting == newest[:4]
    assert one.gone == newest[4 : 4 + COUNTING][::-1]
    ended = dataclasses.replace(one, keys=(*one.keys, (99, None, ADMIN, b"")), key=None)
    assert ended.counting == [] and ended.gone == newest[:COUNTING][::-1]
