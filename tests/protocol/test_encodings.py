"""What suites for MessagePack and for primitives try, as one table each (docs/protocol.md, sections 2.1 and 2.6): every
encoding of a number or a length is taken, and nothing else; no seal opens cut, lengthened or to a point of low order.
"""

from __future__ import annotations

import struct

import pytest

from protocol.errors import Forged, WireError
from protocol.primitives import EpochKey, FileKey, ProfileKey
from protocol.statements import Head, decode_strict
from protocol.wire import Done, Failed, Ping, Pong, Unknown, decode
from tests.protocol import reference
from tests.protocol.fixed_people import PREKEY, seed

KINDS = Ping | Pong | Failed | Done


def ping(number: bytes) -> bytes:
    return b"\x92\xa4ping" + number


def failed(values: bytes) -> bytes:
    return b"\x95\xa6failed\x07\xa3abc\xc0" + values


def double(number: float) -> bytes:
    return b"\xcb" + struct.pack(">d", number)


TAKEN = {
    **{f"number {first:x}": ping(bytes([first]) + b"\7".rjust(width, b"\0")) for first, width in zip(
        range(0xCC, 0xD4), (1, 2, 4, 8) * 2, strict=True)},
    "number": ping(b"\7"),
    "array 16": b"\xdc\0\2\xa4ping\7",
    "array 32": b"\xdd\0\0\0\2\xa4ping\7",
    "text 8": b"\x92\xd9\4ping\7",
    "text 16": b"\x92\xda\0\4ping\7",
    "text 32": b"\x92\xdb\0\0\0\4ping\7",
    "map": failed(b"\x81\xa1a\7"),
    "map 16": failed(b"\xde\0\1\xa1a\7"),
    "map 32": failed(b"\xdf\0\0\0\1\xa1a\7"),
    "a key twice": failed(b"\x82\xa1a\1\xd9\1a\7"),
    "no key": failed(b"\x80"),
    "an empty key": failed(b"\x81\xa0\7"),
    "the smallest": failed(b"\x81\xa1a\xd3\x80" + bytes(7)),
    "the largest": failed(b"\x81\xa1a\xcf" + b"\xff" * 8),
    "beyond the basic plane": failed(b"\x81\xa4\xf0\x9f\x99\x82\7"),
}  # fmt: skip
REFUSED = {
    "nothing": b"",
    "a byte more": ping(b"\7\xc0"),
    "twice": ping(b"\7") * 2,
    "what is never used": ping(b"\xc1"),
    **{f"cut at {end}": ping(b"\7")[:end] for end in range(1, 6)},
    "nil": ping(b"\xc0"),
    "true": ping(b"\xc3"),
    "a short float": ping(b"\xca" + struct.pack(">f", 7)),
    **{f"a float {number}": ping(double(number)) for number in (7.0, -0.0, float("nan"), float("inf"))},
    "below zero": ping(b"\xff"),
    "too large": ping(b"\xce\xff\xff\xff\xff".replace(b"\xce", b"\xcf\0\0\0\1")),
    "a text for it": ping(b"\xa17"),
    "bytes for it": ping(b"\xc4\x017"),
    "an extension": ping(b"\xd4\1\7"),
    "an extension of nothing": ping(b"\xc7\0\1"),
    "an extension without an end": ping(b"\xc9\xff\xff\xff\xff\1"),
    "a time": ping(b"\xd6\xff\0\0\0\7"),
    "a long time": ping(b"\xd7\xff" + bytes(8)),
    "the longest time": ping(b"\xc7\x0c\xff" + bytes(12)),
    "a field less": b"\x91\xa4ping",
    "a field more": b"\x93\xa4ping\7\7",
    "a map for it": b"\x82\xa4type\xa4ping\xa1n\7",
    "a tag of bytes": b"\x92\xc4\4ping\7",
    "a tag in capitals": b"\x92\xa4PING\7",
    "a tag that is no text": b"\x92\xa4pin\xff\7",
    "an array without an end": b"\xdd\xff\xff\xff\xff\xa4ping",
    "a map without an end": b"\xdf\xff\xff\xff\xff",
    "a text without an end": b"\x92\xdb\xff\xff\xff\xffping",
    "bytes without an end": ping(b"\xc6\xff\xff\xff\xff"),
    "arrays in arrays": b"\x91" * 100_000 + b"\xc0",
    "long arrays in long arrays": b"\xdd\0\0\0\1" * 50_000,
    "maps in maps": ping(b"\x81\xa1a" * 50_000 + b"\xc0"),
    "a number for a key": failed(b"\x81\1\7"),
    "bytes for a key": failed(b"\x81\xc4\1a\7"),
    "nil for a key": failed(b"\x81\xc0\7"),
    "a wrong value before the last": failed(b"\x82\xa1a\xc0\xa1a\7"),
    **{f"a value {value.hex()}": failed(b"\x81\xa1a" + value) for value in (
        b"\xc0", b"\xc3", double(1), b"\xc4\1a", b"\x90", b"\x80", b"\xd4\1\1", b"")},
    "a key less than said": failed(b"\x82\xa1a\7"),
    "a key more than said": failed(b"\x80\xa1a\7"),
    "an array for a map": failed(b"\x92\xa1a\7"),
    **{f"letters {text.hex()}": failed(b"\x81" + bytes([0xA0 | len(text)]) + text + b"\7") for text in (
        b"\xff", b"\xc3", b"\xc0\x80", b"\xed\xa0\x80", b"\xed\xa0\xbd\xed\xb9\x82", b"\xf4\x90\x80\x80")},
}  # fmt: skip


@pytest.mark.parametrize("body", TAKEN.values(), ids=TAKEN)
def test_every_width_is_the_same_value(body: bytes) -> None:
    found = decode(body, KINDS)
    assert found == Ping(7) if isinstance(found, Ping) else isinstance(found, Failed)


@pytest.mark.parametrize("body", REFUSED.values(), ids=REFUSED)
def test_what_is_not_exactly_the_form_is_named(body: bytes) -> None:
    with pytest.raises(WireError) as refused:
        decode(body, KINDS)
    assert refused.value.code == "bad_message"
    try:
        assert isinstance(decode(body, KINDS, later=True), Unknown)  # a tag of a later version, perhaps
    except WireError as reason:
        assert reason.code == "bad_message"


def test_bytes_are_bytes_of_every_width_and_of_their_length_only() -> None:
    for head in (b"\xc4\x20", b"\xc5\0\x20", b"\xc6\0\0\0\x20"):
        assert decode_strict(b"\x92\5" + head + bytes(32), Head) == Head(5, bytes(32))
    for other in (
        b"\xd9\x20" + bytes(32),  # a text
        b"\xd9\x2c" + b"A" * 43 + b"=",  # the same in base64
        b"\xdc\0\x20" + bytes(32),  # an array of numbers
        b"\xc7\x20\1" + bytes(32),  # an extension
        b"\xc4\x1f" + bytes(31),
        b"\xc4\x21" + bytes(33),
    ):
        with pytest.raises(Forged):
            decode_strict(b"\x92\5" + other, Head)


@pytest.mark.parametrize("size", [0, 1, 64])
def test_nothing_that_is_cut_or_lengthened_opens(size: int) -> None:
    epoch, profile, file = EpochKey(seed("epoch key")), ProfileKey(seed("profile")), FileKey(seed("file"))
    plain = bytes(size)
    for sealed, opens in (
        (epoch.encrypt(b"header", plain), lambda given: epoch.decrypt(b"header", given)),
        (epoch.seal_with_nonce(b"note", b"about", bytes(16), plain), lambda given: epoch.open_with_nonce(
            b"note", b"about", given)),
        (epoch.wrap(EpochKey(bytes(32)), b"about"), lambda given: epoch.unwrap(given, b"about")),
        (profile.seal(b"about", plain), lambda given: profile.open(b"about", given)),
        (file.seal(3, b"about", plain), lambda given: file.open(3, b"about", given)),
        (PREKEY.public.seal(plain, b"info"), lambda given: PREKEY.open(given, b"info")),
    ):  # fmt: skip
        opens(sealed)
        ends = [*range(min(len(sealed), 80)), *range(len(sealed) - 20, len(sealed))]
        for other in (*(sealed[:end] for end in ends), sealed + b"\0", b"\0" + sealed, sealed[:-16] + bytes(16)):
            with pytest.raises(Forged):
                opens(other)


def test_a_share_of_low_order_opens_nothing() -> None:
    """The secret would be zeros, which anybody knows: RFC 7748, section 6.1, in every encoding of such a point."""
    sealed, p = PREKEY.public.seal(b"a message", b"info"), 2**255 - 19
    order_8 = 0x00B8495F16056286FDB1329CEB8D09DA6AC49FF1FAE35616AEB8413B7C7AEBE0
    order_8_too = 0x57119FD0DD4E22D8868E1C58C45C44045BEF839C55B1D0B1248C50A3BC959C5F
    assert p == reference.P
    for u in (0, 1, p - 1, p, p + 1, order_8, order_8_too):
        for top in (0, 1 << 255):
            share = (u | top).to_bytes(32, "little")
            with pytest.raises(Forged) as refused:
                PREKEY.open(sealed[:1088] + share + sealed[1120:], b"info")
            assert refused.value.code == "cannot_open"
            with pytest.raises(Forged) as refused:
                type(PREKEY.public)(PREKEY.public.raw[:1184] + share).seal(b"a message", b"info")
            assert refused.value.code == "prekey_invalid"
