"""Profiles at the authority (section 8.13): of each account the newest, of one of three lengths; it reads none."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from authority_server.core.authority import Authority
from authority_server.store.profiles import PROFILES
from protocol.errors import HamrazError
from protocol.messages import Appended, Done, FetchProfile, ProfileIs, PublishProfile
from protocol.primitives import SigningKey
from tests.authority.peer import Clock, Peer, Person, agent, member, owner
from tests.authority.test_key_changes import end, own, recovery, with_key


@pytest.fixture
def first(authority: Authority) -> Person:
    return owner(authority)


@pytest.fixture
def sara(authority: Authority, first: Person) -> Person:
    return member(authority, "sara")


def publish(peer: Peer, version: int, sealed: bytes = b"s" * 1024) -> None:
    peer.ask(PublishProfile(0, version, sealed), Done)


def code(peer: Peer, version: int, sealed: bytes = b"s" * 1024) -> tuple[str, dict[str, object]]:
    with pytest.raises(HamrazError) as refusal:
        publish(peer, version, sealed)
    return refusal.value.code, dict(refusal.value.values)


def fetched(peer: Peer, whose: Person, version: int) -> bytes | str:
    try:
        return peer.ask(FetchProfile(0, whose.uid, version), ProfileIs).sealed
    except HamrazError as refusal:
        return refusal.code


def latest(authority: Authority, who: Person) -> int:
    return authority.state.log.users[who.uid].latest


def test_the_newest_only(authority: Authority, first: Person, sara: Person) -> None:
    mine, other = agent(authority, sara), agent(authority, first)
    assert fetched(other, sara, 1) == "profile_gone"
    publish(mine, 1)
    publish(mine, 5, b"t" * 16_384)
    assert fetched(other, sara, 1) == "profile_gone"
    assert fetched(other, sara, 5) == fetched(mine, sara, 5) == b"t" * 16_384
    assert fetched(other, first, 5) == "profile_gone"
    with authority.store.reading() as rows:
        assert len(rows.ask(select(PROFILES)).all()) == 1


def test_an_older_one_or_another_of_the_same_version(authority: Authority, sara: Person) -> None:
    peer = agent(authority, sara)
    publish(peer, 3)
    publish(peer, 3)  # a resend
    assert code(peer, 3, b"t" * 1024) == ("profile_stale", {"n": 3})
    assert code(peer, 2) == code(peer, 0) == ("profile_stale", {"n": 3})
    assert fetched(peer, sara, 3) == b"s" * 1024
    publish(peer, 2**32 - 1)


def test_there_is_no_version_0(authority: Authority, sara: Person) -> None:
    assert code(agent(authority, sara), 0) == ("profile_stale", {"n": 0})


@pytest.mark.parametrize("size", [0, 1, 1023, 1025, 49_152, 65_535])
def test_it_has_one_of_its_lengths(authority: Authority, sara: Person, size: int) -> None:
    peer = agent(authority, sara)
    peer.say(PublishProfile(1, 1, bytes(size)))
    assert peer.ended_with() == "bad_message"


def test_who_is_not_logged_in(authority: Authority, sara: Person) -> None:
    assert code(Peer(authority).hello(), 1)[0] == "not_logged_in"
    assert fetched(Peer(authority).hello(), sara, 1) == "not_logged_in"


def test_it_stays_with_a_new_key_of_ones_own(authority: Authority, sara: Person) -> None:
    peer, new = agent(authority, sara), SigningKey.generate()
    publish(peer, 1)
    peer.ask(own(sara, new, latest(authority, sara)), Appended)
    assert fetched(peer, sara, 1) == b"s" * 1024
    peer.hang_up()
    publish(agent(authority, with_key(sara, new)), 2)


def test_it_goes_with_a_key_by_the_recovery_key(authority: Authority, first: Person, sara: Person) -> None:
    publish(agent(authority, sara), 2**32 - 1)  # a thief leaves no room
    new = SigningKey.generate()
    Peer(authority).hello().ask(recovery(sara, new, latest(authority, sara)), Appended)
    assert fetched(agent(authority, first), sara, 2**32 - 1) == "profile_gone"
    publish(agent(authority, with_key(sara, new)), 1)


def test_it_goes_with_the_account(authority: Authority, first: Person, sara: Person) -> None:
    publish(agent(authority, sara), 1)
    peer = agent(authority, first)
    peer.ask(end(first, sara, latest(authority, sara)), Appended)
    assert fetched(peer, sara, 1) == "profile_gone"


def test_too_many_are_refused_and_what_was_refused_costs_nothing(
    authority: Authority, sara: Person, clock: Clock
) -> None:
    peer = agent(authority, sara)
    publish(peer, 1)
    for _try in range(40):
        assert code(peer, 1, b"t" * 1024)[0] == "profile_stale"
    for version in range(2, 21):
        publish(peer, version)
    assert code(peer, 21)[0] == "slow_down"
    clock.advance(60)
    publish(peer, 21)
