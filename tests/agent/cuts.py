"""A power cut at any step: every frame that crosses the wire, and every commit of a vault, before and after it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from tests.world import Killed, Person, World

Scenario = Callable[[World], None]


class StepCounter:
    """Numbers what is done, from 1 on; with `at`, Killed at that one and at all that follow."""

    def __init__(self, at: int | None = None) -> None:
        self.steps: list[str] = []
        self._at = at

    def step(self, what: str) -> None:
        self.steps.append(what)
        if self._at is not None and len(self.steps) >= self._at:
            raise Killed(what)  # the dead do not tidy up either

    def begin(self, at: int) -> None:
        """Count anew."""
        self.steps.clear()
        self._at = at

    def disarm(self) -> None:
        self._at = None

    def watch(self, patch: pytest.MonkeyPatch, owner: object, name: str, what: str) -> None:
        """Before and after each call of this function there is a step."""
        run = getattr(owner, name)

        def watched(*arguments: Any) -> Any:
            self.step(f"before {what}")
            result = run(*arguments)
            self.step(f"after {what}")
            return result

        patch.setattr(owner, name, watched)

    def carry(self, source: str, target: str, body: bytes) -> list[bytes]:
        """What the newcomer says and hears is a step, too, of who sets the world's `carry` to this."""
        if "newcomer" in (source, target):
            self.step(f"{source} -> {target} lost")
        return [body]


class Cutter(StepCounter):
    """The steps of all that runs in a world."""

    def __init__(self, world: World, at: int | None = None) -> None:
        super().__init__(at)
        world.carry = self._carry
        for person in world.people.values():
            self._watch(person)

    def _carry(self, source: str, target: str, body: bytes) -> list[bytes]:
        self.step(f"{source} -> {target}: {msgspec.msgpack.decode(body)[0]} lost")
        return [body]

    def _watch(self, person: Person) -> None:
        write = person.vault.write

        def watched(change: Callable[[Any], Any]) -> Any:
            def cut_short(rows: Any) -> Any:
                result = change(rows)
                self.step(f"{person.name}, before a commit")
                return result

            result = write(cut_short)
            self.step(f"{person.name}, after a commit")
            return result

        person.vault.write = watched  # type: ignore[method-assign]


def run_with_cut(world: World, scenario: Scenario, at: int | None, victims: list[str]) -> list[str]:
    """Run the scenario up to step `at`, cut, start the victims anew, run it again to its end; the steps up to `at`."""
    cutter = Cutter(world, at)
    try:
        scenario(world)
    except Killed:
        cutter.disarm()
        before = cutter.steps[:at]
        for name in victims:
            world.people[name].restart(connect=False)
        for person in world.people.values():
            person.reconnect()
        scenario(world)
    else:
        assert at is None, f"the scenario has no step {at}"
        before = list(cutter.steps)
    world.settle()
    return before
