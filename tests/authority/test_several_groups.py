"""Several groups on one connection (section 9.7), of any group's port or, after log-in, of the main one."""

from __future__ import annotations

from typing import Any

import pytest

from authority_server.core.authority import Authority
from protocol.messages import (
    Done,
    Entered,
    Entries,
    FetchGroup,
    FetchSeen,
    GrantKeys,
    GroupIs,
    LeftGroup,
    Posted,
    Reload,
    Reloaded,
    SeenSoFar,
    Signal,
    Signalled,
)
from protocol.primitives import SigningKey
from protocol.roles import Role
from protocol.statements import PROOF_AUTHORITY, prove
from tests.authority.group_peer import Circle, GroupPeer, line, people
from tests.authority.peer import FINGERPRINT, Clock, Peer, Person, agent
from tests.authority.test_groups import code_of


@pytest.fixture
def who(authority: Authority) -> dict[str, Person]:
    return people(authority, ada=Role.ADVANCED, bob=Role.BEGINNER, eve=Role.BEGINNER)


@pytest.fixture
def circles(authority: Authority, who: dict[str, Person]) -> tuple[Circle, Circle]:
    """Two groups of Ada and Bob, each on a port of its own."""
    ada, bob = who["ada"], who["bob"]
    return Circle(authority, port=4000).create(ada, [ada, bob]), Circle(authority, port=4001).create(ada, [ada, bob])


def both(authority: Authority, who: Person, circles: tuple[Circle, Circle]) -> GroupPeer:
    """A connection to the first one's port that has entered both."""
    peer = circles[0].enter(who)
    peer.ask(circles[1].enter_request(peer, who), Entered)
    return peer


def main(who: Person, authority: Authority, circles: tuple[Circle, Circle]) -> Peer:
    """A connection to the main port, logged in, that has entered both."""
    peer = agent(authority, who)
    for circle in circles:
        peer.ask(circle.enter_request(peer, who), Entered)
    return peer


def pushed(peer: Peer, circle: Circle) -> list[bytes]:
    found = [message for message in peer.inbox if isinstance(message, Entries) and message.gid == circle.gid]
    return [entry for message in found for entry in message.entries]


@pytest.fixture(params=["a group's port", "the main port"])
def bobs(request: Any, authority: Authority, who: dict[str, Person], circles: tuple[Circle, Circle]) -> Peer:
    if request.param == "the main port":
        return main(who["bob"], authority, circles)
    return both(authority, who["bob"], circles)


def test_pushes_name_their_group(
    authority: Authority, who: dict[str, Person], circles: tuple[Circle, Circle], bobs: Peer
) -> None:
    adas = both(authority, who["ada"], circles)
    entries = [circle.message(who["ada"]) for circle in circles]
    for circle, entry in zip(circles, entries, strict=True):
        adas.ask(circle.post(entry), Posted)
        bobs.ask(circle.post(circle.message(who["bob"])), Posted)
    for peer in (adas, bobs):
        for circle, entry in zip(circles, entries, strict=True):
            assert len(pushed(peer, circle)) == 2 and pushed(peer, circle)[0] == entry
            assert len(peer.ask(Reload(0, circle.gid, 2), Reloaded).entries) == 2
            peer.ask(circle.ack(who["ada"] if peer is adas else who["bob"]), Done)
            assert peer.ask(FetchSeen(0, circle.gid), SeenSoFar).items == []
    adas.say(Signal(circles[1].gid, 1, "typing", b"sealed"))
    assert [m for m in bobs.inbox if isinstance(m, Signalled)] == [
        Signalled(circles[1].gid, who["ada"].uid, 1, "typing", b"sealed")
    ]


def test_who_is_taken_out_of_one_stays_in_the_other(
    authority: Authority, who: dict[str, Person], circles: tuple[Circle, Circle], bobs: Peer
) -> None:
    ada, bob = who["ada"], who["bob"]
    first, second = circles
    first.change(line(authority, ada), ada, [ada])
    assert [m for m in bobs.inbox if isinstance(m, LeftGroup)] == [LeftGroup(first.gid, "not_member")]
    assert not bobs.closed and pushed(bobs, first) == []
    assert code_of(lambda: bobs.ask(Reload(0, first.gid, 0), Reloaded)) == "not_member"
    assert code_of(lambda: bobs.ask(first.post(first.message(bob)), Posted)) == "not_member"
    bobs.ask(second.post(second.message(bob)), Posted)
    assert len(pushed(bobs, second)) == 1
    on_main = type(bobs) is Peer
    second.change(line(authority, ada), ada, [ada])
    assert [m for m in bobs.inbox if isinstance(m, LeftGroup)][1:] == [LeftGroup(second.gid, "not_member")]
    assert bobs.closed is not on_main  # a group's port has nothing for who is in none; the main one has


def test_a_newer_connection_replaces_it_in_its_group_only(
    authority: Authority, who: dict[str, Person], circles: tuple[Circle, Circle], bobs: Peer
) -> None:
    bob, (first, second) = who["bob"], circles
    newer = second.enter(bob)
    assert [m for m in bobs.inbox if isinstance(m, LeftGroup)] == [LeftGroup(second.gid, "replaced")]
    bobs.ask(first.post(first.message(bob)), Posted)
    newer.ask(second.post(second.message(bob)), Posted)
    assert (len(pushed(bobs, first)), len(pushed(bobs, second)), len(newer.pushed())) == (1, 0, 1)
    bobs.ask(second.enter_request(bobs, bob), Entered)
    assert newer.left_with(second) == "replaced" and newer.closed
    newer.hang_up()  # which takes nothing from who came after it
    bobs.ask(second.post(second.message(bob)), Posted)
    assert len(pushed(bobs, second)) == 1


def test_what_was_not_entered_is_not_served(
    authority: Authority, who: dict[str, Person], circles: tuple[Circle, Circle]
) -> None:
    ada, bob = who["ada"], who["bob"]
    first, second = circles
    logged_in, inside = line(authority, bob), first.enter(bob)
    adas = both(authority, ada, circles)
    for peer in (logged_in, inside):
        assert code_of(lambda peer=peer: peer.ask(Reload(0, second.gid, 0), Reloaded)) == "not_member"
        assert code_of(lambda peer=peer: peer.ask(second.post(second.message(bob)), Posted)) == "not_member"
        peer.say(Signal(second.gid, 1, "typing", b"x"))
    assert not [m for m in adas.inbox if isinstance(m, Signalled)]
    # what a commit needs, and what a listed one may know, is for the main port without entering
    logged_in.ask(FetchGroup(0, second.gid), GroupIs)
    logged_in.ask(GrantKeys(0, second.gid, 2, []), Done)
    assert code_of(lambda: inside.ask(FetchGroup(0, second.gid), GroupIs)) == "not_member"
    assert code_of(lambda: inside.ask(GrantKeys(0, second.gid, 2, []), Done)) == "not_member"


def test_a_connection_is_one_persons(
    authority: Authority, who: dict[str, Person], circles: tuple[Circle, Circle], bobs: Peer
) -> None:
    """Whoever has two people's keys says so on two connections."""
    ada, other = who["ada"], Circle(authority, port=4002).create(who["ada"], [who["ada"]])
    assert code_of(lambda: bobs.ask(circles[0].enter_request(bobs, ada), Entered)) == "not_member"
    assert code_of(lambda: bobs.ask(other.enter_request(bobs, who["bob"]), Entered)) == "not_member"
    bobs.ask(circles[0].post(circles[0].message(who["bob"])), Posted)


def test_each_group_takes_a_proof_of_its_own(
    authority: Authority, who: dict[str, Person], circles: tuple[Circle, Circle]
) -> None:
    bob, (first, second) = who["bob"], circles
    peer = agent(authority, bob)
    assert code_of(lambda: peer.ask(second.enter_request(peer, bob, gid=first.gid), Entered)) == "not_member"
    nonce = peer.welcome.server_nonce
    log_in = prove(PROOF_AUTHORITY, authority.id, nonce, FINGERPRINT, bob.uid, bob.key, authority.id)
    assert code_of(lambda: peer.ask(first.enter_request(peer, bob, proof=log_in), Entered)) == "not_member"
    stolen = Person(authority.id, "bob", key=SigningKey.generate())
    assert code_of(lambda: peer.ask(first.enter_request(peer, stolen, uid=bob.uid), Entered)) == "not_member"
    peer.ask(first.enter_request(peer, bob), Entered)


def test_nobody_enters_before_log_in(
    authority: Authority, who: dict[str, Person], circles: tuple[Circle, Circle]
) -> None:
    peer = Peer(authority).hello()
    request = circles[0].enter_request(peer, who["bob"])
    assert code_of(lambda: peer.ask(request, Entered)) == "not_logged_in"
    peer.say(Signal(circles[0].gid, 1, "typing", b"x"))
    assert peer.ended_with() == "unexpected_message"


def test_an_ended_connection_is_in_no_group(
    authority: Authority, who: dict[str, Person], circles: tuple[Circle, Circle], bobs: Peer, clock: Clock
) -> None:
    bobs.hang_up()
    assert authority.group_connections.sizes() == {}
    main(who["bob"], authority, circles)
    assert authority.group_connections.sizes() == {circle.gid: 1 for circle in circles}
    both(authority, who["ada"], circles)
    assert authority.group_connections.sizes() == {circle.gid: 2 for circle in circles}


def test_who_has_another_key_has_no_connection(
    authority: Authority, who: dict[str, Person], circles: tuple[Circle, Circle], bobs: Peer
) -> None:
    authority._ended.add(who["bob"].uid)
    authority._dismiss()
    assert bobs.ended_with() == "revoked" and authority.group_connections.sizes() == {}
