"""Copies of a vault: one that was put back is noticed and renews its key by itself; of two, one is stopped by name."""

from __future__ import annotations

import pytest

from protocol import messages
from protocol.errors import HamrazError
from protocol.log_entries import OWN
from protocol.messages import Deposit, Done, FetchMail, LoggedIn, MailItem
from protocol.primitives import SigningKey
from protocol.statements import NO_DEVICE, Generation, Signed, decode_strict, issue
from tests.agent.test_long_away import copy_of_vault, put_back
from tests.agent.wire import decoded
from tests.world import Person, World
from web_client.account import generations


def ways(who: Person) -> list[str]:
    return [why for _index, _key, why, _by in who.world.authority.state.log.users[who.uid].keys]


def found_older(who: Person) -> bool:
    return who.vault.read(generations.restored) is not None


def connect(who: Person) -> str:
    """How a try to connect ends: the code, or nothing."""
    try:
        who.node.authority.attempt()
    except HamrazError as reason:
        return reason.code
    return ""


def test_restarts_change_nothing(world: World, arash: Person, sara: Person) -> None:
    for _ in range(3):
        sara.restart()
        world.cut("authority")
        sara.reconnect()
    assert ways(sara) == [""] and not found_older(sara)


def test_a_copy_that_was_put_back_renews_its_key_and_says_so(world: World, arash: Person, sara: Person) -> None:
    sara.say(arash, "before")
    copy = copy_of_vault(sara)
    for text in ("one", "two", "three"):
        sara.restart()
        sara.say(arash, text)
    sara.stop()
    put_back(sara, copy)
    sara.node.authority.connect()
    world.settle()
    assert ways(sara) == ["", OWN]
    assert found_older(sara)
    sara.say(arash, "after")  # its row begins anew under the new key: nothing fails
    world.settle()
    assert sara.states(arash)[-1] in ("delivered", "read")
    assert arash.texts(sara) == ["before", "one", "two", "three", "after"]
    for _ in range(3):
        sara.restart()
    assert ways(sara) == ["", OWN]
    page = sara.agent()
    assert page.snapshot()["link"]["restored"] == world.now
    page.restored_read()
    assert page.snapshot()["link"]["restored"] is None
    assert not found_older(sara)


def test_of_two_copies_one_is_named_and_stopped(world: World, arash: Person, sara: Person) -> None:
    """Both go on from one and the same state: whoever comes second renews the key, and the first renews nothing."""
    copy = copy_of_vault(sara)
    first = sara.vault
    sara.restart()
    sara.stop()
    put_back(sara, copy)
    assert connect(sara) == ""
    second = sara.vault
    assert ways(sara) == ["", OWN]
    for _round in range(3):
        sara.stop()
        sara.vault = first
        sara.restart(connect=False)
        assert connect(sara) == "moved"
        sara.stop()
        sara.vault = second
        sara.restart(connect=False)
        assert connect(sara) == ""
    assert ways(sara) == ["", OWN]


def test_equally_far_is_told_apart(world: World, arash: Person, sara: Person) -> None:
    copy = copy_of_vault(sara)
    sara.restart()  # one more
    sara.stop()
    put_back(sara, copy)  # and one more than the same
    assert connect(sara) == ""
    assert ways(sara) == ["", OWN]


def test_after_an_authoritys_restore_the_higher_counts(world: World, arash: Person, sara: Person) -> None:
    before = dict(world.authority.state.accounts)
    for _ in range(3):
        sara.restart()
    sara.stop()
    world.authority.state.accounts[sara.uid] = before[sara.uid]
    sara.restart()
    assert ways(sara) == [""]


def test_an_older_copy_is_served_nothing_else(world: World, arash: Person, sara: Person) -> None:
    copy = copy_of_vault(sara)
    sara.restart()
    sara.stop()
    put_back(sara, copy)
    asked: list[str] = []

    def instead(channel: object) -> None:
        item = MailItem(arash.uid, NO_DEVICE, bytes(16), "message", bytes(16), b"sealed")
        for request in (FetchMail(0), Deposit(0, item)):
            with pytest.raises(HamrazError) as reason:
                channel.request(request, Done)  # type: ignore[attr-defined]
            asked.append(reason.value.code)

    sara.node.authority.take_over = instead
    connect(sara)
    assert asked == ["moved", "moved"]


@pytest.mark.parametrize("lie", ["another's", "lower", "unsigned", "the very same"])
def test_no_authority_can_make_a_vault_believe_it(world: World, arash: Person, sara: Person, lie: str) -> None:
    def carry(source: str, target: str, body: bytes) -> list[bytes]:
        request = decoded(body, messages.LogIn)
        if request is not None:
            said.append(request.generation)
        answer = decoded(body, LoggedIn)
        if answer is None or target != "sara":
            return [body]
        return [messages.encode(LoggedIn(answer.re, answer.head, answer.era, false()))]

    said: list[Signed] = []

    def false() -> Signed:
        mine = decode_strict(said[-1].body, Generation)
        key, id = sara.node.ctx.me.key, world.link.authority_id
        match lie:
            case "another's":
                return issue(Generation(arash.uid, mine.generation + 1, bytes(16)), key, id)
            case "lower":
                return issue(Generation(sara.uid, mine.generation - 1, bytes(16)), key, id)
            case "unsigned":
                return issue(Generation(sara.uid, mine.generation + 1, bytes(16)), SigningKey.generate(), id)
        return said[-1]

    sara.restart(connect=False)
    world.carry = carry
    assert connect(sara) == ("bad_signature" if lie == "unsigned" else "wrong_answer")
    assert not found_older(sara) and ways(sara) == [""]
