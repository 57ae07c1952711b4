"""Runs drills: each against the original, where it has one, and against ours."""

from __future__ import annotations

import contextlib
import io
import tempfile
import traceback
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.drill.drill import Drill, Outcome
from tests.drill.drill_network import DrillNetwork, drill_network
from tests.drill.original_network import original_network


@dataclass(frozen=True)
class Result:
    """`original` is None where the original has nothing to attack there."""

    drill: Drill
    original: Outcome | None
    ours: Outcome
    trouble: str = ""  # a traceback, where a drill broke down

    @property
    def good(self) -> bool:
        """The attack works there, so that it isn't an empty one, and is stopped here."""
        works_there = self.original is None or self.original.through
        return works_there and not self.ours.through and not self.trouble


def run(drills: Iterable[Drill]) -> Iterator[Result]:
    """The results, one by one; all in this process, on loopback, in a folder that goes with it."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hamraz-drill-")))
        open_stage: DrillNetwork | None = None
        for drill in drills:
            original, trouble = None, ""
            try:
                if drill.original is not None:
                    with original_network() as here:
                        original = drill.original(here)
                if open_stage is None:
                    (folder / drill.number).mkdir()
                    open_stage = stack.enter_context(drill_network(folder / drill.number))
                with contextlib.redirect_stdout(io.StringIO()):  # what processes print at their end
                    ours = drill.ours(open_stage)
                    open_stage.guests_leave()
            except Exception as reason:
                trouble = traceback.format_exc()
                ours = Outcome("", f"{type(reason).__name__}: {reason}", True)
                open_stage = None  # the next one begins on a new drill_network
            yield Result(drill, original, ours, trouble)
