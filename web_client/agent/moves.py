"""An account that goes from this computer to another one, or comes here: the listener and the thread that it takes, and
what the page is shown of it. Opens no vault.
"""

from __future__ import annotations

import ipaddress
import re
import secrets
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from protocol import links
from protocol.errors import HamrazError, Refused
from transport import threads
from transport.addresses import is_private
from transport.discovery import MoveDiscovery, MoveSighting
from transport.threads import Troubles
from web_client.moving import new_folder, old_folder
from web_client.moving.giving import Giving
from web_client.moving.old_folder import Moved
from web_client.moving.taking import Taking
from web_client.net.channel import Channel
from web_client.net.network import SocketNetwork
from web_client.vault.database import Offload

TURN_SECONDS = 0.5  # how late the page hears of bytes, and a move that nobody wants any more ends
_ADDRESS = re.compile(r"(?:\[(?P<six>[0-9A-Fa-f:.]+)\]|(?P<four>[0-9.]+)):(?P<port>[0-9]{1,5})")
NewNetwork = Callable[[int], SocketNetwork]  # listens on this port, 0 for any; new at every call


class Moves:
    """Callbacks come from any thread. What changes who has the account is Giving's, or Taking's."""

    def __init__(
        self,
        folder: Path,
        offload: Offload,
        troubles: Troubles,
        network: NewNetwork,
        hosts: Callable[[], list[str]],
        clock: Callable[[], int],
        discovery: bool,
        on_change: Callable[[], None],
        on_found: Callable[[], None],
        on_here: Callable[[], None],
    ) -> None:
        """`hosts`: where one is reached. `on_change`: `shown` is another; `on_found`: `found` is; `on_here`: an
        account has come.
        """
        self._folder, self._offload, self._troubles = folder, offload, troubles
        self._new_network, self._hosts, self._clock = network, hosts, clock
        self._on_change, self._on_here = on_change, on_here
        self._discovery = MoveDiscovery(lambda found: on_found(), troubles) if discovery else None
        self._lock = threading.Lock()  # of which listener there is, and what is announced
        self._listener: SocketNetwork | None = None
        self._number = ""
        self._giving: Giving | None = None
        self._taking: Taking | None = None
        self._stopped = False
        self._told: Any = None

    def start(self) -> None:
        """Go on with what an earlier run has left: before anything of the folder is opened."""
        gone = old_folder.moved(self._folder)
        if gone is not None:
            old_folder.wipe(self._folder)
            if gone.secret:
                self._listen(gone)
            return
        new_folder.settle(self._folder)
        if new_folder.arriving(self._folder) is not None:
            self.go_on()

    def close(self) -> None:
        """End what runs; what is on disk stays."""
        self._stopped = True
        if self._taking is not None:
            self._taking.stop()
        self._close_listener()
        if self._discovery is not None:
            self._discovery.stop()

    @property
    def stage(self) -> Literal["moving", "moved", "arriving"] | None:
        """What the agent's stage is by a move; None if there is none, or it has not got so far."""
        if old_folder.moved(self._folder) is not None:
            return "moved"
        if self._giving is not None and self._giving.state == "going":
            return "moving"
        if self._taking is not None and self._taking.state != "ours":
            return "arriving"
        return None

    def require_none(self) -> None:
        """Raise `account_moved` or `being_moved` where no account may be opened or made here now."""
        match self.stage:
            case "moved":
                raise Refused("account_moved")
            case "moving" | "arriving":
                raise Refused("being_moved")

    # --- from here ---

    def offer(self) -> None:
        """Be called from now on, for 10 minutes."""
        self._end_offer()
        self._listen(None)
        self._changed()

    def accept(self, digits: list[str]) -> None:
        """See Giving."""
        self._required().accept(digits)

    def begin(self, name: str) -> None:
        """The vault is closed: it goes. If that can't be, it stays, and the move is over."""
        giving = self._required()
        try:
            giving.begin(name)
        except HamrazError:
            if giving.state == "going":
                giving.end()
            raise

    def refuse(self, digits: list[str]) -> None:
        self._required().refuse(digits)

    def end_offer(self) -> None:
        """The account stays here, if nobody has been confirmed yet: the vault is being closed."""
        if self._giving is not None and self._giving.state in ("waiting", "asked"):
            self._end_offer()
            self._changed()

    def end(self) -> None:
        """Nothing comes, or goes, any more. `account_moved`, or `move_unsure`, where that can't be said."""
        if self._taking is not None:
            self._taking.give_up()
            self._taking = None
        with self._lock:
            giving, network = self._giving, self._listener
        if giving is not None:
            giving.end()
            if network is not None:
                self._close_listener(network)  # another page may have begun anew meanwhile
        self._changed()

    def forget(self, sure: bool) -> None:
        """Make room for another account, once the new computer has said that it has this one; or a person says so."""
        gone = old_folder.moved(self._folder)
        if gone is None:
            raise Refused("move_over")
        if gone.secret and not sure:
            raise Refused("move_unsure")
        self._close_listener()
        self._giving = None
        old_folder.wipe(self._folder)
        old_folder.take_back(self._folder)

    def _required(self) -> Giving:
        if self._giving is None:
            raise Refused("move_over")
        return self._giving

    def _listen(self, gone: Moved | None) -> None:
        self._number = gone.number if gone is not None else f"{secrets.randbelow(10_000):04}"
        try:
            network = self._new_network(gone.port if gone is not None else 0)
            self._begin_listening(network, gone)
        except HamrazError:
            if gone is None:
                raise
            self._begin_listening(self._new_network(0), gone)  # another has that port now; it is announced again

    def _begin_listening(self, network: SocketNetwork, gone: Moved | None) -> None:
        giving = Giving(
            self._folder,
            network.fingerprint,
            self._clock,
            time.monotonic,
            self._changed,
            self._troubles,
            self._offload,
            gone,
        )
        network.listen(giving.session, giving.left)
        giving.port, giving.number = network.port, self._number
        sighting = MoveSighting(self._number, tuple(self._hosts()), network.port)
        with self._lock:
            self._listener, self._giving = network, giving
            if self._discovery is not None:
                self._discovery.announce(sighting)

        def look_after() -> None:
            time.sleep(TURN_SECONDS)
            if giving.lapse() or giving.state == "over" or giving.is_heard:
                self._close_listener(network)  # if it is still that one: the person may have begun anew meanwhile
                with self._lock:
                    if giving.state == "over" and self._giving is giving:
                        self._giving = None
            self._changed()

        threads.keep("move", look_after, self._troubles, time.sleep, lambda: self._giving is not giving)

    def _end_offer(self) -> None:
        if self._giving is not None and self._giving.state not in ("gone", "over"):
            self._giving.end()
        self._close_listener()
        self._giving = None

    def _close_listener(self, only: SocketNetwork | None = None) -> None:
        """Nobody calls any more; of one that is given, only if nothing has taken its place."""
        with self._lock:
            network = self._listener
            if only is not None and only is not network:
                return
            self._listener = None
            if self._discovery is not None:
                self._discovery.announce(None)
        if network is not None:
            network.close()

    # --- to here ---

    def found(self) -> list[dict[str, Any]]:
        """The computers that are announced now; the first question begins to look."""
        if self._discovery is None:
            return []
        self._discovery.browse(True)
        return [
            {"number": one.number, "addresses": [address_of(host, one.port) for host in one.hosts]}
            for one in sorted(self._discovery.found, key=lambda one: one.number)
        ]

    def take(self, address: str, number: str | None) -> None:
        """Call the computer that is there, or that is announced under this number. `bad_address`, `being_moved`."""
        if self._taking is not None and self._taking.state not in ("failed", "asked"):
            raise Refused("being_moved")
        place = self._place_of(number)
        hosts, port = place if place is not None else read_address(address)
        self._end_taking()
        self._run(Taking(self._folder, self._dial, hosts, port, number, self._changed, self._offload, self._place_of))

    def go_on(self) -> None:
        """Try again, or for the first time in this run, what has begun here: `move_over` if nothing has."""
        again = Taking.again(self._folder, self._dial, self._changed, self._offload, self._place_of)
        if again is None:
            raise Refused("move_over")
        self._end_taking()
        if self._discovery is not None:
            self._discovery.browse(True)
        self._run(again)

    def _end_taking(self) -> None:
        if self._taking is not None:
            self._taking.stop()
            self._taking.wait()

    def take_over(self) -> None:
        """The old computer is gone for good: see taking."""
        if self._taking is None:
            raise Refused("move_over")
        self._taking.take_over()
        self._taking = None
        self._on_here()

    def _run(self, one: Taking) -> None:
        self._taking = one

        def run() -> None:
            one.run()
            if one.state == "ours":
                if self._taking is not None:
                    self._taking.stop()  # also one that was begun since: what it would fetch is here
                self._taking = None
                if self._discovery is not None:
                    self._discovery.browse(False)
                self._on_here()

        threads.spawn("take", run, self._troubles)
        self._changed()

    def _dial(self, hosts: list[str], port: int) -> Channel:
        return self._new_network(0).dial_move(hosts, port)

    def _place_of(self, number: str | None) -> tuple[list[str], int] | None:
        found = self._discovery.found if self._discovery is not None else []
        return next(((list(one.hosts), one.port) for one in found if one.number == number), None)

    # --- for the page ---

    def shown(self) -> dict[str, Any] | None:
        """`Move` of docs/agent-api.md."""
        gone = old_folder.moved(self._folder)
        if gone is not None:
            return _old("gone", when=gone.when, heard=not gone.secret)
        giving = self._giving
        if giving is not None and giving.state in ("waiting", "asked", "going"):
            done, total = giving.progress
            return _old(
                giving.state,
                digits=giving.digits,
                number=self._number,
                addresses=[address_of(host, giving.port) for host in self._hosts() if is_private(host)][:3],
                done=done,
                total=total,
            )
        one = self._taking
        if one is None:
            return None
        why = one.trouble
        return {
            **_NOTHING,
            "side": "new",
            "state": one.state,
            "digits": one.digits if one.state == "digits" else None,
            "name": one.name,
            "done": one.done,
            "total": one.total,
            "why": None if why is None else {"code": why.code, "values": why.values},
        }

    def _changed(self) -> None:
        shown = self.shown()
        if shown != self._told and not self._stopped:
            self._told = shown
            self._on_change()


_NOTHING: dict[str, Any] = {
    "side": "old",
    "state": "waiting",
    "digits": None,
    "number": None,
    "addresses": [],
    "name": None,
    "done": 0,
    "total": 0,
    "when": None,
    "heard": False,
    "why": None,
}


def _old(state: str, **what: Any) -> dict[str, Any]:
    return {**_NOTHING, "state": state, **what}


def address_of(host: str, port: int) -> str:
    """As people read it to each other; IPv6 in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def read_address(text: str) -> tuple[list[str], int]:
    """What the old computer shows, typed on any keyboard: an address and a port. A name is none: to look it up would
    tell others.
    """
    match = _ADDRESS.fullmatch(links.plain(text))
    if match is None or not 1 <= int(match["port"]) <= 65535:
        raise Refused("bad_address", field="address")
    try:
        host = str(ipaddress.ip_address(match["six"] or match["four"]))
    except ValueError:
        raise Refused("bad_address", field="address") from None
    return [host], int(match["port"])
