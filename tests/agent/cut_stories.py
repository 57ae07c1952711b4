"""Stories that a power cut may interrupt anywhere: each thing that people do is done again until it has happened, as
people do it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import msgspec

from protocol.errors import Damaged, HamrazError
from tests.agent.cuts import Cutter
from tests.groups.group_world import GroupWorld
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
                self.step("authority, before a commit")
            self.step("authority, after a commit")

        world.store.transaction = watched  # type: ignore[method-assign]
        for person in world.people.values():
            self._watch_files(person)

    def _watch_files(self, person: Person) -> None:
        store = person.store
        for name in ("write", "sync", "remove"):
            setattr(store, name, self._cut_around(getattr(store, name), f"{person.name}, %s a file's {name}"))

    def _cut_around(self, run: Callable[..., object], what: str) -> Callable[..., None]:
        def watched(*arguments: Any) -> None:
            self.step(what % "before")
            run(*arguments)
            self.step(what % "after")

        return watched


class BadDisk(Mishap):
    """From the given step on, if it is one of a disk, that disk refuses so many steps; then there is room again."""

    def __init__(self, world: World, at: int | None, refusals: int) -> None:
        super().__init__(world)
        self._bad_at, self._left = at, refusals
        self._whose: str | None = None

    def step(self, what: str) -> None:
        super().step(what)
        if len(self.steps) == self._bad_at and is_disk(what):
            self._whose = what.split(",")[0]
        if what.split(",")[0] == self._whose and is_disk(what) and self._left:
            self._left -= 1
            raise Damaged("disk_full")

    def disarm(self) -> None:
        super().disarm()
        self._left = 0


def is_disk(step: str) -> bool:
    """Whether this is something that a disk may refuse."""
    return ", before a commit" in step or ", before a file's" in step


class Play:
    """A story with at most one cut, or one disk that is full for a while, in it."""

    def __init__(
        self, world: World, at: int | None, victims: Callable[[str], list[str]], mishap: Mishap | None = None
    ) -> None:
        self.world = world
        self.mishap = mishap or Mishap(world, at)
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
        self.mishap.disarm()
        self._settle()

    def _restart(self, names: list[str]) -> None:
        for name in names:
            if name == "authority":
                self.world.restart_authority()
            elif name in self.world.people:
                self.world.people[name].restart(connect=False)

    def _settle(self) -> None:
        self.world.authority.look_after_disk()
        for person in self.world.people.values():
            person.node.look_after_disk()
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


def texts_once(group_world: GroupWorld, people: list[Person]) -> None:
    """Each line stands once, in one order, for all."""
    for person in people:
        found = group_world.texts(person)
        assert len(found) == len(set(found)), (person.name, found)
