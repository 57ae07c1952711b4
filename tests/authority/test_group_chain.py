"""A group's chain at the authority, by raw clients: posting, pushing, reloading, leaving, and starting again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from authority_server.core.authority import Authority
from authority_server.handlers.group_chain import ENTRY_LIMIT
from authority_server.state.state import State
from authority_server.store import groups as group_store
from authority_server.store.database import Account, Rows
from protocol import messages
from protocol.errors import HamrazError
from protocol.group_entries import Certificate, ChainHead, CommitEntry, encode_entry
from protocol.groups import RECENT
from protocol.log_entries import GroupEntry
from protocol.log_entries import encode_entry as encode_log_entry
from protocol.messages import (
    Acked,
    Acks,
    Committed,
    Done,
    Enter,
    Entered,
    Failed,
    FetchAcks,
    FetchGrant,
    FetchGroup,
    Grant,
    GrantKeys,
    GroupIs,
    Hello,
    LeftGroup,
    Post,
    Posted,
    Reload,
    Reloaded,
)
from protocol.primitives import SigningKey, random_id, random_nonce
from protocol.roles import Role
from protocol.statements import Signed, check, issue
from tests.authority.group_peer import (
    Batch,
    Circle,
    GroupPeer,
    known,
    line,
    make_commit,
    people,
    reloaded,
)
from tests.authority.peer import Clock, Person, member, new_authority
from tests.authority.test_groups import code_of


@pytest.fixture
def who(authority: Authority) -> dict[str, Person]:
    return people(authority, ada=Role.ADVANCED, bob=Role.BEGINNER, eve=Role.BEGINNER)


@pytest.fixture
def circle(authority: Authority, who: dict[str, Person]) -> Circle:
    """Ada's group with Bob, who have joined: entries 1 and 2."""
    return Circle(authority).create(who["ada"], [who["ada"], who["bob"]])


def chain(authority: Authority, circle: Circle) -> list[bytes]:
    """All entries, as the database has them."""
    with authority.store.transaction() as rows:
        return group_store.entries(rows, circle.gid, 0, 1_000_000, 1_000_000_000)


# --- coming in ---


def test_not_a_member_is_one_answer(authority: Authority, circle: Circle, who: dict[str, Person]) -> None:
    """To a stranger, to another user, to a wrong proof, and of a group that doesn't exist."""
    eve = who["eve"]
    nowhere, stranger = Circle(authority), Person(authority.id, "stranger")
    answers = []
    for group, caller, changes in (
        (circle, eve, {}),
        (circle, stranger, {}),
        (nowhere, eve, {}),
        (circle, who["ada"], {"proof": issue(ChainHead(circle.gid, 1, bytes(32), 1, 1), eve.key, authority.id)}),
    ):
        peer = GroupPeer(authority)
        peer.hello()
        peer.rid = 6
        peer.begin(group.enter_request(peer, caller, **changes))
        answers.append(peer.inbox)
        assert not peer.closed
    assert answers == [[Failed(7, "not_member", None, {})]] * 4


def test_a_proof_is_for_this_group_and_this_connection(
    authority: Authority, circle: Circle, who: dict[str, Person]
) -> None:
    ada = who["ada"]
    other = Circle(authority, port=4001).create(ada, [ada])
    peer, again = GroupPeer(authority), GroupPeer(authority)
    peer.hello(), again.hello()
    request = circle.enter_request(peer, ada)
    assert code_of(lambda: again.ask(request, Entered)) == "not_member"
    mixed = other.enter_request(peer, ada)
    assert code_of(lambda: peer.ask(Enter(0, circle.gid, ada.uid, mixed.proof), Entered)) == "not_member"
    peer.ask(request, Entered)


def test_wrong_proofs_are_charged(authority: Authority, circle: Circle, who: dict[str, Person], clock: Clock) -> None:
    ada = who["ada"]
    impostor = Person(authority.id, "ada", key=SigningKey.generate())
    peer = GroupPeer(authority, "192.0.2.66")
    peer.hello()
    wrong = circle.enter_request(peer, impostor, uid=ada.uid)
    for _try in range(authority.limits.failures.burst):
        assert code_of(lambda: peer.ask(wrong, Entered)) == "not_member"
    assert code_of(lambda: peer.ask(wrong, Entered)) == "slow_down"
    # the right one isn't asked how others have failed
    peer.ask(circle.enter_request(peer, ada), Entered)


def test_one_connection_a_member_the_newest(authority: Authority, circle: Circle, who: dict[str, Person]) -> None:
    old = circle.enter(who["ada"])
    new = circle.enter(who["ada"])
    assert old.left_with(circle) == "replaced" and old.closed and not new.closed
    old.hang_up()
    new.ask(circle.post(circle.message(who["ada"])), Posted)
    assert len(new.pushed()) == 1


# --- posting ---


def test_pushes_reach_exactly_who_is_in_once_and_in_order(
    authority: Authority, circle: Circle, who: dict[str, Person]
) -> None:
    ada, bob, eve = who["ada"], who["bob"], who["eve"]
    circle.change(line(authority, ada), ada, [ada, bob, eve])
    peers = {name: circle.enter(who[name]) for name in ("ada", "bob", "eve")}
    stranger = GroupPeer(authority)
    stranger.hello()
    batch, entries = Batch(authority), [circle.message(by) for by in (ada, bob, ada, ada, bob)]
    for by, entry in zip(("ada", "bob", "ada", "ada", "bob"), entries, strict=True):
        peers[by].begin(circle.post(entry))
    batch.run()
    late = circle.join_entry(eve)
    peers["eve"].begin(circle.post(late))
    last = circle.message(bob)
    peers["bob"].begin(circle.post(last))
    batch.run()
    before = list(enumerate(entries, 4))
    after = [(9, late), (10, last)]
    assert peers["ada"].pushed() == peers["bob"].pushed() == before + after
    assert peers["eve"].pushed() == after  # invited until then: what came before is there to reload
    assert stranger.inbox == []
    # one frame a batch, whose head is the newest
    pushes = [message for message in peers["ada"].inbox if isinstance(message, messages.Entries)]
    heads = [check(push.chain, ChainHead, authority.key.public, authority.id) for push in pushes]
    assert [(push.start, len(push.entries)) for push in pushes] == [(4, 5), (9, 2)]
    assert [head.n for head in heads] == [8, 10]
    assert chain(authority, circle)[3:] == [*entries, late, last]


def test_a_message_again_gets_the_first_answer(authority: Authority, circle: Circle, who: dict[str, Person]) -> None:
    ada, bob = who["ada"], who["bob"]
    id = random_id()
    entry = circle.message(ada, id=id)
    first = circle.enter(ada).ask(circle.post(entry), Posted)
    circle.enter(bob).ask(circle.post(circle.message(bob)), Posted)
    assert circle.enter(ada).ask(circle.post(entry), Posted).n == first.n == 3
    # written anew under the same id, as after `stale`: it is still the same message
    circle.change(line(authority, ada), ada, [ada, bob])
    assert circle.enter(ada).ask(circle.post(circle.message(ada, id=id)), Posted).n == 3
    assert len(chain(authority, circle)) == 5
    # another one's message may have that id
    assert circle.enter(bob).ask(circle.post(circle.message(bob, id=id)), Posted).n == 6


def test_a_message_twice_in_one_batch_is_one(authority: Authority, circle: Circle, who: dict[str, Person]) -> None:
    """The second time on a new connection, while the first one's row still waits."""
    ada = who["ada"]
    entry, batch = circle.message(ada), Batch(authority)
    one = circle.enter(ada)
    first = one.begin(circle.post(entry))
    two = circle.enter(ada)
    second = two.begin(circle.post(entry))
    batch.run()
    assert two.answer(second, Posted).n == 3
    assert one.left_with(circle) == "replaced" and first
    assert chain(authority, circle)[2:] == [entry]


def test_joining_again_gets_the_first_answer(authority: Authority, circle: Circle, who: dict[str, Person]) -> None:
    ada, eve = who["ada"], who["eve"]
    circle.change(line(authority, ada), ada, [ada, who["bob"], eve])
    entry = circle.join_entry(eve)
    peer, batch = circle.enter(eve), Batch(authority)
    numbers = [peer.begin(circle.post(entry)) for _time in range(2)]
    batch.run()
    numbers.append(peer.begin(circle.post(entry)))
    batch.run()
    assert [peer.answer(number, Posted).n for number in numbers] == [4, 4, 4]
    assert chain(authority, circle)[3:] == [entry]


def test_what_is_refused_by_name(authority: Authority, circle: Circle, who: dict[str, Person]) -> None:
    ada, bob, eve = who["ada"], who["bob"], who["eve"]
    peer, before = circle.enter(ada), known(authority)

    def message(by: Person = ada, **changes: Any) -> bytes:
        kept = dict(circle.sent)
        entry = circle.message(by, **changes)
        circle.sent = kept
        return entry

    for entry, code in (
        (message(bob), "not_member"),  # in Bob's name, on Ada's connection
        (message(signer=bob.key), "bad_signature"),
        (message(sequence=2), "chain_broken"),
        (message(previous=random_nonce()), "chain_broken"),
        (message(epoch=2), "stale"),
        (message(commit_hash=bytes(32)), "stale"),
        (message(gid=bytes(16)), "wrong_recipient"),
        (message(seen_n=2), "chain_split"),
        (message(seen_n=99), "chain_split"),
        (circle.join_entry(bob), "not_member"),
        (circle.leave_entry(bob), "not_member"),
        (circle.join_entry(ada), "stale"),
        (b"\x90", "bad_statement"),
        (message() + b"\xc0", "bad_statement"),
    ):
        assert code_of(lambda entry=entry: peer.ask(circle.post(entry), Posted)) == code
    assert code_of(lambda: peer.ask(Post(0, bytes(16), message()), Posted)) == "not_member"
    assert code_of(lambda: circle.enter(eve)) == "not_member"
    assert known(authority) == before and not peer.closed


def test_the_longest_entry(authority: Authority, circle: Circle, who: dict[str, Person]) -> None:
    ada = who["ada"]
    peer = circle.enter(ada)
    size = len(circle.message(ada))
    circle.sent.clear()
    fits = circle.message(ada, b"x" * (ENTRY_LIMIT - size - 3))  # a longer text has a longer length
    assert ENTRY_LIMIT - 3 <= len(fits) <= ENTRY_LIMIT
    peer.ask(circle.post(fits), Posted)
    assert [entry for _n, entry in peer.pushed()] == [fits]
    too_long = circle.message(ada, b"x" * (ENTRY_LIMIT - size + 1))
    assert code_of(lambda: peer.ask(circle.post(too_long), Posted)) == "message_too_long"


def test_a_false_one_in_a_batch_is_refused_alone(authority: Authority, circle: Circle, who: dict[str, Person]) -> None:
    """A signature that holds over what comes after it makes it no better."""
    ada, bob = who["ada"], who["bob"]
    peer, other, batch = circle.enter(ada), circle.enter(bob), Batch(authority)
    good, false = circle.message(ada), circle.message(ada, signer=bob.key)
    after, others = circle.message(ada), circle.message(bob)
    numbers = [peer.begin(circle.post(entry)) for entry in (good, false, after)]
    theirs = other.begin(circle.post(others))
    batch.run()
    assert peer.answer(numbers[0], Posted).n == 3
    assert code_of(lambda: peer.answer(numbers[1], Posted)) == "bad_signature"
    assert code_of(lambda: peer.answer(numbers[2], Posted)) == "chain_broken"
    assert other.answer(theirs, Posted).n == 4
    assert chain(authority, circle)[2:] == [good, others]


# --- reloading ---


def test_reload_of_5000_messages_in_parts(authority: Authority, who: dict[str, Person]) -> None:
    ada, bob = who["ada"], who["bob"]
    circle = Circle(authority).create(ada, [ada, bob])
    peers, batch, entries = (circle.enter(ada), circle.enter(bob)), Batch(authority), []
    for number in range(5000):
        entries.append(circle.message((ada, bob)[number % 2], b"x" * 100))
        peers[number % 2].begin(circle.post(entries[-1]))
        if number % 100 == 99:
            batch.run()
    found: list[bytes] = []
    parts = 0
    reader = circle.enter(bob)
    while True:
        part = reader.ask(Reload(0, circle.gid, len(found)), Reloaded)
        assert part.start == len(found) + 1
        assert sum(map(len, part.entries)) <= 512 * 1024
        found += part.entries
        parts += 1
        if len(found) >= check(part.chain, ChainHead, authority.key.public, authority.id).n:
            break
    assert found[2:] == entries and parts > 3
    assert reader.ask(Reload(0, circle.gid, 5002), Reloaded).entries == []
    # nothing was lost, doubled or moved on the way to those who were there
    assert peers[0].pushed() == list(enumerate(entries, 3)) and peers[1].closed
    # what somebody had seen long ago is still known
    assert RECENT < 5000
    kept = authority.state.groups.groups[circle.gid].group
    with authority.store.transaction() as rows:
        seen = group_store.hash_at(rows, circle.gid, 1000)
    number = peers[0].begin(circle.post(circle.message(ada, seen_n=1000, seen_hash=seen)))
    batch.run()
    assert peers[0].answer(number, Posted).n == kept.n == 5003


def test_reload_is_for_those_who_are_in(authority: Authority, circle: Circle, who: dict[str, Person]) -> None:
    ada, bob, eve = who["ada"], who["bob"], who["eve"]
    circle.change(line(authority, ada), ada, [ada, bob, eve])
    invited = circle.enter(eve)
    numbers = [invited.begin(request) for request in (Reload(0, circle.gid, 0), circle.post(circle.message(eve)))]
    numbers += [invited.begin(request) for request in (Reload(0, bytes(16), 0), Post(0, bytes(16), b"x"))]
    assert invited.inbox == [Failed(number, "not_member", None, {}) for number in numbers]
    assert code_of(lambda: invited.ask(FetchAcks(0, circle.gid), Acks)) == "not_member"
    invited.ask(FetchGroup(0, circle.gid), GroupIs)
    invited.ask(circle.post(circle.join_entry(eve)), Posted)
    assert len(invited.ask(Reload(0, circle.gid, 0), Reloaded).entries) == 4


# --- leaving and removing ---


def test_who_leaves_is_out_at_once(authority: Authority, circle: Circle, who: dict[str, Person]) -> None:
    ada, bob = who["ada"], who["bob"]
    main, theirs_main = line(authority, ada), line(authority, bob)
    peer, stays, batch = circle.enter(bob), circle.enter(ada), Batch(authority)
    left = peer.begin(circle.post(circle.leave_entry(bob)))
    after = peer.begin(circle.post(circle.message(bob)))
    theirs = stays.begin(circle.post(circle.message(ada)))
    batch.run()
    assert peer.left_with(circle) == "not_member"
    assert peer.answer(left, Posted).n == 3 and peer.pushed() == []
    assert code_of(lambda: peer.answer(after, Posted)) == "not_member"
    assert code_of(lambda: stays.answer(theirs, Posted)) == "stale"  # first a commit takes out who has left
    assert len(stays.pushed()) == 1
    mine = circle.enter(bob).ask(Reload(0, circle.gid, 2), Reloaded)
    assert mine.entries == [circle.leave_entry(bob)]  # their own word, and nothing that follows
    authority.run_write = authority._run_at_once
    assert code_of(lambda: theirs_main.ask(FetchGroup(0, circle.gid), GroupIs)) == "not_member"
    circle.change(main, ada, [ada])
    stays.ask(circle.post(circle.message(ada)), Posted)


def test_who_is_removed_sees_nothing_of_it(authority: Authority, circle: Circle, who: dict[str, Person]) -> None:
    """What they had posted before counts; what waits after the commit is refused; nothing is pushed to them."""
    ada, bob = who["ada"], who["bob"]
    out, stays, main = circle.enter(bob), circle.enter(ada), line(authority, ada)
    main.ask(GrantKeys(0, circle.gid, 2, circle.grants([ada])), Done)
    batch = Batch(authority)
    last = circle.message(bob)
    before = out.begin(circle.post(last))
    signed = circle.commit(ada, [ada])
    done = main.begin(make_commit(signed))
    after = out.begin(circle.post(circle.message(bob)))
    acked = out.begin(circle.ack(bob))
    batch.run()
    main.answer(done, Committed)
    assert out.left_with(circle) == "not_member"
    assert out.answer(before, Posted).n == 3
    assert code_of(lambda: out.answer(after, Posted)) == code_of(lambda: out.answer(acked, Done)) == "not_member"
    assert [type(message) for message in out.inbox] == [LeftGroup]  # the one that ends it: no push at all
    assert stays.pushed() == [(3, last), (4, circle.commit_entry(signed))]
    out.say(Reload(9, circle.gid, 0))
    assert len(out.inbox) == 1


def head_of(authority: Authority, signed: Signed) -> ChainHead:
    return check(signed, ChainHead, authority.key.public, authority.id)


def test_who_is_out_is_served_what_says_so_and_nothing_after_it(
    authority: Authority, circle: Circle, who: dict[str, Person]
) -> None:
    ada, bob, eve = who["ada"], who["bob"], who["eve"]
    circle.enter(ada).ask(circle.post(circle.message(ada)), Posted)
    removal = circle.commit(ada, [ada])
    circle.send_commit(line(authority, ada), removal, [ada])
    circle.adopt(removal)
    index = authority.state.log.size - 1
    stays = circle.enter(ada)
    stays.ask(circle.post(circle.message(ada)), Posted)
    circle.change(line(authority, ada), ada, [ada, eve])
    for _start in range(2):  # after a restart, too
        out = GroupPeer(authority)
        out.hello()
        entered = out.ask(circle.enter_request(out, bob), Entered)
        part = out.ask(Reload(0, circle.gid, 2), Reloaded)
        assert head_of(authority, entered.chain) == head_of(authority, part.chain)
        head = head_of(authority, part.chain)
        assert (head.n, head.epoch, head.size) == (4, 2, index + 1)
        assert part.entries[1:] == [encode_entry(CommitEntry(removal))] and len(part.entries) == 2
        assert out.ask(Reload(0, circle.gid, 4), Reloaded).entries == []
        before = known(authority)
        for request, kind in (
            (circle.post(circle.message(bob)), Posted),
            (circle.ack(bob), Done),
            (FetchAcks(0, circle.gid), Acks),
            (FetchGrant(0, circle.gid, 2), Grant),
        ):
            assert code_of(lambda peer=out, request=request, kind=kind: peer.ask(request, kind)) == "not_member"  # type: ignore[misc]
        found = line(authority, bob).ask(FetchGroup(0, circle.gid), GroupIs)
        assert (found.commit, found.settings) == (removal, b"") and head_of(authority, found.chain) == head
        certificate = check(found.certificate, Certificate, authority.key.public, authority.id)
        assert (certificate.epoch, certificate.sequence) == (2, index)
        assert known(authority) == before and out.pushed() == []
        out.hang_up()
        authority = reloaded(authority)
    circle.authority = authority


def test_who_was_invited_is_told_by_the_commit_only(
    authority: Authority, circle: Circle, who: dict[str, Person]
) -> None:
    ada, bob, eve = who["ada"], who["bob"], who["eve"]
    circle.change(line(authority, ada), ada, [ada, bob, eve])
    taken_back = circle.commit(ada, [ada, bob])
    circle.send_commit(line(authority, ada), taken_back, [ada, bob])
    circle.adopt(taken_back)
    assert line(authority, eve).ask(FetchGroup(0, circle.gid), GroupIs).commit == taken_back
    assert code_of(lambda: circle.enter(eve)) == "not_member"  # the chain was never theirs
    circle.change(line(authority, ada), ada, [ada, bob, eve])  # and asked again
    found = line(authority, eve).ask(FetchGroup(0, circle.gid), GroupIs)
    assert found.commit == authority.published_groups[circle.gid].commit


def test_a_chain_head_is_signed_beside_the_whole_log(
    authority: Authority, circle: Circle, who: dict[str, Person]
) -> None:
    """To members who enter or reload; so an old one is no answer."""
    ada = who["ada"]
    peer = circle.enter(ada)
    member(authority, "zora")
    pushed = head_of(authority, authority.published_groups[circle.gid].chain)
    reloaded_now = head_of(authority, peer.ask(Reload(0, circle.gid, 0), Reloaded).chain)
    assert pushed.size < reloaded_now.size == authority.published.size
    assert msgspec.structs.replace(pushed, size=reloaded_now.size) == reloaded_now
    epochs = authority.state.log.groups[circle.gid]
    assert sum(index < reloaded_now.size for index, _hash in epochs) == reloaded_now.epoch


def test_nobody_sees_a_commit_in_the_log_or_the_group_only(
    authority: Authority, circle: Circle, who: dict[str, Person]
) -> None:
    """Between the disk and the answers both are as they were."""
    ada, main, peer = who["ada"], line(authority, who["ada"]), circle.enter(who["ada"])
    size = authority.published.size
    main.ask(GrantKeys(0, circle.gid, 2, circle.grants([ada])), Done)
    batch = Batch(authority)
    done = main.begin(make_commit(circle.commit(ada, [ada])))
    queue, batch.queue = batch.queue, []
    outcomes = authority.execute([job for job, _ in queue])
    assert authority.published.size == size
    assert head_of(authority, peer.ask(Reload(0, circle.gid, 0), Reloaded).chain).epoch == 1
    authority.settle([settled for _, settled in queue], outcomes)
    main.answer(done, Committed)
    assert authority.published.size == size + 1
    assert head_of(authority, peer.ask(Reload(0, circle.gid, 0), Reloaded).chain).epoch == 2


def test_a_group_without_a_commit_that_the_log_has_signs_nothing(
    authority: Authority, circle: Circle, who: dict[str, Person]
) -> None:
    """As after a restore: it isn't held back, it is lost, and said so."""
    ada, peer = who["ada"], circle.enter(who["ada"])
    lost = encode_log_entry(GroupEntry(circle.gid, 2, b"x" * 32))
    authority.write_now(lambda state, rows: state.append(rows, lost))
    assert code_of(lambda: peer.ask(Reload(0, circle.gid, 0), Reloaded)) == "recovering"
    assert code_of(lambda: circle.enter(ada)) == "recovering"
    assert code_of(lambda: line(authority, ada).ask(FetchGroup(0, circle.gid), GroupIs)) == "recovering"
    assert head_of(authority, authority.published_groups[circle.gid].chain).size < authority.published.size


def test_removed_and_added_again_in_one_batch(authority: Authority, circle: Circle, who: dict[str, Person]) -> None:
    """They are invited anew: the old connection ends, and what their old membership allowed is void."""
    ada, bob = who["ada"], who["bob"]
    out, main, batch = circle.enter(bob), line(authority, ada), Batch(authority)
    for members in ([ada], [ada, bob]):
        main.ask(GrantKeys(0, circle.gid, circle.epoch + 1, circle.grants(members)), Done)
        signed = circle.commit(ada, members)
        main.begin(make_commit(signed))
        circle.adopt(signed)
    batch.run()
    assert out.left_with(circle) == "not_member" and out.pushed() == []
    again = circle.enter(bob)
    assert len(again.ask(Reload(0, circle.gid, 0), Reloaded).entries) == 3  # up to the commit that took them out


# --- acknowledgements ---


def test_acknowledgements_are_kept_and_passed_on(authority: Authority, circle: Circle, who: dict[str, Person]) -> None:
    ada, bob = who["ada"], who["bob"]
    one, two = circle.enter(ada), circle.enter(bob)
    ack = circle.ack(ada)
    for _time in range(2):
        one.ask(ack, Done)
    assert [message for message in two.inbox if isinstance(message, Acked)] == [Acked(circle.gid, ack.ack)] * 2
    assert two.ask(FetchAcks(0, circle.gid), Acks).acks == [ack.ack]
    for wrong, code in (
        (circle.ack(bob), "bad_signature"),
        (circle.ack(ada, uid=bob.uid), "wrong_recipient"),
        (circle.ack(ada, gid=bytes(16)), "wrong_recipient"),
        (circle.ack(ada, commit_hash=bytes(32)), "stale"),
        (circle.ack(ada, epoch=2), "stale"),
    ):
        assert code_of(lambda wrong=wrong: one.ask(wrong, Done)) == code
    assert two.ask(FetchAcks(0, circle.gid), Acks).acks == [ack.ack]


# --- what holds in spite of failures ---


def fail(_state: State, _rows: Rows) -> None:
    raise ZeroDivisionError


def spoil(_state: State, rows: Rows) -> None:
    """Breaks a rule of the database, which shows only when the batch is sent."""
    rows.add_account(Account(b"u" * 32, b"e" * 32, 0))
    rows.add_account(Account(b"u" * 32, b"e" * 32, 0))


def test_a_start_on_the_same_database_knows_the_same(
    authority: Authority, circle: Circle, who: dict[str, Person]
) -> None:
    ada, bob, eve = who["ada"], who["bob"], who["eve"]
    first, second = circle.enter(ada), circle.enter(bob)
    for by, peer in ((ada, first), (bob, second), (ada, first)):
        peer.ask(circle.post(circle.message(by)), Posted)
    circle.change(line(authority, ada), ada, [ada, bob, eve])
    for by, peer in ((bob, second), (bob, second), (ada, first)):
        peer.ask(circle.post(circle.message(by)), Posted)
    circle.join(eve)
    Circle(authority, port=4001).create(ada, [ada, eve])
    again = reloaded(authority)
    assert known(again) == known(authority) and len(known(again)) == 2
    # and goes on from there: also for one who saw the chain last at a place that was replayed without its messages
    circle.authority = again
    kept = again.state.groups.groups[circle.gid].group
    with again.store.transaction() as rows:
        seen = {n: group_store.hash_at(rows, circle.gid, n) for n in range(1, kept.n + 1)}
    peer = circle.enter(bob)
    for n, hash in seen.items():
        peer.ask(circle.post(circle.message(bob, seen_n=n, seen_hash=hash)), Posted)
    circle.enter(bob).ask(circle.post(circle.leave_entry(bob)), Posted)
    assert known(reloaded(again)) == known(again)


def test_a_broken_transaction_leaves_memory_as_the_database(
    authority: Authority, circle: Circle, who: dict[str, Person]
) -> None:
    ada, bob, eve = who["ada"], who["bob"], who["eve"]
    peer, other, main = circle.enter(ada), circle.enter(bob), line(authority, ada)
    main.ask(GrantKeys(0, circle.gid, 2, circle.grants([ada, bob, eve])), Done)
    batch = Batch(authority)

    def half(state: State, rows: Rows) -> None:
        state.append(rows, encode_log_entry(GroupEntry(circle.gid, 2, bytes(32))))
        raise ZeroDivisionError

    first = peer.begin(circle.post(circle.message(ada)))
    batch.add(half)
    committed = main.begin(make_commit(circle.commit(ada, [ada, bob, eve])))
    batch.add(fail)
    batch.run()
    assert peer.answer(first, Posted).n == 3
    main.answer(committed, Committed)
    # each was told of both, though they became durable one by one, and of nothing twice
    assert [n for n, _entry in peer.pushed()] == [n for n, _entry in other.pushed()] == [3, 4]
    assert authority.published_groups[circle.gid].listed == {ada.uid, bob.uid, eve.uid}
    batch.add(lambda state, rows: None)  # what was in doubt is read again
    batch.run()
    assert known(reloaded(authority)) == known(authority)


def test_a_batch_that_is_tried_one_by_one_forgets_nobody(
    authority: Authority, circle: Circle, who: dict[str, Person]
) -> None:
    """A join and a message after the job that broke the batch: what is shown last still knows of the first."""
    ada, bob, eve = who["ada"], who["bob"], who["eve"]
    circle.change(line(authority, ada), ada, [ada, bob, eve])
    newcomer, other, batch = circle.enter(eve), circle.enter(bob), Batch(authority)
    batch.add(fail)
    joined = newcomer.begin(circle.post(circle.join_entry(eve)))
    posted = other.begin(circle.post(circle.message(bob)))
    batch.run()
    assert newcomer.answer(joined, Posted).n == 4 and other.answer(posted, Posted).n == 5
    assert [n for n, _entry in newcomer.pushed()] == [n for n, _entry in other.pushed()] == [4, 5]
    assert len(newcomer.ask(Reload(0, circle.gid, 0), Reloaded).entries) == 5
    assert known(reloaded(authority)) == known(authority)


def test_what_was_never_written_is_never_shown(authority: Authority, circle: Circle, who: dict[str, Person]) -> None:
    """The disk fails: what had been decided is in nobody's answer, and can be posted again."""
    ada, bob = who["ada"], who["bob"]
    peer, other, batch = circle.enter(ada), circle.enter(bob), Batch(authority)
    entry, shown = circle.message(ada), authority.published_groups[circle.gid]
    transact = authority._transact

    def broken(jobs: Any) -> Any:
        transact([*jobs, spoil])

    authority._transact = broken  # type: ignore[method-assign]
    number = peer.begin(circle.post(entry))
    batch.run()
    authority._transact = transact  # type: ignore[method-assign]
    assert code_of(lambda: peer.answer(number, Posted)) == "internal"
    assert authority.published_groups[circle.gid] == shown and other.pushed() == []
    assert len(other.ask(Reload(0, circle.gid, 0), Reloaded).entries) == 2
    number = peer.begin(circle.post(entry))
    batch.run()
    assert peer.answer(number, Posted).n == 3
    assert other.pushed() == [(3, entry)]


# --- garbage ---


def _scrambled() -> st.SearchStrategy[Callable[[bytes], bytes]]:
    def change(at: int, value: int) -> Callable[[bytes], bytes]:
        return lambda body: body[: at % len(body)] + bytes([value]) + body[at % len(body) + 1 :]

    cut = st.integers(0, 400).map(lambda size: lambda body: body[:size])
    return st.one_of(st.builds(change, st.integers(0, 5000), st.integers(0, 255)), cut)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(("new", "met", "in")), st.binary(min_size=1, max_size=300), st.lists(_scrambled(), max_size=5))
def test_garbage_on_a_groups_port(state: str, noise: bytes, changes: list[Callable[[bytes], bytes]]) -> None:
    """In every state it is answered with a named refusal or ends the connection, and changes nothing."""
    authority = new_authority(Clock())
    ada = people(authority)["owner"]
    circle = Circle(authority).create(ada, [ada])
    before, strangers = known(authority), authority.strangers
    valid = [
        messages.encode(Hello(messages.VERSION, bytes(32))),
        messages.encode(circle.post(circle.message(ada, signer=SigningKey.generate()))),
        messages.encode(circle.ack(ada, epoch=9)),
        messages.encode(Reload(3, circle.gid, 2**63 - 1)),
        messages.encode(GrantKeys(4, circle.gid, 2, circle.grants([ada]))),
    ]
    for body in [noise, *[change(body) or b"\0" for change, body in zip(changes, valid, strict=False)]]:
        peer = circle.enter(ada) if state == "in" else GroupPeer(authority)
        if state == "met":
            peer.hello()
        peer.session.receive(body)
        if peer.closed:
            assert isinstance(peer.inbox[-1], Failed)
        peer.session.receive(body)
        peer.hang_up()
    assert known(authority) == before and authority.strangers == strangers


def test_nothing_but_entering_before_one_is_in(authority: Authority, circle: Circle, who: dict[str, Person]) -> None:
    for request in (Reload(1, circle.gid, 0), circle.post(circle.join_entry(who["ada"])), FetchGroup(1, circle.gid)):
        silent, met = GroupPeer(authority), GroupPeer(authority)
        silent.say(request)
        assert silent.ended_with() == "unexpected_message"
        met.hello()
        assert code_of(lambda met=met, request=request: met.ask(request, Posted)) == "not_logged_in"
    peer = circle.enter(who["ada"])
    peer.ask(circle.enter_request(peer, who["ada"]), Entered)  # again: what the chain's newest head is


def test_who_says_nothing_is_given_up(
    authority: Authority, circle: Circle, who: dict[str, Person], clock: Clock
) -> None:
    stranger, inside = GroupPeer(authority), circle.enter(who["ada"])
    stranger.hello()
    clock.advance(10)
    stranger.session.expire()
    assert stranger.ended_with() == "timed_out"
    clock.advance(20)
    inside.session.expire()
    assert isinstance(inside.inbox[-1], messages.Ping) and not inside.closed
    clock.advance(15)
    inside.session.expire()
    assert inside.ended_with() == "timed_out"
    with pytest.raises(HamrazError):
        circle.enter(who["eve"])
