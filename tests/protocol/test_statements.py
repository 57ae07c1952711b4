"""Statements (docs/protocol.md section 4): the bytes as received, one context for each purpose, nothing left over."""

from __future__ import annotations

import itertools
import typing
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol import statements
from protocol.errors import Forged, HamrazError
from protocol.primitives import SigningKey
from protocol.statements import Proof, Signed, Statement, check, check_proof, decode_strict, issue, prove
from tests.protocol.effort import bits, examples, flip
from tests.protocol.fixed_people import AUTHORITY_ID, NIMA, OTHER_AUTHORITY_ID, PARVIN, seed
from tests.protocol.hostile import BOMBS, NOISE, ODD, VALUES, damaged, odd
from tests.protocol.samples import FINGERPRINT, NONCE, STATEMENTS

KINDS = [type(statement) for statement, _ in STATEMENTS]
BODIES = [issue(statement, key, AUTHORITY_ID).body for statement, key in STATEMENTS]
every_statement = pytest.mark.parametrize(("statement", "key"), STATEMENTS, ids=[kind.__name__ for kind in KINDS])


def refused(code: str) -> pytest.RaisesExc[Forged]:
    return pytest.RaisesExc(Forged, check=lambda reason: reason.code == code)


def leaves(base: type[Statement]) -> set[type[Statement]]:
    """Those of the protocol: tests make hollow ones of their own."""
    found = {leaf for kind in base.__subclasses__() for leaf in (leaves(kind) or {kind})}
    return {leaf for leaf in found if leaf.__module__.startswith("protocol.")}


def test_there_is_a_sample_of_every_statement() -> None:
    assert set(KINDS) == leaves(Statement)


@every_statement
def test_what_is_issued_checks(statement: Statement, key: SigningKey) -> None:
    assert check(issue(statement, key, AUTHORITY_ID), type(statement), key.public, AUTHORITY_ID) == statement


@every_statement
def test_every_flipped_bit_is_refused(statement: Statement, key: SigningKey) -> None:
    signed = issue(statement, key, AUTHORITY_ID)
    for bit in bits(signed.body):
        with refused("bad_signature"):
            check(Signed(flip(signed.body, bit), signed.sig), type(statement), key.public, AUTHORITY_ID)
    for bit in bits(signed.sig):
        with refused("bad_signature"):
            check(Signed(signed.body, flip(signed.sig, bit)), type(statement), key.public, AUTHORITY_ID)


@every_statement
def test_another_authority_and_another_key_are_refused(statement: Statement, key: SigningKey) -> None:
    signed = issue(statement, key, AUTHORITY_ID)
    with refused("bad_signature"):
        check(signed, type(statement), key.public, OTHER_AUTHORITY_ID)
    with refused("bad_signature"):
        check(signed, type(statement), SigningKey(seed("stranger")).public, AUTHORITY_ID)


def test_contexts_differ_and_hold_no_zero() -> None:
    contexts = [kind.CONTEXT for kind in KINDS]
    assert len(set(contexts)) == len(contexts)
    assert all(context and b"\0" not in context for context in contexts)


def test_no_signature_holds_in_another_context() -> None:
    for (statement, key), other in itertools.product(STATEMENTS, KINDS):
        if other is not type(statement):
            with refused("bad_signature"):
                check(issue(statement, key, AUTHORITY_ID), other, key.public, AUTHORITY_ID)


@every_statement
def test_a_field_more_or_less_or_of_another_type_is_refused(statement: Statement, key: SigningKey) -> None:
    kind = type(statement)
    fields = msgspec.to_builtins(statement, builtin_types=(bytes,))
    wrong: list[Any] = [fields[:-1], [*fields, None], [*fields, 0], {"body": fields}, None, 5, b"", ""]
    for at, field in enumerate(fields):
        for other in (5.0, [], {}, True if not isinstance(field, bool) else 1, msgspec.Raw(b"\xd4\x01\x00")):
            wrong.append([*fields[:at], other, *fields[at + 1 :]])
        if isinstance(field, bytes) and kind.__struct_fields__[at] not in (
            "body",
            "message",
            "called",
            "note",
            "picture",
            "wrapped",
            "reason",
        ):
            wrong += [[*fields[:at], changed, *fields[at + 1 :]] for changed in (field[:-1], field + b"\0", b"")]
        if isinstance(field, bytes):
            wrong.append([*fields[:at], field.hex(), *fields[at + 1 :]])
        if isinstance(field, int):
            wrong += [[*fields[:at], number, *fields[at + 1 :]] for number in (-1, 2**63, 2**64 - 1)]
        if isinstance(field, str):
            not_utf8 = (msgspec.Raw(b"\xa2\xc0\x80"), msgspec.Raw(b"\xa3\xed\xa0\x80"))
            wrong += [[*fields[:at], other, *fields[at + 1 :]] for other in (field.encode(), *not_utf8)]
    for value in wrong:
        body = msgspec.msgpack.encode(value)
        with refused("bad_statement"):
            # signed right, so that only its form can be at fault
            check(Signed(body, key.sign(kind.CONTEXT, AUTHORITY_ID, body)), kind, key.public, AUTHORITY_ID)


@every_statement
@examples(4)
@given(st.data())
def test_an_unusual_encoding_verifies_as_it_came(statement: Statement, key: SigningKey, data: st.DataObject) -> None:
    kind = type(statement)
    body = data.draw(odd(msgspec.to_builtins(statement, builtin_types=(bytes,))))
    signed = Signed(body, key.sign(kind.CONTEXT, AUTHORITY_ID, body))
    assert check(signed, kind, key.public, AUTHORITY_ID) == statement
    # and the same statement, encoded anew, is another thing: its signature is not this one
    if body != msgspec.msgpack.encode(statement):
        with refused("bad_signature"):
            check(Signed(msgspec.msgpack.encode(statement), signed.sig), kind, key.public, AUTHORITY_ID)


@examples(80)
@given(st.sampled_from([*KINDS, Signed]), NOISE | ODD | damaged(BODIES) | st.lists(VALUES, max_size=9).flatmap(odd))
def test_garbage_is_named(kind: type[Statement], body: bytes) -> None:
    try:
        found = decode_strict(body, kind)
    except HamrazError as reason:
        assert reason.code == "bad_statement"
    else:
        assert isinstance(found, kind)


@pytest.mark.parametrize("kind", [*KINDS, Signed], ids=lambda kind: kind.__name__)
def test_a_bomb_is_named(kind: type[Statement]) -> None:
    for bomb in BOMBS:
        with refused("bad_statement"):
            decode_strict(bomb, kind)


# --- proofs ---

CALL = {"purpose": "peer", "called": NIMA.uid, "nonce": NONCE, "fingerprint": FINGERPRINT, "uid": PARVIN.uid}


def test_a_proof_is_for_one_connection_only() -> None:
    signed = prove(*CALL.values(), PARVIN.key, AUTHORITY_ID)  # type: ignore[arg-type]
    expected: dict[str, Any] = {**CALL, "key": PARVIN.key.public, "authority_id": AUTHORITY_ID}
    check_proof(signed, **expected)
    for name, other, code in (
        ("purpose", statements.PROOF_AUTHORITY, "wrong_recipient"),
        ("purpose", statements.PROOF_GROUP, "wrong_recipient"),
        ("called", PARVIN.uid, "wrong_recipient"),
        ("called", b"", "wrong_recipient"),
        ("uid", NIMA.uid, "wrong_recipient"),
        ("fingerprint", seed("man in the middle"), "wrong_certificate"),
        ("nonce", seed("an older connection"), "bad_signature"),
        ("key", NIMA.key.public, "bad_signature"),
        ("authority_id", OTHER_AUTHORITY_ID, "bad_signature"),
    ):
        with refused(code):
            check_proof(signed, **{**expected, name: other})


def test_the_three_purposes_differ() -> None:
    purposes = {statements.PROOF_AUTHORITY, statements.PROOF_GROUP, statements.PROOF_PEER}
    assert len(purposes) == 3 and typing.get_type_hints(Proof)["purpose"] is str
