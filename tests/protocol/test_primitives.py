"""Keys, signatures and seals (docs/protocol.md section 2)."""

from __future__ import annotations

import ast
import hashlib
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol import primitives
from protocol.errors import Forged
from protocol.primitives import EpochKey, OpenKey, SealKey, SigningKey, VerifyKey, digest, signing_input
from tests.protocol import reference
from tests.protocol.effort import bits, examples, flip
from tests.protocol.fixed_people import AUTHORITY, AUTHORITY_ID, PREKEY, seed

EPOCH = EpochKey(seed("epoch key"))
SECRETS = [(AUTHORITY, AUTHORITY.save()), (PREKEY, PREKEY.save()), (EPOCH, EPOCH.save())]


def refused(code: str) -> pytest.RaisesExc[Forged]:
    return pytest.RaisesExc(Forged, check=lambda reason: reason.code == code)


# --- signatures ---


@examples(30)
@given(st.binary(min_size=1, max_size=20), st.binary(max_size=200))
def test_a_signature_holds_for_its_context_authority_and_bytes(context: bytes, body: bytes) -> None:
    signature = AUTHORITY.sign(context, AUTHORITY_ID, body)
    AUTHORITY.public.verify(context, AUTHORITY_ID, body, signature)
    for other in (
        (context + b"x", AUTHORITY_ID, body, signature),
        (context, bytes(32), body, signature),
        (context, AUTHORITY_ID, body + b"\0", signature),
        (context, AUTHORITY_ID, body, signature[:-1]),
        (context, AUTHORITY_ID, body, signature + b"\0"),
        (context, AUTHORITY_ID, body, b""),
    ):
        with refused("bad_signature"):
            AUTHORITY.public.verify(*other)


def test_every_flipped_bit_of_a_signature_and_a_key_is_refused() -> None:
    signature = AUTHORITY.sign(b"head", AUTHORITY_ID, b"body")
    for bit in range(512):
        with refused("bad_signature"):
            AUTHORITY.public.verify(b"head", AUTHORITY_ID, b"body", flip(signature, bit))
    for bit in range(256):
        with refused("bad_signature"):
            VerifyKey(flip(AUTHORITY.public.raw, bit)).verify(b"head", AUTHORITY_ID, b"body", signature)


def test_the_input_is_what_the_document_says() -> None:
    assert signing_input(b"head", AUTHORITY_ID, b"body") == b"hamraz/v2/sign/head\0" + AUTHORITY_ID + b"body"
    assert digest(b"uid", b"a", b"b") == hashlib.sha256(b"hamraz/v2/hash/uid\0ab").digest()


def test_a_key_of_small_order_binds_nobody_and_verifies_nothing() -> None:
    ys = sorted(reference.small_order_ys())
    assert len(ys) == 5
    for y in (*ys, reference.P, reference.P + 1):
        for sign in (0, 1):
            raw = (y | sign << 255).to_bytes(32, "little")
            for n in range(16):  # without the rule, one in eight of these holds
                with refused("bad_signature"):
                    VerifyKey(raw).verify(b"head", AUTHORITY_ID, bytes([n]), b"\1" + bytes(63))


@examples(50)
@given(st.binary(max_size=70), st.binary(max_size=70))
def test_a_key_from_the_wire_may_be_anything(raw: bytes, signature: bytes) -> None:
    with refused("bad_signature"):
        VerifyKey(raw).verify(b"head", AUTHORITY_ID, b"body", signature)


# --- seals ---


@examples(15)
@given(st.binary(max_size=300), st.binary(max_size=100))
def test_what_is_sealed_opens_with_its_key_and_info_only(plaintext: bytes, info: bytes) -> None:
    sealed = PREKEY.public.seal(plaintext, info)
    assert len(sealed) == len(plaintext) + primitives.SEAL_OVERHEAD
    assert PREKEY.open(sealed, info) == plaintext
    with refused("cannot_open"):
        PREKEY.open(sealed, info + b"x")
    with refused("cannot_open"):
        OpenKey.generate().open(sealed, info)


def test_every_flipped_bit_of_what_is_sealed_is_refused() -> None:
    sealed = PREKEY.public.seal(b"a message", b"info")
    for bit in bits(sealed, 400):
        with refused("cannot_open"):
            PREKEY.open(flip(sealed, bit), b"info")


@examples(30)
@given(st.binary(max_size=1300))
def test_noise_cannot_be_opened(sealed: bytes) -> None:
    with refused("cannot_open"):
        PREKEY.open(sealed, b"info")


GOOD = PREKEY.public.raw
LOW_ORDER = bytes.fromhex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        bytes(1216),
        b"\xff" * 1216,
        GOOD[:-1],
        GOOD + b"\0",
        b"\xff" * 1184 + GOOD[1184:],
        GOOD[:1184] + bytes(32),
        GOOD[:1184] + b"\1" + bytes(31),
        GOOD[:1184] + LOW_ORDER,
    ],
    ids=["empty", "zeros", "ones", "short", "long", "coefficients too large", "zero point", "point 1", "order 8"],
)
def test_a_hostile_prekey_is_named(raw: bytes) -> None:
    with refused("prekey_invalid"):
        SealKey(raw).seal(b"a message", b"info")


@examples(30)
@given(st.binary(min_size=1216, max_size=1216))
def test_noise_as_a_prekey_is_named_or_seals_for_nobody(raw: bytes) -> None:
    try:
        sealed = SealKey(raw).seal(b"a message", b"info")
    except Forged as reason:
        assert reason.code == "prekey_invalid"
    else:
        assert len(sealed) == 9 + primitives.SEAL_OVERHEAD


def test_a_key_comes_back_from_what_was_saved() -> None:
    assert SigningKey(AUTHORITY.save()).public == AUTHORITY.public
    assert OpenKey(PREKEY.save()).public == PREKEY.public
    assert OpenKey(PREKEY.save()).open(PREKEY.public.seal(b"x", b"i"), b"i") == b"x"
    assert EpochKey(EPOCH.save()).key_id() == EPOCH.key_id()


# --- secrets ---


@pytest.mark.parametrize(("key", "secret"), SECRETS, ids=["SigningKey", "OpenKey", "EpochKey"])
def test_no_secret_shows_itself(key: object, secret: bytes) -> None:
    for shown in (repr(key), str(key), f"{key}", repr([key]), repr(ValueError(key))):
        for part in (secret, secret[:16], secret[-16:]):
            assert part.hex() not in shown and repr(part)[2:-1] not in shown
    assert not hasattr(key, "__dict__")
    assert key != type(key)(secret)  # type: ignore[call-arg]  # no equality: nobody compares secrets in variable time


def test_generated_keys_differ() -> None:
    for kind in (SigningKey, OpenKey, EpochKey):
        assert len({kind.generate().save() for _ in range(4)}) == 4
    assert len({primitives.random_id() for _ in range(4)}) == 4 and len(primitives.random_id()) == 16
    assert len({primitives.random_nonce() for _ in range(4)}) == 4 and len(primitives.random_nonce()) == 32


def test_every_separator_is_a_label() -> None:
    """No other bytes in protocol/ begin like one, and no label is the beginning of another."""
    sources = [path.read_text(encoding="utf-8") for path in Path(primitives.__file__).parent.glob("*.py")]
    assert sum(source.count('b"hamraz/') for source in sources) == 1
    used = {found for source in sources for found in re.findall(r'label\((b"[a-z]+", b"[a-z ]+")\)', source)}
    assert len(used) >= 7
    labels = [primitives.label(*ast.literal_eval(f"({pair})")) for pair in used]
    assert not [(one, other) for one in labels for other in labels if one != other and other.startswith(one)]
