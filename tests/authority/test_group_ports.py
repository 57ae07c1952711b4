"""The ports of groups: promised before they are used, shared when the range is full, given up and taken up again."""

from __future__ import annotations

import pytest

from authority_server.core.authority import Authority
from authority_server.core.group_ports import PROMISE_MS, PROMISES_EACH, Bind, Ports
from protocol.errors import HamrazError, Unreachable
from protocol.messages import ChatStarted, Committed, Done, GrantKeys, StartGroup
from protocol.primitives import random_id
from protocol.roles import Role
from tests.authority.group_peer import Batch, Circle, line, make_commit, people
from tests.authority.peer import Clock, Person
from tests.authority.test_groups import code_of

A, B = b"a" * 32, b"b" * 32  # two users
MINE, OTHER = object(), object()  # two connections


class Machine:
    """Which ports this program listens on, and which another program has."""

    def __init__(self, *foreign: int) -> None:
        self.open: list[int] = []
        self.foreign = set(foreign)

    @property
    def bind(self) -> Bind:
        def bind(port: int):  # type: ignore[no-untyped-def]
            if port in self.foreign or port in self.open:
                raise Unreachable("port_taken", port=port)
            self.open.append(port)
            return lambda: self.open.remove(port)

        return bind


def ports(machine: Machine, first: int = 5000, last: int = 5001) -> Ports:
    return Ports(machine.bind, first, last)


def refusal(found: Ports, port: int, gid: bytes | None = None, uid: bytes = A) -> HamrazError:
    with pytest.raises(HamrazError) as caught:
        found.start(MINE, uid, gid or random_id(), port, 0)
    return caught.value


def test_only_ports_of_the_range() -> None:
    machine = Machine()
    found = ports(machine)
    for port in (4999, 5002, 0, 2**32 - 1):
        reason = refusal(found, port)
        assert (reason.code, reason.values) == ("port_not_allowed", {"first": 5000, "last": 5001})
    assert machine.open == []


def test_a_port_is_bound_before_it_is_promised_and_of_one_group() -> None:
    machine = Machine(5001)
    found = ports(machine, last=5009)
    found.start(MINE, A, b"1", 5000, 0)
    assert machine.open == [5000]
    assert refusal(found, 5000).code == "port_taken"
    assert refusal(found, 5001).code == "port_taken"
    assert machine.open == [5000]


def test_a_full_range_is_shared() -> None:
    machine = Machine(5002)
    found = ports(machine, last=5002)
    found.start(MINE, A, b"1", 5000, 0)
    found.start(MINE, A, b"2", 5001, 0)
    assert refusal(found, 5000).code == "port_taken"  # nobody has tried 5002 yet
    assert refusal(found, 5002).code == "port_taken"
    found.start(MINE, A, b"3", 5000, 0)
    found.keep(b"1", 5000)
    found.give_up(b"3")
    assert machine.open == [5000, 5001]  # still needed
    machine.foreign.clear()
    found.start(MINE, A, b"4", 5002, 0)  # it has become free


def test_a_range_that_others_have_is_full() -> None:
    machine = Machine(5000, 5001)
    found = ports(machine)
    found.serve(7000)  # a group of an earlier range is no room
    assert refusal(found, 5000).code == "port_taken"
    assert refusal(found, 5001).code == "ports_full"


def test_a_promise_lapses() -> None:
    machine = Machine()
    found = ports(machine)
    found.start(MINE, A, b"1", 5000, 0)
    found.lapse(PROMISE_MS - 1)
    assert found.promised(A, b"1", PROMISE_MS - 1) == 5000 and found.promised(B, b"1", 0) is None
    assert found.promised(A, b"1", PROMISE_MS) is None
    assert machine.open == []


def test_another_port_for_the_same_group_replaces_the_first() -> None:
    machine = Machine()
    found = ports(machine)
    found.start(MINE, A, b"1", 5000, 0)
    found.start(MINE, A, b"1", 5001, 0)
    assert machine.open == [5001] and found.promised(A, b"1", 0) == 5001
    found.start(MINE, A, b"1", 5001, 0)  # the answer was lost
    assert machine.open == [5001]
    assert refusal(found, 5000, b"1", B).code == "stale"  # another user's group


def test_the_oldest_promise_gives_way() -> None:
    """An agent whose attempts fail is not kept from trying, and doesn't hold more ports for it."""
    machine = Machine()
    found = ports(machine, last=5100)
    for number in range(PROMISES_EACH + 3):
        found.start(MINE, A, bytes([number]), 5000 + number, 0)
    assert machine.open == [5003, 5004, 5005, 5006]
    found.start(OTHER, B, b"b", 5050, 0)
    assert len(machine.open) == PROMISES_EACH + 1


def test_promises_end_with_their_connection() -> None:
    machine = Machine()
    found = ports(machine, last=5100)
    found.start(MINE, A, b"1", 5000, 0)
    found.start(OTHER, A, b"2", 5001, 0)
    found.start(MINE, A, b"3", 5002, 0)
    found.keep(b"3", 5002)
    found.start(MINE, A, b"4", 5003, 0)
    found.start(OTHER, A, b"4", 5003, 0)  # asked again on a new connection: it is that one's now
    found.leave(MINE)
    assert machine.open == [5001, 5002, 5003]


# --- as agents see it ---


@pytest.fixture
def machine(authority: Authority) -> Machine:
    found = Machine()
    authority.ports = ports(found, last=5009)
    return found


@pytest.fixture
def ada(authority: Authority, machine: Machine) -> Person:
    return people(authority, ada=Role.ADVANCED)["ada"]


def test_the_refusal_says_why(authority: Authority, machine: Machine, ada: Person) -> None:
    peer, gid = line(authority, ada), random_id()
    with pytest.raises(HamrazError) as caught:
        peer.ask(StartGroup(0, gid, 80), ChatStarted)
    assert (caught.value.code, caught.value.values) == ("port_not_allowed", {"first": 5000, "last": 5009})
    machine.foreign.add(5003)
    assert code_of(lambda: peer.ask(StartGroup(0, gid, 5003), ChatStarted)) == "port_taken"
    assert peer.ask(StartGroup(0, gid, 5004), ChatStarted).port == 5004
    assert machine.open == [5004]


def test_a_hang_up_gives_the_port_back(authority: Authority, machine: Machine, ada: Person) -> None:
    peer, circle = line(authority, ada), Circle(authority, port=5000)
    circle.start(peer)
    assert machine.open == [5000]
    peer.hang_up()
    assert machine.open == []


def test_a_commit_needs_its_own_promise(authority: Authority, machine: Machine, ada: Person, clock: Clock) -> None:
    peer, circle = line(authority, ada), Circle(authority, port=5000)
    assert code_of(lambda: circle.change(peer, ada, [ada])) == "group_not_started"
    circle.start(peer)
    clock.advance(PROMISE_MS / 1000)
    assert code_of(lambda: circle.change(peer, ada, [ada])) == "group_not_started"
    assert machine.open == []
    circle.start(peer)
    circle.change(peer, ada, [ada])
    clock.advance(PROMISE_MS / 1000)
    authority.ports.lapse(clock())
    assert machine.open == [5000] and authority.published_groups[circle.gid].port == 5000
    assert code_of(lambda: circle.start(peer)) == "stale"  # it exists


def test_a_group_is_served_though_its_maker_hung_up(authority: Authority, machine: Machine, ada: Person) -> None:
    """The commit was on its way to the disk when the connection, and with it the promise, ended."""
    peer, circle = line(authority, ada), Circle(authority, port=5000)
    circle.start(peer)
    peer.ask(GrantKeys(0, circle.gid, 1, circle.grants([ada])), Done)
    batch = Batch(authority)
    peer.begin(make_commit(circle.commit(ada, [ada])))
    peer.hang_up()
    assert machine.open == []
    batch.run()
    assert machine.open == [5000] and circle.gid in authority.published_groups


def test_asking_for_ports_is_limited(authority: Authority, machine: Machine, ada: Person) -> None:
    peer = line(authority, ada)
    codes = [code_of(lambda: peer.ask(StartGroup(0, random_id(), 80), ChatStarted)) for _ in range(305)]
    assert codes[-1] == "slow_down" and codes[200] == "port_not_allowed"
    # other things that the same account does are counted elsewhere
    code = code_of(lambda: peer.ask(make_commit(Circle(authority).commit(ada, [ada])), Committed))
    assert code == "group_not_started"
