"""The log (docs/protocol.md section 6): every rule has an entry that it refuses, and a refusal changes nothing."""

from __future__ import annotations

import copy
import dataclasses
import functools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from protocol import log_entries
from protocol.errors import Forged, HamrazError
from protocol.log import Log, User
from protocol.log_entries import ADMIN, OWN, RECOVERY, SOLE
from protocol.primitives import SigningKey
from protocol.roles import Role
from protocol.statements import Head
from protocol.undo import Undo
from tests.protocol import document, fixed_people, reference
from tests.protocol.effort import bits, examples, flip
from tests.protocol.fixed_people import AUTHORITY_ID, CYRUS, CYRUS_AGAIN, DINA, NIMA, PARVIN, Person, seed, story
from tests.protocol.hostile import BOMBS, NOISE, ODD, damaged
from tests.protocol.make_vectors import continuations

STORY = story()
CONTINUATIONS = continuations()


def state(replayed: Log) -> dict[str, Any]:
    """Everything that a log holds, in copies."""
    return copy.deepcopy({field.name: getattr(replayed, field.name) for field in dataclasses.fields(replayed)})


@functools.cache
def _replayed(size: int) -> Log:
    found = Log(AUTHORITY_ID)
    for raw in STORY[:size]:
        found.append(raw)
    return found


def replayed(size: int = len(STORY)) -> Log:
    """The story's log at this size, one's own to change."""
    return copy.deepcopy(_replayed(size))


def second_reading(size: int = len(STORY)) -> reference.Log:
    """The same log as somebody reads it who knows the document only."""
    return copy.deepcopy(_second_reading(size))


@functools.cache
def _second_reading(size: int) -> reference.Log:
    statements = {name: [kind for _, kind in fields] for name, fields in document.statements().items()}
    entries = {tag: [kind for _, kind in fields] for tag, fields in document.entries().items()}
    found = reference.Log(AUTHORITY_ID, statements, entries)
    for raw in STORY[:size]:
        found.append(raw)
    return found


def outcome(append: Any, raw: bytes) -> str:
    try:
        append(raw)
    except Forged as refusal:
        assert refusal.code == "log_invalid"
        return str(refusal.values["why"])
    except reference.Wrong as refusal:
        return str(refusal)
    return "ok"


def user(of: Log, who: Person) -> User:
    return of.users[who.uid]


# --- what a log says ---


def test_the_story_is_told() -> None:
    now = replayed()
    assert now.size == len(STORY) == now.head.size and now.head.hash == now.hashes[-1]
    assert {who.name: (who.role.value, who.key is not None) for who in now.users.values()} == {
        "Parvin": ("super admin", True),
        "نیما": ("beginner user", True),
        "cyrus": ("beginner user", True),  # the second of that name; the first is found by uid only
        "dina": ("beginner user", True),
    }
    assert user(now, CYRUS).key is None and user(now, CYRUS).role is Role.ADVANCED
    found = now.by_name("cyrus")
    assert found is not None and found.uid == CYRUS_AGAIN.uid and now.by_name("eve") is None
    assert now.groups[fixed_people.GROUP] == [(8, seed("commit 1")), (12, seed("commit 2"))]


def test_an_account_is_found_by_the_recovery_key_that_it_has_now() -> None:
    assert replayed().by_recovery_hash(bytes(32)) is None
    now = replayed()
    for who in now.users.values():
        found = now.by_recovery_hash(who.recovery_hash)
        assert found is not None and found.recovery_hash == who.recovery_hash
    before = {hash for size in range(1, len(STORY)) for hash in replayed(size).recovery_hashes}
    given_up = before - {who.recovery_hash for who in now.users.values()}
    assert given_up and {now.by_recovery_hash(hash) for hash in given_up} == {None}


@pytest.mark.parametrize("size", range(1, len(STORY)))
def test_an_entry_can_be_taken_back(size: int) -> None:
    log = replayed(size)
    before, undo = state(log), Undo()
    log.undo = undo
    undo.add(pytest.fail)  # what was done before the mark stays
    mark = undo.mark()
    log.append(STORY[size])
    undo.back(mark)
    log.undo = None
    assert state(log) == before


@pytest.mark.parametrize("size", range(len(STORY)))
def test_a_branch_of_several_entries(size: int) -> None:
    log, before = replayed(size), state(replayed(size))
    branch = log.branch()
    for n, raw in enumerate(STORY[size:], size + 1):
        branch.append(raw)
        assert branch.head == replayed(n).head and branch.size == n
        assert dict(branch.users) == replayed(n).users
    assert state(log) == before
    log.join(branch)
    assert log == replayed()


def test_a_branch_costs_nothing_that_grows() -> None:
    """It, what is appended to it and what is taken over read no table through."""

    class Table(dict[Any, Any]):
        def __iter__(self) -> Any:
            raise AssertionError("it was read through")

        keys = values = items = copy = __iter__

    log = replayed(len(STORY) - 3)
    tables = [field.name for field in dataclasses.fields(log) if isinstance(getattr(log, field.name), dict)]
    assert len(tables) == 7
    for name in tables:
        setattr(log, name, Table(getattr(log, name)))
    branch = log.branch()
    for raw in STORY[len(STORY) - 3 :]:
        branch.append(raw)
    log.join(branch)
    assert log == replayed()


def test_the_first_account_and_no_other_is_the_super_admins() -> None:
    assert user(replayed(2), PARVIN).role is Role.SUPER_ADMIN
    assert user(replayed(3), NIMA).role is Role.BEGINNER
    alone = replayed(2)
    alone.append(fixed_people.key_change(PARVIN, None, OWN, PARVIN.key, 1))
    alone.append(fixed_people.register(NIMA))
    assert user(alone, NIMA).role is Role.BEGINNER  # not even when the first has gone


def test_roles_and_keys_are_known_at_every_index() -> None:
    now = replayed()
    nima, dina, cyrus = user(now, NIMA), user(now, DINA), user(now, CYRUS)
    assert [nima.role_at(size) for size in (3, 5, 6, 13, 14)] == [
        Role.BEGINNER,
        Role.BEGINNER,
        Role.ADMIN,
        Role.ADMIN,
        Role.BEGINNER,
    ]
    assert dina.key_at(4) is None
    assert [dina.key_at(size) for size in (5, 9, 10)] == [
        DINA.key.public,
        DINA.key.public,
        fixed_people.DINA_SECOND_KEY.public,
    ]
    assert [key is None for key in (cyrus.key_at(10), cyrus.key_at(11))] == [False, True]
    assert [why for _, _, why, _ in cyrus.keys] == ["", "own", "admin"]
    assert [by for *_, by in cyrus.keys] == [CYRUS.uid, CYRUS.uid, NIMA.uid]


def test_a_size_is_the_number_of_entries_before() -> None:
    for size in range(len(STORY)):
        assert replayed(size).hashes == replayed().hashes[: size + 1]
    assert Log(AUTHORITY_ID).head == Head(0, bytes(32))


# --- what a log refuses ---


def ids(case: tuple[str, int, bytes, str]) -> str:
    return case[0].replace(" ", "_")


@pytest.mark.parametrize("case", CONTINUATIONS, ids=ids)
def test_each_rule(case: tuple[str, int, bytes, str]) -> None:
    _about, size, raw, why = case
    now = replayed(size)
    before = state(now)
    assert outcome(now.append, raw) == why
    if why != "ok":
        assert state(now) == before
        with pytest.raises(Forged) as caught:
            now.append(raw)
        assert caught.value.values == {"n": size, "why": why}
    else:
        assert now.size == size + 1


def test_every_reason_in_the_code_is_met() -> None:
    named = {row[0] for row in document.tables("6.2")[0]}
    assert {why for *_, why in CONTINUATIONS} == named | {"ok"}


def test_a_log_goes_on_after_a_refusal() -> None:
    now = Log(AUTHORITY_ID)
    for size, raw in enumerate(STORY):
        for _about, at, wrong, why in CONTINUATIONS:
            if at == size and why != "ok":
                assert outcome(now.append, wrong) == why
        now.append(raw)
    assert state(now) == state(replayed())


def test_no_entry_can_come_twice() -> None:
    now = replayed()
    for raw in STORY:
        before = state(now)
        assert outcome(now.append, raw) != "ok"
        assert state(now) == before


def test_an_entry_in_another_place_is_refused() -> None:
    # each of the story's entries, left out: what depends on it is refused, and what is left never contradicts the rest
    for left_out in range(1, 6):
        now = replayed(left_out)
        refusals = [outcome(now.append, raw) for raw in STORY[left_out + 1 :]]
        assert any(why != "ok" for why in refusals)


@pytest.mark.parametrize("at", range(len(STORY)), ids=str)
def test_every_flipped_bit_is_refused_or_changes_the_head(at: int) -> None:
    now = replayed(at)
    before, head = state(now), replayed(at + 1).hashes[-1]
    unsigned = isinstance(log_entries.decode_entry(STORY[at]), log_entries.GroupEntry)
    for bit in bits(STORY[at]):
        raw = flip(STORY[at], bit)
        if outcome(now.append, raw) == "ok":
            # a group's entry isn't signed by its commander here: the head is what fixes it
            assert unsigned and now.hashes[-1] != head
            now = replayed(at)
        else:
            assert state(now) == before


@examples(40)
@given(NOISE | ODD | damaged(STORY))
def test_garbage_is_refused_and_both_readings_agree(raw: bytes) -> None:
    now = replayed()
    before = state(now)
    try:
        now.append(raw)
        why = "ok"
    except HamrazError as refusal:
        assert refusal.code == "log_invalid" and refusal.values["n"] == len(STORY)
        assert state(now) == before
        why = str(refusal.values["why"])
    assert outcome(second_reading().append, raw) == why


@pytest.mark.parametrize("bomb", BOMBS, ids=lambda bomb: bomb[:12].hex())
def test_a_bomb_is_refused(bomb: bytes) -> None:
    assert outcome(replayed().append, bomb) == "bad_statement"


# --- both readings of the rules, on logs that nobody wrote by hand ---


class TwoReadings(RuleBasedStateMachine):
    """Random orders by random people, right and wrong: the code and the document's second reading always agree."""

    people: tuple[Person, ...] = (PARVIN, NIMA, CYRUS, DINA, CYRUS_AGAIN, fixed_people.person("eve"))
    keys: tuple[SigningKey, ...] = tuple(SigningKey(seed(f"spare {n}")) for n in range(4))
    who = st.integers(0, len(people) - 1)

    @initialize()
    def begin(self) -> None:
        self.ours, self.theirs, self.joined = Log(AUTHORITY_ID), second_reading(0), Log(AUTHORITY_ID)
        self.mine = {person.uid: person.key for person in self.people}
        self.recovery = {person.uid: person.recovery for person in self.people}
        self.append(STORY[0])
        self.append(STORY[1])

    def append(self, raw: bytes) -> bool:
        before = state(self.ours)
        why = outcome(self.ours.append, raw)
        assert outcome(self.theirs.append, raw) == why
        assert self.theirs.hashes == self.ours.hashes
        if why != "ok":
            assert state(self.ours) == before
        branch = self.joined.branch()
        assert outcome(branch.append, raw) == why
        assert state(self.joined) == before, "whatever a branch does"
        self.joined.join(branch)
        assert self.joined == self.ours
        for uid, theirs in self.theirs.users.items():
            found = self.ours.users[uid]
            assert (found.role.value, found.latest) == (theirs["role"], theirs["latest"])
            assert (found.key.raw if found.key else None) == theirs["key"]
        names = {name: uid for name, uid in self.ours.names.items() if self.ours.by_name(name) is not None}
        name_keys = {name: uid for name, uid in self.ours.name_keys.items() if self.ours.by_name_key(name) is not None}
        assert self.theirs.names == names and self.theirs.name_keys == name_keys
        assert self.theirs.used == self.ours.used_keys.keys()
        assert self.theirs.recoveries == self.ours.recovery_hashes.keys()
        for uid, theirs in self.theirs.users.items():
            assert theirs["recovery"] == self.ours.users[uid].recovery_hash
        found_roles = [found.role for found in self.ours.users.values()]
        assert found_roles.count(Role.SUPER_ADMIN) == min(1, len(found_roles))
        return why == "ok"

    def prev(self, person: Person, back: int) -> int:
        known = self.ours.users.get(person.uid)
        return max(0, known.latest - back) if known else back

    def now(self, person: Person) -> Person:
        return person.with_key(self.mine[person.uid])

    @rule(who=who)
    def register(self, who: int) -> None:
        self.append(fixed_people.register(self.people[who]))

    @rule(whom=who, by=who, role=st.sampled_from(list(Role)), back=st.sampled_from([0, 0, 0, 1]))
    def change_role(self, whom: int, by: int, role: Role, back: int) -> None:
        person = self.people[whom]
        self.append(fixed_people.role_change(person, role, self.now(self.people[by]), self.prev(person, back)))

    @rule(
        whom=who,
        by=who,
        new=st.none() | st.integers(0, len(keys) - 1),
        why=st.sampled_from([OWN, RECOVERY, ADMIN]),
        back=st.sampled_from([0, 0, 0, 1]),
        honest=st.sampled_from([True, True, True, False]),
    )
    def change_key(self, whom: int, by: int, new: int | None, why: str, back: int, honest: bool) -> None:
        person, commander = self.now(self.people[whom]), self.now(self.people[by])
        key = None if new is None else self.keys[new]
        if why == ADMIN:
            raw = fixed_people.key_change(person, key, why, commander.key, self.prev(person, back), by=commander)
        elif why == RECOVERY:
            signer = self.recovery[person.uid] if honest else commander.recovery
            public = self.recovery[person.uid].public
            raw = fixed_people.key_change(person, key, why, signer, self.prev(person, back), recovery=public)
        else:
            raw = fixed_people.key_change(
                person, key, why, (person if honest else commander).key, self.prev(person, back)
            )
        if self.append(raw) and key is not None:
            self.mine[person.uid] = key

    @rule(
        whom=who,
        by=who,
        new=st.integers(0, len(keys) - 1),
        why=st.sampled_from([OWN, ADMIN, SOLE]),
        back=st.sampled_from([0, 0, 0, 1]),
        honest=st.sampled_from([True, True, True, False]),
    )
    def change_recovery(self, whom: int, by: int, new: int, why: str, back: int, honest: bool) -> None:
        person, commander = self.now(self.people[whom]), self.now(self.people[by])
        now = self.recovery[person.uid]
        second = {OWN: now if honest else commander.recovery, ADMIN: commander.key, SOLE: None}[why]
        raw = fixed_people.recovery_change(
            person,
            self.keys[new],
            why,
            self.prev(person, back),
            second,
            by=commander if why == ADMIN else person,
            recovery=now.public if why == OWN else None,
        )
        if self.append(raw):
            self.recovery[person.uid] = self.keys[new]

    @rule(epoch=st.integers(0, 3))
    def change_group(self, epoch: int) -> None:
        self.append(fixed_people.group_change(fixed_people.GROUP, epoch))


TestTwoReadings = TwoReadings.TestCase
TestTwoReadings.settings = examples(12)


# --- small things that others build on ---


def test_people_of_names_each_once() -> None:
    entries = [log_entries.decode_entry(raw) for raw in STORY]
    assert log_entries.people_of(entries) == [PARVIN.uid, NIMA.uid, CYRUS.uid, DINA.uid, CYRUS_AGAIN.uid]


def test_what_an_entry_says_can_be_read() -> None:
    said = log_entries.read_register(log_entries.decode_entry(STORY[1]))  # type: ignore[arg-type]
    assert (said.name, said.uid) == ("Parvin", PARVIN.uid)
    assert log_entries.read_role_change(log_entries.decode_entry(STORY[5])).role is Role.ADMIN  # type: ignore[arg-type]
    assert log_entries.read_key_change(log_entries.decode_entry(STORY[9])).why == RECOVERY  # type: ignore[arg-type]
    with pytest.raises(Forged):
        log_entries.decode_entry(b"")
