"""An agent and its authority before there is a log-in: which one it is, by a link or found on the network, and what its
page may know. Has no account and opens no vault.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

from msgspec import Meta

from protocol import links
from protocol.errors import Damaged, Forged, HamrazError, Refused, Unreachable
from protocol.links import Link
from storage.held_folder import LOCK_FILE
from storage.in_place import InPlace
from transport.discovery import Sighting
from transport.flusher import Flusher
from transport.threads import Troubles
from web_client.account import identity, join_links
from web_client.account.events import StatesChanged
from web_client.account.identity import Greeting
from web_client.agent.calls.forms import call
from web_client.agent.session import UserSession
from web_client.agent.views import status as status_views
from web_client.net import finder
from web_client.net.channel import Channel
from web_client.net.finder import Finder
from web_client.net.network import SocketNetwork
from web_client.net.one_at_a_time import OneAtATime
from web_client.vault import unfinished
from web_client.vault.data_folder import LAYOUT
from web_client.vault.database import Offload, Vault

Callback = Callable[[str, dict[str, Any] | None], None]
Together = Callable[[list[tuple[str, dict[str, Any] | None]]], None]

API = 2  # of docs/agent-api.md: raised when a program that was written for the one before would go wrong


class Onboarding:
    """The link to an authority, kept once that has proved to be the right one. Callbacks come from any thread."""

    def __init__(
        self, folder: Path, offload: Offload, page_port: int, listen: str, listen_port: int = 0, discovery: bool = False
    ) -> None:
        self._folder = folder
        self._place = InPlace(folder / LOCK_FILE)
        self._place.missing()  # the first look
        self._had_vault = False
        self._offload = offload
        self._page_port = page_port
        self._listen, self._listen_port = listen, listen_port  # for other agents
        self.troubles = Troubles(self._on_trouble)  # of all threads of this agent
        self._flusher = Flusher(self.troubles)
        # one change of stage at a time; who waits for one that the network holds up isn't held up for ever
        self._stages = OneAtATime(lambda: None, "authority_down")
        self._asked: Channel | None = None  # the line that a change of stage has open
        self._callbacks: list[tuple[Callback, Together | None]] = []
        self._link = join_links.load_link(folder)
        self._given: Link | None = None  # since the vault was open: it has its own, which this is to take the place of
        self._finder = Finder(discovery, self._sighted, self.troubles)
        self._session: UserSession | None = None

    def subscribe(self, callback: Callback, together: Together | None = None) -> None:
        """Have every pushed event handed to `callback(event, value)`; or the events of one change, in their order, to
        `together`.
        """
        self._callbacks.append((callback, together))

    @property
    def stage(self) -> str:
        if self._session is not None:
            return "ready"
        self._had_vault = Vault.exists(self._folder) or (self._had_vault and self._place.missing() is not None)
        if self._had_vault:
            return "log_in"
        return "sign_up" if self._link is not None else "join"

    @call(before=True)
    def status(self) -> dict[str, Any]:
        session = self._session
        return {
            "api": API,
            "stage": self.stage,
            "authority": status_views.authority(self._link) if self._link else None,
            "owner": self._owner_code() is not None,
            "needs_invitation": self._link is not None and self._link.invitation is None and not self._owner_code(),
            "discovery": self._finder.on,
            "username": session.ctx.me.name
            if session
            else None,  # the vault alone knows it, and tells nobody while it is locked
            "vault": Vault.mark(self._folder),
            "restoring": unfinished.exists(self._folder),
            "kit": Vault.opens_by_kit(self._folder),
            "accounts": join_links.accounts_beside(self._folder),
            "port": self._page_port,
        }

    @call(before=True)
    def join(self, link: str) -> dict[str, Any]:
        """Keep the link once its authority has answered and proved to be the right one."""
        return self._join(links.decode(links.pasted(link)))

    @call(before=True)
    def discovered(self) -> dict[str, Any]:
        """The authorities that are announced on this network; those that come later are pushed."""
        return finder.shown(self._finder.sightings())

    @call(before=True)
    def join_found(
        self, id: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")], invitation: str | None = None
    ) -> dict[str, Any]:
        """Join an authority whose digits the person has compared; whoever answers must prove that id."""
        authority_id = bytes.fromhex(id)
        code = finder.invitation_of(invitation, authority_id) if invitation else None
        trouble: HamrazError = Refused("not_discovered")
        for sighting in self._finder.of(authority_id):
            try:
                return self._join(Link(sighting.hosts, sighting.port, code, sighting.authority_id))
            except (Forged, Unreachable) as reason:
                trouble = reason
        raise trouble

    def _join(self, link: Link) -> dict[str, Any]:
        self._meet(self._network(), link)[0].close()
        self._take_link(link)
        self._given = link
        self._finder.rest()
        self._tell("stage", {"stage": self.stage})
        return {"authority": status_views.authority(link)}

    # --- inside ---

    def _require_place(self) -> None:
        """Raise `folder_gone` if our folder isn't what its name leads to: nothing is kept in another's; `not_a_file` or
        `not_a_folder` if something stands in it where something else belongs.
        """
        if self._place.missing() is not None:
            raise Damaged("folder_gone", path=str(self._folder))
        LAYOUT.check(self._folder)

    def _network(self) -> SocketNetwork:
        return SocketNetwork(self._flusher, self._listen, self._listen_port, self._finder)

    def _sighted(self, sightings: list[Sighting]) -> None:
        """What is announced has changed: for the page that looks for one, and for a link that has lost its own."""
        session = self._session
        if session is None:
            self._tell("discovered", finder.shown(sightings))
        else:
            session.authority.sighted(sightings)

    def _on_trouble(self) -> None:
        """What fails inside has changed: for the page of an open vault."""
        session = self._session
        if session is not None:
            session.ctx.emit(StatesChanged())

    def _with_invitation(self, link: Link, typed: str | None) -> Link:
        """The link with what lets one in: the typed code, its own, or that of the owner's link beside."""
        if typed:
            return replace(link, invitation=finder.invitation_of(typed, link.authority_id))
        if link.invitation is None:
            _join, owner = join_links.links_beside(self._folder)
            if owner is not None and owner.authority_id == link.authority_id:
                return replace(link, invitation=owner.invitation)
        return link

    def _meet(self, network: SocketNetwork, link: Link) -> tuple[Channel, Greeting]:
        def dial(hosts: list[str]) -> Channel:
            return network.dial_authority(hosts, link.port, lambda message: None, lambda: None)

        channel, greeting = identity.meet(dial, link.hosts, link.authority_id)
        self._asked = channel
        return channel, greeting

    def _owner_code(self) -> str | None:
        link = self._link
        if link is None or link.owner_code:
            return link.owner_code if link else None
        _join, owner = join_links.links_beside(self._folder)
        return owner.owner_code if owner is not None and owner.authority_id == link.authority_id else None

    def _take_link(self, link: Link) -> None:
        known = self._link
        if known is not None and known.authority_id != link.authority_id and Vault.exists(self._folder):
            raise Refused("link_other", field="link")
        self._require_place()
        join_links.save_link(self._folder, link)
        self._link = link

    def _tell(self, event: str, value: dict[str, Any] | None) -> None:
        for callback, _together in self._callbacks:
            callback(event, value)

    def _tell_together(self, told: list[tuple[str, dict[str, Any] | None]]) -> None:
        for callback, together in self._callbacks:
            if together is not None and len(told) > 1:
                together(told)
            else:
                for event, value in told:
                    callback(event, value)
