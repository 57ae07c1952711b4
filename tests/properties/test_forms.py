"""Of every form of the wire: whatever stands in its fields is read as it was written, or refused by the one name that
the document has for it; never anything else, and by both readings alike.
"""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.errors import HamrazError
from tests.properties.forms import LOCAL, Form, every_struct, form_of
from tests.properties.values import Pool, around, fields, strange
from tests.protocol import reference
from tests.protocol.effort import examples
from tests.protocol.hostile import odd

FORMS = [form for kind in every_struct() if (form := form_of(kind)) is not None]
every_form = pytest.mark.parametrize("form", FORMS, ids=repr)
POOL = Pool(blobs=[msgspec.msgpack.encode([b"", bytes(64)])])


def test_every_form_of_the_protocol_is_tried() -> None:
    unread = {kind.__name__ for kind in every_struct() if form_of(kind) is None}
    assert unread <= LOCAL
    assert len(FORMS) > 140  # so that a search that finds nothing is noticed


def ours(form: Form, body: bytes) -> Any:
    try:
        return msgspec.to_builtins(form.ours(body), builtin_types=(bytes,))
    except HamrazError as reason:
        assert reason.code in form.codes
        return reason.code


def theirs(form: Form, body: bytes) -> Any:
    try:
        return form.theirs(body)
    except reference.Wrong as reason:
        return reason.args[0]


def whole(value: Any) -> Any:
    """Without tuples, which MessagePack doesn't have."""
    if isinstance(value, list | tuple):
        return [whole(one) for one in value]
    return {key: whole(one) for key, one in value.items()} if isinstance(value, dict) else value


def outcome(form: Form, body: bytes) -> Any:
    """What both readings make of it."""
    found = whole(ours(form, body))
    assert found == whole(theirs(form, body))
    return found


@every_form
def test_every_field_at_its_bounds_and_one_beyond(form: Form) -> None:
    fitted = 0
    for value in around(form.kind):
        try:
            body = msgspec.msgpack.encode(value)
        except (OverflowError, msgspec.MsgspecError):  # no integer of MessagePack
            continue
        found = outcome(form, body)
        fitted += found == whole(value)
        assert isinstance(found, list) or found in form.codes
    assert fitted


@every_form
@examples(3)
@given(st.data())
def test_what_fits_its_types_comes_back(form: Form, data: st.DataObject) -> None:
    value = data.draw(fields(form.kind, POOL))
    found = outcome(form, msgspec.msgpack.encode(value))
    assert found == whole(value) or found in form.codes


@every_form
@examples(4)
@given(st.data())
def test_what_does_not_fit_is_named(form: Form, data: st.DataObject) -> None:
    value = data.draw(strange(form.kind, POOL))
    try:
        body = data.draw(odd(value)) if data.draw(st.booleans()) else msgspec.msgpack.encode(value)
    except (OverflowError, msgspec.MsgspecError):  # no integer of MessagePack
        return
    found = outcome(form, body)
    assert isinstance(found, list) or found in form.codes
