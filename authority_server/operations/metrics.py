"""What a monitor asks over HTTP on a loopback address: numbers for Prometheus, whether the process lives, whether it
takes writes. No names, no ids, no addresses: whoever is on this computer may read all of it.
"""

from __future__ import annotations

import contextlib
import io
import ipaddress
import re
import socket
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from authority_server.core.authority import Authority
from authority_server.operations.status import database_bytes, free_bytes
from authority_server.store.migrations import FORMAT
from protocol import __version__, messages
from protocol.errors import Unreachable
from transport import threads

BATCH_SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5)
BATCH_JOBS = (1, 2, 5, 10, 20, 50, 100)
ASKER_SECONDS = 5  # whoever asks byte by byte, or doesn't read, holds up the next one for so long
ASKER_BYTES = 64 * 1024
_EMPTY_LINE = re.compile(rb"\n\r?\n")

Offload = Callable[..., Any]


class Metrics(Collector):
    """Counted when they are asked for; only what batches took is kept."""

    def __init__(self) -> None:
        """What is measured before `tell_of` is kept, and told then."""
        self.registry = CollectorRegistry()
        self._seconds = Histogram(
            "hamraz_batch_seconds",
            "From a batch's beginning to its commit",
            registry=self.registry,
            buckets=BATCH_SECONDS,
        )
        self._jobs = Histogram("hamraz_batch_jobs", "Writes in one commit", registry=self.registry, buckets=BATCH_JOBS)
        self._authority: Authority
        self._waiting: Callable[[], int] = lambda: 0
        self._data = Path()

    def timed(self, offload: Offload) -> Offload:
        """The same, which measures the writer's batches: (execute, jobs)."""

        def measured(execute: Callable[..., Any], jobs: tuple[Any, ...]) -> Any:
            begun = time.monotonic()
            outcomes = offload(execute, jobs)
            self._seconds.observe(time.monotonic() - begun)
            self._jobs.observe(len(jobs))
            return outcomes

        return measured

    def tell_of(self, authority: Authority, waiting: Callable[[], int], data: Path) -> None:
        """From now on, of this authority; `waiting`: writes in the queue."""
        self._authority, self._waiting, self._data = authority, waiting, data
        self.registry.register(self)

    @property
    def ready(self) -> str:
        """Why it isn't ready for everything now, as an error's code or `recovering`; nothing if it is."""
        trouble = self._authority.health.trouble
        return trouble.code if trouble is not None else "recovering" if self._authority.recovery.on else ""

    def describe(self) -> list[Metric]:
        """Nothing is counted before somebody asks."""
        return []

    def collect(self) -> Iterator[Metric]:
        authority = self._authority
        with authority.lock:
            state, troubles = authority.state, authority.troubles.now()
            connections = {
                "agent": len(authority.online.ready()),
                "group": sum(authority.group_connections.sizes().values()),
                "stranger": authority.strangers,
            }
            room = {"files": state.files.total, "backups": state.backups.total, "mail": state.mail.senders.total}
            database, code = database_bytes(authority), self.ready
        limits = {"files": authority.file_space, "backups": authority.backup_space, "mail": authority.mail_space}
        info = {"version": __version__, "protocol": str(messages.VERSION), "format": str(FORMAT)}
        yield InfoMetricFamily("hamraz_authority", "What runs here", value=info | {"database": authority.store.kind})
        for name, about, value in (
            ("accounts", "Accounts", len(state.accounts)),
            ("groups", "Groups", len(authority.published_groups)),
            ("log_entries", "Entries of the log", authority.published.size),
            ("writes_waiting", "Writes that wait for the disk", self._waiting()),
            ("database_bytes", "Size of the database; 0 while it can't be asked", database),
            ("disk_free_bytes", "Room on the data folder's disk", free_bytes(self._data)),
            ("ready", "1 if writes are taken and nothing waits to be given back", not code),
            ("recovering", "1 while agents give back what a restored database lacks", authority.recovery.on),
            ("failing_threads", "Threads that don't do their work now", len(troubles)),
            ("damaged_rows", "Rows that are not what was written", len(authority.damage.status())),
        ):
            yield GaugeMetricFamily(f"hamraz_{name}", about, value=float(value))
        yield _by("hamraz_connections", "Connections, by what they are", "kind", connections)
        yield _by("hamraz_stored_bytes", "What waits for people, and backups", "kind", room)
        yield _by("hamraz_stored_limit_bytes", "The most that may be stored", "kind", limits)
        yield CounterMetricFamily("hamraz_transactions", "Transactions since the authority began", value=state.batch)
        yield CounterMetricFamily(
            "hamraz_mistakes", "What failed unexpectedly since the start", value=authority.troubles.count
        )


def _by(name: str, about: str, label: str, values: dict[str, int]) -> Metric:
    family = GaugeMetricFamily(name, about, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family


class Monitor:
    """Answers one asker after another."""

    def __init__(self, place: tuple[str, int], metrics: Metrics) -> None:
        """`port_taken`."""

        class Handler(_Handler):
            told = metrics

        class Listener(HTTPServer):
            address_family = socket.AF_INET6 if ":" in place[0] else socket.AF_INET

        try:
            self._server = Listener(place, Handler)
        except OSError:
            raise Unreachable("port_taken", port=place[1]) from None
        self.port: int = self._server.server_address[1]
        self._ended = False

    def start(self, troubles: threads.Troubles) -> None:
        threads.keep("metrics", self._answer, troubles, time.sleep, lambda: self._ended)

    def stop(self) -> None:
        self._ended = True
        with contextlib.suppress(OSError):
            self._server.socket.shutdown(socket.SHUT_RDWR)  # who waits for somebody to ask wakes up
        self._server.server_close()

    def _answer(self) -> None:
        # by hand, as the server's own loop waits with what green threads don't have
        with contextlib.suppress(OSError):  # the asker has gone, or we end
            self._server.process_request(*self._server.get_request())


def _head(line: socket.socket) -> bytes:
    """What is asked, up to its empty line; TimeoutError if that doesn't come."""
    until, head = time.monotonic() + ASKER_SECONDS, b""
    while not _EMPTY_LINE.search(head) and len(head) < ASKER_BYTES:
        line.settimeout(max(0.001, until - time.monotonic()))
        part = line.recv(4096)
        if not part:
            break
        head += part
    line.settimeout(ASKER_SECONDS)
    return head


def _is_here(host: str) -> bool:
    """Whether it is asked for by an address or as localhost: a web page whose name was made to lead to this computer
    asks for that name, and would read the answer.
    """
    try:
        name = urlsplit(f"//{host}").hostname or ""
        return name == "localhost" or bool(ipaddress.ip_address(name))
    except ValueError:
        return False


def _path(target: str) -> str:
    """Of what is asked for, also where that is a whole address; none where it is no address."""
    try:
        return urlsplit(target).path
    except ValueError:
        return ""


class _Handler(BaseHTTPRequestHandler):
    told: Metrics

    def setup(self) -> None:
        super().setup()
        self.rfile = io.BytesIO(_head(self.connection))

    def do_GET(self) -> None:
        if not _is_here(self.headers.get("Host", "localhost")):
            self._say(421, b"ask for it by its address\n")
            return
        match _path(self.path):
            case "/metrics":
                self._say(200, generate_latest(self.told.registry), CONTENT_TYPE_LATEST)
            case "/healthz":
                self._say(200, b"alive\n")
            case "/readyz":
                why = self.told.ready
                self._say(503 if why else 200, f"{why or 'ready'}\n".encode())
            case _:
                self._say(404, b"/metrics, /healthz or /readyz\n")

    do_HEAD = do_GET  # what asks whether somebody is there asks so

    def _say(self, status: int, body: bytes, kind: str = "text/plain; charset=utf-8") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Nothing: it would be a line each few seconds."""
