"""Sign-ups and log-ins a second at the authority, and what each costs it: a connection of its own for each of them."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

from benchmarks.figures import Figure, collect, percentile
from benchmarks.generator import Crowd, Line, Script
from benchmarks.process import cpu_seconds
from benchmarks.town import Town, live, town

AT_ONCE = 16  # connections that are being made: more only wait in the authority's queue
# Two tries each, of the thousand at once that the authority lets in with one invitation.
SIGN_UPS = 450
LOG_INS = 1000


def run(repetitions: int, quick: bool) -> list[Figure]:
    """Both, on a fresh authority each time."""
    sign_ups, log_ins = (20, 20) if quick else (SIGN_UPS, LOG_INS)
    return [
        *_figures("sign-up", [_sign_ups(sign_ups) for _ in range(repetitions)]),
        *_figures("log-in", [_log_ins(log_ins) for _ in range(repetitions)]),
    ]


def _figures(name: str, runs: list[dict[str, float]]) -> list[Figure]:
    named = units(name)
    return collect("accounts", named, [dict(zip(named, run.values(), strict=True)) for run in runs])


def units(name: str) -> dict[str, str]:
    """What is measured of one or the other, and its unit."""
    return {
        f"{name}s": "/s",
        f"authority's CPU for a {name}": "ms",
        f"generator's CPU for a {name}": "ms",
        f"{name}, dialled to answered, p50": "ms",
        f"{name}, dialled to answered, p99": "ms",
    }


def _sign_ups(count: int) -> dict[str, float]:
    with town(1) as place:
        return measure(place, [partial(one.sign_up, place.invitation) for one in place.newcomers(count)])


def _log_ins(count: int) -> dict[str, float]:
    with town(count) as place:
        return measure(place, [one.log_in for one in place.members])


def measure(place: Town, scripts: list[Callable[[Line], Script]]) -> dict[str, float]:
    """Rate, CPU of both sides for each script, and how long one took, in ms."""
    crowd = Crowd(place.port, live)
    try:
        cpu, own, began = cpu_seconds(place.pid), time.process_time(), time.perf_counter()
        times = crowd.visit(scripts, AT_ONCE, keep=False)
        took = time.perf_counter() - began
        return {
            "rate": len(scripts) / took,
            "cpu": (cpu_seconds(place.pid) - cpu) / len(scripts) * 1000,
            "own": (time.process_time() - own) / len(scripts) * 1000,
            "p50": percentile(times, 50) * 1000,
            "p99": percentile(times, 99) * 1000,
        }
    finally:
        crowd.close()
