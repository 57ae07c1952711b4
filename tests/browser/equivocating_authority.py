"""A lying authority on real sockets, made of the authority's own parts: one key, and two histories."""

from __future__ import annotations

from authority_server.connections.server import Server
from authority_server.core.authority import Authority
from authority_server.main import rising_clock
from authority_server.state.state import begin
from authority_server.store.database import Rows
from authority_server.store.sqlite import in_memory
from protocol.links import Link
from protocol.primitives import SigningKey
from tests.processes import LOOPBACK, free_port


class EquivocatingAuthority:
    """One authority until `part`; then each who asks hears the history of the face that is turned to them."""

    def __init__(self) -> None:
        self._key = SigningKey.generate()
        self._servers: dict[str, Server] = {}
        self._clock = rising_clock()
        self.first = Authority(in_memory(lambda rows: begin(rows, self._key)), self._key, self._clock)
        self.second = self.first
        self._owner_code = self.first.issue_owner_code()

    def link_for(self, name: str) -> str:
        """A link with a port of this person's own, at which the first face is shown."""
        port = free_port()
        self._servers[name] = Server(self.first, LOOPBACK, port, 100)
        self._servers[name].start()
        code = None if self.first.has_owner else self._owner_code
        return Link((LOOPBACK,), port, self.first.state.invitation, self.first.id, code).encode()

    def part(self) -> None:
        """Make the second face: the same key and the same past, and from here on a history of its own."""
        state = self.first.state

        def fill(rows: Rows) -> None:
            for n, raw in enumerate(state.entries):
                rows.add_entry(n, raw, state.log.hashes[n + 1])
            for account in state.accounts.values():
                rows.add_account(account)
                rows.save_account(account)
            for name, value in state.settings.items():
                rows.save_setting(name, value)

        self.second = Authority(in_memory(fill), self._key, self._clock)
        # Both let everybody find everybody: who hides people from each other is not noticed, but is of no use either.
        self.second.state.accounts = state.accounts
        # and say from where they see each other, or nobody dials
        here, there = self.first.online, self.second.online
        has, remote = (here.has, there.has), (here.remote, there.remote)
        for face in (here, there):
            face.has = lambda uid: has[0](uid) or has[1](uid)  # type: ignore[method-assign]
            face.remote = lambda uid: remote[0](uid) or remote[1](uid)  # type: ignore[method-assign]

    def turn(self, name: str, face: Authority) -> None:
        """Show this person another face from now on; who is connected is cut off."""
        port = self._servers[name].port
        self._servers[name].close()
        self._servers[name] = Server(face, LOOPBACK, port, 100)
        self._servers[name].start()

    def close(self) -> None:
        for server in self._servers.values():
            server.close()
