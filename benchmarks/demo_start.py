"""How long the demo takes until its three pages answer, and until a person can use each of them."""

from __future__ import annotations

import http.client
import re
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.bot import Bot
from benchmarks.figures import Figure, collect
from launch.child import Child
from launch.demo import AGENTS
from launch.packages import ROOT
from tests.processes import free_port

READY = "The demo is ready"
_PAGE = re.compile(r"\s*http://localhost:(\d+)/#launch=(\S+) ")
_POLL_SECONDS = 0.01
_PATIENCE_SECONDS = 60.0


def run(repetitions: int, quick: bool) -> list[Figure]:
    """First starts, on an empty folder, and second starts, with accounts and chat there; everything is installed."""
    first, second = [], []
    for _ in range(repetitions):
        with TemporaryDirectory() as folder:
            first.append(_start(Path(folder)))
            second.append(_start(Path(folder)))
    return [*_figures("first start", first), *_figures("second start", second)]


def run_set_up(repetitions: int, quick: bool) -> list[Figure]:
    """What the very first start does besides, on a machine that has only Python: all packages, downloaded or cached."""
    return collect("demo", {"set-up": "s"}, [{"set-up": _set_up()} for _ in range(repetitions)])


def _figures(name: str, runs: list[tuple[float, ...]]) -> list[Figure]:
    units = {
        f"{name}: three pages answer": "s",
        f"{name}: all three logged in by their links": "s",
        f"{name}: CPU of its five processes, to their end": "s",
    }
    return collect("demo", units, [dict(zip(units, run, strict=True)) for run in runs])


def _start(data: Path) -> tuple[float, ...]:
    """Seconds until the pages answer, until the launch token of each has let somebody in, and of CPU for all of it."""
    ports = _free_ports(AGENTS)
    arguments = ["demo", "--no-open", "--data", str(data)]
    arguments += ["--authority-port", str(free_port()), "--first-port", str(ports[0])]
    cpu, began = _ended_cpu(), time.perf_counter()
    demo = Child("The demo", arguments)
    try:
        for port in ports:
            _soon(partial(_answers, port), f"a page on port {port}")
        answered = time.perf_counter() - began
        _soon(lambda: len(_pages(demo)) == AGENTS, "the pages' addresses")
        for port, token in _pages(demo):
            _enter(port, token)
        usable = time.perf_counter() - began
        demo.wait_line(READY, _PATIENCE_SECONDS)
    finally:
        demo.stop(20)
    return answered, usable, _ended_cpu() - cpu


def _ended_cpu() -> float:
    """Seconds of CPU of all processes that were started from here, by whichever child, and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _enter(port: int, token: str) -> None:
    """What a page does with the address that the demo prints."""
    bot = Bot(port, as_page=True)
    bot.call("launch", token=token)
    assert bot.call("snapshot")["stage"] == "ready"
    bot.close()


def _pages(demo: Child) -> list[tuple[int, str]]:
    found = (_PAGE.match(line) for line in list(demo.lines))
    return [(int(match[1]), match[2]) for match in found if match]


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _soon(condition: Callable[[], bool], what: str) -> None:
    deadline = time.perf_counter() + _PATIENCE_SECONDS
    while not condition():
        if time.perf_counter() > deadline:
            raise TimeoutError(f"{what}: not in {_PATIENCE_SECONDS:g} s")
        time.sleep(_POLL_SECONDS)


def _free_ports(count: int) -> list[int]:
    """So many in a row."""
    found: list[int] = []
    while len(found) < count:
        first = free_port()
        found = [port for port in range(first, first + count) if not _answers(port)]
    return found


def _set_up() -> float:
    """Seconds of `run.py setup` in a copy that has nothing made or fetched."""
    with TemporaryDirectory() as folder:
        copy = Path(folder) / "hamraz"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".*", "__pycache__", "data", "vendor", "tests"))
        python = getattr(sys, "_base_executable", sys.executable)
        began = time.perf_counter()
        subprocess.run([python, str(copy / "run.py"), "setup"], check=True, stdout=subprocess.DEVNULL)
        return time.perf_counter() - began
