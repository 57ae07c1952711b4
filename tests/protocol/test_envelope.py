"""Private messages (docs/protocol.md section 8): what one envelope proves, and what each attack on it is called."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol import envelope
from protocol.envelope import PrivateMessage, check_prekey, check_receipt, issue_receipt, open_envelope, seal, seal_info
from protocol.errors import Forged, HamrazError
from protocol.primitives import OpenKey, digest
from protocol.statements import NO_DEVICE, Envelope, Prekey, Receipt, Signed
from tests.protocol.effort import bits, examples, flip
from tests.protocol.fixed_people import (
    AUTHORITY_ID,
    CYRUS,
    NIMA,
    OTHER_AUTHORITY_ID,
    OTHER_PREKEY,
    PARVIN,
    PREKEY,
    PREKEY_ID,
    seed,
    signed,
)
from tests.protocol.hostile import BOMBS, NOISE, ODD, damaged
from tests.protocol.samples import ABOUT, MESSAGE, ONE_TIME, RAW_MESSAGE, SIGNED_HEAD

SEALED = seal(RAW_MESSAGE, ONE_TIME, PARVIN.key, AUTHORITY_ID)
NIMAS_VIEW: dict[str, Any] = {
    "prekey_id": PREKEY_ID,
    "prekey": PREKEY,
    "sender": PARVIN.uid,
    "keys": [PARVIN.key.public],
    "gone": [],
    "recipient": NIMA.uid,
    "authority_id": AUTHORITY_ID,
}
INNER = Envelope(PREKEY_ID, digest(b"prekey", PREKEY.public.raw), RAW_MESSAGE)


def refused(code: str) -> pytest.RaisesExc[Forged]:
    return pytest.RaisesExc(Forged, check=lambda reason: reason.code == code)


def sealed_again(plaintext: bytes, to: bytes = NIMA.uid, key: OpenKey = PREKEY) -> bytes:
    """What somebody seals who isn't held to our code."""
    return key.public.seal(plaintext, seal_info(AUTHORITY_ID, PARVIN.uid, to))


def test_nima_reads_what_parvin_wrote() -> None:
    opened = open_envelope(SEALED, **NIMAS_VIEW)
    assert opened.message == MESSAGE and opened.raw == RAW_MESSAGE
    assert opened.hash == envelope.message_hash(RAW_MESSAGE) == digest(b"message", RAW_MESSAGE)
    assert opened.envelope == signed(INNER, PARVIN.key)  # deterministic: it can be shown to a third person


def test_the_same_message_sealed_anew_is_the_same_message() -> None:
    again = Prekey(NIMA.uid, NO_DEVICE, seed("another id", 16), 0, OTHER_PREKEY.public.raw)
    sealed = seal(RAW_MESSAGE, again, PARVIN.key, AUTHORITY_ID)
    opened = open_envelope(sealed, **NIMAS_VIEW | {"prekey_id": again.id, "prekey": OTHER_PREKEY})
    assert opened.hash == open_envelope(SEALED, **NIMAS_VIEW).hash and sealed != SEALED


def test_every_flipped_bit_is_refused() -> None:
    for bit in bits(SEALED, 300):
        with refused("cannot_open"):
            open_envelope(flip(SEALED, bit), **NIMAS_VIEW)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"recipient": CYRUS.uid}, "cannot_open"),
        ({"sender": CYRUS.uid}, "cannot_open"),
        ({"authority_id": OTHER_AUTHORITY_ID}, "cannot_open"),
        ({"prekey": OTHER_PREKEY}, "cannot_open"),
        ({"prekey_id": bytes(16)}, "prekey_invalid"),
        ({"keys": [CYRUS.key.public]}, "bad_signature"),
        ({"keys": [CYRUS.key.public], "gone": [PARVIN.key.public]}, "key_revoked"),
        ({"keys": [], "gone": []}, "bad_signature"),
    ],
    ids=[
        "another recipient",
        "another sender",
        "another authority",
        "another prekey",
        "another id",
        "another key",
        "a key that is gone",
        "no key",
    ],
)
def test_one_thing_changed_is_refused(change: dict[str, Any], code: str) -> None:
    with refused(code):
        open_envelope(SEALED, **NIMAS_VIEW | change)


def test_the_recipient_cannot_pass_it_on_as_if_it_were_for_another() -> None:
    inside = PREKEY.open(SEALED, seal_info(AUTHORITY_ID, PARVIN.uid, NIMA.uid))
    to_cyrus = sealed_again(inside, CYRUS.uid, OTHER_PREKEY)
    with refused("prekey_invalid"):
        open_envelope(to_cyrus, **NIMAS_VIEW | {"recipient": CYRUS.uid, "prekey": OTHER_PREKEY})
    # and when Cyrus, in league with Nima, publishes the very same prekey
    with refused("wrong_recipient"):
        open_envelope(sealed_again(inside, CYRUS.uid), **NIMAS_VIEW | {"recipient": CYRUS.uid})


@pytest.mark.parametrize(
    ("plaintext", "code"),
    [
        (b"", "bad_statement"),
        (RAW_MESSAGE, "bad_statement"),
        (msgspec.msgpack.encode(signed(INNER, NIMA.key)), "bad_signature"),
        (msgspec.msgpack.encode(Signed(signed(INNER, PARVIN.key).body, bytes(64))), "bad_signature"),
        (msgspec.msgpack.encode(signed(ONE_TIME, PARVIN.key)), "bad_signature"),
        (
            msgspec.msgpack.encode(signed(Envelope(bytes(16), INNER.prekey_hash, RAW_MESSAGE), PARVIN.key)),
            "prekey_invalid",
        ),
        (msgspec.msgpack.encode(signed(Envelope(PREKEY_ID, bytes(32), RAW_MESSAGE), PARVIN.key)), "prekey_invalid"),
        (msgspec.msgpack.encode(signed(Envelope(PREKEY_ID, INNER.prekey_hash, b"hi"), PARVIN.key)), "bad_statement"),
    ],
    ids=[
        "nothing",
        "not signed",
        "signed by the recipient",
        "no signature",
        "another statement of the sender",
        "another prekey's id",
        "another prekey's hash",
        "no message",
    ],
)
def test_what_is_inside_must_hold(plaintext: bytes, code: str) -> None:
    with refused(code):
        open_envelope(sealed_again(plaintext), **NIMAS_VIEW)


@pytest.mark.parametrize(
    "change", [{"sender": NIMA.uid}, {"recipient": CYRUS.uid}, {"sender": CYRUS.uid, "recipient": PARVIN.uid}], ids=str
)
def test_the_names_inside_are_those_outside(change: dict[str, bytes]) -> None:
    raw = envelope.encode_message(msgspec.structs.replace(MESSAGE, **change))
    plaintext = msgspec.msgpack.encode(signed(Envelope(PREKEY_ID, INNER.prekey_hash, raw), PARVIN.key))
    with refused("wrong_recipient"):
        open_envelope(sealed_again(plaintext), **NIMAS_VIEW)


@examples(30)
@given(NOISE | ODD | damaged([RAW_MESSAGE, msgspec.msgpack.encode(signed(INNER, PARVIN.key))]))
def test_garbage_inside_is_named(plaintext: bytes) -> None:
    try:
        opened = open_envelope(sealed_again(plaintext), **NIMAS_VIEW)
    except HamrazError as reason:
        assert reason.code in ("bad_statement", "bad_signature")
    else:
        assert opened.raw == RAW_MESSAGE  # the odd encoding of the same signed thing


@examples(30)
@given(NOISE | ODD | damaged([RAW_MESSAGE]))
def test_garbage_for_a_message_is_named(raw: bytes) -> None:
    try:
        assert isinstance(envelope.decode_message(raw), PrivateMessage)
    except HamrazError as reason:
        assert reason.code == "bad_statement"


@pytest.mark.parametrize("bomb", BOMBS, ids=lambda bomb: bomb[:12].hex())
def test_a_bomb_inside_is_named(bomb: bytes) -> None:
    with refused("bad_statement"):
        open_envelope(sealed_again(bomb), **NIMAS_VIEW)


def test_a_message_that_is_none_is_not_sealed() -> None:
    with refused("bad_statement"):
        seal(b"hello", ONE_TIME, PARVIN.key, AUTHORITY_ID)


def test_a_hostile_prekey_is_not_sealed_to() -> None:
    hostile = Prekey(NIMA.uid, NO_DEVICE, PREKEY_ID, 0, bytes(1216))
    with refused("prekey_invalid"):
        seal(RAW_MESSAGE, hostile, PARVIN.key, AUTHORITY_ID)


# --- prekeys ---


def test_a_prekey_is_its_owners() -> None:
    assert check_prekey(signed(ONE_TIME, NIMA.key), NIMA.uid, NIMA.key.public, AUTHORITY_ID) == ONE_TIME
    with refused("bad_signature"):
        check_prekey(signed(ONE_TIME, CYRUS.key), NIMA.uid, NIMA.key.public, AUTHORITY_ID)
    stolen = Prekey(NIMA.uid, NO_DEVICE, PREKEY_ID, 0, PREKEY.public.raw)
    with refused("prekey_invalid"):  # Cyrus signs a prekey that names Nima, to have it taken for his
        check_prekey(signed(stolen, CYRUS.key), CYRUS.uid, CYRUS.key.public, AUTHORITY_ID)


# --- the chain ---


def test_a_row_of_messages_is_chained() -> None:
    previous, hashes = envelope.FIRST, []
    for n in range(1, 4):
        raw = envelope.encode_message(msgspec.structs.replace(MESSAGE, sequence=n, previous=previous))
        assert envelope.decode_message(raw).previous == previous
        previous = envelope.message_hash(raw)
        hashes.append(previous)
    assert len(set(hashes)) == 3 and bytes(32) == envelope.FIRST


def test_a_sequence_leaves_room_for_the_next_one() -> None:
    last = envelope.encode_message(msgspec.structs.replace(MESSAGE, sequence=2**62 - 1))
    assert envelope.decode_message(last).sequence == 2**62 - 1
    with refused("bad_statement"):  # whoever looks for the message after it would ask a database for 2**63
        envelope.decode_message(envelope.encode_message(msgspec.structs.replace(MESSAGE, sequence=2**63 - 1)))


@pytest.mark.parametrize("field", PrivateMessage.__struct_fields__)
def test_the_hash_covers_every_field(field: str) -> None:
    other: dict[str, Any] = {
        "sender": bytes(32),
        "recipient": bytes(32),
        "sequence": 2,
        "previous": seed("previous"),
        "id": bytes(16),
        "time": 0,
        "head": Signed(SIGNED_HEAD.body, bytes(64)),
        "kind": "invitation",
        "body": b"",
        "about": ABOUT,
    }
    changed = msgspec.structs.replace(MESSAGE, **{field: other[field]})
    assert envelope.message_hash(envelope.encode_message(changed)) != envelope.message_hash(RAW_MESSAGE)


# --- receipts ---

HASH = envelope.message_hash(RAW_MESSAGE)


@pytest.mark.parametrize("what", [envelope.DELIVERED, envelope.READ])
def test_a_receipt_is_the_recipients_word_for_this_message(what: str) -> None:
    given_receipt = issue_receipt(MESSAGE, HASH, what, NIMA.key, AUTHORITY_ID)
    receipt = check_receipt(given_receipt, NIMA.uid, NIMA.key.public, PARVIN.uid, AUTHORITY_ID)
    assert receipt == Receipt(NIMA.uid, PARVIN.uid, MESSAGE.id, HASH, what)


@pytest.mark.parametrize(
    ("receipt", "key", "code"),
    [
        (Receipt(NIMA.uid, PARVIN.uid, MESSAGE.id, HASH, "delivered"), CYRUS.key, "bad_signature"),
        (Receipt(CYRUS.uid, PARVIN.uid, MESSAGE.id, HASH, "delivered"), NIMA.key, "bad_receipt"),
        (Receipt(NIMA.uid, CYRUS.uid, MESSAGE.id, HASH, "delivered"), NIMA.key, "bad_receipt"),
        (Receipt(NIMA.uid, PARVIN.uid, MESSAGE.id, HASH, "stored"), NIMA.key, "bad_receipt"),
        (Receipt(NIMA.uid, PARVIN.uid, MESSAGE.id, HASH, ""), NIMA.key, "bad_receipt"),
    ],
    ids=["signed by another", "of another", "for another", "of a kind that there isn't", "of no kind"],
)
def test_another_receipt_is_refused(receipt: Receipt, key: Any, code: str) -> None:
    with refused(code):
        check_receipt(signed(receipt, key), NIMA.uid, NIMA.key.public, PARVIN.uid, AUTHORITY_ID)


def test_receipts_in_a_mailbox_open_for_their_reader_only() -> None:
    to_parvin = Prekey(PARVIN.uid, NO_DEVICE, PREKEY_ID, 1, PREKEY.public.raw)
    receipts = [issue_receipt(MESSAGE, HASH, what, NIMA.key, AUTHORITY_ID) for what in ("delivered", "read")]
    sealed = envelope.seal_receipts(receipts, to_parvin, NIMA.uid, PARVIN.uid, AUTHORITY_ID)
    assert envelope.open_receipts(sealed, PREKEY, NIMA.uid, PARVIN.uid, AUTHORITY_ID) == receipts
    for key, sender, recipient, authority_id in (
        (OTHER_PREKEY, NIMA.uid, PARVIN.uid, AUTHORITY_ID),
        (PREKEY, CYRUS.uid, PARVIN.uid, AUTHORITY_ID),
        (PREKEY, NIMA.uid, CYRUS.uid, AUTHORITY_ID),
        (PREKEY, NIMA.uid, PARVIN.uid, OTHER_AUTHORITY_ID),
    ):
        with refused("cannot_open"):
            envelope.open_receipts(sealed, key, sender, recipient, authority_id)
    for bit in bits(sealed, 100):
        with refused("cannot_open"):
            envelope.open_receipts(flip(sealed, bit), PREKEY, NIMA.uid, PARVIN.uid, AUTHORITY_ID)


def test_a_message_is_not_taken_for_receipts_nor_receipts_for_a_message() -> None:
    with refused("cannot_open"):
        envelope.open_receipts(SEALED, PREKEY, PARVIN.uid, NIMA.uid, AUTHORITY_ID)
    receipts = envelope.seal_receipts([], ONE_TIME, PARVIN.uid, NIMA.uid, AUTHORITY_ID)
    with refused("cannot_open"):
        open_envelope(receipts, **NIMAS_VIEW)


@examples(40)
@given(NOISE | ODD)
def test_garbage_for_receipts_is_named(plaintext: bytes) -> None:
    sealed = PREKEY.public.seal(plaintext, envelope.receipts_info(AUTHORITY_ID, NIMA.uid, PARVIN.uid))
    try:
        assert isinstance(envelope.open_receipts(sealed, PREKEY, NIMA.uid, PARVIN.uid, AUTHORITY_ID), list)
    except HamrazError as reason:
        assert reason.code == "bad_statement"


@examples(6)
@given(st.text(max_size=2000))
def test_any_text_arrives_as_it_was_written(text: str) -> None:
    raw = envelope.encode_message(msgspec.structs.replace(MESSAGE, body=text.encode()))
    opened = open_envelope(seal(raw, ONE_TIME, PARVIN.key, AUTHORITY_ID), **NIMAS_VIEW)
    assert opened.message.body.decode() == text
