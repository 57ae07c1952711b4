"""Taking somebody's message away in a group (section 9.11): asking for it, and what it means for what lies here.

The words leave the vault as those of a deleted message do, in every form; who took them away and why stays beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from protocol import kinds
from protocol.errors import HamrazError, Refused
from protocol.group_entries import REASON_LIMIT, Retract, RetractEntry, decode_entry, encode_entry
from protocol.group_seals import open_reason, seal_reason
from protocol.messages import Post, Posted
from protocol.primitives import EpochKey, random_id
from protocol.roles import may_command_groups
from protocol.statements import decode_strict, issue
from web_client.account import keys as own_keys
from web_client.groups import membership as group_membership
from web_client.groups import mending
from web_client.groups import rows as group_rows
from web_client.messages import amendments
from web_client.messages import rows as message_rows
from web_client.search import index
from web_client.vault.database import Rows
from web_client.vault.lines import CLEARED, CLEARING, HIDDEN, SHOWN

if TYPE_CHECKING:
    from web_client.groups.session import Room


class Taken(msgspec.Struct):
    """Who took a message away, and why; `reason` is None while it can't be opened."""

    by: str
    reason: str | None


_encode = msgspec.json.Encoder().encode


# --- asking for it ---


def take_away(room: Room, n: int, reason: str) -> None:
    """Take the words of the message at place `n` away, for everybody and for good. `role_not_allowed`,
    `no_such_message`, `note_too_long`.
    """
    ctx = room.ctx
    ctx.trust.require_sending()
    if len(reason.encode()) > REASON_LIMIT:
        raise Refused("note_too_long", field="reason", limit=REASON_LIMIT)
    with room.work.alone():
        for _try in range(group_membership.TRIES):
            me = ctx.trust.user(ctx.me.uid)
            if me is None or not may_command_groups(me.role):
                raise Refused("role_not_allowed")
            kind = ctx.vault.value("SELECT kind FROM group_entries WHERE gid = ? AND n = ?", room.gid, n)
            if kind not in ("message", amendments.DELETED):
                raise Refused("no_such_message")
            mending.mend(room)
            if ctx.me.uid not in room.group.ranked:  # a rank that came since: it counts from a commit on
                group_membership.commit_once(room, group_membership.staying(room), "")
            try:
                posted = room.channel().request(Post(0, room.gid, _sign(room, n, reason)), Posted)
            except Refused as refusal:
                if refusal.code not in ("stale", "message_fixed"):
                    raise
                room.reload()
                if refusal.code == "stale":
                    continue
                return  # somebody else was first
            room.pump()
            if room.group.n < posted.n:
                room.reload()
            return
        raise Refused("ask_again")


def _sign(room: Room, n: int, reason: str) -> bytes:
    ctx, group = room.ctx, room.group

    def ask(rows: Rows) -> tuple[bytes | None, EpochKey | None]:
        return group_rows.hash_at(rows, room.gid, n), group_rows.key_of(rows, room.gid, group.epoch)

    hash, key = ctx.vault.read(ask)
    if key is None or hash is None:
        raise Refused("no_key")
    uid = ctx.me.uid
    sealed = seal_reason(key, room.gid, group.epoch, uid, n, reason, random_id())
    said = Retract(room.gid, group.epoch, uid, n, hash, sealed)
    listed = group.members[uid].key
    signer = ctx.vault.read(lambda rows: own_keys.signer_of(rows, ctx.me, listed))
    return encode_entry(RetractEntry(issue(said, signer, ctx.authority_id)))


# --- what it means here ---


def store(rows: Rows, said: Retract, key: EpochKey | None) -> list[int]:
    """Do what a checked entry says: the orders of what looks different now. Nothing, for what is no message, for one
    that was taken away already, and for edits and deletions.
    """
    row = message_rows.placed(rows, said.gid, said.n)
    if row is None:
        amendments.cut_entry(rows, said.gid, said.n)
        return []
    if row.line in (CLEARED, CLEARING):
        return []
    is_line = row.line in (SHOWN, HIDDEN)
    if row.retracted is not None or (not is_line and row.kind in (kinds.EDIT, kinds.DELETE)):
        return []  # to take away what its author has changed or taken back would bring back what was before
    taken = _encode(Taken(said.by.hex(), _reason(said, key)))
    message_rows.change(rows, row.ord, retracted=taken, deleted=1, words=None, edited=None, reactions=None)
    amendments.forget_words(rows, row.ord)
    index.renew(rows, row.ord)
    if not is_line:  # a reaction says nothing about another message any more
        return amendments.settle(rows, row.ord) if row.line == 0 else []
    for marks in (0, amendments.SUPERSEDED):
        amendments.forget_edits(rows, row.chat, row.sender, row.id, marks)
    return [row.ord, *amendments.quoting(rows, row.chat, row.sender, row.id)]


def tell_reasons(rows: Rows, gid: bytes, epoch: int, key: EpochKey) -> list[int]:
    """Why messages were taken away under a key that has come now; the orders of those that say more."""
    orders = []
    entries = rows.execute("SELECT entry FROM group_entries WHERE gid = ? AND kind = 'retract'", (gid,)).fetchall()
    for (raw,) in entries:
        entry = decode_entry(bytes(raw))
        assert isinstance(entry, RetractEntry)
        said = decode_strict(entry.signed.body, Retract)
        if said.epoch != epoch:
            continue
        row = message_rows.placed(rows, gid, said.n)
        if row is None or row.retracted is None:
            continue
        known = taken(row.retracted)
        if known.reason is None and known.by == said.by.hex():
            message_rows.change(rows, row.ord, retracted=_encode(Taken(known.by, _reason(said, key))))
            orders.append(row.ord)
    return orders


def taken(raw: bytes) -> Taken:
    """What is kept beside a message that was taken away."""
    return msgspec.json.decode(raw, type=Taken)


def _reason(said: Retract, key: EpochKey | None) -> str | None:
    """None if the key isn't here; no words for what doesn't open: whoever said it has said nothing."""
    if key is None and said.reason:
        return None
    try:
        return open_reason(key, said) if key is not None else ""
    except HamrazError:
        return ""
