"""Power fails, or the disk is full, between the entry that takes somebody out of a group and what follows from it."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest

from protocol.errors import Damaged
from protocol.roles import Role
from tests.groups.village import Village
from tests.world import Killed
from web_client.groups import membership as group_membership
from web_client.groups.rows import INVITED, JOINED, LEFT, REMOVED
from web_client.groups.session import Room


@pytest.mark.parametrize("trouble", [Killed(), Damaged("disk_full")], ids=["power", "disk"])
@pytest.mark.parametrize("back", [False, True], ids=["out", "asked back"])
@pytest.mark.parametrize("leaves", [False, True], ids=["removed", "left"])
def test_the_chain_says_it_once_more(
    monkeypatch: pytest.MonkeyPatch, leaves: bool, back: bool, trouble: BaseException
) -> None:
    """It stands there for good, and nothing new comes that would say it again."""
    village = Village(Role.BEGINNER, Role.BEGINNER)
    village.everybody_joins()
    owner, _sara, omid = village.people

    def fail(*_: Any) -> None:
        raise trouble

    with monkeypatch.context() as patch, contextlib.suppress(Killed, Damaged):
        patch.setattr(Room, "end", fail)
        if leaves:
            group_membership.leave(village.room(omid))
        else:
            owner.node.groups.command(village.gid, omid.uid, False, "")
        village.room(omid).step()
    if isinstance(trouble, Killed):
        omid.stop()
        omid.restart()
    assert village.room(omid).state == JOINED
    owner.settle()
    if back:
        owner.node.groups.command(village.gid, omid.uid, True, "")
    for person in village.people * 3:
        person.settle()
    assert village.room(omid).state == (INVITED if back else LEFT if leaves else REMOVED)
    assert omid.agent().snapshot()["states"] == []
    if back:
        omid.node.groups.answer(village.gid, True)
        village.world.settle()
        village.check()
        assert village.room(omid).state == JOINED
