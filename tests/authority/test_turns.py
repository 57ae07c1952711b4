"""Turns at changing a group: whose commit goes first, in which order, for how long, and what waits meanwhile."""

from __future__ import annotations

import pytest

from authority_server.core.authority import Authority
from authority_server.core.group_turns import HOLD_MS, WAITING_MS
from protocol.errors import HamrazError
from protocol.messages import Appended, Done, Hold, Posted
from protocol.primitives import SigningKey
from protocol.roles import Role
from tests.authority.group_peer import Circle, GroupPeer, line, people
from tests.authority.peer import Clock, Person, agent
from tests.authority.test_groups import code_of
from tests.authority.test_key_changes import own, with_key

NAMES = ("ada", "bob", "eve", "zoe")


@pytest.fixture
def who(authority: Authority) -> dict[str, Person]:
    return people(authority, ada=Role.ADVANCED, zoe=Role.ADVANCED, bob=Role.BEGINNER, eve=Role.BEGINNER)


@pytest.fixture
def circle(authority: Authority, who: dict[str, Person]) -> Circle:
    return Circle(authority).create(who["ada"], [who[name] for name in NAMES])


def hold(circle: Circle, peer: GroupPeer, on: bool = True) -> str:
    try:
        peer.ask(Hold(0, circle.gid, on), Done)
    except HamrazError as reason:
        return reason.code
    return "done"


def leave(circle: Circle, who: Person) -> None:
    circle.enter(who).ask(circle.post(circle.leave_entry(who)), Posted)


def test_nobody_elses_commit_goes_first(authority: Authority, circle: Circle, who: dict[str, Person]) -> None:
    ada, bob, eve, zoe = circle.enter(who["ada"]), circle.enter(who["bob"]), who["eve"], circle.enter(who["zoe"])
    leave(circle, eve)
    stay = [who["ada"], who["bob"], who["zoe"]]
    assert hold(circle, ada) == "done"
    for peer, name in ((bob, "bob"), (zoe, "zoe"), (line(authority, who["bob"]), "bob")):
        signed = circle.commit(who[name], stay)
        with pytest.raises(HamrazError) as caught:
            circle.send_commit(peer, signed, stay)
        assert (caught.value.code, caught.value.values) == ("group_held", {"n": 5})
    signed = circle.commit(who["ada"], stay[1:] + stay[:1])
    circle.send_commit(line(authority, who["ada"]), signed, stay)  # her turn, whichever connection it comes on
    circle.adopt(signed)
    assert hold(circle, zoe) == "done"  # it was over with her commit


def test_a_turn_lapses(circle: Circle, who: dict[str, Person], clock: Clock) -> None:
    ada, bob = circle.enter(who["ada"]), circle.enter(who["bob"])
    leave(circle, who["eve"])
    stay = [who["ada"], who["bob"], who["zoe"]]
    signed = circle.commit(who["bob"], stay)
    assert hold(circle, ada) == "done"
    clock.advance(HOLD_MS / 1000 - 0.001)
    assert hold(circle, ada) == "done"  # asking again doesn't make it longer
    assert code_of(lambda: circle.send_commit(bob, signed, stay)) == "group_held"
    clock.advance(0.001)
    circle.send_commit(bob, signed, stay)


@pytest.mark.parametrize("how", ["hang up", "say so"])
def test_it_ends_with_who_has_it(circle: Circle, who: dict[str, Person], how: str) -> None:
    ada, zoe = circle.enter(who["ada"]), circle.enter(who["zoe"])
    assert hold(circle, ada) == "done" and hold(circle, zoe) == "group_held"
    assert hold(circle, zoe, on=False) == "done" and hold(circle, zoe) == "group_held"  # it isn't hers to end
    if how == "hang up":
        ada.hang_up()
    else:
        assert hold(circle, ada, on=False) == "done"
    assert hold(circle, zoe) == "done"


def test_in_the_order_of_asking(authority: Authority, circle: Circle, who: dict[str, Person], clock: Clock) -> None:
    owner = who["owner"]
    circle.change(line(authority, who["ada"]), who["ada"], [*(who[name] for name in NAMES), owner])
    circle.enter(owner).ask(circle.post(circle.join_entry(owner)), Posted)
    ada, zoe, third = circle.enter(who["ada"]), circle.enter(who["zoe"]), circle.enter(owner)
    assert [hold(circle, peer) for peer in (ada, zoe, third)] == ["done", "group_held", "group_held"]
    for _second in range(HOLD_MS // 1000):
        assert [hold(circle, peer) for peer in (third, zoe)] == ["group_held"] * 2
        clock.advance(1)
    # Ada let hers lapse, and the third asks first now; but Zoe was before her
    assert [hold(circle, peer) for peer in (ada, third, zoe)] == ["group_held", "group_held", "done"]
    assert hold(circle, zoe, on=False) == "done"
    assert [hold(circle, peer) for peer in (ada, third)] == ["group_held", "done"]
    assert hold(circle, third, on=False) == "done"
    clock.advance(WAITING_MS / 1000)  # who has stopped asking is waited for no more
    assert hold(circle, zoe) == "done"


def test_whose_turn_it_may_be(authority: Authority, circle: Circle, who: dict[str, Person]) -> None:
    assert hold(circle, circle.enter(who["bob"])) == "role_not_allowed"
    assert code_of(lambda: line(authority, who["owner"]).ask(Hold(0, circle.gid, True), Done)) == "not_member"
    assert hold(circle, circle.enter(who["ada"])) == "done"


def test_a_members_new_key_waits_once(
    authority: Authority, circle: Circle, who: dict[str, Person], clock: Clock
) -> None:
    """And the commit of whose turn it is isn't stale for it."""
    ada, bob = circle.enter(who["ada"]), who["bob"]
    main, new = line(authority, bob), SigningKey.generate()
    assert hold(circle, ada) == "done"
    latest = authority.state.log.users[bob.uid].latest
    waiting = main.begin(own(bob, new, latest))
    clock.advance(1)
    authority.look_after_turns()
    assert authority.state.log.users[bob.uid].key == bob.key.public
    stay = [who["ada"], bob, who["eve"]]
    signed = circle.commit(who["ada"], stay)
    circle.send_commit(ada, signed, stay)
    circle.adopt(signed)
    assert authority.state.log.users[bob.uid].key == bob.key.public
    authority.look_after_turns()
    main.answer(waiting, Appended)
    assert authority.state.log.users[bob.uid].key == new.public
    # the next one, in the same minute, doesn't wait: nobody keeps somebody from a new key by one turn after another
    assert hold(circle, ada) == "done"
    bob = with_key(bob, new)
    third = SigningKey.generate()
    main.hang_up()
    main = agent(authority, bob)
    main.ask(own(bob, third, authority.state.log.users[bob.uid].latest), Appended)
    assert authority.state.log.users[bob.uid].key == third.public


def test_a_new_key_waits_no_longer_than_a_turn(
    authority: Authority, circle: Circle, who: dict[str, Person], clock: Clock
) -> None:
    bob, new = who["bob"], SigningKey.generate()
    main = line(authority, bob)
    assert hold(circle, circle.enter(who["ada"])) == "done"
    waiting = main.begin(own(bob, new, authority.state.log.users[bob.uid].latest))
    clock.advance(HOLD_MS / 1000)
    authority.look_after_turns()
    main.answer(waiting, Appended)
    # of one whose connection has ended meanwhile nothing is done
    eve, zoe = who["eve"], circle.enter(who["zoe"])
    assert hold(circle, zoe) == "done"
    gone = line(authority, eve)
    gone.begin(own(eve, SigningKey.generate(), authority.state.log.users[eve.uid].latest))
    gone.hang_up()
    assert hold(circle, zoe, on=False) == "done"
    authority.look_after_turns()
    assert authority.state.log.users[eve.uid].key == eve.key.public
