"""Other chat servers beside ours: with one that is none, what is counted, what is missed, and what is left running."""

import os
import sys
from pathlib import Path

import pytest

from benchmarks import groups
from benchmarks.group_load import paced
from benchmarks.peers import room as rooms
from benchmarks.peers import turns
from benchmarks.peers.matrix import answer
from benchmarks.peers.mosquitto import packet
from benchmarks.peers.room import Spoken, room
from benchmarks.peers.server import Step, running
from benchmarks.process import family


class Fake:
    name, get, less, deliveries, pace, largest = "fake", "install fake", "nothing at all", 400, 1.0, 10
    member = Spoken

    def __init__(self, lose: int = 0, command: list[str] | None = None) -> None:
        self.lose, self.instead = lose, command

    def found(self) -> bool:
        return True

    def command(self, folder: Path, port: int) -> list[str]:
        script = Path(__file__).with_name("fake_chat.py")
        return self.instead or [sys.executable, str(script), str(port), str(folder / "both.pem"), str(self.lose)]

    def enter(self, number: int) -> list[Step]:
        return [(b"join\n", b"welcome")]

    def message(self, number: int, text: bytes) -> bytes:
        assert len(text) == 150
        return text + b"\n"


def test_every_delivery_of_another_server_is_counted_once_and_it_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    with running(Fake(), None) as server:
        assert server.pid in family(os.getpid())
        with room(Fake(), server, 3, 150, 2) as group:
            paced(group.crowd, group.members[:2], 4, 0.001)
            assert group.wait(4 * 3) == 0
            assert 0 < group.delays((50,))[0] < 10
            group.forget()
            for member in group.members[:2]:
                member.fill(5)
            assert group.wait(2 * 5 * 3) == 0
            group.crowd.idle(0.01)
            assert group.deliveries == 30
    assert server.pid not in family(os.getpid())
    with running(Fake(lose=4), None) as server, room(Fake(), server, 4, 150, 20) as group:
        monkeypatch.setattr(rooms, "SILENCE", 1.0)
        group.members[0].fill(10)
        assert group.wait(40) == 0.25
        group.forget()
        monkeypatch.setattr(rooms, "SILENCE", 0.05)
        with pytest.raises(TimeoutError, match="nothing came from fake"):
            group.wait(1)


def test_one_that_does_not_start_is_said_with_what_it_said() -> None:
    broken = Fake(command=["sh", "-c", "printf 'no such setting'; exit 1"])
    with pytest.raises(RuntimeError, match="ended at once: no such setting"), running(broken, None):
        pass


def test_who_is_not_installed_is_named_with_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Absent(Fake):
        def found(self) -> bool:
            return False

    monkeypatch.setattr(turns, "PEERS", (Absent(),))
    assert turns.run(1, True) == []
    assert "fake: not installed, left out (install fake)" in capsys.readouterr().err


def test_ratios_are_of_neighbours_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "PEERS", (Fake(),))
    given: list[tuple[float, ...]] = []

    def ours(size: int, messages: int, window: int, core: int | None) -> tuple[float, ...]:
        assert os.sched_getaffinity(0).isdisjoint({core})
        given.append((size, messages, window))
        return 1.0, 1e6, 50.0, 2.0, 4.0

    monkeypatch.setattr(groups, "measure", ours)
    before = os.sched_getaffinity(0)
    figures = {figure.name: figure for figure in turns.run(1, True)}
    assert os.sched_getaffinity(0) == before
    assert given == [(10, groups.MESSAGES[10] // 20, 32)]
    theirs, ratio = (
        figures[f"10 members: {name}, deliveries for a second of CPU"].median for name in ("fake", "Hamraz by fake")
    )
    assert theirs > 0 and ratio == pytest.approx(1e6 / theirs)
    assert figures["10 members: fake, missing"].median == 0
    assert figures["10 members: Hamraz beside fake, p99"].median == 4.0


def test_answers_of_http_are_cut_out_of_what_comes() -> None:
    sized = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"
    parts = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nde\r\n1\r\nf\r\n0\r\n\r\n"
    assert answer(sized + parts) == (b"abc", parts)
    assert answer(parts + sized) == (b"def", sized)
    for whole in (sized, parts):
        assert [answer(whole[:cut]) for cut in range(len(whole))] == [None] * len(whole)
    with pytest.raises(AssertionError, match="403 Forbidden"):
        answer(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")


def test_long_packets_say_their_length_in_two_bytes() -> None:
    assert packet(0x30, b"x" * 127)[:2] == b"\x30\x7f"
    assert packet(0x30, b"x" * 153)[:3] == b"\x30\x99\x01"
