"""A group's settings here (section 9.10): kept, carried on by every commit of ours, taken from others' commits if their
commander might say them, and changed by who may. What doesn't hold breaks nothing: the former ones stay, and a line
says whose commit it was.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from protocol import lifetimes
from protocol.errors import Damaged, Forged
from protocol.group_entries import RANKED, Commit, commit_hash
from protocol.group_settings import (
    LINE_LIMIT,
    Origin,
    Settings,
    are_carried,
    check_settings,
    decode_settings,
    encode_settings,
    has_settings,
    open_settings,
)
from protocol.messages import FetchGroup, GroupIs
from protocol.primitives import EpochKey
from protocol.roles import may_command_groups
from protocol.statements import decode_strict
from web_client.account.context import AccountContext
from web_client.account.events import GroupChanged
from web_client.groups import rows as group_rows
from web_client.groups import system_messages
from web_client.groups.system_messages import LIFETIME
from web_client.messages.showing import show
from web_client.vault.database import Rows, value
from web_client.vault.errors import lasts

if TYPE_CHECKING:
    from web_client.groups.session import Room

CHANGED, REFUSED = "settings", "settings_refused"  # what the lines say

Change = Callable[[Settings], Settings]


@dataclass(frozen=True, slots=True)
class Kept:
    """What holds here: the exact bytes, and the newest epoch whose commit they have been held against."""

    plaintext: bytes | None
    epoch: int

    @property
    def settings(self) -> Settings | None:
        return None if self.plaintext is None else decode_settings(self.plaintext)


def kept(rows: Rows, gid: bytes) -> Kept:
    """The settings of a group as they are here."""
    epoch = value(rows, "SELECT settings_epoch FROM groups WHERE gid = ?", gid)
    plaintext = value(rows, "SELECT plaintext FROM group_settings WHERE gid = ?", gid)
    return Kept(None if plaintext is None else bytes(plaintext), epoch)


def lifetime(rows: Rows, gid: bytes) -> int:
    """How long what is written in a group stays, as its settings say: seconds; 0 for good."""
    now = kept(rows, gid).settings
    return 0 if now is None else said_of(now)[1]


def said_of(settings: Settings) -> tuple[str, int]:
    """The line of a group, and how long what is written there stays, which stands behind it (section 8.17)."""
    line, seconds = lifetimes.split(settings.line)
    return line, seconds or 0


def saying(settings: Settings, line: str | None = None, seconds: int | None = None) -> Settings:
    """The same with another line, or for another time; None leaves it. A line that leaves no room for that is cut: who
    writes settings otherwise than we do may have filled it.
    """
    before = said_of(settings)
    line, seconds = before[0] if line is None else line, before[1] if seconds is None else seconds
    said = lifetimes.join(line[: LINE_LIMIT - lifetimes.SIGNS], seconds) if seconds else line
    return msgspec.structs.replace(settings, line=said)


def put(rows: Rows, gid: bytes, plaintext: bytes | None) -> None:
    """These bytes are a group's settings here, or None: there are none. In a table of their own, as a group's row is
    read and written with each message.
    """
    rows.execute("DELETE FROM group_settings WHERE gid = ?", (gid,))
    if plaintext is not None:
        rows.execute("INSERT INTO group_settings VALUES (?, ?)", (gid, plaintext))


def begin(name: str, picture: bytes) -> bytes:
    """Those of a group that is being made."""
    return encode_settings(Settings(name, "", picture, 1))


def to_carry(rows: Rows, gid: bytes, epoch: int, change: Change | None) -> bytes | None:
    """What the commit of `epoch` brings: what holds, byte for byte, or what becomes of it.

    None if it isn't known here what holds: then the commit brings none, and everybody keeps what they have.
    """
    now = kept(rows, gid)
    if now.plaintext is None or now.epoch < epoch - 1:
        return None
    if change is None:
        return now.plaintext
    changed = change(decode_settings(now.plaintext))
    return encode_settings(msgspec.structs.replace(changed, sequence=epoch))


def are_known(room: Room) -> bool:
    """Whether what holds under the commit in force is known here."""
    now = room.ctx.vault.read(lambda rows: kept(rows, room.gid))
    return now.plaintext is not None and now.epoch == room.group.epoch


def is_so(room: Room, change: Change) -> bool:
    """Whether this changes nothing of what holds here."""
    now = room.ctx.vault.read(lambda rows: kept(rows, room.gid)).settings
    return now is not None and change(now) == now


# --- others' commits ---


def follow(room: Room) -> None:
    """Hold the settings of the commit in force against what is known here, and take them if they hold."""
    ctx, gid, group = room.ctx, room.gid, room.group
    commit = group.commit
    if commit is None or room.row("settings_epoch") >= commit.epoch:
        return

    def ask(rows: Rows) -> tuple[Kept, EpochKey | None]:
        return kept(rows, gid), group_rows.key_of(rows, gid, group.epoch)

    now, key = ctx.vault.read(ask)
    if key is None:
        return
    if not has_settings(commit) or (now.plaintext is not None and are_carried(now.plaintext, key, commit)):
        ctx.vault.write(lambda rows: _keep(rows, gid, commit.epoch))
        return
    if room.asked_settings == commit.epoch:
        return  # not there: asked for again over the next connection
    answer = room.channel().request(FetchGroup(0, gid), GroupIs)
    if commit_hash(answer.commit) != group.commit_hash:
        return  # the group has changed meanwhile: that commit is about to come
    room.asked_settings = commit.epoch
    if not answer.settings:
        return  # lost at the authority (section 6.5): the next commit brings them
    try:
        orders = ctx.vault.write(lambda rows: _judge(ctx, rows, gid, commit, answer.settings, key, now))
    except Forged as reason:  # not what the commander has signed: asked for again over the next connection
        ctx.troubles.named("group", reason, gid + CHANGED.encode(), once=True)
        return
    except Damaged as reason:
        if lasts(reason):  # they hold, perhaps: a disk that takes nothing now has not judged them
            room.asked_settings = 0
        raise
    show(ctx, orders)
    ctx.emit(GroupChanged(gid))


def _judge(
    ctx: AccountContext, rows: Rows, gid: bytes, commit: Commit, sealed: bytes, key: EpochKey, now: Kept
) -> list[int]:
    """Take what was sealed, or say whose commit brought what isn't taken; the new line's order, if there is one.

    `wrong_answer` for what isn't that commit's: the authority's doing.
    """
    try:
        plaintext = open_settings(sealed, key, commit)
        sequence = decode_settings(plaintext).sequence
        found = check_settings(plaintext, commit, _origin(ctx, rows, gid, sequence), now.plaintext)
    except Forged as reason:
        if reason.code == "wrong_answer":
            raise
        _keep(rows, gid, commit.epoch)
        return system_messages.store_late(rows, gid, commit.epoch, REFUSED, reason.code, ctx.clock())
    _keep(rows, gid, commit.epoch, plaintext)
    before = now.settings
    if before is None:
        return []  # the first that are known here: nobody has changed anything before one's eyes
    orders: list[int] = []
    seconds = said_of(found)[1]
    if seconds != said_of(before)[1]:
        orders = system_messages.store_late(rows, gid, found.sequence, LIFETIME, str(seconds), ctx.clock())
        before = saying(before, seconds=seconds)
    if msgspec.structs.replace(before, sequence=found.sequence) == found:
        return orders
    told = found.name if found.name != before.name else ""
    return orders + system_messages.store_late(rows, gid, found.sequence, CHANGED, told, ctx.clock())


def _keep(rows: Rows, gid: bytes, epoch: int, plaintext: bytes | None = None) -> None:
    """From the commit of this epoch on, these hold, or None: those that did."""
    rows.execute("UPDATE groups SET settings_epoch = ? WHERE gid = ?", (epoch, gid))
    if plaintext is not None:
        put(rows, gid, plaintext)
        rows.execute("UPDATE groups SET name = ? WHERE gid = ?", (decode_settings(plaintext).name, gid))


def _origin(ctx: AccountContext, rows: Rows, gid: bytes, epoch: int) -> Origin | None:
    """The commit of an earlier epoch, as the log and the chain here have it."""
    entry, epochs = group_rows.commit_of(rows, gid, epoch), ctx.trust.log.groups.get(gid, [])
    if entry is None or epoch > len(epochs):
        return None
    commit = decode_strict(entry.signed.body, Commit)
    ranked = may_command_groups(ctx.trust.log.users[commit.by].role_at(epochs[epoch - 1][0]))
    return Origin(ranked, commit.settings_hash, group_rows.key_of(rows, gid, epoch))


# --- rank, where writing needs it ---


def rank_has_changed(room: Room) -> bool:
    """Whether we command groups and the commit in force doesn't say so, or says it of somebody who has lost that:
    where writing needs rank, a commit of ours with the same members comes first.
    """
    group, log = room.group, room.ctx.trust.log
    if group.commit is None or group.commit.policy != RANKED:
        return False
    now = {uid for uid in group.members if may_command_groups(log.users[uid].role)}
    me = room.ctx.me.uid
    return me in now and (me not in group.ranked or bool(group.ranked - now))
