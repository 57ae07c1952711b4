"""What libsodium accepts holds by section 2.5, and what it refuses is asked of OpenSSL: one rule for everybody."""

from __future__ import annotations

import itertools

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from protocol import primitives, sodium
from protocol.primitives import VerifyKey
from tests.protocol import curve
from tests.protocol.effort import bits, flip
from tests.protocol.fixed_people import AUTHORITY, AUTHORITY_ID

SECRET, NONCE = 7**80 % curve.ORDER, 11**70 % curve.ORDER


def openssl(key: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def judged(key: bytes, message: bytes, signature: bytes) -> bool:
    """What everybody says of it, who must not differ; libsodium alone may say no to what holds."""
    expected = curve.holds(key, message, signature)
    assert VerifyKey(key).holds(message, signature) == expected
    assert expected or not sodium.accepts(key, message, signature)
    if VerifyKey(key)._binds_nobody():
        return expected  # OpenSSL knows no such rule
    assert openssl(key, message, signature) == expected
    return expected


def test_libsodium_is_asked_here_and_says_yes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    signature = AUTHORITY.sign(b"head", AUTHORITY_ID, b"body")
    monkeypatch.setattr(primitives, "Ed25519PublicKey", None)
    AUTHORITY.public.verify(b"head", AUTHORITY_ID, b"body", signature)


@pytest.mark.parametrize("r_part", range(8))
def test_a_part_of_small_order_holds_where_the_equation_without_cofactor_does(r_part: int) -> None:
    """With the cofactor all of these would hold: the one who signs so could stop every reader who hasn't it."""
    outcomes = set()
    for key_part, number in itertools.product(range(8), range(2)):
        message = b"message %d" % number
        key, signature = curve.sign(SECRET, NONCE, curve.SMALL[key_part], curve.SMALL[r_part], message)
        outcomes.add(judged(key, message, signature))
    assert False in outcomes
    assert True in outcomes or r_part


def test_what_holds_with_a_key_of_mixed_order_is_nobodys_to_refuse() -> None:
    """[k]A is without a part of small order for one message in eight: it holds for all, and did before libsodium."""
    outcomes = []
    for number in range(24):
        key, signature = curve.sign(SECRET, NONCE, curve.EIGHTH, curve.NEUTRAL, bytes([number]))
        outcomes.append(judged(key, bytes([number]), signature))
    assert set(outcomes) == {True, False}


def test_numbers_are_the_smallest() -> None:
    key, good = curve.sign(SECRET, NONCE, curve.NEUTRAL, curve.NEUTRAL, b"message")
    assert judged(key, b"message", good)
    s = int.from_bytes(good[32:], "little")
    for more in (curve.ORDER, 2 * curve.ORDER, 1 << 253, 1 << 254, 1 << 255):
        assert not judged(key, b"message", good[:32] + ((s + more) % 2**256).to_bytes(32, "little"))
    # R is the neutral point, in both of its encodings: S = [k]a makes the equation true
    for y in (1, curve.P + 1):
        r = y.to_bytes(32, "little")
        k = curve.hashed(r, key, b"message")
        signature = r + (k * SECRET % curve.ORDER).to_bytes(32, "little")
        assert judged(key, b"message", signature) == (y == 1)  # which libsodium refuses, and OpenSSL doesn't


def test_keys_that_are_none() -> None:
    for y in (*range(20), *range(curve.P, 2**255)):
        for odd in (0, 1):
            key = (y | odd << 255).to_bytes(32, "little")
            for signature in (b"\1" + bytes(63), key + bytes(32)):
                judged(key, b"message", signature)
    good = AUTHORITY.sign(b"head", AUTHORITY_ID, b"body")
    for key in (b"", AUTHORITY.public.raw[:31], AUTHORITY.public.raw + b"\0"):
        assert not sodium.accepts(key, b"", good) and not VerifyKey(key).holds(b"", good)


def test_no_bit_may_be_another() -> None:
    message = b"a message"
    key, good = curve.sign(SECRET, NONCE, curve.NEUTRAL, curve.NEUTRAL, message)
    assert sodium.accepts(key, message, good)
    for bit in bits(good, 24):
        assert not judged(key, message, flip(good, bit))
    for bit in bits(key, 12):
        assert not judged(flip(key, bit), message, good)
    for other in (good[:63], good + b"\0", b""):
        assert not sodium.accepts(key, message, other) and not VerifyKey(key).holds(message, other)


@pytest.mark.parametrize("number", range(3))
def test_a_library_that_is_laxer_is_not_used(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    assert sodium.as_strict()
    opens, lax = sodium._opens, sodium._MUST_FAIL[number]
    assert not curve.holds(lax[0], sodium._MESSAGE, lax[1])
    monkeypatch.setattr(sodium, "_opens", lambda key, message, sig: (key, sig) == lax or opens(key, message, sig))
    assert not sodium.as_strict()
    monkeypatch.setattr(sodium, "_AS_STRICT", sodium.as_strict())
    assert not sodium.accepts(sodium._KEY, sodium._MESSAGE, sodium._HOLDS)
    assert VerifyKey(sodium._KEY).holds(sodium._MESSAGE, sodium._HOLDS)


def test_a_library_that_says_yes_to_nothing_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sodium, "_opens", lambda *_: False)
    assert not sodium.as_strict()


def test_the_second_of_them_needs_the_cofactor() -> None:
    key, signature = sodium._MUST_FAIL[1]
    assert (key, signature) == curve.sign(SECRET, NONCE, curve.NEUTRAL, curve.EIGHTH, sodium._MESSAGE)
