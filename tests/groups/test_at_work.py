"""No lock is held while the network is asked: a command to a group waits for what is done by itself so long and no
longer, whatever the authority does; and nowhere in the agent is one held where something goes over the wire.
"""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import pytest

from protocol.errors import HamrazError, Unreachable
from protocol.group_entries import ChainHead
from protocol.links import Link
from protocol.messages import Reload, Reloaded
from protocol.roles import Role
from protocol.statements import issue
from tests.agent import held_locks
from tests.agent.test_files import content, private, send
from tests.groups.group_world import GroupWorld
from tests.world import Person
from web_client.account import identity
from web_client.account.chat_ids import ChatId
from web_client.agent.api import Agent
from web_client.groups import membership as group_membership
from web_client.net import one_at_a_time
from web_client.net.one_at_a_time import OneAtATime

LONG = "a long enough passphrase 1404"


class Silent:
    """A connection on which nothing is ever answered, until it is closed."""

    def __init__(self) -> None:
        self.asked, self._end = threading.Event(), threading.Event()
        self.pushed: list[object] = []

    @property
    def closed(self) -> bool:
        return self._end.is_set()

    def request(self, request: object, kind: object) -> Any:
        self.asked.set()
        self._end.wait(60)
        raise Unreachable("timed_out")

    def close(self) -> None:
        self._end.set()


class Dribbling(Silent):
    """One that has always one entry more."""

    def __init__(self, group_world: GroupWorld) -> None:
        super().__init__()
        end = ChainHead(group_world.gid, 1 << 40, bytes(32), 1, 9)
        self._head = issue(end, group_world.world.authority_key, group_world.world.link.authority_id)

    def request(self, request: object, kind: object) -> Any:
        assert isinstance(request, Reload) or self.closed
        self.asked.set()
        if self._end.wait(0.01):
            raise Unreachable("timed_out")
        return Reloaded(request.rid, 1, [b"drop"], self._head)


@pytest.fixture
def group_world(monkeypatch: pytest.MonkeyPatch) -> GroupWorld:
    monkeypatch.setattr(one_at_a_time, "PATIENCE_SECONDS", 0.2)
    made = GroupWorld(Role.ADVANCED, Role.BEGINNER)
    made.everybody_joins()
    return made


@pytest.mark.parametrize("kind", ["silent", "dribbling"])
def test_a_command_does_not_wait_for_an_authority_that_is(
    group_world: GroupWorld, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    arash, omid = group_world.people[0], group_world.people[2]
    room = group_world.room(arash)
    bad = Silent() if kind == "silent" else Dribbling(group_world)
    room.link.close()
    monkeypatch.setattr(room.link, "channel", bad)
    monkeypatch.setattr(room, "take", lambda *_: True)
    waits: list[object] = []
    background = threading.Thread(target=lambda: waits.append(room.step()))
    background.start()
    assert bad.asked.wait(10)
    took = time.monotonic()

    def honest(*_: object) -> None:
        monkeypatch.undo()  # the line that is made anew is an honest one

    monkeypatch.setattr(room.work, "_cut", lambda: (room.link.close(), honest()))
    if kind == "dribbling":
        monkeypatch.setattr(room.link, "open", lambda: (honest(), room.link.open())[1])
    arash.node.groups.command(group_world.gid, omid.uid, False, "")
    assert time.monotonic() - took < 10
    background.join(10)
    assert not background.is_alive()
    group_world.world.settle()
    assert omid.uid not in group_world.room(arash).group.members


def test_a_command_that_waits_for_another_one_says_so_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(one_at_a_time, "LONGEST_SECONDS", 0.5)
    cuts: list[int] = []
    work, begun, over = OneAtATime(lambda: cuts.append(1)), threading.Event(), threading.Event()

    def command() -> None:
        with work.alone(), work.alone():
            begun.set()
            over.wait(20)

    one = threading.Thread(target=command)
    one.start()
    assert begun.wait(10)
    with pytest.raises(HamrazError) as reason, work.alone():
        raise AssertionError("two at once")
    assert reason.value.code == "ask_again" and not cuts
    with work.by_itself() as free:
        assert not free
    over.set()
    one.join()
    with work.alone(), work.by_itself() as free:
        assert free and not work.gives_way


def test_what_is_done_by_itself_gives_way_without_being_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    cuts: list[int] = []
    work, begun = OneAtATime(lambda: cuts.append(1)), threading.Event()

    def background() -> None:
        with work.by_itself() as free:
            assert free
            begun.set()
            while not work.gives_way:
                time.sleep(0.001)

    thread = threading.Thread(target=background)
    thread.start()
    assert begun.wait(10)
    with work.alone():
        assert not work.gives_way
    thread.join()
    assert not cuts


def test_no_lock_is_held_where_something_goes_over_the_wire(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything that an agent does, once; a synchronous network calls the other side within `send`."""
    found = held_locks.watch(monkeypatch)
    group_world = GroupWorld(Role.ADVANCED, Role.BEGINNER, Role.BEGINNER)
    arash, sara, omid, _mina = group_world.people
    group_world.everybody_joins()
    group_world.say(arash, "to all")
    arash.say(sara, "to one")
    sara.read(arash)
    arash.node.typing.say_to(sara.uid, True)
    arash.agent().typing(ChatId.group(group_world.gid), True)
    _send_file(arash, sara)
    sara.stop()
    arash.say(sara, "for later")
    sara.restart()
    group_world.world.settle()
    arash.node.groups.command(group_world.gid, omid.uid, False, "")
    group_world.room(sara).refresh()
    sara.node.keys.renew()
    group_world.world.settle()
    omid.node.keys.renew()
    arash.node.authority.log.sync()
    arash.node.keys.end_account(arash.node.ctx.trust.log.users[omid.uid])
    group_membership.leave(group_world.room(sara))
    group_world.world.settle()
    assert "for later" in sara.texts(arash) and group_world.room(sara).state == "left"
    assert found == set()
    assert held_locks.Watched.pairs and held_locks.circle() == []


def test_the_instrument_sees_locks_that_are_taken_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    held_locks.watch(monkeypatch)
    states, outbox = (part._lock for part in _two_parts())
    with states, outbox:
        assert held_locks.circle() == []
    with outbox, states:
        assert len(held_locks.circle()) == 3


def _two_parts() -> tuple[Any, Any]:
    node = GroupWorld(Role.ADVANCED).people[0].node
    return node.ctx.states, node.outbox


def _send_file(writer: Person, reader: Person) -> None:
    send(writer, private(reader), content(100_000))
    writer.settle()
    reader.settle()


def test_the_instrument_sees_a_lock_that_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    found = held_locks.watch(monkeypatch)
    group_world = GroupWorld(Role.ADVANCED)
    with group_world.people[0].node.ctx.states._lock:
        group_world.people[0].node.authority.log.refresh()
    assert [one.partition(":")[0] for one in found] == ["states.py"]


def test_a_log_in_that_the_network_holds_up_holds_up_no_other_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An agent whose sign-up gets no answer: what else changes its stage is told so, and it ends when it is to."""
    monkeypatch.setattr(one_at_a_time, "LONGEST_SECONDS", 0.3)
    agent = Agent(tmp_path, lambda function, *arguments: function(*arguments), 0, "")
    silent = Silent()
    agent._link = Link(("127.0.0.1",), 5050, "a" * 16, bytes(32))
    monkeypatch.setattr(agent, "_network", lambda: None)
    monkeypatch.setattr(identity, "meet", lambda *_: (silent, None))
    monkeypatch.setattr(identity, "prepare_sign_up", lambda channel, *_: channel.request(None, None))
    failed: list[str] = []

    def sign_up() -> None:
        try:
            agent.sign_up("a@example.org", "sara", LONG, LONG)
        except HamrazError as reason:
            failed.append(reason.code)

    one = threading.Thread(target=sign_up)
    one.start()
    assert silent.asked.wait(10)
    with pytest.raises(HamrazError) as reason:
        agent.lock()
    assert reason.value.code == "authority_down"
    agent.close()
    one.join(10)
    assert not one.is_alive() and failed
