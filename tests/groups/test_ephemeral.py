"""What members say beside a group's chain: typing, and who has got how far; and what doesn't hold of it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from protocol.group_ephemeral import GroupSeen, SeenItem, seal_doing, seal_seen
from protocol.messages import Seen, Signalled, TellSeen
from protocol.primitives import random_id
from protocol.roles import Role
from tests.agent.wire import frames_of
from tests.groups.group_world import GroupWorld
from tests.world import Person
from web_client.account.chat_ids import ChatId
from web_client.account.events import TypingChanged
from web_client.groups import ephemeral
from web_client.groups import membership as group_membership
from web_client.groups import rows as group_rows


def settle(group_world: GroupWorld) -> None:
    """Everybody may say again how far they have got."""
    group_world.world.now += 1_000
    group_world.world.settle()


def newest(group_world: GroupWorld, person: Person) -> dict[str, Any]:
    return group_world.shown(person)[-1]


def read(group_world: GroupWorld, person: Person) -> None:
    person.node.messages.mark_read(ChatId.group(group_world.gid), newest(group_world, person)["position"])


def seen(group_world: GroupWorld, person: Person) -> tuple[str, int, int, int]:
    """State and counts of the newest message, which is this person's."""
    message = newest(group_world, person)
    return message["state"], *(message["seen"][name] for name in ("delivered", "read", "all"))


# --- seen ---


def test_delivered_and_read_by_all_others_who_have_joined(group_world: GroupWorld) -> None:
    arash, sara, omid = group_world.people
    settle(group_world)
    omid.stop()
    group_world.write(arash, "hello")
    group_world.room(arash).step()
    assert seen(group_world, arash) == ("authority", 0, 0, 2)
    for _round in range(2):
        group_world.world.now += 1_000
        for person in (sara, arash):
            group_world.room(person).step()
    assert seen(group_world, arash) == ("authority", 1, 0, 2)
    omid.restart()
    settle(group_world)
    assert seen(group_world, arash) == ("delivered", 2, 0, 2)
    read(group_world, sara)
    settle(group_world)
    assert seen(group_world, arash) == ("delivered", 2, 1, 2)
    read(group_world, omid)
    settle(group_world)
    assert seen(group_world, arash) == ("read", 2, 2, 2)
    group_world.check()


def test_a_hundred_messages_make_one_statement_of_each(group_world: GroupWorld) -> None:
    arash = group_world.people[0]
    settle(group_world)
    group_world.world.crossed.clear()
    for number in range(100):
        group_world.write(arash, str(number))
    group_world.world.settle()
    settle(group_world)
    assert len(frames_of(group_world.world, TellSeen, "sara", "authority")) <= 2
    assert {message["state"] for message in group_world.shown(arash) if message["kind"] == "text"} == {"delivered"}
    assert frames_of(group_world.world, Seen, "authority", "omid") == []  # who wrote nothing hears nothing


def test_only_delivered_is_said_with_read_receipts_off(group_world: GroupWorld) -> None:
    arash, sara, omid = group_world.people
    sara.agent().set_setting("read_receipts", False)
    group_world.say(arash, "hello")
    for person in (sara, omid):
        read(group_world, person)
    settle(group_world)
    assert seen(group_world, arash) == ("delivered", 2, 1, 2)
    group_world.say(sara, "yes?")
    for person in (arash, omid):
        read(group_world, person)
    settle(group_world)
    assert seen(group_world, sara) == ("delivered", 2, 0, 2)  # who tells nothing is told nothing
    sara.agent().set_setting("read_receipts", True)
    assert seen(group_world, sara) == ("read", 2, 2, 2)


def test_who_comes_later_takes_nothing_back_and_who_goes_is_not_waited_for(group_world: GroupWorld) -> None:
    late = GroupWorld(Role.BEGINNER, Role.BEGINNER, members=1)
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


def test_it_outlives_restarts_and_is_asked_for_after_them(group_world: GroupWorld) -> None:
    arash, sara, omid = group_world.people
    group_world.say(arash, "hello")
    arash.stop()
    for person in (sara, omid):
        read(group_world, person)
    for _round in range(2):
        group_world.world.now += 1_000
        for person in (sara, omid):
            group_world.room(person).step()
    arash.restart()
    group_world.world.settle()
    assert seen(group_world, arash) == ("read", 2, 2, 2)
    before = len(group_world.world.crossed)
    for person in group_world.people:
        person.restart()
    group_world.world.settle()
    settle(group_world)
    told = [body for _source, _target, body in group_world.world.crossed[before:] if body[1:10] == b"\xa9tell_seen"]
    assert told == []  # nobody says again what has been said


def test_an_old_messages_details_are_asked_for(group_world: GroupWorld) -> None:
    arash, sara, omid = group_world.people
    group_world.say(arash, "old")
    for number in range(16):
        group_world.write(sara, str(number))
    group_world.world.settle()
    settle(group_world)
    for person in (sara, omid):
        read(group_world, person)
    settle(group_world)
    old = next(message for message in group_world.shown(arash) if message["text"] == "old")
    assert old["state"] == "delivered"  # it was pushed to those who wrote the newest messages
    details = arash.agent().message_details(ChatId.group(group_world.gid), old["order"])["details"]
    assert [receipt["what"] for receipt in details["receipts"]] == ["read", "read"]
    old = next(message for message in group_world.shown(arash) if message["text"] == "old")
    assert (old["state"], old["seen"]) == ("read", {"delivered": 2, "read": 2, "all": 2})


def forged(group_world: GroupWorld, about: Person, signer: Person | None = None, **changes: Any) -> SeenItem:
    """What somebody with the group's key makes of `about`; by default just what `about` would say."""
    room = group_world.room(about)
    key = about.vault.read(lambda rows: group_rows.key_of(rows, group_world.gid, room.group.epoch))
    assert key is not None
    right = GroupSeen(group_world.gid, room.group.epoch, about.uid, room.group.n, room.group.hash, room.group.n)
    statement = msgspec.structs.replace(right, **changes)
    return seal_seen(statement, key, (signer or about).node.ctx.me.key, about.node.ctx.authority_id, random_id())


def test_what_is_forged_or_old_or_of_another_chain_counts_for_nothing(group_world: GroupWorld) -> None:
    arash, sara, omid = group_world.people
    group_world.say(arash, "hello")
    settle(group_world)
    room, before = group_world.room(arash), seen(group_world, arash)
    assert before == ("delivered", 2, 0, 2)
    for item in (
        forged(group_world, sara, signer=omid),
        forged(group_world, sara, hash=bytes(32)),
        forged(group_world, sara, read=10_000),
        forged(group_world, sara, epoch=9),
        forged(group_world, sara, n=1),
        SeenItem(sara.uid, 1, random_id() * 10),
        SeenItem(sara.uid, 1, b""),
        SeenItem(b"?" * 32, 1, b""),
        msgspec.structs.replace(forged(group_world, omid), uid=sara.uid),
    ):
        ephemeral.take_seen(room, [item])
        assert seen(group_world, arash) == before
    ephemeral.take_seen(room, [forged(group_world, sara)])
    assert seen(group_world, arash) == ("delivered", 2, 1, 2)
    older = forged(group_world, sara, read=0)
    ephemeral.take_seen(room, [older])
    assert seen(group_world, arash) == ("delivered", 2, 1, 2)  # what was said once can't be unsaid


def test_who_has_been_removed_counts_no_more(group_world: GroupWorld) -> None:
    arash, sara, omid = group_world.people
    group_world.say(arash, "hello")
    statement = forged(group_world, sara)
    arash.node.groups.command(group_world.gid, sara.uid, False, "")
    group_world.world.settle()
    ephemeral.take_seen(group_world.room(arash), [statement])
    line = [message for message in group_world.shown(arash) if message["kind"] == "text"][-1]
    assert line["seen"]["all"] == 1
    group_world.say(omid, "without sara")
    settle(group_world)
    assert seen(group_world, omid) == ("delivered", 1, 0, 1)


def test_who_is_ahead_counts_once_the_chain_is_there(group_world: GroupWorld) -> None:
    arash, sara, _omid = group_world.people
    group_world.say(arash, "one")
    settle(group_world)
    group_world.room(arash).link.close()
    group_world.write(sara, "two")
    group_world.room(sara).step()
    item = forged(group_world, sara)
    ephemeral.take_seen(group_world.room(arash), [item])
    assert newest(group_world, arash)["seen"]["read"] == 0
    group_world.room(arash).step()
    mine = next(message for message in group_world.shown(arash) if message["mine"] and message["kind"] == "text")
    assert mine["seen"]["read"] == 1


def test_a_statement_of_an_older_epoch_is_held_against_its_commit(group_world: GroupWorld) -> None:
    """What was told before a change of the group counts for who was away meanwhile."""
    arash, sara, omid = group_world.people
    group_world.say(arash, "hello")
    arash.stop()
    read(group_world, sara)
    group_world.world.now += 1_000
    group_world.room(sara).step()
    group_membership.leave(group_world.room(omid))
    group_world.write(sara, "omid has left")
    group_world.room(sara).step()  # makes the new key
    assert group_world.kept.group.epoch == 2
    arash.restart()
    group_world.world.settle()
    mine = next(message for message in group_world.shown(arash) if message["mine"] and message["kind"] == "text")
    assert mine["seen"]["read"] == 1 and mine["state"] == "read"


@pytest.mark.parametrize("members", [4, 8])
def test_one_message_costs_what_there_are_members_and_not_their_square(members: int) -> None:
    """One statement of each other member, and each goes to one writer."""
    from tests.groups import group_world as words

    names = words.NAMES
    words.NAMES = tuple(f"person{n}" for n in range(members))
    try:
        group_world = GroupWorld(*[Role.BEGINNER] * (members - 1))
    finally:
        words.NAMES = names
    group_world.everybody_joins()
    settle(group_world)
    group_world.world.crossed.clear()
    group_world.say(group_world.people[0], "hello")
    settle(group_world)
    told = sum(len(frames_of(group_world.world, TellSeen, person.name, "authority")) for person in group_world.people)
    passed = sum(len(frames_of(group_world.world, Seen, "authority", person.name)) for person in group_world.people)
    assert told == passed == members - 1


# --- typing ---


def heard(person: Person) -> list[tuple[bytes, bool]]:
    return [(event.uid, event.on) for event in person.changes if isinstance(event, TypingChanged)]


def test_typing_is_for_the_members_and_never_in_the_clear(group_world: GroupWorld) -> None:
    arash, sara, omid = group_world.people
    sara.agent().typing(ChatId.group(group_world.gid), True)
    assert heard(arash) == heard(omid) == [(sara.uid, True)] and heard(sara) == []
    sara.agent().typing(ChatId.group(group_world.gid), False)
    crossed = frames_of(group_world.world, Signalled, "authority", "arash")
    assert [len(frame.sealed) for frame in crossed] == [33, 33]  # on and off look the same
    assert heard(arash)[-1] == (sara.uid, False)


def test_a_message_in_the_group_ends_it(group_world: GroupWorld) -> None:
    arash, sara, _omid = group_world.people
    sara.agent().typing(ChatId.group(group_world.gid), True)
    group_world.say(sara, "done")
    assert heard(arash) == [(sara.uid, True), (sara.uid, False)]


def test_typing_that_does_not_hold_is_not_shown(group_world: GroupWorld) -> None:
    arash, sara, omid = group_world.people
    room = group_world.room(arash)
    key = arash.vault.read(lambda rows: group_rows.key_of(rows, group_world.gid, 1))
    assert key is not None
    good = seal_doing("typing", True, key, group_world.gid, 1, sara.uid, random_id())
    for message in (
        Signalled(group_world.gid, omid.uid, 1, "typing", good),  # in another's name
        Signalled(group_world.gid, sara.uid, 2, "typing", good),  # of another epoch
        Signalled(group_world.gid, sara.uid, 1, "typing", good[:-1]),
        Signalled(group_world.gid, sara.uid, 1, "typing", b""),
        Signalled(group_world.gid, b"?" * 32, 1, "typing", good),
        Signalled(group_world.gid, sara.uid, 1, "sending", good),  # as if it were something else
    ):
        ephemeral.take_signal(room, message)
    assert heard(arash) == []
    ephemeral.take_signal(room, Signalled(group_world.gid, sara.uid, 1, "typing", good))
    assert heard(arash) == [(sara.uid, True)]


def test_in_a_group_too_it_can_be_switched_off(group_world: GroupWorld) -> None:
    arash, sara, omid = group_world.people
    arash.agent().set_setting("typing", False)
    sara.agent().typing(ChatId.group(group_world.gid), True)
    arash.agent().typing(ChatId.group(group_world.gid), True)
    assert heard(arash) == [] and heard(omid) == [(sara.uid, True)]
