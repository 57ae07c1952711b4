"""Many people at once: an authority in this process, whose log has accounts without agents, and one agent of it."""

from __future__ import annotations

import time
from pathlib import Path

from authority_server.connections.server import Server
from authority_server.core.authority import Authority
from authority_server.main import rising_clock
from authority_server.state.state import begin
from authority_server.store.sqlite import in_memory
from protocol.links import Link
from protocol.primitives import SigningKey
from tests.authority.peer import Peer, Person, person
from tests.long_talk import Other, write_talks
from tests.processes import LOOPBACK, Agent, free_port


class ManyChats:
    """`people` have accounts; `agent` is sara's, who has written with each of them."""

    def __init__(self, folder: Path, names: list[str], lengths: dict[str, tuple[int, int]]) -> None:
        """`lengths`: how many messages there are with whom, and how many of them unread; one with everybody else."""
        key = SigningKey.generate()
        authority = Authority(in_memory(lambda rows: begin(rows, key)), key, rising_clock())
        self._server = Server(authority, LOOPBACK, free_port(), 100)
        self._server.start()
        code = authority.issue_owner_code()
        link = Link((LOOPBACK,), self._server.port, authority.state.invitation, authority.id, code)
        self.agent = Agent(folder / "sara", "eventlet", "--join", link.encode())
        self.agent.start()
        self.agent.sign_up("sara")
        self.agent.stop()
        self.people: dict[str, Person] = {}
        for number, name in enumerate(names):  # each from an address of its own, as an authority slows down who hurries
            self.people[name] = person(authority, name)
            Peer(authority, f"192.0.{number // 200}.{number % 200 + 1}").hello().sign_up(self.people[name])
        talks: list[tuple[Other, int, int]] = [
            (person, *lengths.get(name, (1, 0))) for name, person in self.people.items()
        ]
        write_talks(self.agent, talks, int(time.time() * 1000))
        self.agent.start()
        self.agent.login()

    def close(self) -> None:
        self.agent.stop()
        self._server.close()
