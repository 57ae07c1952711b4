"""A served door before a stand-in agent, in this process."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from tests.door.client import PAGE, Client
from tests.door.stand_in import PASSWORD, Agent
from tests.processes import free_port
from web_client.page.app import make_app
from web_client.page.server import Claim, PageServer
from web_client.page.socketio import PageEvents
from web_client.page.tokens import Door


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Served:
    port: int
    agent: Agent
    door: Door
    clock: Clock
    pages: PageEvents
    clients: list[Client] = field(default_factory=list)

    def client(self, origin: str | None = PAGE, host: str | None = None) -> Client:
        client = Client(self.port, origin, host)
        self.clients.append(client)
        return client

    def page(self, token: str | None = None) -> Client:
        """A page that was let in."""
        client = self.client()
        assert "sid" in client.enter({} if token is None else {"token": token})
        return client

    def logged_in(self) -> tuple[Client, str]:
        """A page that has logged in, and its token."""
        page = self.page()
        token = page.call("login", username="sara", password=PASSWORD)["token"]
        page.pushed.clear()
        return page, token


@contextmanager
def serving() -> Iterator[Served]:
    port = free_port()
    app, socketio = make_app(port, "threading")
    clock = Clock()
    agent, door = Agent(), Door(clock, lambda seconds: None)
    pages = PageEvents(socketio.server, agent, door)
    server = PageServer(app, socketio, Claim(port))
    server.start()
    running = Served(port, agent, door, clock, pages)
    try:
        yield running
    finally:
        agent.gate.set()
        for client in running.clients:
            client.socket.close()
        # It takes half a second to notice, for which no test has to wait.
        threading.Thread(target=server.close).start()


@pytest.fixture
def served() -> Iterator[Served]:
    """A door of the test's own."""
    with serving() as running:
        yield running


@pytest.fixture(scope="module")
def shared() -> Iterator[Served]:
    """One door for all tests of a file, which change nothing about it."""
    with serving() as running:
        yield running
