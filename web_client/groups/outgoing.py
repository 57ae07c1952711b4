"""Posting what waits for a group: sealed under the epoch in force, sent again until it stands in the chain, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol.about import About
from protocol.errors import Forged, Refused
from protocol.group_entries import Content, Header, encode_entry
from protocol.group_seals import seal_message
from protocol.messages import Post, Posted
from protocol.statements import NO_DEVICE
from web_client.account.chat_ids import ChatId
from web_client.groups import mending, profiles
from web_client.groups import rows as group_rows
from web_client.messages import outbox_rows, profile_rows
from web_client.messages.delivery import give_up
from web_client.messages.outbox_rows import Waiting
from web_client.messages.rows import MessageRow
from web_client.vault.database import Rows

if TYPE_CHECKING:
    from web_client.groups.session import Room

TRIES = 8  # of a message that changes of the group overtake; each loser has seen somebody win


def post_waiting(room: Room) -> None:
    """Post what waits, in its order; each goes out once, however often it is sent."""
    ctx = room.ctx
    for _message in range(10_000):
        waits = ctx.vault.read(lambda rows: outbox_rows.first(rows, ChatId.group(room.gid)))
        if waits is None:
            return
        ctx.trust.require_sending()
        _post(room, *waits)


def _post(room: Room, row: MessageRow, waits: Waiting) -> None:
    entry = waits.sealed
    for _try in range(TRIES):
        mending.mend(room)
        channel = room.channel()  # who answers in the authority's place says nothing of this message
        try:
            if entry is None:
                about = _about(room)
                entry = _seal(room, row.id, Content(row.kind, row.time, row.body, about))
                if not _keep_entry(room, row.ord, entry, about):
                    return
            posted = channel.request(Post(0, room.gid, entry), Posted)
        except Refused as reason:
            if reason.code == "ranked_only":
                give_up(room.ctx, row.ord, reason.code)
                return
            if reason.code != "stale":
                raise
            entry = None
            room.reload()
            continue
        except Forged as reason:
            give_up(room.ctx, row.ord, reason.code)
            return
        room.pump()
        if room.group.n < posted.n:
            room.reload()
        return
    raise Refused("ask_again")


def _about(room: Room) -> About | None:
    """What to say of one's own profile: with the first message of an epoch, and when there is a newer one."""
    if not profiles.may_say(room):
        return None
    member = room.group.members.get(room.ctx.me.uid)
    if member is not None and member.sequence == 0:
        return room.ctx.vault.read(profile_rows.published)
    return room.ctx.vault.read(lambda rows: profile_rows.about_for(rows, room.gid))


def _keep_entry(room: Room, order: int, entry: bytes, about: About | None) -> bool:
    """On disk before it is sent: a resend is the same bytes. False if the message was taken back a moment ago."""

    def change(rows: Rows) -> bool:
        profile_rows.mark_shown(rows, room.gid, about)
        return outbox_rows.change(rows, order, sealed=entry)

    return room.ctx.vault.write(change)


def _seal(room: Room, id: bytes, content: Content) -> bytes:
    ctx, group = room.ctx, room.group
    key = ctx.vault.read(lambda rows: group_rows.key_of(rows, room.gid, group.epoch))
    member = group.members.get(ctx.me.uid)
    if key is None:
        raise Refused("no_key")
    if member is None or not member.joined:
        raise Refused("not_member")
    if member.key != ctx.me.key.public.fingerprint():
        raise Refused("stale")  # our own key has changed since the group was mended
    assert ctx.trust.head is not None
    header = Header(
        room.gid,
        group.epoch,
        group.commit_hash,
        ctx.me.uid,
        NO_DEVICE,
        member.sequence + 1,
        id,
        member.last,
        group.n,
        group.hash,
        ctx.trust.head,
    )
    return encode_entry(seal_message(header, content, key, ctx.me.key, ctx.authority_id))
