"""Several nodes on one database, where something happens at the worst moment: what is written down is what is told."""

from __future__ import annotations

import contextlib
import os
import resource
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from authority_server.core.authority import Authority
from authority_server.core.fair_queue import OURS
from authority_server.core.hints import Hints
from authority_server.state import changes
from authority_server.state.changes import ClaimIs, GroupIs, MailHolds, NodeIs
from authority_server.state.state import ERA
from authority_server.store.signed_sizes import BATCHES
from protocol.authority_messages import MailItem
from protocol.errors import Damaged, HamrazError
from protocol.messages import Appended, Deposit, Done, Ping, Pong, Posted, Present, ShowPresence, Watch, Watching
from protocol.primitives import random_id
from protocol.statements import NO_DEVICE
from tests import postgres, stores
from tests.authority.peer import Clock, agent, member, owner
from tests.authority.test_key_changes import end
from tests.authority.test_nodes import accounts, age, contest, here, same
from tests.authority.two_nodes import Nodes, group_of_two, running


@pytest.fixture
def nodes(clock: Clock) -> Iterator[Nodes]:
    with running(clock) as two:
        yield two


def fail(state: Any, rows: Any) -> None:
    rows.broken = True  # as when the database itself says no
    raise Damaged("database_unusable", path="", reason="gone")


def away() -> None:
    raise Damaged("database_unusable", path="", reason="gone")


def test_the_last_word_of_a_batch_is_what_others_hear() -> None:
    shown, hidden = (ClaimIs(b"u", b"n", b"t", there, "") for there in (True, False))
    begun, ended = NodeIs(b"n", True, b"", "", 0), NodeIs(b"n", False, b"", "", 0)
    told = changes.decode(changes.encode([shown, begun, hidden, ended, shown, begun, MailHolds(b"", b"", 1, 1)] * 2))
    assert told[:4] == [hidden, ended, shown, begun] and len(told) == 6


def test_an_e_mail_that_goes_from_one_account_to_another_is_known_as_taken(nodes: Nodes) -> None:
    one, other = nodes
    owner(one, "boss")
    ali = member(one, "ali")
    nodes.catch_up()
    email = one.state.accounts[ali.uid].email
    one.write_now(lambda state, rows: state.free_email(rows, ali.uid))
    sara = member(one, "sara")

    def take(state: Any, rows: Any) -> None:
        state.free_email(rows, sara.uid)
        state._change(rows, sara.uid, email=email)
        state.undo.drop(state.emails, state.no_email(sara.uid))
        state.undo.put(state.emails, email, sara.uid)

    one.write_now(take)
    nodes.catch_up()
    assert other.state.emails[email] == sara.uid
    same(nodes)


def test_what_was_taken_in_before_a_batch_failed_is_told(nodes: Nodes) -> None:
    one, other = nodes
    circle, there, ada, bob = group_of_two(nodes)
    nodes.catch_up()
    reader = there.enter(bob)
    victim = agent(other, member(one, "eve"))
    poster = circle.enter(ada)
    nodes.catch_up()
    reader.inbox.clear()
    entry = circle.message(ada)
    place = poster.ask(circle.post(entry), Posted).n
    one.write_now(lambda state, rows: state.end(victim.session.client.known))
    outcomes: list[Any] = []
    other.run_write(fail, outcomes.append, b"", 1)
    assert isinstance(outcomes[0], Damaged) and not reader.pushed()
    nodes.catch_up()
    assert reader.pushed() == [(place, entry)] and victim.ended_with() == "revoked"
    same(nodes)


def test_a_key_that_came_with_what_does_not_follow_counts(nodes: Nodes) -> None:
    """The log was taken in, and then something did not hold: whose key is another by now is sent away all the same."""
    one, other = nodes
    boss, ali = accounts(nodes)
    victim = agent(other, ali)
    nodes.catch_up()
    agent(one, boss).ask(end(boss, ali, one.state.log.users[ali.uid].keys[-1][0]), Appended)
    one.write_now(lambda state, rows: state.note(GroupIs(random_id())))  # of a group that there isn't
    before = other.state
    nodes.catch_up()
    assert other.state is not before and victim.ended_with() == "revoked"
    same(nodes)


def test_two_processes_that_take_themselves_for_one_go_on(nodes: Nodes) -> None:
    """A machine and its copy, of the same name: each ends the other once, not for ever."""
    boss, _ali = accounts(nodes)
    peer = agent(nodes[0], boss)
    nodes.append(nodes.start(0))
    nodes.catch_up()
    nodes.catch_up()
    batch = nodes[0].state.batch
    nodes.catch_up()
    assert nodes[0].state.batch == batch and len(nodes[0].state.nodes) == 3 and not peer.closed
    assert nodes[2].state.claims[boss.uid].node == nodes[0].nodes.id  # type: ignore[union-attr]


def test_a_node_buries_others_and_not_itself(nodes: Nodes) -> None:
    boss, _ali = accounts(nodes)
    agent(nodes[0], boss)
    for node in nodes:
        age(nodes, node)
    nodes[0].nodes.bury()  # type: ignore[union-attr]
    assert set(nodes[0].state.nodes) == {nodes[0].nodes.id} and boss.uid in nodes[0].state.claims  # type: ignore[union-attr]


def test_who_left_while_nothing_could_be_written_is_gone_once_it_can(nodes: Nodes) -> None:
    one, other = nodes
    boss, _ali = accounts(nodes)
    peer = agent(one, boss)
    nodes.catch_up()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(one.store, "require_place", away)
        peer.session.closed()
    assert boss.uid in other.state.claims
    nodes.catch_up()
    assert boss.uid not in other.state.claims and not other.online.has(boss.uid)
    same(nodes)


def test_a_setting_that_does_not_hold_at_a_node_that_goes_on_is_made_anew(nodes: Nodes) -> None:
    one, other = nodes
    boss, ali = accounts(nodes)
    postgres.command(f"UPDATE {nodes.schema}.settings SET sum = 'x' WHERE name = '{ERA}'")
    one.write_now(lambda state, rows: state.save_setting(rows, "any", b"thing"))
    agent(other, boss)
    nodes.catch_up()
    agent(one, ali)
    assert one.state.settings[ERA] == other.state.settings[ERA]


def test_what_is_said_while_a_node_looks_is_looked_at_then() -> None:
    """It may have been written after that look."""
    looks: list[Callable[[object], None]] = []
    node: Any = SimpleNamespace(id=b"node", catch_up=looks.append)
    hints = Hints(node, node, lambda: node, lambda call, *arguments: call(*arguments))
    for _ in range(3):
        hints._look()
    assert len(looks) == 1
    looks[0](None)
    looks[1](None)
    assert len(looks) == 2
    hints._look()
    assert len(looks) == 3


def test_nodes_hear_each_other_beside_thousands_of_connections(nodes: Nodes) -> None:
    """A line that comes back then has a number that is too high for some ways to wait."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(before[0], 4096), before[1]))
    hears, says = stores.server(nodes.schema).lines(), stores.server(nodes.schema).lines()
    with contextlib.ExitStack() as left:
        left.callback(resource.setrlimit, resource.RLIMIT_NOFILE, before)
        left.callback(hears.close)
        left.callback(says.close)
        for _ in range(1_100):
            left.callback(os.close, os.dup(2))
        hears.listen()
        says.say(["word"])
        assert hears.heard(10) == ["word"]


def queued(node: Authority, patch: pytest.MonkeyPatch) -> list[Any]:
    """Jobs of this node wait from now on: what each is called with."""
    waiting: list[Any] = []
    patch.setattr(node, "run_write", lambda *job: waiting.append(job))
    return waiting


def test_who_is_shown_and_hidden_again_and_again_is_written_once(nodes: Nodes, monkeypatch: pytest.MonkeyPatch) -> None:
    """These jobs go before everybody else's: else one member would keep all others from being written down."""
    one, other = nodes
    boss, ali = accounts(nodes)
    peer, watcher = agent(one, boss), agent(other, ali)
    watcher.ask(Watch(0, [boss.uid]), Watching)
    nodes.catch_up()
    with monkeypatch.context() as patch:
        waiting = queued(one, patch)
        for turn in range(99):
            peer.begin(ShowPresence(0, turn % 2 == 1))
    assert len(waiting) == 1
    one.run_write(*waiting[0])
    nodes.catch_up()
    assert not other.state.claims[boss.uid].shown and not other.online.shows(boss.uid)
    peer.begin(ShowPresence(0, True))
    nodes.catch_up()
    assert other.online.shows(boss.uid) and here(watcher, Present)[-1] == Present(boss.uid, True)
    with monkeypatch.context() as patch:
        patch.setattr(one.store, "require_place", away)
        peer.begin(ShowPresence(0, False))
    nodes.catch_up()
    assert not other.online.shows(boss.uid)
    same(nodes)


def test_who_is_refused_again_and_again_waits_behind_itself(nodes: Nodes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another node is asked before each refusal: in the line of who is refused."""
    one, _other = nodes
    boss, _ali = accounts(nodes)
    peer = agent(one, boss)
    waiting = queued(one, monkeypatch)
    for _ in range(3):
        peer.begin(Deposit(0, MailItem(random_id() * 2, NO_DEVICE, random_id(), "message", random_id(), b"x")))
    accounts_of = {job[2] for job in waiting}
    assert len(waiting) == 3 and accounts_of == {peer.session.client.account} and OURS not in accounts_of


def test_what_one_node_knows_to_be_missing_halts_all(nodes: Nodes) -> None:
    """The database was put back, and the others have not heard of what is missing: they would sign something else."""
    one, other = nodes
    boss, _ali = accounts(nodes)
    nodes.catch_up()
    one.sizes.note({BATCHES: one.state.batch + 9})  # as if more had been acknowledged
    one._in_doubt = True
    nodes.catch_up()
    assert all(node.recovery.declared and node.state.halted for node in nodes)
    with pytest.raises(HamrazError) as halted:
        member(other, "sara")
    assert halted.value.code == "recovering"
    other.recovery.end()
    nodes.catch_up()
    member(other, "sara")
    one._in_doubt = True
    nodes.catch_up()
    agent(one, boss)
    same(nodes)


def test_silence_of_one_agent_replaces_no_other(nodes: Nodes, clock: Clock) -> None:
    """The silent one has gone, and another has come in at a third node: that one is asked, too."""
    boss, first, second = contest(nodes)
    nodes.append(nodes.start())
    nodes.catch_up()
    first.hang_up()
    nodes[2].nodes.catch_up()  # type: ignore[union-attr]
    third = agent(nodes[2], boss)
    clock.advance(5)
    second.session.expire()
    nodes.catch_up()
    (ping,) = here(third, Ping)
    third.say(Pong(ping.n))
    nodes.catch_up()
    with pytest.raises(HamrazError) as refused:
        second.answer(second.rid, Done)
    assert refused.value.code == "other_agent" and not third.closed
    same(nodes)
