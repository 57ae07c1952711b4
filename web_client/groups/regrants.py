"""Keys that are ours and didn't open, asked of the others; and those of others, given again (section 9.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol.errors import Forged, Refused
from protocol.group_entries import JOINING, Unopened, UnopenedEntry, encode_entry
from protocol.group_member import Member
from protocol.group_seals import seal_grant
from protocol.groups import Group
from protocol.messages import Done, FetchPrekeys, FetchRegrants, LastResorts, Post, Posted, Regrant, Regrants
from protocol.primitives import EpochKey
from protocol.statements import NO_DEVICE, Signed, issue
from web_client.account import newest_seen
from web_client.groups import epoch_keys, precedence
from web_client.groups import rows as group_rows
from web_client.vault.database import Rows

if TYPE_CHECKING:
    from web_client.groups.session import Room

AT_ONCE = 16  # epochs that are asked for over one connection, the newest first


# --- what is missing here ---


def ask(room: Room) -> None:
    """Say once of each key that is ours by the group's promise that it isn't here, and take what others give of it."""
    ctx = room.ctx
    me = room.group.members.get(ctx.me.uid)
    if me is None or not room.group.is_in(ctx.me.uid) or me.key != ctx.me.key.public.fingerprint():
        return  # what our new key signs doesn't count here yet
    if not any(room.group.is_in(uid) for uid in room.group.members if uid != ctx.me.uid):
        return
    for epoch in ctx.vault.read(lambda rows: missing(rows, room.group, me, room.listed))[:AT_ONCE]:
        if epoch not in me.unopened and epoch not in room.said_unopened:
            _say(room, epoch)
        if epoch not in room.asked_shares:
            room.asked_shares.add(epoch)
            _take(room, epoch)


def missing(rows: Rows, group: Group, me: Member, known: dict[int, bool]) -> list[int]:
    """The epochs whose keys are ours, and which neither a share nor a later key brings; the newest first."""
    have = group_rows.keys(rows, group.gid)
    if group.commit is None or group.commit.history == JOINING:
        wanted = [epoch for epoch in range(group.epoch, me.since - 1, -1) if epoch not in have]
    else:
        wanted = [
            epoch
            for epoch in range(group.epoch, 0, -1)
            if epoch not in have and (epoch == group.epoch or epoch + 1 in have)
        ]
    listed = set(group_rows.grants_wanted(rows, group.gid, me.uid, known))
    return [epoch for epoch in wanted if epoch not in listed or group_rows.is_refused(rows, group.gid, epoch)]


def _say(room: Room, epoch: int) -> None:
    ctx, (_index, hash) = room.ctx, room.ctx.trust.log.groups[room.gid][epoch - 1]
    said = issue(Unopened(room.gid, epoch, hash, ctx.me.uid), ctx.me.key, ctx.authority_id)
    room.said_unopened.add(epoch)  # the chain brings it back in a moment
    try:
        room.channel().request(Post(0, room.gid, encode_entry(UnopenedEntry(said))), Posted)
    except Refused as reason:
        room.said_unopened.discard(epoch)
        if reason.code != "stale":  # said already, or the group has gone on
            raise


def _take(room: Room, epoch: int) -> None:
    for share in room.channel().request(FetchRegrants(0, room.gid, epoch), Regrants).shares:
        user = room.ctx.trust.user(share.by)
        keys = [key for _index, key, _why, _by in reversed(user.keys) if key is not None] if user else []
        for key in keys:
            try:
                found = epoch_keys.open_share(room, epoch, share.sealed, share.by, key)
            except Forged:
                continue  # another may have given the right one
            epoch_keys.keep_key(room, epoch, found)
            return


# --- what others miss ---


def give(room: Room) -> float | None:
    """Give others the keys that they lack, when it is our turn; in how many seconds it will be, else None."""
    ctx, group = room.ctx, room.group
    lacking = [
        (member.uid, epoch)
        for member in group.members.values()
        if member.unopened and member.uid != ctx.me.uid and group.is_in(member.uid)
        for epoch in member.unopened
    ]
    if not lacking or not group.is_in(ctx.me.uid):
        return None
    given = "SELECT uid, epoch FROM group_given WHERE gid = ?"
    done = set(ctx.vault.read(lambda rows: rows.execute(given, (room.gid,)).fetchall()))
    later: list[float] = []
    turns: dict[bytes, int] = {}
    for uid, epoch in lacking:
        if (uid, epoch) in done:
            continue
        at = room.give_at.get((uid, epoch))
        # whose turn it is, is looked at once: who lacks many keys costs that once, not with each message
        if at is None:
            if uid not in turns:
                turns[uid] = precedence.turn(room, uid)
            at = room.give_at[uid, epoch] = ctx.timer() + precedence.TURN_SECONDS * turns[uid]
        wait = at - ctx.timer()
        if wait > 0:
            later.append(wait)
        elif _give(room, uid, epoch):
            ctx.vault.execute("INSERT OR IGNORE INTO group_given VALUES (?, ?, ?)", room.gid, uid, epoch)
    return min(later, default=None)


def _give(room: Room, uid: bytes, epoch: int) -> bool:
    """Whether this is settled: given, by us or by others; otherwise it is tried again over the next connection."""
    ctx, gid = room.ctx, room.gid

    def ask_rows(rows: Rows) -> tuple[EpochKey | None, bool, Signed]:
        found = rows.execute("SELECT 1 FROM group_acks WHERE gid = ? AND uid = ? AND epoch >= ?", (gid, uid, epoch))
        entry = group_rows.commit_of(rows, gid, epoch)
        assert entry is not None  # what somebody lacks is of the chain here
        return group_rows.key_of(rows, gid, epoch), found.fetchone() is not None, entry.signed

    key, has_it, signed = ctx.vault.read(ask_rows)
    if has_it and epoch == room.group.epoch:
        return True
    user = ctx.trust.user(uid)
    if key is None or user is None or user.key is None or (uid, epoch) in room.failed_to_give:
        return False
    (prekey,) = room.authority.request(FetchPrekeys(0, [uid]), LastResorts).prekeys[:1] or [None]
    try:
        if prekey is None or newest_seen.note_prekeys(ctx, [(user, prekey)]):
            raise Forged("prekey_invalid")
        sealed = seal_grant(key, signed, uid, user.key, prekey, ctx.me.key, ctx.authority_id, ctx.me.uid)
        room.channel().request(Regrant(0, gid, epoch, uid, NO_DEVICE, sealed), Done)
    except (Forged, Refused) as reason:
        room.failed_to_give.add((uid, epoch))
        return reason.code == "stale"  # there are enough
    return True
