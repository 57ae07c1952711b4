"""A group in memory for each test, of the owner and two without rank; and two people without a group."""

from __future__ import annotations

import pytest

from protocol.roles import Role
from tests.agent.conftest import arash as arash
from tests.agent.conftest import sara as sara
from tests.agent.conftest import world as world
from tests.groups.group_world import GroupWorld


@pytest.fixture
def group_world() -> GroupWorld:
    made = GroupWorld(Role.BEGINNER, Role.BEGINNER)
    made.everybody_joins()
    return made
