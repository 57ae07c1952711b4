"""The tables of docs/protocol.md as data, for the vectors' second reading and for the comparison with the code."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

PATH = Path(__file__).parents[2] / "docs" / "protocol.md"


@cache
def sections() -> dict[str, str]:
    """The document's parts by their numbers: "2", "2.1", …; a part holds its own text only."""
    found = re.split(r"^(##+ (\d+(?:\.\d+)*)\.? .*)$", PATH.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {found[at + 1]: found[at + 2] for at in range(1, len(found), 3)}


def tables(number: str) -> list[list[list[str]]]:
    """The tables in one part: rows of cells, without the heads; backquotes are taken off."""
    found, rows = [], []
    for line in [*sections()[number].splitlines(), ""]:
        if line.startswith("|"):
            rows.append([cell.strip().strip("`") for cell in line.strip("|").split("|")])
        elif rows:
            found.append(rows[2:])
            rows = []
    return found


def fields(cell: str) -> list[tuple[str, str]]:
    """The `name: type` pairs of a cell; a dash stands for none."""
    pairs = [pair.partition(": ") for pair in cell.replace("`", "").split(", ") if pair not in ("–", "")]
    return [(name, kind) for name, _, kind in pairs]


@cache
def statements() -> dict[str, list[tuple[str, str]]]:
    """Section 4: context to fields."""
    return {row[0]: fields(row[1]) for table in tables("4.2") for row in table}


@cache
def messages() -> dict[str, list[tuple[str, str]]]:
    """Section 5: tag to fields."""
    return {row[0]: fields(row[1]) for table in tables("5.3") for row in table}


@cache
def places() -> dict[str, list[str]]:
    """Section 5: place to the tags that may come there."""
    return {row[0]: re.findall(r"[a-z_]+", row[1]) for row in tables("5.2")[0]}


@cache
def entries() -> dict[str, list[tuple[str, str]]]:
    """Section 6: the log's entries, tag to fields."""
    return {row[0]: fields(row[1]) for row in tables("6.1")[0]}


@cache
def group_structures() -> dict[str, list[tuple[str, str]]]:
    """Section 9: struct to fields."""
    return {row[0]: fields(row[1]) for row in tables("9.2")[0]}


@cache
def group_entries() -> dict[str, list[tuple[str, str]]]:
    """Section 9: the chain's entries, tag to fields."""
    return {row[0]: fields(row[1]) for row in tables("9.2")[1]}


@cache
def private_message() -> list[tuple[str, str]]:
    """Section 8.3: the message's fields."""
    return fields(tables("8.3")[0][0][1])


@cache
def file_bodies() -> dict[str, list[tuple[str, str]]]:
    """Section 8.9: the fields of the bodies that announce a file, by kind."""
    return {row[0]: fields(row[1]) for row in tables("8.9")[0]}


@cache
def bodies() -> dict[str, list[tuple[str, str]]]:
    """Section 8.3: kind to the fields of its body."""
    return {row[0]: fields(row[1]) for row in tables("8.3")[1]}


@cache
def backup_head() -> dict[str, list[tuple[str, str]]]:
    """Section 15.1: what stands before a backup's chunks."""
    return {row[0]: fields(row[1]) for row in tables("15.1")[0]}


@cache
def records() -> dict[str, list[tuple[str, str]]]:
    """Section 15.3: a backup's records, tag to fields."""
    return {row[0]: fields(row[1]) for row in tables("15.3")[0]}


@cache
def codes() -> dict[str, tuple[str, str]]:
    """Section 12: error code to class and meaning."""
    return {row[0]: (row[1], row[2]) for table in tables("12") for row in table}
