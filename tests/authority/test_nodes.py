"""Several nodes on one database: one chain of batches, whoever writes; what one has written, all others tell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from authority_server.core.authority import Authority
from authority_server.handlers import mailbox
from authority_server.state.state import LINEAGE, State
from authority_server.store import sessions
from authority_server.store.database import Rows
from authority_server.store.nodes import LAPSE_MS
from authority_server.store.postgres import ServerStore
from authority_server.store.signed_sizes import LOG
from protocol.authority_messages import MailItem
from protocol.errors import Damaged, HamrazError, error
from protocol.gone_messages import NewGone
from protocol.group_entries import read_entry
from protocol.group_ephemeral import SeenItem
from protocol.log_entries import KeyEntry, encode_entry
from protocol.messages import (
    VERSION,
    Acked,
    Acks,
    Appended,
    ChangePresence,
    Deposit,
    Done,
    Entered,
    FetchAcks,
    FetchLog,
    FetchMail,
    Find,
    Found,
    GivenAll,
    Hello,
    HostsAre,
    LogPart,
    Mail,
    NewHead,
    NewMail,
    Ping,
    Pong,
    Posted,
    Present,
    Seen,
    TellSeen,
    Watch,
    Watching,
)
from protocol.primitives import SigningKey, random_id
from protocol.roles import Role
from protocol.statements import NO_DEVICE, FoundUser, check
from tests import postgres
from tests.authority.group_peer import Circle, line, people
from tests.authority.peer import Clock, Peer, Person, agent, member, owner, run_for
from tests.authority.test_key_changes import own, recovery
from tests.authority.test_log_in import is_online, refusal, start
from tests.authority.two_nodes import Nodes, group_of_two, running


@pytest.fixture
def nodes(clock: Clock) -> Iterator[Nodes]:
    with running(clock) as two:
        yield two


def same(nodes: Nodes) -> None:
    """All of them know the same, and it is what stands in the database."""
    nodes.catch_up()
    first, *others = [node.state for node in nodes]
    fresh = nodes.start(1_000)
    try:
        for other in (*others, fresh.state):
            assert other.entries == first.entries and other.log.hashes == first.log.hashes
            assert other.accounts == first.accounts and other.emails == first.emails and other.looks == first.looks
            assert other.claims == first.claims
            for whole in ("files", "backups", "gone"):
                assert getattr(other, whole).amounts == getattr(first, whole).amounts
            for part in ("items", "pairs", "mailboxes", "senders"):
                assert getattr(other.mail, part).amounts == getattr(first.mail, part).amounts
            assert other.groups.groups.keys() == first.groups.groups.keys()
            for gid, kept in other.groups.groups.items():
                here = first.groups.groups[gid]
                assert (kept.port, kept.commit) == (here.port, here.commit)
                assert (kept.group.n, kept.group.hash, kept.group.epoch) == (
                    here.group.n,
                    here.group.hash,
                    here.group.epoch,
                )
                assert kept.group.members == here.group.members
    finally:
        assert fresh.nodes is not None
        fresh.nodes.end()
        fresh.store.close()
    nodes.catch_up()
    heads = {node.published.head for node in nodes}
    assert len(heads) == 1
    for node in nodes:
        assert not node.recovery.on and node.health.trouble is None and not node.troubles.count


def here(peer: Peer, kind: type[Any]) -> list[Any]:
    return [message for message in peer.inbox if isinstance(message, kind)]


def test_what_one_writes_stands_before_what_the_other_decides(nodes: Nodes) -> None:
    one, other = nodes
    owner(one, "boss")
    member(other, "ali")
    assert one.published.size == 2  # it has heard nothing yet
    with pytest.raises(HamrazError) as taken:
        member(one, "ali")
    assert taken.value.code in ("name_taken", "email_taken")
    assert one.published.size == 3
    member(one, "sara")
    same(nodes)


def test_who_signs_up_at_one_logs_in_at_the_other_at_once(nodes: Nodes) -> None:
    """It looks again before it refuses what it has not heard of."""
    one, other = nodes
    owner(one, "boss")
    peer = agent(other, member(one, "ali"))
    assert peer.ask(FetchLog(0, 0), LogPart).head == one.published.head
    peer.inbox.clear()
    member(one, "sara")
    nodes.catch_up()
    assert [message.head for message in here(peer, NewHead)] == [one.published.head]


@pytest.mark.parametrize("cut_off", [False, True])
def test_whoever_asks_for_what_follows_gets_what_another_node_has_written(
    nodes: Nodes, monkeypatch: pytest.MonkeyPatch, cut_off: bool
) -> None:
    """They may have heard of it from somebody's agent, which is quicker than the node. One whose database is away says
    what it has.
    """
    one, other = nodes
    peer = agent(other, owner(one, "boss"))
    size = other.published.size
    member(one, "ali")
    assert other.nodes is not None
    if cut_off:
        monkeypatch.setattr(other.nodes, "catch_up", lambda done, account: done(error("authority_failing")))
    part = peer.ask(FetchLog(0, size), LogPart)
    assert len(part.entries) == (0 if cut_off else 1)
    assert part.head == (other if cut_off else one).published.head


def test_an_agent_that_knows_more_than_a_node_is_no_rollback(nodes: Nodes) -> None:
    one, other = nodes
    boss = owner(one, "boss")
    nodes.catch_up()
    member(one, "ali")
    Peer(other).hello().log_in(boss, head=one.published.head)
    assert not other.recovery.on and other.published.size == one.published.size


def test_a_group_is_one_wherever_its_members_are(nodes: Nodes) -> None:
    circle, there, ada, bob = group_of_two(nodes)
    poster, reader = circle.enter(ada), there.enter(bob)
    nodes.catch_up()
    reader.inbox.clear()
    entry = circle.message(ada)
    place = poster.ask(circle.post(entry), Posted).n
    assert not reader.pushed()
    nodes.catch_up()
    assert reader.pushed() == [(place, entry)]
    answer = there.message(bob)
    assert reader.ask(there.post(answer), Posted).n == place + 1
    assert poster.ask(circle.post(entry), Posted).n == place  # a resend, after what came meanwhile
    assert poster.pushed()[-1] == (place + 1, answer)
    reader.ask(there.ack(bob), Done)
    reader.ask(TellSeen(0, circle.gid, circle.epoch, b"sealed"), Done)
    nodes.catch_up()
    assert len(here(poster, Acked)) == 1 and here(poster, Seen) == [Seen(circle.gid, SeenItem(bob.uid, 1, b"sealed"))]
    same(nodes)


def test_who_asks_before_it_is_known_that_they_are_in_is_answered(
    nodes: Nodes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both are looked at again: by the second, whose answer is a long one, the first has let them in."""
    one, other = nodes
    known = people(one, ada=Role.ADVANCED, bob=Role.BEGINNER)
    ada, bob = known["ada"], known["bob"]
    nodes.catch_up()
    reader = agent(other, bob)
    circle = Circle(one).create(ada, [ada, bob])
    waiting: list[tuple[Any, ...]] = []
    write = other.run_write
    monkeypatch.setattr(other, "run_write", lambda *job: waiting.append(job))
    entered = reader.begin(replace(circle, authority=other).enter_request(reader, bob))
    acks = reader.begin(FetchAcks(0, circle.gid))
    monkeypatch.setattr(other, "run_write", write)
    for job in waiting:
        write(*job)
    reader.answer(entered, Entered)
    assert reader.answer(acks, Acks).acks == []
    same(nodes)


def test_who_is_taken_out_at_one_is_out_at_the_other(nodes: Nodes) -> None:
    circle, there, ada, bob = group_of_two(nodes)
    reader = there.enter(bob)
    circle.change(line(nodes[0], ada), ada, [ada])
    nodes.catch_up()
    assert reader.left_with(circle) == "not_member"
    same(nodes)


def test_a_race_of_two_commits_has_one_winner(nodes: Nodes) -> None:
    one, other = nodes
    circle, there, ada, bob = group_of_two(nodes, Role.ADVANCED)
    nodes.catch_up()
    his = agent(other, bob)
    circle.change(line(one, ada), ada, [ada, bob])
    with pytest.raises(HamrazError) as late:
        there.change(his, bob, [ada, bob])
    assert late.value.code == "stale"
    same(nodes)


# --- one live agent for each account ---


def accounts(nodes: Nodes) -> tuple[Person, Person]:
    boss, ali = owner(nodes[0], "boss"), member(nodes[0], "ali")
    nodes.catch_up()
    return boss, ali


def contest(nodes: Nodes) -> tuple[Person, Peer, Peer]:
    """Somebody with an agent at one node, and a second one that wants in at the other."""
    boss, _ali = accounts(nodes)
    first = agent(nodes[0], boss)
    second = Peer(nodes[1]).hello()
    start(second, boss)
    nodes.catch_up()
    return boss, first, second


def test_who_is_in_elsewhere_and_lives_stays_in(nodes: Nodes) -> None:
    boss, first, second = contest(nodes)
    (ping,) = here(first, Ping)
    first.say(Pong(ping.n))
    nodes.catch_up()
    with pytest.raises(HamrazError) as refused:
        second.answer(second.rid, Done)
    assert refused.value.code == "other_agent"
    assert is_online(nodes[0], boss) and is_online(nodes[1], boss) and not first.closed
    same(nodes)


def test_who_is_in_elsewhere_and_is_silent_is_replaced(nodes: Nodes, clock: Clock) -> None:
    boss, first, second = contest(nodes)
    clock.advance(5)
    second.session.expire()
    assert second.answer(second.rid, object)  # type: ignore[type-var]
    nodes.catch_up()
    assert first.ended_with() == "replaced"
    first.hang_up()
    nodes.catch_up()
    assert nodes[1].online.occupant(boss.uid) is second.session.client
    assert is_online(nodes[0], boss)
    same(nodes)


def test_who_leaves_elsewhere_makes_room_at_once(nodes: Nodes) -> None:
    boss, first, second = contest(nodes)
    first.hang_up()
    nodes.catch_up()
    assert second.answer(second.rid, object)  # type: ignore[type-var]
    assert is_online(nodes[0], boss)
    second.hang_up()
    nodes.catch_up()
    assert not is_online(nodes[0], boss) and not nodes[0].state.claims
    same(nodes)


def test_two_log_ins_at_once_are_one(nodes: Nodes, clock: Clock) -> None:
    boss, _ali = accounts(nodes)
    first = agent(nodes[0], boss)
    second = Peer(nodes[1]).hello()
    start(second, boss)  # it has heard nothing of the first one: its claim says so
    assert not second.closed and nodes[1].state.claims[boss.uid].node == nodes[0].nodes.id  # type: ignore[union-attr]
    clock.advance(5)
    second.session.expire()
    nodes.catch_up()
    assert first.ended_with() == "replaced"


def test_presence_is_seen_from_node_to_node(nodes: Nodes) -> None:
    boss, ali = accounts(nodes)
    watcher = agent(nodes[0], boss)
    assert watcher.ask(Watch(0, [ali.uid]), Watching).online == []
    peer = agent(nodes[1], ali)
    nodes.catch_up()
    assert here(watcher, Present) == [Present(ali.uid, True)]
    assert watcher.ask(Watch(0, [ali.uid]), Watching).online == [ali.uid]
    ali.sequence += 1
    peer.ask(ChangePresence(0, ali.presence()), Done)
    nodes.catch_up()
    found = watcher.ask(Find(0, "ali", b"n" * 32), Found)
    words = check(found.found, FoundUser, nodes[0].key.public, nodes[0].id)
    assert words.online and words.presence == ali.presence() and words.seen == "192.0.2.1"
    peer.hang_up()
    nodes.catch_up()
    assert here(watcher, Present) == [Present(ali.uid, True), Present(ali.uid, False)]


def test_a_node_that_begins_knows_who_is_where(nodes: Nodes) -> None:
    boss, ali = accounts(nodes)
    agent(nodes[0], boss)
    nodes.append(nodes.start())
    watcher = agent(nodes[2], ali)
    assert watcher.ask(Watch(0, [boss.uid]), Watching).online == [boss.uid]
    same(nodes)


def test_mail_is_told_where_its_reader_is(nodes: Nodes) -> None:
    boss, ali = accounts(nodes)
    reader, writer = agent(nodes[0], boss), agent(nodes[1], ali)
    item = MailItem(boss.uid, NO_DEVICE, random_id(), "message", random_id(), b"sealed")
    writer.ask(Deposit(0, item), Done)
    assert not here(reader, NewMail)
    nodes.catch_up()
    assert len(here(reader, NewMail)) == 1
    assert [one.sealed for one in reader.ask(FetchMail(0), Mail).items] == [b"sealed"]
    same(nodes)


# --- nodes that end, and nodes that sleep ---


def age(nodes: Nodes, node: Authority) -> None:
    """It has said nothing for long."""
    assert node.nodes is not None
    which = f"decode('{node.nodes.id.hex()}', 'hex')"
    postgres.command(f"UPDATE {nodes.schema}.nodes SET seen = seen - {2 * LAPSE_MS} WHERE node = {which}")


def test_a_node_that_has_ended_holds_nothing(nodes: Nodes) -> None:
    boss, ali = accounts(nodes)
    agent(nodes[0], boss)
    watcher = agent(nodes[1], ali)
    watcher.ask(Watch(0, [boss.uid]), Watching)
    nodes.catch_up()
    age(nodes, nodes[0])
    nodes[1].nodes.bury()  # type: ignore[union-attr]
    nodes[1].nodes.catch_up()  # type: ignore[union-attr]
    second = agent(nodes[1], boss)  # at once
    assert not second.closed and here(watcher, Present)[-1] == Present(boss.uid, True)


def test_a_node_that_slept_goes_on(nodes: Nodes) -> None:
    """The others have given its places away, as far as somebody wanted them."""
    boss, ali = accounts(nodes)
    slept, lost = agent(nodes[0], ali), agent(nodes[0], boss)
    age(nodes, nodes[0])
    nodes[1].nodes.bury()  # type: ignore[union-attr]
    agent(nodes[1], boss)
    nodes.catch_up()
    assert lost.ended_with() == "replaced" and not slept.closed
    nodes.catch_up()
    assert nodes[1].state.claims[ali.uid].node == nodes[0].nodes.id  # type: ignore[union-attr]
    assert is_online(nodes[1], ali)
    same(nodes)


def test_a_node_that_is_cut_off_sends_its_agents_to_another(nodes: Nodes, clock: Clock) -> None:
    boss, _ali = accounts(nodes)
    peer = agent(nodes[0], boss)
    among = nodes[0].nodes
    assert among is not None
    nodes[0].health.failed(Damaged("database_unusable", path="", reason=""), 1, clock())
    among.send_away()
    clock.advance(11)
    assert not peer.closed
    among.send_away()
    assert peer.ended_with() == "busy"
    late = Peer(nodes[0])
    late.say(Hello(VERSION, bytes(32)))
    assert late.ended_with() == "busy"
    nodes[1].nodes.end()  # type: ignore[union-attr]
    nodes[0].health.trouble = None
    nodes.catch_up()
    nodes[0].health.failed(Damaged("database_unusable", path="", reason=""), 1, clock())
    clock.advance(11)
    Peer(nodes[0]).hello()  # there is nobody to whom they could go
    nodes[0].health.trouble = None


def test_another_database_server_halts_all_until_somebody_ends_it(
    nodes: Nodes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What one node has acknowledged the other need not have heard of: neither can say that nothing is missing."""
    boss, _ali = accounts(nodes)
    for node in nodes:
        node.sizes.forget({**node.sizes.highest, LOG: 9})  # as if more had been signed
        node._in_doubt = True
    monkeypatch.setattr(ServerStore, "lineage", property(lambda store: (1, 7)))
    nodes.catch_up()
    assert all(node.recovery.declared and node.state.halted and node.floor.log == 9 for node in nodes)
    with pytest.raises(HamrazError) as halted:
        member(nodes[1], "sara")
    assert halted.value.code == "recovering"
    nodes[1].recovery.end()
    nodes.catch_up()
    assert not any(node.recovery.on or node.state.halted or node.sizes.highest[LOG] == 9 for node in nodes)
    member(nodes[0], "sara")
    agent(nodes[1], boss)
    same(nodes)


@pytest.mark.parametrize("waits", [True, False])
def test_a_standby_for_which_commits_waited_has_all(nodes: Nodes, waits: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then nobody halts; and it counts how it was with the last commit."""
    accounts(nodes)
    turn, _, _asked = sessions.TAKE_TURN.rpartition(", ")
    for now in (True, waits):
        monkeypatch.setattr(sessions, "TAKE_TURN", f"{turn}, {now}")
        nodes.catch_up()
        assert all(node.state.settings[LINEAGE].endswith(b" waits") == now for node in nodes)
    member(nodes[1], "sara")
    nodes.catch_up()
    for node in nodes:
        node._in_doubt = True
    monkeypatch.setattr(ServerStore, "lineage", property(lambda store: (1, 7)))
    nodes.catch_up()
    assert all(node.recovery.on != waits for node in nodes)


def test_recovery_ends_when_all_have_given_back_wherever_they_are(nodes: Nodes) -> None:
    boss, ali = accounts(nodes)
    here, there = agent(nodes[0], boss), agent(nodes[1], ali)
    nodes[0].recovery.begin("a test says so")
    nodes.catch_up()
    assert all(node.recovery.declared for node in nodes)
    here, there = agent(nodes[0], boss) if here.closed else here, agent(nodes[1], ali) if there.closed else there
    here.ask(GivenAll(0), Done)
    nodes.catch_up()
    assert nodes[1].recovery.declared
    there.ask(GivenAll(0), Done)
    nodes.catch_up()
    assert not any(node.recovery.on for node in nodes)
    same(nodes)


def test_another_process_in_its_place_ends_the_one_before(nodes: Nodes) -> None:
    boss, _ali = accounts(nodes)
    agent(nodes[0], boss)
    nodes[0].store.close()
    nodes[0] = nodes.start(0)
    agent(nodes[0], boss)
    same(nodes)


@pytest.mark.parametrize("how", ["pruned", "another"])
def test_who_is_too_far_behind_loads_everything(nodes: Nodes, how: str) -> None:
    one, other = nodes
    circle, there, ada, bob = group_of_two(nodes)
    nodes.catch_up()
    reader, mail = there.enter(bob), agent(other, bob)
    nodes.catch_up()
    poster = circle.enter(ada)
    entry = circle.message(ada)
    place = poster.ask(circle.post(entry), Posted).n
    if how == "pruned":
        postgres.command(f"DELETE FROM {nodes.schema}.journal WHERE seq < {one.state.batch}")
    else:
        postgres.command(f"UPDATE {nodes.schema}.journal SET mark = 'x' WHERE seq = {other.state.batch}")
    before = other.state
    other.nodes.catch_up()  # type: ignore[union-attr]
    assert other.state is not before and reader.pushed() == [(place, entry)] and here(mail, NewMail)
    same(nodes)


def test_what_fails_here_leaves_what_others_have_written(nodes: Nodes) -> None:
    one, other = nodes
    owner(one, "boss")

    def stumble(state: Any, rows: Any) -> None:
        raise RuntimeError

    outcomes: list[Any] = []
    other.run_write(stumble, outcomes.append, b"", 1)
    assert isinstance(outcomes[0], RuntimeError) and other.published.size == 2
    other.troubles.lapse()
    assert refusal(Peer(other).hello(), Person(other.id, "nobody")) == "bad_proof"


def test_agents_are_told_where_all_nodes_are(nodes: Nodes) -> None:
    """As they come in, and when that changes; a node at another port is none for them."""
    one, other = (node.nodes for node in nodes)
    assert one is not None and other is not None
    boss = owner(nodes[0])
    one.found_at(["198.51.100.7", "2001:db8::7"], 5050)
    one.tell_hosts()
    peer = agent(nodes[0], boss)
    assert [message.hosts for message in here(peer, HostsAre)] == [["198.51.100.7", "2001:db8::7"]]
    other.found_at(["198.51.100.8", "2001:db8::8"], 5050)
    nodes.catch_up()
    one.tell_hosts()
    one.tell_hosts()
    both = ["198.51.100.7", "198.51.100.8", "2001:db8::8", "2001:db8::7"]
    assert [message.hosts for message in here(peer, HostsAre)[1:]] == [both], "once"
    other.found_at(["198.51.100.8"], 5051)
    nodes.catch_up()
    one.tell_hosts()
    assert here(peer, HostsAre)[-1].hosts == ["198.51.100.7", "2001:db8::7"]


def test_whoever_left_what_has_become_too_old_is_told_once_wherever_they_are(nodes: Nodes, clock: Clock) -> None:
    boss, ali = accounts(nodes)
    there = agent(nodes[1], boss)
    item = MailItem(ali.uid, NO_DEVICE, random_id(), "message", random_id(), b"sealed")
    there.ask(Deposit(0, item), Done)
    run_for(nodes[0], clock, mailbox.KEPT_MS / 1000 + 60)
    nodes.catch_up()
    assert here(there, NewGone) == [NewGone()]


def test_what_lasts_counts_at_all_nodes_whoever_took_it_in(nodes: Nodes) -> None:
    """A second node isn't a second allowance for what stays in the log and in chains."""
    circle, _there, ada, _bob = group_of_two(nodes)
    nodes.catch_up()
    one, other = (node.limits for node in nodes)
    for limit in ("roles", "commits"):
        kept = getattr(one, limit)
        assert len(kept) and kept._full_at == getattr(other, limit)._full_at
    now, who = nodes.clock(), ada.uid.hex()
    assert one.entries.taken(who, now) == other.entries.taken(who, now) == 1
    before = [limits.chains.taken(who, now) for limits in (one, other)]
    circle.enter(ada).ask(circle.post(circle.message(ada, bytes(5_000))), Posted)
    nodes.catch_up()
    here, there = (limits.chains.taken(who, now) - had for limits, had in zip((one, other), before, strict=True))
    assert here == there > 5_000

    mina, new = member(nodes[0], "mina"), SigningKey.generate()
    who, at = mina.uid.hex(), nodes[0].state.log.users[mina.uid].latest
    at = agent(nodes[0], mina).ask(own(mina, new, at), Appended).index
    nodes.catch_up()
    assert other.own_keys.wait(who, now, 8) and not other.own_keys.wait(who, now, 7)
    Peer(nodes[0]).hello().ask(recovery(mina, SigningKey.generate(), at), Appended)
    nodes.catch_up()
    assert other.recoveries.wait(who, now, 8) and not other.own_keys.wait(who, now, 8), "what a thief has used up"


@pytest.mark.parametrize("together", [False, True])
def test_what_is_given_back_is_charged_to_nobody_again(nodes: Nodes, together: bool) -> None:
    """Else whoever wrote much before it was lost may write nothing for hours, at all nodes but the one that took it.
    Also where a node hears at once of the loss and of what was given back.
    """
    circle, _there, ada, _bob = group_of_two(nodes)
    mina = member(nodes[0], "mina")
    change = own(mina, SigningKey.generate(), nodes[0].state.log.users[mina.uid].latest)
    nodes.catch_up()
    nodes[0].recovery.begin("a test says so")
    if not together:
        nodes.catch_up()
    other, now = nodes[1].limits, nodes.clock()
    before = other.chains.taken(ada.uid.hex(), now)

    def job(state: State, rows: Rows) -> None:
        state.give_back(rows, encode_entry(KeyEntry(change.entry, None, change.new_sig)))
        kept, read = state.groups.groups[circle.gid], read_entry(circle.message(ada))
        whole = kept.group.copy()
        state.groups.give_back(rows, kept, whole, [(read, whole.append(read, state.log))])

    nodes[0].write_now(job)
    nodes.catch_up()
    assert nodes[0].published.size == nodes[1].published.size
    assert [node.published_groups[circle.gid].n for node in nodes] == [3, 3]
    assert not other.own_keys.wait(mina.uid.hex(), now, 8)
    assert other.chains.taken(ada.uid.hex(), now) == before
