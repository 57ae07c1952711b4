"""Finding authorities, and computers that an account moves from, on this network by multicast DNS (RFC 6762, 6763).
A hint: who answers still has to prove itself.

Nothing is imported and no thread made before there is something to do. What is said goes out on private addresses only,
to the link-local group that no router forwards, from sockets that may reach direct neighbours alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import logging
import re
import socket
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Generic, TypeVar

from protocol.errors import HamrazError
from transport import threads
from transport.addresses import MOST, is_private, own_addresses, ranked
from transport.threads import Troubles

if TYPE_CHECKING:
    from zeroconf import IPVersion, ServiceInfo, ServiceStateChange, Zeroconf
    from zeroconf.asyncio import AsyncServiceInfo

SERVICE, MOVE_SERVICE = "_hamraz._tcp.local.", "_hamraz-move._tcp.local."
VERSION = b"2"
TTL_SECONDS = 120  # how long an authority that ended without a word is still found
ASK_MS = 1500  # for what an announcement has left out
RETRY_SECONDS = 30.0  # after the network didn't let us
MOST_FOUND = 32  # anybody on the network can announce; more than a person would look through are not kept
NAME_LIMIT, NAME_BYTES = 63, 200  # a string of TXT holds 255 bytes

log = logging.getLogger("hamraz.discovery")


@dataclass(frozen=True, slots=True)
class Sighting:
    """What somebody on this network says of an authority. Only the id can be proved, and only by the authority."""

    authority_id: bytes
    name: str
    hosts: tuple[str, ...]
    port: int


@dataclass(frozen=True, slots=True)
class MoveSighting:
    """A computer that an account moves from: the number that it shows. Nothing says whose account that is."""

    number: str
    hosts: tuple[str, ...]
    port: int


S = TypeVar("S", Sighting, MoveSighting)
_NUMBER = re.compile(r"[0-9]{4}")


def is_name(text: str) -> bool:
    """1 to NAME_LIMIT characters that can be seen; Persian words also have the zero-width non-joiner inside."""
    fits = 0 < len(text) <= NAME_LIMIT and len(text.encode()) <= NAME_BYTES
    return fits and text.replace("\u200c", "").isprintable() and bool(text.strip("\u200c "))


def service_of(sighting: Sighting) -> ServiceInfo:
    """The announcement of an authority; it has no invitation in it."""
    from zeroconf import ServiceInfo

    label = sighting.authority_id.hex()[:16]  # not the name: two may have the same
    return ServiceInfo(
        SERVICE,
        f"{label}.{SERVICE}",
        port=sighting.port,
        parsed_addresses=list(sighting.hosts),
        properties={"v": VERSION, "id": sighting.authority_id.hex(), "name": sighting.name},
        server=f"{label}.local.",
        host_ttl=TTL_SECONDS,
        other_ttl=TTL_SECONDS,
    )


def move_service_of(sighting: MoveSighting) -> ServiceInfo:
    """The announcement of a move: nothing but where, and the number."""
    from zeroconf import ServiceInfo

    return ServiceInfo(
        MOVE_SERVICE,
        f"{sighting.number}.{MOVE_SERVICE}",
        port=sighting.port,
        parsed_addresses=list(sighting.hosts),
        properties={"v": VERSION},
        server=f"hamraz-move-{sighting.number}.local.",
        host_ttl=TTL_SECONDS,
        other_ttl=TTL_SECONDS,
    )


def move_sighting_of(service: ServiceInfo) -> MoveSighting | None:
    """What an announcement of a move says, or None as below."""
    number, hosts = service.name.partition(".")[0], _near(service)
    if service.properties.get(b"v") != VERSION or not hosts or not service.port or not _NUMBER.fullmatch(number):
        return None
    return MoveSighting(number, tuple(hosts), service.port)


def _near(service: ServiceInfo) -> list[str]:
    return [host for host in ranked(service.parsed_addresses()) if is_private(host)][:MOST]


def sighting_of(service: ServiceInfo) -> Sighting | None:
    """What an announcement says, or None if it isn't one of ours or no address of this building stands in it."""
    said = service.properties
    id, name = said.get(b"id") or b"", said.get(b"name") or b""
    hosts = _near(service)
    if said.get(b"v") != VERSION or not hosts or not service.port:
        return None
    try:
        authority_id, words = bytes.fromhex(id.decode("ascii")), name.decode()
    except ValueError:
        return None
    if len(authority_id) != 32 or not is_name(words):
        return None
    return Sighting(authority_id, words, tuple(hosts), service.port)


@dataclass(frozen=True, slots=True)
class Kind(Generic[S]):
    """What is announced, under which name, and how it is written."""

    name: str
    service: Callable[[S], ServiceInfo]  # the announcement of one
    read: Callable[[ServiceInfo], S | None]  # what an announcement says
    near: Callable[[S, Sequence[str]], S]  # the same at these hosts only


class Announcements(Generic[S]):
    """Announces something of one kind, browses for others of it, or both, on a thread that the first wish starts.

    `on_found(sightings)` is called on that thread with all that are there whenever they have changed.
    """

    def __init__(
        self,
        kind: Kind[S],
        on_found: Callable[[list[S]], None] = lambda found: None,
        troubles: Troubles | None = None,
    ) -> None:
        self._kind: Kind[S] = kind
        self._on_found: Callable[[list[S]], None] = on_found
        self._troubles = troubles or Troubles()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._news: asyncio.Event
        self._announced: S | None = None
        self._browsing = False
        self._stopped = False
        self._found: dict[str, S] = {}  # by the announcement's name
        self._asking: dict[str, asyncio.Future[None]] = {}

    @property
    def found(self) -> list[S]:
        """All that are announced now."""
        return list(self._found.values())

    def announce(self, sighting: S | None) -> None:
        """Announce this from now on, on the addresses of its hosts that are private; None for nothing any more."""
        near = tuple(host for host in sighting.hosts if is_private(host)) if sighting is not None else ()
        if sighting is not None and ranked(near):
            self._announced = self._kind.near(sighting, near)
        else:
            self._announced = None
        self.look_again()

    def browse(self, wanted: bool) -> None:
        """Look for others from now on, or no more."""
        if wanted != self._browsing:
            self._browsing = wanted
            self.look_again()

    def look_again(self) -> None:
        """Something has changed: what is wanted, or this machine's addresses."""
        with self._lock:
            wanted = self._browsing or self._announced is not None
            if self._thread is None and wanted and not self._stopped:
                self._thread = threads.keep("discovery", self._run, self._troubles, time.sleep, lambda: self._stopped)
            elif self._loop is not None:
                with contextlib.suppress(RuntimeError):  # it ends in this moment
                    self._loop.call_soon_threadsafe(self._news.set)

    def stop(self, seconds: float = 2.0) -> None:
        """Take the announcement back, and end; waits for that so long at most."""
        self._stopped = True
        self.look_again()
        if self._thread is not None:
            self._thread.join(seconds)

    # --- the thread ---

    def _run(self) -> None:
        loop = asyncio.new_event_loop()
        try:
            loop.run_until_complete(self._live(loop))
        finally:
            with self._lock:
                self._loop = None
            loop.close()

    async def _live(self, loop: asyncio.AbstractEventLoop) -> None:
        self._news = asyncio.Event()
        with self._lock:
            self._loop = loop
        while not self._stopped:
            self._news.clear()
            patience = None if await self._take_part() else RETRY_SECONDS
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), patience)

    async def _take_part(self) -> bool:
        """Until something changes, or at once where there is nothing to do; False if the network doesn't let us."""
        addresses = [address for address in own_addresses() if is_private(address)]
        if not addresses or not (self._browsing or self._announced is not None):
            return True
        import zeroconf
        from zeroconf.asyncio import AsyncServiceBrowser, AsyncZeroconf

        logging.getLogger("zeroconf").setLevel(logging.CRITICAL)  # what becomes of it is said here
        try:
            responder = AsyncZeroconf(interfaces=addresses, ip_version=_families(addresses))
            try:
                await responder.zeroconf.async_wait_for_start()
                self._troubles.over("discovery")
                _stay_near(responder.zeroconf)
                if self._announced is not None:
                    # not asking for conflicts: the label is a key's, and a liar who has it too must not silence us
                    await responder.async_register_service(
                        self._kind.service(self._announced), cooperating_responders=True
                    )
                if self._browsing:
                    AsyncServiceBrowser(responder.zeroconf, self._kind.name, handlers=[self._changed])
                await self._news.wait()
            finally:
                await responder.async_close()
                self._asking.clear()
                self._forget(*self._found)
        except (OSError, RuntimeError, zeroconf.Error) as reason:
            log.debug("discovery can't take part in this network now: %r", reason)
            return False
        return True

    # --- what is found ---

    def _changed(self, zeroconf: Zeroconf, service_type: str, name: str, state_change: ServiceStateChange) -> None:
        with contextlib.suppress(HamrazError), self._troubles.guard("sighting", once=True):
            self._follow(zeroconf, service_type, name, state_change)

    def _follow(self, zeroconf: Zeroconf, service_type: str, name: str, state_change: ServiceStateChange) -> None:
        from zeroconf import ServiceStateChange
        from zeroconf.asyncio import AsyncServiceInfo

        if state_change is ServiceStateChange.Removed:
            self._forget(name)
            return
        service = AsyncServiceInfo(service_type, name)
        if service.load_from_cache(zeroconf):
            self._take(name, service)
        elif len(self._asking) < MOST_FOUND and name not in self._asking:
            self._asking[name] = asyncio.ensure_future(self._ask(zeroconf, name, service))

    async def _ask(self, zeroconf: Zeroconf, name: str, service: AsyncServiceInfo) -> None:
        """An announcement that came in parts: ask for the rest."""
        try:
            with contextlib.suppress(HamrazError), self._troubles.guard("sighting", once=True):
                if await service.async_request(zeroconf, ASK_MS):
                    self._take(name, service)
        finally:
            self._asking.pop(name, None)

    def _take(self, name: str, service: ServiceInfo) -> None:
        sighting = self._kind.read(service)
        if sighting is None:
            self._forget(name)
        elif self._found.get(name) != sighting and (name in self._found or len(self._found) < MOST_FOUND):
            self._found[name] = sighting
            self._on_found(self.found)

    def _forget(self, *names: str) -> None:
        if [self._found.pop(name) for name in names if name in self._found]:
            self._on_found(self.found)


AUTHORITIES: Kind[Sighting] = Kind(
    SERVICE,
    service_of,
    sighting_of,
    lambda sighting, hosts: replace(sighting, hosts=tuple(hosts), name=sighting.name[:NAME_LIMIT]),
)
MOVES: Kind[MoveSighting] = Kind(
    MOVE_SERVICE,
    move_service_of,
    move_sighting_of,
    lambda sighting, hosts: replace(sighting, hosts=tuple(hosts)),
)


class Discovery(Announcements[Sighting]):
    """Of authorities."""

    def __init__(
        self, on_found: Callable[[list[Sighting]], None] = lambda found: None, troubles: Troubles | None = None
    ) -> None:
        super().__init__(AUTHORITIES, on_found, troubles)


class MoveDiscovery(Announcements[MoveSighting]):
    """Of computers that an account moves from."""

    def __init__(
        self, on_found: Callable[[list[MoveSighting]], None] = lambda found: None, troubles: Troubles | None = None
    ) -> None:
        super().__init__(MOVES, on_found, troubles)


def _families(addresses: list[str]) -> IPVersion:
    from zeroconf import IPVersion

    families = {ipaddress.ip_address(address).version for address in addresses}
    return IPVersion.All if len(families) == 2 else IPVersion.V6Only if 6 in families else IPVersion.V4Only


def _stay_near(responder: Zeroconf) -> None:
    """Let the kernel refuse whatever would have to pass a router, such as an answer to a question from far away."""
    for sender in responder.engine.senders:
        sender.sock.setsockopt(socket.SOL_SOCKET, socket.SO_DONTROUTE, 1)
