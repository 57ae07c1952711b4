"""What can be told of a new account's fields before anybody else is asked: their forms, and how a password is guessed.

Never stricter than the authority, which judges names and e-mails itself.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator

from protocol.errors import Refused

PASSWORD_MIN = 12
PASSWORD_MAX = 1024
_DISTINCT_MIN = 5
_RUNS = ("abcdefghijklmnopqrstuvwxyz", "01234567890123456789", "qwertyuiopasdfghjklzxcvbnm", "ضصثقفغعهخحجچشسیبلاتنمکگ")
# Letters that differ, to the power of the length, in bits: what a fair password, and a good one, has less of. Words are
# guessed more easily than letters, so the measure is generous on purpose with long ones only.
_GOOD, _STRONG = 56, 84

_NAME_MIN, _NAME_MAX = 2, 32
_NAME_SIGNS = ".-_\u200c"
_EMAIL_MAX = 254


def check_password(
    password: str, confirm: str, *names: str, fields: tuple[str, str] = ("password", "password_confirm")
) -> None:
    """Refuse two that differ, and what is guessed first: short, few different letters, a name, a run of keys."""
    if not _rest(password, names):
        raise Refused("password_weak", field=fields[0])
    if password != confirm:
        raise Refused("password_mismatch", field=fields[1])


def strength(password: str, *names: str) -> int:
    """0: check_password refuses it; 1: fair; 2: good; 3: strong."""
    rest = _rest(password, names)
    if not rest:
        return 0
    bits = len(rest) * math.log2(len(set(rest)) + 1)
    return 1 + (bits >= _GOOD) + (bits >= _STRONG)


def as_pasted(text: str) -> str:
    """A name or an address without space around it, and without the marks that chats put around what is copied."""
    seen = [at for at, one in enumerate(text) if not one.isspace() and unicodedata.category(one) != "Cf"]
    return text[seen[0] : seen[-1] + 1] if seen else ""


def as_name(text: str) -> str:
    """A user name as it stands in the log, from what people type and paste."""
    return unicodedata.normalize("NFC", as_pasted(text))


def faults(email: str, username: str, password: str, password_confirm: str) -> Iterator[Refused]:
    """What is wrong with those that aren't empty, one for each field at most."""
    if email and not _is_email(as_pasted(email)):
        yield Refused("email_form", field="email")
    if username and not _is_name(as_name(username)):
        yield Refused("name_form", field="username")
    if password and not strength(password, *names_of(email, username)):
        yield Refused("password_weak", field="password")
    if password and password_confirm and password_confirm != password:
        yield Refused("password_mismatch", field="password_confirm")


def names_of(email: str, username: str) -> tuple[str, str]:
    """What a password must not consist of: the name, and the e-mail up to its @."""
    return as_name(username), as_pasted(email).partition("@")[0]


def _rest(password: str, names: tuple[str, ...]) -> str:
    """The password without names in it; nothing where it is too easy to guess, or too long."""
    if not PASSWORD_MIN <= len(password) <= PASSWORD_MAX or len(set(password)) < _DISTINCT_MIN:
        return ""
    rest = password.casefold()
    for name in sorted(names, key=len, reverse=True):  # the longer one may begin with the shorter
        rest = rest.replace(name.casefold(), "") if len(name) > 2 else rest
    if len(rest) < PASSWORD_MIN // 2 or any(rest in run + run or rest in (run + run)[::-1] for run in _RUNS):
        return ""
    return rest


def _is_email(email: str) -> bool:
    before, _at, behind = email.partition("@")
    return (
        bool(before and behind) and len(email) <= _EMAIL_MAX and not any(one.isspace() or one == "@" for one in behind)
    )


def _is_name(name: str) -> bool:
    return _NAME_MIN <= len(name) <= _NAME_MAX and all(map(_is_of_a_name, name))


def _is_of_a_name(letter: str) -> bool:
    kind = unicodedata.category(letter)
    return letter in _NAME_SIGNS or kind[0] in "LM" or kind == "Nd"
