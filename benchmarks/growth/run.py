"""All growths one after the other; `draw` makes a picture of each from the figures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.figures import Figure, collect
from benchmarks.growth import accounts, groups, members, messages
from benchmarks.growth.plot import Point, drawn

GROWTHS = (members, accounts, groups, messages)


def run(repetitions: int, quick: bool) -> list[Figure]:
    """Each with every number of what it grows with."""
    figures = []
    for growth in GROWTHS:
        for size in growth.SIZES[:2] if quick else growth.SIZES:
            figures += collect("growth", growth.UNITS, growth.measure(size, repetitions), beginning(size, growth.WHAT))
    return figures


def beginning(size: int, what: str) -> str:
    return f"{size:,} {what}: "


def draw(figures: Sequence[Figure], folder: Path) -> None:
    """`growth-members.svg` and so on, of those growths that have been measured with at least two numbers."""
    medians = {figure.name: figure.median for figure in figures if figure.benchmark == "growth"}
    folder.mkdir(parents=True, exist_ok=True)
    for growth in GROWTHS:
        series: dict[str, list[Point]] = {}
        for name, unit in growth.UNITS.items():
            found = [(size, medians.get(beginning(size, growth.WHAT) + name)) for size in growth.SIZES]
            points = [(float(size), value) for size, value in found if value is not None]
            if len(points) > 1:
                series[f"{name}, {unit}"] = points
        if series:
            (folder / f"growth-{growth.WHAT}.svg").write_text(drawn(growth.WHAT, series), encoding="utf-8")
