"""An authority that has lost the end of a group's chain is behind, never a liar: agents give back before they write."""

from __future__ import annotations

import pytest

from authority_server.core import recovery
from protocol.errors import HamrazError
from protocol.messages import GiveBackChain
from protocol.roles import Role
from tests.agent.test_recovery import come_back, copy_of, no_alarm, restore
from tests.agent.wire import decoded
from tests.groups.group_world import GroupWorld
from web_client.authority import give_back


@pytest.fixture
def group_world() -> GroupWorld:
    made = GroupWorld(Role.ADVANCED, Role.BEGINNER)
    made.everybody_joins()
    made.say(made.people[1], "before the backup")
    return made


def test_who_knows_more_gives_it_back_before_writing(group_world: GroupWorld) -> None:
    world, (arash, sara, omid) = group_world.world, group_world.people
    backup, log = copy_of(world), world.authority.published.head
    for number in range(3):
        group_world.say(sara, f"after it {number}")
    n, hash = group_world.kept.group.n, group_world.kept.group.hash
    restore(world, backup, recover=False)
    assert world.authority.published.head == log, "the log says nothing of it"
    assert group_world.kept.group.n == n - 3
    sara.reconnect()
    group_world.write(sara, "first to come")
    with pytest.raises(HamrazError) as reason:
        group_world.room(sara).step()
    assert reason.value.code == "recovering", "she has given back, and waits with her own"
    assert world.authority.recovery.on
    assert (group_world.kept.group.n, group_world.kept.group.hash) == (n, hash)
    come_back(arash, omid)
    if world.authority.recovery.on:
        world.authority.recovery.end()
    group_world.come_to_rest()
    group_world.check()
    no_alarm(world)
    texts = ["before the backup", "after it 0", "after it 1", "after it 2", "first to come"]
    assert all(group_world.texts(person) == texts for person in group_world.people)


def test_a_reload_that_is_answered_with_less_gives_back_too(group_world: GroupWorld) -> None:
    world, (arash, sara, _omid) = group_world.world, group_world.people
    backup = copy_of(world)
    group_world.say(arash, "lost, and known to all")
    n, room = group_world.kept.group.n, group_world.room(sara)
    world.cut("authority")
    sara.reconnect()
    restore(world, backup, recover=False)
    sara.reconnect()
    room.refresh()
    assert group_world.kept.group.n == n
    no_alarm(world)


def test_what_is_there_beyond_our_head_is_proved_by_nobody(group_world: GroupWorld) -> None:
    """An agent whose reading was cut off has a head that covers more than its entries: it gives nothing, and waits."""
    world, (arash, sara, omid) = group_world.world, group_world.people
    backup, room = copy_of(world), group_world.room(sara)
    group_world.say(arash, "one")
    omid.stop()
    newest = group_world.kept.group.n + 1
    group_world.say(arash, "two")
    head = room.row("chain")
    sara.vault.write(lambda rows: rows.execute("DELETE FROM group_entries WHERE n = ?", (newest,)))
    sara.vault.write(
        lambda rows: rows.execute(
            "UPDATE groups SET n = n - 1, hash = (SELECT hash FROM group_entries e WHERE e.gid = groups.gid AND "
            "e.n = groups.n - 1), chain = ? WHERE gid = ?",
            (head, group_world.gid),
        )
    )
    sara.vault.write(lambda rows: rows.execute("DELETE FROM messages WHERE n = ?", (newest,)))
    sara.restart(connect=False)
    restore(world, backup, recover=False)
    sara.node.authority.connect()
    group_world.write(sara, "waits")
    with pytest.raises(HamrazError) as reason:
        group_world.room(sara).step()
    assert reason.value.code == "recovering"
    come_back(arash)
    assert group_world.kept.group.n == newest, "whoever has all of it mends it"
    world.authority.recovery.end()
    come_back(sara)
    world.settle()
    assert group_world.texts(sara) == ["before the backup", "one", "two", "waits"]
    no_alarm(world)


def test_a_group_of_one_comes_back_too() -> None:
    group_world = GroupWorld(members=0)
    (arash,) = group_world.people
    backup = copy_of(group_world.world)
    group_world.say(arash, "to myself")
    restore(group_world.world, backup, recover=False)
    come_back(arash)
    assert group_world.kept.group.n == group_world.room(arash).group.n
    no_alarm(group_world.world)


def test_who_gives_and_stops_gives_way(group_world: GroupWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    world, (arash, sara, _omid) = group_world.world, group_world.people
    backup = copy_of(world)
    for number in range(3):
        group_world.say(arash, f"lost {number}")
    n = group_world.kept.group.n
    restore(world, backup, recover=False)
    monkeypatch.setattr(give_back, "CHAIN_PART", 1)  # byte: one entry at a time
    parts: list[bytes] = []

    def carry(source: str, target: str, body: bytes) -> list[bytes]:
        given = decoded(body, GiveBackChain) if source == "sara" else None
        if given is not None and given.entries:
            parts.append(body)
            return [body] if len(parts) < 2 else []
        return [body]

    sara.reconnect()
    world.carry = carry
    with pytest.raises(HamrazError):
        group_world.room(sara).step()
    assert len(parts) == 2 and sara.node.authority.up, "one part is held there, and nothing follows"
    arash.reconnect()
    with pytest.raises(HamrazError) as reason:
        group_world.room(arash).step()
    assert reason.value.code == "recovering"
    world.now += recovery.HOLD_MS
    group_world.room(arash).step()
    assert group_world.kept.group.n == n
    no_alarm(world)
