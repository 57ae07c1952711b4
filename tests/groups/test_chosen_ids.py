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
from protocol.statements import NO_DEVICE, issue
from tests.groups.group_world import GroupWorld
from tests.world import Person
from web_client.account.chat_ids import ChatId
from web_client.groups import membership as group_membership
from web_client.groups import rows as group_rows


def entry_of(group_world: GroupWorld, writer: Person, id: bytes, content: Content) -> MessageEntry:
    """A right message of a member's under an id of their choice."""
    room, node = group_world.room(writer), writer.node
    group = room.group
    key = node.ctx.vault.read(lambda rows: group_rows.key_of(rows, group_world.gid, group.epoch))
    member = group.members[writer.uid]
    assert key is not None and node.ctx.trust.head is not None
    header = Header(
        group_world.gid, group.epoch, group.commit_hash, writer.uid, NO_DEVICE, member.sequence + 1, id, member.last,
        group.n, group.hash, node.ctx.trust.head,
    )  # fmt: skip
    return seal_message(header, content, key, node.ctx.me.key, node.ctx.authority_id)


def post(group_world: GroupWorld, writer: Person, id: bytes, text: str, kind: str = "text") -> MessageEntry:
    """Post it, and let everybody take it."""
    entry = entry_of(group_world, writer, id, Content(kind, group_world.world.now, text.encode(), None))
    group_world.room(writer).channel().request(Post(0, group_world.gid, encode_entry(entry)), Posted)
    group_world.world.settle()
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


def let_ids_repeat(group_world: GroupWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """The authority, whose database takes none twice, is a hostile one."""
    with group_world.world.store.transaction() as rows:
        rows._connection.exec_driver_sql("DROP INDEX chain_by_id")
    monkeypatch.setattr(GroupState, "posted", lambda *about: None)


def check(group_world: GroupWorld) -> None:
    """Everything can be shown, each under a name of its own, before and after a restart; and people go on talking."""
    for _start in range(2):
        group_world.come_to_rest()
        group_world.check()
        for person in group_world.people:
            person.agent().snapshot()
            assert len(set(names(group_world.shown(person)))) == len(group_world.shown(person))
        for writer in group_world.people:
            text = f"still here {random_id().hex()}"
            group_world.say(writer, text)
            assert [group_world.texts(reader)[-1] for reader in group_world.people] == [text] * len(group_world.people)
        for person in group_world.people:
            person.restart()


def test_rubbish_in_mailboxes_takes_no_name_from_a_group(group_world: GroupWorld) -> None:
    owner, guest, attacker = group_world.people
    id = random_id()
    entry = entry_of(group_world, attacker, id, Content("text", group_world.world.now, b"mine", None))
    for reader in (owner, guest):
        for chosen in (id, hashlib.sha256(entry.header).digest()[:16]):
            leave(attacker, reader, chosen)
    group_world.world.settle()
    group_world.room(attacker).channel().request(Post(0, group_world.gid, encode_entry(entry)), Posted)
    check(group_world)
    for reader in (owner, guest):
        assert group_world.texts(reader)[0] == "mine"
        assert len(talk(reader, attacker)) == 2  # the rubbish is two rows where it belongs
        (message,) = [one for one in group_world.shown(reader) if one["text"] == "mine"]
        assert message["id"] == id.hex()
        details = reader.agent().message_details(ChatId.group(group_world.gid), message["order"])["details"]
        assert details["verified"]


def test_an_id_used_twice_in_a_group(group_world: GroupWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first one is what an edit, an answer and a deletion mean; the second is a row by itself."""
    owner, guest, attacker = group_world.people
    id = random_id()
    let_ids_repeat(group_world, monkeypatch)
    for text in ("first", "second", "third"):
        post(group_world, attacker, id, text)
    check(group_world)
    for reader in group_world.people:
        three = [message for message in group_world.shown(reader) if message["text"] in ("first", "second", "third")]
        assert len(three) == 3 and three[0]["id"] == id.hex()
        for message in three:
            assert reader.agent().message_details(ChatId.group(group_world.gid), message["order"])["details"][
                "verified"
            ]
    orders = {message["text"]: message["order"] for message in group_world.shown(attacker)}
    attacker.agent().delete_message(ChatId.group(group_world.gid), orders["first"], None)
    group_world.world.settle()
    for reader in (owner, guest):
        assert "first" not in group_world.texts(reader) and {"second", "third"} <= set(group_world.texts(reader))
    check(group_world)


def test_somebody_else_s_id_in_a_group(group_world: GroupWorld) -> None:
    """Before and after its owner: neither replaces the other, and marks go to whom they mean."""
    _owner, guest, attacker = group_world.people
    chat, theirs = ChatId.group(group_world.gid), random_id()
    guest.node.groups.write(group_world.gid, "text", b"of the guest", theirs)
    group_world.world.settle()
    post(group_world, attacker, theirs, "after it")
    early = random_id()
    post(group_world, attacker, early, "before it")
    guest.node.groups.write(group_world.gid, "text", b"of the guest, too", early)
    group_world.world.settle()
    check(group_world)
    for reader in group_world.people:
        assert {"of the guest", "after it", "before it", "of the guest, too"} <= set(group_world.texts(reader))
    mine = [message for message in group_world.shown(guest) if message["mine"] and message["text"].startswith("of the")]
    assert names(mine) == [theirs.hex(), early.hex()]  # what one's own client calls it stays
    order = mine[1]["order"]
    guest.agent().edit_message(chat, order, "changed", None)
    group_world.world.settle()
    for reader in group_world.people:
        assert "changed" in group_world.texts(reader) and "before it" in group_world.texts(reader)
    check(group_world)


def test_the_same_id_in_two_conversations(group_world: GroupWorld) -> None:
    owner, _guest, attacker = group_world.people
    id = random_id()
    attacker.node.messages.compose(owner.uid, "text", b"in private", id)
    group_world.world.settle()
    post(group_world, attacker, id, "in the group")
    check(group_world)
    assert "in private" in owner.texts(attacker) and "in the group" in group_world.texts(owner)


def test_one_s_own_id_used_by_the_other(group_world: GroupWorld) -> None:
    """In private, straight and as rubbish in the mailbox."""
    owner, guest, attacker = group_world.people
    id, other = random_id(), random_id()
    for reader in (owner, guest):
        for chosen in (id, other):
            reader.node.messages.compose(attacker.uid, "text", b"mine", chosen if reader is owner else random_id())
    group_world.world.settle()
    attacker.node.messages.compose(owner.uid, "text", b"theirs", id)
    leave(attacker, owner, other)
    group_world.world.settle()
    check(group_world)
    shown = talk(owner, attacker)
    assert [message["text"] for message in shown] == ["mine", "mine", "", "theirs"]
    assert len(set(names(shown))) == 4 and names(shown)[:2] == [id.hex(), other.hex()]


def test_a_message_under_the_id_of_rubbish_opens_in_its_place(group_world: GroupWorld) -> None:
    owner, _guest, attacker = group_world.people
    id = random_id()
    leave(attacker, owner, id)
    group_world.world.settle()
    (closed,) = talk(owner, attacker)
    attacker.node.messages.compose(owner.uid, "text", b"it was no rubbish", id)
    group_world.world.settle()
    (opened,) = talk(owner, attacker)
    assert (opened["text"], opened["id"], opened["order"]) == ("it was no rubbish", closed["id"], closed["order"])


def test_the_authority_leaves_mail_from_oneself(group_world: GroupWorld) -> None:
    owner = group_world.people[0]
    item = MailItem(owner.uid, NO_DEVICE, random_id(), "message", random_id(), b"rubbish")
    owner.node.mailbox._take(item)
    assert owner.shown(owner) == []
    assert ChatId.private(owner.uid) not in {one["chat"] for one in owner.agent().snapshot()["conversations"]}
    check(group_world)


def test_an_entry_s_hash_as_a_message_s_id(group_world: GroupWorld) -> None:
    """A member who knows beforehand what its leaving, or its commit, will be uses its hash up at the authority."""
    owner, guest, attacker = group_world.people
    room = group_world.room(attacker)
    leave_entry = LeaveEntry(
        issue(
            Leave(group_world.gid, room.group.epoch, attacker.uid),
            attacker.node.ctx.me.key,
            attacker.node.ctx.authority_id,
        )
    )
    post(group_world, attacker, hashlib.sha256(encode_entry(leave_entry)).digest()[:16], "too early")
    group_membership.leave(room)
    group_world.world.settle()
    group_world.say(owner, "and on")
    assert not group_world.kept.group.is_in(attacker.uid)
    assert group_world.texts(guest)[-1] == "and on" and group_world.lines(guest)[-1] == "left"
