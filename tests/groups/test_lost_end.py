"""A database that has lost its newest end, beside a file that knows how long it was: it mends by itself.

The lost journal is an older copy of the database under the same file of signed sizes.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from authority_server.operations import status
from authority_server.state.state import ERA
from authority_server.store.database import Store
from protocol.errors import HamrazError
from protocol.roles import Role
from tests.agent.test_recovery import code_of, come_back, copy_of, found_group, make_admin, no_alarm, posts
from tests.groups.group_world import GroupWorld
from tests.world import Person, World


@pytest.fixture
def group_world(tmp_path: Path) -> GroupWorld:
    made = GroupWorld(Role.ADVANCED, Role.BEGINNER)
    made.world.sizes = tmp_path / "authority.sizes"
    made.world.restart_authority()
    made.come_to_rest()
    made.everybody_joins()
    made.say(made.people[1], "before")
    return made


def lose(world: World, backup: Store) -> None:
    """The power is cut, and the journal is gone with all that came after the backup."""
    world.now += 60_000
    world.store = backup
    world.restart_authority()


def test_it_heals_by_itself_and_nobody_sees_an_alarm(group_world: GroupWorld) -> None:
    world, (arash, sara, omid) = group_world.world, group_world.people
    backup = copy_of(world)
    for number in range(3):
        group_world.say(sara, f"lost {number}")
    lose(world, backup)
    assert world.authority.recovery.status() == {
        "before": world.authority.published.size,
        "seen": 0,
        "of": 3,
        "lacks": {"log": 0, "groups": 1},
        "declared": False,
    }
    come_back(omid)
    assert not world.authority.recovery.on, "one who has it is enough"
    group_world.say(omid, "and on")
    group_world.come_to_rest()
    group_world.check()
    no_alarm(world)
    assert group_world.texts(arash) == ["before", "lost 0", "lost 1", "lost 2", "and on"]
    world.restart_authority()
    assert not world.authority.recovery.on


def test_who_is_behind_writes_nothing_before_that(group_world: GroupWorld) -> None:
    """What raised the alarm at everybody else: the first to come has seen nothing of what was lost."""
    world, (arash, sara, omid) = group_world.world, group_world.people
    backup = copy_of(world)
    omid.stop()
    del world.people["omid"]
    for number in range(3):
        group_world.say(sara, f"lost {number}")
    lose(world, backup)
    world.people["omid"] = omid
    omid.restart()
    group_world.write(omid, "first to come")
    assert code_of(group_world.room(omid).step) == "recovering"
    come_back(arash, sara)
    group_world.come_to_rest()
    group_world.check()
    no_alarm(world)
    assert group_world.texts(sara) == ["before", "lost 0", "lost 1", "lost 2", "first to come"]


def test_what_lacks_nothing_goes_on(group_world: GroupWorld) -> None:
    world, (arash, sara, omid) = group_world.world, group_world.people
    other = found_group(world, arash, omid)
    backup = copy_of(world)
    group_world.say(sara, "lost")
    sara.stop(), omid.stop(), arash.stop()
    lose(world, backup)
    mani = world.sign_up("mani")  # the log lacks nothing
    arash.restart(connect=False)
    del arash.node.groups.rooms[group_world.gid]  # who can't give it back
    arash.vault.write(lambda rows: rows.execute("UPDATE groups SET chain = NULL WHERE gid = ?", (group_world.gid,)))
    arash.node.authority.connect()
    arash.agent().send_public_message("goes on", other.hex(), False, None, "", None)
    arash.settle()
    assert posts(arash, other) == ["goes on"] and world.authority.recovery.on
    assert mani.node.authority.up
    assert world.authority.floor.chains.keys() == {group_world.gid}
    no_alarm(world)


def test_the_log_s_end_comes_back_too(group_world: GroupWorld, tmp_path: Path) -> None:
    world, (arash, sara, omid) = group_world.world, group_world.people
    backup, before = copy_of(world), world.authority.published.size
    mani = world.sign_up("mani")
    world.settle()
    make_admin(world, arash, mani, Role.ADMIN)
    whole = world.authority.state.entries[:]
    mani.stop()
    lose(world, backup)
    assert code_of(lambda: world.sign_up("newcomer")) == "recovering"
    del world.people["newcomer"]
    now = datetime.now(UTC)
    shown = status.describe(status.gather(world.authority, 0, tmp_path, now), now)
    assert f"the log lacks {len(whole) - before} entries, 0 groups lack some" in shown
    mani.restart()
    assert world.authority.state.entries == whole and not world.authority.recovery.on
    come_back(arash, sara, omid)
    world.sign_up("newcomer")
    no_alarm(world)


def test_mail_that_was_acknowledged_and_lost_is_left_again(group_world: GroupWorld) -> None:
    """Neither log nor chain says anything of it: only the count of transactions does."""
    world, (arash, _sara, omid) = group_world.world, group_world.people
    omid.stop()
    del world.people["omid"]
    world.settle()
    backup, era = copy_of(world), world.authority.state.settings[ERA]
    arash.say(omid, "acknowledged")
    assert arash.states(omid)[-1] == "authority"
    lose(world, backup)
    assert world.authority.state.settings[ERA] != era and not world.authority.recovery.on
    arash.reconnect()
    arash.settle()
    arash.stop()
    world.people["omid"] = omid
    omid.restart()
    omid.settle()
    assert omid.texts(arash)[-1] == "acknowledged"


def test_whoever_comes_after_it_is_over_leaves_mail_again_too(group_world: GroupWorld) -> None:
    world, (arash, sara, omid) = group_world.world, group_world.people
    omid.stop()
    del world.people["omid"]
    world.settle()
    backup = copy_of(world)
    group_world.say(sara, "lost")
    arash.say(omid, "lost with the backup's end")
    arash.stop()
    lose(world, backup)
    come_back(sara)
    assert not world.authority.recovery.on
    world.restart_authority()
    sara.reconnect()
    arash.restart()
    arash.settle()
    arash.stop()
    world.people["omid"] = omid
    omid.restart()
    omid.settle()
    assert omid.texts(arash)[-1] == "lost with the backup's end"


def test_a_restart_without_a_loss_is_no_new_era(group_world: GroupWorld) -> None:
    world = group_world.world
    for _time in range(3):
        era = world.authority.state.settings[ERA]
        group_world.say(group_world.people[0], "on")
        world.restart_authority()
        group_world.come_to_rest()
        assert world.authority.state.settings[ERA] == era


def test_what_nobody_has_any_more_is_given_up_by_a_person(group_world: GroupWorld) -> None:
    world, (arash, _sara, omid) = group_world.world, group_world.people
    omid.stop()
    world.people.pop("omid")
    backup = copy_of(world)
    copies: dict[str, Person] = {}
    # both agents that have it are gone for good
    group_world.say(arash, "known to arash and sara only")
    for name in ("arash", "sara"):
        copies[name] = world.people.pop(name)
        copies[name].stop()
    lose(world, backup)
    world.people["omid"] = omid
    omid.restart()
    group_world.write(omid, "waits")
    with pytest.raises(HamrazError):
        group_world.room(omid).step()
    assert "Recovery has ended" in world.authority.recovery.end()
    group_world.room(omid).step()
    assert group_world.texts(omid) == ["before", "waits"]
    world.restart_authority()
    assert not world.authority.recovery.on, "what was given up isn't asked for again"


def test_everybody_who_has_given_all_ends_what_began_by_itself(group_world: GroupWorld) -> None:
    """The whole folder was put back, with its file: nobody knows how much is missing until all have been here."""
    world, (arash, sara, omid) = group_world.world, group_world.people
    backup = copy_of(world)
    assert world.sizes is not None
    kept = world.sizes.read_bytes()
    for number in range(3):
        group_world.say(sara, f"lost {number}")
    world.sizes.write_bytes(kept)
    lose(world, backup)
    assert not world.authority.recovery.on
    come_back(sara)
    assert world.authority.recovery.declared
    come_back(arash)
    assert world.authority.recovery.declared
    world.restart_authority()
    assert world.authority.recovery.declared, "over a restart too, where everybody is asked again"
    come_back(sara, arash, omid)
    assert not world.authority.recovery.on
    group_world.come_to_rest()
    group_world.say(omid, "and on")
    group_world.check()
    no_alarm(world)
    assert group_world.texts(arash) == ["before", "lost 0", "lost 1", "lost 2", "and on"]
