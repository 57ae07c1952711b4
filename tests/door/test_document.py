"""docs/agent-api.md says what the agent's door does: each call with its arguments, each pushed event, and no other."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import msgspec
import pytest

from web_client.agent.joining import API
from web_client.page.routes import CALLS

TOP = Path(__file__).parents[2]
TEXT = (TOP / "docs" / "agent-api.md").read_text(encoding="utf-8")


def table(title: str) -> list[list[str]]:
    """The cells of the first table under a heading."""
    part = re.split(rf"^##+ {re.escape(title)}$", TEXT, flags=re.MULTILINE)[1]
    lines = [line for line in re.split(r"^##+ ", part, flags=re.MULTILINE)[0].splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def calls(title: str) -> dict[str, str]:
    """Each call of a table and the cell with its arguments; "the same" is those of the call above."""
    found: dict[str, str] = {}
    above = ""
    for cells in table(title):
        above = above if cells[1] == "the same" else cells[1]
        found[cells[0].strip("`")] = above
    return found


def arguments(cell: str) -> dict[str, bool]:
    """Names and whether each has to be given, of a cell like "`chat, text`, `limit` = 50 (at most 200)"."""
    while (bare := re.sub(r"\([^()]*\)", "", cell)) != cell:
        cell = bare
    cell = re.sub(r"= (`[^`]*`)( or `[^`]*`)?", "= default", cell)
    found: dict[str, bool] = {}
    for names, default in re.findall(r"`([^`]+)`( =)?", cell):
        *plain, last = (name.strip() for name in names.split(","))
        found |= dict.fromkeys(plain, True) | {last: not default}
    return found


DOCUMENTED = {**calls("Before log-in"), **calls("After log-in")}


def test_every_call_stands_in_the_tables_and_no_other() -> None:
    assert set(DOCUMENTED) == set(CALLS)


def test_the_calls_before_log_in_are_those_that_may_come_before_it() -> None:
    assert set(calls("Before log-in")) == {name for name, call in CALLS.items() if call.before}


@pytest.mark.parametrize("name", CALLS)
def test_a_calls_arguments(name: str) -> None:
    fields = msgspec.structs.fields(CALLS[name].arguments)
    assert arguments(DOCUMENTED[name]) == {field.name: field.required for field in fields}


TELLING = ("_tell", "_push")


def test_every_pushed_event_stands_in_the_table_and_no_other() -> None:
    pushed = set()
    for path in (TOP / "web_client").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in TELLING:
                names = [one.value for one in ast.walk(node.args[0]) if isinstance(one, ast.Constant)]
                # an event's name stands where it is told; the projector's are handed on
                assert names or ast.unparse(node) == "super()._tell(event, value)", ast.unparse(node)
                pushed |= set(names)
    assert {cells[0].strip("`") for cells in table("Pushed events")} == pushed


def test_the_page_listens_to_every_event_and_no_other() -> None:
    source = (TOP / "static" / "js" / "core" / "connection.js").read_text(encoding="utf-8")
    listed = re.search(r"const pushed = \[([^\]]*)\]", source)
    assert listed
    assert set(re.findall(r'"(\w+)"', listed[1])) == {cells[0].strip("`") for cells in table("Pushed events")}


def test_the_version() -> None:
    assert f"# The agent's API, version {API}\n" in TEXT
    assert f"`api` ({API})" in TEXT
