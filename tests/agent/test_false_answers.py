"""An answer of the directory that its own log contradicts is kept: named on the page, with evidence for anybody."""

from __future__ import annotations

import json

import msgspec
import pytest

from protocol.errors import HamrazError
from protocol.evidence import Verdict, judge
from protocol.primitives import SigningKey
from protocol.statements import NO_DEVICE, Presence, issue
from tests.agent.test_impostors import FALSE, answering, refusal
from tests.world import Person, World
from web_client.account.states import FALSE_ANSWER
from web_client.authority import directory

PROVEN = {"name": 2, "key": 2, "uid": 2, "entry": 1}  # what is changed: the entry that contradicts it


def told_false(person: Person) -> list[str]:
    return [one["name"] for one in person.agent().snapshot()["states"] if one["code"] == FALSE_ANSWER]


def verdict(world: World, person: Person, about: Person) -> Verdict:
    saved = person.agent().evidence(FALSE_ANSWER, about.uid.hex())["evidence"]
    return judge(json.loads(json.dumps(saved)), world.link.authority_id)


def proven(world: World, person: Person, about: Person) -> tuple[str, int]:
    found = verdict(world, person, about)
    return found.what, found.at


@pytest.mark.parametrize("what", FALSE)
def test_it_is_named_once_with_evidence_if_it_proves_anything(
    world: World, arash: Person, sara: Person, mani: Person, what: str
) -> None:
    answering(world, lambda found: FALSE[what](world, found))
    for _ in range(2):
        assert refusal(lambda: directory.look_up(arash.node.ctx, arash.node.authority, "sara")) == "wrong_answer"
    assert told_false(arash) == (["sara"] if what in PROVEN else [])
    assert arash.node.ctx.trust.alarm is None
    if what not in PROVEN:
        return  # another nonce, or an entry that isn't shown: nobody else could tell
    assert proven(world, arash, sara) == ("answer", PROVEN[what])
    world.carry = lambda source, target, body: [body]
    arash.restart()
    world.sign_up("zal")  # the log grows; the answer stays what it was
    arash.node.authority.log.sync()
    assert told_false(arash) == ["sara"] and proven(world, arash, sara) == ("answer", PROVEN[what])
    arash.say(sara, "nothing was sent by its word")
    assert sara.texts(arash) == ["nothing was sent by its word"]


@pytest.mark.parametrize("whose", ["mani", "mallory"])
def test_a_record_that_is_not_theirs_is_evidence_too(
    world: World, arash: Person, sara: Person, mani: Person, whose: str
) -> None:
    theirs = directory.look_up(arash.node.ctx, arash.node.authority, "mani")[1].presence
    if whose == "mallory":
        forged = Presence(sara.uid, NO_DEVICE, 99, ["192.168.0.9"], mani.network.port, mani.network.fingerprint)
        theirs = issue(forged, SigningKey.generate(), world.link.authority_id)
    answering(world, lambda found: msgspec.structs.replace(found, presence=theirs) if found.name == "sara" else found)
    arash.write(sara, "one")
    arash.deliver()
    assert arash.shown(sara)[0]["why"] == "bad_signature" and told_false(arash) == ["sara"]
    assert verdict(world, arash, sara) == Verdict("answer", 2, "presence")


def test_who_is_called_notices_it_as_well(world: World, arash: Person, sara: Person, mani: Person) -> None:
    answering(world, lambda found: FALSE["key"](world, found) if found.name == "arash" else found)
    with pytest.raises(HamrazError):
        arash.node.links.get(sara.uid)
    assert told_false(sara) == ["arash"] and told_false(arash) == []


def test_an_older_record_is_old_and_no_lie(world: World, arash: Person, sara: Person) -> None:
    old = directory.look_up(arash.node.ctx, arash.node.authority, "sara")[1].presence
    sara.restart()
    arash.say(sara, "one")
    answering(world, lambda found: msgspec.structs.replace(found, presence=old) if found.name == "sara" else found)
    assert refusal(lambda: directory.locate(arash.node.ctx, arash.node.authority, sara.uid)) == "stale_presence"
    assert told_false(arash) == []


def test_an_honest_authority_never_says_what_would_look_so(world: World, arash: Person, sara: Person) -> None:
    """While a key changes, neither a record by a key that isn't shown yet, nor one by the key that is gone."""
    arash.say(sara, "one")
    sara.node.keys.renew()
    for _ in range(2):
        arash.node.authority.log.sync()
        directory.look_up(arash.node.ctx, arash.node.authority, "sara")
        world.settle()
        arash.say(sara, "two")
    assert told_false(arash) == told_false(sara) == []
