"""Slow days of real processes: a disk that takes its time, a laptop that sleeps, a clock that is years off.

Nobody is alarmed, nothing is doubled, and what waited goes on by itself.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from launch.agent_api import Refused, Unreachable
from tests.authority.test_operating import Guest
from tests.live.disks import small_disk
from tests.live.people import LivePerson
from tests.live.test_bad_days import NetworkOnDisks
from tests.processes import Service, until

pytestmark = pytest.mark.timeout(1800)
YEAR = 365 * 24 * 3600


@pytest.fixture(scope="module")
def on_disks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NetworkOnDisks]:
    work = tmp_path_factory.mktemp("slow")
    with small_disk(work / "a", 64) as a, small_disk(work / "b", 64) as b, small_disk(work / "c", 64) as c:
        made = NetworkOnDisks(work, {"authority": a, "arash": b, "sara": c})
        yield made
        made.close()


def all_is_well(on_disks: NetworkOnDisks, what: str, seconds: float = 60) -> None:
    """Both ways, in the group, once; nobody is alarmed."""
    arash, sara = on_disks.arash, on_disks.sara
    ids = [(arash, sara, arash.write(sara, f"{what} there")), (sara, arash, sara.write(arash, f"{what} and back"))]
    for by in (arash, sara):
        on_disks.post(by, f"{what} by {by.name}")
    for by, to, id in ids:
        by.await_state(to, id, "delivered", "read", seconds=seconds)
        assert [one["id"] for one in to.messages(by)].count(id) == 1
    for by in (arash, sara):
        on_disks.await_post(f"{what} by {by.name}")
    for who in (arash, sara):
        shown = who.api.call("snapshot")
        assert shown["alarm"] is None and shown["states"] == [] and shown["disk"] is None, shown["states"]
        posts = [one["text"] for one in on_disks.posts(who)]
        assert len(posts) == len(set(posts))


LONG = pytest.mark.long


@pytest.mark.parametrize("who", [pytest.param("authority", marks=LONG), pytest.param("sara", marks=LONG), "everybody"])
def test_a_slow_disk(on_disks: NetworkOnDisks, who: str, long: bool) -> None:
    """Each fsync takes its time: all takes longer, and that is all."""
    names = list(on_disks.failing) if who == "everybody" else [who]
    # all three on one such disk at 2 s: a bot's call waits for more than its 30 s, and nothing is lost of it
    for milliseconds in ((300, 1000) if who == "everybody" else (300, 1000, 2000)) if long else (400,):
        for name in names:
            on_disks.failing[name].fail(f"slow={milliseconds}")
        try:
            began = time.monotonic()
            for number in range(5 if long else 1):
                all_is_well(on_disks, f"{who} {milliseconds} {number}", 120)
            print(f"{who}, {milliseconds} ms: {time.monotonic() - began:.1f} s")
            if who != "sara":
                guests = [Guest(on_disks.authority.join_link).sign_up(f"g{who}{milliseconds}{n}") for n in range(2)]
                assert len(guests) == 2
            if long:
                on_disks.sara.die()
                on_disks.start("sara")
                on_disks.sara.log_in()
                all_is_well(on_disks, f"{who} {milliseconds} again", 120)
        finally:
            for name in names:
                on_disks.failing[name].fail()


def stop(service: Service, on: bool) -> None:
    assert service.child is not None
    service.child.send_signal(signal.SIGSTOP if on else signal.SIGCONT)


@pytest.mark.parametrize("who", ["authority", "sara", pytest.param("everybody", marks=LONG)])
def test_sleep(on_disks: NetworkOnDisks, who: str, long: bool) -> None:
    """A process that stands still, for seconds or minutes, in the middle of what it was doing."""
    services: dict[str, Service] = {"authority": on_disks.authority, **on_disks.agents}
    names = list(services) if who == "everybody" else [who]
    for seconds in (10, 45, 150) if long else (4,):
        _sleep(on_disks, [services[name] for name in names], f"{who} {seconds}", seconds)


def _sleep(on_disks: NetworkOnDisks, services: list[Service], what: str, seconds: int) -> None:
    arash, sara = on_disks.arash, on_disks.sara
    writers = [threading.Thread(target=_write, args=(by, to, what)) for by, to in ((arash, sara), (sara, arash))]
    for writer in writers:
        writer.start()
    for service in services:
        stop(service, True)
    time.sleep(seconds)
    for service in services:
        stop(service, False)
    for writer in writers:
        writer.join()
    for by in (arash, sara):
        by.api.close()
        by.api = by.agent.program()  # a page's line may have run out
    on_disks.try_now()
    until(lambda: arash.link["up"] and sara.link["up"], 60, "both links")
    all_is_well(on_disks, f"after {what}", 90)
    for by, to in ((arash, sara), (sara, arash)):
        until(lambda by=by, to=to: all(one["state"] != "waiting" for one in by.messages(to) if one["mine"]), 60)
        mine = [one["id"] for one in by.messages(to) if one["mine"]][-40:]  # of one page, which isn't the other's
        assert mine == [one["id"] for one in to.messages(by) if not one["mine"]][-40:]


def _write(by: LivePerson, to: LivePerson, what: str) -> None:
    for number in range(20):
        try:
            by.write(to, f"{what} {number}")
        except (Refused, Unreachable):
            return  # its agent stands still
        time.sleep(0.05)


def shifts() -> dict[str, int]:
    """Seconds from now to these days."""
    now = int(time.time())
    days = {"1970": 86_400, "1999": 929_000_000, "2038": 2**31 + 1000, "2100": 4_102_444_800}
    return {name: day - now for name, day in days.items()}


@pytest.mark.parametrize("restarted", [False, pytest.param(True, marks=LONG)])
def test_clocks_that_are_years_off(on_disks: NetworkOnDisks, restarted: bool, long: bool) -> None:
    far: dict[str, Any] = shifts()
    rounds: list[tuple[int, int, int]] = [(far["1970"], far["2100"], 0), (far["2100"], 0, far["1970"])]
    if long:
        rounds += [(0, far["2038"], far["1999"]), (10 * YEAR, -10 * YEAR, 0), (-10 * YEAR, 10 * YEAR, 10 * YEAR)]
        rounds += [(a, b, c) for a in far.values() for b in far.values() for c in far.values() if a != b != c]
    for number, clocks in enumerate([*(rounds[:14] if long else rounds[: 1 if restarted else 2]), (0, 0, 0)]):
        for name, seconds in zip(("authority", "arash", "sara"), clocks, strict=True):
            on_disks.failing[name].set_clock(seconds)
            if restarted:
                if name == "authority":
                    on_disks.authority.kill()
                else:
                    (on_disks.arash if name == "arash" else on_disks.sara).die()
                on_disks.start(name)
        if restarted:
            on_disks.arash.log_in()
            on_disks.sara.log_in()
        all_is_well(on_disks, f"clocks {restarted} {number}")


def test_nobody_has_complained(on_disks: NetworkOnDisks) -> None:
    for service in (on_disks.authority, *on_disks.agents.values()):
        assert not [line for line in service.output if "Traceback" in line]
