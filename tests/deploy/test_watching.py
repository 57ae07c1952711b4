"""The dashboard, the alarms and the manual ask for numbers that the authority tells, and by labels that these have."""

import json
import re
from typing import Any

import pytest
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from authority_server.operations.metrics import Metrics
from launch.packages import ROOT
from tests.authority.peer import Clock, new_authority

NAME = re.compile(r"\bhamraz_[a-z_]+\b")
GROUPED = re.compile(r"\bby \(([a-z, ]+)\)")
SELECTED = re.compile(r"\bhamraz_[a-z_]+\{([a-z]+)")
OF_PROMETHEUS = {"instance", "job"}  # it says itself where a number is from


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """Each sample's name, and its labels."""
    metrics = Metrics()
    metrics.tell_of(new_authority(Clock()), lambda: 0, tmp_path_factory.mktemp("data"))
    families = text_string_to_metric_families(generate_latest(metrics.registry).decode())
    samples = [one for family in families for one in family.samples]
    return {
        name: {label for one in samples if one.name == name for label in one.labels}
        for name in {one.name for one in samples}
    }


def board() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / "deploy/grafana/hamraz.json").read_text(encoding="utf-8"))
    return found


def on_the_board() -> list[str]:
    return [target["expr"] for panel in board()["panels"] for target in panel["targets"]]


def alarms() -> list[str]:
    return re.findall(
        r"^ +expr: (.+)$", (ROOT / "deploy/prometheus/hamraz.yml").read_text(encoding="utf-8"), re.MULTILINE
    )


def test_what_is_asked_for_is_told(told: dict[str, set[str]]) -> None:
    for asked in (*on_the_board(), *alarms()):
        names = set(NAME.findall(asked))
        assert names <= told.keys() or asked.startswith("up{"), asked
        known = OF_PROMETHEUS.union(*(told[name] for name in names))
        for labels in (*GROUPED.findall(asked), *SELECTED.findall(asked)):
            assert {label.strip() for label in labels.split(",")} <= known, asked
    assert len(alarms()) == 10


def test_all_that_is_told_is_on_the_board(told: dict[str, set[str]]) -> None:
    shown = {name for asked in on_the_board() for name in NAME.findall(asked)}
    made = {name for name in told if name.endswith("_created")}
    assert told.keys() - shown - made == {
        "hamraz_batch_seconds_sum",
        "hamraz_batch_seconds_count",
        "hamraz_batch_jobs_bucket",
    }


def test_the_manual_names_what_is_told(told: dict[str, set[str]]) -> None:
    manual = (ROOT / "docs/operating.md").read_text(encoding="utf-8")
    watching = manual[manual.index("## Watching") :].split("\n## ")[0]
    named = set(re.findall(r"`(hamraz_[a-z_]+)`", watching))
    families = {re.sub(r"_(bucket|sum|count|created)$", "", name) for name in told}
    assert families == named


def test_the_board_hangs_together() -> None:
    found = board()
    panels = found["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    assert {one["name"] for one in found["templating"]["list"]} == {"datasource", "instance"}
    taken = [
        (x, y)
        for panel in panels
        for at in [panel["gridPos"]]
        for x in range(at["x"], at["x"] + at["w"])
        for y in range(at["y"], at["y"] + at["h"])
    ]
    assert len(set(taken)) == len(taken) and max(x for x, _ in taken) < 24
    assert all('{instance=~"$instance"}' in asked for asked in on_the_board())


def test_the_manual_has_every_alarm() -> None:
    manual = (ROOT / "docs/operating.md").read_text(encoding="utf-8")
    rules = (ROOT / "deploy/prometheus/hamraz.yml").read_text(encoding="utf-8")
    assert set(re.findall(r"`(Hamraz[A-Z]\w+)`", manual)) == set(re.findall(r"alert: (\w+)", rules))
