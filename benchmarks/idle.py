"""What an agent that is logged in and silent costs the authority in memory."""

from __future__ import annotations

from benchmarks.figures import Figure, collect
from benchmarks.generator import Crowd
from benchmarks.process import resident_kib
from benchmarks.town import live, town

AGENTS = 1000
SETTLING_SECONDS = 2.0


def run(repetitions: int, quick: bool) -> list[Figure]:
    """As many agents as a school has, with green threads and with the system's own."""
    count = 50 if quick else AGENTS
    figures = []
    for mode in ("eventlet", "threading"):
        name = f"memory for each of {count} connected agents, {mode}"
        runs = [{name: _measure(count, mode)} for _ in range(repetitions)]
        figures += collect("idle", {name: "KiB"}, runs)
    return figures


def _measure(count: int, mode: str) -> float:
    with town(count + 1, mode) as place:
        crowd = Crowd(place.port, live)
        try:
            crowd.visit([place.members[0].log_in], 1, keep=False)  # what the first connection loads counts for nobody
            before = resident_kib(place.pid)
            crowd.visit([member.log_in for member in place.members[1:]], 32, keep=True)
            crowd.idle(SETTLING_SECONDS)
            return (resident_kib(place.pid) - before) / count
        finally:
            crowd.close()
