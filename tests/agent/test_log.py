"""Every agent's own copy of the log: fetched in parts, cut in the middle, compared with every head that is shown."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from authority_server.handlers import log as log_handlers
from protocol.errors import HamrazError, Unreachable
from protocol.log import Log
from protocol.messages import FetchLog, LogPart
from protocol.primitives import SigningKey, VerifyKey
from protocol.roles import Role, role_change_refusal
from protocol.statements import Head, Signed, issue
from tests.agent.cuts import Cutter
from tests.agent.wire import decoded, frames_of
from tests.protocol.effort import flip
from tests.world import Killed, Person, World
from web_client.account.verified_log import MAX_PENDING, VerifiedLog
from web_client.vault.database import Vault


def same_log(world: World, *people: Person) -> bool:
    return all(person.node.ctx.trust.log.hashes == world.authority.state.log.hashes for person in people)


def test_everybody_replays_what_the_authority_appended(world: World, arash: Person, sara: Person, mani: Person) -> None:
    world.settle()
    assert same_log(world, arash, sara, mani)
    for person in (arash, sara, mani):
        log = person.node.ctx.trust.log
        assert [user.name for user in log.users.values()] == ["arash", "sara", "mani"]
        assert [user.role.value for user in log.users.values()] == ["super admin", "beginner user", "beginner user"]


def test_the_log_is_kept_with_its_signed_head(world: World, arash: Person, sara: Person) -> None:
    size = arash.node.ctx.trust.log.size
    arash.restart(connect=False)
    trust = arash.node.ctx.trust
    assert trust.log.size == size == 3
    assert trust.head is not None
    assert trust.check_head(trust.head, world.authority_key.public) == trust.log.head


def test_an_entry_has_the_time_when_its_agent_noticed_it(world: World, arash: Person, sara: Person) -> None:
    first = world.now
    world.run_for(5_000)
    mani = world.sign_up("mani")
    world.settle()
    told = arash.agent().log()["entries"]
    assert [one["noticed"] for one in told] == [first + 5_000, first, first, first]
    assert [one["noticed"] for one in mani.agent().log()["entries"]] == [first + 5_000] * 4
    arash.restart(connect=False)
    assert arash.agent().log()["entries"] == told


def test_a_log_of_many_parts(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_handlers, "PART_SIZE", 300)
    first = world.sign_up("arash")
    for number in range(6):
        world.sign_up(f"user{number}")
    world.crossed.clear()
    first.node.authority.log.sync()
    assert len(frames_of(world, FetchLog, "arash", "authority")) > 2
    assert same_log(world, first)


def test_a_fetch_that_breaks_in_the_middle_leaves_the_log_as_it_was(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_handlers, "PART_SIZE", 300)
    first = world.sign_up("arash")
    for number in range(6):
        world.sign_up(f"user{number}")
    before, parts = list(first.node.ctx.trust.log.hashes), 0

    def cut_at_the_second(source: str, target: str, body: bytes) -> list[bytes]:
        nonlocal parts
        parts += decoded(body, LogPart) is not None
        return [] if parts >= 2 else [body]

    world.carry = cut_at_the_second
    with pytest.raises(Unreachable):
        first.node.authority.log.sync()
    assert first.node.ctx.trust.log.hashes == before
    world.carry = lambda source, target, body: [body]
    world.cut("authority")
    first.node.authority.connect()
    assert same_log(world, first)
    first.restart(connect=False)
    assert same_log(world, first)


def test_the_power_fails_at_every_step_of_a_fetch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_handlers, "PART_SIZE", 300)

    def prepared() -> tuple[World, Person]:
        world = World()
        first = world.sign_up("arash")
        for number in range(3):
            world.sign_up(f"user{number}")
        return world, first

    world, first = prepared()
    cutter = Cutter(world)
    first.restart()
    assert same_log(world, first)
    for at in range(1, len(cutter.steps) + 1):
        world, first = prepared()
        cutter = Cutter(world, at)
        with pytest.raises(Killed):
            first.restart()
        cutter.disarm()
        first.restart()
        assert same_log(world, first), cutter.steps[at - 1]
        assert first.node.ctx.trust.alarm is None
        first.restart(connect=False)
        assert same_log(world, first)


def test_nobody_sees_an_entry_before_the_head_has_proved_it(world: World, arash: Person, sara: Person) -> None:
    world.sign_up("mani")
    seen: list[object] = []
    fetch = arash.node.authority.log

    def look(source: str, target: str, body: bytes) -> list[bytes]:
        if decoded(body, FetchLog) is not None or decoded(body, LogPart) is not None:
            seen.append(arash.node.ctx.trust.log.by_name("mani"))
        return [body]

    world.carry = look
    fetch.sync()
    assert seen == [None, None]
    assert arash.node.ctx.trust.log.by_name("mani") is not None


# --- heads ---


def own_head(world: World, size: int) -> Signed:
    """The authority's true head at an earlier size."""
    return issue(Head(size, world.authority.state.log.hashes[size]), world.authority_key, world.link.authority_id)


def test_a_smaller_head_is_behind_and_no_lie(world: World, arash: Person, sara: Person) -> None:
    for size in range(arash.node.ctx.trust.log.size + 1):
        arash.node.authority.log.compare_head(own_head(world, size), sara.uid)
    assert arash.node.ctx.trust.alarm is None


def test_a_larger_head_waits_until_the_log_has_grown(world: World, arash: Person, sara: Person) -> None:
    sara.say(arash, "hello")
    arash.network.cut("authority")
    world.sign_up("mani")
    sara.node.authority.log.sync()
    sara.say(arash, "do you know mani?")  # on the connection that is there; the message carries the newer head
    trust = arash.node.ctx.trust
    assert (trust.behind, trust.alarm) == (True, None)
    assert head_shown_by(arash, sara) == 3
    arash.node.authority.connect()
    assert (trust.behind, trust.alarm) == (False, None)
    assert head_shown_by(arash, sara) == 4


def head_shown_by(person: Person, other: Person) -> int:
    """The size of the newest head of somebody's that agrees with one's own log."""
    question = "SELECT size FROM heads WHERE uid = ?"
    return int(person.vault.read(lambda rows: rows.execute(question, (other.uid,)).fetchone()[0]))


def test_with_the_authority_at_hand_a_larger_head_is_fetched_at_once(world: World, arash: Person, sara: Person) -> None:
    world.sign_up("mani")
    sara.node.authority.log.sync()
    world.carry = lambda source, target, body: (
        [] if (source, target) == ("authority", "arash") and tag(body) == "new_head" else [body]
    )
    assert arash.node.ctx.trust.log.by_name("mani") is None
    sara.say(arash, "hello")
    assert arash.node.ctx.trust.log.by_name("mani") is not None


def tag(body: bytes) -> str:
    return str(msgspec.msgpack.decode(body)[0])


def test_heads_to_come_are_bounded_and_none_but_the_authority_s_counts(
    world: World, arash: Person, sara: Person
) -> None:
    trust, key = arash.node.ctx.trust, world.authority_key
    for size in range(100, 100 + 2 * MAX_PENDING):
        trust.compare(issue(Head(size, bytes(32)), key, world.link.authority_id), key.public, sara.uid)
    assert len(trust._pending) == MAX_PENDING
    forged = issue(Head(3, bytes(32)), SigningKey.generate(), world.link.authority_id)
    with pytest.raises(HamrazError) as refusal:
        arash.node.authority.log.compare_head(forged, sara.uid)
    assert refusal.value.code == "bad_signature"
    elsewhere = issue(Head(3, bytes(32)), key, bytes(32))  # the same key, for another authority's id
    with pytest.raises(HamrazError) as refusal:
        arash.node.authority.log.compare_head(elsewhere, sara.uid)
    assert refusal.value.code == "bad_signature"
    assert trust.alarm is None


# --- parts that are not what was asked for ---


def a_trust(world: World, size: int) -> tuple[VerifiedLog, list[dict[str, Any]]]:
    """Somebody's copy of the log, as far as it had come at this size; and the alarms that it raises."""
    alarms: list[dict[str, Any]] = []
    vault = Vault.in_memory(lambda rows: None)
    trust = VerifiedLog(vault, world.link.authority_id, alarms.append, lambda: world.now)
    entries, head = world.authority.state.entries[:size], own_head(world, size)
    if size:
        trust.sync(lambda request: LogPart(0, entries[request.start :], head), head, world.authority_key.public)
    return trust, alarms


def sync(world: World, trust: VerifiedLog, answer: Callable[[FetchLog], LogPart], head: Signed) -> str | None:
    """The code of the error that comes of it, and the log as it was; None if it went well."""
    before = list(trust.log.hashes)
    try:
        trust.sync(answer, head, world.authority_key.public)
    except HamrazError as reason:
        assert trust.log.hashes == before
        again = VerifiedLog(trust._vault, trust.authority_id, lambda alarm: None, lambda: world.now)
        assert again.log.hashes == before
        return reason.code
    return None


def test_any_changed_bit_of_a_part_is_noticed(world: World, arash: Person, sara: Person, long: bool) -> None:
    state, head = world.authority.state, world.authority.published.head
    body = msgspec.msgpack.encode(LogPart(1, state.entries[2:], head))
    for bit in range(0, len(body) * 8, 1 if long else 37):
        try:
            part = msgspec.msgpack.decode(flip(body, bit), type=LogPart)
        except (msgspec.DecodeError, UnicodeDecodeError):
            continue
        if (part.entries, part.head) == (state.entries[2:], head):
            continue  # the number of the request
        trust, _alarms = a_trust(world, 2)
        assert sync(world, trust, lambda request, part=part: part, head) is not None, bit


@pytest.mark.parametrize(
    ("entries", "what"),
    [
        (lambda entries: [], "empty"),
        (lambda entries: [*entries[1:], entries[1]], "too many"),
    ],
)
def test_a_part_that_answers_another_question_is_no_evidence(
    world: World, arash: Person, sara: Person, entries: Callable[[list[bytes]], list[bytes]], what: str
) -> None:
    """It is refused and asked for again; an alarm is for what a third person could check."""
    world.sign_up("mani")
    state, head = world.authority.state, world.authority.published.head
    trust, alarms = a_trust(world, 3)
    assert sync(world, trust, lambda request: LogPart(0, entries(state.entries), head), head) == "wrong_answer"
    assert (trust.alarm, alarms) == (None, [])
    assert sync(world, trust, lambda request: LogPart(0, state.entries[request.start :], head), head) is None


def test_a_head_that_the_authority_did_not_sign_is_no_evidence(world: World, arash: Person, sara: Person) -> None:
    state, head = world.authority.state, world.authority.published.head
    forged = issue(Head(3, bytes(32)), SigningKey.generate(), world.link.authority_id)
    trust, alarms = a_trust(world, 2)
    assert sync(world, trust, lambda request: LogPart(0, state.entries[2:], forged), head) == "bad_signature"
    assert sync(world, trust, lambda request: LogPart(0, state.entries[2:], head), forged) == "bad_signature"
    assert (trust.alarm, alarms) == (None, [])


def test_a_genesis_of_another_authority_is_refused(world: World, arash: Person) -> None:
    other = World()
    trust, _alarms = a_trust(other, 0)
    trust.authority_id = trust.log.authority_id = world.link.authority_id
    state, head = other.authority.state, other.authority.published.head
    with pytest.raises(HamrazError) as refusal:
        trust.sync(lambda request: LogPart(0, state.entries, head), head, world.authority_key.public)
    assert refusal.value.code == "bad_signature"


# --- no false alarm ---


def test_many_changes_at_once_end_in_one_log_without_an_alarm(long: bool) -> None:
    chance = random.Random(1404)
    world = World()
    people = [world.sign_up(name) for name in ("arash", "sara", "mani", "zal")]
    for _ in range(1000 if long else 60):
        one, other = chance.sample(people, 2)
        match chance.randrange(5):
            case 0:
                change_role(one, other, chance.choice([Role.ADMIN, Role.ADVANCED, Role.BEGINNER]))
            case 1:
                one.restart(connect=chance.random() < 0.7)
            case 2:
                one.reconnect()
            case 3:
                one.write(other, "hello")
                one.deliver()
            case 4:
                world.restart_authority() if chance.random() < 0.2 else one.settle()
    for person in people:
        person.reconnect()
    world.settle()
    assert same_log(world, *people)
    assert [person.node.ctx.trust.alarm for person in people] == [None] * len(people)
    for one in people:
        for other in people:
            if one is not other:
                assert sorted(one.texts(other)) == sorted(other.texts(one))
                assert "waiting" not in one.states(other)


def change_role(one: Person, other: Person, role: Role) -> None:
    me, target = one.node.ctx.trust.user(one.uid), one.node.ctx.trust.user(other.uid)
    if me and target and one.node.authority.up and not role_change_refusal(me.role, target.role, role):
        try:
            one.agent().add_permissions(other.name, role.value)
        except HamrazError as reason:
            assert reason.code in ("stale", "role_not_allowed", "role_only_super", "authority_down")


def test_the_replay_is_the_authority_s_own_function(world: World, arash: Person, sara: Person) -> None:
    log = Log(world.link.authority_id)
    for entry in world.authority.state.entries:
        log.append(entry)
    assert log.head == arash.node.ctx.trust.log.head
    assert isinstance(log.authority_key, VerifyKey)
