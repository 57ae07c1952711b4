"""Wire messages (docs/protocol.md section 5): each in its place, and nothing that comes can do more than be refused."""

from __future__ import annotations

import itertools
import tracemalloc
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol import messages, statements
from protocol.errors import Forged, HamrazError, WireError, error
from protocol.messages import TAGS, Failed, Message, decode, encode, failure, raise_failure
from tests.protocol.effort import bits, examples, flip
from tests.protocol.hostile import BOMBS, NOISE, ODD, VALUES, damaged, odd
from tests.protocol.samples import MESSAGES, PLACES

BODIES = [encode(message) for message in MESSAGES]
every_message = pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)


def kinds_in(place: str) -> tuple[type[Message], ...]:
    return get_args(PLACES[place]) or (PLACES[place],)


def refused(code: str) -> pytest.RaisesExc[WireError]:
    return pytest.RaisesExc(WireError, check=lambda reason: reason.code == code)


def test_there_is_a_sample_of_every_message_and_every_message_has_a_place() -> None:
    assert {type(message) for message in MESSAGES} == set(TAGS.values())
    assert set(itertools.chain(*map(kinds_in, PLACES))) == set(TAGS.values())


@every_message
def test_a_message_is_read_in_its_places_only(message: Message) -> None:
    for place, kinds in PLACES.items():
        if type(message) in kinds_in(place):
            assert decode(encode(message), kinds) == message
        else:
            with refused("unexpected_message"):
                decode(encode(message), kinds)


@every_message
def test_a_wrong_form_in_the_right_place_is_a_bad_message(message: Message) -> None:
    place = next(place for place in PLACES if type(message) in kinds_in(place))
    fields = msgspec.to_builtins(message, builtin_types=(bytes,))
    wrong = [fields[:-1], [*fields, None]]
    wrong += [[*fields[:at], 0.5, *fields[at + 1 :]] for at in range(1, len(fields))]
    for value in wrong:
        if len(value) > 0:
            with refused("bad_message"):
                decode(msgspec.msgpack.encode(value), PLACES[place])


@every_message
@examples(3)
@given(st.data())
def test_an_unusual_encoding_is_the_same_message(message: Message, data: st.DataObject) -> None:
    place = next(place for place in PLACES if type(message) in kinds_in(place))
    fields = msgspec.to_builtins(message, builtin_types=(bytes,))
    assert decode(data.draw(odd(fields)), PLACES[place]) == message


@examples(100)
@given(st.sampled_from(sorted(PLACES)), NOISE | ODD | damaged(BODIES))
def test_garbage_is_named(place: str, body: bytes) -> None:
    try:
        found = decode(body, PLACES[place])
    except HamrazError as reason:
        assert reason.code in ("bad_message", "unexpected_message")
    else:
        assert isinstance(found, kinds_in(place))


@examples(50)
@given(st.sampled_from(sorted(PLACES)), st.sampled_from(sorted(TAGS)), st.lists(VALUES, max_size=6), st.data())
def test_a_right_tag_with_anything_behind_it_is_named(
    place: str, tag: str, fields: list[Any], data: st.DataObject
) -> None:
    try:
        found = decode(data.draw(odd([tag, *fields])), PLACES[place])
    except HamrazError as reason:
        assert reason.code == ("bad_message" if TAGS[tag] in kinds_in(place) else "unexpected_message")
    else:
        assert type(found) is TAGS[tag] and TAGS[tag] in kinds_in(place)


@every_message
def test_a_flipped_bit_is_named_or_is_another_message(message: Message) -> None:
    place = next(place for place in PLACES if type(message) in kinds_in(place))
    body = encode(message)
    for bit in bits(body):
        try:
            assert decode(flip(body, bit), PLACES[place]) != message
        except WireError as reason:
            assert reason.code in ("bad_message", "unexpected_message")


@pytest.mark.parametrize("place", PLACES)
def test_a_bomb_is_named_and_costs_no_memory(place: str) -> None:
    for bomb in BOMBS:
        tracemalloc.start()
        try:
            with refused("bad_message") if b"failed" not in bomb and b"watch" not in bomb else pytest.raises(WireError):
                decode(bomb, PLACES[place])
            assert tracemalloc.get_traced_memory()[1] < 2_000_000, bomb[:12].hex()
        finally:
            tracemalloc.stop()


def test_integers_end_at_63_bits_and_numbers_of_requests_at_32() -> None:
    assert decode(encode(["fetch_log", 2**32 - 1, 2**63 - 1]), messages.ToAuthority).start == 2**63 - 1
    for fields in ([2**32, 0], [0, 2**63], [-1, 0], [0, -1]):
        with refused("bad_message"):
            decode(encode(["fetch_log", *fields]), messages.ToAuthority)


def test_lists_are_bounded() -> None:
    uids = [number.to_bytes(32) for number in range(1001)]
    assert len(decode(encode(["watch", 1, uids[1:]]), messages.ToAuthority).uids) == 1000
    with refused("bad_message"):
        decode(encode(["watch", 1, uids]), messages.ToAuthority)


def test_a_failure_arrives_as_the_error_that_was_sent() -> None:
    sent = error("name_lookalike", field="username", name="parvin")
    answer = decode(encode(failure(7, sent)), messages.FromAuthority)
    assert isinstance(answer, Failed) and answer.re == 7
    with pytest.raises(HamrazError) as caught:
        raise_failure(answer)
    arrived = caught.value
    assert (type(arrived), arrived.code, arrived.field, arrived.values) == (
        type(sent),
        sent.code,
        sent.field,
        sent.values,
    )


@pytest.mark.parametrize(
    "body", [["peer_hello", 1, bytes(32)], ["peer_hello", 1, 1.5], ["peer_hello", 3], ["peer_hello", 1, {}, "more"]]
)
def test_a_hello_of_another_version_is_named_whatever_form_it_has_there(body: list[object]) -> None:
    raw = msgspec.msgpack.encode(body)
    if len(body) == 2:  # the form is ours too: its number is looked at by who takes it
        assert messages.decode(raw, messages.ToPeerFirst).version == 3
        return
    with pytest.raises(WireError) as refusal:
        messages.decode(raw, messages.ToPeerFirst)
    assert refusal.value.code == "wrong_version"
    with pytest.raises(WireError) as refusal:
        messages.decode(raw, messages.ToPeer)
    assert refusal.value.code == "unexpected_message"


# --- which field is at fault ---


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        (["find", 0, "parvin", bytes(32)], "rid"),
        (["find", 1, 5, bytes(32)], "name"),
        (["find", 1, "parvin", bytes(31)], "nonce"),
        (["find", 1, "parvin"], "nonce"),
        (["find", 1], "name"),
        (["find", 1, "parvin", bytes(32), 5], None),
        (["watch", 1, [bytes(32), bytes(31)]], "uids"),
        (["deposit", 1, [bytes(32), bytes(16), bytes(16), "letter", bytes(16), b""]], "item"),
        (["deposit", 1, [bytes(32), b"d" * 16, bytes(16), "message", bytes(16), b""]], "item"),
        (["grant_keys", 1, bytes(16), 1, [[bytes(32), b"d" * 16, b""]]], "grants"),
        (["watch", 1, [bytes(32), b"b" * 32, bytes(32)]], "uids"),
        (["fetch_prekeys", 1, [bytes(32)] * 200], "uids"),
        (["fetch_prekeys", 1, [bytes([n]) * 32 for n in range(201)]], "uids"),
        (["drop_mail", 1, [[bytes(32), bytes(16)]] * 2], "items"),
        (["grant_keys", 1, bytes(16), 1, [[bytes(32), bytes(16), b"one"], [bytes(32), bytes(16), b"two"]]], "grants"),
        (["give_back_chain", 1, [b"", bytes(64)], [b"", bytes(64)], 0, [b""] * 8193], "entries"),
        ([5], None),
    ],
    ids=repr,
)
def test_a_wrong_field_is_named(fields: Any, field: str | None) -> None:
    with pytest.raises(WireError) as reason:
        messages.decode(messages.encode(fields), messages.ToAuthority)
    assert (reason.value.code, reason.value.field) == ("bad_message", field)


@pytest.mark.parametrize(
    ("at", "value", "field"),
    [
        (0, bytes(31), "uid"),
        (1, b"d" * 16, "device"),
        (2, -1, "sequence"),
        (3, [], "hosts"),
        (4, 0, "port"),
        (5, None, "fingerprint"),
    ],
)
def test_a_statements_wrong_field_is_named(at: int, value: Any, field: str) -> None:
    fields = [bytes(32), bytes(16), 1, ["a"], 5050, bytes(32)]
    fields[at] = value
    with pytest.raises(Forged) as reason:
        statements.decode_strict(messages.encode(fields), statements.Presence)
    assert (reason.value.code, reason.value.field) == ("bad_statement", field)
