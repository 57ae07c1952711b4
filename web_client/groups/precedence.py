"""Who of a group does something for a member first, so that not all do it at once (section 9.4): those of rank do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol.primitives import digest

if TYPE_CHECKING:
    from web_client.groups.session import Room

TURN_SECONDS = 5.0  # in which the one before would have done it


def turn(room: Room, uid: bytes) -> int:
    """How many others who are in, and not known to be away, come before us in doing something for this member."""
    group, me, here = room.group, room.ctx.me.uid, room.authority.presence.of

    def place(one: bytes) -> tuple[bool, bytes]:
        return one not in group.ranked, digest(b"regrant", uid, one)

    mine = place(me)
    others = [one for one in group.members if one not in (uid, me) and group.is_in(one) and here(one)[0] is not False]
    return sum(place(one) < mine for one in others)
