"""Comparing by code, at two agents whose people have met: what each is told, and what it proves of the log."""

from __future__ import annotations

import pytest

from protocol import safety
from protocol.errors import HamrazError, Refused
from protocol.primitives import SigningKey
from protocol.safety import SafetyCode
from protocol.statements import Head, issue
from tests.world import Person, World


def code_of(one: Person, other: Person) -> str:
    return str(one.agent().safety_number(other.name)["code"])


def verdict(one: Person, other: Person, code: str) -> tuple[str, str | None]:
    answer = one.agent().compare_safety(other.name, code)
    return answer["verdict"], answer["log"]


def test_both_see_the_same(world: World, arash: Person, sara: Person, mani: Person) -> None:
    assert verdict(arash, sara, code_of(sara, arash)) == ("same", "same")
    assert verdict(sara, arash, code_of(arash, sara)) == ("same", "same")
    assert not arash.agent().safety_number("sara")["verified"]  # which is the person's to say


def test_the_wrong_code_is_told_from_a_wrong_number(world: World, arash: Person, sara: Person, mani: Person) -> None:
    assert verdict(arash, sara, code_of(arash, sara)) == ("own", None)
    assert verdict(arash, sara, code_of(mani, arash)) == ("other_people", None)
    assert verdict(arash, sara, code_of(sara, mani)) == ("other_people", None)
    shown = safety.read_code(code_of(sara, arash))
    other = SafetyCode(shown.shower, shown.other, [*shown.digits[:-1], "00000"], shown.head)
    assert verdict(arash, sara, other.encode()) == ("differs", "same")
    with pytest.raises(Refused) as reason:
        verdict(arash, sara, "30824 91756")
    assert (reason.value.code, reason.value.field) == ("bad_safety_code", "code")


def test_a_head_that_contradicts_ours_raises_the_alarm(world: World, arash: Person, sara: Person) -> None:
    shown = safety.read_code(code_of(sara, arash))
    other_history = issue(Head(2, b"x" * 32), world.authority_key, world.authority.id)
    assert verdict(arash, sara, SafetyCode(*_parts(shown), other_history).encode()) == ("same", "split")
    assert arash.node.ctx.trust.alarm is not None


def test_a_head_that_nobody_signed_proves_nothing(world: World, arash: Person, sara: Person) -> None:
    shown = safety.read_code(code_of(sara, arash))
    made_up = issue(Head(2, b"x" * 32), SigningKey.generate(), world.authority.id)
    assert verdict(arash, sara, SafetyCode(*_parts(shown), made_up).encode()) == ("same", "unsigned")
    assert arash.node.ctx.trust.alarm is None


def test_a_newer_log_of_the_other_s_is_fetched(world: World, arash: Person, sara: Person) -> None:
    before = arash.node.ctx.trust.log.size
    world.sign_up("newcomer")
    sara.settle()
    assert verdict(arash, sara, code_of(sara, arash)) == ("same", "same")
    assert arash.node.ctx.trust.log.size == before + 1
    world.sign_up("another")
    sara.settle()
    code = code_of(sara, arash)
    world.cut("authority")  # then it can't be fetched: nothing is wrong, and nothing is known
    assert verdict(arash, sara, code) == ("same", "behind")


def test_qr_codes_say_what_is_shown(world: World, arash: Person, sara: Person) -> None:
    for what, name in (("join", None), ("safety", "sara")):
        answer = arash.agent().qr(what, name)
        rows = answer["rows"]
        assert all(len(row) == len(rows) and set(row) <= {"0", "1"} for row in rows)
        assert rows[0].startswith("1111111") and rows[0].endswith("1111111")  # two of its corners, without a margin
    assert arash.agent().qr("join", None)["text"] == arash.agent().snapshot()["join_link"]
    with pytest.raises(HamrazError) as reason:
        arash.agent().qr("safety", "nobody")
    assert reason.value.code == "unknown_user"


def test_the_owner_s_code_is_not_passed_on(world: World, arash: Person) -> None:
    """arash made the first account with the owner link; what he gives to others has no trace of it."""
    link = str(arash.agent().snapshot()["join_link"])
    assert world.owner_code not in link and str(world.link.invitation) in link


def _parts(code: SafetyCode) -> tuple[bytes, bytes, list[str]]:
    return code.shower, code.other, code.digits
