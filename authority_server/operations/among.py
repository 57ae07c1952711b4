"""This process among the nodes of its database, from its start to its end; nothing, where the database is a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from authority_server.core.authority import Authority
from authority_server.core.hints import Hints
from authority_server.store.postgres import DatabaseServer


class Among:
    """`look` is called now and then."""

    def __init__(self, authority: Authority, database: DatabaseServer | None, offload: Callable[..., Any]) -> None:
        self._authority, self._nodes = authority, authority.nodes
        self._hints: Hints | None = None
        if self._nodes is not None and database is not None:
            self._hints = Hints(authority, self._nodes, database.lines, offload)
        self._hosts: list[str] = []
        self._port = 0

    def start(self, hosts: Sequence[str], port: int) -> None:
        """The others know where this one is, and it hears them. Once it listens."""
        self._port = port
        self.look(hosts)
        if self._hints is not None:
            self._hints.start()

    @property
    def others(self) -> list[str]:
        """Where else agents find this authority, as far as one link can say it."""
        return self._nodes.others() if self._nodes is not None else []

    def look(self, hosts: Sequence[str]) -> None:
        """This machine may have other addresses now."""
        if self._nodes is None:
            return
        with self._authority.lock:
            self._nodes.send_away()
        if self._hosts != list(hosts) and not self._nodes.away:
            self._nodes.found_at(hosts, self._port)
            self._hosts = list(hosts)
        with self._authority.lock:
            self._nodes.tell_hosts()

    def stop(self) -> None:
        """It serves nobody any more. Before the writer ends."""
        if self._hints is not None:
            self._hints.stop()
        if self._nodes is not None:
            self._nodes.end()
