"""What a bad disk has changed at the authority reaches nobody, is named to whoever runs it, stops one thing, and comes
back from agents where they have it. Nobody takes it for a lie.
"""

from __future__ import annotations

import contextlib
import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import select, text, update

from authority_server.operations import status
from authority_server.store import groups as group_store
from authority_server.store import mail as mail_store
from authority_server.store.groups import CHAIN
from protocol.errors import Damaged, HamrazError
from protocol.group_entries import StubEntry, decode_entry, encode_entry
from protocol.roles import Role
from tests import stores
from tests.agent.test_recovery import found_group, no_alarm, post, posts
from tests.groups.group_world import GroupWorld
from tests.world import Person, World
from web_client.groups import retraction


@pytest.fixture
def group_world() -> GroupWorld:
    made = GroupWorld(Role.ADVANCED, Role.BEGINNER)
    made.everybody_joins()
    for number in range(4):
        made.say(made.people[number % 2], f"message {number}")
    return made


def change(world: World, table: str, column: str, where: str = "true", value: Any = None) -> int:
    """Flip a bit in the middle of a column, or put a value there; how many rows it was."""
    with world.store.transaction() as rows:
        connection = rows._connection
        row = {"sqlite": "rowid", "postgresql": "ctid"}[connection.dialect.name]
        found = connection.execute(text(f"SELECT {row}, {column} FROM {table} WHERE {where}")).all()
        for rowid, before in found:
            after = value if value is not None else flipped(before)
            connection.execute(text(f"UPDATE {table} SET {column} = :v WHERE {row} = :r"), {"v": after, "r": rowid})
    return len(found)


def flipped(before: Any) -> Any:
    if isinstance(before, bytes):
        at = len(before) // 2
        return before[:at] + bytes([before[at] ^ 4]) + before[at + 1 :]
    return before ^ 4


def start_again(group_world: GroupWorld) -> None:
    group_world.world.restart_authority()
    group_world.come_to_rest()


def last(group_world: GroupWorld, which: str) -> str:
    place = "max(n)" if which == "newest" else "max(n) - 2"
    gid = stores.literal(group_world.gid)
    return f"gid = {gid} AND n = (SELECT {place} FROM chain WHERE gid = {gid})"


def all_is_well(group_world: GroupWorld) -> None:
    group_world.say(group_world.people[0], "and on")
    group_world.come_to_rest()
    group_world.check()
    no_alarm(group_world.world)
    for person in group_world.people:
        assert group_world.texts(person) == [*(f"message {number}" for number in range(4)), "and on"]


# --- chains ---


def test_a_damaged_entry_stops_whoever_needs_it_and_comes_back(
    group_world: GroupWorld, caplog: pytest.LogCaptureFixture
) -> None:
    late, world = group_world.people[2], group_world.world
    late.stop()
    del world.people[late.name]  # nothing of hers is stirred meanwhile
    seen = late.node.groups.rooms[group_world.gid].group.n
    for n in range(3):
        group_world.say(group_world.people[0], f"while away {n}")
    assert change(world, "chain", "entry", last(group_world, "middle")) == 1
    with caplog.at_level(logging.ERROR, "hamraz.authority"):
        late.restart()
        room = late.node.groups.rooms[group_world.gid]
        assert room.group.n == seen
        with pytest.raises(HamrazError) as reason:
            room.step()
    assert reason.value.code == "authority_failing"
    assert (late.node.ctx.trust.alarm, room.row("trouble")) == (None, None), "the authority hasn't lied"
    (said,) = [record for record in caplog.records if "is not what was written" in record.getMessage()]
    assert group_world.gid.hex()[:8] in said.getMessage()
    assert not world.authority.health.final and world.authority.health.trouble is None
    world.sign_up("latecomer")  # one row stops one thing
    group_world.say(group_world.people[1], "goes on")
    world.people[late.name] = late
    world.settle()  # those who were asked have given it back
    late.settle()
    assert group_world.texts(late)[-4:] == ["while away 0", "while away 1", "while away 2", "goes on"]
    assert world.authority.damage.wanted(group_world.gid) is None
    with world.store.reading() as rows:
        assert group_store.first_damaged(rows, group_world.gid) is None
    no_alarm(world)


@pytest.mark.parametrize("column", ["entry", "hash", "uid", "message_id", "kind", "sum"])
@pytest.mark.parametrize("which", ["newest", "middle"])
def test_a_changed_row_of_a_chain_is_never_signed(group_world: GroupWorld, which: str, column: str) -> None:
    """The hash beside the newest entry was signed as it stood: the alarm at every member, for good."""
    value = "massage" if column == "kind" else None
    assert change(group_world.world, "chain", column, last(group_world, which), value) == 1
    start_again(group_world)
    no_alarm(group_world.world)
    all_is_well(group_world)


@pytest.mark.parametrize("column", ["entry", "hash"])
@pytest.mark.parametrize("kind", ["commit", "join"])
def test_a_changed_commit_or_join_stops_its_group_until_it_is_given_back(
    group_world: GroupWorld, kind: str, column: str, caplog: pytest.LogCaptureFixture
) -> None:
    world, (arash, sara, omid) = group_world.world, group_world.people
    other = found_group(world, arash, sara)
    post(world, sara, other, "in the other")
    assert change(world, "chain", column, f"gid = {stores.literal(group_world.gid)} AND kind = '{kind}' LIMIT 1") == 1
    for person in group_world.people:
        person.stop()
    world.restart_authority()
    assert "is not what was written" in caplog.text
    told = world.authority.recovery.status()
    assert told is not None and told["lacks"] == {"log": 0, "groups": 1} and not told["declared"]
    now = datetime.now(UTC)
    shown = status.describe(status.gather(world.authority, 0, Path("."), now), now)
    assert "DAMAGED" in shown and group_world.gid.hex()[:8] in shown
    for person in (omid, arash, sara):
        person.restart()
    world.settle()
    assert not world.authority.recovery.on
    post(world, arash, other, "and on there")
    assert posts(sara, other) == ["in the other", "and on there"]
    all_is_well(group_world)
    start_again(group_world)
    assert not world.authority.recovery.on


@pytest.mark.parametrize("column", ["port", "creator"])
def test_a_group_whose_row_is_changed_is_made_again(group_world: GroupWorld, column: str) -> None:
    before = group_world.world.authority.published_groups[group_world.gid].port
    assert change(group_world.world, "groups", column) == 1
    start_again(group_world)
    assert group_world.world.authority.published_groups[group_world.gid].port == before
    all_is_well(group_world)


def test_a_hash_that_is_asked_for_later_is_checked_too(group_world: GroupWorld) -> None:
    """Of a member who had seen an old place, what it says it had seen is looked up in the database."""
    world, (arash, sara, _omid) = group_world.world, group_world.people
    place = group_world.kept.group.n - 1
    group_world.kept.group.recent.clear()
    assert change(world, "chain", "hash", f"gid = {stores.literal(group_world.gid)} AND n = {place}") == 1
    room = group_world.room(sara)
    group_world.write(sara, "under an older view")
    n, hash = room.group.n, room.group.hash
    room.group.n, room.group.hash = place, room.group.hash_at(place)
    try:
        from web_client.groups import outgoing as group_outgoing

        with pytest.raises(HamrazError) as reason:
            group_outgoing.post_waiting(room)
    finally:
        room.group.n, room.group.hash = n, hash
    assert reason.value.code == "authority_failing", "nothing is wrong with her message"
    world.settle()
    group_world.come_to_rest()
    assert group_world.texts(arash)[-1] == "under an older view"
    group_world.check()


@pytest.mark.parametrize("damage", ["sig", "header"])
def test_a_changed_stub_reaches_nobody_and_comes_back_without_its_words(group_world: GroupWorld, damage: str) -> None:
    """What stays of a message that was taken away has no hash of its own beside it; its writer's agent had been asleep
    and gives the whole message back.
    """
    world, (arash, sara, omid) = group_world.world, group_world.people
    (n,) = (shown["proof"]["n"] for shown in group_world.shown(arash) if shown["text"] == "message 1")
    sara.stop()
    omid.stop()
    del world.people["sara"], world.people["omid"]
    retraction.take_away(group_world.room(arash), n, "")
    world.settle()
    arash.stop()
    with world.store.transaction() as rows:
        connection = rows._connection
        stub = decode_entry(connection.execute(select(CHAIN.c.entry).where(CHAIN.c.n == n)).scalar_one())
        assert isinstance(stub, StubEntry)
        value = encode_entry(msgspec.structs.replace(stub, **{damage: flipped(getattr(stub, damage))}))
        connection.execute(update(CHAIN).where(CHAIN.c.n == n).values(entry=value))
    world.restart_authority()
    world.people["sara"], world.people["omid"] = sara, omid
    with world.store.reading() as rows, contextlib.suppress(Damaged):
        group_store.entries(rows, group_world.gid, 0, n, 1 << 20)
        group_store.entries(rows, group_world.gid, n - 1, n, 1 << 20)
    assert world.authority.damage.wanted(group_world.gid) == n
    sara.restart(connect=False)
    sara.node.authority.connect()
    sara.node.authority._recovering = True
    sara.node.authority.give_back()
    assert world.authority.damage.wanted(group_world.gid) is None
    with world.store.reading() as rows:
        mended = decode_entry(group_store.entries(rows, group_world.gid, n - 1, n, 1 << 20)[0])
    assert mended == stub
    for person in (arash, omid):
        person.restart()
    group_world.come_to_rest()
    group_world.say(omid, "and on")
    group_world.check()
    assert all("message 1" not in group_world.texts(person) for person in group_world.people)


# --- keys ---


def test_a_changed_grant_is_no_key_and_given_again(group_world: GroupWorld) -> None:
    world, (arash, _sara, omid) = group_world.world, group_world.people
    omid.stop()
    del world.people["omid"]
    mani = world.sign_up("mani")
    world.settle()
    arash.node.groups.command(group_world.gid, mani.uid, True, "")
    group_world.say(arash, "under the new key")
    assert change(world, "grants", "sealed", f"uid = {stores.literal(omid.uid)} AND epoch = 2") == 1
    world.people["omid"] = omid
    omid.restart()
    world.settle()
    world.now += 120_000
    group_world.come_to_rest()
    assert group_world.texts(omid)[-1] == "under the new key", "somebody has given it again"
    no_alarm(world)


@pytest.mark.parametrize("column", ["body", "sig", "sum"])
def test_a_changed_prekey_is_none_and_mended_by_a_log_in(group_world: GroupWorld, column: str) -> None:
    world, (arash, _sara, omid) = group_world.world, group_world.people
    omid.stop()
    del world.people["omid"]
    assert change(world, "prekeys", column, f"uid = {stores.literal(omid.uid)}") == 1
    arash.say(omid, "to nobody's key")
    assert arash.shown(omid)[-1]["why"] == "prekey_missing", "and not that a signature doesn't hold"
    omid.restart()
    omid.stop()
    arash.deliver()
    assert arash.states(omid)[-1] == "authority"
    arash.stop()
    omid.restart()
    omid.settle()
    assert omid.texts(arash)[-1] == "to nobody's key"


# --- accounts and settings ---


@pytest.mark.parametrize("column", ["uid", "email", "presence", "presence_sig", "sequence", "created", "sum"])
def test_a_changed_account_costs_what_stood_there(group_world: GroupWorld, column: str) -> None:
    world, (arash, sara, _omid) = group_world.world, group_world.people
    value = 2**62 if column == "sequence" else None
    assert change(world, "accounts", column, f"uid = {stores.literal(sara.uid)}", value) == 1
    for person in group_world.people:
        person.stop()
    world.restart_authority()
    for person in group_world.people:
        person.restart()
    world.settle()
    arash.say(sara, "found")
    assert sara.texts(arash)[-1] == "found"
    all_is_well(group_world)
    world.restart_authority()
    assert not world.authority.damage.status(), "it was written anew"


def test_a_changed_invitation_lets_nobody_in_and_is_renewed(group_world: GroupWorld) -> None:
    world = group_world.world
    assert change(world, "settings", "value", "name = 'invitation'") == 1
    start_again(group_world)
    assert world.authority.state.invitation is None
    assert "settings invitation" in world.authority.damage.status()
    world.authority.renew_invitation("a" * 16)
    world.restart_authority()
    assert world.authority.state.invitation == "a" * 16 and not world.authority.damage.status()


# --- what waits ---


def away(group_world: GroupWorld, who: Person) -> None:
    who.stop()
    group_world.world.people.pop(who.name)


def test_a_changed_item_of_mail_is_left_out_and_the_others_come(group_world: GroupWorld) -> None:
    world, (arash, _sara, omid) = group_world.world, group_world.people
    away(group_world, omid)
    for number in range(3):
        arash.say(omid, f"mail {number}")
    assert change(world, "mail", "sealed", "place = (SELECT min(place) + 1 FROM mail)") == 1
    world.people["omid"] = omid
    omid.restart()
    omid.settle()
    found = [shown["text"] for shown in omid.shown(arash) if shown["kind"] == "text"]
    assert found == ["mail 0", "mail 2"], "no line says that something can't be read"
    with world.store.reading() as rows:
        assert not rows.ask(select(mail_store.MAIL)).all(), "what doesn't hold waits for nobody"
    world.settle()
    arash.deliver()
    assert sorted(filter(None, omid.texts(arash))) == ["mail 0", "mail 1", "mail 2"]


def test_a_mailbox_of_nothing_but_damage_is_empty_and_takes_more(group_world: GroupWorld) -> None:
    world, (arash, _sara, omid) = group_world.world, group_world.people
    away(group_world, omid)
    arash.say(omid, "mail 0")
    assert change(world, "mail", "prekey_id") == 1
    omid.restart()
    omid.settle()
    omid.stop()
    arash.vault.write(lambda rows: rows.execute("UPDATE outbox SET mailed = 0"))
    arash.deliver()
    omid.restart()
    omid.settle()
    assert omid.texts(arash)[-1] == "mail 0"
    assert world.authority.state.mail.items.total == 0


@pytest.mark.parametrize("table", ["acks", "seen", "group_settings"])
def test_a_changed_aside_is_nothing(group_world: GroupWorld, table: str) -> None:
    column = {"acks": "sig"}.get(table, "sealed")
    group_world.come_to_rest()
    assert change(group_world.world, table, column) > 0
    start_again(group_world)
    all_is_well(group_world)
