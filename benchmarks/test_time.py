"""How many tests there are and how long they took, by a report that pytest wrote (`pytest --junit-xml=FILE`)."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections import Counter
from pathlib import Path

from benchmarks.figures import Figure


def read(report: Path) -> list[Figure]:
    """The tests of one run: all, by folder, and those that did not pass."""
    cases = list(ElementTree.parse(report).getroot().iter("testcase"))
    numbers: Counter[str] = Counter()
    seconds: Counter[str] = Counter()
    for case in cases:
        place = (case.get("classname") or "tests").split(".")
        folder = place[1] if len(place) > 2 else "other"
        numbers[folder] += 1
        seconds[folder] += float(case.get("time") or 0)  # type: ignore[assignment]
    failed = sum(1 for case in cases if case.find("failure") is not None or case.find("error") is not None)
    figures = [Figure("tests", "all", "tests", (len(cases),)), Figure("tests", "not passed", "tests", (failed,))]
    figures.append(Figure("tests", "time of all", "s", (sum(seconds.values()),)))
    for folder in sorted(numbers):
        figures.append(Figure("tests", folder, "tests", (numbers[folder],)))
        figures.append(Figure("tests", f"time of {folder}", "s", (seconds[folder],)))
    return figures
