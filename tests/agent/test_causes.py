"""What a mailbox holds and can't be read says why, and opens in its place when it comes some other way.

The causes of what comes straight, and of groups: test_unreadable.py.
"""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from authority_server.store.checksums import sum_of
from authority_server.store.mail import MAIL
from protocol.primitives import random_id
from tests.agent.causes import WAYS, cannot_open
from tests.world import Person, World


def by_id(who: Person, other: Person, id: bytes) -> dict[str, object]:
    (found,) = [one for one in who.shown(other) if one["id"] == id.hex()]
    return found


@pytest.mark.parametrize("cause", WAYS)
def test_every_cause_is_named(world: World, arash: Person, sara: Person, mani: Person, cause: str) -> None:
    mani.say(sara, "before")
    id = WAYS[cause](mani, sara)
    world.settle()
    shown = by_id(sara, mani, id)
    if cause == "bad_certificate":
        assert shown["why"] in ("bad_certificate", "bad_statement")
    else:
        assert shown["why"] == cause
    assert (shown["kind"], shown["text"], shown["state"]) == ("unreadable", "", "received")
    assert sara.texts(mani)[0] == "before"
    if cause != "key_revoked":
        mani.say(sara, "after")
        assert sara.texts(mani)[-1] == "after"
    sara.restart()
    world.settle()
    assert by_id(sara, mani, id) == shown


def test_it_opens_in_its_place_when_the_message_comes(world: World, arash: Person, sara: Person) -> None:
    """Its copy in the mailbox is damaged; the writer's agent has the message still."""
    arash.say(sara, "before")
    sara.stop()
    id = random_id()
    arash.write(sara, "the words", id)
    damaged = cannot_open(arash, sara)
    with world.authority.store.transaction() as rows:
        (mailed,) = rows.ask(select(MAIL).where(MAIL.c.id == damaged))
        changed = {**mailed._mapping, "id": id}  # as its sender made it, and not a disk: its sum is right
        rows.run(update(MAIL).where(MAIL.c.id == damaged).values(id=id, sum=sum_of(MAIL, changed)))
    arash.stop()
    sara.restart()
    world.people.pop("arash")
    world.settle()
    shown = by_id(sara, arash, id)
    assert (shown["kind"], shown["why"]) == ("unreadable", "cannot_open")
    world.people["arash"] = arash
    arash.restart()
    world.settle()
    healed = by_id(sara, arash, id)
    assert (healed["kind"], healed["text"], healed["why"], healed["order"]) == (
        "text",
        "the words",
        None,
        shown["order"],
    )
    assert sara.texts(arash) == ["before", "the words"]
    assert arash.states(sara) == ["delivered", "delivered"]


def test_a_copy_that_can_t_be_read_changes_nothing_of_a_message_that_is_here(
    world: World, arash: Person, sara: Person
) -> None:
    id = random_id()
    arash.write(sara, "the words", id)
    arash.deliver()
    damaged = cannot_open(arash, sara)
    with world.authority.store.transaction() as rows:
        (mailed,) = rows.ask(select(MAIL).where(MAIL.c.id == damaged))
        changed = {**mailed._mapping, "id": id}  # as its sender made it, and not a disk: its sum is right
        rows.run(update(MAIL).where(MAIL.c.id == damaged).values(id=id, sum=sum_of(MAIL, changed)))
    sara.node.mailbox.look()
    world.settle()
    assert sara.texts(arash) == ["the words"]
