"""Epoch keys that are given again: for whom the authority takes them, of whom, and how many."""

from __future__ import annotations

import pytest

from authority_server.core.authority import Authority
from protocol.group_entries import Unopened, UnopenedEntry, encode_entry
from protocol.messages import Done, FetchRegrants, Posted, Regrant, Regranted, Regrants, Share
from protocol.roles import Role
from protocol.statements import NO_DEVICE, issue
from tests.authority.group_peer import Circle, GroupPeer, known, line, people, reloaded
from tests.authority.peer import Person
from tests.authority.test_groups import code_of

NAMES = ("ada", "bob", "eve", "fay", "gus", "zoe")


@pytest.fixture
def who(authority: Authority) -> dict[str, Person]:
    roles = dict.fromkeys(NAMES, Role.BEGINNER) | {"ada": Role.ADVANCED, "zoe": Role.ADVANCED}
    return people(authority, **roles)


@pytest.fixture
def circle(authority: Authority, who: dict[str, Person]) -> Circle:
    """Ada's group with all others, who have joined; Bob has no key."""
    circle = Circle(authority).create(who["ada"], [who[name] for name in NAMES])
    circle.enter(who["bob"]).ask(circle.post(unopened(circle, who["bob"])), Posted)
    return circle


def unopened(circle: Circle, by: Person, epoch: int | None = None) -> bytes:
    said = Unopened(circle.gid, circle.epoch if epoch is None else epoch, circle.hash, by.uid)
    return encode_entry(UnopenedEntry(issue(said, by.key, circle.authority.id)))


def give(circle: Circle, to: Person, sealed: bytes, epoch: int = 1) -> Regrant:
    return Regrant(0, circle.gid, epoch, to.uid, NO_DEVICE, sealed)


def shares(circle: Circle, peer: GroupPeer) -> list[Share]:
    return peer.ask(FetchRegrants(0, circle.gid, 1), Regrants).shares


def test_it_is_kept_told_and_served_to_who_lacks_it(
    authority: Authority, circle: Circle, who: dict[str, Person]
) -> None:
    lacks, has, other = circle.enter(who["bob"]), circle.enter(who["eve"]), circle.enter(who["ada"])
    has.ask(give(circle, who["bob"], b"sealed"), Done)
    assert Regranted(circle.gid, 1) in lacks.inbox and Regranted(circle.gid, 1) not in other.inbox
    assert shares(circle, lacks) == [Share(who["eve"].uid, b"sealed")]
    assert shares(circle, other) == []
    has.ask(give(circle, who["bob"], b"sealed"), Done)  # the answer was lost
    assert shares(circle, lacks) == [Share(who["eve"].uid, b"sealed")]
    assert code_of(lambda: has.ask(give(circle, who["bob"], b"another"), Done)) == "stale"
    assert known(reloaded(authority)) == known(authority)


def test_nobody_is_given_what_they_have_not_said_that_they_lack(circle: Circle, who: dict[str, Person]) -> None:
    has, lacks = circle.enter(who["eve"]), circle.enter(who["bob"])
    for message in (
        give(circle, who["fay"], b"x"),
        give(circle, who["bob"], b"x", epoch=2),
        give(circle, who["bob"], b"x", epoch=0),
    ):
        assert code_of(lambda message=message: has.ask(message, Done)) == "stale"  # type: ignore[misc]
    assert code_of(lambda: lacks.ask(give(circle, who["bob"], b"x"), Done)) == "stale"  # not by oneself
    has.say(give(circle, who["bob"], b"x" * 4097))
    assert has.ended_with() == "bad_message"
    assert shares(circle, lacks) == []


def test_there_are_four_and_rank_always_finds_room(
    authority: Authority, circle: Circle, who: dict[str, Person]
) -> None:
    for name in ("eve", "fay", "gus", "ada"):
        circle.enter(who[name]).ask(give(circle, who["bob"], name.encode()), Done)
    lacks = circle.enter(who["bob"])
    assert [share.sealed for share in shares(circle, lacks)] == [b"eve", b"fay", b"gus", b"ada"]
    circle.enter(who["zoe"]).ask(give(circle, who["bob"], b"zoe"), Done)
    assert [share.sealed for share in shares(circle, lacks)] == [b"fay", b"gus", b"ada", b"zoe"]
    assert code_of(lambda: circle.enter(who["eve"]).ask(give(circle, who["bob"], b"eve"), Done)) == "stale"


def test_who_is_out_neither_gives_nor_is_given(circle: Circle, who: dict[str, Person], authority: Authority) -> None:
    gone, lacks = circle.enter(who["eve"]), circle.enter(who["bob"])
    stay = [who[name] for name in NAMES if name not in ("eve", "bob")]
    main = line(authority, who["ada"])
    signed = circle.commit(who["ada"], stay)
    circle.send_commit(main, signed, stay)
    circle.adopt(signed)
    assert gone.left_with(circle) == lacks.left_with(circle) == "not_member"
    assert code_of(lambda: circle.enter(who["fay"]).ask(give(circle, who["bob"], b"x"), Done)) == "stale"


def test_it_is_said_by_oneself_and_once(authority: Authority, circle: Circle, who: dict[str, Person]) -> None:
    before = known(authority)
    eve, bob = circle.enter(who["eve"]), circle.enter(who["bob"])
    assert code_of(lambda: eve.ask(circle.post(unopened(circle, who["fay"])), Posted)) == "not_member"
    again = unopened(circle, who["bob"])
    place = bob.ask(circle.post(again), Posted).n  # the very same gets the first answer again
    assert bob.ask(circle.post(again), Posted).n == place
    assert code_of(lambda: bob.ask(circle.post(unopened(circle, who["bob"], epoch=2)), Posted)) == "stale"
    assert known(authority) == before
