"""Where an agent's authority is: as its link says, where it was last, or announced on this network (section 3.1)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from protocol.errors import HamrazError
from protocol.links import Link
from web_client.account import identity
from web_client.account.context import AccountContext
from web_client.account.identity import Greeting
from web_client.net.channel import Channel, OnPush
from web_client.net.finder import moved
from web_client.vault.database import save_setting

# What may mean that the authority has another address now.
NOT_THERE = {"timed_out", "wrong_authority", "wrong_certificate"}


class Route:
    """Whoever proves to be our authority is it, wherever that is."""

    def __init__(self, ctx: AccountContext) -> None:
        self._ctx = ctx
        self.last_host: str | None = None  # where it was found last

    @property
    def hosts(self) -> list[str]:
        """The hosts of the link, the one that was right last time first."""
        return sorted(self._ctx.link.hosts, key=lambda host: host != self.last_host)

    def meet(self, on_push: OnPush, on_closed: Callable[[Channel], None]) -> tuple[Channel, Greeting]:
        """A connection on which the authority has proved its key. Raises why there is none at the link's own hosts."""
        ctx = self._ctx
        try:
            return self._dial(self.hosts, ctx.link.port, on_push, on_closed)
        except HamrazError as reason:
            if reason.code not in NOT_THERE:
                raise
            trouble = reason
        for sighting in ctx.network.find_authority(ctx.authority_id):
            try:
                met = self._dial(sighting.hosts, sighting.port, on_push, on_closed)
            except HamrazError:
                continue  # anybody can announce
            self._remember(moved(ctx.link, sighting))
            return met
        raise trouble

    def _dial(
        self, hosts: Sequence[str], port: int, on_push: OnPush, on_closed: Callable[[Channel], None]
    ) -> tuple[Channel, Greeting]:
        def dial(left: list[str]) -> Channel:
            network = self._ctx.network
            channel: Channel = network.dial_authority(left, port, on_push, lambda: on_closed(channel))
            return channel

        met = identity.meet(dial, hosts, self._ctx.authority_id)
        self.last_host = met[0].host
        return met

    def _remember(self, link: Link) -> None:
        if link != self._ctx.link:
            self._ctx.vault.write(lambda rows: save_setting(rows, "link", link.encode().encode()))
            self._ctx.replace_link(link)
