"""A power cut at every step of sending and receiving, then a restart: one message, one receipt, no key left over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from protocol.messages import Deliver, Delivered, Prekeys
from protocol.statements import Prekey, Signed, decode_strict
from tests.agent.cuts import run_with_cut
from tests.agent.wire import frames_of
from tests.world import Person, World

IDS = [bytes([number]) * 16 for number in range(1, 5)]
TEXTS = ["one", "two", "three", "four"]
EVERYBODY = ["arash", "sara"]


def talk(world: World) -> None:
    """A conversation whose every call may be repeated, as a page repeats what was not answered."""
    arash, sara = world.people["arash"], world.people["sara"]
    arash.write(sara, TEXTS[0], IDS[0])
    arash.deliver()
    sara.read(arash)
    sara.deliver()
    sara.write(arash, TEXTS[1], IDS[1])
    sara.deliver()
    arash.write(sara, TEXTS[2], IDS[2])
    arash.write(sara, TEXTS[3], IDS[3])
    arash.deliver()


def new_world() -> World:
    world = World()
    for name in EVERYBODY:
        world.sign_up(name)
    world.settle()
    return world


def check(world: World, step: str) -> None:
    """What must hold at the end, wherever the cut was."""
    arash, sara = world.people["arash"], world.people["sara"]
    for one, other in ((arash, sara), (sara, arash)):
        assert sorted(one.texts(other)) == sorted(TEXTS), step
        assert [text for text in one.texts(other) if text != TEXTS[1]] == [TEXTS[0], *TEXTS[2:]], step
        assert not any(shown["gap"] for shown in one.shown(other)), step
        assert all(state in ("delivered", "read", "received") for state in one.states(other)), step
        assert count(one, "outbox") == count(one, "receipts") == 0, step
        check_prekeys(world, one, other, step)
        check_receipts(world, one, other, step)
    assert arash.states(sara)[0] == "read", step


def check_prekeys(world: World, sender: Person, receiver: Person, step: str) -> None:
    """Each prekey sealed one message only, always in the same bytes, and its private half is gone."""
    sealed: dict[bytes, set[bytes]] = {}
    for sent in frames_of(world, Deliver, sender.name, receiver.name):
        sealed.setdefault(sent.prekey_id, set()).add(sent.sealed)
    assert all(len(versions) == 1 for versions in sealed.values()), step
    assert len(sealed) == sum(state != "received" for state in sender.states(receiver)), step
    opened = column(receiver, "SELECT prekey_id FROM opened")
    assert opened == sealed.keys() & opened, step
    left = column(receiver, "SELECT id FROM own_prekeys")
    assert opened.isdisjoint(left), step
    held = column(sender, "SELECT id FROM peer_prekeys WHERE signed IS NOT NULL")
    assert opened.isdisjoint(held), step
    handed = {
        decode_strict(signed.body, Prekey).id
        for answer in frames_of(world, Prekeys, receiver.name, sender.name)
        for signed in answer.prekeys
    }
    assert held <= handed, step


def check_receipts(world: World, sender: Person, receiver: Person, step: str) -> None:
    """Every answer to a message is the receipt that the receiver stored with it."""
    sent = sum(state != "received" for state in sender.states(receiver))
    given = {answer.receipt.body for answer in frames_of(world, Delivered, receiver.name, sender.name)}
    stored = receipts(receiver, sender.uid)
    assert len(stored) == sent, step
    assert given <= stored, step


def receipts(person: Person, sender: bytes) -> set[bytes]:
    found = column(person, "SELECT receipt FROM messages WHERE sender = ?", sender)
    return {decode_strict(raw, Signed).body for raw in found}


def column(person: Person, question: str, *values: Any) -> set[bytes]:
    return person.vault.read(lambda rows: {bytes(row[0]) for row in rows.execute(question, values)})


def count(person: Person, table: str) -> int:
    return int(person.vault.read(lambda rows: rows.execute(f"SELECT count(*) FROM {table}").fetchone()[0]))


Victims = Callable[[int, str], list[list[str]]]


def everybody(at: int, step: str) -> list[list[str]]:
    return [EVERYBODY]


def one_or_none(at: int, step: str) -> list[list[str]]:
    """Whoever was writing to disk; on the wire the one, the other or only the line, in turn."""
    writing = [[name] for name in EVERYBODY if step.startswith(f"{name}, ")]
    return writing or [[["arash"], ["sara"], []][at % 3]]


def each_and_none(at: int, step: str) -> list[list[str]]:
    return [["arash"], ["sara"], []]


@pytest.mark.parametrize("whose", [everybody, one_or_none])
def test_a_cut_at_every_step(whose: Victims, long: bool) -> None:
    """In the short form everybody goes down at every other step, and one or none at those between."""
    if long and whose is one_or_none:
        whose = each_and_none
    whole = new_world()
    steps = run_with_cut(whole, talk, None, [])
    check(whole, "no cut")
    assert len(steps) > 60, "the steps are not seen"
    for at, step in enumerate(steps, 1):
        if not long and (at % 2 == 0) == (whose is everybody):
            continue
        for victims in whose(at, step):
            world = new_world()
            assert run_with_cut(world, talk, at, victims)[-1] == step
            check(world, f"step {at} of {len(steps)}: {step}; restarted: {victims}")
