"""Benchmarks that can be wrong without anybody noticing: how they count and what they take for an answer."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import accounts, floors, group_cost, groups, private_message, reload, source_lines, test_time
from benchmarks.figures import Figure, collect, percentile, table
from benchmarks.generator import Crowd
from benchmarks.town import live, town
from launch.packages import ROOT
from protocol.errors import Refused


def test_percentiles_are_values_that_occurred() -> None:
    values = list(range(100, 0, -1))
    assert [percentile(values, percent) for percent in (1, 50, 99, 100)] == [1, 50, 99, 100]
    assert percentile([7.0], 99) == 7.0


def test_a_figure_says_its_median_and_how_sure_it_is() -> None:
    (figure,) = collect("accounts", {"log-ins": "/s"}, [{"log-ins": value} for value in (900.0, 100.0, 1234.5678)])
    assert figure.median == 900
    assert figure.as_json()["runs"] == [900.0, 100.0, 1235.0]
    assert [cell.strip() for cell in table([figure]).splitlines()[2].strip("|").split("|")] == [
        "accounts", "log-ins", "900", "100 … 1,235", "/s", "3",
    ]  # fmt: skip


def test_lines_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text('"""Doc\nstring."""\n\nx = 1  # said beside code\n# alone\ny = """text\n\nmore"""\n')
    (tmp_path / "a.js").write_text("/* two\n   lines */\n\nlet x = 1; // beside\n// alone\n")
    (tmp_path / "vendor").mkdir()
    (tmp_path / "vendor" / "b.js").write_text("let fetched;\n")
    counted = source_lines.count(tmp_path)
    assert counted == {source_lines.CODE: 5, source_lines.COMMENT: 6, source_lines.EMPTY: 2}


def test_the_tests_are_counted_from_pytests_report(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    report.write_text(
        '<testsuites><testsuite><testcase classname="tests.door.test_guard" name="a" time="1.5"/>'
        '<testcase classname="tests.test_demo" name="b" time="2"><failure/></testcase></testsuite></testsuites>'
    )
    figures = {figure.name: figure.median for figure in test_time.read(report)}
    assert figures["all"] == 2 and figures["not passed"] == 1 and figures["time of all"] == 3.5
    assert figures["door"] == 1 and figures["time of other"] == 2


def test_the_generator_really_logs_in() -> None:
    with town(3) as place:
        crowd = Crowd(place.port, live)
        try:
            crowd.visit([member.log_in for member in place.members], 2, keep=True)
            assert len(crowd.lines) == 3
            before = place.members[0].head
            # everybody who is there hears of a newcomer, so the authority took them for members
            heard: list[bytes] = []
            crowd.on_push = lambda line, tag, body: heard.append(tag)
            (newcomer,) = place.newcomers(1)
            crowd.visit([lambda line: newcomer.sign_up(place.invitation, line)], 1, keep=False)
            crowd.until(lambda: heard.count(b"new_head") == 3, 5)
            crowd.visit([newcomer.log_in], 1, keep=False)
            assert newcomer.head != before
        finally:
            crowd.close()


def test_a_refusal_is_no_figure() -> None:
    with town(1) as place:
        strangers = place.newcomers(1)
        with pytest.raises(Refused, match="log-in"):
            accounts.measure(place, [stranger.log_in for stranger in strangers])


def test_the_command_prints_a_table_and_keeps_every_run(tmp_path: Path) -> None:
    kept = tmp_path / "figures.json"
    command = [sys.executable, "-m", "benchmarks", "--quick", "--runs", "1", "--json", str(kept), "accounts", "lines"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    content = json.loads(kept.read_text(encoding="utf-8"))
    figures = [Figure(one["benchmark"], one["name"], one["unit"], tuple(one["runs"])) for one in content["figures"]]
    assert {"accounts", "lines"} == {figure.benchmark for figure in figures}
    assert all(figure.median > 0 for figure in figures if figure.benchmark == "accounts")
    assert done.stdout.strip() == table(figures)
    assert {"system", "cores", "python", "load_before"} <= content["machine"].keys()


def test_floors_stand_beside_the_figures_that_they_are_of() -> None:
    bare = floors.run(1, True)
    assert {figure.name for figure in bare} == set(floors.UNITS) and all(figure.median > 0 for figure in bare)
    known, other = Figure("accounts", "authority's CPU for a log-in", "ms", (2.0,)), Figure("lines", "all", "", (9.0,))
    assert floors.beside([known, other]) == [known, other], "without them nothing is said"
    _, *_, beside, untouched = floors.beside([*bare, known, other])
    assert untouched == other and beside.floor is not None and 0.2 < beside.floor < 20
    assert beside.as_json()["floor"] > 0 and "floor" not in other.as_json()  # type: ignore[operator]
    head, _, row, last = table([beside, untouched]).splitlines()
    assert [cell.strip() for cell in head.split("|")[-3:-1]] == ["bare loop", "by it"]
    assert f"{2 / beside.floor:.2g}" in row and last.split("|")[-2].strip() == ""


def test_each_floor_is_of_a_figure_that_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever renames one loses its floor otherwise, and nobody would see it."""
    names = set()
    for module in (groups, group_cost, reload):
        monkeypatch.setattr(module, "collect", lambda benchmark, units, *rest: names.update(units) or [])
    names |= set(accounts.units("log-in")) | set(accounts.units("sign-up"))
    for what in (private_message.BETWEEN_APIS, private_message.BETWEEN_NODES):
        names |= set(private_message.units(what))
    for module in (groups, group_cost, reload):
        module.run(0, False)
    assert floors.FLOORS.keys() <= names
