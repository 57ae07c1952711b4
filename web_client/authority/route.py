"""Where an agent's authority is: as its link says, where it was last, at hosts that it has told (section 3.4), or
announced on this network (section 3.1).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from protocol.errors import HamrazError
from protocol.links import MOST_HOSTS, Link
from transport.addresses import is_loopback
from web_client.account import identity
from web_client.account.context import AccountContext
from web_client.account.identity import Greeting
from web_client.net.channel import Channel, OnPush
from web_client.net.finder import moved
from web_client.net.reach import leads_away
from web_client.vault.database import save_setting, setting

# What may mean that the authority has another address now.
NOT_THERE = {"timed_out", "wrong_authority", "wrong_certificate"}
TOLD = "hosts"  # the setting


class Route:
    """Whoever proves to be our authority is it, wherever that is."""

    def __init__(self, ctx: AccountContext) -> None:
        self._ctx = ctx
        self.last_host: str | None = None  # where it was found last
        self._told = (ctx.vault.read(lambda rows: setting(rows, TOLD)) or b"").decode().split()
        self._news: list[str] | None = None  # what has been told and isn't kept yet

    @property
    def hosts(self) -> list[str]:
        """The hosts of the link and those that were told, the one that was right last time first."""
        return sorted(dict.fromkeys([*self._ctx.link.hosts, *self._told]), key=lambda host: host != self.last_host)

    def hear(self, hosts: Sequence[str]) -> None:
        """The authority says where its nodes are: to be kept by `keep`."""
        self._news = list(hosts)

    def keep(self) -> None:
        """What was told, on disk: the newest few, so that of nodes that are all gone for a while any that is back is
        found.
        """
        news = self._news
        if news is None:
            return
        by_loopback = any(is_loopback(host) for host in self._ctx.link.hosts)
        found = [host for host in dict.fromkeys([*news, *self._told]) if leads_away(host, by_loopback)][:MOST_HOSTS]
        if found != self._told:
            self._ctx.vault.write(lambda rows: save_setting(rows, TOLD, " ".join(found).encode()))
            self._told = found
        if self._news is news:
            self._news = None

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
