"""A signed head of the log that fetching doesn't reach: named, with evidence; what it stops, and what ends it."""

from __future__ import annotations

import json

import pytest

from authority_server.core.authority import Authority
from protocol.errors import Forged, HamrazError
from protocol.evidence import Verdict, judge
from tests.world import Person, World
from web_client.account.events import StatesChanged
from web_client.account.states import LOG_BEHIND


@pytest.fixture
def fuller(world: World, arash: Person, sara: Person, mani: Person) -> Authority:
    """The face that sara sees: it has an entry more than the one that is shown to arash and mani."""
    arash.say(sara, "before")
    face = world.second_face()
    world.faces["sara"] = world.faces["zal"] = face
    world.cut("sara")
    for channel in list(sara.network.channels):
        channel.close()
    sara.node.authority.connect()
    world.sign_up("zal")
    sara.node.authority.log.sync()
    assert sara.node.ctx.trust.log.size == arash.node.ctx.trust.log.size + 1
    return face


def reach(world: World, person: Person, times: int) -> None:
    for _ in range(times):
        world.now += 60_000
        person.node.authority.log.reach()


def code_of(refusal: pytest.ExceptionInfo[HamrazError]) -> str:
    return refusal.value.code


def test_it_is_named_after_three_answers_in_vain(world: World, arash: Person, sara: Person, fuller: Authority) -> None:
    sara.say(arash, "look at my log")
    node = arash.node
    assert node.ctx.trust.behind and node.ctx.trust.alarm is None
    reach(world, arash, 2)
    assert not node.ctx.states.has(LOG_BEHIND)
    reach(world, arash, 1)
    (shown,) = arash.agent().snapshot()["states"]
    assert (shown["code"], shown["evidence"]) == (LOG_BEHIND, True)
    assert shown["values"] == {"signed": node.ctx.trust.log.size + 1, "shown": node.ctx.trust.log.size}
    assert StatesChanged() in arash.changes


def test_an_authority_that_is_slow_or_away_is_not_named(
    world: World, arash: Person, sara: Person, fuller: Authority
) -> None:
    sara.say(arash, "look at my log")
    world.authority_up = False
    arash.network.cut("authority")
    for _ in range(5):
        world.now += 60_000
        with pytest.raises(HamrazError) as refusal:
            arash.node.authority.log.reach()
        assert code_of(refusal) == "authority_down"
    assert not arash.node.ctx.states.has(LOG_BEHIND)


def test_private_chats_with_known_people_go_on_and_others_wait(
    world: World, arash: Person, sara: Person, mani: Person, fuller: Authority
) -> None:
    sara.say(arash, "look at my log")
    reach(world, arash, 3)
    arash.say(sara, "we know each other")
    assert sara.texts(arash)[-1] == "we know each other"
    for act in (
        lambda: arash.write(mani, "we don't"),
        lambda: arash.agent().add_permissions("mani", "admin"),
        lambda: arash.node.groups.create("group", [sara.uid], "all"),
    ):
        with pytest.raises(HamrazError) as refusal:
            act()  # type: ignore[no-untyped-call]
        assert code_of(refusal) == "log_behind"


def test_the_safety_code_says_behind_and_never_same(
    world: World, arash: Person, sara: Person, fuller: Authority
) -> None:
    code = sara.agent().safety_number("arash")["code"]
    assert arash.agent().compare_safety("sara", code) == {"verdict": "same", "log": "behind"}
    ours = arash.agent().safety_number("sara")["code"]
    assert sara.agent().compare_safety("arash", ours) == {"verdict": "same", "log": "same"}, "a smaller one is no lie"


def test_it_ends_when_the_entries_arrive(world: World, arash: Person, sara: Person, fuller: Authority) -> None:
    sara.say(arash, "look at my log")
    reach(world, arash, 3)
    world.faces["arash"] = fuller
    arash.network.cut("authority")
    arash.node.authority.connect()
    reach(world, arash, 1)
    assert arash.agent().snapshot()["states"] == [] and not arash.node.ctx.trust.behind
    assert arash.node.ctx.trust.alarm is None
    code = sara.agent().safety_number("arash")["code"]
    assert arash.agent().compare_safety("sara", code)["log"] == "same"


def test_it_holds_over_a_restart(world: World, arash: Person, sara: Person, fuller: Authority) -> None:
    sara.say(arash, "look at my log")
    reach(world, arash, 3)
    arash.restart()
    assert arash.node.ctx.states.has(LOG_BEHIND) and arash.node.ctx.trust.behind
    reach(world, arash, 1)
    assert arash.node.ctx.states.has(LOG_BEHIND)


def test_the_evidence_holds_for_a_stranger(world: World, arash: Person, sara: Person, fuller: Authority) -> None:
    sara.say(arash, "look at my log")
    reach(world, arash, 3)
    evidence = json.loads(json.dumps(arash.agent().evidence(LOG_BEHIND, "")["evidence"]))
    size = arash.node.ctx.trust.log.size
    assert judge(evidence, world.link.authority_id) == Verdict("behind", size + 1, str(size))
    for broken in (
        evidence | {"larger": evidence["shown"]},
        evidence | {"log": evidence["log"][:-1]},
        evidence | {"log": evidence["log"][1:]},
        evidence | {"larger": {"body": evidence["larger"]["body"], "sig": "00" * 64}},
        evidence | {"authority_key": "00" * 32},
    ):
        with pytest.raises(Forged):
            judge(broken, world.link.authority_id)
    with pytest.raises(HamrazError) as refusal:
        sara.agent().evidence(LOG_BEHIND, "")
    assert code_of(refusal) == "no_evidence"
