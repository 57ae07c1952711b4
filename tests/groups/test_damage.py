"""What a bad disk has changed in a group's chain at the authority reaches nobody, and nobody takes it for a lie."""

from __future__ import annotations

import logging

import pytest
from sqlalchemy import text

from authority_server import status
from protocol.errors import HamrazError
from protocol.roles import Role
from tests.groups.village import Village


def test_a_damaged_entry_is_not_handed_out_and_nothing_more_is_written(caplog: pytest.LogCaptureFixture) -> None:
    village = Village(Role.BEGINNER, Role.BEGINNER)
    village.everybody_joins()
    village.say(village.people[1], "hello")
    late, world = village.people[2], village.world
    late.stop()
    del world.people[late.name]  # nothing of hers is stirred meanwhile
    seen = late.node.groups.rooms[village.gid].group.n
    for n in range(3):
        village.say(village.people[0], f"while away {n}")
    authority = world.authority
    with world.store.transaction() as rows:
        last, entry = rows._connection.execute(text("SELECT n, entry FROM chain ORDER BY n DESC")).first() or (0, b"")
        change = text("UPDATE chain SET entry = :entry WHERE n = :n")
        rows._connection.execute(change, {"n": last, "entry": entry[:-9] + bytes([entry[-9] ^ 1]) + entry[-8:]})
    with caplog.at_level(logging.ERROR, "hamraz.authority"):
        late.restart()
        room = late.node.groups.rooms[village.gid]
        assert room.group.n == seen
        with pytest.raises(HamrazError) as reason:
            room.step()
    assert reason.value.code == "authority_failing"
    assert (late.node.trust.alarm, room.row("trouble")) == (None, None), "the authority hasn't lied"
    (said,) = [record for record in caplog.records if "is damaged" in record.getMessage()]
    assert village.gid.hex()[:8] in said.getMessage()
    with pytest.raises(HamrazError) as reason:
        world.sign_up("latecomer")
    assert reason.value.code == "authority_failing", "who knows what else is wrong with it"
    assert authority.health.final
    trouble = status._trouble(authority)
    assert trouble is not None and trouble["code"] == "database_damaged"
