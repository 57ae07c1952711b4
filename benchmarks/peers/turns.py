"""Other chat servers and ours in turns (ours, one, ours, the next …), on the same machine in the same minutes.

Texts of one size in one group, over TLS, the server on one core and the generator on the other. What counts is the
ratio of two neighbours.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks import groups, machine
from benchmarks.figures import Figure, collect
from benchmarks.group_load import paced
from benchmarks.peers.matrix import Synapse
from benchmarks.peers.mosquitto import Mosquitto
from benchmarks.peers.room import room
from benchmarks.peers.server import Peer, running
from benchmarks.peers.xmpp import Ejabberd, Prosody, ProsodyArchive

PEERS: tuple[Peer, ...] = (Mosquitto(), Ejabberd(), Prosody(), ProsodyArchive(), Synapse())
# Members: messages of one sender that may be under way. With a thousand, more of them are no chat.
WINDOWS = {10: 32, 100: 32, 1000: 4}
COMPARED = ("deliveries for a second of CPU", "p50", "p99")
TICK = 0.01  # seconds, in which the system counts what a process uses
UNITS = dict(zip(COMPARED, ("", "ms", "ms"), strict=True)) | {"generator's CPU": "%", "missing": "%"}


def run(repetitions: int, quick: bool) -> list[Figure]:
    """All that are installed, in groups of all sizes that they can have; of others it is said how to get them."""
    found = [peer for peer in PEERS if peer.found()]
    for peer in PEERS:
        said = peer.less if peer in found else f"not installed, left out ({peer.get})"
        print(f"{peer.name}: {said}", file=sys.stderr, flush=True)
    figures = []
    for size in (10,) if quick else WINDOWS:
        pairs: dict[str, list[dict[str, float]]] = {}
        for _ in range(repetitions):
            for peer in found:
                if size <= peer.largest:
                    pairs.setdefault(peer.name, []).append(pair(peer, size, 20 if quick else 1))
        for name, runs in pairs.items():
            figures += collect("peers", units(name), runs, f"{size:,} members: ")
    return figures


def units(name: str) -> dict[str, str]:
    """What there is of one beside ours."""
    theirs = {f"{name}, {what}": unit for what, unit in UNITS.items()}
    ours = {f"Hamraz beside {name}, {what}": unit for what, unit in UNITS.items() if what != "missing"}
    return theirs | ours | {f"Hamraz by {name}, {what}": "times" for what in COMPARED} | {f"load beside {name}": ""}


def pair(peer: Peer, size: int, part: int = 1) -> dict[str, float]:
    """Ours, then theirs; `part`: of what a flood has otherwise."""
    load, window = machine.load(), WINDOWS[size]
    with cores() as core:
        _, rate, own, *times = groups.measure(size, groups.MESSAGES[size] // part, window, core)
        ours = dict(zip(UNITS, (rate, *times, own), strict=False))
        theirs = measure(peer, size, window, core, part)
    name = peer.name
    return (
        {f"{name}, {what}": theirs[what] for what in UNITS}
        | {f"Hamraz beside {name}, {what}": value for what, value in ours.items()}
        | {f"Hamraz by {name}, {what}": ours[what] / theirs[what] for what in COMPARED}
        | {f"load beside {name}": load}
    )


def measure(peer: Peer, size: int, window: int, core: int | None, part: int = 1) -> dict[str, float]:
    """As `groups.measure` does it: first at a steady rate, then as fast as it goes."""
    with running(peer, core) as server, room(peer, server, size, groups.TEXT_SIZE, window) as group:
        writers, pace = group.members[: groups.SENDERS], groups.PACED_DELIVERIES * peer.pace
        count = int(pace / size * groups.PACED_SECONDS / part)
        paced(group.crowd, writers, count, size / pace)
        missing = group.wait(count * size)
        times = group.delays((50, 99))
        group.forget()
        each = max(1, peer.deliveries // part // size // len(writers))
        cpu, own, began = server.cpu, time.process_time(), time.perf_counter()
        for member in writers:
            member.fill(each)
        missing = max(missing, group.wait(each * len(writers) * size))
        own = (time.process_time() - own) / (group.last - began)
        rate = group.deliveries / max(TICK, server.cpu - cpu)
    values = (rate, *(seconds * 1000 for seconds in times), own * 100, missing * 100)
    return dict(zip(UNITS, values, strict=True))


@contextmanager
def cores() -> Iterator[int | None]:
    """The core for the server, while this process keeps to the other one; None where there is only one."""
    allowed = os.sched_getaffinity(0)
    first, *others = sorted(allowed)
    if not others:
        yield None
        return
    os.sched_setaffinity(0, set(others[:1]))
    try:
        yield first
    finally:
        os.sched_setaffinity(0, allowed)
