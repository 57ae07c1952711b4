"""An authority that signs two histories, or one that breaks a rule: the alarm goes up, sending stops, proof is kept.

`proves` is the third person: it knows the join link's authority_id and nothing else, and uses nothing of an agent.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from authority_server.core.authority import Authority
from authority_server.state.state import State
from protocol import messages
from protocol.errors import Forged, HamrazError
from protocol.evidence import Verdict, entry_hash, judge
from protocol.group_entries import ChainHead, chain_hash
from protocol.log import EMPTY_HASH, Log, link_hash, recovery_hash
from protocol.log_entries import Register, RegisterEntry, RoleChange, RoleEntry, encode_entry
from protocol.messages import Deliver, Delivered, FetchLog, LogPart, Welcomed
from protocol.primitives import SigningKey, VerifyKey
from protocol.roles import Role
from protocol.statements import Head, Signed, Welcome, decode_strict, issue, uid_of
from tests.agent.wire import decoded, frames_of
from tests.world import Person, World
from web_client.account.events import Equivocation


def hashes_of(entries: list[bytes]) -> list[bytes]:
    hashes = [EMPTY_HASH]
    for n, entry in enumerate(entries):
        hashes.append(link_hash(hashes[-1], n, entry))
    return hashes


def proves(evidence: dict[str, Any], authority_id: bytes) -> bool:
    """Whether this file shows, to somebody who trusts nobody, that the authority's key signed a lie."""
    evidence = json.loads(json.dumps(evidence))
    verdict = judged(evidence, authority_id)
    assert (verdict is not None) == proves_by_hand(evidence, authority_id)
    return verdict is not None


def judged(content: Any, authority_id: bytes) -> Verdict | None:
    """What our own check makes of it."""
    try:
        return judge(content, authority_id)
    except Forged:
        return None


def proves_by_hand(evidence: dict[str, Any], authority_id: bytes) -> bool:
    """The same without any of our code but the replay."""
    key = VerifyKey(bytes.fromhex(evidence["authority_key"]))
    assert key.fingerprint() == authority_id
    first, second = (checked_head(evidence["alarm"][side], key, authority_id) for side in ("first", "second"))
    log, rest = ([bytes.fromhex(raw) for raw in evidence[side]] for side in ("log", "refused"))
    other = log[: evidence["fork"]] + rest
    ours, theirs = hashes_of(log), hashes_of(other)
    if first.size == second.size and first.hash != second.hash:
        return True
    if first.size >= len(ours) or ours[first.size] != first.hash:
        return False
    if second.size < len(ours) and ours[second.size] != second.hash:
        return True  # one history under the first head; the second belongs to another
    if second.size >= len(theirs) or theirs[second.size] != second.hash:
        return False
    return theirs[first.size] != first.hash or breaks_a_rule(other, authority_id)


def checked_head(shown: dict[str, str], key: VerifyKey, authority_id: bytes) -> Head:
    body, sig = bytes.fromhex(shown["body"]), bytes.fromhex(shown["sig"])
    key.verify(Head.CONTEXT, authority_id, body, sig)
    return decode_strict(body, Head)


def breaks_a_rule(entries: list[bytes], authority_id: bytes) -> bool:
    log = Log(authority_id)
    try:
        for entry in entries:
            log.append(entry)
    except Forged:
        return True
    return False


def check_alarmed(world: World, person: Person, other: Person) -> dict[str, Any]:
    """The alarm is up and told, sending has stopped, also after a restart; returns the evidence."""
    alarm = person.node.ctx.trust.alarm
    assert alarm is not None
    assert [event.alarm for event in person.changes if isinstance(event, Equivocation)] == [alarm]
    for _ in range(2):
        with pytest.raises(HamrazError) as refusal:
            person.write(other, "anybody there?")
        assert refusal.value.code == "sending_stopped"
        before = len(frames_of(world, Deliver, person.name, other.name))
        person.deliver()
        assert len(frames_of(world, Deliver, person.name, other.name)) == before
        evidence = person.node.ctx.trust.evidence()
        assert evidence["alarm"] == alarm == person.node.ctx.trust.alarm
        person.restart(connect=False)
    return evidence


@pytest.fixture
def second(world: World, arash: Person, sara: Person) -> Authority:
    """Another face of the authority, which sara sees; arash goes on seeing the first."""
    face = world.second_face()
    world.faces["sara"] = face
    world.cut("authority")
    arash.node.authority.connect()
    sara.node.authority.connect()
    return face


def newcomer(world: World, name: str, face: Authority | None = None) -> Person:
    """Somebody whose account stands in one history only."""
    if face is not None:
        world.faces[name] = face
    made = world.sign_up(name)
    for person in world.people.values():
        if person.node.authority.up:
            person.node.authority.log.sync()
    return made


def test_a_second_face_that_tells_the_same_is_not_noticed_and_no_alarm(
    world: World, arash: Person, sara: Person, second: Authority
) -> None:
    arash.say(sara, "one")
    sara.say(arash, "two")
    assert sara.texts(arash) == ["one", "two"]
    assert arash.node.ctx.trust.alarm is sara.node.ctx.trust.alarm is None


def test_two_histories_of_one_size_meet_at_the_knock(
    world: World, arash: Person, sara: Person, second: Authority
) -> None:
    newcomer(world, "mani")
    newcomer(world, "zal", second)
    arash.write(sara, "one")
    arash.deliver()
    assert (arash.states(sara), arash.shown(sara)[0]["why"]) == (["waiting"], "log_split")
    assert sara.texts(arash) == []
    for person, other in ((arash, sara), (sara, arash)):
        alarm = person.node.ctx.trust.alarm
        assert alarm is not None and (alarm["entry"], alarm["name"]) == (3, other.name)
        assert proves(check_alarmed(world, person, other), world.link.authority_id)


def test_two_histories_that_part_during_a_conversation_meet_in_a_message(
    world: World, arash: Person, sara: Person, second: Authority
) -> None:
    arash.say(sara, "before")
    newcomer(world, "mani")
    newcomer(world, "zal", second)
    arash.say(sara, "after")  # over the connection that is there
    assert sara.texts(arash) == ["before", "after"]
    assert sara.node.ctx.trust.alarm is not None
    assert proves(check_alarmed(world, sara, arash), world.link.authority_id)


@pytest.mark.parametrize("longer", ["arash", "sara"])
def test_two_histories_of_different_sizes(
    world: World, arash: Person, sara: Person, second: Authority, longer: str
) -> None:
    """Who has the longer one sees it at once; the other as soon as their own history is as long."""
    newcomer(world, "mani")
    newcomer(world, "zal", second)
    newcomer(world, "bijan", second if longer == "sara" else None)
    arash.write(sara, "one")
    arash.deliver()
    seeing, waiting = (arash, sara) if longer == "arash" else (sara, arash)
    assert waiting.node.ctx.trust.alarm is None and waiting.node.ctx.trust.behind
    assert proves(check_alarmed(world, seeing, waiting), world.link.authority_id)
    assert sara.texts(arash) == []
    with pytest.raises(HamrazError) as lie:
        newcomer(world, "cyrus", None if longer == "sara" else second)
    assert lie.value.code == "log_split"
    assert proves(check_alarmed(world, waiting, seeing), world.link.authority_id)


def test_an_authority_that_changes_its_face_is_noticed_at_once(
    world: World, arash: Person, sara: Person, second: Authority
) -> None:
    newcomer(world, "mani")
    newcomer(world, "zal", second)
    world.faces["arash"] = second
    with pytest.raises(HamrazError) as lie:
        arash.restart()
    assert lie.value.code == "log_split"
    assert proves(check_alarmed(world, arash, sara), world.link.authority_id)


def test_a_longer_face_is_noticed_when_its_entries_do_not_fit(
    world: World, arash: Person, sara: Person, second: Authority
) -> None:
    """The entries that follow arash's own are fetched from the other history and don't lead to its head."""
    newcomer(world, "mani")
    newcomer(world, "zal", second)
    newcomer(world, "bijan", second)
    world.faces["arash"] = second
    with pytest.raises(HamrazError) as lie:
        arash.restart()
    assert lie.value.code == "log_split"
    assert proves(check_alarmed(world, arash, sara), world.link.authority_id)


def test_a_welcome_from_one_history_and_entries_from_another(
    world: World, arash: Person, sara: Person, second: Authority
) -> None:
    """Each fits by itself: only who compares every head with what was fetched in the end sees it."""
    arash.stop()
    newcomer(world, "zal", second)
    newcomer(world, "bijan", second)
    newcomer(world, "mani")
    head = second.published.head  # of size 5, while the entries come from the first face, with size 6 in the end
    newcomer(world, "cyrus")
    newcomer(world, "dara")

    def lie(source: str, target: str, body: bytes) -> list[bytes]:
        welcomed = decoded(body, Welcomed)
        if welcomed is None or target != "arash":
            return [body]
        welcome = decode_strict(welcomed.welcome.body, Welcome)
        false = Welcome(welcome.authority_key, welcome.fingerprint, welcome.client_nonce, welcome.server_nonce, head)
        return [messages.encode(Welcomed(issue(false, world.authority_key, world.link.authority_id)))]

    world.carry = lie
    with pytest.raises(HamrazError) as noticed:
        arash.restart()
    assert noticed.value.code == "log_split"
    assert proves(check_alarmed(world, arash, sara), world.link.authority_id)


def test_two_heads_to_come_of_one_size_are_proof_already(world: World, arash: Person, sara: Person) -> None:
    heads = [issue(Head(9, bytes([n]) * 32), world.authority_key, world.link.authority_id) for n in (1, 2)]
    trust, key = arash.node.ctx.trust, world.authority_key.public
    trust.compare(heads[0], key, None)
    trust.compare(heads[0], key, sara.uid)
    with pytest.raises(HamrazError):
        trust.compare(heads[1], key, sara.uid)
    assert trust.alarm is not None and trust.alarm["name"] == "sara"
    assert proves(check_alarmed(world, arash, sara), world.link.authority_id)


def test_the_first_lie_is_the_one_that_is_kept(world: World, arash: Person, sara: Person, second: Authority) -> None:
    newcomer(world, "mani")
    newcomer(world, "zal", second)
    arash.write(sara, "one")
    arash.deliver()
    first = arash.node.ctx.trust.alarm
    head = issue(Head(2, bytes(32)), world.authority_key, world.link.authority_id)
    with pytest.raises(HamrazError):
        arash.node.authority.log.compare_head(head, None)
    assert arash.node.ctx.trust.alarm == first


def test_what_waits_for_others_stays_too(world: World, arash: Person, sara: Person, mani: Person) -> None:
    """Between arash and mani nothing is wrong: still nothing goes out any more."""
    arash.say(mani, "before")
    arash.write(mani, "after")
    raise_alarm(world, arash)
    arash.deliver()
    assert (arash.states(mani)[-1], arash.shown(mani)[-1]["why"]) == ("waiting", "sending_stopped")
    assert mani.texts(arash) == ["before"]


def test_the_alarm_stops_the_messages_behind_the_one_that_is_under_way(
    world: World, arash: Person, sara: Person
) -> None:
    for text in ("one", "two", "three"):
        arash.write(sara, text)

    def lie_comes_out(source: str, target: str, body: bytes) -> list[bytes]:
        if decoded(body, Delivered) is not None and arash.node.ctx.trust.alarm is None:
            raise_alarm(world, arash)
        return [body]

    world.carry = lie_comes_out
    arash.deliver()
    assert sara.texts(arash) == ["one"]
    assert arash.states(sara) == ["delivered", "waiting", "waiting"]


def raise_alarm(world: World, person: Person) -> None:
    head = issue(Head(2, bytes(32)), world.authority_key, world.link.authority_id)
    with pytest.raises(HamrazError):
        person.node.authority.log.compare_head(head, None)
    assert person.node.ctx.trust.alarm is not None


# --- a log that breaks a rule ---


def appended(state: State, raw: bytes, world: World) -> Signed:
    """The head that a lying authority signs over its log and one entry more, whatever the entry says."""
    size = len(state.entries)
    return issue(
        Head(size + 1, link_hash(state.log.hashes[size], size, raw)), world.authority_key, world.link.authority_id
    )


def promote_oneself(world: World) -> bytes:
    sara = world.people["sara"]
    user = sara.node.ctx.trust.user(sara.uid)
    assert user is not None
    change = RoleChange(sara.uid, Role.ADMIN, sara.uid, user.latest)
    return encode_entry(RoleEntry(issue(change, sara.node.ctx.me.key, world.link.authority_id)))


def unsigned_promotion(world: World) -> bytes:
    arash, sara = world.people["arash"], world.people["sara"]
    user = sara.node.ctx.trust.user(sara.uid)
    assert user is not None
    change = RoleChange(sara.uid, Role.ADMIN, arash.uid, user.latest)
    return encode_entry(RoleEntry(issue(change, SigningKey.generate(), world.link.authority_id)))


def the_same_account_twice(world: World) -> bytes:
    return world.authority.state.entries[1]


def a_name_that_is_taken(world: World) -> bytes:
    key, id = SigningKey.generate(), world.link.authority_id
    register = Register(uid_of(id, key.public), "sara", "x", key.public.raw, recovery_hash(id, key.public))
    return encode_entry(RegisterEntry(issue(register, key, id)))


def garbage(world: World) -> bytes:
    return b"\xc1 not an entry"


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (promote_oneself, "role_not_allowed"),
        (unsigned_promotion, "bad_signature"),
        (the_same_account_twice, "key_used"),
        (a_name_that_is_taken, "name_used"),
        (garbage, "bad_statement"),
    ],
)
def test_an_entry_that_breaks_a_rule_condemns_the_log(
    world: World, arash: Person, sara: Person, make: Callable[[World], bytes], why: str
) -> None:
    state, raw = world.authority.state, make(world)
    head = appended(state, raw, world)

    def lie(source: str, target: str, body: bytes) -> list[bytes]:
        part = decoded(body, LogPart)
        if part is None or target != "arash":
            return [body]
        start = 3 - len(part.entries)
        return [messages.encode(LogPart(part.re, [*state.entries[start:], raw], head))]

    world.carry = lie
    before = list(arash.node.ctx.trust.log.hashes)
    arash.node.authority.log.newest = head
    with pytest.raises(HamrazError) as noticed:
        arash.node.authority.log.sync()
    assert (noticed.value.code, noticed.value.values["why"]) == ("log_invalid", why)
    assert arash.node.ctx.trust.log.hashes == before, "nothing of it was used"
    alarm = arash.node.ctx.trust.alarm
    assert alarm is not None and (alarm["entry"], alarm["why"], alarm["name"]) == (3, why, None)
    evidence = check_alarmed(world, arash, sara)
    assert proves(evidence, world.link.authority_id)
    assert judge(evidence, world.link.authority_id) == Verdict("entry", 3, why)
    # the entry itself is within, and nothing of the file but what the authority signed counts
    assert (evidence["fork"], evidence["refused"]) == (3, [raw.hex()])
    for spoilt in (
        {"refused": []},
        {"refused": [world.authority.state.entries[2].hex()]},
        {"fork": 2},
        {"authority_key": SigningKey.generate().public.raw.hex()},
        {"what": "hamraz evidence 1"},
        {"alarm": {**evidence["alarm"], "second": evidence["alarm"]["first"]}},
    ):
        assert judged({**evidence, **spoilt}, world.link.authority_id) is None, spoilt
    assert judged(evidence, bytes(32)) is None


@pytest.mark.parametrize("content", [None, 7, [], {}, {"what": "hamraz/v2/evidence"}, {"alarm": {"second": 1}}])
def test_what_is_no_evidence_at_all(content: Any) -> None:
    assert judged(content, bytes(32)) is None


def test_an_authority_that_shows_the_entry_once_and_never_again(world: World, arash: Person, sara: Person) -> None:
    raw, shown = promote_oneself(world), [True]
    head = appended(world.authority.state, raw, world)

    def lie(source: str, target: str, body: bytes) -> list[bytes]:
        part = decoded(body, LogPart)
        if part is None or target != "arash":
            return [body]
        return [messages.encode(LogPart(part.re, [raw] if shown and shown.pop() else [], head))]

    world.carry = lie
    arash.node.authority.log.newest = head
    with pytest.raises(HamrazError):
        arash.node.authority.log.sync()
    assert judge(arash.node.ctx.trust.evidence(), world.link.authority_id) == Verdict("entry", 3, "role_not_allowed")


def test_an_invalid_entry_under_a_head_that_goes_on(world: World, arash: Person, sara: Person) -> None:
    """The head covers entries after the one at fault: they are asked for, not replayed."""
    state, raw = world.authority.state, garbage(world)
    whole = [*state.entries, raw, state.entries[1], state.entries[2]]
    hashes, starts = hashes_of(whole), list[int]()
    head = issue(Head(len(whole), hashes[-1]), world.authority_key, world.link.authority_id)

    def lie(source: str, target: str, body: bytes) -> list[bytes]:
        asked, part = decoded(body, FetchLog), decoded(body, LogPart)
        if asked is not None:
            starts.append(asked.start)
        if part is None or target != "arash":
            return [body]
        return [messages.encode(LogPart(part.re, [whole[starts[-1]]], head))]

    world.carry = lie
    arash.node.authority.log.newest = head
    with pytest.raises(HamrazError):
        arash.node.authority.log.sync()
    assert starts == [3, 4, 5]
    assert judge(arash.node.ctx.trust.evidence(), world.link.authority_id) == Verdict("entry", 3, "bad_statement")


def chain_evidence(world: World, heads: list[ChainHead], entries: list[bytes]) -> dict[str, Any]:
    shown = [issue(head, world.authority_key, world.link.authority_id) for head in heads]
    first, second = ({"size": 0, "hash": "", "body": one.body.hex(), "sig": one.sig.hex()} for one in shown)
    return {
        "what": "hamraz/v2/evidence",
        "authority_key": world.authority_key.public.raw.hex(),
        "alarm": {"why": "chain", "first": first, "second": second},
        "log": [],
        "fork": 0,
        "refused": [],
        "chain": [entry_hash(entry) for entry in entries],
    }


def test_two_chains_of_a_group_are_proven_also_at_different_places(world: World) -> None:
    gid, id, entries = bytes(16), world.link.authority_id, [b"one", b"two", b"three"]
    hashes = [bytes(32)]
    for n, entry in enumerate(entries, 1):
        hashes.append(chain_hash(hashes[-1], n, entry))
    honest = [ChainHead(gid, n, hashes[n], 1, 4) for n in range(4)]
    lie = ChainHead(gid, 2, b"x" * 32, 1, 4)
    assert judged(chain_evidence(world, [honest[2], lie], []), id) == Verdict("chain", 2)
    assert judged(chain_evidence(world, [honest[3], lie], entries), id) == Verdict("chain", 2)
    assert judged(chain_evidence(world, [lie, honest[3]], entries), id) == Verdict("chain", 2)
    for heads, known in (
        ([honest[3], lie], entries[:2]),
        ([honest[3], honest[2]], entries),
        ([honest[2], ChainHead(bytes([1]) * 16, 2, b"x" * 32, 1, 4)], entries),
    ):
        assert judged(chain_evidence(world, heads, known), id) is None


def test_the_third_person_believes_no_honest_log(world: World, arash: Person, sara: Person) -> None:
    """The check of the evidence can fail: what is no lie proves nothing."""
    trust = arash.node.ctx.trust
    assert trust.head is not None
    head = trust.check_head(trust.head, world.authority_key.public)
    smaller = issue(Head(2, trust.log.hashes[2]), world.authority_key, world.link.authority_id)
    with trust._lock:
        trust._raise_alarm(2, sara.uid, trust.head, smaller, "heads")
    assert head.size == 3
    assert not proves(trust.evidence(), world.link.authority_id)
