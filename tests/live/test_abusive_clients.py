"""AbusiveClients clients at a real authority and a real agent: honest ones go on as before, and nothing of it stays."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from launch.packages import ROOT
from protocol.messages import Find, Found, Ping, Pong
from protocol.primitives import random_nonce
from tests.live.hostile import Mallory, Raw
from tests.live.people import LivePerson
from tests.processes import Network, until

pytestmark = pytest.mark.timeout(300)  # s; on a busy machine
STRANGERS = ("silent", "stalled", "dribbling", "huge", "handshakes", "sign_ups", "log_ins")
MEMBERS = ("pings", "lookups", "deaf")
AT_AGENT = ("silent", "stalled", "dribbling", "huge", "handshakes", "knocks")
SLACK = 0.015  # seconds that nobody notices, on a machine with other things to do
GROWTH = 96 * 1024  # KiB


class AbusiveClients:
    """The process of the abusive clients."""

    def __init__(self, port: int, link: str, kinds: tuple[str, ...]) -> None:
        line = [sys.executable, "-m", "tests.live.abusive_clients", str(port), link, *kinds]
        self._process = subprocess.Popen(line, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._said("ready")

    def _said(self, word: str) -> None:
        assert self._process.stdout is not None
        assert self._process.stdout.readline().strip() == word

    def tell(self, word: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(word + "\n")
        self._process.stdin.flush()
        self._said(word)

    def end(self) -> None:
        self._process.kill()
        self._process.wait()


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    with Network(tmp_path_factory.mktemp("abusive")) as running:
        running.account("arash")
        running.account("sara")
        yield running


def memory(pid: int) -> int:
    """KiB that a process has."""
    (line,) = [one for one in Path(f"/proc/{pid}/status").read_text().splitlines() if one.startswith("VmRSS")]
    return int(line.split()[1])


def open_files(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def threads(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/task").iterdir()))


def slowest(ask: object, count: int) -> float:
    """Seconds of the 99th in a hundred."""
    times = []
    for _ in range(count):
        began = time.perf_counter()
        ask()  # type: ignore[operator]
        times.append(time.perf_counter() - began)
    return sorted(times)[int(len(times) * 0.99)]


def compare(abusive: AbusiveClients, pid: int, ask: object, long: bool) -> tuple[float, float, int]:
    """The 99th percentile without and with the abusive clients, in turns; the most memory it has grown by.

    Medians in the long form, which has the machine to itself. Beside other tests, of those with them the best one of
    many: the others make each slower, but what abusive ones can do would be in all of them.
    """
    rounds, count, typical = (9, 400, statistics.median) if long else (6, 100, min)
    quiet, loud, before, most = [], [], memory(pid), 0
    for _ in range(rounds):
        quiet.append(slowest(ask, count))
        abusive.tell("go")
        time.sleep(0.5)  # for them to get going: what is awaited is that nothing comes about
        loud.append(slowest(ask, count))
        most = max(most, memory(pid) - before)
        abusive.tell("rest")
        time.sleep(0.3)
    return statistics.median(quiet), typical(loud), most


def asking(raw: Raw) -> object:
    numbers = iter(range(100, 1_000_000))

    def ask() -> None:
        raw.send(Find(next(numbers), "sara", random_nonce()))
        raw.answer(Found)

    return ask


@pytest.mark.parametrize("kinds", [STRANGERS, MEMBERS], ids=["strangers", "members"])
def test_at_the_authority(
    network: Network, kinds: tuple[str, ...], long: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    authority = network.authority
    assert authority.child is not None
    pid = authority.child.pid
    with Mallory(authority.join_link, f"honest-{len(kinds)}").logged_in() as raw:
        files = open_files(pid)
        abusive = AbusiveClients(authority.port, authority.join_link, kinds)
        try:
            quiet, loud, growth = compare(abusive, pid, asking(raw), long)
        finally:
            abusive.end()
        report(capsys, long, f"authority, {kinds[0]} and others", quiet, loud, growth)
        assert loud <= 2 * quiet + SLACK
        assert growth < GROWTH
        until(lambda: open_files(pid) <= files + 2, 30, "nothing left of them")
    with Mallory(authority.join_link, f"later-{len(kinds)}").logged_in() as raw:
        assert raw.pinged()
    assert not [line for line in authority.output if "Traceback" in line]


def test_at_an_agent(network: Network, long: bool, capsys: pytest.CaptureFixture[str]) -> None:
    arash, sara = (LivePerson(agent) for agent in network.agents)
    assert sara.agent.child is not None
    pid = sara.agent.child.pid
    mallory = Mallory(network.authority.join_link, "caller")
    uid, presence = mallory.find("sara")
    with mallory.let_in(uid, presence) as raw:

        def ask() -> None:
            raw.send(Ping(7))
            raw.answer(Pong)

        arash.say(sara, "before")
        files, tasks = open_files(pid), threads(pid)
        abusive = AbusiveClients(presence.port, network.authority.join_link, AT_AGENT)
        try:
            quiet, loud, growth = compare(abusive, pid, ask, long)
            abusive.tell("go")
            arash.say(sara, "meanwhile")
        finally:
            abusive.end()
        report(capsys, long, "agent, strangers", quiet, loud, growth)
        assert loud <= 2 * quiet + SLACK
        assert growth < GROWTH
        until(lambda: open_files(pid) <= files + 2, 30, "nothing left of them")
        assert threads(pid) <= tasks + 4
    arash.say(sara, "after")
    assert not [line for line in sara.agent.output if "Traceback" in line]


def test_everybody_ends_as_told_in_the_middle_of_it(tmp_path: Path, long: bool) -> None:
    """SIGTERM under load: exit code 0 in time, without a traceback, and what was acknowledged is there."""
    for mode in ("eventlet", "threading") if long else ("eventlet",):
        end_under_load(tmp_path / mode, mode)


def end_under_load(folder: Path, mode: str) -> None:
    with Network(folder, mode) as network:
        authority, arash, sara = (
            network.authority,
            LivePerson(network.account("arash")),
            LivePerson(network.account("sara")),
        )
        arash.say(sara, "first")
        abusive = AbusiveClients(authority.port, authority.join_link, ("handshakes", "dribbling", "pings", "deaf"))
        try:
            abusive.tell("go")
            ids = [arash.write(sara, f"one of many {n}") for n in range(20)]
            outputs = [*authority.output, *arash.agent.output, *sara.agent.output]
            assert (sara.agent.stop(), authority.stop(), arash.agent.stop()) == (0, 0, 0)
        finally:
            abusive.end()
        assert not [line for line in outputs if "Traceback" in line]
        authority.start()
        arash.come_back()
        sara.come_back()
        for id in ids:
            sara.await_state(arash, id, "received")


def report(capsys: pytest.CaptureFixture[str], long: bool, what: str, quiet: float, loud: float, growth: int) -> None:
    """The figures of a long run are read by people."""
    if long:
        with capsys.disabled():
            print(f"\n{what}: p99 {quiet * 1000:.1f} ms, with them {loud * 1000:.1f} ms; memory + {growth // 1024} MiB")
