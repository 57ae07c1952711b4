"""A group's port on real sockets: who talks on it, who is cut off, and what happens when somebody else has it."""

from __future__ import annotations

import logging
import queue
import select
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from authority_server.core.group_listeners import GroupPorts
from authority_server.core.group_ports import Ports
from protocol import frames, messages
from protocol.messages import Answer, Enter, Entered, Entries, Hello, LeftGroup, Post, Posted, Reload, Reloaded
from protocol.primitives import random_nonce
from protocol.roles import Role
from protocol.statements import PROOF_GROUP, Welcome, check, prove
from tests.authority.group_peer import Circle, line, people
from tests.authority.peer import Person
from tests.authority.test_server import CONNECTIONS, HOST, Running
from tests.processes import free_port, until
from transport.connection import Connection, dial

EACH = 60
SECONDS = 30


class Caller:
    """A connection over TLS to a group's port; what comes is sorted by a thread."""

    def __init__(self, running: Running, circle: Circle, who: Person) -> None:
        self.circle = circle
        self.connection: Connection = dial(HOST, circle.port, running.flusher)
        self.connection.limit = frames.LIMIT_AFTER_LOGIN
        self.answers: queue.Queue[Any] = queue.Queue()
        self.pushed: list[tuple[int, bytes]] = []
        nonce = random_nonce()
        self.connection.send(messages.encode(Hello(messages.VERSION, nonce)))
        welcomed = self._take()
        authority = running.authority
        welcome = check(welcomed.welcome, Welcome, authority.key.public, authority.id)
        seen = self.connection.certificate()
        assert welcome.client_nonce == nonce and welcome.fingerprint == seen
        self.thread = threading.Thread(target=self._listen, daemon=True)
        self.thread.start()
        self._prove = lambda gid: prove(PROOF_GROUP, gid, welcome.server_nonce, seen, who.uid, who.key, authority.id)
        self.enter(circle, who)

    def enter(self, circle: Circle, who: Person) -> None:
        """Come into a group, on this connection."""
        assert isinstance(self.ask(Enter(1, circle.gid, who.uid, self._prove(circle.gid))), Entered)

    def _take(self) -> Any:
        body = self.connection.receive(SECONDS)
        return None if body is None else messages.decode(body, messages.FromGroup | messages.Welcomed)

    def _listen(self) -> None:
        while (message := self._take()) is not None:
            if isinstance(message, Entries):
                self.pushed += list(enumerate(message.entries, message.start))
            elif isinstance(message, Answer | LeftGroup):
                self.answers.put(message)
        self.answers.put(None)
        self.connection.release()

    def ask(self, request: messages.Message) -> Any:
        self.connection.send(messages.encode(request))
        return self.answers.get(timeout=SECONDS)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    started = Running(tmp_path)
    started.authority.ports = Ports(started.server.bind_group)
    yield started
    started.close()


@pytest.fixture
def who(running: Running) -> dict[str, Person]:
    # by connections in memory: what is on a socket here is the group's port
    running.authority.run_write, submit = running.authority._run_at_once, running.authority.run_write
    found = people(running.authority, ada=Role.ADVANCED, bob=Role.BEGINNER)
    running.authority.run_write = submit
    return found


def make(running: Running, by: Person, members: list[Person]) -> Circle:
    running.authority.run_write, submit = running.authority._run_at_once, running.authority.run_write
    circle = Circle(running.authority, port=free_port()).create(by, members)
    running.authority.run_write = submit
    return circle


def test_two_write_at_once_and_both_get_everything_in_order(running: Running, who: dict[str, Person]) -> None:
    ada, bob = who["ada"], who["bob"]
    circle = make(running, ada, [ada, bob])
    callers = {name: Caller(running, circle, who[name]) for name in ("ada", "bob")}
    entries = {name: [circle.message(who[name]) for _ in range(EACH)] for name in callers}
    places: dict[int, bytes] = {}

    def write(name: str) -> None:
        for number, entry in enumerate(entries[name], 1):
            answer = callers[name].ask(Post(number, circle.gid, entry))
            assert isinstance(answer, Posted) and answer.re == number
            places[answer.n] = entry

    writers = [threading.Thread(target=write, args=(name,)) for name in callers]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(SECONDS)
    expected = sorted(places.items())
    assert [n for n, _ in expected] == list(range(3, 3 + 2 * EACH))
    until(lambda: all(len(caller.pushed) == 2 * EACH for caller in callers.values()))
    assert callers["ada"].pushed == callers["bob"].pushed == expected
    again = callers["bob"].ask(Reload(9, circle.gid, 2))
    assert isinstance(again, Reloaded) and again.entries == [entry for _, entry in expected]


def test_who_is_removed_is_told_and_cut_off(running: Running, who: dict[str, Person]) -> None:
    ada, bob = who["ada"], who["bob"]
    circle = make(running, ada, [ada, bob])
    caller = Caller(running, circle, bob)
    circle.send_commit(_at_once(running, ada), circle.commit(ada, [ada]), [ada])
    assert caller.answers.get(timeout=SECONDS) == LeftGroup(circle.gid, "not_member")
    assert caller.answers.get(timeout=SECONDS) is None and caller.pushed == []


def test_one_connection_for_two_groups(running: Running, who: dict[str, Person]) -> None:
    """The second one's own port isn't dialled at all; who is taken out of the first goes on in it."""
    ada, bob = who["ada"], who["bob"]
    first, second = make(running, ada, [ada, bob]), make(running, ada, [ada, bob])
    caller = Caller(running, first, bob)
    caller.enter(second, bob)
    entries = {circle.gid: circle.message(bob) for circle in (first, second)}
    for number, (gid, entry) in enumerate(entries.items(), 2):
        assert isinstance(caller.ask(Post(number, gid, entry)), Posted)
    until(lambda: len(caller.pushed) == 2)
    first.send_commit(_at_once(running, ada), first.commit(ada, [ada]), [ada])
    assert caller.answers.get(timeout=SECONDS) == LeftGroup(first.gid, "not_member")
    again = caller.ask(Reload(9, second.gid, 2))
    assert isinstance(again, Reloaded) and again.entries == [entries[second.gid]]


def _at_once(running: Running, who: Person) -> Any:
    running.authority.run_write = running.authority._run_at_once
    return line(running.authority, who)


def test_connections_are_bounded_on_all_ports_together(running: Running, who: dict[str, Person]) -> None:
    ada = who["ada"]
    ports = [make(running, ada, [ada]).port for _group in range(3)]
    held = []
    for number in range(CONNECTIONS):
        held.append(socket.create_connection((HOST, (*ports, running.port)[number % 4]), SECONDS))
    until(lambda: running.server._places._taken == CONNECTIONS)
    newcomer = dial(HOST, ports[0], running.flusher)
    gone = select.select(held, [], [], SECONDS)[0]
    assert len(gone) == 1 and gone[0].recv(1) == b""  # one of the oldest of all ports gives way
    until(lambda: running.server._places._taken == CONNECTIONS)
    for one in held:
        one.close()
    newcomer.release()
    until(lambda: running.server._places._taken == 0)


def test_a_port_that_somebody_else_has_after_a_start(
    running: Running, who: dict[str, Person], caplog: pytest.LogCaptureFixture
) -> None:
    """It is said once and tried again; the other groups are served."""
    ada = who["ada"]
    first, second = make(running, ada, [ada]), make(running, ada, [ada])
    authority = running.authority
    authority.ports.close()
    authority.ports = Ports(running.server.bind_group)  # as another start begins
    with socket.create_server((HOST, first.port)):
        caplog.set_level(logging.WARNING)
        groups = GroupPorts(authority)
        groups.look()
        groups.look()
        assert [str(first.port) in record.getMessage() for record in caplog.records] == [True]
        Caller(running, second, ada)
    groups.look()
    Caller(running, first, ada)
