"""Listening for groups after a start, and for as long as somebody else has one of their ports."""

from __future__ import annotations

import logging

from authority_server.core.authority import Authority


class GroupPorts:
    """`look` is called now and then."""

    def __init__(self, authority: Authority) -> None:
        self._authority = authority
        self._silent: set[int] = set()  # ports that somebody else has now, which are tried again later

    def look(self) -> None:
        """Listen for every group that is here, as far as its port is free."""
        authority, known = self._authority, self._silent
        with authority.lock:
            for gid, group in authority.published_groups.items():
                authority.ports.keep(gid, group.port)
            wanted = {group.port for group in authority.published_groups.values()}
            self._silent = {port for port in wanted if not authority.ports.serve(port)}
        for port in self._silent - known:
            logging.getLogger("hamraz.authority").warning(
                "a group's port %(port)d is taken by another program; tried again", {"port": port}
            )
