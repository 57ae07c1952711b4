"""A power cut at every step of a group's life, words and marks alike: each stands in the chain once, for everybody."""

from __future__ import annotations

import pytest

from protocol import kinds
from protocol.roles import Role
from tests.agent.cuts import run_with_cut
from tests.groups.village import Village
from tests.world import Person, World
from web_client.groups.rows import JOINED

IDS = [bytes([number]) * 16 for number in range(1, 7)]
TEXTS = ["by sara", "by the owner, edited", "read by all"]
STRIDE = 11  # of the steps that the short form takes; the long one takes all


def new_village() -> Village:
    village = Village(Role.ADVANCED, Role.BEGINNER)
    village.everybody_joins()
    return village


def write(village: Village, person: Person, kind: str, body: bytes, id: bytes) -> None:
    person.node.groups.write(village.gid, kind, body, id)


def mark(village: Village, person: Person, body: kinds.Body, id: bytes) -> None:
    write(village, person, body.KIND, kinds.encode_body(body), id)


def talk(village: Village) -> None:
    """Every call of it may be repeated, as a page repeats what was not answered."""
    arash, sara, omid = village.people
    world = village.world
    write(village, arash, "text", b"by the owner", IDS[0])
    write(village, sara, "text", TEXTS[0].encode(), IDS[1])
    world.settle()
    mark(village, arash, kinds.Edit(IDS[0], TEXTS[1]), IDS[2])
    mark(village, omid, kinds.Reaction(IDS[1], sara.uid, "👍"), IDS[3])
    write(village, omid, "text", TEXTS[2].encode(), IDS[4])
    arash.write(sara, "and in private", IDS[5])
    world.settle()


def check(village: Village, step: str) -> None:
    village.come_to_rest()
    village.check()
    for person in village.people:
        assert village.room(person).state == JOINED, step
        assert sorted(village.texts(person)) == sorted(TEXTS), (step, person.name)
        shown = {one["text"]: one for one in village.shown(person)}
        reactions = [[one["emoji"], len(one["from"])] for one in shown[TEXTS[0]]["reactions"]]
        assert reactions == [["👍", 1]], step
        assert shown[TEXTS[1]]["edited"] is not None, step
        waiting = person.vault.read(
            lambda rows: rows.execute("SELECT (SELECT count(*) FROM group_outbox) + (SELECT count(*) FROM outbox)")
        )
        assert waiting.fetchone()[0] == 0, step
    assert village.people[1].texts(village.people[0])[-1:] == ["and in private"], step


def victims_of(village: Village, at: int, step: str) -> list[str]:
    """Whoever was writing to disk; on the wire one of them in turn, or only the line."""
    names = [person.name for person in village.people]
    writing = [name for name in names if step.startswith(f"{name}, ")]
    return writing or [[name] for name in names][at % 3] * (at % 4 != 0)


@pytest.mark.timeout(900)
def test_a_cut_at_every_step(long: bool) -> None:
    village = new_village()

    def scenario(world: World) -> None:
        talk(village)

    steps = run_with_cut(village.world, scenario, None, [])
    check(village, "no cut")
    assert len(steps) > 100
    for at in range(1, len(steps) + 1, 1 if long else STRIDE):
        village = new_village()
        victims = victims_of(village, at, steps[at - 1])
        run_with_cut(village.world, scenario, at, victims)
        check(village, f"step {at} of {len(steps)}: {steps[at - 1]}; restarted: {victims}")
