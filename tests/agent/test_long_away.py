"""Away for weeks, or back with an older vault: what was sealed meanwhile opens, and nobody is kept out."""

from __future__ import annotations

import pytest

from protocol.errors import HamrazError
from protocol.messages import PublishPrekey
from protocol.statements import Prekey, decode_strict
from tests.agent.test_recovery import come_back, copy_of, found_group, no_alarm, post, posts, restore
from tests.agent.vaults import copy_of as copy_of_vault
from tests.agent.vaults import put_back
from tests.agent.wire import decoded
from tests.world import Person, World
from web_client.authority.fallback_prekey import DAY, KEPT


def back(person: Person) -> None:
    person.restart()
    person.settle()


def sequences(person: Person) -> list[int]:
    question = "SELECT sequence FROM last_resorts ORDER BY sequence"
    return person.vault.read(lambda rows: [row[0] for row in rows.execute(question)])


def published(world: World, person: Person) -> int:
    """The sequence of the last-resort prekey that others get."""
    from authority_server.store import prekeys

    with world.store.reading() as rows:
        return decode_strict(prekeys.of(rows, [person.uid])[person.uid].body, Prekey).sequence


def day_after_day(world: World, people: list[Person], days: int) -> None:
    for _day in range(days):
        world.now += DAY
        for person in people:
            person.restart()
        world.settle()


# --- back after weeks ---


@pytest.mark.parametrize("days", [6, 30, 39, 59, 400])
def test_what_was_sealed_yesterday_opens_after_any_time(world: World, arash: Person, sara: Person, days: int) -> None:
    gid = found_group(world, arash, sara)
    mani = world.sign_up("mani")
    world.settle()
    world.now += 6 * DAY  # her key is nearly a week old when she goes
    back(sara)
    sara.stop()
    del world.people["sara"]
    world.now += (days - 1) * DAY
    for person in (arash, mani):
        back(person)
    world.settle()
    arash.node.groups.command(gid, mani.uid, True, "")  # another key, sealed for her too
    post(world, arash, gid, "under the new key")
    arash.say(sara, "the day before")
    assert arash.states(sara)[-1] == "authority"
    arash.stop()
    mani.stop()
    world.now += DAY
    world.people = {"sara": sara}
    back(sara)
    assert sara.texts(arash)[-1] == "the day before"
    assert posts(sara, gid) == ["under the new key"]
    sara.agent().send_public_message("and I write", gid.hex(), False, None, "", None)
    world.settle()
    assert posts(sara, gid) == ["under the new key", "and I write"]
    no_alarm(world)


def test_a_key_goes_when_another_has_been_published_long_ago_and_all_is_fetched(world: World, sara: Person) -> None:
    assert sequences(sara) == [1]
    world.now += 8 * DAY
    back(sara)
    assert sequences(sara) == [1, 2]
    world.now += KEPT - 1
    back(sara)
    assert sequences(sara) == [1, 2, 3], "its own age doesn't count"
    world.now += 1
    back(sara)
    assert sequences(sara) == [2, 3]


def test_nothing_goes_before_the_mailbox_is_empty(world: World, arash: Person, sara: Person) -> None:
    world.now += 8 * DAY
    back(sara)
    sara.stop()
    arash.say(sara, "waits")
    world.now += KEPT
    sara.restart()
    assert sequences(sara) == [1, 2, 3], "logged in, and nothing fetched yet"
    sara.settle()
    assert sequences(sara) == [2, 3] and sara.texts(arash) == ["waits"]


def test_nothing_goes_while_a_group_s_keys_are_not_here(world: World, arash: Person, sara: Person) -> None:
    found_group(world, arash, sara)
    world.settle()
    world.now += 8 * DAY
    back(sara)
    world.now += KEPT
    sara.restart()
    sara.node.mailbox.step()
    assert sequences(sara) == [1, 2, 3], "her room has not asked yet"
    sara.settle()
    sara.node.mailbox.look()
    sara.settle()
    assert sequences(sara) == [2, 3]


def test_clocks_that_jump_take_no_key_away(world: World, arash: Person, sara: Person) -> None:
    """In 2100 and in 1970, before anything is fetched."""
    sara.stop()
    arash.say(sara, "sealed in our time")
    real = world.now
    for now in (real + 75 * 365 * DAY, 1000, real + 9 * DAY):
        sara.clock = lambda now=now: now  # type: ignore[misc]
        sara.restart(connect=False)
        sara.node.authority.connect()
        if now != real + 9 * DAY:
            sara.stop()  # before she fetches
    sara.settle()
    sara.stop()
    arash.deliver()
    arash.say(sara, "and later")
    sara.restart()
    sara.settle()
    assert sara.texts(arash) == ["sealed in our time", "and later"]


# --- back with an older vault ---


@pytest.mark.parametrize("days", [8, 28, 60])
def test_a_vault_put_back_from_a_copy_is_not_shut(world: World, arash: Person, sara: Person, days: int) -> None:
    copy = copy_of_vault(sara)
    day_after_day(world, [arash, sara], days)
    newest = published(world, sara)
    assert newest > 1
    sara.stop()
    put_back(sara, copy)
    sara.node.authority.connect()
    sara.settle()
    assert published(world, sara) > 0  # the one of the new key, which an older copy makes by itself
    arash.stop()
    back(sara)
    sara.stop()
    arash.restart()
    arash.say(sara, "sealed to the key that she has now")
    arash.stop()
    back(sara)
    assert sara.texts(arash)[-1:] == ["sealed to the key that she has now"]
    no_alarm(world)


@pytest.mark.parametrize("values", [{}, {"n": 0}, {"n": 2**63}, {"n": "many"}])
def test_no_refusal_of_a_prekey_keeps_anybody_out(world: World, sara: Person, values: dict[str, int | str]) -> None:
    from protocol import messages

    def carry(source: str, target: str, body: bytes) -> list[bytes]:
        asked = decoded(body, PublishPrekey) if source == "sara" else None
        if asked is None:
            return [body]
        tries.append(asked.rid)
        refusal = messages.Failed(asked.rid, "prekey_stale", None, values)
        sara.network.channels[-1].take(messages.encode(refusal))
        return []

    tries: list[int] = []
    world.now += 8 * DAY
    world.carry = carry
    sara.restart()
    assert sara.node.authority.up and 1 <= len(tries) <= 3


def test_an_authority_that_always_knows_a_newer_one_ends_nothing(world: World, sara: Person) -> None:
    from protocol import messages

    def carry(source: str, target: str, body: bytes) -> list[bytes]:
        asked = decoded(body, PublishPrekey) if source == "sara" else None
        if asked is None:
            return [body]
        sequence = decode_strict(asked.prekey.body, Prekey).sequence
        tries.append(sequence)
        refusal = messages.Failed(asked.rid, "prekey_stale", None, {"n": sequence + 10})
        sara.network.channels[-1].take(messages.encode(refusal))
        return []

    tries: list[int] = []
    world.now += 8 * DAY
    world.carry = carry
    sara.restart()
    assert sara.node.authority.up
    assert tries == [2, 13, 24]


# --- what was sealed and not left ---


def test_what_was_sealed_to_an_old_key_and_never_left_is_sealed_anew(world: World, arash: Person, sara: Person) -> None:
    from protocol.messages import Deposit

    sara.stop()
    world.carry = lambda source, target, body: [] if decoded(body, Deposit) is not None else [body]
    arash.write(sara, "sealed, and not left")
    arash.deliver()
    question = "SELECT mail, mailed FROM outbox"
    (made, mailed) = arash.vault.read(lambda rows: rows.execute(question).fetchone())
    assert made is not None and not mailed
    arash.stop()
    world.carry = lambda source, target, body: [body]
    for _week in range(2):
        world.now += 8 * DAY
        back(sara)
    world.now += KEPT
    back(sara)
    assert 1 not in sequences(sara)
    sara.stop()
    arash.restart()
    arash.deliver()
    assert arash.states(sara) == ["authority"]
    arash.stop()
    back(sara)
    assert sara.texts(arash) == ["sealed, and not left"]


def test_an_authority_that_was_restored_gets_the_newest_key_again(world: World, arash: Person, sara: Person) -> None:
    backup = copy_of(world)
    world.now += 8 * DAY
    back(sara)
    back(arash)
    world.sign_up("mani")
    world.settle()
    newest = published(world, sara)
    restore(world, backup)
    assert published(world, sara) < newest
    come_back(arash, sara)
    assert published(world, sara) == newest
    no_alarm(world)


def test_a_copy_of_before_the_clock_was_in_2100_gets_in(world: World, arash: Person, sara: Person) -> None:
    """The number of her presence record is a time that her clock will not reach any more."""
    copy, real = copy_of_vault(sara), world.now
    world.now += 75 * 365 * DAY
    back(sara)
    world.now = real + DAY
    put_back(sara, copy)
    sara.node.authority.connect()
    sara.settle()
    arash.say(sara, "found where she is now")
    assert sara.texts(arash)[-1] == "found where she is now"


@pytest.mark.parametrize("values", [{}, {"n": -1}, {"n": 2**63}, {"n": "many"}, {"n": 5}])
def test_an_authority_that_refuses_every_presence_record_ends_it_by_its_name(
    world: World, sara: Person, values: dict[str, int | str]
) -> None:
    from protocol import messages
    from protocol.messages import LogIn

    def carry(source: str, target: str, body: bytes) -> list[bytes]:
        asked = decoded(body, LogIn) if source == "sara" else None
        if asked is None:
            return [body]
        tries.append(asked.rid)
        sara.network.channels[-1].take(messages.encode(messages.Failed(asked.rid, "stale_presence", None, values)))
        return []

    tries: list[int] = []
    world.carry = carry
    with pytest.raises(HamrazError) as reason:
        sara.restart()
    assert reason.value.code == "stale_presence" and len(tries) == (2 if values == {"n": 5} else 1)
