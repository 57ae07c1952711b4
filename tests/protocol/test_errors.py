"""The error tree (docs/protocol.md section 12): stable codes, and nothing that the wire brings can break it."""

from __future__ import annotations

import re
from typing import Any
from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol import errors
from protocol.errors import CATALOGUE, HamrazError, Refused, error, from_wire
from tests.protocol.effort import examples

PLACE = re.compile(r"\{(.*?)\}")
NAMES = sorted({name for _, *texts in CATALOGUE.values() for text in texts for name in PLACE.findall(text)})


@pytest.mark.parametrize("code", CATALOGUE)
def test_the_words_of_a_code_are_sentences_without_holes(code: str) -> None:
    _category, text, hint = CATALOGUE[code]
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", code)
    assert text.endswith(".") and (not hint or hint.endswith("."))
    filled = error(code, **dict.fromkeys(PLACE.findall(text + hint), "VALUE"))
    assert "{" not in str(filled) and "}" not in str(filled)


def test_the_tree_has_five_branches() -> None:
    assert {kind.category for kind in HamrazError.__subclasses__()} == {category for category, *_ in CATALOGUE.values()}


def test_a_code_that_is_not_in_the_catalogue_is_a_mistake_of_ours() -> None:
    with pytest.raises(KeyError):
        Refused("no_such_code")


VALUES: Any = st.dictionaries(
    st.text(max_size=12)
    | st.sampled_from([*NAMES, "code", "field", "self", "values", "args", "category", "__class__"]),
    st.text(max_size=30)
    | st.text(min_size=195, max_size=300)
    | st.integers(-(2**63), 2**64 - 1)
    | st.sampled_from(["{limit}", "{code}", "{", "}", "{}", "\\1"]),
    max_size=6,
)


def bounded(value: str | int) -> str | int:
    """What a sentence holds of a value that the other side chose."""
    if isinstance(value, str):
        hidden = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"}
        kept = (one if one in " \u200c\u200d" or category(one) not in hidden else "\ufffd" for one in value[:200])
        return "".join(kept)
    return value


@examples(100)
@given(st.sampled_from(sorted(CATALOGUE)) | st.text(max_size=64), st.none() | st.text(max_size=20), VALUES)
def test_whatever_the_wire_brings_is_a_named_error(code: str, field: str | None, values: dict[str, Any]) -> None:
    made = from_wire(code, field, values)
    if code in errors.LOCAL:
        assert (made.code, made.values) == ("internal", {})
    elif code in CATALOGUE:
        assert made.code == code and made.category == CATALOGUE[code][0]
        assert made.field == (None if field is None else bounded(field))
        assert set(made.values) <= set(PLACE.findall("".join(CATALOGUE[code][1:])))
        assert all(made.values[name] == bounded(values[name]) for name in made.values)
    else:
        assert (made.code, made.values) == ("unknown_error", {"code": bounded(code)})
    assert made.text and str(made)


def test_what_another_machine_mentions_moves_no_terminal() -> None:
    """An agent's log is a terminal: what the authority says of a frame's length would clear it, or type into it."""
    for code, name in (("frame_too_long", "length"), ("group_broken", "why"), ("mailbox_full", "name")):
        made = from_wire(code, "\x1b[2J", {name: "a\x1b]0;b\x07\r\n\u202ec\u2066d\x9b0m"})
        assert made.values[name] == "a\ufffd]0;b\ufffd\ufffd\ufffd\ufffdc\ufffdd\ufffd0m"
        assert "\x1b" not in str(made) + str(made.field)
    assert from_wire("mailbox_full", None, {"name": "می\u200cروم"}).values["name"] == "می\u200cروم"
    assert from_wire("no\x1bsuch", None, {}).values["code"] == "no\ufffdsuch"


def test_a_value_is_never_filled_in_twice() -> None:
    made = from_wire("frame_too_long", None, {"length": "{limit}", "limit": "{length}"})
    assert made.text == "A frame says that it is {limit} bytes long; {length} are allowed here."
    hostile = from_wire("frame_too_long", None, {"length} bytes long; {limit": "surprise"})
    assert hostile.values == {} and "surprise" not in str(hostile)


def test_what_only_this_machine_can_say_is_in_the_catalogue() -> None:
    assert set(CATALOGUE) >= errors.LOCAL
    assert {code for code in CATALOGUE if error(code).category == "damaged"} <= errors.LOCAL


def test_a_place_without_a_value_stays_as_it_is() -> None:
    assert "{n}" in str(Refused("slow_down"))


def test_what_to_do_about_it_is_told_with_what_the_other_side_said() -> None:
    told = from_wire("group_held", None, {"n": 7, "other": 1})
    assert "7" in told.hint and told.values == {"n": 7} and str(told) == f"{told.text} {told.hint}"
