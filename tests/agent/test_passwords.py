"""Which passwords are taken: long ones that aren't what is guessed first."""

from __future__ import annotations

import pytest

from authority_server.rules.usernames import check_form
from protocol.errors import HamrazError
from tests.processes import PASSWORD
from tests.world import World
from web_client.account.new_account import PASSWORD_MAX, PASSWORD_MIN, check_password, faults, strength

NAMES = ("niloufar", "niloufar.karimi")


def refusal(password: str, confirm: str | None = None) -> tuple[str, str | None]:
    with pytest.raises(HamrazError) as reason:
        check_password(password, password if confirm is None else confirm, *NAMES)
    return reason.value.code, reason.value.field


@pytest.mark.parametrize(
    "password",
    [
        "",
        "short",
        "elevenchars",
        "x" * (PASSWORD_MAX + 1),
        "aaaaaaaaaaaa",
        "abababababab",
        "123412341234",
        "            ",
        "niloufarniloufar",
        "NILOUFAR.karimi",
        "niloufar1404",
        "1404niloufar",
        "abcdefghijkl",
        "lkjihgfedcba",
        "mnopqrstuvwxyz",
        "123456789012",
        "098765432109",
        "QWERTYUIOPASDF",
        "ضصثقفغعهخحجچشس",
    ],
)
def test_what_is_guessed_first_is_refused(password: str) -> None:
    assert refusal(password) == ("password_weak", "password")


@pytest.mark.parametrize(
    "password",
    [
        "three or four words",
        "صبح زود کنار رود",
        "Tr0ub4dor&3xy",
        "a" * 8 + "bcde!",
        "niloufar likes green tea",
        "pass\u200cword of mine 🍵",
        "x y z w v " * 100,
    ],
)
def test_a_few_words_are_enough(password: str) -> None:
    check_password(password, password, *NAMES)
    assert PASSWORD_MIN <= len(password) <= PASSWORD_MAX


def test_two_that_differ() -> None:
    assert refusal("three or four words", "three or four word") == ("password_mismatch", "password_confirm")
    assert refusal("three or four words", "") == ("password_mismatch", "password_confirm")
    assert refusal("weak", "other") == ("password_weak", "password")


def test_a_very_short_name_says_nothing_about_a_password() -> None:
    check_password("abracadabra x", "abracadabra x", "ab", "a")


@pytest.mark.parametrize(
    ("new", "confirm", "expected"),
    [
        ("short", "short", ("password_weak", "new_password")),
        ("arash arash arash", "arash arash arash", ("password_weak", "new_password")),
        ("quite another phrase", "quite another phrase!", ("password_mismatch", "new_password_confirm")),
    ],
)
def test_a_new_password_is_checked_like_the_first_one(new: str, confirm: str, expected: tuple[str, str]) -> None:
    arash = World().sign_up("arash")
    with pytest.raises(HamrazError) as caught:
        arash.agent().change_password("the old one", new, confirm)
    assert (caught.value.code, caught.value.field) == expected


def test_the_strength_rises_with_what_has_to_be_guessed_and_is_0_for_what_is_refused() -> None:
    rising = ("Tr0ub4dor&3xy", "three or four words", "three or four words and one more")
    assert [strength(one, *NAMES) for one in rising] == [1, 2, 3]
    assert [strength(one, *NAMES) for one in ("short", "niloufar1404", "z" * 12, "abcdefghijkl")] == [0, 0, 0, 0]


def found(email: str, username: str, password: str, confirm: str) -> dict[str | None, str]:
    return {fault.field: fault.code for fault in faults(email, username, password, confirm)}


def test_all_that_is_wrong_is_told_at_once() -> None:
    assert found("sara", "o", "short", "other") == {
        "email": "email_form",
        "username": "name_form",
        "password": "password_weak",
        "password_confirm": "password_mismatch",
    }
    assert found("", "", "", "") == {}
    assert found(" Sara@Example.org ", " کیان ", PASSWORD, PASSWORD) == {}
    assert found("\u2068sara@example.org\u2069\u200f", "\u200e\ufeffکیان \u2069", PASSWORD, PASSWORD) == {}
    assert found("niloufar@a", "niloufar", "niloufar1404", "niloufar1404") == {"password": "password_weak"}


@pytest.mark.parametrize("email", [" ", "a", "@a", "a@", "a@b@c", "a@b c", "a@" + "b" * 300])
def test_what_is_no_e_mail(email: str) -> None:
    assert found(email, "", "", "") == {"email": "email_form"}


@pytest.mark.parametrize("name", [" ", "o", "o" * 33, "omid reza", "<b>", "🦊🦊", "omid\u202edimo"])
def test_what_is_no_user_name(name: str) -> None:
    assert found("", name, "", "") == {"username": "name_form"}


@pytest.mark.parametrize("name", ["sara", "کیان", "نیم\u200cفاصله", "a.b-c_d", "ژ۱۲", "Ok", "अनु"])
def test_what_the_authority_may_take_is_never_refused_here(name: str) -> None:
    check_form(name)
    assert found("", name, "", "") == {}
