"""Which locks of an agent this thread holds, for tests: none may be held where something goes over the wire."""

from __future__ import annotations

import sys
import threading
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar

import pytest

import web_client
from tests.world import World

OURS = Path(web_client.__file__).parent


class Watched:
    """A lock that knows where it was made and who holds it."""

    held = threading.local()
    pairs: ClassVar[set[tuple[str, str]]] = set()  # (held, taken then): where each was made

    def __init__(self, lock: Any, made: str) -> None:
        self._lock = lock
        self.made = made

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        taken: bool = self._lock.acquire(blocking, timeout)
        if taken:
            Watched.pairs.update((outer, self.made) for outer in mine() if outer != self.made)
            mine().append(self.made)
        return taken

    def release(self) -> None:
        self._lock.release()
        mine().remove(self.made)

    def locked(self) -> bool:
        return bool(self._lock.locked())

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def mine() -> list[str]:
    """Where the locks were made that this thread holds."""
    if not hasattr(Watched.held, "locks"):
        Watched.held.locks = []
    found: list[str] = Watched.held.locks
    return found


def watch(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """From now on; what comes back fills with the locks that were held at a wire call."""
    found: set[str] = set()
    Watched.pairs.clear()
    for kind in ("Lock", "RLock"):
        monkeypatch.setattr(threading, kind, _maker(getattr(threading, kind)))
    cross = World.cross

    def crossing(world: World, source: str, target: str, body: bytes) -> list[bytes]:
        found.update(mine())
        return cross(world, source, target, body)

    monkeypatch.setattr(World, "cross", crossing)
    return found


def circle() -> list[str]:
    """Locks of which each was taken while the one before it was held, round to the first: two threads could wait for
    each other for ever. Empty if there are none, as docs/locks.md has it.
    """
    graph: dict[str, set[str]] = {}
    for outer, inner in Watched.pairs:
        graph.setdefault(inner, set()).add(outer)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def _maker(real: Any) -> Any:
    def make() -> Any:
        frame = sys._getframe(1)
        where = Path(frame.f_code.co_filename)
        if not where.is_relative_to(OURS):
            return real()
        return Watched(real(), f"{where.name}:{frame.f_lineno}")

    return make
