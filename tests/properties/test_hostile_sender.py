"""Whatever somebody with an account and a right key says, anywhere, costs at most the row that it would have been."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.roles import Role
from tests.properties.hostile import GroupWithMallory, Mistakes, acts
from tests.protocol.effort import examples

ACTS = 14  # of each with_mallory, which takes half a second to be set up


@pytest.mark.timeout(3600)
@examples(4)
@given(st.data(), st.sampled_from([Role.BEGINNER, Role.ADVANCED]))
def test_whatever_is_said_costs_at_most_its_row(data: st.DataObject, role: Role) -> None:
    with_mallory = GroupWithMallory(role)
    with Mistakes().watching() as mistakes:
        for _ in range(ACTS):
            what, drawn = data.draw(acts(with_mallory.pool))
            with_mallory.act(what, drawn)
        with_mallory.check(mistakes)
