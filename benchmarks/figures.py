"""A figure is one thing measured several times; its median is what it says, lowest and highest are how sure it is."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """`runs` holds one value for each repetition, in `unit`."""

    benchmark: str
    name: str
    unit: str
    runs: tuple[float, ...]

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
    """The figures as a Markdown table, which also reads well in a terminal."""
    rows = [("benchmark", "what", "median", "lowest … highest", "unit", "runs")]
    for figure in figures:
        span = f"{_shown(min(figure.runs))} … {_shown(max(figure.runs))}" if len(figure.runs) > 1 else ""
        rows.append((figure.benchmark, figure.name, _shown(figure.median), span, figure.unit, str(len(figure.runs))))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [" | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    lines.insert(1, " | ".join("-" * width for width in widths))
    return "\n".join(f"| {line} |" for line in lines)


def _shown(value: float) -> str:
    value = rounded(value)
    return f"{value:,.0f}" if value == int(value) or value >= 1000 else f"{value:g}"
