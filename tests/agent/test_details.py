"""What vouches for a message, verified again: it holds while nobody touches the vault, and names what was touched."""

from __future__ import annotations

from typing import Any

import pytest

from protocol import kinds
from protocol.errors import HamrazError
from protocol.messages import Deliver
from protocol.primitives import random_id
from protocol.roles import Role
from tests.agent.wire import decoded
from tests.groups.group_world import GroupWorld
from tests.world import Person, World
from web_client.account.chat_ids import ChatId


def details(person: Person, chat: str, order: int) -> dict[str, Any]:
    found: dict[str, Any] = person.agent().message_details(chat, order)["details"]
    return found


def of_first(person: Person, other: Person) -> dict[str, Any]:
    return details(person, ChatId.private(other.uid), person.shown(other)[0]["order"])


def touch(person: Person, change: str, *values: Any) -> None:
    person.vault.write(lambda rows: rows.execute(change, values))


def test_what_is_told_of_a_private_message(world: World, arash: Person, sara: Person) -> None:
    order = arash.say(sara, "one")
    world.now += 1000
    sara.read(arash)
    sara.deliver()
    mine, theirs = details(arash, ChatId.private(sara.uid), order), of_first(sara, arash)
    key = arash.node.ctx.me.key.public
    user = sara.node.ctx.trust.user(arash.uid)
    assert user is not None
    for told in (mine, theirs):
        assert (told["verified"], told["why"], told["signed_by"]) == (True, None, arash.uid.hex())
        assert (told["key"], told["key_entry"], told["key_current"]) == (key.fingerprint().hex(), user.key_entry, True)
        assert (told["sequence"], told["place"], told["previous"]) == (1, None, "00" * 32)
        assert told["sealed"] == "one_time" and told["edits"] == []
    assert mine["hash"] == theirs["hash"]
    assert (mine["received"], theirs["received"]) == (None, world.now - 1000)
    assert mine["receipts"] == [
        {"uid": sara.uid.hex(), "what": "delivered", "time": world.now - 1000},
        {"uid": sara.uid.hex(), "what": "read", "time": world.now},
    ]
    assert theirs["receipts"] == [{"uid": sara.uid.hex(), "what": "delivered", "time": world.now - 1000}]
    second = arash.say(sara, "two")
    assert details(arash, ChatId.private(sara.uid), second)["previous"] == mine["hash"]


def test_a_link_finds_a_message_where_it_is_a_line(world: World, arash: Person, sara: Person) -> None:
    order = arash.say(sara, "one")
    shown, agent = arash.shown(sara)[0], arash.agent()
    assert agent.find_message(ChatId.private(sara.uid), shown["id"]) == {"order": order}
    mark = agent.react(ChatId.private(sara.uid), order, "👍")["id"]
    for chat, id in ((sara.uid, mark), (arash.uid, shown["id"]), (sara.uid, random_id().hex())):
        with pytest.raises(HamrazError) as reason:
            agent.find_message(ChatId.private(chat), id)
        assert (reason.value.code, reason.value.field) == ("no_such_message", "id")


def test_by_the_mailbox_it_was_sealed_to_a_last_resort_key(world: World, arash: Person, sara: Person) -> None:
    sara.stop()
    order = arash.write(sara, "one")
    arash.deliver()
    assert details(arash, ChatId.private(sara.uid), order)["sealed"] is None  # either may still come first
    sara.restart()
    sara.node.mailbox.step()
    sara.deliver()
    assert of_first(sara, arash)["sealed"] == "last_resort"
    arash.node.mailbox.step()
    assert details(arash, ChatId.private(sara.uid), order)["sealed"] == "last_resort"


def test_edits_are_told_with_the_first_words(world: World, arash: Person, sara: Person) -> None:
    order = arash.say(sara, "one")
    first = world.now
    for text in ("two", "three"):
        world.now += 10
        arash.agent().edit_message(ChatId.private(sara.uid), order, text, None)
        arash.deliver()
    for told in (details(arash, ChatId.private(sara.uid), order), of_first(sara, arash)):
        assert told["verified"]
        assert [(edit["time"] - first, edit["text"]) for edit in told["edits"]] == [
            (0, "one"),
            (10, "two"),
            (20, "three"),
        ]


def test_a_deleted_message_says_that_its_words_are_gone(world: World, arash: Person, sara: Person) -> None:
    order = arash.say(sara, "one")
    arash.agent().edit_message(ChatId.private(sara.uid), order, "two", None)
    arash.agent().delete_message(ChatId.private(sara.uid), order, None)
    arash.deliver()
    for told in (details(arash, ChatId.private(sara.uid), order), of_first(sara, arash)):
        assert (told["verified"], told["why"], told["edits"]) == (False, "deleted", [])
    # its place can still be verified
    arash.say(sara, "next")
    touch(sara, "UPDATE messages SET hash = zeroblob(32) WHERE deleted = 1")
    assert of_first(sara, arash)["why"] == "chain_broken"


MARKED = "UPDATE messages SET {} WHERE line = 1 AND sequence = 1 AND kind = 'text'"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (MARKED.format("body = CAST('other words' AS BLOB)"), "altered"),
        (MARKED.format("time = time + 1"), "altered"),
        (MARKED.format("id = zeroblob(16)"), "altered"),
        (MARKED.format("kind = 'poll'"), "altered"),
        (MARKED.format("hash = zeroblob(32)"), "chain_broken"),
        (MARKED.format("previous = randomblob(32)"), "chain_broken"),
        (MARKED.format("sequence = 7"), "altered"),
        (MARKED.format("raw = CAST(raw || x'00' AS BLOB)"), "altered"),
        (MARKED.format("envelope = x'90'"), "bad_statement"),
        (MARKED.format("envelope = NULL"), "bad_statement"),
        (MARKED.format("key = randomblob(32)"), "bad_signature"),
        (MARKED.format("words = 'never said'"), "altered"),
        (MARKED.format("edited = 5"), "altered"),
        (MARKED.format("deleted = 1"), "altered"),
        (MARKED.format("reactions = CAST('[[\"x\", []]]' AS BLOB)"), "altered"),
        ("UPDATE messages SET body = CAST(x'92c410' || target || x'a3626164' AS BLOB) WHERE kind = 'edit'", "altered"),
        ("UPDATE messages SET envelope = x'90' WHERE kind = 'edit'", "bad_statement"),
        ("UPDATE messages SET time = 5 WHERE kind = 'reaction'", "altered"),
        ("DELETE FROM messages WHERE kind = 'edit'", "altered"),
    ],
)
def test_whoever_touches_the_vault_is_noticed(world: World, arash: Person, sara: Person, change: str, why: str) -> None:
    order = arash.say(sara, "one")
    arash.agent().edit_message(ChatId.private(sara.uid), order, "two", None)
    arash.agent().react(ChatId.private(sara.uid), order, "👍", None)
    arash.deliver()
    assert of_first(sara, arash)["verified"]
    touch(sara, change)
    told = of_first(sara, arash)
    assert (told["verified"], told["why"]) == (False, why)


def test_another_s_signature_does_not_vouch(world: World, arash: Person, sara: Person, mani: Person) -> None:
    """The envelope of another message by the same person, and one by somebody else, under these words."""
    arash.say(sara, "one")
    arash.say(sara, "two")
    mani.say(sara, "three")
    for other, why in (("two", "altered"), ("three", "bad_signature")):
        touch(
            sara,
            "UPDATE messages SET envelope = (SELECT envelope FROM messages WHERE body = ?) WHERE body = x'6f6e65'",
            other.encode(),
        )
        assert of_first(sara, arash)["why"] == why


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("UPDATE messages SET state = 'read'", "bad_receipt"),
        ("UPDATE messages SET receipt = NULL", "bad_receipt"),
        ("UPDATE messages SET receipt = x'90'", "bad_statement"),
        ("UPDATE messages SET body = CAST('other words' AS BLOB)", "altered"),
        ("UPDATE messages SET raw = x'90'", "chain_broken"),
    ],
)
def test_one_s_own_message_is_vouched_for_by_the_other_s_receipt(
    world: World, arash: Person, sara: Person, change: str, why: str
) -> None:
    order = arash.say(sara, "one")
    assert details(arash, ChatId.private(sara.uid), order)["verified"]
    touch(arash, change)
    assert details(arash, ChatId.private(sara.uid), order)["why"] == why


def test_what_there_is_not(world: World, arash: Person, sara: Person) -> None:
    order = arash.say(sara, "one")
    edit = arash.node.messages.compose(
        sara.uid, kinds.EDIT, kinds.encode_body(kinds.Edit(random_id(), "x")), random_id()
    )
    for where, place in (
        (ChatId.private(sara.uid), order + 100),
        (ChatId.private(arash.uid), order),
        (ChatId.private(sara.uid), edit),
    ):
        with pytest.raises(HamrazError) as caught:
            arash.agent().message_details(where, place)
        assert (caught.value.code, caught.value.field) == ("no_such_message", "order")


def test_a_message_that_waits_is_vouched_for_by_oneself(world: World, arash: Person, sara: Person) -> None:
    world.carry = lambda source, target, body: [] if decoded(body, Deliver) else [body]
    order = arash.write(sara, "one")
    told = details(arash, ChatId.private(sara.uid), order)
    assert told["verified"] and told["receipts"] == []


# --- groups ---


@pytest.fixture
def group_world() -> GroupWorld:
    made = GroupWorld(Role.BEGINNER, Role.BEGINNER)
    made.everybody_joins()
    made.say(made.people[0], "one")
    return made


def in_group(group_world: GroupWorld, person: Person, text: str = "one") -> dict[str, Any]:
    order = next(shown["order"] for shown in group_world.shown(person) if shown["text"] == text)
    return details(person, ChatId.group(group_world.gid), order)


def test_what_is_told_of_a_group_s_message(group_world: GroupWorld) -> None:
    owner, guest, _other = group_world.people
    chat = ChatId.group(group_world.gid)
    owner.agent().edit_message(
        chat, next(s["order"] for s in group_world.shown(owner) if s["text"] == "one"), "two", None
    )
    group_world.world.settle()
    for person in group_world.people:
        told = in_group(group_world, person, "two")
        assert (told["verified"], told["why"], told["sealed"]) == (True, None, "epoch")
        assert told["key"] == owner.node.ctx.me.key.public.fingerprint().hex() and told["key_current"]
        assert told["place"] == {"n": 4, "epoch": 1} and told["sequence"] == 1
        assert [edit["text"] for edit in told["edits"]] == ["one", "two"]
    assert in_group(group_world, guest, "two")["received"] is not None
    # every line that the chain itself tells is somebody's signature too
    for shown in group_world.shown(guest):
        if shown["kind"] == "system":
            assert details(guest, chat, shown["order"])["verified"], shown


def test_a_deleted_one_of_a_group_is_still_its_author_s(group_world: GroupWorld) -> None:
    owner, guest, _other = group_world.people
    chat = ChatId.group(group_world.gid)
    owner.agent().delete_message(chat, next(s["order"] for s in group_world.shown(owner) if s["text"] == "one"), None)
    group_world.world.settle()
    (order,) = [shown["order"] for shown in group_world.shown(guest) if shown["deleted"]]
    assert details(guest, chat, order)["verified"]
    touch(guest, "UPDATE group_entries SET entry = zeroblob(10) WHERE kind = 'deleted'")
    assert details(guest, chat, order)["why"] == "bad_statement"


def test_one_that_waits_has_no_place(group_world: GroupWorld) -> None:
    owner = group_world.people[0]
    group_world.world.authority_up = False
    group_world.world.cut("authority")
    order = group_world.write(owner, "later")
    told = details(owner, ChatId.group(group_world.gid), order)
    assert (told["verified"], told["why"], told["place"], told["sequence"]) == (False, "waiting", None, None)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("UPDATE messages SET body = CAST('other words' AS BLOB) WHERE kind = 'text'", "altered"),
        ("UPDATE messages SET time = time + 1 WHERE kind = 'text'", "altered"),
        ("UPDATE messages SET words = 'never said' WHERE kind = 'text'", "altered"),
        ("UPDATE messages SET hash = zeroblob(32) WHERE kind = 'text'", "chain_broken"),
        ("UPDATE messages SET previous = randomblob(32) WHERE kind = 'text'", "chain_broken"),
        ("UPDATE messages SET id = randomblob(16) WHERE kind = 'text'", "chain_broken"),
        ("UPDATE messages SET n = 3 WHERE kind = 'text'", "bad_signature"),
        (
            "UPDATE messages SET sender = (SELECT value FROM settings WHERE name = 'uid') WHERE kind = 'text'",
            "bad_signature",
        ),
        ("UPDATE group_entries SET hash = zeroblob(32) WHERE n = 4", "chain_broken"),
        ("UPDATE group_entries SET hash = zeroblob(32) WHERE n = 3", "chain_broken"),
        ("UPDATE group_entries SET entry = CAST(entry || x'00' AS BLOB) WHERE n = 4", "chain_broken"),
        ("DELETE FROM group_entries WHERE n = 4", "chain_broken"),
        ("DELETE FROM group_keys", "no_key"),
        ("UPDATE group_keys SET key = randomblob(32)", "cannot_open"),
    ],
)
def test_whoever_touches_a_group_s_rows_is_noticed(group_world: GroupWorld, change: str, why: str) -> None:
    guest = group_world.people[1]
    (order,) = [shown["order"] for shown in group_world.shown(guest) if shown["text"] == "one"]
    touch(guest, change)
    told = details(guest, ChatId.group(group_world.gid), order)
    assert (told["verified"], told["why"]) == (False, why)
