"""Log-in: what the proof must hold, the presence record, and one live agent for each account."""

import logging
from collections import Counter
from typing import Any

import pytest

from authority_server.core.authority import Authority
from authority_server.store.database import Rows
from protocol.errors import HamrazError
from protocol.frames import LIMIT_AFTER_LOGIN, LIMIT_BEFORE_LOGIN
from protocol.log_entries import RegisterEntry, encode_entry
from protocol.messages import ChangePresence, Done, Failed, Find, Found, LoggedIn, LogOut, Ping, Pong
from protocol.primitives import SigningKey, VerifyKey
from protocol.statements import PROOF_AUTHORITY, PROOF_PEER, FoundUser, Head, check, issue, prove
from tests.authority.peer import FINGERPRINT, Clock, Peer, Person, agent, member, owner, person


def refusal(peer: Peer, who: Person, **changes: Any) -> str:
    with pytest.raises(HamrazError) as reason:
        peer.log_in(who, **changes)
    return reason.value.code


def start(peer: Peer, who: Person, **changes: Any) -> None:
    """Ask to log in without waiting for the answer."""
    with pytest.raises(AssertionError, match="no answer"):
        peer.log_in(who, **changes)


def is_online(authority: Authority, who: Person) -> bool:
    return authority.online.has(who.uid)


def test_log_in(authority: Authority) -> None:
    who = owner(authority)
    peer = Peer(authority).hello()
    assert peer.session.limit == LIMIT_BEFORE_LOGIN
    assert check(peer.log_in(who).head, Head, authority.key.public, authority.id).size == 2
    assert peer.session.limit == LIMIT_AFTER_LOGIN
    assert is_online(authority, who)
    peer.hang_up()
    assert not is_online(authority, who)


def test_the_limit_is_raised_before_the_answer_is_sent(authority: Authority) -> None:
    who = owner(authority)
    peer = Peer(authority).hello()
    limits: list[int] = []
    peer.before_taking = lambda: limits.append(peer.session.limit)
    peer.log_in(who)
    assert limits == [LIMIT_AFTER_LOGIN]


def test_unknown_account_and_bad_proofs_are_one_answer(authority: Authority) -> None:
    who = owner(authority)
    other, stranger = SigningKey.generate(), person(authority, "nobody")
    peer = Peer(authority).hello()
    nonce, ours = peer.welcome.server_nonce, authority.id

    def proof(
        purpose: str = PROOF_AUTHORITY,
        called: bytes = ours,
        nonce: bytes = nonce,
        fingerprint: bytes = FINGERPRINT,
        uid: bytes = who.uid,
        key: SigningKey = who.key,
        authority_id: bytes = ours,
    ) -> Any:
        return prove(purpose, called, nonce, fingerprint, uid, key, authority_id)

    assert refusal(peer, stranger) == "bad_proof"
    for bad in (
        proof(purpose=PROOF_PEER),
        proof(called=who.uid),
        proof(nonce=b"n" * 32),
        proof(fingerprint=b"m" * 32),  # somebody stands between with a certificate of their own
        proof(uid=stranger.uid),
        proof(key=other),
        proof(authority_id=b"a" * 32),
        issue(Head(1, b"h" * 32), who.key, ours),  # signed by the right key for another purpose
    ):
        assert refusal(peer, who, proof=bad) == "bad_proof"
    peer.log_in(who)


def test_an_account_that_is_not_durable_yet_is_unknown(authority: Authority) -> None:
    owner(authority)
    late = person(authority, "late")
    with authority.store.transaction() as rows:  # a batch that is still open, in the writer's thread
        authority.state.append(rows, encode_entry(RegisterEntry(late.register())))
        assert refusal(Peer(authority).hello(), late) == "bad_proof"


def test_a_proof_is_worthless_on_another_connection(authority: Authority) -> None:
    who = owner(authority)
    first, second = Peer(authority).hello(), Peer(authority).hello()
    assert refusal(second, who, proof=first.log_in_request(who).proof) == "bad_proof"


def test_failures_are_limited_for_who_fails_and_for_nobody_else(authority: Authority, clock: Clock) -> None:
    who = owner(authority)
    stranger = person(authority, "nobody")
    for _ in range(100):
        agent(authority, who).hang_up()
    peer = Peer(authority).hello()
    forged = Person(authority.id, "owner", SigningKey.generate())
    for _ in range(authority.limits.failures.burst):
        assert refusal(peer, stranger) == "bad_proof"
        assert refusal(peer, forged, uid=who.uid) == "bad_proof"
    assert refusal(peer, stranger) == "slow_down"
    assert refusal(peer, forged, uid=who.uid) == "slow_down"
    peer.log_in(who)  # from the very same connection: whoever has the key isn't asked how others have failed
    assert refusal(Peer(authority, "198.51.100.3").hello(), stranger) == "bad_proof"
    clock.advance(1)
    assert refusal(Peer(authority).hello(), stranger) == "bad_proof"


def test_a_presence_record_must_be_ones_own_and_never_older(authority: Authority) -> None:
    who = owner(authority)
    other = member(authority, "other")
    peer = Peer(authority).hello()
    assert refusal(peer, who, presence=other.presence()) == "bad_signature"
    assert refusal(peer, who, presence=who.presence(uid=other.uid)) == "wrong_recipient"
    peer.log_in(who, presence=who.presence(5))
    peer.hang_up()
    peer = Peer(authority).hello()
    assert refusal(peer, who, presence=who.presence(4)) == "stale_presence"
    assert refusal(peer, who, presence=who.presence(5, port=4001)) == "stale_presence"  # the same number, another place
    peer.log_in(who, presence=who.presence(5))  # the very same record: it came back
    assert refusal_of_change(peer, who, 4) == "stale_presence"
    assert isinstance(peer.ask(ChangePresence(0, who.presence(6)), Done), Done)
    assert authority.state.accounts[who.uid].sequence == 6


def refusal_of_change(peer: Peer, who: Person, sequence: int) -> str:
    with pytest.raises(HamrazError) as reason:
        peer.ask(ChangePresence(0, who.presence(sequence)), Done)
    return reason.value.code


def test_coming_back_unchanged_writes_nothing(authority: Authority) -> None:
    who = owner(authority)
    agent(authority, who).hang_up()
    with authority.store.reading() as rows:
        before = rows.accounts(), rows.settings()
    if authority.nodes is None:
        authority.run_write = lambda job, done, *_: pytest.fail("written")
        agent(authority, who)
        return
    agent(authority, who)  # where there may be other nodes, its claim is written, and nothing else
    with authority.store.reading() as rows:
        after = rows.accounts(), rows.settings()
    assert after[0] == before[0] and {name for name in after[1] if after[1][name] != before[1][name]} == {"batch"}


def test_what_a_log_in_costs(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three signatures and one row; of who comes back as they left, the proof alone, and a head that is new here."""
    who, seen = owner(authority), Counter[str]()
    count(monkeypatch, VerifyKey, "verify", seen)
    count(monkeypatch, Rows, "save_account", seen)

    def cost(**changes: Any) -> dict[str, int]:
        peer = Peer(authority).hello()
        seen.clear()
        peer.log_in(who, **changes)
        peer.hang_up()
        return dict(seen)

    assert cost() == {"verify": 3, "save_account": 1}
    assert cost() == {"verify": 1}
    assert cost(head=authority.published.head) == {"verify": 2}
    assert cost(head=authority.published.head) == {"verify": 1}  # many have the same one


def count(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, seen: Counter[str]) -> None:
    original = getattr(owner, name)

    def counting(*arguments: Any, **options: Any) -> Any:
        seen[name] += 1
        return original(*arguments, **options)

    monkeypatch.setattr(owner, name, counting)


def test_who_came_back_as_they_left_and_is_another_by_now_is_not_believed(authority: Authority, clock: Clock) -> None:
    """Nothing was checked of what was kept; so nothing of it is written either."""
    who = owner(authority)
    first, second = agent(authority, who), Peer(authority).hello()
    kept = authority.state.accounts[who.uid].presence
    start(second, who, presence=kept)  # waits for a sign of life of the first one
    newer = who.presence(9)
    assert isinstance(first.ask(ChangePresence(0, newer), Done), Done)
    first.hang_up()
    (refused,) = [one for one in second.inbox if isinstance(one, Failed)]
    assert refused.code == "stale_presence"
    assert authority.state.accounts[who.uid].presence == newer and authority.online.occupant(who.uid) is None


def test_a_second_agent_is_refused_while_the_first_answers(authority: Authority, clock: Clock) -> None:
    who = owner(authority)
    first, second = agent(authority, who), Peer(authority).hello()
    start(second, who)
    (ping,) = first.inbox
    assert isinstance(ping, Ping)
    first.say(Pong(ping.n + 1))  # not an answer to this ping
    assert not second.inbox
    first.say(Pong(ping.n))
    (refused,) = second.inbox
    assert isinstance(refused, Failed) and refused.code == "other_agent" and refused.re == second.rid
    clock.advance(5)
    second.session.expire()
    assert not first.closed
    assert is_online(authority, who)


def test_an_agent_that_does_not_answer_is_replaced_after_three_seconds(authority: Authority, clock: Clock) -> None:
    who = owner(authority)
    first, second = agent(authority, who), Peer(authority).hello()
    start(second, who)
    clock.advance(2.9)
    assert second.session.deadline - clock() == 100
    second.session.expire()
    assert not second.inbox
    clock.advance(0.2)
    second.session.expire()
    assert isinstance(second.answer(second.rid, LoggedIn), LoggedIn)
    assert first.ended_with() == "replaced"
    assert is_online(authority, who)
    first.hang_up()  # its thread notices only now
    assert is_online(authority, who)
    second.hang_up()
    assert not is_online(authority, who)


def test_a_newcomer_goes_on_as_soon_as_the_old_agent_is_gone(authority: Authority) -> None:
    who = owner(authority)
    first, second = agent(authority, who), Peer(authority).hello()
    start(second, who)
    first.hang_up()
    assert isinstance(second.answer(second.rid, LoggedIn), LoggedIn)


def test_of_three_agents_one_is_left(authority: Authority, clock: Clock) -> None:
    who = owner(authority)
    first, second, third = agent(authority, who), Peer(authority).hello(), Peer(authority).hello()
    start(second, who)
    start(third, who)
    clock.advance(3)
    second.session.expire()
    third.session.expire()
    assert isinstance(second.answer(second.rid, LoggedIn), LoggedIn)
    assert first.ended_with() == "replaced"
    first.hang_up()
    (ping,) = second.inbox  # the third one waits for this one now
    assert isinstance(ping, Ping) and not third.inbox
    second.say(Pong(ping.n))
    assert [message.code for message in third.inbox if isinstance(message, Failed)] == ["other_agent"]


def test_a_pending_log_in_that_leaves_has_no_effect(authority: Authority, clock: Clock) -> None:
    who = owner(authority)
    first, second = agent(authority, who), Peer(authority).hello()
    start(second, who)
    second.hang_up()
    assert not first.session.client.pending
    clock.advance(4)
    second.session.expire()
    assert not first.closed
    (ping,) = first.inbox
    assert isinstance(ping, Ping)
    first.say(Pong(ping.n))
    assert is_online(authority, who)


def test_a_log_in_that_cannot_be_written_leaves_the_account_free(authority: Authority) -> None:
    who = owner(authority)
    queued: list[Any] = []
    at_once, authority.run_write = authority.run_write, lambda job, done, *_: queued.append((job, done))
    first = Peer(authority).hello()
    start(first, who)
    queued.pop()[1](HamrazError("busy"))
    with pytest.raises(HamrazError) as full:
        first.answer(first.rid, LoggedIn)
    assert full.value.code == "busy"
    assert authority.online.occupant(who.uid) is None
    start(first, who)
    first.hang_up()  # while its write is on the way
    queued.pop()[1](None)
    assert authority.online.occupant(who.uid) is None
    authority.run_write = at_once
    agent(authority, who)


def test_after_log_out_the_connection_ends(authority: Authority) -> None:
    who = owner(authority)
    peer = agent(authority, who)
    peer.ask(LogOut(0), Done)
    assert peer.closed
    agent(authority, who)  # at once, without a takeover


def test_a_head_that_this_database_lacks_is_said_loudly(authority: Authority, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    who = owner(authority)
    ours = authority.published.head
    foreign = issue(Head(900, b"h" * 32), SigningKey.generate(), authority.id)
    with pytest.raises(HamrazError) as refused:
        Peer(authority).hello().log_in(who, head=foreign)
    assert refused.value.code == "bad_signature"  # no head of ours: whoever shows it has been told a lie
    for quiet in (None, ours, issue(Head(0, bytes(32)), authority.key, authority.id)):
        peer = Peer(authority).hello()
        peer.log_in(who, head=quiet)
        peer.hang_up()
    assert not caplog.records
    for loud, level in (
        (Head(authority.published.size + 1, b"h" * 32), logging.ERROR),  # what is missing may be given back
        (Head(1, b"h" * 32), logging.CRITICAL),  # what is here is something else
    ):
        peer = Peer(authority).hello()
        peer.log_in(who, head=issue(loud, authority.key, authority.id))  # it gets in all the same
        peer.hang_up()
        (record,) = caplog.records
        assert record.levelno == level and "rolled back" in record.getMessage()
        caplog.clear()


def test_while_a_log_in_waits_for_the_disk_its_account_is_not_online(authority: Authority) -> None:
    who, asker = owner(authority), member(authority, "asker")
    asking = agent(authority, asker)
    queued: list[Any] = []
    authority.run_write = lambda job, done, *_: queued.append((job, done))
    peer = Peer(authority).hello()
    start(peer, who)
    found = asking.ask(Find(0, who.name, b"n" * 32), Found)
    assert not check(found.found, FoundUser, authority.key.public, authority.id).online
    while queued:  # the claim, where there may be other nodes; and the log-in
        (job, done) = queued.pop()
        authority.settle([done], authority.execute([job]))
    assert isinstance(peer.answer(peer.rid, LoggedIn), LoggedIn)
    assert is_online(authority, who)
