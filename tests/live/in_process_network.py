"""An authority and agents in the test's own process, on real sockets; every frame of theirs is kept."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

import pytest

from authority_server.connections import server as server_module
from authority_server.connections.server import Server
from authority_server.connections.session import Session
from authority_server.core.authority import Authority
from authority_server.core.group_ports import Ports
from authority_server.core.writer import Writer
from authority_server.main import rising_clock
from authority_server.state.state import begin
from authority_server.store import sqlite
from protocol.links import Link
from protocol.primitives import SigningKey
from tests.processes import LOOPBACK, PASSWORD
from web_client.agent.api import Agent
from web_client.net import network as network_module
from web_client.net.network import SocketNetwork


def call(function: Callable[..., Any], *arguments: Any) -> Any:
    return function(*arguments)


class InProcessNetwork:
    """A running authority. `at_authority` and `between_agents` are the bodies of all frames, both ways."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.at_authority: list[bytes] = []
        self.between_agents: list[bytes] = []
        self.key = SigningKey.generate()
        self.database = folder / "authority.db"
        self._tap(monkeypatch)
        sqlite.create(self.database, lambda rows: begin(rows, self.key))
        self._store = sqlite.open_file(self.database)
        ports = Ports(lambda port: self.server.bind_group(port))
        self.authority = Authority(self._store, self.key, rising_clock(), ports=ports)
        self._owner_code = self.authority.issue_owner_code()
        self.server = Server(self.authority, LOOPBACK, 0, 200)
        self._writer = Writer(self.authority, call)
        self._writer.start()
        self.server.start()
        self.agents: list[Agent] = []

    def _tap(self, monkeypatch: pytest.MonkeyPatch) -> None:
        kept = self.at_authority

        class Tapped(Session):
            def __init__(self, *arguments: Any) -> None:
                authority, fingerprint, send, *rest = arguments

                def send_and_keep(body: bytes) -> None:
                    kept.append(body)
                    send(body)

                super().__init__(authority, fingerprint, send_and_keep, *rest)

            def receive(self, body: bytes) -> None:
                kept.append(body)
                super().receive(body)

        monkeypatch.setattr(server_module, "Session", Tapped)
        listen, between = SocketNetwork.listen, self.between_agents

        def tapped_listen(network: SocketNetwork, new_session: Any) -> None:
            def new_tapped(send: Callable[[bytes], None], close: Callable[[], None]) -> Any:
                def send_and_keep(body: bytes) -> None:
                    between.append(body)
                    send(body)

                session = new_session(send_and_keep, close)
                receive = session.receive

                def receive_and_keep(body: bytes) -> None:
                    between.append(body)
                    receive(body)

                session.receive = receive_and_keep
                return session

            listen(network, new_tapped)

        monkeypatch.setattr(network_module.SocketNetwork, "listen", tapped_listen)

    @property
    def join_link(self) -> str:
        return self._link(None)

    @property
    def owner_link(self) -> str:
        return self._link(self._owner_code)

    def _link(self, code: str | None) -> str:
        invitation = self.authority.state.invitation
        return Link((LOOPBACK,), self.server.port, invitation, self.authority.id, code).encode()

    def agent(self, name: str, link: str | None = None) -> Agent:
        """An agent on a folder of its own, before log-in."""
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        owner = not self.authority.state.log.users
        link = link or (self.owner_link if owner else self.join_link)
        made = Agent.open(folder, call, 5001, link, LOOPBACK)
        self.agents.append(made)
        return made

    def account(self, name: str) -> Agent:
        """An agent with an account, logged in."""
        made = self.agent(name)
        made.sign_up(f"{name}@mail.example.org", name, PASSWORD, PASSWORD)
        return made

    def __enter__(self) -> InProcessNetwork:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        for agent in self.agents:
            agent.close()
        self.server.close()
        self._writer.stop()
        self._store.close()


def texts(agent: Agent, name: str) -> list[tuple[str, str]]:
    """(text, state) of a private conversation, oldest first."""
    for conversation in agent.snapshot()["conversations"]:
        if conversation["name"] == name:
            return [
                (one["text"], one["state"]) for one in agent.history(conversation["chat"], None, None, 1000)["messages"]
            ]
    return []


def threads() -> set[str]:
    return {thread.name for thread in threading.enumerate()}
