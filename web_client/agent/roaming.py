"""What an agent does when its addresses change, or after a sleep: connections that can't live any more end at once, the
others must answer, others learn the new addresses, and whatever waited is tried again.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

from transport.addresses import stands
from web_client.net.change_detector import LOOK_SECONDS, Change, Surroundings
from web_client.net.channel import Channel

if TYPE_CHECKING:
    from web_client.agent.session import UserSession


class Roaming:
    """A thread calls `turn` again and again; in memory, tests call `look`."""

    def __init__(self, session: UserSession) -> None:
        self._session, ctx = session, session.ctx
        self._surroundings = Surroundings(ctx.network.addresses(), ctx.timer(), ctx.clock() / 1000)

    def turn(self, stop: threading.Event) -> None:
        """Wait LOOK_SECONDS, and look."""
        if not stop.wait(LOOK_SECONDS):
            self._session.ctx.troubles.tend("roaming", self.look)

    def look(self) -> None:
        """Compare with the last look, and do what follows."""
        ctx = self._session.ctx
        change = self._surroundings.look(ctx.network.addresses(), ctx.timer(), ctx.clock() / 1000)
        if change is not None:
            self._follow(change)

    def _follow(self, change: Change) -> None:
        session = self._session
        for channel in self._channels():
            if stands(channel.local_host, change.addresses):
                channel.probe()
            else:
                channel.close()
        session.ctx.network.moved()
        session.authority.try_now()  # or, with a link that lives, publish the new addresses
        session.outbox.try_now()
        session.groups.wake()

    def _channels(self) -> Iterator[Channel]:
        session = self._session
        links = [
            session.authority.channel,
            *session.links.channels(),
            *(room.link.channel for room in list(session.groups.rooms.values())),
        ]
        for channel in links:
            if channel is not None and not channel.closed:
                yield channel
