"""The safety number (docs/protocol.md section 10): the same for both, and another for any other pair of keys."""

from __future__ import annotations

import hashlib

from protocol.primitives import SigningKey
from protocol.safety import safety_number
from tests.protocol.cast import AUTHORITY_ID, CYRUS, NIMA, OTHER_AUTHORITY_ID, PARVIN, seed


def test_both_people_see_the_same() -> None:
    number = safety_number(AUTHORITY_ID, PARVIN.uid, PARVIN.key.public, NIMA.uid, NIMA.key.public)
    assert number == safety_number(AUTHORITY_ID, NIMA.uid, NIMA.key.public, PARVIN.uid, PARVIN.key.public)
    assert len(number) == 12 and all(len(group) == 5 and group.isdigit() and group.isascii() for group in number)


def test_any_other_key_person_or_authority_gives_another() -> None:
    new = SigningKey(seed("a new key")).public
    numbers = [
        safety_number(AUTHORITY_ID, PARVIN.uid, PARVIN.key.public, NIMA.uid, NIMA.key.public),
        safety_number(AUTHORITY_ID, PARVIN.uid, PARVIN.key.public, NIMA.uid, new),
        safety_number(AUTHORITY_ID, PARVIN.uid, new, NIMA.uid, NIMA.key.public),
        safety_number(AUTHORITY_ID, PARVIN.uid, PARVIN.key.public, CYRUS.uid, NIMA.key.public),
        safety_number(OTHER_AUTHORITY_ID, PARVIN.uid, PARVIN.key.public, NIMA.uid, NIMA.key.public),
        # two people who have swapped their keys
        safety_number(AUTHORITY_ID, PARVIN.uid, NIMA.key.public, NIMA.uid, PARVIN.key.public),
    ]
    assert len({tuple(number) for number in numbers}) == len(numbers)


def test_it_is_what_the_document_says() -> None:
    number = safety_number(AUTHORITY_ID, PARVIN.uid, PARVIN.key.public, NIMA.uid, NIMA.key.public)
    pairs = sorted([PARVIN.uid + PARVIN.key.public.raw, NIMA.uid + NIMA.key.public.raw])
    spread = hashlib.sha512(b"hamraz/v1/safety\0" + AUTHORITY_ID + b"".join(pairs)).digest()
    assert number[11] == f"{int.from_bytes(spread[55:60], 'big') % 100000:05}"
