"""Who is no contact fills nobody's vault: straight or by mail, and a contact is never limited by what they do."""

from __future__ import annotations

import pytest

from protocol.charge import Charge
from protocol.messages import Deposit, Done, MailItem
from protocol.primitives import random_id
from protocol.shares import Shares
from protocol.statements import NO_DEVICE
from tests.world import Person, World
from web_client.agent.calls.safety import mark_verified
from web_client.messages import strangers
from web_client.messages.strangers import DAY, MESSAGE_BYTES
from web_client.peers.charges import CHARGES


@pytest.fixture
def world() -> World:
    world = World()
    for name in ("sara", "rude", "friend"):
        world.sign_up(name)
    world.settle()
    return world


@pytest.fixture
def sara(world: World) -> Person:
    return world.people["sara"]


@pytest.fixture
def rude(world: World) -> Person:
    return world.people["rude"]


def allow(person: Person, messages: int) -> None:
    """Small messages that a stranger may send, of a whole that leaves room."""
    each = messages * (MESSAGE_BYTES + 3_000)
    person.node.strangers._bytes = Shares(100 * each, each, DAY)


def rubbish(writer: Person, reader: Person) -> None:
    item = MailItem(reader.uid, NO_DEVICE, random_id(), "message", random_id(), b"x" * 50)
    writer.node.authority.request(Deposit(0, item), Done)


def test_straight_there_is_an_end_and_what_is_over_waits(world: World, sara: Person, rude: Person) -> None:
    allow(sara, 3)
    for number in range(10):
        rude.say(sara, str(number))
    got = len(sara.texts(rude))
    assert 3 <= got <= 4 and rude.states(sara).count("delivered") == got
    world.now += 40 * DAY
    rude.settle()
    assert len(sara.texts(rude)) > got  # nothing is lost


def test_who_was_written_to_is_a_contact(world: World, sara: Person, rude: Person) -> None:
    allow(sara, 2)
    friend = world.people["friend"]
    for number in range(6):
        rude.say(sara, str(number))
    sara.say(friend, "hello")
    for number in range(20):
        friend.say(sara, str(number))
    assert sara.texts(friend) == ["hello", *map(str, range(20))]


def test_who_was_verified_is_a_contact(sara: Person, rude: Person) -> None:
    allow(sara, 2)
    user = sara.node.ctx.trust.user(rude.uid)
    assert user is not None
    mark_verified(sara.node.ctx, user, True)
    for number in range(10):
        rude.say(sara, str(number))
    assert sara.texts(rude) == [str(number) for number in range(10)]


def test_a_first_message_comes_in_whatever_others_have_sent(world: World, sara: Person, rude: Person) -> None:
    allow(sara, 2)
    for number in range(20):
        rude.say(sara, str(number))
    friend = world.people["friend"]
    friend.say(sara, "we met yesterday")
    assert sara.texts(friend) == ["we met yesterday"]


def test_by_mail_what_is_over_is_dropped_without_a_receipt_and_comes_straight_later(
    world: World, sara: Person, rude: Person
) -> None:
    sara.stop()
    for number in range(8):
        rude.say(sara, str(number))
    assert rude.states(sara) == ["authority"] * 8
    sara.restart(connect=False)
    allow(sara, 2)
    sara.reconnect()
    sara.settle()
    got = len(sara.texts(rude))
    assert 2 <= got <= 3 and world.authority.state.mail.mailboxes.of(sara.uid) == 0
    rude.settle()
    assert rude.states(sara).count("delivered") == got
    sara.node.strangers._bytes = Shares(1e9, 1e9, DAY)
    world.settle()
    assert sorted(sara.texts(rude)) == [str(number) for number in range(8)]
    assert rude.states(sara) == ["delivered"] * 8


def test_lines_that_cannot_be_opened_have_an_end(sara: Person, rude: Person) -> None:
    for _ in range(3 * strangers.UNREADABLE_EACH):
        rubbish(rude, sara)
    sara.settle()
    assert len(sara.shown(rude)) == strangers.UNREADABLE_EACH


def test_what_comes_at_the_listener_is_charged_by_what_it_brings(sara: Person, rude: Person) -> None:
    rude.say(sara, "x" * 60_000)
    (session,) = [session for session in sara.node.links.callers if session.uid == rude.uid]
    others = [Charge(3), CHARGES_OF["knock"]]
    assert session.charged >= sum(charge.units for charge in others) + CHARGES_OF["deliver"].units + 60_000 // 4096


CHARGES_OF = {str(kind.__struct_config__.tag): charge for kind, charge in CHARGES.items()}
