"""How much of mailboxes one takes from others: shares, reserves, and counts that are those of the rows."""

from __future__ import annotations

import random

import pytest

from authority_server.core.authority import SPARE, Authority
from authority_server.state import mail_shares
from authority_server.state.mail_shares import ITEM_BYTES, MAILBOX, MIB, RESERVE, MailHeld
from protocol.errors import HamrazError
from protocol.messages import (
    Appended,
    ChangeKey,
    ChangePresence,
    Deposit,
    Done,
    DropMail,
    FetchMail,
    Mail,
    MailItem,
    Post,
)
from protocol.primitives import random_id
from protocol.roles import Role
from protocol.statements import NO_DEVICE
from protocol.undo import Undo
from tests.authority.group_peer import Circle, line, people
from tests.authority.peer import Peer, Person, member
from tests.authority.test_key_changes import end

SPACE = 2048 * MIB
LONG = 200_000


def item(to: Person, size: int = 100, id: bytes | None = None) -> Deposit:
    return Deposit(0, MailItem(to.uid, NO_DEVICE, id or random_id(), "message", bytes(16), bytes(size)))


def code(peer: Peer, request: Deposit) -> str:
    try:
        peer.ask(request, Done)
    except HamrazError as reason:
        return reason.code
    return ""


def fill(held: MailHeld, recipient: bytes, sender: bytes, size: int) -> int:
    """Leave as much as goes; bytes."""
    taken = 0
    while held.fits(recipient, sender, size, SPACE):
        held.add(recipient, sender, size)
        taken += size
    return taken


# --- shares ---


def test_one_sender_has_an_end_in_one_mailbox() -> None:
    held = MailHeld(Undo())
    assert fill(held, b"sara", b"rude", LONG) <= mail_shares.BYTES_EACH
    assert held.fits(b"omid", b"rude", LONG, SPACE)
    held = MailHeld(Undo())
    assert fill(held, b"sara", b"rude", 1) == mail_shares.ITEMS_EACH


def test_twelve_do_not_fill_a_mailbox_for_the_next() -> None:
    held = MailHeld(Undo())
    for number in range(12):
        fill(held, b"sara", bytes([number]), LONG)
    assert held.mailboxes.of(b"sara") < MAILBOX
    assert fill(held, b"sara", b"honest", 2_000) >= 100 * 2_000


def test_first_messages_have_a_reserve() -> None:
    """When thousands have filled a mailbox, whoever writes for the first time still finds room."""
    held = MailHeld(Undo())
    number = 0
    while fill(held, b"sara", number.to_bytes(4), 7 * mail_shares.FIRST_BYTES) and number < 5_000:
        number += 1
    assert held.mailboxes.of(b"sara") > 0.85 * MAILBOX
    while held.mailboxes.of(b"sara") < MAILBOX:
        held.add(b"sara", number.to_bytes(4), 60_000)
        number += 1
    assert not held.fits(b"sara", (0).to_bytes(4), 1, SPACE)
    assert fill(held, b"sara", b"a friend", 2_000) == mail_shares.FIRST_ITEMS * 2_000
    while held.fits(b"sara", number.to_bytes(4), 60_000, SPACE):
        held.add(b"sara", number.to_bytes(4), 60_000)
        number += 1
    assert held.mailboxes.of(b"sara") <= MAILBOX + RESERVE


def test_one_sender_has_an_end_in_all_mailboxes_and_twelve_leave_room() -> None:
    held = MailHeld(Undo())
    for sender in range(12):
        for recipient in range(200):
            fill(held, recipient.to_bytes(2), bytes([sender]), LONG)
        assert held.senders.of(bytes([sender])) <= mail_shares.SENDER
    assert held.senders.total < 0.9 * SPACE
    assert held.fits(b"somebody", b"honest", LONG, SPACE)


# --- at the authority ---


def test_what_is_over_is_refused_and_writes_nothing(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    who = people(authority, sara=Role.BEGINNER)
    peer, sara = line(authority, who["owner"]), who["sara"]
    monkeypatch.setattr(mail_shares, "ITEMS_EACH", 3)
    id = random_id()
    assert [code(peer, item(sara)), code(peer, item(sara, id=id)), code(peer, item(sara))] == [""] * 3
    assert code(peer, item(sara)) == "mailbox_full"
    assert code(peer, item(sara, id=id)) == ""  # the same one again is there
    there = line(authority, sara)
    assert len(there.ask(FetchMail(0), Mail).items) == 3
    there.ask(DropMail(0, [(who["owner"].uid, id), (sara.uid, id)]), Done)
    assert authority.state.mail.pairs.of((sara.uid, who["owner"].uid)) == 2 * (100 + ITEM_BYTES)
    assert code(peer, item(sara)) == ""


def test_what_is_counted_is_what_a_start_counts(authority: Authority) -> None:
    who = people(authority, sara=Role.BEGINNER, omid=Role.BEGINNER)
    chance, names, left = random.Random(7), list(who), dict[tuple[str, str], list[bytes]]()
    for _ in range(300):
        source, target = chance.choice(names), chance.choice(names)
        if chance.random() < 0.7:
            id = random_id()
            assert code(line(authority, who[source]), item(who[target], chance.randint(0, 5_000), id)) == ""
            left.setdefault((source, target), []).append(id)
        else:
            ids = left.get((source, target), [])
            some = [ids.pop() for _ in range(min(len(ids), 3))]
            asked = [(who[source].uid, id) for id in (*some, random_id())]
            line(authority, who[target]).ask(DropMail(0, asked), Done)
    line(authority, who["owner"]).ask(end(who["owner"], who["omid"], 3), Appended)
    state = authority.state
    again = Authority(authority.store, authority.key, authority.clock).state
    for name in ("items", "pairs", "mailboxes", "senders"):
        mine, theirs = getattr(state.mail, name), getattr(again.mail, name)
        assert (mine.amounts, mine.total) == (theirs.amounts, theirs.total), name
    assert state.mail.mailboxes.of(who["omid"].uid) == 0


def test_the_last_room_on_the_disk_is_for_accounts_keys_and_log_ins(
    authority: Authority, caplog: pytest.LogCaptureFixture
) -> None:
    who = people(authority, sara=Role.ADMIN)
    sara, peer = who["sara"], line(authority, who["owner"])
    circle = Circle(authority).create(sara, [sara])
    room = circle.enter(sara)
    authority.chunks.free = lambda: SPARE - 1  # type: ignore[method-assign]
    for _ in range(3):
        authority.look_after_disk()
    assert sum("nearly full" in record.message for record in caplog.records) == 1
    assert code(peer, item(sara)) == "authority_failing"
    with pytest.raises(HamrazError, match="disk"):
        room.ask(Post(0, circle.gid, circle.message(sara)), Done)
    newcomer = member(authority, "newcomer")
    line(authority, newcomer).ask(ChangePresence(0, newcomer.presence(7)), Done)
    latest = authority.state.log.users[newcomer.uid].latest
    ended: ChangeKey = end(who["owner"], newcomer, latest)
    peer.ask(ended, Appended)
    authority.chunks.free = lambda: SPARE  # type: ignore[method-assign]
    authority.look_after_disk()
    assert code(peer, item(sara)) == ""


def test_the_key_of_e_mails_hashes_is_not_beside_them(authority: Authority) -> None:
    member_ = people(authority)["owner"]
    hash = authority.email_hash(member_.email)
    assert authority.state.emails == {hash: member_.uid}
    assert set(authority.state.settings) - {"lineage"} == {"invitation", "owner_code", "era", "batch"}
    other = Authority(authority.store, authority.key, authority.clock)
    assert other.email_hash(f" {member_.email.upper()} ") == hash  # the same after a start
