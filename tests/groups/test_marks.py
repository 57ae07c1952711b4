"""Edits, deletions and reactions in a group: by place in the chain, with keys that come later, and nothing kept."""

from __future__ import annotations

from typing import Any

import pytest

from protocol import kinds
from protocol.errors import HamrazError
from protocol.group_entries import MESSAGE_CONTEXT, StubEntry, decode_entry
from protocol.messages import FetchGrant, Post
from protocol.primitives import random_id
from protocol.roles import Role
from tests.agent.wire import decoded
from tests.agent.words import places_of
from tests.groups.group_world import GroupWorld
from tests.world import Person
from web_client.account.chat_ids import ChatId
from web_client.account.events import MessageRemoved
from web_client.groups import membership as group_membership

SECRET = "the word that nobody must keep"


def looks(group_world: GroupWorld, person: Person) -> list[Any]:
    return [
        (
            shown["kind"],
            shown["text"],
            shown["edited"],
            [(each["emoji"], each["from"]) for each in shown["reactions"]],
            shown["reply"] and shown["reply"]["text"],
        )
        for shown in group_world.shown(person)
        if shown["kind"] != "system"
    ]


def alike(group_world: GroupWorld) -> list[Any]:
    first, *others = [looks(group_world, person) for person in group_world.people]
    assert all(other == first for other in others)
    return first


def order_of(group_world: GroupWorld, person: Person, text: str) -> int:
    return next(shown["order"] for shown in group_world.shown(person) if shown["text"] == text)


def mark(group_world: GroupWorld, person: Person, body: kinds.Body) -> None:
    person.node.groups.write(group_world.gid, body.KIND, kinds.encode_body(body), random_id())


def test_everybody_sees_edits_answers_and_reactions(group_world: GroupWorld) -> None:
    owner, guest, other = group_world.people
    chat = ChatId.group(group_world.gid)
    group_world.say(owner, "at ten")
    guest.agent().send_message(chat, "where?", order_of(group_world, guest, "at ten"), None)
    group_world.world.settle()
    owner.agent().edit_message(chat, order_of(group_world, owner, "at ten"), "at eleven", None)
    for person, emoji in ((guest, "👍"), (other, "❤️"), (owner, "👍")):
        group_world.world.now += 1
        person.agent().react(chat, order_of(group_world, person, "where?"), emoji, None)
        group_world.world.settle()
    edited, reacted = alike(group_world)
    assert edited[1] == "at eleven" and reacted[4] == "at eleven"
    assert reacted[3] == [("👍", [guest.uid.hex(), owner.uid.hex()]), ("❤️", [other.uid.hex()])]
    group_world.check()


def test_deleted_words_are_in_nobodys_vault(group_world: GroupWorld) -> None:
    owner, guest, _other = group_world.people
    chat = ChatId.group(group_world.gid)
    group_world.say(owner, SECRET)
    owner.agent().edit_message(chat, order_of(group_world, owner, SECRET), "and " + SECRET, None)
    group_world.world.settle()
    assert all(places_of(person, SECRET) for person in group_world.people)
    owner.agent().delete_message(chat, order_of(group_world, owner, "and " + SECRET), None)
    group_world.world.settle()
    for person in group_world.people:
        assert places_of(person, SECRET) == set()
        # nor is there a ciphertext beside its key: what stays can be verified and not be opened
        stubs = person.vault.read(
            lambda rows: rows.execute("SELECT n, entry FROM group_entries WHERE kind = 'deleted'").fetchall()
        )
        assert len(stubs) == 2
        for _n, raw in stubs:
            stub = decode_entry(bytes(raw))
            assert isinstance(stub, StubEntry)
            input = stub.header + stub.ciphertext_hash
            owner.node.ctx.me.key.public.verify(MESSAGE_CONTEXT, owner.node.ctx.authority_id, input, stub.sig)
    assert [line[0] for line in alike(group_world)] == ["deleted"]
    group_world.say(guest, "and on")
    guest.restart()  # replays its chain from what is left of it
    group_world.come_to_rest()
    group_world.say(owner, "still")
    assert [line[1] for line in alike(group_world)] == ["", "and on", "still"]
    group_world.check()


def test_what_waits_is_edited_and_deleted_in_its_order(group_world: GroupWorld) -> None:
    owner, guest, _other = group_world.people
    chat = ChatId.group(group_world.gid)
    group_world.world.authority_up = False
    group_world.world.cut("authority")
    order = group_world.write(owner, "one")
    owner.agent().edit_message(chat, order, "two", None)
    owner.agent().edit_message(chat, order, "three", None)
    assert [shown["text"] for shown in group_world.shown(owner) if shown["kind"] == "text"] == ["three"]
    group_world.world.authority_up = True
    group_world.come_to_rest()
    assert [line[1] for line in alike(group_world)] == ["three"]
    assert guest.agent().snapshot()["conversations"][-1]["unread"] <= 1


def test_marks_by_the_wrong_person_change_nothing(group_world: GroupWorld) -> None:
    owner, guest, other = group_world.people
    group_world.say(owner, "mine")
    id = bytes.fromhex(next(shown["id"] for shown in group_world.shown(owner) if shown["text"] == "mine"))
    secret = guest.say(owner, "in private")
    elsewhere = guest.vault.read(
        lambda rows: bytes(rows.execute("SELECT id FROM messages WHERE ord = ?", (secret,)).fetchone()[0])
    )
    for body in (
        kinds.Edit(id, "yours"),
        kinds.Delete(id),
        kinds.Reaction(id, other.uid, "👍"),
        kinds.Edit(elsewhere, "changed from the group"),
        kinds.Delete(elsewhere),
    ):
        mark(group_world, guest, body)
    group_world.world.settle()
    assert [line[1] for line in alike(group_world)] == ["mine"]
    assert guest.texts(owner)[-1] == owner.texts(guest)[-1] == "in private"
    group_world.check()


@pytest.mark.parametrize("what", ["edit", "delete"])
def test_marks_whose_key_comes_later(what: str) -> None:
    """The grant is held back: lines that can't be read, some of which turn out to be no lines when it comes."""
    group_world = GroupWorld(Role.BEGINNER, Role.BEGINNER)
    group_world.everybody_joins()
    owner, guest, other = group_world.people
    chat = ChatId.group(group_world.gid)
    group_world.world.carry = lambda source, target, body: (
        [] if source == "sara" and decoded(body, FetchGrant) else [body]
    )
    owner.node.groups.command(group_world.gid, other.uid, False, "")  # a new epoch, whose key sara doesn't get
    group_world.say(owner, "late " + SECRET)
    order = order_of(group_world, owner, "late " + SECRET)
    owner.agent().react(chat, order, "👍", None)
    if what == "edit":
        owner.agent().edit_message(chat, order, "sooner", None)
    else:
        owner.agent().delete_message(chat, order, None)
    group_world.world.settle()
    closed = [shown for shown in group_world.shown(guest) if shown["kind"] == "unreadable"]
    assert [shown["why"] for shown in closed] == ["no_key"] * 3
    guest.changes.clear()
    group_world.world.carry = lambda source, target, body: [body]
    guest.network.cut("authority")
    group_world.come_to_rest()
    assert looks(group_world, guest) == looks(group_world, owner)
    assert [line[1] for line in looks(group_world, guest)] == ["sooner" if what == "edit" else ""]
    gone = [(event.chat, event.name) for event in guest.changes if isinstance(event, MessageRemoved)]
    assert sorted(name for _chat, name in gone) == sorted(shown["id"] for shown in closed[1:])
    if what == "delete":
        assert places_of(guest, SECRET) == set()


def test_a_mark_in_a_group_that_one_has_left_is_refused(group_world: GroupWorld) -> None:
    _owner, guest, _other = group_world.people
    chat = ChatId.group(group_world.gid)
    group_world.say(guest, "mine")
    group_membership.leave(group_world.room(guest))
    group_world.world.settle()
    with pytest.raises(HamrazError) as caught:
        guest.agent().delete_message(chat, order_of(group_world, guest, "mine"), None)
    assert caught.value.code == "not_member"
    assert [line[1] for line in looks(group_world, guest)] == ["mine"]


@pytest.mark.parametrize("kind", ["invitation", "ask", "timer"])
def test_what_comes_by_private_chat_only(group_world: GroupWorld, kind: str) -> None:
    owner, guest, _other = group_world.people
    owner.node.groups.write(group_world.gid, kind, b"\x90", random_id())
    group_world.world.settle()
    assert [(shown["kind"], shown["why"]) for shown in group_world.shown(guest)][-1] == ("unreadable", "unknown_kind")


def test_what_was_posted_and_deleted_before_the_answer_goes_once_it_has_its_place(group_world: GroupWorld) -> None:
    owner, guest, _other = group_world.people
    chat = ChatId.group(group_world.gid)
    group_world.world.carry = lambda source, target, body: [] if decoded(body, Post) else [body]
    order = group_world.write(owner, SECRET)
    group_world.world.settle()
    owner.agent().delete_message(chat, order, None)
    assert places_of(owner, SECRET) == {"messages.body"}  # a resend in another epoch is encrypted from it
    group_world.world.carry = lambda source, target, body: [body]
    owner.network.cut("authority")
    group_world.come_to_rest()
    assert places_of(owner, SECRET) == places_of(guest, SECRET) == set()
    assert [line[0] for line in alike(group_world)] == ["deleted"]


def test_what_was_not_posted_is_taken_back_and_nobody_hears_of_it(group_world: GroupWorld) -> None:
    owner, _guest, _other = group_world.people
    chat = ChatId.group(group_world.gid)
    group_world.world.authority_up = False
    group_world.world.cut("authority")
    order = group_world.write(owner, SECRET)
    owner.agent().edit_message(chat, order, SECRET + " 2", None)
    group_world.write(owner, "after")
    assert owner.agent().delete_message(chat, order, None) == {"id": None}
    assert places_of(owner, SECRET) == set()
    group_world.world.authority_up = True
    group_world.come_to_rest()
    assert [line[1] for line in alike(group_world)] == ["after"]
    group_world.check()
