"""Growth drawn: both axes logarithmic, so that n to the power of e is a line of slope e, which is written beside it.

SVG, readable on light and on dark.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from xml.sax.saxutils import escape

Point = tuple[float, float]  # how many there are, and what it costs

WIDTH, HEIGHT = 760, 330  # of the field with its axes, px; the legend comes below it
LEFT, RIGHT, TOP, BOTTOM = 70, 34, 16, 48
ROW = 22
SHAPES = ("M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0", "M-4-4h8v8h-8z", "M0-5l5 9h-10z", "M0-6l5 6l-5 6l-5-6z")
LIGHT = ("#fff", "#1f2328", "#d8dee4", "#0a58ca #b3400a #17753f #8a2be2 #b0126b #0b7285 #6b5900 #57606a")
DARK = ("#0d1117", "#e6edf3", "#343b44", "#6cb0ff #ff9e64 #5fd38d #c9a0ff #ff8ac2 #5cd0e0 #e3c34d #adb6c0")


def _colours(paper: str, ink: str, faint: str, lines: str) -> str:
    named = {"paper": paper, "ink": ink, "faint": faint}
    named |= {f"c{number}": colour for number, colour in enumerate(lines.split())}
    return "svg { " + "; ".join(f"--{name}: {colour}" for name, colour in named.items()) + " }"


STYLE = f"""
svg {{ font: 13px system-ui, sans-serif }}
{_colours(*LIGHT)}
@media (prefers-color-scheme: dark) {{ {_colours(*DARK)} }}
text {{ fill: var(--ink) }} .paper {{ fill: var(--paper) }} .faint {{ stroke: var(--faint) }}
"""


def exponent(points: Sequence[Point]) -> float:
    """Of the power of n that comes nearest: the slope through the logarithms, by least squares."""
    across, up = ([math.log(point[axis]) for point in points] for axis in (0, 1))
    middle, level = sum(across) / len(across), sum(up) / len(up)
    spread = sum((x - middle) ** 2 for x in across)
    return sum((x - middle) * (y - level) for x, y in zip(across, up, strict=True)) / spread


def drawn(what: str, series: Mapping[str, Sequence[Point]]) -> str:
    """The plot; `what` there is more and more of. A series with a value of nothing has no logarithm and is left out."""
    shown = {name: points for name, points in series.items() if all(y > 0 for _, y in points)}
    every = [point for points in shown.values() for point in points]
    (left, right), (low, high) = (_decades([point[axis] for point in every]) for axis in (0, 1))

    def place(x: float, y: float) -> tuple[float, float]:
        return (
            LEFT + (math.log10(x) - left) / (right - left) * (WIDTH - LEFT - RIGHT),
            HEIGHT - BOTTOM - (math.log10(y) - low) / (high - low) * (HEIGHT - TOP - BOTTOM),
        )

    height = HEIGHT + ROW * len(shown) + 8
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
        f"<title>What grows with the number of {escape(what)}</title><style>{STYLE}</style>",
        f'<rect class="paper" width="{WIDTH}" height="{height}"/>',
    ]
    for power in range(left, right + 1):
        x, bottom = place(10.0**power, 10.0**low)
        lines.append(f'<path class="faint" d="M{x:.1f} {TOP}V{bottom:.1f}"/>')
        lines.append(f'<text x="{x:.1f}" y="{bottom + 18:.1f}" text-anchor="middle">{_number(power)}</text>')
    for power in range(low, high + 1):
        x, y = place(10.0**left, 10.0**power)
        lines.append(f'<path class="faint" d="M{x:.1f} {y:.1f}H{WIDTH - RIGHT}"/>')
        lines.append(f'<text x="{x - 8:.1f}" y="{y + 4:.1f}" text-anchor="end">{_number(power)}</text>')
    lines.append(f'<text x="{(LEFT + WIDTH) / 2}" y="{HEIGHT - 10}" text-anchor="middle">{escape(what)}</text>')
    for number, (name, points) in enumerate(shown.items()):
        lines += _line(number, f"{name}: {slope(points)}", [place(*point) for point in points])
    return "\n".join([*lines, "</svg>", ""])


def slope(points: Sequence[Point]) -> str:
    """The exponent of all, and where the last step leads if that is another one."""
    whole, last = (round(exponent(part), 2) + 0.0 for part in (points, points[-2:]))  # + 0.0: nothing has no sign
    return f"n^{whole:.2f}" + (f", at the end n^{last:.2f}" if abs(whole - last) > 0.1 else "")


def _line(number: int, text: str, places: Sequence[tuple[float, float]]) -> Iterator[str]:
    """One series, and its row below."""
    colour, shape = f"var(--c{number % 8})", SHAPES[number % len(SHAPES)]
    path = "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
    y = HEIGHT + ROW * number + 4
    yield f'<path d="M{path}" style="fill: none; stroke: {colour}; stroke-width: 2"/>'
    for x, at in [*places, (LEFT - 12, y)]:
        yield f'<path d="{shape}" transform="translate({x:.1f} {at:.1f})" style="fill: {colour}"/>'
    yield f'<text x="{LEFT}" y="{y + 5}">{escape(text)}</text>'


def _decades(values: Sequence[float]) -> tuple[int, int]:
    """The powers of ten around all of them."""
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return low, max(high, low + 1)


def _number(power: int) -> str:
    return f"{10**power:,}" if power >= 0 else f"{10.0**power:.{-power}f}"
