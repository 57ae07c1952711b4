"""A power cut at every step of a group's life, words and marks alike: each stands in the chain once, for everybody."""

from __future__ import annotations

import pytest

from protocol import kinds
from protocol.roles import Role
from tests.agent.cuts import run_with_cut
from tests.groups.group_world import GroupWorld
from tests.world import Person, World
from web_client.groups.rows import JOINED

IDS = [bytes([number]) * 16 for number in range(1, 7)]
TEXTS = ["by sara", "by the owner, edited", "read by all"]
STRIDE = 11  # of the steps that the short form takes; the long one takes all


def new_group_world() -> GroupWorld:
    group_world = GroupWorld(Role.ADVANCED, Role.BEGINNER)
    group_world.everybody_joins()
    return group_world


def write(group_world: GroupWorld, person: Person, kind: str, body: bytes, id: bytes) -> None:
    person.node.groups.write(group_world.gid, kind, body, id)


def mark(group_world: GroupWorld, person: Person, body: kinds.Body, id: bytes) -> None:
    write(group_world, person, body.KIND, kinds.encode_body(body), id)


def talk(group_world: GroupWorld) -> None:
    """Every call of it may be repeated, as a page repeats what was not answered."""
    arash, sara, omid = group_world.people
    world = group_world.world
    write(group_world, arash, "text", b"by the owner", IDS[0])
    write(group_world, sara, "text", TEXTS[0].encode(), IDS[1])
    world.settle()
    mark(group_world, arash, kinds.Edit(IDS[0], TEXTS[1]), IDS[2])
    mark(group_world, omid, kinds.Reaction(IDS[1], sara.uid, "👍"), IDS[3])
    write(group_world, omid, "text", TEXTS[2].encode(), IDS[4])
    arash.write(sara, "and in private", IDS[5])
    world.settle()


def check(group_world: GroupWorld, step: str) -> None:
    group_world.come_to_rest()
    group_world.check()
    for person in group_world.people:
        assert group_world.room(person).state == JOINED, step
        assert sorted(group_world.texts(person)) == sorted(TEXTS), (step, person.name)
        shown = {one["text"]: one for one in group_world.shown(person)}
        reactions = [[one["emoji"], len(one["from"])] for one in shown[TEXTS[0]]["reactions"]]
        assert reactions == [["👍", 1]], step
        assert shown[TEXTS[1]]["edited"] is not None, step
        waiting = person.vault.read(lambda rows: rows.execute("SELECT count(*) FROM outbox"))
        assert waiting.fetchone()[0] == 0, step
    assert group_world.people[1].texts(group_world.people[0])[-1:] == ["and in private"], step


def victims_of(group_world: GroupWorld, at: int, step: str) -> list[str]:
    """Whoever was writing to disk; on the wire one of them in turn, or only the line."""
    names = [person.name for person in group_world.people]
    writing = [name for name in names if step.startswith(f"{name}, ")]
    return writing or [[name] for name in names][at % 3] * (at % 4 != 0)


@pytest.mark.timeout(900)
def test_a_cut_at_every_step(long: bool) -> None:
    group_world = new_group_world()

    def scenario(world: World) -> None:
        talk(group_world)

    steps = run_with_cut(group_world.world, scenario, None, [])
    check(group_world, "no cut")
    assert len(steps) > 100
    for at in range(1, len(steps) + 1, 1 if long else STRIDE):
        group_world = new_group_world()
        victims = victims_of(group_world, at, steps[at - 1])
        run_with_cut(group_world.world, scenario, at, victims)
        check(group_world, f"step {at} of {len(steps)}: {steps[at - 1]}; restarted: {victims}")
