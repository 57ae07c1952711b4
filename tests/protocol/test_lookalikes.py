"""Which names look alike, which stay apart, and by what a name of any form is compared."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.lookalikes import comparison_key, look, looks

HALF_SPACE = "\u200c"

LOOKALIKE = [
    ("علي", "علی"),
    ("كاوه", "کاوه"),
    ("فاطمة", "فاطمه"),
    ("آرش", "ارش"),
    ("أحمد", "احمد"),
    ("إحسان", "احسان"),
    ("مؤمن", "مومن"),
    ("عَلی", "علی"),
    ("عـلی", "علی"),
    (f"می{HALF_SPACE}نا", "مینا"),
    ("علی۳", "علی3"),
    ("علی٣", "علی۳"),
    ("هدی", "ہدی"),
    ("sara", "Sara"),
    ("sara", "SARA"),
    ("сор", "cop"),  # Cyrillic and Latin
    ("ВОВА", "BOBA"),
    ("вова", "ВОВА"),
    ("ΑΝΝΑ", "ANNA"),  # Greek and Latin
    ("Π1", "П1"),  # Greek and Cyrillic
    ("AIi", "Ali"),  # a capital i
    ("a1i", "ali"),
    ("b0b", "bob"),
    ("rnary", "mary"),
    ("vvim", "wim"),
    ("josé", "jose"),
    ("ıan", "ian"),
    ("straße", "strasse"),
]

APART = [
    ("ali", "all"), ("van", "nan"), ("may", "mau"), ("sara", "zara"), ("علی", "علا"), ("ali1", "ali2"),
    ("रमि", "रमु"), ("ali.b", "alib"), ("مینا", "مانی"),
]  # fmt: skip


def alike(one: str, other: str) -> bool:
    return comparison_key(one) == comparison_key(other) or look(one) == look(other)


@pytest.mark.parametrize(("one", "other"), LOOKALIKE)
def test_two_names_look_alike(one: str, other: str) -> None:
    assert alike(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ˢ", "ᣛ"),  # two that look like a third and no other
        ("ɛ", "ε"),  # two of many that look like one, no letter of ASCII
        ("Ꝫ", "Ȝ"),
    ],
)
def test_two_letters_look_alike_as_a_third_has_both(one: str, other: str) -> None:
    assert alike(one, other)


@pytest.mark.parametrize(("one", "other"), APART)
def test_two_names_stay_apart(one: str, other: str) -> None:
    assert not alike(one, other)


@given(st.text(alphabet="abIl10Ooآاأيیكکةه\u200cـ۱٣éßрасе", min_size=2, max_size=8))
def test_a_name_is_like_itself_in_any_case(name: str) -> None:
    for other in (name.lower(), name.upper().lower()):
        if len(name.upper()) == len(name):
            assert alike(name, other) or "I" in name or "ı" in name


DISPLAYED = [
    ("Sara K.", "sara_k"),
    ("Sara ✓", "sara"),
    ("S\u200bara", "Sara"),
    ("ＳＡＲＡ", "sara"),
    ("Sаrа", "Sara"),  # two Cyrillic letters
    ("علي  رضايی", "علی رضایی"),
    ("🌸", "🌸 "),
    ("Sara\u3164", "Sara\u115f"),  # letters that are drawn as nothing
    ("аррӏе", "apple"),
]


@pytest.mark.parametrize(("one", "other"), DISPLAYED)
def test_what_people_write_about_a_name_makes_it_no_other(one: str, other: str) -> None:
    assert looks(one) & looks(other)


@pytest.mark.parametrize(("one", "other"), [*APART[:3], ("🌸", "🌺"), ("Sara K.", "Sara M."), ("Sara", "")])
def test_what_people_write_about_names_leaves_them_apart(one: str, other: str) -> None:
    assert not looks(one) & looks(other)


def test_ascii_letters_stand_for_themselves() -> None:
    small = "abcdefghijklmnopqrstuvwxyz"
    assert comparison_key(" ".join(small)) == " ".join(small)
    assert [look(letter) for letter in small.upper()] == [{"I": "l"}.get(letter, letter) for letter in small.upper()]
