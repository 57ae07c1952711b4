"""A group's epoch keys: getting one's own, opening what they open, and telling the others that they are here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol.errors import Forged, Refused
from protocol.group_entries import CommitEntry, KeyAck
from protocol.group_seals import open_grant
from protocol.messages import Acknowledge, Acks, Done, FetchAcks, FetchGrant, Grant
from protocol.primitives import EpochKey, OpenKey, VerifyKey
from protocol.statements import Signed, check, decode_strict, issue
from web_client.account.chat_ids import ChatId
from web_client.account.events import ChatChanged, GroupChanged
from web_client.groups import commits as group_commits
from web_client.groups import ephemeral, replay
from web_client.groups import incoming as group_incoming
from web_client.groups import rows as group_rows
from web_client.groups.rows import NO_KEY
from web_client.messages.showing import show
from web_client.vault.database import Rows

if TYPE_CHECKING:
    from web_client.groups.session import Room


def fetch_keys(room: Room) -> None:
    """Get the keys that are ours and not here yet; what they open, opens now."""
    ctx = room.ctx
    for epoch in ctx.vault.read(lambda rows: group_rows.grants_wanted(rows, room.gid, ctx.me.uid, room.listed)):
        _fetch_key(room, epoch)
    room.keys_asked = room.group.epoch
    acknowledge(room)


def _fetch_key(room: Room, epoch: int) -> None:
    vault, gid = room.ctx.vault, room.gid
    if vault.read(lambda rows: group_rows.key_of(rows, gid, epoch)) is not None:
        return  # a newer key carried it
    if vault.read(lambda rows: group_rows.is_refused(rows, gid, epoch)):
        return
    channel = room.channel()  # who answers in the authority's place says nothing of this key
    try:
        sealed = channel.request(FetchGrant(0, gid, epoch), Grant).sealed
        key = open_share(room, epoch, sealed, None, _commander_key(room, epoch))
    except (Refused, Forged) as reason:
        # those messages stay closed, and say so
        if isinstance(reason, Forged) or reason.code == NO_KEY:
            why = reason.code
            vault.write(lambda rows: group_rows.refuse(rows, gid, epoch, why))
        return
    keep_key(room, epoch, key)


def keep_key(room: Room, epoch: int, key: EpochKey) -> None:
    """Keep a key that has been held against its commit, and open what it opens."""
    gid, ctx = room.gid, room.ctx

    def keep(rows: Rows) -> tuple[list[int], bool]:
        opened = group_incoming.save_key(rows, gid, epoch, key)
        opened += group_incoming.follow_back(rows, gid, epoch, ctx.clock())
        return opened, replay.date(rows, gid, ctx.clock())

    orders, dated = ctx.vault.write(keep)
    show(ctx, orders, opened=True)
    if dated:
        ctx.emit(ChatChanged(ChatId.group(gid)))


def open_share(room: Room, epoch: int, sealed: bytes, sender: bytes | None, sender_key: VerifyKey) -> EpochKey:
    """The key in a share by this sender, None for the epoch's commander; raises what keeps it from being one."""
    ctx = room.ctx

    def ask(rows: Rows) -> tuple[CommitEntry, list[bytes]]:
        prekeys = [bytes(row[0]) for row in rows.execute("SELECT key FROM last_resorts ORDER BY sequence DESC")]
        entry = group_rows.commit_of(rows, room.gid, epoch)
        assert entry is not None  # what is asked for is of the chain here
        return entry, prekeys

    entry, prekeys = ctx.vault.read(ask)
    for raw in prekeys:
        try:
            return open_grant(sealed, OpenKey(raw), entry.signed, sender_key, ctx.me.uid, ctx.authority_id, sender)
        except Forged as reason:
            if reason.code != "cannot_open":
                raise
    raise Forged("cannot_open")


def _commander_key(room: Room, epoch: int) -> VerifyKey:
    log = room.ctx.trust.log
    entry = room.ctx.vault.read(lambda rows: group_rows.commit_of(rows, room.gid, epoch))
    assert entry is not None  # what is asked for is of the chain here
    commit = group_commits.read(entry.signed)
    index, _hash = log.groups[room.gid][epoch - 1]
    key = log.users[commit.by].key_at(index)
    assert key is not None  # the replay has verified the commit by it
    return key


def acknowledge(room: Room) -> None:
    """Tell the others, signed, that this epoch's key is here."""
    ctx, group = room.ctx, room.group
    acked = ctx.vault.value("SELECT acked FROM group_keys WHERE gid = ? AND epoch = ?", room.gid, group.epoch)
    if acked != 0 or not group.is_in(ctx.me.uid):
        return
    if group.members[ctx.me.uid].key != ctx.me.key.public.fingerprint():
        return  # what our new key signs doesn't count here yet: the next epoch is about to come
    ack = issue(KeyAck(room.gid, group.epoch, group.commit_hash, ctx.me.uid), ctx.me.key, ctx.authority_id)
    try:
        room.channel().request(Acknowledge(0, room.gid, ack), Done)
    except Refused as reason:
        if reason.code != "stale":
            raise
        room.reload()  # a commit was made while we were coming in: nobody has told us of it
        return
    ctx.vault.execute("UPDATE group_keys SET acked = 1 WHERE gid = ? AND epoch = ?", room.gid, group.epoch)


def take_ack(room: Room, signed: Signed) -> None:
    uid = decode_strict(signed.body, KeyAck).uid
    member = room.group.members.get(uid)
    if member is None:
        return
    try:
        ack = check(signed, KeyAck, room.group.key_of(member, room.ctx.trust.log), room.ctx.authority_id)
    except Forged:
        return  # nobody's word: it counts for nothing
    if ack.gid == room.gid and ack.commit_hash == room.group.commit_hash:
        room.ctx.vault.execute("INSERT OR REPLACE INTO group_acks VALUES (?, ?, ?)", room.gid, uid, ack.epoch)
        room.ctx.emit(GroupChanged(room.gid))
        ephemeral.greet(room, uid)


def fetch_acks(room: Room) -> None:
    """Ask who has the newest key."""
    for signed in room.channel().request(FetchAcks(0, room.gid), Acks).acks:
        take_ack(room, signed)
