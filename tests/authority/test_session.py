"""What comes out of its place or is no message at all, in any state: a named error, and nobody else notices."""

from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from authority_server.connections import session as session_module
from authority_server.core.authority import Authority
from authority_server.handlers.routes import MAIN
from protocol import messages
from protocol.errors import CATALOGUE, WireError
from protocol.messages import (
    ChangePresence,
    ChangeRole,
    CheckSignUp,
    Done,
    Failed,
    FetchLog,
    Find,
    Found,
    Hello,
    LogOut,
    Ping,
    Pong,
    SignUp,
    ToAuthority,
    ToAuthorityBefore,
    Watch,
    Watching,
)
from protocol.statements import Signed
from tests.authority.peer import Clock, Peer, agent, member, new_authority, owner, person

SIGNED = Signed(b"body", bytes(64))
KNOWN: list[messages.Request] = [
    FetchLog(9, 0),
    Find(9, "sara", b"n" * 32),
    ChangePresence(9, SIGNED),
    Watch(9, []),
    ChangeRole(9, SIGNED),
    LogOut(9),
]
STRANGERS: list[messages.Request] = [
    CheckSignUp(9, "sara", "sara@example.org", "a" * 16, None),
    SignUp(9, SIGNED, "sara@example.org", "a" * 16, None),
    messages.LogIn(9, b"u" * 32, SIGNED, SIGNED, SIGNED, None, True),
]


def new(authority: Authority) -> Peer:
    return Peer(authority)


def met(authority: Authority) -> Peer:
    return Peer(authority).hello()


def known(authority: Authority) -> Peer:
    return agent(authority, member(authority, f"user{authority.state.log.size}"))


STATES: dict[str, Callable[[Authority], Peer]] = {"new": new, "met": met, "known": known}


def test_nothing_but_hello_comes_first(authority: Authority) -> None:
    for message in (Ping(1), Pong(1), *KNOWN, *STRANGERS):
        peer = new(authority)
        peer.say(message)
        assert peer.ended_with() == "unexpected_message"
        assert len(peer.inbox) == 1


def test_hello_comes_once(authority: Authority) -> None:
    owner(authority)
    for peer in (met(authority), known(authority)):
        peer.say(Hello(messages.VERSION, b"n" * 32))
        assert peer.ended_with() == "unexpected_message"


@pytest.mark.parametrize("version", [messages.VERSION - 1, messages.VERSION + 1])
def test_another_version_is_told_so(authority: Authority, version: int) -> None:
    peer = new(authority)
    peer.say(Hello(version, b"n" * 32))
    assert peer.ended_with() == "wrong_version"


@pytest.mark.parametrize("request_", KNOWN, ids=lambda request: type(request).__name__)
def test_a_stranger_may_not(authority: Authority, request_: messages.Request) -> None:
    owner(authority, "sara")
    peer = met(authority)
    peer.say(request_)
    (answer,) = peer.inbox
    assert isinstance(answer, Failed) and (answer.re, answer.code) == (9, "not_logged_in")
    assert not peer.closed


@pytest.mark.parametrize("request_", STRANGERS, ids=lambda request: type(request).__name__)
def test_who_is_logged_in_may_not(authority: Authority, request_: messages.Request) -> None:
    owner(authority)
    peer = known(authority)
    peer.say(request_)
    assert peer.ended_with() == "unexpected_message"


def test_the_table_has_every_request_of_its_place() -> None:
    def requests(union: Any) -> set[type]:
        return {kind for kind in union.__args__ if issubclass(kind, messages.Request)}

    assert {kind for kind, command in MAIN.items() if not command.known or command.kit} == requests(ToAuthorityBefore)
    later = {kind for kind, command in MAIN.items() if command.known}
    assert later <= requests(ToAuthority)
    assert later >= {type(request) for request in KNOWN}


def test_pings_are_answered_and_stray_pongs_are_not(authority: Authority) -> None:
    owner(authority)
    for peer in (met(authority), known(authority)):
        peer.say(Ping(7))
        peer.say(Pong(3))
        assert peer.inbox == [Pong(7)]


def test_too_many_requests_in_flight_end_the_connection(authority: Authority) -> None:
    who = owner(authority)
    peer = agent(authority, who)
    stranger = met(authority)
    authority.run_write = lambda job, done, *_: None  # a disk that takes for ever
    for number in range(session_module.IN_FLIGHT_AFTER):
        peer.say(ChangePresence(number + 1, who.presence(number + 2)))
    peer.say(Find(99, who.name, b"n" * 32))
    assert peer.ended_with() == "too_many_requests"
    late = person(authority, "late")
    for number in (1, 2):
        stranger.say(SignUp(number, late.register(), late.email, stranger.invitation, None))
    assert stranger.ended_with() == "too_many_requests"


def test_answers_that_come_after_the_end_go_nowhere(authority: Authority) -> None:
    who = owner(authority)
    peer = agent(authority, who)
    queued: list[Any] = []
    authority.run_write = lambda job, done, *_: queued.append((job, done))
    peer.say(ChangePresence(1, who.presence(2)))
    peer.hang_up()
    job, done = queued[0]  # where there may be other nodes, the end of its claim comes after it
    authority.settle([done], authority.execute([job]))
    assert peer.inbox == []


# --- time ---


def test_a_stranger_has_ten_seconds(authority: Authority, clock: Clock) -> None:
    for state in (new, met):
        peer = state(authority)
        clock.advance(9.9)
        peer.session.expire()
        assert not peer.closed
        clock.advance(0.1)
        assert peer.session.deadline <= clock()
        peer.session.expire()
        assert peer.ended_with() == "timed_out"


def test_who_waits_for_the_disk_is_not_cut_off(authority: Authority, clock: Clock) -> None:
    owner(authority)
    peer, late = met(authority), person(authority, "late")
    authority.run_write = lambda job, done, *_: None
    peer.say(SignUp(1, late.register(), late.email, peer.invitation, None))
    clock.advance(60)
    assert peer.session.deadline > clock()
    peer.session.expire()
    assert not peer.closed


def test_a_silent_agent_is_asked_and_then_given_up(authority: Authority, clock: Clock) -> None:
    peer = agent(authority, owner(authority))
    clock.advance(25)
    peer.session.expire()
    (ping,) = peer.inbox
    assert isinstance(ping, Ping)
    clock.advance(9)
    peer.say(Pong(ping.n))
    clock.advance(24)
    peer.session.expire()
    assert len(peer.inbox) == 1
    clock.advance(1)
    peer.session.expire()
    clock.advance(10)
    peer.session.expire()
    assert peer.ended_with() == "timed_out"


def test_strangers_are_bounded_together(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    owner(authority)
    monkeypatch.setattr(session_module, "STRANGERS_LIMIT", 3)
    before = authority.strangers
    peers = [met(authority) for _ in range(3 - before)]
    late = new(authority)
    late.say(Hello(messages.VERSION, b"n" * 32))
    assert late.ended_with() == "busy"
    for peer in (late, *peers):
        peer.hang_up()
    met(authority)


# --- garbage ---


def shared() -> tuple[Authority, Peer]:
    authority = new_authority(Clock())
    authority.limits.failures.burst = 10**6
    authority.limits.sign_ups.total = authority.limits.sign_ups.each = 10**6
    return authority, agent(authority, owner(authority, "sara"))


VALID = [messages.encode(message) for message in (Hello(messages.VERSION, b"n" * 32), Ping(1), *KNOWN, *STRANGERS)]


def mutilated() -> Iterator[st.SearchStrategy[bytes]]:
    valid = st.sampled_from(VALID)
    yield valid.flatmap(lambda body: st.integers(0, len(body)).map(lambda end: body[:end]))  # truncated
    yield st.tuples(valid, st.binary(max_size=8)).map(b"".join)  # something behind the end
    yield st.tuples(valid, st.integers(0, 40), st.integers(0, 255)).map(
        lambda made: made[0][: made[1]] + bytes([made[2]]) + made[0][made[1] + 1 :]
    )
    yield st.tuples(st.sampled_from(sorted(messages.TAGS)), st.lists(JUNK, max_size=7)).map(
        lambda made: msgspec.msgpack.encode([made[0], *made[1]])  # the right tag, the wrong fields
    )
    yield JUNK.map(msgspec.msgpack.encode)
    yield st.binary(max_size=200)
    yield st.integers(0, 4000).map(lambda depth: b"\x91" * depth)  # nested


JUNK: st.SearchStrategy[Any] = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**63), 2**64 - 1),
        st.floats(),
        st.text(max_size=40),
        st.binary(max_size=70),
    ),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(bodies=st.lists(st.one_of(list(mutilated())), min_size=1, max_size=4), state=st.sampled_from(sorted(STATES)))
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_garbage_gets_a_named_error_and_disturbs_nobody(bodies: list[bytes], state: str) -> None:
    authority, witness = GARBAGE_AT
    size = authority.state.log.size
    peer = {"new": new, "met": met, "known": lambda _: victim()}[state](authority)
    for body in bodies:
        peer.session.receive(body)
    for message in peer.inbox:
        if isinstance(message, Failed):
            assert message.code in CATALOGUE and message.code != "internal"
    if peer.closed:
        assert isinstance(peer.inbox[-1], Failed | Done)
    peer.hang_up()
    assert authority.state.log.size == size
    assert authority.strangers == STRANGERS_AT
    assert witness.inbox == [] and not witness.closed
    assert witness.ask(Find(0, "sara", b"n" * 32), Found).found


def victim() -> Peer:
    authority, _ = GARBAGE_AT
    peer = Peer(authority).hello()
    VICTIM.sequence += 1
    peer.log_in(VICTIM)
    return peer


GARBAGE_AT = shared()
VICTIM = member(GARBAGE_AT[0], "victim")
GARBAGE_AT[1].inbox.clear()
STRANGERS_AT = GARBAGE_AT[0].strangers


def test_integers_that_are_longer_than_need_be_are_taken_as_they_are(authority: Authority) -> None:
    # MessagePack allows them; what is signed is compared as received, so that nobody's reading matters
    sara = owner(authority, "sara")
    peer = agent(authority, sara)
    head, rest = messages.encode(Watch(5, [sara.uid])).split(b"watch\x05", 1)
    peer.session.receive(head + b"watch\xcf" + (5).to_bytes(8) + rest)
    assert peer.answer(5, Watching).online == [sara.uid]


def test_a_broken_stream_is_answered_and_ended(authority: Authority) -> None:
    peer = met(authority)
    peer.session.fail(WireError("frame_too_long", length=5000, limit=4096))
    assert peer.ended_with() == "frame_too_long"
    (told,) = peer.inbox
    assert isinstance(told, Failed) and told.values == {"length": 5000, "limit": 4096}
    peer.say(Ping(1))
    assert len(peer.inbox) == 1


def test_a_watch_of_more_than_a_thousand_is_no_message(authority: Authority) -> None:
    peer = agent(authority, owner(authority))
    peer.ask(Watch(0, [bytes([n // 256, n % 256]) * 16 for n in range(1000)]), Watching)
    peer.say(Watch(2, [bytes([n // 256, n % 256]) * 16 for n in range(1001)]))
    assert peer.ended_with() == "bad_message"


def test_log_out_is_done() -> None:
    authority, _ = shared()
    peer = agent(authority, member(authority, "ali"))
    assert peer.ask(LogOut(0), Done)
    assert peer.closed
