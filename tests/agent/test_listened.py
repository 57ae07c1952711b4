"""Who has spoken sees that it was listened to (section 8.6), unless one of the two tells nothing of it."""

from __future__ import annotations

from typing import Any

import pytest

from protocol.errors import HamrazError
from protocol.statements import Receipt, issue
from tests.sharing import hand_over, newest, pair, private
from tests.world import Person, World
from web_client.account.chat_ids import ChatId
from web_client.agent.api import Agent
from web_client.messages import receipts
from web_client.messages import rows as message_rows

Two = tuple[World, Person, Person]


def code(run: Any) -> str:
    with pytest.raises(HamrazError) as reason:
        run()
    return reason.value.code


@pytest.fixture
def two() -> Two:
    return pair()


def spoken(two: Two) -> tuple[Agent, Agent, int, int]:
    """Arash says something to Sara, and she has seen that; both agents, and its order at each."""
    world, arash, sara = two
    arash.agent().send_voice(hand_over(arash, private(sara), b"abc", "voice.webm"), 1_000, "")
    world.settle()
    there = newest(sara, private(arash))
    sara.agent().mark_read(private(arash), there["position"])
    world.settle()
    return arash.agent(), sara.agent(), newest(arash, private(sara))["order"], there["order"]


def heard(who: Person, chat: ChatId) -> bool:
    voice = newest(who, chat)["file"]["voice"]
    assert voice is not None
    return bool(voice["listened"])


def test_who_has_spoken_sees_that_it_was_listened_to(two: Two) -> None:
    world, arash, sara = two
    speaker, listener, order, there = spoken(two)
    assert not heard(arash, private(sara)) and not heard(sara, private(arash))
    for _again in range(2):
        listener.mark_listened(private(arash), there)
    assert sara.node.ctx.vault.value("SELECT count(*) FROM receipts") == 1
    assert heard(sara, private(arash)) and not heard(arash, private(sara))
    world.settle()
    assert heard(arash, private(sara)) and newest(arash, private(sara))["state"] == "read"
    told = speaker.message_details(private(sara), order)["details"]
    assert [one["what"] for one in told["receipts"]] == ["delivered", "read", "listened"] and told["verified"]
    assert sara.node.ctx.vault.value("SELECT count(*) FROM receipts") == 0
    speaker.set_setting("read_receipts", False)  # who tells nothing is told nothing
    assert not heard(arash, private(sara))
    told = speaker.message_details(private(sara), order)["details"]
    assert [one["what"] for one in told["receipts"]] == ["delivered"]


def test_nobody_is_told_of_listening_with_read_receipts_off(two: Two) -> None:
    _world, arash, sara = two
    _speaker, listener, _order, there = spoken(two)
    listener.mark_listened(private(arash), there)
    listener.set_setting("read_receipts", False)  # what waits is taken back
    assert sara.node.ctx.vault.value("SELECT count(*) FROM receipts") == 0
    assert heard(sara, private(arash))


def test_an_agent_that_knows_no_listening_loses_nothing_by_it(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    """It answers `bad_receipt`, and takes nothing of a list that has one it doesn't know."""
    world, arash, sara = two
    _speaker, listener, _order, there = spoken(two)
    arash.say(sara, "and this")
    world.settle()
    monkeypatch.setattr("protocol.envelope.LISTENED", "of a later version")
    listener.mark_read(private(arash), sara.shown(arash)[-1]["position"])
    listener.mark_listened(private(arash), there)
    world.settle()
    assert arash.states(sara) == ["read", "read"] and not heard(arash, private(sara))
    assert sara.node.ctx.vault.value("SELECT count(*) FROM receipts") == 0


def test_only_what_was_spoken_can_be_listened_to(two: Two) -> None:
    world, arash, sara = two
    arash.say(sara, "words")
    world.settle()
    at_sara = sara.shown(arash)[-1]
    assert code(lambda: sara.agent().mark_listened(private(arash), at_sara["order"])) == "no_such_message"
    row = sara.node.ctx.vault.read(lambda rows: message_rows.at(rows, at_sara["order"]))
    assert row is not None
    claim = issue(
        Receipt(sara.uid, arash.uid, row.id, row.hash, "listened"), sara.node.ctx.me.key, arash.node.ctx.authority_id
    )
    assert code(lambda: receipts.take(arash.node.ctx, arash.node.ctx.trust.user(sara.uid), [claim])) == "bad_receipt"
