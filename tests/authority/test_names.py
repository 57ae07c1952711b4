"""Names as a table: what may be one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authority_server.rules.usernames import KEY_LONGEST, check_form
from protocol.errors import HamrazError
from protocol.lookalikes import comparison_key
from tests.protocol.test_lookalikes import LOOKALIKE

HALF_SPACE = "\u200c"

GOOD = [
    "ali", "Ali", "ali.reza", "a-b_c", "سارا", "عَلی", f"می{HALF_SPACE}نا", "علی۱۲", "علی12", "Élodie", "straße",
    "Вова", "Ελένη", "日本", "कमला", "רות", "12", "x" * 32, "한국" * 16,
]  # fmt: skip

BAD = {
    "": "name_form",
    "a": "name_form",
    "x" * 33: "name_form",
    "ali reza": "name_form",
    "ali@home": "name_form",
    "😀😀": "name_form",
    ".ali": "name_form",
    "ali.": "name_form",
    "_ali": "name_form",
    "a\u202eli": "name_form",  # turns the direction round
    "a\u200dli": "name_form",  # zero-width joiner
    "a\u0000b": "name_form",
    f"ali{HALF_SPACE}reza": "name_form",  # half a space joins Arabic letters only
    f"{HALF_SPACE}مینا": "name_form",
    f"مینا{HALF_SPACE}": "name_form",
    f"می{HALF_SPACE}{HALF_SPACE}نا": "name_form",
    "e\u0301lodie": "name_form",  # decomposed
    "ａｌｉ": "name_form",  # full width
    "ﻋﻠﻲ": "name_form",  # presentation forms
    "\u0301ali": "name_form",
    "a\u0336\u0336\u0336li": "name_form",  # marks piled up
    "aliعلی": "name_scripts",
    "sаra": "name_scripts",  # one Cyrillic letter
    "ali۱": "name_scripts",
    "Αli": "name_scripts",  # one Greek letter
}


@pytest.mark.parametrize("name", GOOD)
def test_a_name_may_be(name: str) -> None:
    check_form(name)


@pytest.mark.parametrize("name", BAD, ids=ascii)
def test_a_name_may_not_be(name: str) -> None:
    with pytest.raises(HamrazError) as refusal:
        check_form(name)
    assert (refusal.value.code, refusal.value.field) == (BAD[name], "name")


@pytest.mark.parametrize("name", [name for pair in LOOKALIKE for name in pair])
def test_what_looks_alike_may_be_a_name(name: str) -> None:
    check_form(name)


@given(st.text(min_size=0, max_size=40))
def test_every_text_is_a_name_or_is_refused_by_name_and_its_key_fits_the_log(name: str) -> None:
    try:
        check_form(name)
    except HamrazError as refusal:
        assert refusal.code in ("name_form", "name_scripts")
    else:
        key = comparison_key(name)
        assert 1 <= len(key) <= KEY_LONGEST
        # asking again by what the log holds gives the same: folding has an end
        assert comparison_key(key) == key
