"""Which profile is a member's newest, told in groups beside the chain (section 8.13)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol.about import About
from protocol.group_ephemeral import ABOUT, seal_about
from protocol.messages import Signal
from protocol.primitives import random_id
from web_client.account.chat_ids import ChatId
from web_client.groups import rows as group_rows
from web_client.messages import profile_rows

if TYPE_CHECKING:
    from web_client.groups.session import Room

TOLD_ASIDE = 50  # members up to which it is said when somebody joins; in larger groups with what they write


def may_say(room: Room) -> bool:
    """Whether one's profile may be told of in a group: not where somebody would learn it who is blocked."""
    return room.context.blocked.everybody().isdisjoint(room.group.members)


def say(room: Room) -> None:
    """Somebody has joined a small group: say there which profile is one's newest, over the link that is there."""
    ctx, group = room.ctx, room.group
    found = ctx.vault.read(profile_rows.own)
    if found is None or not found.published or not group.is_in(ctx.me.uid) or not may_say(room):
        return
    key = ctx.vault.read(lambda rows: group_rows.key_of(rows, room.gid, group.epoch))
    if key is not None and sum(member.joined for member in group.members.values()) <= TOLD_ASIDE:
        sealed = seal_about(found.about, key, room.gid, group.epoch, ctx.me.uid, random_id())
        room.link.tell(Signal(room.gid, group.epoch, ABOUT, sealed))


def hear(room: Room, uid: bytes, about: About) -> None:
    """A member has said it."""
    fingerprint, chat = room.group.members[uid].key, ChatId.group(room.gid)
    if room.ctx.vault.write(lambda rows: profile_rows.hear(rows, uid, fingerprint, chat, about, aside=True)):
        room.context.profiles.look()
