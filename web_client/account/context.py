"""What every part of an open account needs, and nothing that decides: references that stay, and three values that are
replaced while it is open.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

from protocol.links import Link
from transport.threads import Troubles
from web_client.account import identity, key_ages, settings
from web_client.account.events import Equivocation, Event, Events, StatesChanged, StorageChanged
from web_client.account.identity import Identity
from web_client.account.settings import Settings
from web_client.account.states import States
from web_client.account.verified_log import VerifiedLog
from web_client.net.network import Network
from web_client.vault.database import Rows, Vault


@dataclass(slots=True)
class _Replaced:
    me: Identity
    link: Link
    settings: Settings
    choosing: threading.Lock = field(default_factory=threading.Lock)


@dataclass(frozen=True, eq=False, slots=True)
class AccountContext:
    """One logged-in user's vault, verified log, states, events, network and clocks."""

    vault: Vault
    network: Network
    clock: Callable[[], int]  # ms since 1970, for what people see
    timer: Callable[[], float]  # seconds that never jump, for waiting
    events: Events
    troubles: Troubles  # what fails in threads
    authority_id: bytes
    trust: VerifiedLog
    states: States
    _replaced: _Replaced

    @classmethod
    def open(
        cls,
        vault: Vault,
        network: Network,
        clock: Callable[[], int],
        timer: Callable[[], float],
        troubles: Troubles | None = None,
    ) -> Self:
        """Of a vault that is open. Raises what the vault does."""
        events = Events()
        me, link = identity.load_identity(vault)
        vault.on_trouble = lambda trouble: events.emit(StorageChanged(trouble.code if trouble else None))
        if vault.read(key_ages.is_behind):
            vault.write(key_ages.catch_up)
        return cls(
            vault,
            network,
            clock,
            timer,
            events,
            troubles or Troubles(lambda: events.emit(StatesChanged()), timer),
            link.authority_id,
            VerifiedLog(vault, link.authority_id, lambda alarm: events.emit(Equivocation(alarm)), clock),
            States(vault, clock, lambda: events.emit(StatesChanged())),
            _Replaced(me, link, vault.read(settings.load)),
        )

    @property
    def me(self) -> Identity:
        """Who one is: another key after one's own was renewed."""
        return self._replaced.me

    @property
    def link(self) -> Link:
        """Where the authority is: another address after it has moved."""
        return self._replaced.link

    @property
    def settings(self) -> Settings:
        """What the user has chosen."""
        return self._replaced.settings

    def replace_identity(self, me: Identity) -> None:
        self._replaced.me = me

    def replace_link(self, link: Link) -> None:
        self._replaced.link = link

    def choose(
        self, change: Callable[[Settings], Settings], beside: Callable[[Rows, Settings], None] = lambda rows, now: None
    ) -> tuple[Settings, Settings]:
        """Other settings, with what is written in the same transaction: those of before, and those of now. What another
        page chooses in the same moment stays.
        """
        with self._replaced.choosing:
            before = self.settings
            chosen = change(before)

            def keep(rows: Rows) -> None:
                settings.keep(rows, chosen)
                beside(rows, chosen)

            self.vault.write(keep)
            self._replaced.settings = chosen
        return before, chosen

    def emit(self, event: Event) -> None:
        """Something has happened, and is on disk."""
        self.events.emit(event)
