"""Power fails, or the disk is full, between the entry that takes somebody out of a group and what follows from it."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest

from protocol.errors import Damaged
from protocol.roles import Role
from tests.groups.group_world import GroupWorld
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
    group_world = GroupWorld(Role.BEGINNER, Role.BEGINNER)
    group_world.everybody_joins()
    owner, _sara, omid = group_world.people

    def fail(*_: Any) -> None:
        raise trouble

    with monkeypatch.context() as patch, contextlib.suppress(Killed, Damaged):
        patch.setattr(Room, "end", fail)
        if leaves:
            group_membership.leave(group_world.room(omid))
        else:
            owner.node.groups.command(group_world.gid, omid.uid, False, "")
        group_world.room(omid).step()
    if isinstance(trouble, Killed):
        omid.stop()
        omid.restart()
    assert group_world.room(omid).state == JOINED
    owner.settle()
    if back:
        owner.node.groups.command(group_world.gid, omid.uid, True, "")
    for person in group_world.people * 3:
        person.settle()
    assert group_world.room(omid).state == (INVITED if back else LEFT if leaves else REMOVED)
    assert omid.agent().snapshot()["states"] == []
    if back:
        omid.node.groups.answer(group_world.gid, True)
        group_world.world.settle()
        group_world.check()
        assert group_world.room(omid).state == JOINED
