"""The tests of protocol/ notice the small mistakes that somebody could make there; and that is really looked at."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from launch.packages import ROOT
from tests.mutation.mutants import mutants_of

SAMPLE = """
BOUND = 3

def within(numbers, more=False):
    for number in numbers:
        if number > BOUND and not more:
            raise ValueError(number)
    return [number for number in numbers if number]
"""
# What each mutant of it answers to these: (numbers, more).
ASKED = [([0, 1, 2], False), ([3], False), ([4], False), ([4], True)]
FOUND = {
    "module: BOUND = 3: 3 becomes 4": [[1, 2], [3], [4], [4]],
    "module: BOUND = 3: 3 becomes 2": [[1, 2], "raised", "raised", [4]],
    "within: def within(numbers, more=False):: False becomes True": [[1, 2], [3], "raised", [4]],
    "within: if number > BOUND and not more:: And becomes Or": ["raised", "raised", "raised", "raised"],
    "within: if number > BOUND and not more:: Gt becomes GtE": [[1, 2], "raised", "raised", [4]],
    "within: if number > BOUND and not more:: not is dropped": [[1, 2], [3], [4], "raised"],
    "within: raise ValueError(number): raise is dropped": [[1, 2], [3], [4], [4]],
    "within: return [number for number in numbers if number]: returns None": [None, None, "raised", None],
    "within: return [number for number in numbers if number]: takes all of the 1. loop": [
        [0, 1, 2],
        [3],
        "raised",
        [4],
    ],
}


def answers(code: Any) -> list[Any]:
    names: dict[str, Any] = {}
    exec(code, names)

    def one(numbers: list[int], more: bool) -> Any:
        try:
            return names["within"](numbers, more)
        except ValueError:
            return "raised"

    return [one(*asked) for asked in ASKED]


def test_each_mutant_is_the_module_with_one_mistake(tmp_path: Path) -> None:
    path = tmp_path / "sample.py"
    path.write_text(SAMPLE)
    found = {mutant.name.removeprefix("sample.py "): answers(mutant.code()) for mutant in mutants_of(path, path.name)}
    assert found == FOUND


def campaign(*arguments: str) -> tuple[str, int]:
    command = [sys.executable, "-m", "tests.mutation", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    return done.stdout + done.stderr, done.returncode


def test_every_mistake_in_roles_is_noticed() -> None:
    arguments = ["protocol/roles.py", "--only", "functions", "--tests", "tests/protocol/test_roles.py"]
    said, code = campaign(*arguments)
    assert code == 0 and re.search(r"^(\d\d+) of \1 noticed", said, re.MULTILINE), said


@pytest.mark.long
@pytest.mark.timeout(7200)
def test_mistakes_in_protocol_are_noticed() -> None:
    said, code = campaign("--minutes", "25", "--least", "93")
    print(said)
    assert code == 0, said
