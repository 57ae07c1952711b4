"""Who is in and has nothing to say costs no thread, and is there for a next word, a sign of life, or an end."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from authority_server.connections import server as server_module
from authority_server.connections import session as session_module
from protocol import frames, messages
from protocol.messages import Find, Found, Ping, Pong
from tests.authority.peer import Person, person
from tests.authority.test_server import Client, Running
from tests.processes import until
from transport import threads


@pytest.fixture
def running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    monkeypatch.setattr(server_module, "LINGER_SECONDS", 0.03)
    started = Running(tmp_path)
    yield started
    started.close()


@pytest.fixture
def sara(running: Running) -> Person:
    who = person(running.authority, "sara")
    with running.client().connection as line:
        running.clients[-1].sign_up(who, running.owner_code)
        line.close()
    until(lambda: not running.server._connections)
    return who


def serving() -> int:
    return sum(thread.name == "connection" for thread in threading.enumerate())


def idle(running: Running) -> int:
    return len(running.server._flusher.waiting)


def finds(client: Client) -> bool:
    return isinstance(client.ask(Find(3, "sara", b"n" * 32)), Found)


def test_ten_silent_agents_have_no_thread_and_each_is_answered(running: Running, sara: Person) -> None:
    others = [person(running.authority, f"person{number}") for number in range(9)]
    for who in others:
        with running.client().connection:
            running.clients[-1].sign_up(who)
    until(lambda: not running.server._connections)
    before = serving()
    agents = [running.agent(who) for who in (sara, *others)]
    until(lambda: idle(running) == 10 and serving() <= before)
    for _ in range(3):
        assert all(finds(agent) for agent in agents)
        until(lambda: idle(running) == 10 and serving() <= before)
    assert len(running.server._connections) == 10
    # they have waited for each answer: none of them is in a hurry (section 11.1)
    assert sara.uid not in running.server._places.turns._hasty._full_at


def test_a_sign_of_life_takes_no_thread(running: Running, sara: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """Thousands give one every 15 s."""
    agent, turns = running.agent(sara), running.server._places.turns
    until(lambda: idle(running) == 1)
    (line,) = running.server._connections
    client = running.authority.online.occupant(sara.uid)
    assert client is not None
    charged, spawned = client.charged, list[str]()
    spawn = threads.spawn
    monkeypatch.setattr(threads, "spawn", lambda name, *rest: spawned.append(name) or spawn(name, *rest))
    for number in range(3):
        agent.send(Ping(number))
        answer = agent.receive()
        assert isinstance(answer, Pong) and answer.n == number
    until(lambda: idle(running) == 1)
    assert spawned.count("connection") == 0
    assert client.charged == client.paid == charged + 3
    assert finds(agent)  # anything else has one
    until(lambda: idle(running) == 1)
    assert spawned.count("connection") == 1
    # what has come behind it is not left lying: one record has all of it
    frame = frames.encode(messages.encode(Find(7, "sara", b"n" * 32)))
    with agent.connection._lock:
        agent.connection._sock.send(frames.encode(messages.encode(Ping(8))) + frame)
    assert isinstance(agent.receive(), Pong) and isinstance(agent.receive(), Found)
    until(lambda: idle(running) == 1)
    # whose burst is used up waits for its turn with this as well
    turns.spend(sara.uid, 1_000_000)
    agent.send(Ping(9))
    assert isinstance(agent.receive(), Pong)
    assert spawned.count("connection") == 3
    until(lambda: idle(running) == 1)
    line.cut()


def test_what_is_no_message_ends_who_is_idle(running: Running, sara: Person) -> None:
    agent = running.agent(sara)
    until(lambda: idle(running) == 1)
    with agent.connection._lock:
        agent.connection._sock.send(frames.encode(b"\x92\xa4ping\xa1x"))
    assert agent.receive().code == "bad_message" and agent.receive() is None
    until(lambda: not running.server._connections and not idle(running))


def test_a_mistake_at_a_sign_of_life_is_told(running: Running, sara: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    agent = running.agent(sara)
    until(lambda: idle(running) == 1)
    monkeypatch.setattr(session_module.Session, "is_sign_of_life", staticmethod(lambda body: 1 / 0))
    agent.send(Ping(1))
    until(lambda: [trouble.where for trouble in running.authority.troubles.now()] == ["connection"])
    assert agent.receive() is None
    until(lambda: not running.server._connections and not running.authority.online.has(sara.uid))


def test_what_has_begun_to_come_is_waited_for_in_its_thread(running: Running, sara: Person) -> None:
    agent = running.agent(sara)
    until(lambda: idle(running) == 1)
    frame = frames.encode(messages.encode(Find(3, "sara", b"n" * 32)))
    with agent.connection._lock:
        agent.connection._sock.send(frame[:9])
    until(lambda: idle(running) == 0)
    with agent.connection._lock:
        agent.connection._sock.send(frame[9:])
    assert isinstance(messages.decode(agent.connection.receive(10) or b"", messages.FromAuthority), Found)


@pytest.mark.parametrize("how", ["leaves", "is cut"])
def test_an_end_is_noticed(running: Running, sara: Person, how: str) -> None:
    agent = running.agent(sara)
    until(lambda: idle(running) == 1)
    if how == "leaves":
        agent.connection.release()
    else:
        (line,) = running.server._connections
        line.cut()
    until(lambda: not running.server._connections and running.server._places._taken == 0)
    assert not running.authority.online.has(sara.uid) and not idle(running)


def test_a_sign_of_life_is_asked_for_and_who_gives_none_is_ended(
    running: Running, sara: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_module, "SILENT_MS", 400)
    agent = running.agent(sara)
    ping = agent.receive()
    assert isinstance(ping, Ping)
    agent.send(Pong(ping.n))
    monkeypatch.setattr(session_module, "ANSWER_MS", 200)
    assert isinstance(agent.receive(), Ping)
    assert agent.receive().code == "timed_out"
    assert agent.receive() is None
    until(lambda: not running.server._connections)


def test_the_server_ends_those_who_are_idle(running: Running, sara: Person) -> None:
    agent = running.agent(sara)
    until(lambda: idle(running) == 1)
    running.server.close()
    assert agent.receive() is None
    until(lambda: not running.server._connections and not idle(running))
