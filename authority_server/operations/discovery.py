"""Where this authority is: kept true in the links' file and on the network while the machine's addresses change."""

from __future__ import annotations

import argparse
import logging
import socket
import time
from collections.abc import Callable

from authority_server.operations.join_links import Invitation
from protocol.links import carried
from transport.addresses import hosts_of, is_loopback
from transport.discovery import NAME_LIMIT, Discovery, Sighting, is_name
from transport.threads import Troubles

LOOK_SECONDS = 2.0  # a look costs a millisecond

log = logging.getLogger("hamraz.authority")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options about being found."""
    parser.add_argument(
        "--name",
        type=name,
        default=None,
        help="what people see who look for authorities on this network (default: this computer's name)",
    )
    parser.add_argument("--no-discovery", action="store_true", help="don't announce this authority on the network")


def name(text: str) -> str:
    """A name for people: 1 to 63 characters that can be seen."""
    text = text.strip()
    if not is_name(text):
        raise argparse.ArgumentTypeError(f"a name has 1 to {NAME_LIMIT} printable characters")
    return text


def link_hosts(listen: str) -> list[str]:
    """The hosts of links to a listener on this address; without a network, this machine alone."""
    return hosts_of(listen) or ["::1" if listen == "::" else "127.0.0.1"]


class Announcement:
    """`look` is called now and then, and looks every LOOK_SECONDS."""

    def __init__(
        self,
        listen: str,
        port: int,
        authority_id: bytes,
        args: argparse.Namespace,
        troubles: Troubles | None = None,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        self._listen = listen
        self._port = port
        self._id = authority_id
        self._name: str = args.name or socket.gethostname()
        # On loopback there is nobody to tell, so nothing is even imported for it.
        self._discovery = None if args.no_discovery or is_loopback(listen) else Discovery(troubles=troubles)
        self._timer = timer
        self._looked = timer()
        self.hosts = link_hosts(listen)
        self._others: list[str] = []

    def start(self) -> None:
        """Announce, unless that is not wanted."""
        if self._discovery is not None:
            self._discovery.announce(Sighting(self._id, self._name, tuple(self.hosts), self._port))

    def name(self, others: list[str]) -> bool:
        """Links name the hosts of other nodes too, after this one's; whether that is new."""
        known, self._others = self._others, others
        return others != known

    @property
    def named(self) -> list[str]:
        """What links name."""
        return carried([*self.hosts, *self._others])

    def look(self, invitation: Invitation) -> None:
        """Follow the machine's addresses."""
        if self._timer() - self._looked < LOOK_SECONDS:
            return
        self._looked = self._timer()
        hosts = link_hosts(self._listen)
        if hosts != self.hosts:
            self.hosts = hosts
            log.info("this computer's addresses are now %(hosts)s", {"hosts": ", ".join(hosts)})
            invitation.move(self.named)
            self.start()

    def stop(self) -> None:
        """Take the announcement back."""
        if self._discovery is not None:
            self._discovery.stop()
