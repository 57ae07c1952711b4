"""Taking back what was done in memory, step by step: a transaction that isn't to be costs what it did, no replay."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Undo:
    """Steps that take back what was done, the newest first."""

    def __init__(self) -> None:
        self._steps: list[Callable[[], object]] = []

    def add(self, step: Callable[[], object]) -> None:
        """This takes back what is being done now."""
        self._steps.append(step)

    def put(self, where: dict[K, V], key: K, value: V) -> None:
        """Put a value into a table, or drop it by `drop`, so that it can be taken back."""
        if key in where:
            before = where[key]
            self.add(lambda: where.__setitem__(key, before))
        else:
            self.add(lambda: where.pop(key, None))
        where[key] = value

    def drop(self, where: dict[K, V], key: K) -> None:
        """Drop what the table has under this key, if anything."""
        if key in where:
            before = where.pop(key)
            self.add(lambda: where.__setitem__(key, before))

    def mark(self) -> int:
        """Where things stand now, for `back`."""
        return len(self._steps)

    def back(self, mark: int = 0) -> None:
        """Take back everything since that mark."""
        while len(self._steps) > mark:
            self._steps.pop()()

    def clear(self) -> None:
        """All of it is durable: nothing is taken back any more."""
        self._steps.clear()
