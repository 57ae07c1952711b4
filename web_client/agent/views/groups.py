"""What the page is shown of groups: the shapes of docs/agent-api.md, made from rows and the replayed chain.
Reads only.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from protocol.group_entries import Certificate, Commit
from protocol.group_seals import Invitation
from protocol.group_settings import Settings
from protocol.groups import Group
from protocol.roles import may_command_groups
from protocol.statements import Signed, decode_strict
from web_client.account import bounds
from web_client.account.chat_ids import ChatId
from web_client.groups import ephemeral, join_links, system_messages
from web_client.groups import settings as group_settings
from web_client.groups.join_links import JoinLink
from web_client.groups.rows import INVITED, JOINED, LEFT, REMOVED
from web_client.messages import display
from web_client.vault.database import Rows

if TYPE_CHECKING:
    from web_client.agent.session import UserSession
    from web_client.groups.session import Room


def is_hidden(session: UserSession, room: Room) -> bool:
    """Whether it is an invitation by somebody who is blocked."""
    blocked = session.blocked.everybody()
    return bool(blocked) and room.state == INVITED and bytes(room.row("invited_by") or b"") in blocked


def group(session: UserSession, room: Room) -> dict[str, Any]:
    """Group."""

    def ask(rows: Rows) -> tuple[Any, dict[bytes, int], Settings | None]:
        row = rows.execute(
            "SELECT port, state, invited_by, invitation, certificate, checked, trouble FROM groups WHERE gid = ?",
            (room.gid,),
        ).fetchone()
        acks = rows.execute("SELECT uid, epoch FROM group_acks WHERE gid = ?", (room.gid,))
        return row, {bytes(uid): epoch for uid, epoch in acks}, group_settings.kept(rows, room.gid).settings

    row, acks, settings = session.ctx.vault.read(ask)
    port, state, invited_by, invitation, certificate, checked, trouble = row
    replayed = room.group
    commit = replayed.commit
    if commit is None and invitation is not None:  # not in yet: the invitation is all that is known
        commit = decode_strict(decode_strict(bytes(invitation), Invitation).commit.body, Commit)
    members = _members(room, commit, acks)
    if state in (LEFT, REMOVED):  # our own leave need not have come here
        members = [member for member in members if member["uid"] != session.ctx.me.uid.hex()]
    why_not = _why_not(session, state, trouble)
    may = why_not is None
    return {
        "gid": room.gid.hex(),
        "lifetime": group_settings.said_of(settings)[1] if settings else 0,
        "line": display.shown(group_settings.said_of(settings)[0], display.LINE_SIGNS) if settings else "",
        "picture": sha256(settings.picture).hexdigest()[:16] if settings and settings.picture else None,
        "port": port,
        "epoch": commit.epoch if commit else 0,
        "history": commit.history if commit else "all",
        "write": commit.policy if commit else "all",
        "state": state,
        "invited_by": bytes(invited_by).hex() if invited_by else None,
        "creator": (replayed.creator or (commit.by if commit else b"")).hex(),
        "members": members,
        "declined": session.ctx.vault.read(lambda rows: _declined(rows, replayed)),
        "acked": sum(member["acked"] for member in members),
        "stale": replayed.stale,
        **_coming(session, room, may),
        "may_add": may,
        "may_remove": may,
        "may_leave": state == JOINED,
        "why_not": why_not,
        "certificate": _certificate(session, room, certificate, invitation),
        "last_checked": checked,
    }


def _coming(session: UserSession, room: Room, may: bool) -> dict[str, Any]:
    """`link` and `asks` of Group: for who may add members."""
    if not may:
        return {"link": None, "asks": []}
    gid, blocked, group = room.gid, session.blocked.everybody(), room.group
    link, waiting = session.ctx.vault.read(lambda rows: (join_links.of(rows, gid), join_links.waiting(rows, gid)))
    shown = None if link is None else {"url": join_url(session, room, link), "on": link.on, "admits": link.admits}
    asks = [(uid, came) for uid, came in waiting if uid not in blocked and not group.is_in(uid)]
    return {"link": shown, "asks": [{"uid": uid.hex(), "time": came} for uid, came in asks]}


def join_url(session: UserSession, room: Room, link: JoinLink) -> str:
    """The link that our user has made for a group (section 9.12), with the name that it has now."""
    name = quote(room.row("name"), safe="")
    return f"web+hamraz:/join/{room.gid.hex()}/{session.ctx.me.uid.hex()}/{link.secret.hex()}/{name}"


def _members(room: Room, commit: Commit | None, acks: dict[bytes, int]) -> list[dict[str, Any]]:
    replayed = room.group
    if replayed.commit is None:
        listed = commit.members if commit else []
        return [{"uid": member.uid.hex(), "state": INVITED, "acked": False} for member in listed]
    return [
        {
            "uid": member.uid.hex(),
            "state": JOINED if member.joined else INVITED,
            "acked": acks.get(member.uid, 0) >= replayed.epoch,
        }
        for member in replayed.members.values()
        if not member.leaving
    ]


def _declined(rows: Rows, group: Group) -> list[str]:
    """Who was asked, has declined and was not asked again: by their own words in the chain."""
    never_in = [uid for uid, member in group.members.items() if member.leaving and not member.joined]
    never_in += [uid for uid, end in group.ended.items() if not end.joined and uid not in group.members]
    return [uid.hex() for uid in never_in if system_messages.has_declined(rows, group.gid, uid)]


def _why_not(session: UserSession, state: str, trouble: str | None) -> str | None:
    me = session.ctx.trust.user(session.ctx.me.uid)
    if session.ctx.trust.alarm is not None:
        return "alarm"
    if state != JOINED:
        return "not_member"
    if trouble is not None:
        return "group_broken"
    if me is None or not may_command_groups(me.role):
        return "role_not_allowed"
    return None


def _certificate(session: UserSession, room: Room, certificate: Any, invitation: Any) -> dict[str, Any]:
    """What the authority certified: checked against the log's entry of the epoch in force."""
    epochs = session.ctx.trust.log.groups.get(room.gid, [])
    epoch = room.group.epoch
    if epoch and len(epochs) >= epoch:
        index, hash = epochs[epoch - 1]
        return {"checked": hash == room.group.commit_hash, "entry": index, "sequence": index}
    if invitation is not None:
        signed = decode_strict(bytes(invitation), Invitation).certificate
        sequence = bounds.whole(decode_strict(signed.body, Certificate).sequence)
        return {"checked": True, "entry": sequence, "sequence": sequence}
    if certificate is not None:
        sequence = bounds.whole(decode_strict(decode_strict(bytes(certificate), Signed).body, Certificate).sequence)
        return {"checked": False, "entry": sequence, "sequence": sequence}
    return {"checked": False, "entry": None, "sequence": None}


def can_send(session: UserSession, room: Room) -> str | None:
    """None if one may write, else the code of why not."""
    if session.ctx.trust.alarm is not None:
        return "alarm"
    if session.authority.revoked:
        return "own_revoked"
    state, trouble = room.row("state"), room.row("trouble")
    if state != JOINED:
        return "removed" if state == REMOVED else "not_member"
    if trouble:
        return "group_broken"
    return None if _may_write(session, room) else "ranked_only"


def _may_write(session: UserSession, room: Room) -> bool:
    """By the policy, or by a rank that came since the last commit: then one of our own comes first."""
    me = session.ctx.trust.user(session.ctx.me.uid)
    return room.group.may_write(session.ctx.me.uid) or (me is not None and may_command_groups(me.role))


def seen(session: UserSession, chat: ChatId, at: int) -> dict[str, int] | None:
    """`seen` of one's own message at this place of a group's chain."""
    room = session.groups.rooms.get(chat.gid or b"")
    if room is None:
        return None
    counts = ephemeral.standing(room).counts(at)
    return counts if session.ctx.settings.read_receipts else counts | {"read": 0}
