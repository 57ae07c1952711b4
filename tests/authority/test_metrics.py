"""What a monitor is told: numbers that are true and name nobody, and whether writes are taken."""

from __future__ import annotations

import argparse
import contextlib
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from authority_server import main
from authority_server.core.authority import Authority
from authority_server.core.recovery import BY_HAND
from authority_server.operations import metrics
from authority_server.operations.metrics import Metrics, Monitor
from launch.packages import ROOT
from protocol.errors import Damaged, HamrazError
from protocol.roles import Role
from tests.authority.group_peer import Circle, people
from tests.authority.peer import Clock, Peer, new_authority
from transport.threads import Troubles


class Asked:
    """A running authority's monitor, and who asks it."""

    def __init__(self, data: Path) -> None:
        self.authority: Authority = new_authority(Clock())
        self.metrics = Metrics()
        self.metrics.tell_of(self.authority, lambda: 7, data)
        self.monitor = Monitor(("127.0.0.1", 0), self.metrics)
        self.monitor.start(self.authority.troubles)

    def get(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.monitor.port}{path}", timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refusal:
            return refusal.code, refusal.read().decode()

    def numbers(self) -> dict[str, float]:
        """Every sample by its name and labels, as Prometheus reads it."""
        status, text = self.get("/metrics")
        assert status == 200
        return {
            " ".join([one.name, *map(str, one.labels.values())]): one.value
            for family in text_string_to_metric_families(text)
            for one in family.samples
        }


@pytest.fixture
def asked(tmp_path: Path) -> Iterator[Asked]:
    running = Asked(tmp_path)
    yield running
    running.monitor.stop()


def test_the_numbers_are_true_and_name_nobody(asked: Asked) -> None:
    authority = asked.authority
    execute = asked.metrics.timed(lambda function, *arguments: function(*arguments))
    authority.run_write = lambda job, done, *_: authority.settle([done], execute(authority.execute, (job,)))
    begun = authority.state.batch
    known = people(authority, ada=Role.ADVANCED, bob=Role.BEGINNER)
    circle = Circle(authority).create(known["ada"], [known["ada"], known["bob"]])
    circle.enter(known["bob"])
    Peer(authority).hello()
    before = authority.state.batch
    found = asked.numbers()
    assert found["hamraz_accounts"] == 3 and found["hamraz_groups"] == 1 and found["hamraz_writes_waiting"] == 7
    assert found["hamraz_log_entries"] == authority.published.size
    assert found["hamraz_connections group"] == 1 and found["hamraz_connections stranger"] == authority.strangers
    assert found["hamraz_transactions_total"] == before
    assert found["hamraz_batch_seconds_count"] == found["hamraz_batch_jobs_sum"] == before - begun
    assert found["hamraz_stored_limit_bytes mail"] == 2 << 30
    assert found["hamraz_ready"] == 1 and found["hamraz_recovering"] == found["hamraz_mistakes_total"] == 0
    text = asked.get("/metrics")[1]
    assert f'database="{"postgresql" if authority.store.is_shared else "sqlite"}"' in text
    secret = [circle.gid, *(person.uid for person in known.values())]
    assert not any(id.hex()[:8] in text for id in secret)
    assert not any(word in text for word in ("ada", "example.org", "192.0.2", "4000"))


def test_it_is_alive_while_it_isnt_ready(asked: Asked) -> None:
    assert asked.get("/healthz") == (200, "alive\n") and asked.get("/readyz") == (200, "ready\n")
    asked.authority.health.failed(Damaged("disk_full"), 1, 0)
    assert asked.get("/readyz") == (503, "disk_full\n") and asked.get("/healthz")[0] == 200
    assert asked.numbers()["hamraz_ready"] == 0
    asked.authority.health.worked(1)
    asked.authority.recovery.begin("a test", BY_HAND)
    assert asked.get("/readyz") == (503, "recovering\n") and asked.numbers()["hamraz_recovering"] == 1
    assert asked.get("/anything")[0] == 404


def test_who_hangs_up_holds_up_nobody(asked: Asked) -> None:
    for _ in range(3):
        socket.create_connection(("127.0.0.1", asked.monitor.port)).close()
    assert asked.get("/healthz")[0] == 200
    assert asked.authority.troubles.count == 0


def test_who_asks_byte_by_byte_holds_up_nobody_for_long(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each byte came within the time for one, so a health check behind them waited for as long as they came."""
    monkeypatch.setattr(metrics, "ASKER_SECONDS", 0.3)
    with socket.create_connection(("127.0.0.1", asked.monitor.port), timeout=10) as slow:
        slow.sendall(b"GET /metrics HTTP/1.1\r\n")
        answers: list[tuple[int, str]] = []
        behind = threading.Thread(target=lambda: answers.append(asked.get("/healthz")))
        behind.start()
        while behind.is_alive():
            with contextlib.suppress(OSError):
                slow.sendall(b"a")
            behind.join(0.05)
    assert answers == [(200, "alive\n")] and asked.authority.troubles.count == 0


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:9550", 200),
        ("[::1]:1", 200),
        ("LOCALHOST", 200),
        ("rebound.example:9550", 421),
        ("[", 421),
        ("", 421),
    ],
)
def test_a_web_page_whose_name_leads_here_reads_nothing(asked: Asked, host: str, status: int) -> None:
    for path in ("/metrics", "/nothing"):
        request = urllib.request.Request(f"http://127.0.0.1:{asked.monitor.port}{path}", headers={"Host": host})
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                assert answer.status == status
        except urllib.error.HTTPError as refusal:
            assert refusal.code == (404 if status == 200 else status)


@pytest.mark.parametrize("line", ["HEAD /healthz", "GET /metrics?name[]=hamraz_ready", "GET http://127.0.0.1/readyz"])
def test_monitors_ask_in_several_ways(asked: Asked, line: str) -> None:
    with socket.create_connection(("127.0.0.1", asked.monitor.port), timeout=10) as asker:
        asker.sendall(f"{line} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        answer = b"".join(iter(lambda: asker.recv(4096), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b" 200 OK" in head and bool(body) == line.startswith("GET")


@pytest.mark.parametrize(
    "asking",
    [
        b"GET http://[ HTTP/1.1\r\n\r\n",
        b"GET //[x HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: [\xff\r\n\r\n",
        b"GET /\r\n\r\n",
        b"\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/1." + b"9" * 5000 + b"\r\n\r\n",
        b"BREW / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 200 + b"\r\n",
        b"GET /" + b"x" * 70_000 + b" HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nNonsense\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"\x16\3\1\0\xa5\1\0\0\r\n\r\n",
    ],
    ids=lambda asking: asking[:24].decode("latin-1"),
)
def test_what_is_no_question_is_no_mistake_of_ours(asked: Asked, asking: bytes) -> None:
    with socket.create_connection(("127.0.0.1", asked.monitor.port), timeout=10) as asker, contextlib.suppress(OSError):
        asker.sendall(asking)
        asker.shutdown(socket.SHUT_WR)
        assert b" 200 " not in b"".join(iter(lambda: asker.recv(4096), b""))
    assert asked.get("/healthz") == (200, "alive\n")
    assert asked.authority.troubles.count == 0


def test_only_this_computer_is_answered() -> None:
    assert main.loopback("127.0.0.1:9550") == ("127.0.0.1", 9550) and main.loopback("[::1]:0") == ("::1", 0)
    for text in ("0.0.0.0:9550", "192.0.2.7:9550", "9550", "localhost:9550", "127.0.0.1:", "127.0.0.1:99999", ":9550"):
        with pytest.raises(argparse.ArgumentTypeError):
            main.loopback(text)


def test_a_taken_port_is_said(asked: Asked) -> None:
    with pytest.raises(HamrazError) as taken:
        Monitor(("127.0.0.1", asked.monitor.port), asked.metrics)
    assert taken.value.code == "port_taken"


def test_it_ends(tmp_path: Path) -> None:
    monitor, troubles = Monitor(("127.0.0.1", 0), Metrics()), Troubles()
    monitor.start(troubles)
    monitor.stop()
    again = Monitor(("127.0.0.1", monitor.port), Metrics())
    again.stop()
    assert troubles.count == 0


def test_every_number_is_in_the_manual(asked: Asked) -> None:
    manual = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    text = asked.get("/metrics")[1]
    for family in text_string_to_metric_families(text):
        if not family.name.endswith("_created"):
            names = {sample.name for sample in family.samples} | {family.name}
            assert any(f"`{name}`" in manual for name in names), names
