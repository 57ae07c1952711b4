"""What a job did to the authority's memory is taken back when it isn't to be: every kind, whatever made it fail."""

from __future__ import annotations

import copy
import logging
from typing import Any

import pytest

from authority_server.core.authority import Authority, Done, Job
from authority_server.core.fair_queue import OURS
from authority_server.state.state import State
from authority_server.store import groups as group_store
from authority_server.store.database import Rows
from protocol.errors import HamrazError
from protocol.messages import Appended, ChangePresence, Posted
from protocol.messages import Done as DoneAnswer
from protocol.primitives import SigningKey
from protocol.roles import Role
from protocol.undo import Undo
from tests.authority.group_peer import Circle, line, people
from tests.authority.peer import Peer, Person, agent, member
from tests.authority.test_key_changes import end, own, recovery
from transport.turns import Account


def picture(authority: Authority) -> Any:
    """All that jobs change, as it is now."""
    state = authority.state
    log, groups = state.log, state.groups
    return copy.deepcopy(
        (
            [log.hashes, log.users, log.names, log.name_keys, log.used_keys, log.freed, log.groups],
            [state.entries, state.accounts, state.emails, state.looks, state.settings, state.ended, groups.fresh],
            {
                gid: [
                    kept.port,
                    kept.commit,
                    *[getattr(kept.group, name) for name in ("n", "hash", "epoch", "commit_hash", "commit", "creator")],
                    kept.group.members,
                    kept.group.stale,
                ]
                for gid, kept in groups.groups.items()
            },
        )
    )


class Twice:
    """Every write fails first: by a mistake, by a refusal, by what the database refuses in the end; then it is made."""

    def __init__(self, authority: Authority) -> None:
        self.authority = authority
        self.count = 0
        authority.run_write = self.run

    def run(self, job: Job[Any], done: Done, account: Account = OURS, weight: int = 1, patient: bool = False) -> None:
        authority, before = self.authority, picture(self.authority)

        def alone(state: State, rows: Rows) -> None:
            job(state, rows)
            raise ZeroDivisionError

        def refused(state: State, rows: Rows) -> None:
            job(state, rows)
            raise HamrazError("stale")

        def spoiled(state: State, rows: Rows) -> None:
            job(state, rows)
            rows.add_entry(0, b"there is one already", b"")

        for jobs in ([alone], [refused], [alone, refused], [spoiled]):
            assert all(isinstance(outcome, Exception) for outcome in authority.execute(jobs))
            assert picture(authority) == before
        self.count += 1
        authority._run_at_once(job, done)


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)


def reloaded(authority: Authority) -> Any:
    """The same authority, read from its database."""
    return picture(Authority(authority.store, authority.key, authority.clock))


def test_whatever_was_written_can_be_taken_back(authority: Authority) -> None:
    who = people(authority, ada=Role.ADMIN, bob=Role.ADVANCED)
    twice = Twice(authority)
    ada, bob, boss = who["ada"], who["bob"], who["owner"]
    cem = member(authority, "cem")
    peer = agent(authority, cem)
    peer.ask(ChangePresence(0, cem.presence(5)), DoneAnswer)
    authority.renew_invitation("a" * 16)
    circle = Circle(authority).create(ada, [ada, bob, cem])
    room = circle.enter(bob)
    room.ask(circle.post(circle.message(bob)), Posted)
    room.ask(circle.ack(bob), DoneAnswer)
    circle.enter(cem).ask(circle.post(circle.leave_entry(cem)), Posted)
    circle.change(line(authority, ada), ada, [ada, bob])
    room.ask(circle.post(circle.message(bob)), Posted)
    new = SigningKey.generate()
    latest = authority.state.log.users[cem.uid].latest
    peer.ask(own(cem, new, latest), Appended)
    line(authority, boss).ask(end(boss, bob, authority.state.log.users[bob.uid].latest), Appended)
    lost = authority.state.log.users[ada.uid].latest
    Peer(authority).hello().ask(recovery(ada, SigningKey.generate(), lost), Appended)
    assert twice.count > 15
    authority.state.groups.take_fresh()
    assert reloaded(authority)[0] == picture(authority)[0] and reloaded(authority)[2] == picture(authority)[2]


def test_a_commit_of_which_half_is_written_is_none(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    """The log's entry and the chain's go together, and nothing is replayed because of it."""
    who = people(authority, ada=Role.ADMIN)
    ada = who["ada"]
    circle, peer = Circle(authority).create(ada, [ada]), line(authority, ada)
    before = picture(authority)
    monkeypatch.setattr(authority, "_load", lambda: pytest.fail("replayed"))
    with monkeypatch.context() as patch:
        patch.setattr(group_store, "add_grants", lambda *_: (_ for _ in ()).throw(HamrazError("bad_commit")))
        for _ in range(3):
            with pytest.raises(HamrazError) as refused:
                circle.send_commit(peer, circle.commit(ada, [ada]), [ada])
            assert refused.value.code == "bad_commit"
            assert picture(authority) == before
    circle.change(peer, ada, [ada])


def test_a_commit_with_more_wrapped_than_it_may_have_writes_nothing(authority: Authority) -> None:
    who = people(authority, ada=Role.ADMIN)
    ada = who["ada"]
    circle, peer = Circle(authority).create(ada, [ada]), line(authority, ada)
    before, statements = picture(authority), authority.state.log.size
    for size in (61, 100_000):
        signed = circle.commit(ada, [ada], wrapped=b"w" * size)
        with pytest.raises(HamrazError) as refused:
            circle.send_commit(peer, signed, [ada])
        assert refused.value.code == "bad_statement"
        assert picture(authority) == before and authority.state.log.size == statements


def test_steps_are_taken_back_in_their_order() -> None:
    undo, table, person = Undo(), {"a": 1}, Person(bytes(32), "x")
    undo.put(table, "a", 2)
    undo.put(table, "b", 3)
    mark = undo.mark()
    undo.drop(table, "a")
    undo.drop(table, "nothing")
    undo.put(table, "b", 4)
    undo.add(lambda: setattr(person, "name", "x"))
    person.name = "y"
    undo.back(mark)
    assert (table, person.name) == ({"a": 2, "b": 3}, "x")
    undo.back()
    assert table == {"a": 1}
    undo.put(table, "a", 9)
    undo.clear()
    undo.back()
    assert table == {"a": 9}
