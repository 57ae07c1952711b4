"""One attack, tried against the original and against ours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.drill.drill_network import DrillNetwork
    from tests.drill.original_network import OriginalNetwork


@dataclass(frozen=True)
class Outcome:
    """What became of one attack: what the attacker sent, what came back, whether it got through.

    `check` names what stopped it: an error's code, or the rule in a few words. `wire` is what crossed, for who wants to
    see the bytes.
    """

    sent: str
    came: str
    through: bool
    check: str = ""
    wire: tuple[tuple[str, bytes], ...] = ()


@dataclass(frozen=True)
class Drill:
    """`number`: 1 to 28 are the original's flaws, L1… the lies of a hostile authority, A1… attacks by people."""

    number: str
    name: str
    wants: str
    original: Callable[[OriginalNetwork], Outcome] | None
    ours: Callable[[DrillNetwork], Outcome]
