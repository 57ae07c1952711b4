"""Stories that a power cut may interrupt anywhere: each thing that people do is done again until it has happened, as
people do it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import msgspec

from protocol.errors import HamrazError
from tests.agent.cuts import Cutter
from tests.groups.village import Village
from tests.world import Killed, Person, World

TRIES = 8

Step = tuple[str, Callable[[], bool], Callable[[], object]]  # what it is, whether it has happened, what does it


class Mishap(Cutter):
    """Steps are the frames, the commits of everybody's vault and of the authority's database, and file writes."""

    def __init__(self, world: World, at: int | None = None) -> None:
        super().__init__(world, at)
        transaction = world.store.transaction

        @contextmanager
        def watched() -> Iterator[Any]:
            with transaction() as rows:
                yield rows
                self._step("authority, before a commit")
            self._step("authority, after a commit")

        world.store.transaction = watched  # type: ignore[method-assign]
        for person in world.people.values():
            self._watch_files(person)

    def _watch_files(self, person: Person) -> None:
        store = person.store
        for name in ("write", "sync", "remove"):
            setattr(store, name, self._cut_around(getattr(store, name), f"{person.name}, %s a file's {name}"))

    def _cut_around(self, run: Callable[..., object], what: str) -> Callable[..., None]:
        def watched(*arguments: Any) -> None:
            self._step(what % "before")
            run(*arguments)
            self._step(what % "after")

        return watched


class Play:
    """A story with at most one cut in it."""

    def __init__(self, world: World, at: int | None, victims: Callable[[str], list[str]]) -> None:
        self.world = world
        self.mishap = Mishap(world, at)
        self._victims = victims
        self._cut, self._at = False, at

    def run(self, steps: list[Step]) -> None:
        for name, done, call in steps:
            try:
                self._insist(name, done, call)
            except Killed:
                assert not self._cut and self._at is not None
                self._cut = True
                self.mishap.disarm()
                self._restart(self._victims(self.mishap.steps[self._at - 1]))
                self._insist(name, done, call)
        self._settle()

    def _restart(self, names: list[str]) -> None:
        for name in names:
            if name == "authority":
                self.world.restart_authority()
            elif name in self.world.people:
                self.world.people[name].restart(connect=False)

    def _settle(self) -> None:
        for person in self.world.people.values():
            person.reconnect()
        self.world.settle()

    def _insist(self, name: str, done: Callable[[], bool], call: Callable[[], object]) -> None:
        reason: HamrazError | None = None
        for _try in range(TRIES):
            try:
                if done():
                    return
                call()
            except HamrazError as refused:
                reason = refused
            try:
                self._settle()
            except HamrazError as refused:
                reason = refused
        assert done(), f"{name}: {reason!r}"


def victims_in_turn(turn: int) -> Callable[[str], list[str]]:
    """Who was writing to disk; on the wire the one, the other, both, or only the line, in turn. An authority that was
    speaking is always among them: it tells everybody in one go.
    """

    def victims(step: str) -> list[str]:
        if " -> " not in step:
            return [step.split(",")[0]]
        source, target = step.split(":")[0].split(" -> ")
        if source == "authority":
            return [[source], [source, target]][turn % 2]
        return [[source], [target], [source, target], []][turn % 4]

    return victims


def renamed(name: str) -> Callable[[Any], Any]:
    return lambda now: msgspec.structs.replace(now, name=name, line="on Sundays")


def texts_once(village: Village, people: list[Person]) -> None:
    """Each line stands once, in one order, for all."""
    for person in people:
        found = village.texts(person)
        assert len(found) == len(set(found)), (person.name, found)
