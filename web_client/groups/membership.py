"""Changing a group by command: who is in it, how it looks, who may write; and coming and going (section 9)."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from protocol.errors import HamrazError, Refused
from protocol.group_entries import MAX_MEMBERS, Leave, LeaveEntry, Policy, encode_entry
from protocol.messages import Post, Posted, Reload, Reloaded
from protocol.statements import Statement, issue
from web_client.account import keys as own_keys
from web_client.groups import commits as group_commits
from web_client.groups import settings as group_settings
from web_client.groups import standing
from web_client.groups.rows import JOINED, LEFT
from web_client.groups.settings import Change
from web_client.groups.turns import turn

if TYPE_CHECKING:
    from web_client.groups.session import Room

TRIES = 8  # of a change that others' changes overtake; each loser has seen somebody win


def change_members(
    room: Room, add: frozenset[bytes], remove: bytes | None, reason: str, newcomers: bool = False
) -> None:
    """Commit one removal, or the addition of some people at once, in our turn; again and again while others are faster
    all the same. `group_full` if they are too many. With `newcomers` whoever was there before is not added, also where
    we hear of that only now.
    """
    with room.work.alone(), turn(room):
        room.reload()
        standing.require_whole(room)
        for _try in range(TRIES):
            group = room.group
            add = frozenset(uid for uid in add if not (newcomers and was_there(room, uid)))
            new = {uid for uid in add if uid not in group.members or group.members[uid].leaving}
            for uid in add - new:
                if not group.members[uid].joined:
                    # who added them may never have come to invite them: taken out, ended, gone with the answer lost
                    room.ctx.vault.execute("INSERT OR IGNORE INTO group_invites VALUES (?, ?)", room.gid, uid)
            if not new and remove not in group.members:
                send_invites(room)
                return  # somebody has done it already
            leaving = {uid for uid, member in group.members.items() if member.leaving and uid not in add}
            gone = {uid for uid, key in group.changed_keys(room.ctx.trust.log).items() if key is None}
            members = (group.members.keys() | new) - leaving - gone - {remove}
            if len(members) > MAX_MEMBERS:
                raise Refused("group_full", field="user_to_add", limit=MAX_MEMBERS)
            if commit_once(room, sorted(members), reason):
                send_invites(room)
                return
        raise Refused("ask_again")


def was_there(room: Room, uid: bytes) -> bool:
    """Whether somebody was taken out, has left or has declined."""
    member = room.group.members.get(uid)
    return uid in room.group.ended or (member is not None and member.leaving)


def change_settings(room: Room, change: Change | None, policy: Policy | None) -> None:
    """Commit to the same members with other settings, or another policy, or both, unless that is what holds already;
    `no_key` if what holds now isn't known here.
    """
    with room.work.alone(), turn(room):
        room.reload()
        standing.require_whole(room)
        for _try in range(TRIES):
            if change is not None and not group_settings.are_known(room):
                raise Refused("no_key")
            isnt_new = room.group.commit is not None and policy in (None, room.group.commit.policy)
            if isnt_new and (change is None or group_settings.is_so(room, change)):
                return
            if commit_once(room, staying(room), "", policy, change):
                return
        raise Refused("ask_again")


def staying(room: Room) -> list[bytes]:
    """The members, without those who have left or whose account has ended."""
    gone = {uid for uid, key in room.group.changed_keys(room.ctx.trust.log).items() if key is None}
    return sorted(uid for uid, member in room.group.members.items() if not member.leaving and uid not in gone)


def commit_once(
    room: Room, uids: list[bytes], reason: str, policy: Policy | None = None, change: Change | None = None
) -> bool:
    """One attempt; False if another commit was faster, which is here then."""
    try:
        group_commits.make(
            room.ctx, room.authority, room.group, uids, reason, room.channel(), policy=policy, change=change
        )
    except Refused as refusal:
        if refusal.code != "stale":
            raise
        room.authority.log.refresh()
        room.reload()
        return False
    room.reload()
    return True


def take_rank(room: Room) -> None:
    """Have one's role count, if one has it only since the commit in force: a commit of one's own comes first."""
    if room.ctx.me.uid in room.group.ranked:
        return
    with room.work.alone():
        for _try in range(TRIES):
            if room.ctx.me.uid in room.group.ranked or commit_once(room, staying(room), ""):
                return
        raise Refused("ask_again")


def announce(room: Room, entry: type, statement: Statement, listed: bytes) -> None:
    """Post one's own join or leave, signed with the key that the commit names (by its fingerprint)."""
    ctx = room.ctx
    with room.work.alone():
        key = ctx.vault.read(lambda rows: own_keys.signer_of(rows, ctx.me, listed))
        if key.public.fingerprint() != listed:
            raise Refused("ask_again")  # that one is lost: members take the new one over in a moment
        signed = issue(statement, key, ctx.authority_id)
        room.channel().request(Post(0, room.gid, encode_entry(entry(signed))), Posted)


def is_let_in(room: Room) -> bool:
    """Whether the authority serves us this group's chain, as it does to those who have come in only."""
    try:
        room.channel().request(Reload(0, room.gid, room.group.n), Reloaded)
    except Refused as reason:
        if reason.code != "not_member":
            raise
        return False
    return True


def leave(room: Room) -> None:
    """Leave, or decline: the authority stops serving at once, and any member makes the new key."""
    uid = room.ctx.me.uid
    with room.work.alone():
        if uid not in room.group.members:  # in again since a moment ago: the chain here ends with our removal
            room.refresh()
        me = room.group.members.get(uid)
        if me is None:
            raise Refused("ask_again")
        statement = Leave(room.gid, max(room.group.epoch, room.row("since")), uid)
        announce(room, LeaveEntry, statement, me.key)
        with contextlib.suppress(HamrazError):  # the talk ends with the line that says so; without it it ends as well
            room.reload()
        if room.state == JOINED:
            room.end(LEFT)


def send_invites(room: Room) -> None:
    """Invite, through private chat, whom we have added: durable before the note about it is dropped."""
    waiting = room.ctx.vault.read(
        lambda rows: [bytes(r[0]) for r in rows.execute("SELECT uid FROM group_invites WHERE gid = ?", (room.gid,))]
    )
    waiting = [uid for uid in waiting if not room.context.blocked.has(uid)]  # those stay, until they are unblocked
    if waiting:
        members = [uid for uid in waiting if uid in room.group.members]
        group_commits.invite(room.ctx, room.authority, room.context.outbox, room.gid, members)
