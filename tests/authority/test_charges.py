"""Whatever may come has a charge: in the command tables, on the page of the protocol, and on its account."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from sqlalchemy import event

from authority_server.core.authority import Authority
from authority_server.core.client import Client
from authority_server.handlers import groups
from protocol import messages
from protocol.charge import Charge
from protocol.messages import (
    ChangePresence,
    Deposit,
    Done,
    DropMail,
    FetchLog,
    FetchMail,
    FetchPrekeys,
    Granted,
    GrantKeys,
    LastResorts,
    LogPart,
    Mail,
    MailItem,
    Ping,
    Watch,
    Watching,
)
from protocol.statements import NO_DEVICE
from tests.authority import charges
from tests.authority.peer import Peer, agent, member, owner, person
from tests.protocol import document
from tests.protocol.samples import PLACES


@pytest.mark.parametrize("place", charges.by_place())
def test_whatever_may_come_in_a_place_has_a_charge(place: str) -> None:
    kinds = get_args(PLACES[place]) or (PLACES[place],)
    declared = charges.by_place()[place]
    for kind in kinds:
        assert declared[kind].units >= 1, kind


def test_there_is_no_place_without_charges() -> None:
    assert set(charges.by_place()) == {place for place in PLACES if place.startswith("to ")}


def test_the_table_of_section_11_1_is_the_codes() -> None:
    """When it fails: `python -m tests.authority.charges`."""
    assert {tag: tuple(cells) for tag, *cells in document.tables("11.1")[0]} == charges.rows()


def test_every_allowance_stands_in_section_11_2_and_no_other() -> None:
    named = {name for _, _, cell in charges.rows().values() for name in cell.split(", ") if name}
    assert {row[0] for row in document.tables("11.2")[0]} == named


# --- what is charged ---


def test_a_charge_is_what_is_there_anyway_and_what_comes_with_it() -> None:
    uids = [bytes([number]) * 32 for number in range(100)]
    watch = Watch(0, uids)
    assert Charge(3).of(watch, 100) == 3
    assert Charge(3).of(watch, 3 * 4096 + 5) == 6
    assert Charge(3, size=1024).of(watch, 3 * 1024) == 6
    assert Charge(3, "uids", 10).of(watch, 100) == 13
    assert Charge(3, "uids", more=4).of(watch, 100) == 403
    assert Charge(3, passed_on=10).of(watch, 100, 45) == 7
    assert Charge(3, passed_on=10).of(watch, 4_000, 45) == 7 + 45 * 4_000 // 32_768
    assert Charge(3).of_answer(Watching(0, uids), 100_000) == 3
    assert Charge(3, answered=20).of_answer(Watching(0, uids), 100) == 5


def charged(peer: Peer, request: Any, kind: Any) -> int:
    before = peer.session.client.charged
    peer.ask(request, kind)
    return int(peer.session.client.charged - before)


def test_what_is_asked_for_is_charged_by_what_it_brings(authority: Authority) -> None:
    sara, ali = owner(authority, "sara"), member(authority, "ali")
    peer, other = agent(authority, sara), agent(authority, ali)
    before = peer.session.client.charged
    peer.say(Ping(1))
    assert peer.session.client.charged - before == 1
    assert charged(peer, FetchLog(0, 0), LogPart) == 3
    uids = [number.to_bytes(32) for number in range(1000)]
    assert charged(peer, Watch(0, uids), Watching) == 22 + 1000 * 34 // 4096
    assert charged(peer, FetchPrekeys(0, uids[:200]), LastResorts) == 24 + 200 * 34 // 4096
    assert charged(peer, DropMail(0, []), Done) == 6
    items = [(ali.uid, number.to_bytes(16)) for number in range(200)]
    assert charged(peer, DropMail(0, items), Done) == 6 + 20 + 200 * 53 // 4096
    item = MailItem(ali.uid, NO_DEVICE, bytes(16), "message", bytes(16), bytes(200_000))
    assert charged(peer, Deposit(0, item), Done) == 10 + 200_000 // 4096
    assert charged(other, FetchMail(0), Mail) == 8 + 200_000 // 32768


def test_what_is_pushed_is_not_charged_to_who_gets_it(authority: Authority) -> None:
    sara, ali = owner(authority, "sara"), member(authority, "ali")
    peer, other = agent(authority, sara), agent(authority, ali)
    before = other.session.client.charged
    peer.ask(Deposit(0, MailItem(ali.uid, NO_DEVICE, bytes(16), "message", bytes(16), b"x")), Done)
    assert isinstance(other.inbox.pop(), messages.NewMail)
    assert other.session.client.charged == before


def test_a_write_waits_under_its_account_and_with_its_weight(authority: Authority) -> None:
    sara = owner(authority, "sara")
    peer, seen = agent(authority, sara), []
    authority.run_write = lambda job, done, account, weight, _patient=False: seen.append((account, weight))
    peer.begin(DropMail(0, [(sara.uid, number.to_bytes(16)) for number in range(200)]))
    assert seen == [(sara.uid, 6 + 20 + 200 * 53 // 4096)]
    stranger = Peer(authority, "192.0.2.99").hello()
    stranger.begin(stranger.sign_up_request(person(authority, "late")))
    peer.begin(ChangePresence(0, sara.presence(7)))  # its signature is checked by then
    assert seen[1:] == [("192.0.2.99", 15), (sara.uid, 1)]


def test_what_waits_in_a_mailbox_goes_together(authority: Authority) -> None:
    sara, ali = owner(authority, "sara"), member(authority, "ali")
    peer, other = agent(authority, sara), agent(authority, ali)
    ids = [number.to_bytes(16) for number in range(150)]
    for id in ids:
        peer.ask(Deposit(0, MailItem(ali.uid, NO_DEVICE, id, "message", bytes(16), b"x")), Done)
    statements: list[str] = []
    connection = authority.store._connection
    event.listen(connection, "before_cursor_execute", lambda *call: statements.append(call[2]))
    other.ask(DropMail(0, [(sara.uid, id) for id in ids[:100]]), Done)
    wrote_mail = [text for text in statements if "settings" not in text]
    assert len(wrote_mail) <= 2  # a transaction and no statement of its own for each
    mail = other.ask(FetchMail(0), Mail)
    assert [item.id for item in mail.items] == ids[100:] and not mail.more


def test_mail_comes_in_parts_and_in_its_order(authority: Authority) -> None:
    sara, ali = owner(authority, "sara"), member(authority, "ali")
    peer, other = agent(authority, sara), agent(authority, ali)
    ids = [number.to_bytes(16) for number in range(12)]
    for id in ids:
        peer.ask(Deposit(0, MailItem(ali.uid, NO_DEVICE, id, "message", bytes(16), bytes(100_000))), Done)
    found = []
    while True:
        mail = other.ask(FetchMail(0), Mail)
        assert len(mail.items) <= 5
        found += [item.id for item in mail.items]
        other.ask(DropMail(0, [(item.peer, item.id) for item in mail.items]), Done)
        if not mail.more:
            break
    assert found == ids


def test_what_is_no_message_is_charged_by_its_size(authority: Authority) -> None:
    peer = agent(authority, owner(authority, "sara"))
    before = peer.session.client.charged
    peer.session.receive(bytes(100_000))
    assert peer.closed and peer.session.client.charged - before == 3 + 100_000 // 4096


def test_grants_are_held_on_a_few_connections_of_one_account(authority: Authority) -> None:
    """Each may be 4 MiB: those that have begun last are kept."""
    sara = owner(authority, "sara")
    agent(authority, sara)
    clients = []
    for number in range(7):
        client = Client("192.0.2.1", bytes(32), 0, lambda body: None, lambda: None, uid=sara.uid)
        clients.append(client)
        for part in range(2):
            grants = [Granted(bytes([number, part]) * 16, NO_DEVICE, b"x")]
            groups.grant_keys(authority, client, GrantKeys(part, bytes(16), 1, grants))
    assert [len(client.grants) for client in clients] == [0, 0, 0, 2, 2, 2, 2]
    clients[3].closed = True
    groups.grant_keys(authority, clients[0], GrantKeys(9, bytes(16), 1, [Granted(bytes(32), NO_DEVICE, b"x")]))
    assert [len(client.grants) for client in clients[4:]] == [2, 2, 2]
    assert len(authority.grants_held[sara.uid]) == groups.GRANTS_HELD
