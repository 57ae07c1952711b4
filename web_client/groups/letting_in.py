"""Letting people into a group who have asked by its link (section 9.12): by commit and invitation, like anybody who is
added; and coming in where we have asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol.errors import Forged, HamrazError, Refused, Unreachable
from protocol.kinds import ASK, Ask, encode_body
from protocol.primitives import random_id
from protocol.roles import may_command_groups
from web_client.account.events import GroupChanged
from web_client.groups import join_links
from web_client.groups import membership as group_membership
from web_client.groups.join_links import Admits
from web_client.vault.database import Vault

if TYPE_CHECKING:
    from web_client.groups.service import GroupService
    from web_client.groups.session import Room
    from web_client.messages.service import Messages

AGAIN_SECONDS = 10.0
_ANSWERED = "DELETE FROM group_asked WHERE gid = ?"


def set_link(groups: GroupService, gid: bytes, on: bool, admits: Admits, anew: bool) -> Room:
    """Turn the group's link on or off, or make another one."""
    room = groups.commanded(gid)
    room.ctx.vault.write(lambda rows: join_links.change(rows, gid, on, admits, anew))
    room.ctx.emit(GroupChanged(gid))
    return room


def answer(groups: GroupService, gid: bytes, uid: bytes, accept: bool) -> Room:
    """Let in who waits for it, or don't, which nobody is told; `stale` if they don't wait."""
    room = groups.commanded(gid)
    vault = room.ctx.vault
    if uid not in dict(vault.read(lambda rows: join_links.waiting(rows, gid))):
        raise Refused("stale", field="uid")
    if accept:
        if not room.group.is_in(uid):
            groups.add(gid, frozenset({uid}), field="uid")
        vault.write(lambda rows: join_links.drop(rows, gid, frozenset({uid})))
    else:
        vault.write(lambda rows: join_links.decline(rows, gid, uid))
    room.ctx.emit(GroupChanged(gid))
    return room


def admit(room: Room) -> float | None:
    """Add those whom the link lets in at once, all by one commit. Who is in already asks no more. In how many seconds
    it is to be tried again, or None.

    Who has been in, or asked, before waits for our user; and so does everybody where something but the authority is in
    the way, for then our user sees what. While it is, as where it holds back some of its log, the group goes on. Who
    asks meanwhile has the next turn.
    """
    ctx, gid = room.ctx, room.gid
    asking = ctx.vault.read(lambda rows: join_links.asking(rows, gid))
    inside = frozenset(uid for uid in asking if room.group.is_in(uid))
    due = frozenset(uid for uid, is_due in asking.items() if is_due) - inside
    if inside:
        ctx.vault.write(lambda rows: join_links.drop(rows, gid, inside))
        ctx.emit(GroupChanged(gid))
    if not due:
        return None
    me = ctx.trust.user(ctx.me.uid)
    unblocked = frozenset(uid for uid in due if not room.context.blocked.has(uid))
    fresh = frozenset(uid for uid in unblocked if not group_membership.was_there(room, uid))
    if fresh and me is not None and may_command_groups(me.role):
        if wait := room.context.admissions.wait(gid, ctx.timer()):
            return wait
        try:
            ctx.trust.require_sending()
            room.authority.log.require_whole_log()
            group_membership.change_members(room, fresh, None, "", newcomers=True)
            room.context.admissions.spend(gid, ctx.timer())
            added = frozenset(uid for uid in fresh if not group_membership.was_there(room, uid))
            ctx.vault.write(lambda rows: join_links.drop(rows, gid, added))
        except (Refused, Forged):
            pass
        except Unreachable:
            return AGAIN_SECONDS
    ctx.vault.write(lambda rows: join_links.have_wait(rows, gid, due))
    ctx.emit(GroupChanged(gid))
    return None


# --- at who asks ---


def ask(vault: Vault, messages: Messages, gid: bytes, maker: bytes, secret: bytes) -> None:
    """Ask the maker of a link to be let in."""
    vault.write(lambda rows: join_links.note_asked(rows, gid, maker))
    try:
        messages.compose(maker, ASK, encode_body(Ask(gid, secret)), random_id())
    except HamrazError:
        vault.execute(_ANSWERED, gid)
        raise


def come_in(vault: Vault, groups: GroupService) -> None:
    """Join where we have asked to be let in, and are invited by whom we asked. Where the authority is away it is tried
    again over the next link; what else this fails by our user sees when they answer the invitation themselves.
    """
    groups.is_invited = False
    for gid in vault.read(join_links.answered):
        try:
            groups.answer(gid, True)
        except Unreachable:
            continue
        except HamrazError:
            pass
        vault.execute(_ANSWERED, gid)
