"""Mending a group here (section 9.8): who has left or has no key is taken out, a new key taken over, before anything is
written. Who hasn't got the key before leaves that to those who have, for a while: their commit keeps the way back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol.errors import Refused
from protocol.group_entries import ALL
from web_client import group_members, group_rows, group_settings

if TYPE_CHECKING:
    from web_client.group_room import Room

# Who is connected mends when they write, or at once when it is their own key; after that, a way back that is lost for
# newcomers is less than a group in which nobody writes.
PATIENCE_SECONDS = 30.0


def mend_own(room: Room) -> None:
    """Have one's own new key taken over at once: what it signs doesn't count here before."""
    member = room.group.members.get(room.node.me.uid)
    if member is not None and member.key != room.node.me.key.public.fingerprint():
        mend(room)


def mend(room: Room) -> None:
    """Make the commit that the group needs, if it needs one: nobody writes under a stale epoch. `no_key` while that is
    left to those who have the key before.
    """
    for _try in range(group_members.TRIES):
        members = room.group.mended(room.node.trust.log)
        if (members is None and not group_settings.rank_has_changed(room)) or not room.group.is_in(room.node.me.uid):
            room.mending_since = None
            return
        _be_patient(room)
        uids = [listed.uid for listed in members] if members is not None else group_members.staying(room)
        before = room.group.n
        try:
            group_members.commit_once(room, uids, "")
        except Refused as reason:
            if reason.code != "role_not_allowed":
                raise
            room.reload()
            if room.group.n == before:
                raise  # else somebody has left meanwhile: there is more to mend
    raise Refused("ask_again")


def _be_patient(room: Room) -> None:
    """Raise `no_key` while others may mend what we could only cut."""
    group, node = room.group, room.node
    assert group.commit is not None
    if group.commit.history != ALL or not any(uid != node.me.uid and group.is_in(uid) for uid in group.members):
        return
    if node.vault.read(lambda rows: group_rows.key_of(rows, room.gid, group.epoch)) is not None:
        return
    now = node.timer()
    if room.mending_since is None or room.mending_since[0] != group.epoch:
        room.mending_since = (group.epoch, now)
    if now - room.mending_since[1] < PATIENCE_SECONDS:
        raise Refused("no_key")
