"""A turn at changing a group (section 9.7): asked for before one looks at what is to be changed, so that no number of
others' commits makes ours stale.
"""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterator
from typing import TYPE_CHECKING

from protocol.errors import HamrazError, Refused
from protocol.messages import Done, Hold

if TYPE_CHECKING:
    from web_client.groups.session import Room

PATIENCE_SECONDS = 20.0  # four turns that others let lapse; then the command says who stands in the way
AGAIN_SECONDS = 0.25  # between two questions: most turns last as long as one commit


@contextlib.contextmanager
def turn(room: Room) -> Iterator[None]:
    """Nobody else's commit goes first meanwhile; `group_held` if others have had their turns for too long."""
    _take(room)
    try:
        yield
    finally:
        if room.link.is_open:
            with contextlib.suppress(HamrazError):
                room.channel().request(Hold(0, room.gid, False), Done)


def _take(room: Room) -> None:
    ctx = room.ctx
    until = ctx.timer() + PATIENCE_SECONDS
    while True:
        try:
            room.channel().request(Hold(0, room.gid, True), Done)
            return
        except Refused as reason:
            if reason.code == "role_not_allowed":
                return  # whose role has changed is told so by the commit, as everybody is
            if reason.code != "group_held" or ctx.timer() >= until:
                raise
        room.context.pause(AGAIN_SECONDS * (1 + random.random()))
