"""A message's id is its sender's choice. Whatever ids a member, a stranger or the authority chooses, each message is a
row of its own: no group stops, nothing of an honest person's is replaced, and nobody's start fails.
"""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from authority_server.state.groups import GroupState
from protocol.group_entries import Content, Header, Leave, LeaveEntry, MessageEntry, encode_entry
from protocol.group_seals import seal_message
from protocol.messages import Deposit, Done, MailItem, Post, Posted
from protocol.primitives import random_id
from protocol.roles import Role
from protocol.statements import NO_DEVICE, issue
from tests.groups.village import Village
from tests.world import Person
from web_client.account.chat_ids import ChatId
from web_client.groups import membership as group_membership
from web_client.groups import rows as group_rows


@pytest.fixture
def village() -> Village:
    found = Village(Role.BEGINNER, Role.BEGINNER)
    found.everybody_joins()
    return found


def entry_of(village: Village, writer: Person, id: bytes, content: Content) -> MessageEntry:
    """A right message of a member's under an id of their choice."""
    room, node = village.room(writer), writer.node
    group = room.group
    key = node.ctx.vault.read(lambda rows: group_rows.key_of(rows, village.gid, group.epoch))
    member = group.members[writer.uid]
    assert key is not None and node.ctx.trust.head is not None
    header = Header(
        village.gid, group.epoch, group.commit_hash, writer.uid, NO_DEVICE, member.sequence + 1, id, member.last,
        group.n, group.hash, node.ctx.trust.head,
    )  # fmt: skip
    return seal_message(header, content, key, node.ctx.me.key, node.ctx.authority_id)


def post(village: Village, writer: Person, id: bytes, text: str, kind: str = "text") -> MessageEntry:
    """Post it, and let everybody take it."""
    entry = entry_of(village, writer, id, Content(kind, village.world.now, text.encode(), None))
    village.room(writer).channel().request(Post(0, village.gid, encode_entry(entry)), Posted)
    village.world.settle()
    return entry


def leave(writer: Person, reader: Person, id: bytes) -> None:
    """Rubbish in somebody's mailbox, under an id of the writer's choice."""
    item = MailItem(reader.uid, NO_DEVICE, id, "message", random_id(), b"rubbish")
    writer.node.authority.request(Deposit(0, item), Done)


def names(shown: list[dict[str, Any]]) -> list[str]:
    return [message["id"] for message in shown]


def talk(reader: Person, other: Person) -> list[dict[str, Any]]:
    """Their conversation, without the invitation to the group."""
    return [message for message in reader.shown(other) if message["kind"] != "invitation"]


def let_ids_repeat(village: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    """The authority, whose database takes none twice, is a hostile one."""
    with village.world.store.transaction() as rows:
        rows._connection.exec_driver_sql("DROP INDEX chain_by_id")
    monkeypatch.setattr(GroupState, "posted", lambda *about: None)


def check(village: Village) -> None:
    """Everything can be shown, each under a name of its own, before and after a restart; and people go on talking."""
    for _start in range(2):
        village.come_to_rest()
        village.check()
        for person in village.people:
            person.agent().snapshot()
            assert len(set(names(village.shown(person)))) == len(village.shown(person))
        for writer in village.people:
            text = f"still here {random_id().hex()}"
            village.say(writer, text)
            assert [village.texts(reader)[-1] for reader in village.people] == [text] * len(village.people)
        for person in village.people:
            person.restart()


def test_rubbish_in_mailboxes_takes_no_name_from_a_group(village: Village) -> None:
    owner, guest, attacker = village.people
    id = random_id()
    entry = entry_of(village, attacker, id, Content("text", village.world.now, b"mine", None))
    for reader in (owner, guest):
        for chosen in (id, hashlib.sha256(entry.header).digest()[:16]):
            leave(attacker, reader, chosen)
    village.world.settle()
    village.room(attacker).channel().request(Post(0, village.gid, encode_entry(entry)), Posted)
    check(village)
    for reader in (owner, guest):
        assert village.texts(reader)[0] == "mine"
        assert len(talk(reader, attacker)) == 2  # the rubbish is two rows where it belongs
        (message,) = [one for one in village.shown(reader) if one["text"] == "mine"]
        assert message["id"] == id.hex()
        details = reader.agent().message_details(ChatId.group(village.gid), message["order"])["details"]
        assert details["verified"]


def test_an_id_used_twice_in_a_group(village: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first one is what an edit, an answer and a deletion mean; the second is a row by itself."""
    owner, guest, attacker = village.people
    id = random_id()
    let_ids_repeat(village, monkeypatch)
    for text in ("first", "second", "third"):
        post(village, attacker, id, text)
    check(village)
    for reader in village.people:
        three = [message for message in village.shown(reader) if message["text"] in ("first", "second", "third")]
        assert len(three) == 3 and three[0]["id"] == id.hex()
        for message in three:
            assert reader.agent().message_details(ChatId.group(village.gid), message["order"])["details"]["verified"]
    orders = {message["text"]: message["order"] for message in village.shown(attacker)}
    attacker.agent().delete_message(ChatId.group(village.gid), orders["first"], None)
    village.world.settle()
    for reader in (owner, guest):
        assert "first" not in village.texts(reader) and {"second", "third"} <= set(village.texts(reader))
    check(village)


def test_somebody_else_s_id_in_a_group(village: Village) -> None:
    """Before and after its owner: neither replaces the other, and marks go to whom they mean."""
    _owner, guest, attacker = village.people
    chat, theirs = ChatId.group(village.gid), random_id()
    guest.node.groups.write(village.gid, "text", b"of the guest", theirs)
    village.world.settle()
    post(village, attacker, theirs, "after it")
    early = random_id()
    post(village, attacker, early, "before it")
    guest.node.groups.write(village.gid, "text", b"of the guest, too", early)
    village.world.settle()
    check(village)
    for reader in village.people:
        assert {"of the guest", "after it", "before it", "of the guest, too"} <= set(village.texts(reader))
    mine = [message for message in village.shown(guest) if message["mine"] and message["text"].startswith("of the")]
    assert names(mine) == [theirs.hex(), early.hex()]  # what one's own client calls it stays
    order = mine[1]["order"]
    guest.agent().edit_message(chat, order, "changed", None)
    village.world.settle()
    for reader in village.people:
        assert "changed" in village.texts(reader) and "before it" in village.texts(reader)
    check(village)


def test_the_same_id_in_two_conversations(village: Village) -> None:
    owner, _guest, attacker = village.people
    id = random_id()
    attacker.node.messages.compose(owner.uid, "text", b"in private", id)
    village.world.settle()
    post(village, attacker, id, "in the group")
    check(village)
    assert "in private" in owner.texts(attacker) and "in the group" in village.texts(owner)


def test_one_s_own_id_used_by_the_other(village: Village) -> None:
    """In private, straight and as rubbish in the mailbox."""
    owner, guest, attacker = village.people
    id, other = random_id(), random_id()
    for reader in (owner, guest):
        for chosen in (id, other):
            reader.node.messages.compose(attacker.uid, "text", b"mine", chosen if reader is owner else random_id())
    village.world.settle()
    attacker.node.messages.compose(owner.uid, "text", b"theirs", id)
    leave(attacker, owner, other)
    village.world.settle()
    check(village)
    shown = talk(owner, attacker)
    assert [message["text"] for message in shown] == ["mine", "mine", "", "theirs"]
    assert len(set(names(shown))) == 4 and names(shown)[:2] == [id.hex(), other.hex()]


def test_a_message_under_the_id_of_rubbish_opens_in_its_place(village: Village) -> None:
    owner, _guest, attacker = village.people
    id = random_id()
    leave(attacker, owner, id)
    village.world.settle()
    (closed,) = talk(owner, attacker)
    attacker.node.messages.compose(owner.uid, "text", b"it was no rubbish", id)
    village.world.settle()
    (opened,) = talk(owner, attacker)
    assert (opened["text"], opened["id"], opened["order"]) == ("it was no rubbish", closed["id"], closed["order"])


def test_the_authority_leaves_mail_from_oneself(village: Village) -> None:
    owner = village.people[0]
    item = MailItem(owner.uid, NO_DEVICE, random_id(), "message", random_id(), b"rubbish")
    owner.node.mailbox._take(item)
    assert owner.shown(owner) == []
    assert ChatId.private(owner.uid) not in {one["chat"] for one in owner.agent().snapshot()["conversations"]}
    check(village)


def test_an_entry_s_hash_as_a_message_s_id(village: Village) -> None:
    """A member who knows beforehand what its leaving, or its commit, will be uses its hash up at the authority."""
    owner, guest, attacker = village.people
    room = village.room(attacker)
    leave_entry = LeaveEntry(
        issue(
            Leave(village.gid, room.group.epoch, attacker.uid), attacker.node.ctx.me.key, attacker.node.ctx.authority_id
        )
    )
    post(village, attacker, hashlib.sha256(encode_entry(leave_entry)).digest()[:16], "too early")
    group_membership.leave(room)
    village.world.settle()
    village.say(owner, "and on")
    assert not village.kept.group.is_in(attacker.uid)
    assert village.texts(guest)[-1] == "and on" and village.lines(guest)[-1] == "left"
