"""What is known of a group beyond its chain here (section 9.5): a commit that the log has and the authority doesn't
show, and its word that we are no member, which ends nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol.errors import Forged, Refused
from protocol.group_entries import ChainHead
from protocol.statements import Signed
from web_client.account.verified_log import shown_head

if TYPE_CHECKING:
    from web_client.groups.session import Room

WITHHELD, NOT_LET_IN = "change_withheld", "not_let_in"  # states (web_client/account/states.py)
AGAIN_SECONDS = 10.0  # until what is missing is asked for again


def epochs(room: Room) -> int:
    """How many commits of this group the log has."""
    return len(room.ctx.trust.log.groups.get(room.gid, ()))


def is_behind(room: Room) -> bool:
    """Whether the log has a commit that isn't here: nothing is written meanwhile, and no commit made."""
    return epochs(room) > room.group.epoch > 0


def judge(room: Room, signed: Signed, newest: ChainHead, known: int) -> None:
    """All that this answer speaks of is here, and it was asked for when the log had `known` commits already."""
    if not is_behind(room):
        room.ctx.states.end(WITHHELD, room.gid)
    elif newest.epoch < known:
        head = room.ctx.trust.head
        evidence = {"head": shown_head(head), "chain_head": shown_head(signed)}
        room.ctx.states.begin(WITHHELD, room.gid, {"epoch": known}, evidence)


def require_whole(room: Room) -> None:
    """Raise while a change of members is missing here: what would be decided now would rest on an old one."""
    if not is_behind(room):
        return
    if room.ctx.states.has(WITHHELD, room.gid):
        raise Forged(WITHHELD)
    raise Refused("ask_again")
