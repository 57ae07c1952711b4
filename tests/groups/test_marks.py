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
from tests.groups.village import Village
from tests.world import Person
from web_client.account.chat_ids import ChatId
from web_client.account.events import MessageRemoved
from web_client.groups import membership as group_membership

SECRET = "the word that nobody must keep"


@pytest.fixture
def village() -> Village:
    made = Village(Role.BEGINNER, Role.BEGINNER)
    made.everybody_joins()
    return made


def looks(village: Village, person: Person) -> list[Any]:
    return [
        (
            shown["kind"],
            shown["text"],
            shown["edited"],
            [(each["emoji"], each["from"]) for each in shown["reactions"]],
            shown["reply"] and shown["reply"]["text"],
        )
        for shown in village.shown(person)
        if shown["kind"] != "system"
    ]


def alike(village: Village) -> list[Any]:
    first, *others = [looks(village, person) for person in village.people]
    assert all(other == first for other in others)
    return first


def order_of(village: Village, person: Person, text: str) -> int:
    return next(shown["order"] for shown in village.shown(person) if shown["text"] == text)


def mark(village: Village, person: Person, body: kinds.Body) -> None:
    person.node.groups.write(village.gid, body.KIND, kinds.encode_body(body), random_id())


def test_everybody_sees_edits_answers_and_reactions(village: Village) -> None:
    owner, guest, other = village.people
    chat = ChatId.group(village.gid)
    village.say(owner, "at ten")
    guest.agent().send_message(chat, "where?", order_of(village, guest, "at ten"), None)
    village.world.settle()
    owner.agent().edit_message(chat, order_of(village, owner, "at ten"), "at eleven", None)
    for person, emoji in ((guest, "👍"), (other, "❤️"), (owner, "👍")):
        village.world.now += 1
        person.agent().react(chat, order_of(village, person, "where?"), emoji, None)
        village.world.settle()
    edited, reacted = alike(village)
    assert edited[1] == "at eleven" and reacted[4] == "at eleven"
    assert reacted[3] == [("👍", [guest.uid.hex(), owner.uid.hex()]), ("❤️", [other.uid.hex()])]
    village.check()


def test_deleted_words_are_in_nobodys_vault(village: Village) -> None:
    owner, guest, _other = village.people
    chat = ChatId.group(village.gid)
    village.say(owner, SECRET)
    owner.agent().edit_message(chat, order_of(village, owner, SECRET), "and " + SECRET, None)
    village.world.settle()
    assert all(places_of(person, SECRET) for person in village.people)
    owner.agent().delete_message(chat, order_of(village, owner, "and " + SECRET), None)
    village.world.settle()
    for person in village.people:
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
    assert [line[0] for line in alike(village)] == ["deleted"]
    village.say(guest, "and on")
    guest.restart()  # replays its chain from what is left of it
    village.come_to_rest()
    village.say(owner, "still")
    assert [line[1] for line in alike(village)] == ["", "and on", "still"]
    village.check()


def test_what_waits_is_edited_and_deleted_in_its_order(village: Village) -> None:
    owner, guest, _other = village.people
    chat = ChatId.group(village.gid)
    village.world.authority_up = False
    village.world.cut("authority")
    order = village.write(owner, "one")
    owner.agent().edit_message(chat, order, "two", None)
    owner.agent().edit_message(chat, order, "three", None)
    assert [shown["text"] for shown in village.shown(owner) if shown["kind"] == "text"] == ["three"]
    village.world.authority_up = True
    village.come_to_rest()
    assert [line[1] for line in alike(village)] == ["three"]
    assert guest.agent().snapshot()["conversations"][-1]["unread"] <= 1


def test_marks_by_the_wrong_person_change_nothing(village: Village) -> None:
    owner, guest, other = village.people
    village.say(owner, "mine")
    id = bytes.fromhex(next(shown["id"] for shown in village.shown(owner) if shown["text"] == "mine"))
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
        mark(village, guest, body)
    village.world.settle()
    assert [line[1] for line in alike(village)] == ["mine"]
    assert guest.texts(owner)[-1] == owner.texts(guest)[-1] == "in private"
    village.check()


@pytest.mark.parametrize("what", ["edit", "delete"])
def test_marks_whose_key_comes_later(what: str) -> None:
    """The grant is held back: lines that can't be read, some of which turn out to be no lines when it comes."""
    village = Village(Role.BEGINNER, Role.BEGINNER)
    village.everybody_joins()
    owner, guest, other = village.people
    chat = ChatId.group(village.gid)
    village.world.carry = lambda source, target, body: [] if source == "sara" and decoded(body, FetchGrant) else [body]
    owner.node.groups.command(village.gid, other.uid, False, "")  # a new epoch, whose key sara doesn't get
    village.say(owner, "late " + SECRET)
    order = order_of(village, owner, "late " + SECRET)
    owner.agent().react(chat, order, "👍", None)
    if what == "edit":
        owner.agent().edit_message(chat, order, "sooner", None)
    else:
        owner.agent().delete_message(chat, order, None)
    village.world.settle()
    closed = [shown for shown in village.shown(guest) if shown["kind"] == "unreadable"]
    assert [shown["why"] for shown in closed] == ["no_key"] * 3
    guest.changes.clear()
    village.world.carry = lambda source, target, body: [body]
    guest.network.cut("authority")
    village.come_to_rest()
    assert looks(village, guest) == looks(village, owner)
    assert [line[1] for line in looks(village, guest)] == ["sooner" if what == "edit" else ""]
    gone = [(event.chat, event.name) for event in guest.changes if isinstance(event, MessageRemoved)]
    assert sorted(name for _chat, name in gone) == sorted(shown["id"] for shown in closed[1:])
    if what == "delete":
        assert places_of(guest, SECRET) == set()


def test_a_mark_in_a_group_that_one_has_left_is_refused(village: Village) -> None:
    _owner, guest, _other = village.people
    chat = ChatId.group(village.gid)
    village.say(guest, "mine")
    group_membership.leave(village.room(guest))
    village.world.settle()
    with pytest.raises(HamrazError) as caught:
        guest.agent().delete_message(chat, order_of(village, guest, "mine"), None)
    assert caught.value.code == "not_member"
    assert [line[1] for line in looks(village, guest)] == ["mine"]


def test_an_invitation_card_comes_by_private_chat_only(village: Village) -> None:
    owner, guest, _other = village.people
    owner.node.groups.write(village.gid, "invitation", b"\x90", random_id())
    village.world.settle()
    assert [(shown["kind"], shown["why"]) for shown in village.shown(guest)][-1] == ("unreadable", "unknown_kind")


def test_what_was_posted_and_deleted_before_the_answer_goes_once_it_has_its_place(village: Village) -> None:
    owner, guest, _other = village.people
    chat = ChatId.group(village.gid)
    village.world.carry = lambda source, target, body: [] if decoded(body, Post) else [body]
    order = village.write(owner, SECRET)
    village.world.settle()
    owner.agent().delete_message(chat, order, None)
    assert places_of(owner, SECRET) == {"messages.body"}  # a resend in another epoch is encrypted from it
    village.world.carry = lambda source, target, body: [body]
    owner.network.cut("authority")
    village.come_to_rest()
    assert places_of(owner, SECRET) == places_of(guest, SECRET) == set()
    assert [line[0] for line in alike(village)] == ["deleted"]


def test_what_was_not_posted_is_taken_back_and_nobody_hears_of_it(village: Village) -> None:
    owner, _guest, _other = village.people
    chat = ChatId.group(village.gid)
    village.world.authority_up = False
    village.world.cut("authority")
    order = village.write(owner, SECRET)
    owner.agent().edit_message(chat, order, SECRET + " 2", None)
    village.write(owner, "after")
    assert owner.agent().delete_message(chat, order, None) == {"id": None}
    assert places_of(owner, SECRET) == set()
    village.world.authority_up = True
    village.come_to_rest()
    assert [line[1] for line in alike(village)] == ["after"]
    village.check()
