"""What members say beside a group's chain: typing, and who has got how far; and what doesn't hold of it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from protocol.group_asides import GroupSeen, SeenItem, seal_seen, seal_typing
from protocol.messages import Seen, Signalled, TellSeen
from protocol.primitives import random_id
from protocol.roles import Role
from tests.agent.wire import frames_of
from tests.groups.village import Village
from tests.world import Person
from web_client.account.chat_ids import ChatId
from web_client.account.events import TypingChanged
from web_client.groups import ephemeral
from web_client.groups import membership as group_membership
from web_client.groups import rows as group_rows


@pytest.fixture
def village() -> Village:
    made = Village(Role.BEGINNER, Role.BEGINNER)
    made.everybody_joins()
    return made


def settle(village: Village) -> None:
    """Everybody may say again how far they have got."""
    village.world.now += 1_000
    village.world.settle()


def newest(village: Village, person: Person) -> dict[str, Any]:
    return village.shown(person)[-1]


def read(village: Village, person: Person) -> None:
    person.node.messages.mark_read(ChatId.group(village.gid), newest(village, person)["order"])


def seen(village: Village, person: Person) -> tuple[str, int, int, int]:
    """State and counts of the newest message, which is this person's."""
    message = newest(village, person)
    return message["state"], *(message["seen"][name] for name in ("delivered", "read", "all"))


# --- seen ---


def test_delivered_and_read_by_all_others_who_have_joined(village: Village) -> None:
    arash, sara, omid = village.people
    settle(village)
    omid.stop()
    village.write(arash, "hello")
    village.room(arash).step()
    assert seen(village, arash) == ("authority", 0, 0, 2)
    for _round in range(2):
        village.world.now += 1_000
        for person in (sara, arash):
            village.room(person).step()
    assert seen(village, arash) == ("authority", 1, 0, 2)
    omid.restart()
    settle(village)
    assert seen(village, arash) == ("delivered", 2, 0, 2)
    read(village, sara)
    settle(village)
    assert seen(village, arash) == ("delivered", 2, 1, 2)
    read(village, omid)
    settle(village)
    assert seen(village, arash) == ("read", 2, 2, 2)
    village.check()


def test_a_hundred_messages_make_one_statement_of_each(village: Village) -> None:
    arash = village.people[0]
    settle(village)
    village.world.crossed.clear()
    for number in range(100):
        village.write(arash, str(number))
    village.world.settle()
    settle(village)
    assert len(frames_of(village.world, TellSeen, "sara", "authority")) <= 2
    assert {message["state"] for message in village.shown(arash) if message["kind"] == "text"} == {"delivered"}
    assert frames_of(village.world, Seen, "authority", "omid") == []  # who wrote nothing hears nothing


def test_only_delivered_is_said_with_read_receipts_off(village: Village) -> None:
    arash, sara, omid = village.people
    sara.agent().set_setting("read_receipts", False)
    village.say(arash, "hello")
    for person in (sara, omid):
        read(village, person)
    settle(village)
    assert seen(village, arash) == ("delivered", 2, 1, 2)
    village.say(sara, "yes?")
    for person in (arash, omid):
        read(village, person)
    settle(village)
    assert seen(village, sara) == ("delivered", 2, 0, 2)  # who tells nothing is told nothing
    sara.agent().set_setting("read_receipts", True)
    assert seen(village, sara) == ("read", 2, 2, 2)


def test_who_comes_later_takes_nothing_back_and_who_goes_is_not_waited_for(village: Village) -> None:
    late = Village(Role.BEGINNER, Role.BEGINNER, members=1)
    late.everybody_joins()
    arash, sara, omid = late.people
    late.say(arash, "hello")
    read(late, sara)
    settle(late)
    assert seen(late, arash) == ("read", 1, 1, 1)
    arash.node.groups.command(late.gid, omid.uid, True, "")
    late.world.settle()
    late.everybody_joins()
    settle(late)
    line = next(message for message in late.shown(arash) if message["kind"] == "text")
    assert (line["state"], line["seen"]) == ("read", {"delivered": 1, "read": 1, "all": 1})
    # omid is away; without them everybody has it
    omid.stop()
    late.write(arash, "again")
    for _round in range(3):
        late.world.now += 1_000
        for person in (arash, sara):
            late.room(person).step()
    assert seen(late, arash)[0] == "authority"
    arash.node.groups.command(late.gid, omid.uid, False, "")
    line = [message for message in late.shown(arash) if message["kind"] == "text"][-1]
    assert (line["state"], line["seen"]["all"]) == ("delivered", 1)


def test_it_outlives_restarts_and_is_asked_for_after_them(village: Village) -> None:
    arash, sara, omid = village.people
    village.say(arash, "hello")
    arash.stop()
    for person in (sara, omid):
        read(village, person)
    for _round in range(2):
        village.world.now += 1_000
        for person in (sara, omid):
            village.room(person).step()
    arash.restart()
    village.world.settle()
    assert seen(village, arash) == ("read", 2, 2, 2)
    before = len(village.world.crossed)
    for person in village.people:
        person.restart()
    village.world.settle()
    settle(village)
    told = [body for _source, _target, body in village.world.crossed[before:] if body[1:10] == b"\xa9tell_seen"]
    assert told == []  # nobody says again what has been said


def test_an_old_messages_details_are_asked_for(village: Village) -> None:
    arash, sara, omid = village.people
    village.say(arash, "old")
    for number in range(16):
        village.write(sara, str(number))
    village.world.settle()
    settle(village)
    for person in (sara, omid):
        read(village, person)
    settle(village)
    old = next(message for message in village.shown(arash) if message["text"] == "old")
    assert old["state"] == "delivered"  # it was pushed to those who wrote the newest messages
    details = arash.agent().message_details(ChatId.group(village.gid), old["order"])["details"]
    assert [receipt["what"] for receipt in details["receipts"]] == ["read", "read"]
    old = next(message for message in village.shown(arash) if message["text"] == "old")
    assert (old["state"], old["seen"]) == ("read", {"delivered": 2, "read": 2, "all": 2})


def forged(village: Village, about: Person, signer: Person | None = None, **changes: Any) -> SeenItem:
    """What somebody with the group's key makes of `about`; by default just what `about` would say."""
    room = village.room(about)
    key = about.vault.read(lambda rows: group_rows.key_of(rows, village.gid, room.group.epoch))
    assert key is not None
    right = GroupSeen(village.gid, room.group.epoch, about.uid, room.group.n, room.group.hash, room.group.n)
    statement = msgspec.structs.replace(right, **changes)
    return seal_seen(statement, key, (signer or about).node.ctx.me.key, about.node.ctx.authority_id, random_id())


def test_what_is_forged_or_old_or_of_another_chain_counts_for_nothing(village: Village) -> None:
    arash, sara, omid = village.people
    village.say(arash, "hello")
    settle(village)
    room, before = village.room(arash), seen(village, arash)
    assert before == ("delivered", 2, 0, 2)
    for item in (
        forged(village, sara, signer=omid),
        forged(village, sara, hash=bytes(32)),
        forged(village, sara, read=10_000),
        forged(village, sara, epoch=9),
        forged(village, sara, n=1),
        SeenItem(sara.uid, 1, random_id() * 10),
        SeenItem(sara.uid, 1, b""),
        SeenItem(b"?" * 32, 1, b""),
        msgspec.structs.replace(forged(village, omid), uid=sara.uid),
    ):
        ephemeral.take_seen(room, [item])
        assert seen(village, arash) == before
    ephemeral.take_seen(room, [forged(village, sara)])
    assert seen(village, arash) == ("delivered", 2, 1, 2)
    older = forged(village, sara, read=0)
    ephemeral.take_seen(room, [older])
    assert seen(village, arash) == ("delivered", 2, 1, 2)  # what was said once can't be unsaid


def test_who_has_been_removed_counts_no_more(village: Village) -> None:
    arash, sara, omid = village.people
    village.say(arash, "hello")
    statement = forged(village, sara)
    arash.node.groups.command(village.gid, sara.uid, False, "")
    village.world.settle()
    ephemeral.take_seen(village.room(arash), [statement])
    line = [message for message in village.shown(arash) if message["kind"] == "text"][-1]
    assert line["seen"]["all"] == 1
    village.say(omid, "without sara")
    settle(village)
    assert seen(village, omid) == ("delivered", 1, 0, 1)


def test_who_is_ahead_counts_once_the_chain_is_there(village: Village) -> None:
    arash, sara, _omid = village.people
    village.say(arash, "one")
    settle(village)
    village.room(arash).link.close()
    village.write(sara, "two")
    village.room(sara).step()
    item = forged(village, sara)
    ephemeral.take_seen(village.room(arash), [item])
    assert newest(village, arash)["seen"]["read"] == 0
    village.room(arash).step()
    mine = next(message for message in village.shown(arash) if message["mine"] and message["kind"] == "text")
    assert mine["seen"]["read"] == 1


def test_a_statement_of_an_older_epoch_is_held_against_its_commit(village: Village) -> None:
    """What was told before a change of the group counts for who was away meanwhile."""
    arash, sara, omid = village.people
    village.say(arash, "hello")
    arash.stop()
    read(village, sara)
    village.world.now += 1_000
    village.room(sara).step()
    group_membership.leave(village.room(omid))
    village.write(sara, "omid has left")
    village.room(sara).step()  # makes the new key
    assert village.kept.group.epoch == 2
    arash.restart()
    village.world.settle()
    mine = next(message for message in village.shown(arash) if message["mine"] and message["kind"] == "text")
    assert mine["seen"]["read"] == 1 and mine["state"] == "read"


@pytest.mark.parametrize("members", [4, 8])
def test_one_message_costs_what_there_are_members_and_not_their_square(members: int) -> None:
    """One statement of each other member, and each goes to one writer."""
    from tests.groups import village as words

    names = words.NAMES
    words.NAMES = tuple(f"person{n}" for n in range(members))
    try:
        village = Village(*[Role.BEGINNER] * (members - 1))
    finally:
        words.NAMES = names
    village.everybody_joins()
    settle(village)
    village.world.crossed.clear()
    village.say(village.people[0], "hello")
    settle(village)
    told = sum(len(frames_of(village.world, TellSeen, person.name, "authority")) for person in village.people)
    passed = sum(len(frames_of(village.world, Seen, "authority", person.name)) for person in village.people)
    assert told == passed == members - 1


# --- typing ---


def heard(person: Person) -> list[tuple[bytes, bool]]:
    return [(event.uid, event.on) for event in person.changes if isinstance(event, TypingChanged)]


def test_typing_is_for_the_members_and_never_in_the_clear(village: Village) -> None:
    arash, sara, omid = village.people
    sara.agent().typing(ChatId.group(village.gid), True)
    assert heard(arash) == heard(omid) == [(sara.uid, True)] and heard(sara) == []
    sara.agent().typing(ChatId.group(village.gid), False)
    crossed = frames_of(village.world, Signalled, "authority", "arash")
    assert [len(frame.sealed) for frame in crossed] == [33, 33]  # on and off look the same
    assert heard(arash)[-1] == (sara.uid, False)


def test_a_message_in_the_group_ends_it(village: Village) -> None:
    arash, sara, _omid = village.people
    sara.agent().typing(ChatId.group(village.gid), True)
    village.say(sara, "done")
    assert heard(arash) == [(sara.uid, True), (sara.uid, False)]


def test_typing_that_does_not_hold_is_not_shown(village: Village) -> None:
    arash, sara, omid = village.people
    room = village.room(arash)
    key = arash.vault.read(lambda rows: group_rows.key_of(rows, village.gid, 1))
    assert key is not None
    good = seal_typing(True, key, village.gid, 1, sara.uid, random_id())
    for message in (
        Signalled(village.gid, omid.uid, 1, "typing", good),  # in another's name
        Signalled(village.gid, sara.uid, 2, "typing", good),  # of another epoch
        Signalled(village.gid, sara.uid, 1, "typing", good[:-1]),
        Signalled(village.gid, sara.uid, 1, "typing", b""),
        Signalled(village.gid, b"?" * 32, 1, "typing", good),
    ):
        ephemeral.take_signal(room, message)
    assert heard(arash) == []
    ephemeral.take_signal(room, Signalled(village.gid, sara.uid, 1, "typing", good))
    assert heard(arash) == [(sara.uid, True)]


def test_in_a_group_too_it_can_be_switched_off(village: Village) -> None:
    arash, sara, omid = village.people
    arash.agent().set_setting("typing", False)
    sara.agent().typing(ChatId.group(village.gid), True)
    arash.agent().typing(ChatId.group(village.gid), True)
    assert heard(arash) == [] and heard(omid) == [(sara.uid, True)]
