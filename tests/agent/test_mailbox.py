"""Away and back: what waits sealed at the authority arrives once, whoever is there when, and says how far it
has come.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator

import pytest

from authority_server.store import mail as mail_store
from protocol.errors import HamrazError
from protocol.messages import Deposit, Done, DropMail, FetchMail, Mail, MailItem
from protocol.primitives import random_id
from protocol.statements import NO_DEVICE
from tests.agent.wire import decoded
from tests.world import Person, World
from web_client.account.chat_ids import ChatId
from web_client.authority.fallback_prekey import DAY
from web_client.messages import deposit, outbox_rows
from web_client.messages.incoming import UNREADABLE_LINES


@pytest.fixture
def world() -> World:
    world = World()
    for name in ("arash", "sara", "mani"):
        world.sign_up(name)
    world.settle()
    return world


def away(person: Person) -> None:
    """The agent ends."""
    person.stop()


def back(person: Person) -> None:
    person.restart()
    person.settle()


def test_two_who_are_never_there_together(arash: Person, sara: Person) -> None:
    away(sara)
    arash.say(sara, "one")
    assert arash.states(sara) == ["authority"]
    away(arash)
    back(sara)
    assert sara.texts(arash) == ["one"]
    sara.node.messages.mark_read(ChatId.private(arash.uid), 1)
    sara.settle()
    away(sara)
    back(arash)
    assert arash.states(sara) == ["read"]


@pytest.mark.parametrize("order", list(itertools.permutations(["stop sara", "write", "stop arash", "start sara"])))
def test_in_every_order_it_arrives_once(arash: Person, sara: Person, order: tuple[str, ...]) -> None:
    """Stopping, writing and starting in every order that makes sense of it; then both come back."""
    running = {"arash": True, "sara": True}
    for step in order:
        if step == "write" and running["arash"]:
            arash.say(sara, "once")
        elif step == "stop sara" and running["sara"]:
            away(sara)
            running["sara"] = False
        elif step == "stop arash":
            away(arash)
            running["arash"] = False
        elif step == "start sara" and not running["sara"]:
            back(sara)
            running["sara"] = True
    back(sara)
    back(arash)
    arash.world.settle()
    wrote = order.index("write") < order.index("stop arash")
    assert sara.texts(arash) == ["once"] * wrote
    assert arash.states(sara) == ["delivered"] * wrote


def test_what_arrives_in_the_moment_in_which_it_is_left_there_is_not_left(arash: Person, sara: Person) -> None:
    """Its receipt comes by another line; the next one goes on."""
    first, second = arash.write(sara, "one"), arash.write(sara, "two")

    def leave(peer: bytes, order: int) -> bool:
        if order == first:
            arash.vault.write(lambda rows: outbox_rows.drop(rows, order))
        return True

    deposit.deposit_all(arash.node.ctx, arash.node.authority, sara.uid, leave)
    mailed = arash.vault.read(lambda rows: rows.execute("SELECT ord, mailed FROM outbox").fetchall())
    assert mailed == [(second, outbox_rows.LEFT)]


def test_two_hundred_wait_and_the_next_one_is_told_that_the_mailbox_is_full(arash: Person, sara: Person) -> None:
    away(sara)
    for number in range(201):
        arash.write(sara, str(number))
    arash.deliver()
    assert arash.states(sara) == ["authority"] * 200 + ["waiting"]
    assert arash.shown(sara)[-1]["why"] == "mailbox_full"
    back(sara)
    arash.world.settle()
    assert sara.texts(arash) == [str(number) for number in range(201)]
    assert arash.states(sara) == ["delivered"] * 201
    assert not any(message["gap"] for message in sara.shown(arash))


def test_the_authority_reads_nothing_of_it(world: World, arash: Person, sara: Person) -> None:
    away(sara)
    arash.say(sara, "a peculiar sentence")
    crossed = b"".join(body for _source, target, body in world.crossed if target == "authority")
    assert sara.uid in crossed and b"peculiar" not in crossed


@pytest.mark.parametrize("lost", [Deposit, FetchMail, DropMail, Mail])
def test_a_frame_that_is_lost_doubles_nothing(world: World, arash: Person, sara: Person, lost: type) -> None:
    away(sara)
    dropped: list[bytes] = []

    def carry(source: str, target: str, body: bytes) -> list[bytes]:
        if not dropped and decoded(body, lost):
            dropped.append(body)
            return []
        return [body]

    world.carry = carry
    arash.say(sara, "once")
    with contextlib.suppress(HamrazError):
        back(sara)
    for person in (arash, sara):
        person.reconnect()
        person.node.mailbox.look()
    arash.deliver()
    world.settle()
    assert dropped
    assert sara.texts(arash) == ["once"] and arash.states(sara) == ["delivered"]


def test_garbage_in_the_mailbox_is_named_and_the_rest_arrives(arash: Person, sara: Person) -> None:
    away(sara)
    junk = MailItem(sara.uid, NO_DEVICE, random_id(), "message", random_id(), b"x" * 2000)
    arash.node.authority.request(Deposit(0, junk), Done)
    more = MailItem(sara.uid, NO_DEVICE, random_id(), "receipts", random_id(), b"")
    arash.node.authority.request(Deposit(0, more), Done)
    arash.say(sara, "after it")
    back(sara)
    assert [(one["kind"], one["why"]) for one in sara.shown(arash)] == [("unreadable", "no_key"), ("text", None)]
    assert sara.texts(arash) == ["", "after it"]
    assert sara.node.authority.request(FetchMail(0), Mail).items == []


def test_only_the_owner_takes_it_out(world: World, arash: Person, sara: Person) -> None:
    mani = world.people["mani"]
    away(sara)
    arash.say(sara, "for sara")
    assert mani.node.authority.request(FetchMail(0), Mail).items == []
    item = next(iter_items(world, sara))
    mani.node.authority.request(DropMail(0, [(arash.uid, item)]), Done)
    back(sara)
    assert sara.texts(arash) == ["for sara"]


def iter_items(world: World, owner: Person) -> Iterator[bytes]:
    with world.authority.store.reading() as rows:
        yield from [item.id for item in mail_store.items(rows, owner.uid, 1 << 30)[0]]


def test_it_survives_the_authoritys_restart(world: World, arash: Person, sara: Person) -> None:
    away(sara)
    arash.say(sara, "still there")
    world.restart_authority()
    back(sara)
    assert sara.texts(arash) == ["still there"]


def test_the_last_resort_key_is_renewed_weekly_and_the_old_one_opens_what_waits(
    world: World, arash: Person, sara: Person
) -> None:
    away(sara)
    arash.say(sara, "sealed to the old one")
    before = sara.vault.read(lambda rows: [row[0] for row in rows.execute("SELECT sequence FROM last_resorts")])
    world.now += 8 * DAY
    back(sara)
    after = sara.vault.read(lambda rows: [row[0] for row in rows.execute("SELECT sequence FROM last_resorts")])
    assert (before, after) == ([1], [1, 2])
    assert sara.texts(arash) == ["sealed to the old one"]


def test_rubbish_in_a_mailbox_fills_no_screen(world: World, arash: Person, sara: Person) -> None:
    away(sara)
    for number in range(150):
        item = MailItem(sara.uid, NO_DEVICE, number.to_bytes(16), "message", bytes(16), b"rubbish")
        arash.node.authority.request(Deposit(0, item), Done)
    back(sara)
    assert [shown["kind"] for shown in sara.shown(arash)] == ["unreadable"] * UNREADABLE_LINES
    assert not sara.node.authority.request(FetchMail(0), Mail).items
    arash.write(sara, "what was meant", (149).to_bytes(16))
    arash.deliver()
    assert sara.texts(arash)[-1] == "what was meant"
