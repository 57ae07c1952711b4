"""The safety number (docs/protocol.md section 10): the same for both, and another for any other pair of keys."""

from __future__ import annotations

import base64
import hashlib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.errors import HamrazError, Refused
from protocol.primitives import SigningKey
from protocol.safety import SafetyCode, read_code, safety_number
from protocol.statements import issue
from tests.protocol import samples
from tests.protocol.copied import copies
from tests.protocol.effort import examples
from tests.protocol.fixed_people import AUTHORITY, AUTHORITY_ID, CYRUS, NIMA, OTHER_AUTHORITY_ID, PARVIN, seed


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
    spread = hashlib.sha512(b"hamraz/v2/code/safety\0" + AUTHORITY_ID + b"".join(pairs)).digest()
    assert number[11] == f"{int.from_bytes(spread[55:60], 'big') % 100000:05}"


CODE = SafetyCode(
    PARVIN.uid,
    NIMA.uid,
    safety_number(AUTHORITY_ID, PARVIN.uid, PARVIN.key.public, NIMA.uid, NIMA.key.public),
    issue(samples.HEAD, AUTHORITY, AUTHORITY_ID),
)


def test_a_code_is_read_as_it_was_shown_however_it_was_copied() -> None:
    text = CODE.encode()
    assert all(letter in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:" for letter in text)  # a QR code's dense mode
    for copied in copies(text):
        assert read_code(copied) == CODE


def test_a_number_may_begin_with_zeros() -> None:
    code = SafetyCode(CODE.shower, CODE.other, ["00000"] * 11 + ["00001"], CODE.head)
    assert read_code(code.encode()) == code


@pytest.mark.parametrize(
    "text",
    [
        "",
        "HAMRAZ-SAFETY:",
        CODE.encode().removeprefix("HAMRAZ-SAFETY:"),
        CODE.encode()[:-1],
        CODE.encode() + "A",
        CODE.encode() + "1",
        "HAMRAZ-SAFETY:" + "A" * 2000,
        "hamraz://192.0.2.1:5050/abcdefghijklmn27#" + "0" * 64,
        "30824 91756 04418",
        "همراز",
    ],
)
def test_what_is_no_code_is_named(text: str) -> None:
    with pytest.raises(Refused) as refused:
        read_code(text)
    assert (refused.value.code, refused.value.field) == ("bad_safety_code", "code")


def test_a_number_has_sixty_digits_and_no_more() -> None:
    for number, right in ((10**60 - 1, True), (10**60, False)):
        raw = msgspec.msgpack.encode([CODE.shower, CODE.other, number.to_bytes(25), CODE.head])
        text = "HAMRAZ-SAFETY:" + base64.b32encode(raw).decode().rstrip("=")
        if right:
            assert read_code(text).digits == ["99999"] * 12
        else:
            with pytest.raises(Refused):
                read_code(text)


@examples(60)
@given(st.integers(0, len(CODE.encode()) - 1), st.characters())
def test_a_changed_letter_is_refused_or_another_code(at: int, letter: str) -> None:
    text = CODE.encode()
    try:
        code = read_code(text[:at] + letter + text[at + 1 :])
    except HamrazError as refused:
        assert refused.code == "bad_safety_code"
    else:
        assert read_code(code.encode()) == code


def test_what_is_longer_than_any_code_is_not_looked_at() -> None:
    text = CODE.encode().rjust(1024)
    assert read_code(text) == CODE
    with pytest.raises(Refused, match="not a safety code"):
        read_code(" " + text)
