"""Mending a group here (section 9.8): who has left or has no key is taken out, a new key taken over, before anything is
written. Who hasn't got the key before leaves that to those who have, for a while: their commit keeps the way back. And
those who have it don't leave who has come back by their kit, and lacks it, waiting until somebody writes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol.errors import Refused
from protocol.group_entries import ALL
from protocol.log_entries import RECOVERY
from protocol.roles import may_command_groups
from web_client.account.chat_ids import ChatId
from web_client.groups import membership as group_membership
from web_client.groups import precedence
from web_client.groups import rows as group_rows
from web_client.groups import settings as group_settings
from web_client.messages import outbox_rows

if TYPE_CHECKING:
    from web_client.groups.session import Room

# Who is connected mends when they write, or at once when it is their own key; after that, a way back that is lost for
# newcomers is less than a group in which one can't write. Whoever has nothing to write cuts nothing.
PATIENCE_SECONDS = 30.0
# In which who has come back by their kit mends it, if their backup has the key. Then it is the others' turn.
SOON_SECONDS = 2.0


def mend_own(room: Room) -> None:
    """Have one's own new key taken over at once: what it signs doesn't count here before."""
    member = room.group.members.get(room.ctx.me.uid)
    if member is not None and member.key != room.ctx.me.key.public.fingerprint():
        chat = ChatId.group(room.gid)
        mend(room, room.ctx.vault.read(lambda rows: outbox_rows.first(rows, chat)) is not None)


def mend_for_others(room: Room) -> float | None:
    """Take over the keys of those who have come back by their kit, when it is our turn; in how many seconds it will be,
    else None. They may lack the key in force, and then what they say doesn't count here before that.
    """
    group, ctx = room.group, room.ctx
    if not room.look_for_recovered:
        return None
    if ctx.vault.read(lambda rows: group_rows.key_of(rows, room.gid, group.epoch)) is None:
        return None  # it may be given to us
    if room.mend_at is None or room.mend_at[0] != group.epoch:  # looked at once, not with each message
        back = _recovered(room)
        if not back:
            room.look_for_recovered = False
            return None
        turns = precedence.turn(room, min(back))
        room.mend_at = (group.epoch, ctx.timer() + SOON_SECONDS + precedence.TURN_SECONDS * turns)
    wait = room.mend_at[1] - ctx.timer()
    if wait <= 0:
        mend(room)
    return wait if wait > 0 else None


def _recovered(room: Room) -> list[bytes]:
    """Who has come back by their kit since the commit in force and can't do this themselves: who would have to cut, and
    who is only invited.
    """
    group, log, me = room.group, room.ctx.trust.log, room.ctx.me.uid
    if group.commit is None or not group.is_in(me):
        return []
    shares = group.commit.history == ALL
    changed = [uid for uid, key in group.changed_keys(log).items() if key is not None and uid != me]
    recovered = [uid for uid in changed if log.users[uid].keys[-1][2] == RECOVERY and not group.members[uid].leaving]
    return [uid for uid in recovered if shares or not group.members[uid].joined]


def mend(room: Room, writes: bool = True) -> None:
    """Make the commit that the group needs, if it needs one: nobody writes under a stale epoch. `no_key` while that is
    left to those who have the key before; `writes`: there is something to be written, for which that has an end.
    """
    for _try in range(group_membership.TRIES):
        uids = _needed(room, writes)
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


def _needed(room: Room, writes: bool) -> list[bytes] | None:
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
            _be_patient(room, writes)
        return [listed.uid for listed in mended]
    if not may_command_groups(log.users[ctx.me.uid].role):
        return None
    _be_patient(room, writes)
    return group_membership.staying(room)


def _be_patient(room: Room, writes: bool) -> None:
    """Raise `no_key` while others may mend what we could only cut, or give us the key again."""
    group, ctx = room.group, room.ctx
    if not any(uid != ctx.me.uid and group.is_in(uid) for uid in group.members):
        return
    if not writes:
        raise Refused("no_key")
    now = ctx.timer()
    if room.mending_since is None or room.mending_since[0] != group.epoch:
        room.mending_since = (group.epoch, now)
    if now - room.mending_since[1] < PATIENCE_SECONDS:
        raise Refused("no_key")
