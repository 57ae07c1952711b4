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
    for name in ("sara", "abusive", "friend"):
        world.sign_up(name)
    world.settle()
    return world


@pytest.fixture
def sara(world: World) -> Person:
    return world.people["sara"]


@pytest.fixture
def abusive(world: World) -> Person:
    return world.people["abusive"]


def allow(person: Person, messages: int) -> None:
    """Small messages that a stranger may send, of a whole that leaves room."""
    each = messages * (MESSAGE_BYTES + 3_000)
    person.node.strangers._bytes = Shares(100 * each, each, DAY)


def rubbish(writer: Person, reader: Person) -> None:
    item = MailItem(reader.uid, NO_DEVICE, random_id(), "message", random_id(), b"x" * 50)
    writer.node.authority.request(Deposit(0, item), Done)


def test_straight_there_is_an_end_and_what_is_over_waits(world: World, sara: Person, abusive: Person) -> None:
    allow(sara, 3)
    for number in range(10):
        abusive.say(sara, str(number))
    got = len(sara.texts(abusive))
    assert 3 <= got <= 4 and abusive.states(sara).count("delivered") == got
    world.now += 40 * DAY
    abusive.settle()
    assert len(sara.texts(abusive)) > got  # nothing is lost


def test_who_was_written_to_is_a_contact(world: World, sara: Person, abusive: Person) -> None:
    allow(sara, 2)
    friend = world.people["friend"]
    for number in range(6):
        abusive.say(sara, str(number))
    sara.say(friend, "hello")
    for number in range(20):
        friend.say(sara, str(number))
    assert sara.texts(friend) == ["hello", *map(str, range(20))]


def test_who_was_verified_is_a_contact(sara: Person, abusive: Person) -> None:
    allow(sara, 2)
    user = sara.node.ctx.trust.user(abusive.uid)
    assert user is not None
    mark_verified(sara.node.ctx, user, True)
    for number in range(10):
        abusive.say(sara, str(number))
    assert sara.texts(abusive) == [str(number) for number in range(10)]


def test_a_first_message_comes_in_whatever_others_have_sent(world: World, sara: Person, abusive: Person) -> None:
    allow(sara, 2)
    for number in range(20):
        abusive.say(sara, str(number))
    friend = world.people["friend"]
    friend.say(sara, "we met yesterday")
    assert sara.texts(friend) == ["we met yesterday"]


def test_by_mail_what_is_over_is_dropped_without_a_receipt_and_comes_straight_later(
    world: World, sara: Person, abusive: Person
) -> None:
    sara.stop()
    for number in range(8):
        abusive.say(sara, str(number))
    assert abusive.states(sara) == ["authority"] * 8
    sara.restart(connect=False)
    allow(sara, 2)
    sara.reconnect()
    sara.settle()
    got = len(sara.texts(abusive))
    assert 2 <= got <= 3 and world.authority.state.mail.mailboxes.of(sara.uid) == 0
    abusive.settle()
    assert abusive.states(sara).count("delivered") == got
    sara.node.strangers._bytes = Shares(1e9, 1e9, DAY)
    world.settle()
    assert sorted(sara.texts(abusive)) == [str(number) for number in range(8)]
    assert abusive.states(sara) == ["delivered"] * 8


def test_lines_that_cannot_be_opened_have_an_end(sara: Person, abusive: Person) -> None:
    for _ in range(3 * strangers.UNREADABLE_EACH):
        rubbish(abusive, sara)
    sara.settle()
    assert len(sara.shown(abusive)) == strangers.UNREADABLE_EACH


def test_what_comes_at_the_listener_is_charged_by_what_it_brings(sara: Person, abusive: Person) -> None:
    abusive.say(sara, "x" * 60_000)
    (session,) = [session for session in sara.node.links.callers if session.uid == abusive.uid]
    others = [Charge(3), CHARGES_OF["knock"]]
    assert session.charged >= sum(charge.units for charge in others) + CHARGES_OF["deliver"].units + 60_000 // 4096


CHARGES_OF = {str(kind.__struct_config__.tag): charge for kind, charge in CHARGES.items()}
