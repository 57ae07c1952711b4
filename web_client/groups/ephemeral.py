"""What this agent says and hears beside a group's chain (section 9.9): typing, and who has got how far."""

from __future__ import annotations

import contextlib
import random
from typing import TYPE_CHECKING

from protocol.errors import Forged, HamrazError, Refused
from protocol.group_entries import JoinEntry
from protocol.group_ephemeral import (
    ABOUT,
    ACTIVITIES,
    GroupSeen,
    SeenItem,
    open_about,
    open_doing,
    open_seen,
    seal_doing,
    seal_seen,
)
from protocol.groups import Change
from protocol.messages import Done, FetchSeen, SeenSoFar, Signal, Signalled, TellSeen
from protocol.primitives import VerifyKey, random_id
from web_client.account.chat_ids import ChatId
from web_client.account.events import ReadPositionsChanged
from web_client.groups import profiles, read_positions
from web_client.groups import rows as group_rows
from web_client.groups.read_positions import Standing

if TYPE_CHECKING:
    from web_client.groups.session import Room

# Each member says at most once in this many seconds, for each hundred members, how far it has got, so that a group
# of any size costs the authority a hundred of these a second.
PACE, MEMBERS = 1.0, 100
SHOWN = 200  # of one's own messages that are told anew at once: more than a page has in sight


# --- typing ---


class EphemeralState:
    """What one room remembers of it while the agent runs."""

    def __init__(self) -> None:
        self.told_at = float("-inf")  # when our place was told last, on the context's timer
        self.tell_at: float | None = None  # when it will be told next, if there is something to tell
        self.ahead: dict[bytes, SeenItem] = {}  # of members who are further than the chain here
        self.standing: Standing | None = None  # how far the others are, until that changes
        self.newcomers: set[bytes] = set()  # who have joined and not acknowledged the key yet


def signal(room: Room, on: bool, what: str) -> None:
    """Say that our user is at something, or has stopped: over the link that is there, or not at all."""
    ctx, group = room.ctx, room.group
    key = ctx.vault.read(lambda rows: group_rows.key_of(rows, room.gid, group.epoch))
    if key is not None and group.is_in(ctx.me.uid):
        sealed = seal_doing(what, on, key, room.gid, group.epoch, ctx.me.uid, random_id())
        room.link.tell(Signal(room.gid, group.epoch, what, sealed))


def take_signal(room: Room, message: Signalled) -> None:
    """A member is at something, or has stopped, or has another profile; what doesn't hold is nobody's word, and what
    isn't known here is passed over.
    """
    ctx, group = room.ctx, room.group
    if message.epoch != group.epoch or not group.is_in(message.uid):
        return
    key = ctx.vault.read(lambda rows: group_rows.key_of(rows, room.gid, group.epoch))
    if key is None:
        return
    sealed = (message.sealed, key, room.gid, message.epoch, message.uid)
    with contextlib.suppress(Forged):
        if message.what in ACTIVITIES:
            on = open_doing(message.what, *sealed)
            room.context.typing.on_typing(ChatId.group(room.gid), message.uid, on, message.what)
        elif message.what == ABOUT:
            profiles.hear(room, message.uid, open_about(*sealed))


def greet(room: Room, uid: bytes) -> None:
    """A newcomer has the key now, and so can open what is said to them."""
    if uid in room.ephemeral.newcomers:
        room.ephemeral.newcomers.clear()  # one word reaches all of them
        profiles.say(room)


# --- seen ---


def tell_seen(room: Room) -> float | None:
    """Say how far this member has got, if that is news and it is time; in how many seconds it will be, else None."""
    ctx, group, state = room.ctx, room.group, room.ephemeral
    told = ctx.vault.read(lambda rows: read_positions.told(rows, room.gid, ctx.me.uid))
    read_too = ctx.settings.read_receipts
    news = ctx.vault.read(lambda rows: read_positions.news(rows, room.gid, ctx.me.uid, told, read_too))
    if news is None or not group.is_in(ctx.me.uid):
        return None
    now, pace = ctx.timer(), max(PACE, PACE * len(group.members) / MEMBERS)
    if state.tell_at is None:
        # the first after a silence goes at once in a small group; in a large one each waits for a chance of its own
        state.tell_at = max(state.told_at + pace, now + (random.uniform(0, pace) if pace > PACE else 0))
    if now < state.tell_at:
        return state.tell_at - now
    key = ctx.vault.read(lambda rows: group_rows.key_of(rows, room.gid, group.epoch))
    if key is None:
        return None
    seen = GroupSeen(room.gid, group.epoch, ctx.me.uid, group.n, group.hash, news)
    item = seal_seen(seen, key, ctx.me.key, ctx.authority_id, random_id())
    try:
        room.channel().request(TellSeen(0, room.gid, item.epoch, item.sealed), Done)
    except Refused as reason:
        if reason.code not in ("stale", "slow_down"):
            raise
        state.tell_at = now + pace  # the next commit is on its way, or we were too quick
        return pace
    state.told_at, state.tell_at = now, None
    ctx.vault.write(lambda rows: read_positions.keep(rows, seen, ctx.clock()))
    return None


def fetch_seen(room: Room) -> None:
    """Ask how far the others have got."""
    take_seen(room, room.channel().request(FetchSeen(0, room.gid), SeenSoFar).items)


def ask_seen(room: Room) -> None:
    """The same for somebody who looks at a message's details, if there is a link now; the room may be busy."""
    if room.link.is_open:
        with contextlib.suppress(HamrazError):
            fetch_seen(room)


def take_seen(room: Room, items: list[SeenItem]) -> None:
    """Members say how far they have got: what they have signed counts, and nothing else (section 9.9)."""
    ctx, group, now = room.ctx, room.group, room.ctx.clock()
    said = [seen for item in items if (seen := _open(room, item)) is not None]
    if said:
        _show(room, ctx.vault.write(lambda rows: read_positions.take(rows, group, ctx.me.uid, said, now)))


def follow(room: Room, changes: list[Change]) -> None:
    """The chain has gone on: who was ahead of it may not be any more, and who has gone counts no more."""
    ctx, group, chat = room.ctx, room.group, ChatId.group(room.gid)
    room.ephemeral.standing = None
    for change in changes:
        room.context.typing.stop(chat, change.by)  # who has sent it has stopped writing it
    room.ephemeral.newcomers.update(change.by for change in changes if isinstance(change.entry, JoinEntry))
    if any(change.removed or change.left for change in changes):
        _show(room, ctx.vault.write(lambda rows: read_positions.review(rows, group, ctx.me.uid)))
    if room.ephemeral.ahead:
        take_seen(room, list(room.ephemeral.ahead.values()))


def _show(room: Room, orders: list[int]) -> None:
    room.ephemeral.standing = None
    for order in orders[-SHOWN:]:
        room.ctx.emit(ReadPositionsChanged(order))


def standing(room: Room) -> Standing:
    """How far the others have got."""
    found = room.ephemeral.standing
    if found is None:
        found = room.ctx.vault.read(lambda rows: read_positions.standing(rows, room.group, room.ctx.me.uid))
        room.ephemeral.standing = found
    return found


def _open(room: Room, item: SeenItem) -> GroupSeen | None:
    """What the member has signed, if it holds here; None for what doesn't, and for what has to wait."""
    ctx, group = room.ctx, room.group
    if not group.is_in(item.uid):
        return None
    key = ctx.vault.read(lambda rows: group_rows.key_of(rows, room.gid, item.epoch))
    member_key = _member_key(room, item)
    if key is None or member_key is None:
        return None
    try:
        seen = open_seen(item, key, room.gid, member_key, ctx.authority_id)
    except HamrazError:
        return None
    if seen.n > group.n:
        room.ephemeral.ahead[item.uid] = item
        return None
    room.ephemeral.ahead.pop(item.uid, None)
    ours = ctx.vault.read(lambda rows: group_rows.hash_at(rows, room.gid, seen.n))
    return seen if ours == seen.hash else None


def _member_key(room: Room, item: SeenItem) -> VerifyKey | None:
    """The key that the commit of that epoch names for the member."""
    log, group = room.ctx.trust.log, room.group
    if item.epoch == group.epoch:
        return group.key_of(group.members[item.uid], log)
    print_ = room.ctx.vault.read(lambda rows: group_rows.key_listed(rows, room.gid, item.epoch, item.uid))
    keys = (key for _index, key, _why, _by in log.users[item.uid].keys if key is not None)
    return next((key for key in keys if key.fingerprint() == print_), None)
