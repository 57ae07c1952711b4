"""The vault opens by its password, whoever answers at the authority's address; the page says what is the matter."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from authority_server.handlers import routes
from authority_server.handlers.routes import Command
from protocol.messages import FetchLog
from tests.live.in_process_network import InProcessNetwork, texts
from tests.live.test_in_between import through, vault_says
from tests.processes import LOOPBACK, PASSWORD, until
from transport.tls import Certificate, server_context
from web_client.agent import lifecycle
from web_client.agent.api import Agent

WAITS = 0.5  # s: for who only holds the line open, in place of five
SLOW = 8.0  # s for everything that a log-in does besides, on a busy machine


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lifecycle, "ENTERING_SECONDS", WAITS)


Serve = Callable[[socket.socket], None]


@contextlib.contextmanager
def listener(serve: Serve) -> Iterator[int]:
    """Somebody else on a port: what they do with each caller."""
    server = socket.create_server((LOOPBACK, 0))
    lines: list[socket.socket] = []

    def run() -> None:
        with contextlib.suppress(OSError):
            while True:
                line, _address = server.accept()
                lines.append(line)
                threading.Thread(target=quietly, args=(serve, line), daemon=True).start()

    def quietly(serve: Serve, line: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError):
            serve(line)

    threading.Thread(target=run, daemon=True).start()
    try:
        yield server.getsockname()[1]
    finally:
        for line in [server, *lines]:
            line.close()


def silent(line: socket.socket) -> None:
    line.recv(1)
    threading.Event().wait(30)


def ssh(line: socket.socket) -> None:
    line.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")


def dribbles(line: socket.socket) -> None:
    """TLS, and then a frame that never comes to its end."""
    secure = server_context(Certificate.generate()).wrap_socket(line, server_side=True)
    secure.sendall(b"\x00\x00\x0f\xff")
    for _ in range(300):
        secure.sendall(b"x")
        time.sleep(0.1)


def closes(line: socket.socket) -> None:
    line.close()


def opens(agent: Agent) -> None:
    began = time.monotonic()
    agent.login("owner", PASSWORD)
    assert time.monotonic() - began < WAITS + SLOW
    assert agent.stage == "ready"
    assert agent.snapshot()["me"]["name"] == "owner"


@pytest.mark.parametrize("serve", [silent, ssh, dribbles, closes])
def test_whoever_answers(in_process: InProcessNetwork, serve: Serve) -> None:
    in_process.account("owner").close()
    (in_process.folder / "owner" / "authority.link").write_text("")
    with listener(serve) as port:
        vault_says(in_process, "owner", through(in_process, port))
        again = in_process.agent("owner", through(in_process, port))
        opens(again)
        assert again.snapshot()["link"]["up"] is False
        again.close()


def test_another_authority(
    in_process: InProcessNetwork, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A school and a home, both at one address: one's own messages can be read in both."""
    in_process.account("owner").close()
    (in_process.folder / "owner" / "authority.link").write_text("")
    with InProcessNetwork(tmp_path_factory.mktemp("other"), monkeypatch) as other:
        vault_says(in_process, "owner", through(in_process, other.server.port))
        again = in_process.agent("owner", through(in_process, other.server.port))
        opens(again)
        until(lambda: again.snapshot()["link"]["why"] == "wrong_authority", 20)
        again.close()


def test_an_authority_that_never_comes_to_an_end(in_process: InProcessNetwork, monkeypatch: pytest.MonkeyPatch) -> None:
    """It proves who it is, lets one in, and then doesn't answer: what one has is there meanwhile."""
    owner, sara = in_process.account("owner"), in_process.account("sara")
    owner.private_chat("owner", "sara", "before")
    until(lambda: texts(sara, "owner") == [("before", "received")], 30)
    owner.close()

    in_process.account("jose")  # so that there is something to fetch
    again = in_process.agent("owner")
    table: dict[Any, Command] = routes.MAIN  # type: ignore[assignment]
    monkeypatch.setitem(table, FetchLog, replace(table[FetchLog], run=lambda authority, caller, message: None))
    opens(again)
    assert texts(again, "sara")[0][0] == "before"
    assert again.snapshot()["link"]["up"] is False
    again.close()
