"""A vault and its authority are both put back from one backup: what was written since is with its readers, who give it
back; nothing that is written then is refused for good.
"""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from protocol import envelope, messages
from protocol.messages import Failed, Lost, Yours
from protocol.primitives import random_id
from protocol.statements import issue
from tests.agent import vaults
from tests.agent.test_details import details
from tests.agent.test_recovery import come_back, copy_of, no_alarm, restore
from tests.agent.wire import decoded, frames_of
from tests.world import Person, World
from web_client.account.chat_ids import ChatId
from web_client.messages import missing
from web_client.messages import rows as message_rows
from web_client.messages.delivery import MENDS


@pytest.fixture
def sara(world: World, arash: Person) -> Person:
    found = world.sign_up("sara")
    world.settle()
    found.say(arash, "first")
    arash.say(found, "and first")
    world.settle()
    return found


def lose(world: World, who: Person, other: Person, *texts: str) -> None:
    """So much is said by somebody and read, and then vault and authority are put back from before it."""
    backup, vault = copy_of(world), vaults.copy_of(who)
    for text in texts:
        who.say(other, text)
    world.settle()
    who.stop()
    restore(world, backup)
    vaults.put_back(who, vault)
    who.node.authority.connect()
    come_back(other)
    world.settle()


def said_by(who: Person, at: Person, other: Person) -> list[str]:
    """The words of one of the two, as one of them is shown them."""
    mine = who is at
    return [one["text"] for one in at.shown(other) if one["mine"] is mine and one["kind"] == "text"]


def states(who: Person, other: Person) -> list[str]:
    return [one["state"] for one in who.shown(other) if one["mine"]]


def same_at_both(sara: Person, arash: Person, *texts: str) -> None:
    assert said_by(sara, sara, arash) == said_by(sara, arash, sara) == list(texts)
    assert set(states(sara, arash)) <= {"delivered", "read"}
    assert not [one for one in arash.shown(sara) if one["kind"] == "unreadable" or one["gap"]]
    for person, other in ((sara, arash), (arash, sara)):
        for one in person.shown(other):
            proof = details(person, ChatId.private(other.uid), one["order"])
            assert proof["verified"], (person.name, one, proof)
    no_alarm(sara.world)


@pytest.mark.parametrize("count", [1, 2, 130])
def test_what_was_written_since_comes_back_and_the_next_follows_it(
    world: World, arash: Person, sara: Person, count: int
) -> None:
    lost = [f"lost {n}" for n in range(count)]
    lose(world, sara, arash, *lost)
    assert said_by(sara, sara, arash) == ["first"]
    sara.say(arash, "after")
    world.settle()
    same_at_both(sara, arash, "first", *lost, "after")
    sara.say(arash, "and on")
    arash.say(sara, "I hear you")
    world.settle()
    same_at_both(sara, arash, "first", *lost, "after", "and on")
    assert len(frames_of(world, Lost, "sara", "arash")) == -(-count // 64)


def test_what_waits_keeps_its_order_and_its_words(world: World, arash: Person, sara: Person) -> None:
    lose(world, sara, arash, "lost 1", "lost 2")
    arash.stop()
    for n in range(4):
        sara.write(arash, f"waits {n}")
    order = next(one["order"] for one in sara.shown(arash) if one["text"] == "waits 1")
    sara.agent().edit_message(ChatId.private(arash.uid), order, "waits, and is edited")
    named = {one["id"]: one["order"] for one in sara.shown(arash)}
    arash.restart()
    world.settle()
    assert named.items() <= {one["id"]: one["order"] for one in sara.shown(arash)}.items()
    same_at_both(sara, arash, "first", "lost 1", "lost 2", "waits 0", "waits, and is edited", "waits 2", "waits 3")


def test_what_has_gone_to_the_mailbox_meanwhile(world: World, arash: Person, sara: Person) -> None:
    """Its reader can't place it, or places it beyond what it has: what comes again takes that place."""
    lose(world, sara, arash, "lost 1", "lost 2")
    arash.stop()
    for n in range(4):
        sara.say(arash, f"by mail {n}")
    arash.restart(connect=False)
    arash.node.authority.connect()
    arash.node.mailbox.step()
    assert "unreadable" in [one["kind"] for one in arash.shown(sara)]
    world.settle()
    assert sorted(said_by(sara, arash, sara)) == sorted(said_by(sara, sara, arash))
    assert set(said_by(sara, sara, arash)) == {"first", "lost 1", "lost 2", *(f"by mail {n}" for n in range(4))}
    assert set(states(sara, arash)) == {"delivered"}
    assert not [one for one in arash.shown(sara) if one["kind"] == "unreadable"]
    sara.say(arash, "after")
    assert arash.texts(sara)[-1] == "after"
    no_alarm(world)


def test_edits_and_reactions_come_back_as_well(world: World, arash: Person, sara: Person) -> None:
    backup, vault = copy_of(world), vaults.copy_of(sara)
    order = sara.say(arash, "lost")
    world.settle()
    sara.agent().edit_message(ChatId.private(arash.uid), order, "lost, and edited")
    gone = sara.say(arash, "to be taken back")
    world.settle()
    sara.agent().delete_message(ChatId.private(arash.uid), gone, None)
    world.settle()
    sara.stop()
    restore(world, backup)
    vaults.put_back(sara, vault)
    sara.node.authority.connect()
    come_back(arash)
    sara.say(arash, "after")
    world.settle()
    assert said_by(sara, sara, arash) == said_by(sara, arash, sara) == ["first", "lost, and edited", "after"]
    assert set(states(sara, arash)) <= {"delivered", "read"}
    no_alarm(world)


# --- readers who lie ---


def answer_with(world: World, change: Any) -> None:
    """What Arash's agent gives back is changed on its way."""

    def carry(source: str, target: str, body: bytes) -> list[bytes]:
        found = decoded(body, Yours) if (source, target) == ("arash", "sara") and b"\xa5yours" in body[:8] else None
        return [body] if found is None else [msgspec.msgpack.encode(change(found))]

    world.carry = carry


@pytest.mark.parametrize("lie", ["nothing", "what was before", "others' words", "in another order", "junk"])
def test_what_isnt_ones_own_changes_nothing(world: World, arash: Person, sara: Person, lie: str) -> None:
    lose(world, sara, arash, "lost 1", "lost 2")
    key, first = sara.node.ctx.me.key.public.raw, arash.node.links.handler.give_back
    before = first(sara.uid, key, 0, 1)[0]
    theirs = sara.node.links.handler.give_back(arash.uid, arash.node.ctx.me.key.public.raw, 0, 9)[0]
    changes = {
        "nothing": lambda found: Yours(found.re, [], False),
        "what was before": lambda found: Yours(found.re, before, False),
        "others' words": lambda found: Yours(found.re, theirs, False),
        "in another order": lambda found: Yours(found.re, found.envelopes[::-1], False),
        "junk": lambda found: Yours(
            found.re, [msgspec.structs.replace(one, sig=bytes(64)) for one in found.envelopes], False
        ),
    }
    answer_with(world, changes[lie])
    sara.say(arash, "after")
    world.settle()
    assert said_by(sara, sara, arash) == ["first", "after"]
    assert [(one["state"], one["why"]) for one in sara.shown(arash)[-1:]] == [("failed", "chain_broken")]
    world.carry = lambda source, target, body: [body]
    sara.say(arash, "and after")  # an honest answer mends it all
    world.settle()
    assert said_by(sara, arash, sara) == ["first", "lost 1", "lost 2", "and after"]
    no_alarm(world)


def test_who_refuses_whatever_follows_is_asked_a_few_times(world: World, arash: Person, sara: Person) -> None:
    """With answers that are true: the words of each attempt that was refused, given back as those that had come."""
    lose(world, sara, arash, "lost")
    refused: list[int] = []

    def carry(source: str, target: str, body: bytes) -> list[bytes]:
        tag, rid = msgspec.msgpack.decode(body)[:2]
        if (source, target, tag) == ("sara", "arash", "deliver"):
            refused.append(rid)
            answer: Any = Failed(rid, "chain_broken", None, {})
        elif (source, target, tag) == ("sara", "arash", "lost"):
            row = sara.vault.read(lambda rows: message_rows.select(rows, "state = 'waiting' ORDER BY ord LIMIT 1"))[0]
            again = msgspec.structs.replace(envelope.decode_message(row.raw), sequence=row.sequence + len(refused) + 1)
            words = envelope.Envelope(random_id(), bytes(32), envelope.encode_message(again))
            answer = Yours(rid, [issue(words, sara.node.ctx.me.key, sara.node.ctx.authority_id)], False)
        else:
            return [body]
        sara.node.links.get(arash.uid).channel.take(messages.encode(answer))
        return []

    world.carry = carry
    sara.say(arash, "after")
    assert len(refused) == MENDS + 1
    assert sara.states(arash)[-1] == "failed" and sara.texts(arash)[-1] == "after"


def test_asked_too_often_it_waits(world: World, arash: Person, sara: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(missing, "A_DAY", 1)
    monkeypatch.setattr(missing, "SECONDS", 1_000.0)
    arash.restart()
    lose(world, sara, arash, "lost 1", "lost 2")
    arash.node.links.handler.give_back(sara.uid, sara.node.ctx.me.key.public.raw, 0, 1)
    sara.say(arash, "after")
    assert (sara.shown(arash)[-1]["state"], sara.shown(arash)[-1]["why"]) == ("waiting", "slow_down")
    for _turn in range(4):
        world.now += 1_000_000
        sara.deliver()
    world.settle()
    same_at_both(sara, arash, "first", "lost 1", "lost 2", "after")
