"""A figure is one thing measured several times; its median is what it says, lowest and highest are how sure it is."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """`runs` holds one value for each repetition, in `unit`; `floor` is what a bare loop of the same calls takes."""

    benchmark: str
    name: str
    unit: str
    runs: tuple[float, ...]
    floor: float | None = None

    @property
    def median(self) -> float:
        return statistics.median(self.runs)

    def as_json(self) -> dict[str, object]:
        return {
            "benchmark": self.benchmark,
            "name": self.name,
            "unit": self.unit,
            "median": rounded(self.median),
            "runs": [rounded(value) for value in self.runs],
            **({} if self.floor is None else {"floor": rounded(self.floor)}),
        }


def collect(
    benchmark: str, units: dict[str, str], runs: Sequence[dict[str, float]], beginning: str = ""
) -> list[Figure]:
    """One figure for each name of `units`, from repetitions that each measured all of them."""
    return [Figure(benchmark, beginning + name, unit, tuple(run[name] for run in runs)) for name, unit in units.items()]


def percentile(values: Sequence[float], percent: float) -> float:
    """The value that `percent` of all are at or below (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def rounded(value: float) -> float:
    """Four digits that count: the rest is noise."""
    return float(f"{value:.4g}")


def table(figures: Sequence[Figure]) -> str:
    """The figures as a Markdown table, which also reads well in a terminal; with what a bare loop takes, if it is known
    of any, and the figure by that.
    """
    floors = any(figure.floor is not None for figure in figures)
    rows = [("benchmark", "what", "median", "lowest … highest", "unit", "runs", "bare loop", "by it")]
    for figure in figures:
        span = f"{_shown(min(figure.runs))} … {_shown(max(figure.runs))}" if len(figure.runs) > 1 else ""
        bare = ("", "") if figure.floor is None else (_shown(figure.floor), f"{figure.median / figure.floor:.2g}")
        told = (figure.benchmark, figure.name, _shown(figure.median), span, figure.unit, str(len(figure.runs)))
        rows.append(told + bare)
    if not floors:
        rows = [row[:-2] for row in rows]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [" | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    lines.insert(1, " | ".join("-" * width for width in widths))
    return "\n".join(f"| {line} |" for line in lines)


def _shown(value: float) -> str:
    value = rounded(value)
    return f"{value:,.0f}" if value == int(value) or value >= 1000 else f"{value:g}"
