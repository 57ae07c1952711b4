"""Every drill, run once by the command that people use: stopped here and, where the original has it, working there."""

from __future__ import annotations

import threading

import pytest

from tests.drill.drills import DRILLS
from tests.drill.run import Result, run


@pytest.fixture(scope="module")
def results() -> dict[str, Result]:
    return {result.drill.number: result for result in run(DRILLS)}


@pytest.mark.timeout(300)  # the first one waits for all of them
@pytest.mark.parametrize("number", [drill.number for drill in DRILLS])
def test_it_is_stopped_by_name(results: dict[str, Result], number: str) -> None:
    result = results[number]
    assert not result.trouble, result.trouble
    assert not result.ours.through, result.ours.came
    assert result.ours.check
    assert result.original is None or result.original.through, "an attack that doesn't work there shows nothing here"


def test_each_of_the_28_flaws_has_its_own_attack() -> None:
    assert [drill.number for drill in DRILLS[:28]] == [str(n) for n in range(1, 29)]
    assert all(drill.original is not None for drill in DRILLS[:28])
    assert len({drill.ours for drill in DRILLS}) == len(DRILLS)


def test_nothing_is_left_running(results: dict[str, Result]) -> None:
    assert not [thread.name for thread in threading.enumerate() if thread.name.startswith("original")]
