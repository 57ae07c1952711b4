"""Authorities that announce themselves on this network: to join one, and to find one's own again where it has moved.

What is found is a hint. The person compares the digits, the authority proves its key, and only then is it believed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from protocol import links
from protocol.errors import Refused
from protocol.links import Link
from transport.discovery import Discovery, Sighting
from transport.threads import Troubles

OnFound = Callable[[list[Sighting]], None]


class Finder:
    """Looks around from the first question on until `rest`; with `on` false it finds nothing and sends nothing."""

    def __init__(self, on: bool, on_found: OnFound, troubles: Troubles | None = None) -> None:
        self.on = on
        self._discovery = Discovery(on_found, troubles) if on else None

    def sightings(self) -> list[Sighting]:
        """All that are announced now; the first question begins to look, and `on_found` tells what comes later."""
        if self._discovery is None:
            return []
        self._discovery.browse(True)
        return self._discovery.found

    def of(self, authority_id: bytes) -> list[Sighting]:
        """Where this authority says that it is, or where somebody says so."""
        return [sighting for sighting in self.sightings() if sighting.authority_id == authority_id]

    def rest(self) -> None:
        """Nobody wants to know any more."""
        if self._discovery is not None:
            self._discovery.browse(False)

    def look_again(self) -> None:
        """This machine's addresses have changed."""
        if self._discovery is not None:
            self._discovery.look_again()

    def stop(self) -> None:
        if self._discovery is not None:
            self._discovery.stop()


def moved(link: Link, sighting: Sighting) -> Link:
    """The link with the place where its authority has proved to be in front of those that it named before."""
    hosts = dict.fromkeys([*sighting.hosts, *link.hosts] if sighting.port == link.port else sighting.hosts)
    return Link(tuple(hosts)[: links.MOST_HOSTS], sighting.port, link.invitation, link.authority_id, link.owner_code)


def shown(sightings: list[Sighting]) -> dict[str, Any]:
    """As docs/agent-api.md has it: each authority once, with every place where it is said to be."""
    found: dict[tuple[bytes, int], dict[str, Any]] = {}
    for sighting in sightings:
        key = (sighting.authority_id, sighting.port)
        entry = found.setdefault(
            key,
            {
                "id": sighting.authority_id.hex(),
                "name": sighting.name,
                "hosts": [],
                "port": sighting.port,
                "digits": list(links.digits(sighting.authority_id)),
            },
        )
        entry["hosts"] += [host for host in sighting.hosts if host not in entry["hosts"]]
    return {"authorities": sorted(found.values(), key=lambda entry: (entry["name"], entry["id"], entry["port"]))}


def invitation_of(text: str, authority_id: bytes) -> str:
    """The code in what a person has typed, or pasted as a whole link of this authority; `bad_invitation`."""
    if "://" in text:
        try:
            link = links.decode(text)
        except Refused:
            raise Refused("bad_invitation", field="invitation") from None
        if link.authority_id != authority_id or link.invitation is None:
            raise Refused("bad_invitation", field="invitation")
        return link.invitation
    return links.read_invitation(text)
