"""Tries mutants on tests that are collected once: each in a process of its own, forked when everything is loaded.

A function's new code is put in place of the old one there. What a module does when it is loaded can't be changed
afterwards: such a mutant, and one that has survived, is tried in a process that loads everything anew.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import importlib.abc
import importlib.machinery
import os
import resource
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import CodeType, FrameType, FunctionType, ModuleType
from typing import Any

import pytest
from hypothesis import Phase, settings

from tests.mutation.mutants import Mutant

KILLED, SURVIVED, NEVER_RUN, ENDLESS, BROKEN = 10, 11, 12, 13, 14  # exit codes of a process that tries a mutant
MEMORY = 6 << 30  # bytes, for a loop that gathers without end
PATIENCE = 10.0  # s, and ten times what the tests take
QUIET = ["-q", "-x", "--no-header", "--no-summary", "-p", "no:cacheprovider", "-p", "no:xdist", "--timeout=0"]

Try = Callable[[Mutant], int]


def forked(work: Callable[[], int], seconds: float) -> int:
    """The exit code of `work` in a process of its own, which says nothing; `ENDLESS` if it takes longer."""
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        code = BROKEN
        try:
            nothing = os.open(os.devnull, os.O_RDWR)
            for descriptor in (0, 1, 2):
                os.dup2(nothing, descriptor)
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
            code = work()
        finally:
            os._exit(code)
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.005)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return ENDLESS


class Loaded:
    """A pytest plugin: collects, sees which test calls which function, and gives `work` a way to try a mutant."""

    def __init__(self, files: Sequence[Path], work: Callable[[Try], None]) -> None:
        self._files = {str(path) for path in files}
        self._work = work
        self._callers: dict[tuple[str, int], list[pytest.Item]] = defaultdict(list)  # by (file, first line)
        self._seconds: dict[pytest.Item, float] = {}
        self._failed = False

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._failed = self._failed or report.failed

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        for item in session.items:
            self._watch(item)
        self._work(self.try_one)
        return True

    def _watch(self, item: pytest.Item) -> None:
        called: set[tuple[str, int]] = set()

        def look(frame: FrameType, event: str, argument: Any) -> None:
            code = frame.f_code
            if code.co_filename in self._files:
                called.add((code.co_filename, code.co_firstlineno))

        begun = time.monotonic()
        sys.settrace(look)
        try:
            self._run(item)
        finally:
            sys.settrace(None)
        assert not self._failed, f"{item.nodeid} fails without any mutant"
        self._seconds[item] = time.monotonic() - begun
        for place in called:
            self._callers[place].append(item)

    @staticmethod
    def _run(item: pytest.Item) -> None:
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)

    def try_one(self, mutant: Mutant) -> int:
        """One that is in a function: the tests that call it, the quickest first."""
        new = {(one.co_qualname, one.co_firstlineno): one for one in _codes(mutant.code())}
        places = {(str(mutant.path), line) for name, line in new if _outermost(name) == mutant.place}
        items = {item for place in places for item in self._callers.get(place, ())}
        if not items:
            return NEVER_RUN

        def work() -> int:
            _replace(str(mutant.path), new)
            for item in sorted(items, key=self._seconds.__getitem__):
                self._run(item)
                if self._failed:
                    return KILLED
            return SURVIVED

        return forked(work, PATIENCE + 10 * sum(self._seconds[item] for item in items))


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _outermost(name: str) -> str:
    return name.split(".<locals>")[0]


def _replace(path: str, new: dict[tuple[str, int], CodeType]) -> None:
    gc.unfreeze()  # tests/conftest.py has put what was collected out of sight
    for found in gc.get_objects():
        if isinstance(found, FunctionType) and found.__code__.co_filename == path:
            code = new.get((found.__code__.co_qualname, found.__code__.co_firstlineno))
            if code is not None and code.co_freevars == found.__code__.co_freevars:
                found.__code__ = code
        elif isinstance(found, functools._lru_cache_wrapper) and found.__module__.partition(".")[0] == "protocol":
            found.cache_clear()  # what was answered before isn't the mutant's answer


def watch(tests: Sequence[Path], files: Sequence[Path], work: Callable[[Try], None]) -> int:
    """Run the tests of these paths once, then `work`; pytest's exit code."""
    with _steady():
        return int(pytest.main([*QUIET, *map(str, tests)], plugins=[Loaded(files, work)]))


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Loads one module from the mutant's code."""

    def __init__(self, mutant: Mutant, root: Path) -> None:
        self._mutant = mutant
        self._module = ".".join(mutant.path.relative_to(root).with_suffix("").parts)

    def find_spec(self, name: str, path: Any, target: ModuleType | None = None) -> Any:
        if name != self._module:
            return None
        return importlib.machinery.ModuleSpec(name, self, origin=str(self._mutant.path))

    def exec_module(self, module: ModuleType) -> None:
        module.__file__ = str(self._mutant.path)
        exec(self._mutant.code(), module.__dict__)


def try_anew(mutant: Mutant, root: Path, tests: Sequence[Path], seconds: float) -> int:
    """Any mutant, with everything loaded for it; a test that can't be loaded counts. Call it before the modules are."""

    def work() -> int:
        sys.meta_path.insert(0, Finder(mutant, root))
        with _steady():
            return SURVIVED if pytest.main([*QUIET, *map(str, tests)]) == pytest.ExitCode.OK else KILLED

    return forked(work, seconds)


@contextlib.contextmanager
def _steady() -> Iterator[None]:
    """Property tests try the same each time, and don't look for the smallest example."""
    settings.register_profile(
        "mutation", derandomize=True, database=None, phases=[Phase.explicit, Phase.generate], print_blob=False
    )
    settings.load_profile("mutation")
    yield
