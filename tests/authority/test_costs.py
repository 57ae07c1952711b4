"""What a group's message, mail and log-ins cost the authority, in counts: signatures, statements, commits, frames; and
where SQLite looks for what it is asked. No clock is asked.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from sqlalchemy import event

from authority_server.core.authority import Authority
from authority_server.core.writer import BATCH
from authority_server.store import gone, groups, mail
from protocol import group_entries
from protocol.group_entries import MessageEntry, decode_entry, encode_entry
from protocol.messages import (
    Acks,
    Done,
    Entries,
    FetchAcks,
    FetchGone,
    FetchGrant,
    FetchGroup,
    FetchMail,
    FetchSeen,
    Gone,
    Grant,
    GroupIs,
    LoggedIn,
    Mail,
    Posted,
    Reload,
    Reloaded,
    SeenSoFar,
    TellSeen,
)
from protocol.primitives import SigningKey, VerifyKey, random_id
from protocol.roles import Role
from tests.authority.group_peer import Batch, Circle, GroupPeer, people
from tests.authority.peer import Peer, Person, agent, member, owner
from tests.authority.test_groups import code_of

NAMES = ("owner", "ada", "bob", "eve")
EACH = 12


@pytest.fixture
def who(authority: Authority) -> dict[str, Person]:
    return people(authority, **dict.fromkeys(("ada", "bob", "eve"), Role.BEGINNER))


@pytest.fixture
def circle(authority: Authority, who: dict[str, Person]) -> Circle:
    return Circle(authority).create(who["owner"], list(who.values()))


class Counted:
    """What is signed, verified, decoded and said to the database from here on."""

    def __init__(self, authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
        self.of: Counter[str] = Counter()
        holds, sign, decode = VerifyKey.holds, SigningKey.sign, group_entries.decode_strict

        def count(what: str, run: Any) -> Any:
            def counted(*arguments: Any) -> Any:
                self.of[what] += 1
                return run(*arguments)

            return counted

        monkeypatch.setattr(VerifyKey, "holds", count("verified", holds))
        monkeypatch.setattr(SigningKey, "sign", count("signed", sign))
        monkeypatch.setattr(group_entries, "decode_strict", count("decoded", decode))
        connection = authority.store._connection.connection.dbapi_connection
        assert connection is not None
        connection.set_trace_callback(lambda text: self.of.update([text.split()[0].lower()]))  # type: ignore[attr-defined]


def post(circle: Circle, peers: dict[str, GroupPeer], entries: list[tuple[str, bytes]]) -> list[tuple[GroupPeer, int]]:
    return [(peers[name], peers[name].begin(circle.post(entry))) for name, entry in entries]


def test_a_message_costs_a_signature_and_a_row(
    authority: Authority, circle: Circle, who: dict[str, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    peers = {name: circle.enter(who[name]) for name in NAMES}
    entries = [(name, circle.message(who[name])) for _ in range(EACH) for name in NAMES]
    batch, weights, frames = Batch(authority), [], Counter[str]()
    hold = authority.run_write
    authority.run_write = lambda job, done, account, weight, *how: (
        weights.append(weight),
        hold(job, done, account, weight, *how),
    )[1]
    for name, peer in peers.items():
        peer.session.client.send_frame = lambda frame, name=name: frames.update([name])  # type: ignore[misc]
    counted = Counted(authority, monkeypatch).of
    asked = post(circle, peers, entries)
    batch.run()
    assert [peer.answer(number, Posted).n for peer, number in asked] == list(range(5, 5 + len(entries)))
    # each by itself: one that a newer one covers is shown alone, too, when a chain is read in parts or exported
    assert 0 <= counted.pop("verified") - len(entries) <= 1  # and the head of the log that they all name
    assert counted.pop("decoded") == 2 * len(entries)  # entry and header
    assert counted.pop("signed") == 1  # the chain's head
    # no question; the count of transactions is a setting
    assert counted == {"begin": 1, "insert": len(entries) + 1, "delete": 1, "commit": 1}
    assert frames == dict.fromkeys(NAMES, 1)
    assert sum(weights) <= BATCH // 2  # twice as many do share a transaction
    peers["ada"].begin(circle.ack(who["ada"]))
    assert weights[-1] == 2  # all members of a large group say so at once


def test_log_ins_of_many_share_a_commit(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a restart all come at once, and a slow disk has ten commits a second."""
    everybody = [owner(authority), *(member(authority, f"person{letter}") for letter in "abcdefghi")]
    peers, batch, weights = [Peer(authority).hello() for _ in everybody], Batch(authority), list[int]()
    hold = authority.run_write
    authority.run_write = lambda job, done, account, weight, *how: (
        weights.append(weight),
        hold(job, done, account, weight, *how),
    )[1]
    counted = Counted(authority, monkeypatch).of
    asked = [peer.begin(peer.log_in_request(who)) for peer, who in zip(peers, everybody, strict=True)]
    assert counted.pop("verified") == 3 * len(everybody)  # proof, presence, generation: before its turn at the disk
    counted.clear()
    batch.run()
    assert all(peer.answer(number, LoggedIn) for peer, number in zip(peers, asked, strict=True))
    assert counted == {"begin": 1, "update": len(everybody), "insert": 1, "delete": 1, "commit": 1}
    assert sum(weights) * 10 <= BATCH  # a hundred of them


def test_what_everybody_asks_for_is_not_put_into_words_anew(
    authority: Authority, circle: Circle, who: dict[str, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    """To build a statement takes longer than to have it answered; after a restart all agents ask all of this."""
    main, there = agent(authority, who["ada"]), circle.enter(who["ada"])

    def ask() -> None:
        main.ask(FetchMail(0), Mail)
        main.ask(FetchGone(0), Gone)
        there.ask(Reload(0, circle.gid, 2), Reloaded)
        there.ask(FetchGroup(0, circle.gid), GroupIs)
        there.ask(FetchGrant(0, circle.gid, 1), Grant)
        there.ask(FetchAcks(0, circle.gid), Acks)
        there.ask(FetchSeen(0, circle.gid), SeenSoFar)
        there.ask(TellSeen(0, circle.gid, 1, b"seen"), Done)

    ask()
    for store in (groups, mail, gone):
        monkeypatch.setattr(store, "select", lambda *_: pytest.fail("it is built again"))
    ask()


def test_older_places_are_looked_up_once(
    authority: Authority, circle: Circle, who: dict[str, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    peer = circle.enter(who["ada"])
    kept = authority.state.groups.groups[circle.gid]
    kept.group.room = 2
    seen = {"seen_n": 2, "seen_hash": authority.state.groups.groups[circle.gid].group.recent[2]}
    for _ in range(3):
        peer.ask(circle.post(circle.message(who["ada"])), Posted)
    assert 2 not in kept.group.recent
    counted = Counted(authority, monkeypatch).of
    for _ in range(3):
        peer.ask(circle.post(circle.message(who["ada"], **seen)), Posted)
    assert counted["select"] == 1
    assert code_of(lambda: peer.ask(circle.post(circle.message(who["ada"], seen_n=2)), Posted)) == "chain_split"


def test_an_id_that_was_used_costs_a_batch_once(
    authority: Authority, circle: Circle, who: dict[str, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the table knows of it, at the end: all is looked for then, and what they write is from then on."""
    peers, id = {name: circle.enter(who[name]) for name in NAMES}, random_id()
    first = peers["ada"].ask(circle.post(circle.message(who["ada"], id=id)), Posted).n
    batch, counted = Batch(authority), Counted(authority, monkeypatch).of
    for begun in (2, 1):
        row = circle.sent[who["ada"].uid]
        asked = post(circle, peers, [("bob", circle.message(who["bob"])), ("ada", circle.message(who["ada"], id=id))])
        circle.sent[who["ada"].uid] = row  # it is the first message still, and stands nowhere
        asked += post(circle, peers, [("ada", circle.message(who["ada"])), ("eve", circle.message(who["eve"]))])
        before = authority.published_groups[circle.gid].n
        batch.run()
        assert [peer.answer(number, Posted).n - before for peer, number in asked] == [1, first - before, 2, 3]
        assert counted.pop("begin") == begun and counted.pop("commit") == 1


def test_nothing_false_is_taken_because_a_newer_one_covers_it(
    authority: Authority, circle: Circle, who: dict[str, Person]
) -> None:
    """A member who signs the newest of a row only could stop whoever reads the chain in other parts, and every export
    of it; and would deny that one alone.
    """
    ada, bob = circle.enter(who["ada"]), circle.enter(who["bob"])
    right = decode_entry(circle.message(who["ada"]))
    assert isinstance(right, MessageEntry)
    false = encode_entry(MessageEntry(right.header, right.ciphertext, bytes(64)))
    batch, n = Batch(authority), authority.published_groups[circle.gid].n
    asked = [ada.begin(circle.post(entry)) for entry in (false, circle.message(who["ada"]))]
    honest = bob.begin(circle.post(circle.message(who["bob"])))
    batch.run()
    assert [code_of(lambda number=number: ada.answer(number, Posted)) for number in asked] == [  # type: ignore[misc]
        "bad_signature",
        "chain_broken",
    ]
    assert bob.answer(honest, Posted).n == n + 1
    assert sum(len(message.entries) for message in ada.inbox if isinstance(message, Entries)) == 1


def test_a_long_mailbox_is_read_as_far_as_it_is_answered(authority: Authority) -> None:
    """In its order, by its index, and no blob that isn't sent: what waits behind costs nothing."""
    plans = []
    with authority.store.transaction() as rows:
        for statement in (mail._SIZES, mail._BETWEEN):
            text = str(statement.compile(dialect=authority.store._connection.dialect))
            values = tuple(1 for _ in range(text.count("?")))
            plans += rows._connection.exec_driver_sql("EXPLAIN QUERY PLAN " + text, values).all()
    assert all("mail_in_order" in plan[3] for plan in plans), plans
    assert not any("TEMP B-TREE" in plan[3] for plan in plans)


def test_what_is_too_old_is_found_without_a_look_at_the_rest(authority: Authority) -> None:
    """It is looked for every minute; so is what waits for one whose key is gone."""
    statements: list[tuple[str, Any]] = []
    connection = authority.store._connection
    event.listen(connection, "before_cursor_execute", lambda *call: statements.append((call[2], call[3])))
    with authority.store.transaction() as rows:
        mail.oldest(rows, 5, 100)
        mail.waiting(rows, mail.of(bytes(32)))
        questions = [one for one in statements if one[0].startswith("SELECT")]
        plans = [connection.exec_driver_sql("EXPLAIN QUERY PLAN " + text, values).all() for text, values in questions]
    assert [len(plan) for plan in plans] == [1, 1]
    assert "mail_by_age" in plans[0][0][3] and plans[1][0][3].startswith("SEARCH mail")
