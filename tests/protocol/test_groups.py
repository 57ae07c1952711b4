"""Groups (docs/protocol.md section 9): every rule of the chain, what a batch's check may leave out, and the keys."""

from __future__ import annotations

import copy
import dataclasses
import functools
import hashlib
import random
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol import group_entries as g
from protocol import group_seals, log_entries
from protocol.envelope import TEXT
from protocol.errors import Forged, HamrazError
from protocol.group_batch import check_batch
from protocol.group_entries import Certificate, Content, Header, Listed, MessageEntry
from protocol.group_member import Ended
from protocol.groups import Group
from protocol.log import Log
from protocol.primitives import EpochKey, OpenKey, SigningKey
from protocol.statements import NO_DEVICE, Prekey, Signed
from tests.protocol import document, fixed_group, fixed_people, reference
from tests.protocol.effort import bits, examples, flip
from tests.protocol.fixed_group import (
    COMMIT_1,
    COMMIT_2,
    COMMIT_3,
    CYRUS_2,
    EVE,
    KEYS,
    NIMA_1,
    NIMA_2,
    NIMA_3,
    chain,
    commit,
    continuations,
    group_log,
    join,
    leave,
    message,
    replay,
    replay_log,
)
from tests.protocol.fixed_people import AUTHORITY, AUTHORITY_ID, CYRUS, DINA, GROUP, NIMA, PARVIN, PREKEY, seed, signed
from tests.protocol.hostile import BOMBS, NOISE, ODD, damaged

CHAIN = chain()
LOG = replay_log(group_log())
CONTINUATIONS = continuations()


def refused(code: str) -> pytest.RaisesExc[HamrazError]:
    return pytest.RaisesExc(HamrazError, check=lambda reason: reason.code == code)


def state(group: Group) -> dict[str, Any]:
    return copy.deepcopy({field.name: getattr(group, field.name) for field in dataclasses.fields(group)})


def second_reading(count: int) -> tuple[reference.Group, reference.Log]:
    """The same group as somebody reads it who knows the document only, and its log; one's own to change."""
    return copy.deepcopy(_second_reading(count))


@functools.cache
def _second_reading(count: int) -> tuple[reference.Group, reference.Log]:
    statements = {name: [kind for _, kind in pairs] for name, pairs in document.statements().items()}
    entries = {tag: [kind for _, kind in pairs] for tag, pairs in document.entries().items()}
    chains = {tag: [kind for _, kind in pairs] for tag, pairs in document.group_entries().items()}
    log = reference.Log(AUTHORITY_ID, statements, entries)
    for raw in group_log():
        log.append(raw)
    group = reference.Group(GROUP, statements, chains, [kind for _, kind in document.group_structures()["header"]])
    for raw in CHAIN[:count]:
        group.append(raw, log)
    return group, log


# --- what a chain says ---


def test_the_story_is_told() -> None:
    now = replay(len(CHAIN), LOG)
    assert (now.n, now.epoch, now.creator, now.stale) == (13, 3, NIMA.uid, False)
    assert {uid: (m.joined, m.since, m.sequence) for uid, m in now.members.items()} == {
        NIMA.uid: (True, 1, 0),
        CYRUS.uid: (True, 1, 1),
        PARVIN.uid: (True, 2, 0),
    }
    assert now.hash == second_reading(13)[0].hashes[-1]


def test_what_each_entry_did() -> None:
    group, changes = Group(GROUP), []
    for raw in CHAIN:
        changes.append(group.append(raw, LOG))
    assert [change.by for change in changes[:4]] == [NIMA.uid, NIMA.uid, CYRUS.uid, CYRUS.uid]
    assert set(changes[0].added) == {NIMA.uid, CYRUS.uid, DINA.uid}
    assert (changes[6].added, changes[6].removed) == ((PARVIN.uid,), ())
    assert changes[10].left == (DINA.uid,)
    assert (changes[11].removed, changes[11].left, changes[11].by) == ((DINA.uid,), (DINA.uid,), CYRUS.uid)
    assert changes[12].header is not None and changes[12].header.uid == CYRUS.uid


def test_what_a_statement_says_of_itself() -> None:
    group = replay(12, LOG)
    told = lambda who, epoch, signed_commit: g.encode_entry(  # noqa: E731
        g.UnopenedEntry(signed(g.Unopened(GROUP, epoch, g.commit_hash(signed_commit), who.uid), who.key))
    )
    assert group.copy().append(told(PARVIN, 3, COMMIT_3), LOG).whose == CYRUS.uid  # who made the share of that epoch
    assert group.copy().append(told(PARVIN, 2, COMMIT_2), LOG).whose == b""  # wrapped by somebody, who isn't known
    with refused("stale"):
        group.append(told(PARVIN, 0, COMMIT_3), LOG)  # whose commit is the newest, as counted from the end
    invited, joined = replay(1, LOG), replay(3, LOG)
    assert invited.append(leave(CYRUS, 1), LOG).declined and not joined.append(leave(CYRUS, 1), LOG).declined


def test_a_commit_says_whether_it_changes_who_may_write() -> None:
    group = replay(11, LOG)
    for policy in (g.EVERYBODY, g.RANKED):
        said = commit(3, [NIMA, CYRUS, PARVIN], NIMA, g.commit_hash(COMMIT_2), policy=policy)
        _commit, change = group.check_commit(said, LOG, 8)
        assert change.policy == (policy == g.RANKED)


def test_a_log_that_has_no_authority_key_yet_vouches_for_no_message() -> None:
    group, log = replay(1, LOG), copy.copy(LOG)
    log.authority_key = None
    with refused("bad_signature"):
        group.append(g.encode_entry(NIMA_1), log)


def test_an_invited_member_is_in_as_far_as_keys_go_only() -> None:
    now = replay(1, LOG)
    assert set(now.members) == {NIMA.uid, CYRUS.uid, DINA.uid}
    assert [now.is_in(who.uid) for who in (NIMA, CYRUS, DINA, PARVIN)] == [True, False, False, False]


def test_leaving_makes_a_group_stale_until_a_commit() -> None:
    assert [replay(count, LOG).stale for count in (10, 11, 12)] == [False, True, False]
    assert not replay(11, LOG).is_in(DINA.uid)


def test_what_any_member_may_mend() -> None:
    now = replay(11, LOG)
    kept = now.mended(LOG)
    assert kept is not None and {member.uid for member in kept} == {NIMA.uid, CYRUS.uid, PARVIN.uid}
    assert kept == sorted(kept, key=lambda member: member.uid)
    assert replay(13, LOG).mended(LOG) is None
    new = fixed_people.CYRUS_SECOND_KEY
    replaced = replay_log([*group_log(), fixed_people.key_change(CYRUS, new, log_entries.OWN, CYRUS.key, 3)])
    after = replay(13, replaced)
    assert after.changed_keys(replaced) == {CYRUS.uid: new.public}
    mended = after.mended(replaced)
    assert mended is not None and Listed(CYRUS.uid, new.public.fingerprint()) in mended and len(mended) == 3
    revoked = replay_log([*group_log(), fixed_people.key_change(CYRUS, None, log_entries.OWN, CYRUS.key, 3)])
    mended = replay(13, revoked).mended(revoked)
    assert mended is not None and {member.uid for member in mended} == {NIMA.uid, PARVIN.uid}


def test_the_key_that_counts_is_the_one_that_the_commit_names() -> None:
    new = CYRUS.with_key(fixed_people.CYRUS_SECOND_KEY)
    mending = commit(4, [NIMA, new, PARVIN], NIMA, g.commit_hash(COMMIT_3))
    change = fixed_people.key_change(CYRUS, fixed_people.CYRUS_SECOND_KEY, log_entries.OWN, CYRUS.key, 3)
    log = replay_log([*group_log(), change, fixed_group.group_entry(mending)])
    group = replay(13, log)
    group.append(fixed_group.commit_entry(mending), log)
    assert group.changed_keys(log) == {}
    with refused("bad_signature"):
        group.append(raw(message(CYRUS, 1, g.NONE, mending, "with the old key")), log)
    group.append(raw(message(new, 1, g.NONE, mending, "with the new key")), log)


def test_the_beginning_of_a_long_chain_is_known_to_all() -> None:
    group = replay(13, LOG)
    group.recent = {13: group.hash}  # as after a thousand entries, or in a group that was just loaded
    group.append(raw(message(NIMA, 1, g.NONE, COMMIT_3, "x", seen_n=0, seen_hash=g.NONE)), LOG)
    with refused("chain_split"):
        group.append(raw(message(NIMA, 2, last_of(group), COMMIT_3, "x", seen_n=4)), LOG)
    group.hash_at = lambda n: {4: seed("four")}.get(n)
    seen = {"seen_n": 4, "seen_hash": seed("four")}
    group.append(raw(message(NIMA, 2, last_of(group), COMMIT_3, "x", **seen)), LOG)


def test_a_replay_that_leaves_out_checked_messages_has_no_hashes_of_its_own() -> None:
    group = Group(GROUP)
    for n, entry in enumerate(CHAIN, 1):
        if not isinstance(g.decode_entry(entry), MessageEntry):
            group.n = n - 1
            group.append(entry, LOG)
    whole = replay(13, LOG)
    group.resume_at(whole.n, whole.hash)
    group.resume(CYRUS.uid, 1, g.message_hash(CYRUS_2))
    assert group.members == whole.members and (group.epoch, group.stale) == (3, False)
    group.hash_at = lambda n: replay(n, LOG).hash
    seen = {"seen_n": 12, "seen_hash": replay(12, LOG).hash}
    group.append(raw(message(NIMA, 1, g.NONE, COMMIT_3, "seen before the restart", **seen)), LOG)


def test_a_batch_knows_all_of_its_own_hashes() -> None:
    """However long it is, and though none of it is on disk: else an old but honest view would look like a lie."""
    group = Group(GROUP, room=3)
    check_batch(group, CHAIN, LOG)
    assert len(group.recent) == 3 and group.recent[13] == group.hash
    first = replay(1, LOG).hash
    late = raw(message(NIMA, 1, g.NONE, COMMIT_3, "what I had seen is long ago", seen_n=1, seen_hash=first))
    again = Group(GROUP, room=3)
    check_batch(again, [*CHAIN, late], LOG)
    assert again.n == 14
    with refused("bad_signature"):  # and what is at fault is named, not the view
        forged = message(CYRUS, 2, g.message_hash(CYRUS_2), COMMIT_3, "forged", signer=NIMA.key)
        check_batch(Group(GROUP, room=3), [*CHAIN, late, raw(forged)], LOG)


def last_of(group: Group) -> bytes:
    return group.members[NIMA.uid].last


def test_who_is_taken_back_begins_anew() -> None:
    back = commit(3, [NIMA, CYRUS, DINA, PARVIN], NIMA, g.commit_hash(COMMIT_2))
    log = replay_log([*group_log()[:8], fixed_group.group_entry(back)])
    group = replay(11, log)
    group.append(fixed_group.commit_entry(back), log)
    assert (group.members[DINA.uid].joined, group.members[DINA.uid].since) == (False, 3)
    for old in (join(DINA, 1), join(DINA, 2)):  # what she signed before she left brings nobody back
        with refused("stale"):
            group.append(old, log)
    group.append(join(DINA, 3), log)
    assert group.is_in(DINA.uid) and group.members[DINA.uid].entered == 13


def test_how_far_the_chain_goes_for_who_is_not_in_it_any_more() -> None:
    """From leaving on up to there; after the commit that takes one out up to that; for all others there is no end."""
    ends = [replay(count, LOG).end_of(DINA.uid) for count in (9, 10, 11, 12)]
    assert ends == [None, None, Ended(11, 2, True), Ended(12, 3, True)]
    assert [replay(12, LOG).end_of(who.uid) for who in (NIMA, EVE)] == [None, None]
    asked = commit(4, [NIMA, CYRUS, DINA, PARVIN], NIMA, g.commit_hash(COMMIT_3))
    again = commit(5, [NIMA, CYRUS, PARVIN], NIMA, g.commit_hash(asked))
    log = replay_log([*group_log(), fixed_group.group_entry(asked), fixed_group.group_entry(again)])
    group = replay(13, log)
    group.append(fixed_group.commit_entry(asked), log)
    assert group.end_of(DINA.uid) == Ended(12, 3, True)  # for as long as she doesn't come
    came = copy.deepcopy(group)
    came.append(join(DINA, 4), log)
    assert DINA.uid not in came.ended and came.end_of(DINA.uid) is None
    group.append(fixed_group.commit_entry(again), log)
    assert group.end_of(DINA.uid) == Ended(12, 3, True, (15, 5))


@pytest.mark.parametrize("count", range(len(CHAIN)))
def test_the_last_entry_can_be_taken_back(count: int) -> None:
    group = replay(count, LOG)
    before, back = state(group), group.standing()
    back(group.append(CHAIN[count], LOG))
    assert state(group) == before


def test_a_stub_stands_for_the_entry_that_was_there() -> None:
    for raw in CHAIN:
        entry = g.decode_entry(raw)
        if isinstance(entry, MessageEntry):
            stub = g.encode_entry(g.stub_of(entry, raw))
            assert g.entry_digest(stub) == g.entry_digest(raw) == hashlib.sha256(raw).digest()
            assert hashlib.sha256(stub).digest() != g.entry_digest(stub)


def test_history_opens_for_who_has_the_next_key_and_is_the_one_that_was() -> None:
    first, second = (g.decode_strict(one.body, g.Commit) for one in (COMMIT_1, COMMIT_2))
    wrapped = group_seals.wrap_history(KEYS[2], KEYS[1], GROUP, 2, g.commit_hash(COMMIT_1))
    assert (
        group_seals.unwrap_history(KEYS[2], msgspec.structs.replace(second, wrapped=wrapped), first).save()
        == KEYS[1].save()
    )
    with refused("cannot_open"):
        group_seals.unwrap_history(KEYS[3], msgspec.structs.replace(second, wrapped=wrapped), first)


# --- what a chain refuses ---


@pytest.mark.parametrize("case", CONTINUATIONS, ids=lambda case: case[0].replace(" ", "_"))
def test_each_rule(case: tuple[str, int, list[bytes], bytes, str]) -> None:
    _about, count, log_raws, raw, code = case
    log = replay_log(log_raws)
    group = replay(count, log)
    before, log_before = state(group), copy.deepcopy(log)
    if code == "ok":
        group.append(raw, log)
        assert group.n == count + 1
    else:
        with refused(code):
            group.append(raw, log)
        assert state(group) == before
    assert log == log_before


def test_no_entry_can_come_twice() -> None:
    group = replay(len(CHAIN), LOG)
    before = state(group)
    for raw in CHAIN:
        with pytest.raises(HamrazError):
            group.append(raw, LOG)
        assert state(group) == before


@pytest.mark.parametrize("at", range(len(CHAIN)), ids=str)
def test_every_flipped_bit_is_refused_or_changes_the_hash(at: int) -> None:
    group = replay(at, LOG)
    before, hash = state(group), replay(at + 1, LOG).hash
    entry = g.decode_entry(CHAIN[at])
    for bit in bits(CHAIN[at]):
        try:
            group.append(flip(CHAIN[at], bit), LOG)
        except HamrazError:
            assert state(group) == before
        else:
            # what wraps the key before isn't signed: the chain's hash fixes it, and the key's id shows if it is wrong
            assert isinstance(entry, g.CommitEntry) and group.hash != hash
            group = replay(at, LOG)


@examples(40)
@given(NOISE | ODD | damaged(CHAIN), st.sampled_from([0, 1, 7, 11, 13]))
def test_garbage_is_named_and_both_readings_agree(raw: bytes, count: int) -> None:
    group = replay(count, LOG)
    before = state(group)
    theirs, their_log = second_reading(count)
    try:
        group.append(raw, LOG)
        code = "ok"
    except HamrazError as reason:
        assert state(group) == before
        code = reason.code
    try:
        theirs.append(raw, their_log)
        other = "ok"
    except reference.Wrong as reason:
        other = str(reason)
    assert code == other and group.hash == theirs.hashes[-1]


@pytest.mark.parametrize("bomb", BOMBS, ids=lambda bomb: bomb[:12].hex())
def test_a_bomb_is_named(bomb: bytes) -> None:
    with refused("bad_statement"):
        replay(13, LOG).append(bomb, LOG)
    with refused("bad_statement"):
        g.decode_header(bomb)


def test_what_comes_next_in_its_senders_row_has_never_been_here() -> None:
    group, headers = Group(GROUP), []
    for entry in CHAIN:
        read = g.read_entry(entry)
        if read.header is not None:
            headers.append(read.header)
            assert group.is_next(read.header)
        group.append(read, LOG)
        assert not any(map(group.is_next, headers))
    assert state(group) == state(replay(13, LOG)) and len(headers) >= 5


# --- checking many at once ---


def raw(entry: MessageEntry) -> bytes:
    return g.encode_entry(entry)


ROW = [raw(NIMA_1), raw(NIMA_2), raw(NIMA_3)]


def checked(raws: list[bytes], log: Log = LOG) -> str:
    try:
        check_batch(replay(1, log), raws, log)
    except HamrazError as reason:
        return reason.code
    return "ok"


def test_a_batch_is_what_its_entries_are() -> None:
    group = Group(GROUP)
    changes = check_batch(group, CHAIN, LOG)
    assert state(group) == state(replay(13, LOG)) and len(changes) == 13
    assert checked(ROW) == "ok"


def test_a_forged_message_in_the_middle_is_refused() -> None:
    """Under a valid newest signature: altered, swapped, dropped, doubled, by another, of an old epoch, rebuilt."""
    altered = MessageEntry(NIMA_2.header, NIMA_2.ciphertext[:-1] + b"\0", NIMA_2.sig)
    by_cyrus = message(NIMA, 2, g.message_hash(NIMA_1), COMMIT_1, "forged", signer=CYRUS.key)
    rebuilt = message(NIMA, 2, g.message_hash(NIMA_1), COMMIT_1, "forged", signer=AUTHORITY)
    old = message(NIMA, 2, g.message_hash(NIMA_1), COMMIT_1, "x", epoch=0)
    assert checked([ROW[0], raw(altered), ROW[2]]) == "bad_signature"
    assert checked([ROW[1], ROW[0], ROW[2]]) == "chain_broken"
    assert checked([ROW[0], ROW[2]]) == "chain_broken"
    assert checked([ROW[0], ROW[0], ROW[1]]) == "chain_broken"
    assert checked([ROW[0], raw(by_cyrus), ROW[2]]) == "bad_signature"
    assert checked([ROW[0], raw(rebuilt), ROW[2]]) == "bad_signature"
    assert checked([ROW[0], raw(old), ROW[2]]) == "stale"


def test_a_rebuilt_row_ends_in_a_signature_that_is_not_the_senders() -> None:
    first = message(NIMA, 1, g.NONE, COMMIT_1, "forged", signer=AUTHORITY)
    second = message(NIMA, 2, g.message_hash(first), COMMIT_1, "forged too", signer=AUTHORITY)
    assert checked([raw(first), raw(second)]) == "bad_signature"
    # each sender and each epoch has a newest signature of its own: one that holds covers no other's
    assert checked([raw(first), raw(second), join(CYRUS, 1), raw(fixed_group.CYRUS_1)]) == "bad_signature"
    group = replay(5, LOG)
    later = [
        raw(message(NIMA, 3, g.message_hash(NIMA_2), COMMIT_1, "forged", signer=AUTHORITY)),
        CHAIN[6],
        raw(message(NIMA, 1, g.NONE, COMMIT_2, "honest")),
    ]
    with refused("bad_signature"):
        check_batch(group, later, LOG)


@examples(25)
@given(st.randoms(use_true_random=False), st.integers(1, 12))
def test_a_batch_agrees_with_one_by_one(chance: random.Random, length: int) -> None:
    """Rows of three people, honest but for one entry at most: a batch finds trouble exactly when one by one does."""
    people = [NIMA, CYRUS, DINA]
    log = LOG
    start = [CHAIN[0], join(CYRUS, 1), join(DINA, 1)]
    last = {who.uid: (0, g.NONE) for who in people}
    entries, forged = [], chance.randrange(length * 2)
    for at in range(length):
        who = chance.choice(people)
        sequence, previous = last[who.uid]
        signer = AUTHORITY if at == forged else None
        entry = message(who, sequence + 1, previous, COMMIT_1, f"{at}", signer=signer)
        last[who.uid] = (sequence + 1, g.message_hash(entry))
        entries.append(raw(entry))
    one_by_one = Group(GROUP)
    batch = Group(GROUP)
    for entry_raw in start:
        one_by_one.append(entry_raw, log)
        batch.append(entry_raw, log)
    newest = {g.decode_header(g.decode_entry(r).header).uid: at for at, r in enumerate(entries)}  # type: ignore[union-attr]
    if forged < length:
        with refused("bad_signature"):
            for entry_raw in entries:
                one_by_one.append(entry_raw, log)
    if forged in newest.values():
        with refused("bad_signature"):
            check_batch(batch, entries, log)
    else:
        # under an honest newer signature the sender has taken on what is before it: the words are the sender's
        check_batch(batch, entries, log)
        assert batch.n == 3 + length


# --- messages and notes ---


def test_a_message_opens_under_its_epochs_key_only() -> None:
    content = group_seals.open_message(NIMA_1, KEYS[1])
    assert (content.kind, content.body) == (TEXT, b"welcome")
    with refused("cannot_open"):
        group_seals.open_message(NIMA_1, KEYS[2])
    other_header = MessageEntry(NIMA_2.header, NIMA_1.ciphertext, NIMA_1.sig)
    with refused("cannot_open"):
        group_seals.open_message(other_header, KEYS[1])


def test_the_key_of_one_message_opens_it_and_nothing_else() -> None:
    key = KEYS[1].message_key(NIMA_1.header)
    assert group_seals.open_shown(NIMA_1, key) == group_seals.open_message(NIMA_1, KEYS[1])
    for entry, other in ((NIMA_2, key), (NIMA_1, KEYS[1].message_key(NIMA_2.header)), (NIMA_1, key[:31])):
        with refused("cannot_open"):
            group_seals.open_shown(entry, other)
    with refused("cannot_open"):
        group_seals.open_message(NIMA_1, EpochKey(key))


@examples(25)
@given(NOISE | ODD)
def test_a_member_may_encrypt_garbage(plaintext: bytes) -> None:
    entry = MessageEntry(NIMA_1.header, KEYS[1].encrypt(NIMA_1.header, plaintext), bytes(64))
    try:
        assert isinstance(group_seals.open_message(entry, KEYS[1]), Content)
    except HamrazError as reason:
        assert reason.code == "bad_statement"


@examples(25)
@given(st.binary(max_size=80))
def test_noise_for_a_ciphertext_is_named(ciphertext: bytes) -> None:
    with refused("cannot_open"):
        group_seals.open_message(MessageEntry(NIMA_1.header, ciphertext, bytes(64)), KEYS[1])
    with refused("cannot_open"):
        KEYS[1].unwrap(ciphertext, b"about")


@pytest.mark.parametrize("field", Header.__struct_fields__)
def test_a_signature_covers_every_field_of_the_header(field: str) -> None:
    header = list(msgspec.structs.astuple(g.decode_header(NIMA_1.header)))
    other: dict[str, Any] = dict.fromkeys(("epoch", "sequence", "seen_n"), 9)
    other |= {"gid": bytes(16), "id": bytes(16), "device": b"d" * 16, "head": Signed(b"", bytes(64))}
    header[Header.__struct_fields__.index(field)] = other.get(field, seed("other"))
    entry = MessageEntry(msgspec.msgpack.encode(header), NIMA_1.ciphertext, NIMA_1.sig)
    with refused("bad_signature"):
        g.verify_message(entry, NIMA.key.public, AUTHORITY_ID)
    assert g.message_hash(entry) != g.message_hash(NIMA_1)


def test_a_note_is_for_those_who_were_in_until_then() -> None:
    commit = msgspec.msgpack.decode(COMMIT_3.body, type=g.Commit)
    note = group_seals.seal_note(KEYS[2], GROUP, 3, commit.by, "she asked for it", bytes(16))
    with_note = msgspec.structs.replace(commit, note=note)
    assert group_seals.open_note(KEYS[2], with_note) == "she asked for it"
    with refused("cannot_open"):  # who comes in by this commit has only this one
        group_seals.open_note(KEYS[3], with_note)
    for other in ({"epoch": 4}, {"by": bytes(32)}, {"gid": bytes(16)}, {"note": note[:-1]}, {"note": b"n"}):
        with refused("cannot_open"):
            group_seals.open_note(KEYS[2], msgspec.structs.replace(with_note, **other))
    assert group_seals.open_note(KEYS[2], commit) == ""
    assert group_seals.seal_note(KEYS[2], GROUP, 3, commit.by, "", bytes(16)) == b""
    longest = group_seals.seal_note(KEYS[2], GROUP, 3, commit.by, "n" * g.NOTE_LIMIT, bytes(16))
    assert len(longest) == 532  # the bound of section 5.2


# --- epoch keys ---

LAST_RESORT = signed(Prekey(CYRUS.uid, NO_DEVICE, fixed_people.PREKEY_ID, 1, PREKEY.public.raw), CYRUS.key)


def grant_for(prekey: Signed = LAST_RESORT) -> bytes:
    return group_seals.seal_grant(KEYS[1], COMMIT_1, CYRUS.uid, CYRUS.key.public, prekey, NIMA.key, AUTHORITY_ID)


def test_a_grant_is_sealed_to_a_members_own_last_resort_prekey() -> None:
    sealed = grant_for()
    key = group_seals.open_grant(sealed, PREKEY, COMMIT_1, NIMA.key.public, CYRUS.uid, AUTHORITY_ID)
    assert key.save() == KEYS[1].save()
    one_time = signed(Prekey(CYRUS.uid, NO_DEVICE, fixed_people.PREKEY_ID, 0, PREKEY.public.raw), CYRUS.key)
    of_eve = signed(Prekey(CYRUS.uid, NO_DEVICE, fixed_people.PREKEY_ID, 1, PREKEY.public.raw), EVE.key)
    named_dina = signed(Prekey(DINA.uid, NO_DEVICE, fixed_people.PREKEY_ID, 1, PREKEY.public.raw), CYRUS.key)
    for prekey, code in ((one_time, "prekey_invalid"), (of_eve, "bad_signature"), (named_dina, "prekey_invalid")):
        with refused(code):
            grant_for(prekey)


def test_a_commit_is_decoded_once_for_all_whose_keys_are_sealed(monkeypatch: pytest.MonkeyPatch) -> None:
    """It lists all of them: decoded for each, a change of a large group would grow with the square."""
    group_seals._named.cache_clear()
    decode, decoded = group_seals.decode_strict, []
    monkeypatch.setattr(group_seals, "decode_strict", lambda body, kind: decoded.append(kind) or decode(body, kind))
    for _ in range(3):
        grant_for()
    assert decoded == [g.Commit]


def test_every_flipped_bit_of_a_grant_is_refused() -> None:
    sealed = grant_for()
    for bit in bits(sealed):
        with refused("cannot_open"):
            group_seals.open_grant(flip(sealed, bit), PREKEY, COMMIT_1, NIMA.key.public, CYRUS.uid, AUTHORITY_ID)


@examples(25)
@given(NOISE | ODD)
def test_garbage_in_a_grant_is_named(plaintext: bytes) -> None:
    sealed = PREKEY.public.seal(plaintext, group_seals.grant_info(AUTHORITY_ID, NIMA.uid, CYRUS.uid))
    with pytest.raises(HamrazError):
        group_seals.open_grant(sealed, PREKEY, COMMIT_1, NIMA.key.public, CYRUS.uid, AUTHORITY_ID)


def test_an_epochs_key_says_nothing_of_another() -> None:
    ids = [KEYS[epoch].key_id() for epoch in KEYS]
    assert len(set(ids)) == len(ids) and not set(ids) & {key.save() for key in KEYS.values()}


@examples(40)
@given(st.binary(min_size=1, max_size=80), st.binary(max_size=80))
def test_an_epoch_keys_uses_differ(header: bytes, plaintext: bytes) -> None:
    key = EpochKey(seed("epoch key"))
    ciphertext = key.encrypt(header, plaintext)
    assert key.decrypt(header, ciphertext) == plaintext and len(ciphertext) == len(plaintext) + 16
    with refused("cannot_open"):
        key.decrypt(header + b"\0", ciphertext)
    wrapped = key.wrap(KEYS[1], header)
    assert key.unwrap(wrapped, header).save() == KEYS[1].save() and len(wrapped) == 60
    assert key.wrap(KEYS[1], header) != wrapped
    with refused("cannot_open"):
        key.unwrap(wrapped, header + b"\0")


def test_an_epoch_key_is_32_bytes() -> None:
    for size in (0, 31, 33):
        with refused("bad_statement"):
            EpochKey(bytes(size))


def test_no_epoch_key_shows_in_a_grants_repr() -> None:
    grant = g.EpochGrant(NIMA.uid, CYRUS.uid, bytes(32), GROUP, 1, bytes(32), seed("epoch 1"))
    assert repr(seed("epoch 1"))[2:-1] not in repr(grant) and seed("epoch 1").hex() not in repr(grant)


# --- invitations ---

CERTIFICATE = Certificate(GROUP, 1, g.commit_hash(COMMIT_1), 40100, NIMA.uid, 6)


def invitation(
    certificate: Certificate = CERTIFICATE, commit: Signed = COMMIT_1, key: SigningKey = AUTHORITY, name: str = "study"
) -> bytes:
    return group_seals.encode_invitation(group_seals.Invitation(signed(certificate, key), commit, name))


def check(body: bytes, invitee: bytes = CYRUS.uid) -> group_seals.Invited:
    return group_seals.check_invitation(body, AUTHORITY.public, AUTHORITY_ID, invitee)


def test_an_invitation_is_for_its_invitees() -> None:
    invited = check(invitation())
    assert (invited.certificate, invited.name, invited.commit.epoch) == (CERTIFICATE, "study", 1)
    with refused("bad_certificate"):
        check(invitation(), PARVIN.uid)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"key": NIMA.key}, "bad_signature"),
        ({"commit": COMMIT_2}, "bad_certificate"),
        ({"certificate": msgspec.structs.replace(CERTIFICATE, gid=bytes(16))}, "bad_certificate"),
        ({"certificate": msgspec.structs.replace(CERTIFICATE, epoch=2)}, "bad_certificate"),
        ({"certificate": msgspec.structs.replace(CERTIFICATE, commit_hash=bytes(32))}, "bad_certificate"),
        ({"commit": Signed(b"", bytes(64))}, "bad_statement"),
        ({"name": ""}, "bad_statement"),
        ({"name": "n" * 65}, "bad_statement"),
    ],
    ids=["not the authority's", "another commit", "gid", "epoch", "hash", "no commit", "no name", "a long name"],
)
def test_a_forged_invitation_is_refused(change: dict[str, Any], code: str) -> None:
    with refused(code):
        check(invitation(**change))


@examples(40)
@given(NOISE | ODD | damaged([invitation()]))
def test_garbage_for_an_invitation_is_named(body: bytes) -> None:
    try:
        check(body)
    except HamrazError as reason:
        assert reason.code in ("bad_statement", "bad_signature", "bad_certificate")


def test_a_leave_holds_in_its_group_only() -> None:
    other = Group(seed("another group", 16))
    with refused("wrong_recipient"):
        other.append(leave(CYRUS, 1), LOG)
    with pytest.raises(Forged):
        other.append(CHAIN[0], LOG)
    assert g.message_hash(CYRUS_2) and OpenKey(PREKEY.save()).public == PREKEY.public
