"""What the figures were measured on, in words that name no machine."""

from __future__ import annotations

import os
import platform
import ssl
from pathlib import Path


def describe() -> dict[str, str | int | float]:
    """Processor, memory, versions, and how busy the machine was when the measuring began."""
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "python": platform.python_version(),
        "openssl": ssl.OPENSSL_VERSION,
        "load_before": load(),
    }


def load() -> float:
    """How many processes wanted to run in the last minute: above the number of cores, times say little."""
    return round(os.getloadavg()[0], 2)


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return "unknown"
