"""Mending a group here (section 9.8): who has left or has no key is taken out, a new key taken over, before anything is
written. Who hasn't got the key before leaves that to those who have, for a while: their commit keeps the way back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol.errors import Refused
from protocol.group_entries import ALL
from protocol.roles import may_command_groups
from web_client.groups import membership as group_membership
from web_client.groups import rows as group_rows
from web_client.groups import settings as group_settings

if TYPE_CHECKING:
    from web_client.groups.session import Room

# Who is connected mends when they write, or at once when it is their own key; after that, a way back that is lost for
# newcomers is less than a group in which nobody writes.
PATIENCE_SECONDS = 30.0


def mend_own(room: Room) -> None:
    """Have one's own new key taken over at once: what it signs doesn't count here before."""
    member = room.group.members.get(room.ctx.me.uid)
    if member is not None and member.key != room.ctx.me.key.public.fingerprint():
        mend(room)


def mend(room: Room) -> None:
    """Make the commit that the group needs, if it needs one: nobody writes under a stale epoch. `no_key` while that is
    left to those who have the key before.
    """
    for _try in range(group_membership.TRIES):
        uids = _needed(room)
        if uids is None:
            room.mending_since = None
            return
        before = room.group.n
        try:
            group_membership.commit_once(room, uids, "")
        except Refused as reason:
            if reason.code != "role_not_allowed":
                raise
            room.reload()
            if room.group.n == before:
                raise  # else somebody has left meanwhile: there is more to mend
    raise Refused("ask_again")


def _needed(room: Room) -> list[bytes] | None:
    """Who is in after the commit that is ours to make now, None if there is none; `no_key` if it may be others' yet."""
    group, ctx, log = room.group, room.ctx, room.ctx.trust.log
    if not group.is_in(ctx.me.uid):
        return None
    mended = group.mended(log)
    has_key = ctx.vault.read(lambda rows: group_rows.key_of(rows, room.gid, group.epoch)) is not None
    if has_key:
        if group.stale or group.changed_keys(log):
            return [listed.uid for listed in mended or []]
        # who has no key gets it again from those who have it: that needs no commit
        return group_membership.staying(room) if group_settings.rank_has_changed(room) else None
    if mended is not None:
        if group.commit is None or group.commit.history == ALL or not (group.stale or group.changed_keys(log)):
            _be_patient(room)
        return [listed.uid for listed in mended]
    if not may_command_groups(log.users[ctx.me.uid].role):
        return None
    _be_patient(room)
    return group_membership.staying(room)


def _be_patient(room: Room) -> None:
    """Raise `no_key` while others may mend what we could only cut, or give us the key again."""
    group, ctx = room.group, room.ctx
    if not any(uid != ctx.me.uid and group.is_in(uid) for uid in group.members):
        return
    now = ctx.timer()
    if room.mending_since is None or room.mending_since[0] != group.epoch:
        room.mending_since = (group.epoch, now)
    if now - room.mending_since[1] < PATIENCE_SECONDS:
        raise Refused("no_key")
