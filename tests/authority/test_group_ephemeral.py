"""What members tell each other beside a group's chain: the authority passes it on, and keeps one thing of each."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from authority_server.core.authority import Authority
from authority_server.store.database import TABLES
from protocol.errors import HamrazError
from protocol.group_ephemeral import SeenItem
from protocol.messages import Done, FetchSeen, Post, Posted, Seen, SeenSoFar, Signal, Signalled, TellSeen
from protocol.roles import Role
from tests.authority.group_peer import Circle, GroupPeer, line, people, reloaded
from tests.authority.peer import Clock, Peer, Person


@pytest.fixture
def everybody(authority: Authority) -> dict[str, Person]:
    return people(authority, sara=Role.ADVANCED, ali=Role.BEGINNER, reza=Role.BEGINNER)


@pytest.fixture
def circle(authority: Authority, everybody: dict[str, Person]) -> Circle:
    return Circle(authority).create(everybody["sara"], [everybody[name] for name in ("sara", "ali", "reza")])


def tell(peer: Peer, circle: Circle, sealed: bytes, epoch: int = 1) -> None:
    peer.ask(TellSeen(0, circle.gid, epoch, sealed), Done)


def told(peer: Peer) -> list[SeenItem]:
    return [message.item for message in peer.inbox if isinstance(message, Seen)]


def signals(peer: Peer) -> list[bytes]:
    return [message.sealed for message in peer.inbox if isinstance(message, Signalled)]


def refusal(run: object) -> str:
    with pytest.raises(HamrazError) as reason:
        run()  # type: ignore[operator]
    return reason.value.code


# --- seen ---


def test_who_wrote_lately_is_told_and_nobody_else(everybody: dict[str, Person], circle: Circle) -> None:
    sara, ali, reza = (circle.enter(everybody[name]) for name in ("sara", "ali", "reza"))
    sara.ask(Post(0, circle.gid, circle.message(everybody["sara"])), Posted)
    tell(ali, circle, b"ali has it")
    assert told(sara) == [SeenItem(everybody["ali"].uid, 1, b"ali has it")]
    assert told(reza) == told(ali) == []
    for _message in range(16):
        reza.ask(Post(0, circle.gid, circle.message(everybody["reza"])), Posted)
    tell(ali, circle, b"ali has more")
    assert told(reza) == [SeenItem(everybody["ali"].uid, 1, b"ali has more")]
    assert len(told(sara)) == 1  # her message is not among the newest any more


def test_one_of_each_is_kept_and_outlives_a_restart(
    authority: Authority, everybody: dict[str, Person], circle: Circle
) -> None:
    ali, reza = circle.enter(everybody["ali"]), circle.enter(everybody["reza"])
    for sealed in (b"one", b"two"):
        tell(ali, circle, sealed)
    tell(reza, circle, b"three")
    circle.authority = reloaded(authority)
    again = circle.enter(everybody["reza"])
    assert again.ask(FetchSeen(0, circle.gid), SeenSoFar).items == [SeenItem(everybody["ali"].uid, 1, b"two")]


def test_who_is_out_neither_tells_nor_is_told_of(everybody: dict[str, Person], circle: Circle) -> None:
    names = ("sara", "ali", "reza")
    sara, ali, reza = (circle.enter(everybody[name]) for name in names)
    tell(ali, circle, b"ali")
    circle.change(
        line(circle.authority, everybody["sara"]), everybody["sara"], [everybody[n] for n in ("sara", "reza")]
    )
    assert sara.ask(FetchSeen(0, circle.gid), SeenSoFar).items == []
    assert ali.closed
    invited = [everybody[n] for n in names]
    circle.change(line(circle.authority, everybody["sara"]), everybody["sara"], invited)
    ali = circle.enter(everybody["ali"])  # listed, and not in yet
    assert refusal(lambda: tell(ali, circle, b"x", 3)) == "not_member"
    assert refusal(lambda: ali.ask(FetchSeen(0, circle.gid), SeenSoFar)) == "not_member"
    assert refusal(lambda: tell(reza, circle, b"x", 2)) == "stale"


def test_telling_without_end_is_slowed_down(clock: Clock, everybody: dict[str, Person], circle: Circle) -> None:
    ali = circle.enter(everybody["ali"])
    for _ in range(20):
        tell(ali, circle, b"x")
    assert refusal(lambda: tell(ali, circle, b"x")) == "slow_down"
    clock.advance(0.5)
    tell(ali, circle, b"x")


# --- typing ---


def test_typing_reaches_the_others_under_the_proven_name(everybody: dict[str, Person], circle: Circle) -> None:
    sara, ali, reza = (circle.enter(everybody[name]) for name in ("sara", "ali", "reza"))
    ali.say(Signal(circle.gid, 1, "typing", b"sealed"))
    expected = [Signalled(circle.gid, everybody["ali"].uid, 1, "typing", b"sealed")]
    assert sara.inbox == reza.inbox == expected and ali.inbox == []


def test_typing_of_who_is_only_invited_or_of_another_group_is_dropped(
    authority: Authority, everybody: dict[str, Person], circle: Circle
) -> None:
    other = Circle(authority, port=4100).create(everybody["sara"], [everybody["sara"], everybody["ali"]])
    peer = line(authority, everybody["sara"])
    other.change(peer, everybody["sara"], [everybody[name] for name in ("sara", "ali", "reza")])
    sara, reza = other.enter(everybody["sara"]), other.enter(everybody["reza"])
    reza.say(Signal(other.gid, 2, "typing", b"not in yet"))
    circle.enter(everybody["ali"]).say(Signal(other.gid, 2, "typing", b"by the wrong door"))
    assert sara.inbox == [] and not reza.closed


def test_before_enter_there_is_no_typing(authority: Authority, circle: Circle) -> None:
    peer = GroupPeer(authority)
    peer.hello()
    peer.say(Signal(circle.gid, 1, "typing", b"x"))
    assert peer.ended_with() == "unexpected_message"


def test_a_flood_of_typing_is_dropped_without_a_word(
    clock: Clock, everybody: dict[str, Person], circle: Circle
) -> None:
    sara, ali = circle.enter(everybody["sara"]), circle.enter(everybody["ali"])
    for _ in range(50):
        ali.say(Signal(circle.gid, 1, "typing", b"x"))
    assert len(signals(sara)) == 5 and ali.inbox == [] and not ali.closed
    clock.advance(2)
    ali.say(Signal(circle.gid, 1, "typing", b"y"))
    assert signals(sara)[-1] == b"y"


def test_a_whole_groups_typing_has_a_limit(
    monkeypatch: pytest.MonkeyPatch, clock: Clock, everybody: dict[str, Person], circle: Circle
) -> None:
    sara, ali, reza = (circle.enter(everybody[name]) for name in ("sara", "ali", "reza"))
    monkeypatch.setattr(
        circle.authority.group_connections, "connected", lambda gid: 1_000
    )  # so many frames is one signal
    for peer in (ali, reza, ali, reza):
        peer.say(Signal(circle.gid, 1, "typing", b"x"))
    assert len(signals(sara)) == 2
    clock.advance(1)
    ali.say(Signal(circle.gid, 1, "typing", b"x"))
    assert len(signals(sara)) == 3


def test_nothing_of_typing_is_kept(authority: Authority, everybody: dict[str, Person], circle: Circle) -> None:
    def dump() -> list[str]:
        with authority.store.transaction() as rows:
            return [repr(row) for table in TABLES.sorted_tables for row in rows.ask(select(table))]

    ali, before = circle.enter(everybody["ali"]), dump()
    ali.say(Signal(circle.gid, 1, "typing", b"x"))
    assert dump() == before
