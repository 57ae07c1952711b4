"""What a running process has used so far, as the system counts it (Linux: /proc)."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE_KIB = os.sysconf("SC_PAGE_SIZE") / 1024


def cpu_seconds(pid: int) -> float:
    """User and system time of all its threads, in steps of 10 ms."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def processor(action: Callable[[], object], times: int = 1) -> float:
    """Milliseconds of all threads of this process, for one of so many."""
    began = time.process_time()
    for _ in range(times):
        action()
    return (time.process_time() - began) * 1000 / times


def resident_kib(pid: int) -> float:
    """Its memory that is in RAM."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE_KIB


def pin(pid: int, core: int) -> None:
    """All of its threads, and those that they start, to one core."""
    for task in Path(f"/proc/{pid}/task").iterdir():
        os.sched_setaffinity(int(task.name), {core})


def family(pid: int) -> list[int]:
    """It and all that it has started and that have not been left behind."""
    parts = [Path(f"/proc/{pid}/task/{task.name}/children") for task in Path(f"/proc/{pid}/task").iterdir()]
    return [pid, *(one for part in parts for child in part.read_text().split() for one in family(int(child)))]
