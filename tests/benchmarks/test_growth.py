"""Growth: the exponent that is written beside a line, the picture, and that each number is really measured."""

import functools
import math
from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchmarks.__main__ import look_each_time
from benchmarks.figures import Figure
from benchmarks.growth import groups, run
from benchmarks.growth.plot import drawn, exponent, slope
from protocol.primitives import SigningKey, VerifyKey


@pytest.mark.parametrize("power", [0, 0.5, 1, 2])
def test_the_exponent_of_a_power_is_that_power(power: float) -> None:
    points = [(10.0**n, 7 * 10.0 ** (n * power)) for n in range(4)]
    assert exponent(points) == pytest.approx(power)
    assert slope(points) == f"n^{power:.2f}"


def test_where_a_line_bends_its_end_is_told() -> None:
    """A fixed cost hides at first what grows."""
    points = [(n, 100 + n) for n in (1.0, 10.0, 100.0, 1_000.0, 10_000.0)]
    assert exponent(points) < 0.5
    assert slope(points).endswith(f"at the end n^{math.log10(10_100 / 1_100):.2f}")


def test_a_picture_holds_each_line_with_its_exponent() -> None:
    picture = drawn("chats & rooms", {"linear": [(1, 1), (1000, 1000)], "none": [(1, 0), (1000, 5)]})
    root = ElementTree.fromstring(picture)
    texts = [one.text for one in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"linear: n^1.00", "chats & rooms", "1,000"} <= set(texts)
    assert not any("none" in (text or "") for text in texts), "nothing has no logarithm"
    assert "prefers-color-scheme: dark" in picture
    (line,) = [one.get("d") for one in root if "stroke-width" in (one.get("style") or "")]
    assert line == "M70.0 282.0L726.0 16.0", "from corner to corner: three decades in three"


def test_only_what_was_measured_is_drawn(tmp_path: Path) -> None:
    name = "snapshot"
    figures = [Figure("growth", f"{n:,} groups: {name}", "KiB", (float(n),)) for n in (1, 10, 1_000)]
    run.draw([*figures, Figure("growth", "2 members: nothing known", "ms", (1.0,))], tmp_path)
    assert [one.name for one in tmp_path.iterdir()] == ["growth-groups.svg"]
    assert "snapshot, KiB: n^1.00" in (tmp_path / "growth-groups.svg").read_text(encoding="utf-8")


def test_groups_are_measured_one_by_one() -> None:
    (one,), (three,) = groups.measure(1, 1), groups.measure(3, 1)
    assert one.keys() == three.keys() == groups.UNITS.keys()
    assert three["snapshot"] > one["snapshot"] > 0


def test_whoever_looks_at_a_signature_pays_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests' world keeps what it has found out, which would hide what grows."""
    looked: list[bytes] = []
    kept = functools.lru_cache(lambda self, message, signature: looked.append(message))
    monkeypatch.setattr(VerifyKey, "holds", kept)
    key = SigningKey.generate().public
    key.holds(b"text", b"signature")
    key.holds(b"text", b"signature")
    look_each_time()
    key.holds(b"text", b"signature")
    key.holds(b"text", b"signature")
    assert len(looked) == 3
