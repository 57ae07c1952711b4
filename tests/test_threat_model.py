"""What docs/threat-model.md points at is there: drills, test files, models and codes."""

from __future__ import annotations

import re

import pytest

from launch.packages import ROOT
from protocol.errors import CATALOGUE
from tests.drill.drills import DRILLS
from web_client.account.states import NAMES

TEXT = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")
TABLE = TEXT.partition("## Each promise")[2].partition("\n## ")[0]
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in TABLE.splitlines() if line.startswith("| ")][
    2:
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0][:40])
def test_each_promise_has_its_check_its_drill_and_its_test(row: list[str]) -> None:
    _promise, check, drills, tests, model = row
    codes = re.findall(r"`([a-z_]+)`", check)
    assert "(" in check and all(code in CATALOGUE or code in NAMES for code in codes)
    known = {drill.number for drill in DRILLS}
    assert drills == "–" or all(number in known for number in drills.split(", "))
    files = re.findall(r"`([^`]+)`", tests)
    assert files and all((ROOT / "tests" / file).is_file() for file in files)
    assert model == "–" or (ROOT / "docs" / "models" / model.strip("`")).is_file()


def test_every_drill_of_a_flaw_or_a_lie_belongs_to_a_promise() -> None:
    told = {number for row in ROWS for number in row[2].split(", ")}  # "–": what no attack on the wire is about
    assert {drill.number for drill in DRILLS} - told == set()
