"""Long answers: no turn of the authority's is longer than a few milliseconds, whatever waits for whom."""

from __future__ import annotations

import threading
from itertools import chain
from typing import Any

import pytest

from authority_server.core.authority import Authority
from authority_server.store import groups as group_store
from authority_server.store import mail as mail_store
from protocol.authority_messages import MAIL_TOGETHER
from protocol.errors import Damaged, HamrazError
from protocol.group_ephemeral import SeenItem
from protocol.messages import (
    Acks,
    Done,
    DropMail,
    FetchAcks,
    FetchMail,
    FetchSeen,
    Mail,
    MailItem,
    Post,
    Posted,
    Reload,
    Reloaded,
    SeenSoFar,
)
from protocol.primitives import random_id
from protocol.roles import Role
from protocol.statements import NO_DEVICE
from tests.authority.group_peer import Circle, GroupPeer, line, people
from tests.authority.peer import Person, agent

NAMES = [f"member{number}" for number in range(7)]


@pytest.fixture
def who(authority: Authority) -> dict[str, Person]:
    return people(authority, ada=Role.ADVANCED, **dict.fromkeys(NAMES, Role.BEGINNER))


@pytest.fixture
def circle(authority: Authority, who: dict[str, Person], monkeypatch: pytest.MonkeyPatch) -> Circle:
    """Everybody has acknowledged and told something; a part of what they have is three members'."""
    monkeypatch.setattr(group_store, "MEMBERS_TOGETHER", 3)
    found = Circle(authority).create(who["ada"], [who["ada"], *(who[name] for name in NAMES)])
    with authority.store.transaction() as rows:
        for person in who.values():
            if person is not who["owner"]:
                group_store.save_ack(rows, found.gid, person.uid, found.ack(person).ack)
                group_store.save_seen(rows, found.gid, SeenItem(person.uid, 1, b"seen"))
    return found


def parts(authority: Authority, monkeypatch: pytest.MonkeyPatch, between: Any = lambda: None) -> list[int]:
    """Counts how often others have a turn; `between` is called each time, as by another thread."""
    turns: list[int] = []

    def give_way() -> None:
        turns.append(len(turns))
        other = threading.Thread(target=between)  # which the lock would keep waiting
        other.start()
        other.join(10)
        assert not other.is_alive()

    monkeypatch.setattr(authority, "give_way", give_way)
    return turns


def test_between_the_parts_of_a_long_answer_others_have_their_turn(
    authority: Authority, circle: Circle, who: dict[str, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, other = circle.enter(who["ada"]), line(authority, who[NAMES[0]])
    served: list[bool] = []
    turns = parts(authority, monkeypatch, lambda: served.append(other.ask(FetchMail(0), Mail).more))
    acks = ada.ask(FetchAcks(0, circle.gid), Acks).acks
    assert sorted(ack.body for ack in acks) == sorted(circle.ack(who[name]).ack.body for name in ("ada", *NAMES))
    assert len(turns) == 3 and served == [False] * 3
    told = ada.ask(FetchSeen(0, circle.gid), SeenSoFar).items
    assert {item.uid for item in told} == {who[name].uid for name in NAMES}
    assert len(turns) == 6


def test_whoever_has_gone_meanwhile_is_answered_nothing(
    authority: Authority, circle: Circle, who: dict[str, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = circle.enter(who["ada"])
    turns = parts(authority, monkeypatch, ada.hang_up)
    ada.begin(FetchAcks(0, circle.gid))
    assert len(turns) == 1 and ada.inbox == []


def test_a_disk_that_fails_meanwhile_is_told(
    authority: Authority, circle: Circle, who: dict[str, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = circle.enter(who["ada"])

    def fail() -> Any:
        raise Damaged("disk_failing")

    parts(authority, monkeypatch, lambda: monkeypatch.setattr(authority.store, "reading", fail))
    with pytest.raises(HamrazError) as refusal:
        ada.ask(FetchAcks(0, circle.gid), Acks)
    assert refusal.value.code == "authority_failing"


def test_a_chain_comes_in_parts(circle: Circle, who: dict[str, Person], monkeypatch: pytest.MonkeyPatch) -> None:
    ada: GroupPeer = circle.enter(who["ada"])
    for _ in range(10):
        ada.ask(Post(0, circle.gid, circle.message(who["ada"], b"x")), Posted)
    monkeypatch.setattr(group_store, "ENTRIES_TOGETHER", 5)
    found: list[bytes] = []
    while True:
        answer = ada.ask(Reload(0, circle.gid, len(found)), Reloaded)
        assert answer.start == len(found) + 1 and len(answer.entries) <= 5
        if not answer.entries:
            break
        found += answer.entries
    assert len(found) == 1 + len(NAMES) + 10


def test_a_full_mailbox_comes_in_parts_each_of_which_can_be_forgotten_at_once(
    authority: Authority, who: dict[str, Person]
) -> None:
    sara, reader = who["owner"], who["ada"]
    ids = [random_id() for _ in range(2 * MAIL_TOGETHER + 1)]
    with authority.store.transaction() as rows:
        for id in ids:
            item = MailItem(reader.uid, NO_DEVICE, id, "message", bytes(16), b"x")
            mail_store.add(rows, reader.uid, sara.uid, item, 1)
            authority.state.mail.add(reader.uid, sara.uid, 1)
    peer, came = agent(authority, reader), list[list[bytes]]()
    more = True
    while more:
        mail = peer.ask(FetchMail(0), Mail)
        peer.ask(DropMail(0, [(item.peer, item.id) for item in mail.items]), Done)
        came.append([item.id for item in mail.items])
        more = mail.more
    assert list(chain(*came)) == ids and [len(part) for part in came] == [200, 200, 1]
