"""A group's checked entries as decisions over the vault's rows (section 9): what they become here. No sockets.

Every function runs inside one transaction of the vault; if it raises, nothing has changed.
"""

from __future__ import annotations

from typing import Any

import msgspec

from protocol import kinds
from protocol.about import About
from protocol.errors import Forged, HamrazError
from protocol.group_entries import (
    JOINING,
    Commit,
    CommitEntry,
    Content,
    Header,
    JoinEntry,
    LeaveEntry,
    MessageEntry,
    RetractEntry,
    StubEntry,
    UnopenedEntry,
    decode_entry,
    decode_header,
)
from protocol.group_seals import open_message, unwrap_history
from protocol.groups import Change, Group
from protocol.primitives import EpochKey
from protocol.statements import decode_strict
from web_client.account.chat_ids import ChatId
from web_client.groups import retraction
from web_client.groups.rows import BEFORE_YOU, NO_KEY, STORED, SYSTEM, UNREADABLE, commit_of, key_listed, keys
from web_client.groups.run import Run
from web_client.groups.system_messages import WRONG_HISTORY, store_late, store_system, tell_reason
from web_client.messages import amendments, blocked_rows, clearing, ids, outbox_rows, profile_rows
from web_client.messages import rows as message_rows
from web_client.messages.outgoing import RECEIVED
from web_client.messages.rows import MessageRow
from web_client.search import index
from web_client.vault.database import Rows, value

_KINDS: dict[type, str] = {
    CommitEntry: "commit",
    MessageEntry: "message",
    JoinEntry: "join",
    LeaveEntry: "leave",
    UnopenedEntry: "unopened",
    RetractEntry: "retract",
    StubEntry: amendments.DELETED,
}


def store(rows: Rows, me: bytes, group: Group, raws: list[bytes], changes: list[Change], now: int) -> list[int]:
    """Keep checked entries and what they say; `group` is the state after them. The orders of new or changed
    messages.
    """
    gid = group.gid
    have = keys(rows, gid)
    since = int(value(rows, "SELECT since FROM groups WHERE gid = ?", gid))
    shares = group.commit is not None and group.commit.history != JOINING
    promised = dict.fromkeys(have, True)  # of which epochs the key is ours: that we came in once is not that we stayed
    orders: list[int] = []
    cleared = clearing.of_group(rows, gid)
    run = Run(rows, gid)
    for raw, change in zip(raws, changes, strict=True):
        run.add_entry(change.n, _KINDS[type(change.entry)], raw, change.hash)
        if change.commit is not None and me in change.added:
            since = change.epoch
        if not shares and change.epoch not in promised:
            listed = key_listed(rows, gid, change.epoch, me) if change.commit is None else _names(change.commit, me)
            promised[change.epoch] = bool(listed)
        if change.retract is not None:
            orders += run.keep()
            orders += retraction.store(rows, change.retract, have.get(change.retract.epoch))
        elif isinstance(change.entry, MessageEntry | StubEntry):
            if shares or promised[change.epoch]:
                orders += _store_message(rows, run, me, gid, change, change.entry, have.get(change.epoch), now)
            else:
                orders += run.keep()
                orders += _store_closed(rows, gid, change, change.entry, now)
        else:
            orders += run.keep()
            if change.unopened == change.epoch:  # what they had acknowledged before, they have lost since
                rows.execute("DELETE FROM group_acks WHERE gid = ? AND uid = ?", (gid, change.by))
            orders += store_system(rows, me, gid, change, have, now)
        if cleared is not None and cleared.has(change.n):  # it was here before a restore
            orders += run.keep()
            for row in message_rows.at_place(rows, gid, change.n):
                amendments.forget_whole(rows, row.ord)
    orders += run.keep()
    rows.execute("UPDATE groups SET n = ?, hash = ?, since = ? WHERE gid = ?", (group.n, group.hash, since, gid))
    return orders


def _names(commit: Commit, uid: bytes) -> bool:
    """Whether the epoch's key is this member's, too."""
    return any(member.uid == uid for member in commit.members)


def _store_message(
    rows: Rows,
    run: Run,
    me: bytes,
    gid: bytes,
    change: Change,
    entry: MessageEntry | StubEntry,
    key: EpochKey | None,
    now: int,
) -> list[int]:
    header, chat = decode_header(entry.header), ChatId.group(gid)
    content, why = _content(entry, key, now)
    _hear(rows, gid, change.epoch, header.uid, content.about)
    place = _place(change, header)
    own = message_rows.named(rows, chat, me, header.id) if header.uid == me else None
    if own is not None and own.n is None:
        orders = run.keep()
        moved = message_rows.place(rows, own, state=STORED, **place)
        outbox_rows.drop(rows, own.ord)
        amendments.forget_sent(rows, own)
        return [*orders, *amendments.settle(rows, own.ord), *moved]
    row = MessageRow(
        chat=chat, id=header.id, sender=header.uid, recipient=gid, time=content.time, kind=content.kind,
        body=content.body, state=STORED if header.uid == me else RECEIVED, why=why,
        came=None if header.uid == me else now, **place,
        **blocked_rows.about(content.kind, content.body, header.uid, run.has_blocked(header.uid)),
    )  # fmt: skip
    if content.kind not in kinds.MARKS:
        run.add(row)
        return []
    orders = run.keep()
    row = msgspec.structs.replace(row, id=ids.in_group(rows, chat, header.uid, header.id, change.n))
    return [*orders, *_settle(rows, header.uid, message_rows.insert(rows, row))]


def _place(change: Change, header: Header) -> dict[str, Any]:
    """The columns that say where in the chain a message stands."""
    return {
        "key": header.commit_hash, "sequence": header.sequence, "previous": header.previous,
        "hash": change.said, "n": change.n, "epoch": change.epoch,
    }  # fmt: skip


def _settle(rows: Rows, sender: bytes, order: int) -> list[int]:
    """What a message means for others: of a blocked person's nothing is shown, so nobody is told."""
    changed = amendments.settle(rows, order)
    return [] if blocked_rows.has(rows, sender) else changed


def _store_closed(rows: Rows, gid: bytes, change: Change, entry: MessageEntry | StubEntry, now: int) -> list[int]:
    """What was written while one was not in, and isn't shared: one line in the place of the first of it says so."""
    if message_rows.says_why(rows, ChatId.group(gid), BEFORE_YOU):
        return []
    header = decode_header(entry.header)
    row = MessageRow(
        chat=ChatId.group(gid), id=ids.by_place(header.id, change.n), sender=header.uid, recipient=gid, time=now,
        kind=UNREADABLE, state=SYSTEM, why=BEFORE_YOU, **_place(change, header),
    )  # fmt: skip
    return [message_rows.insert(rows, row)]


def _content(entry: MessageEntry | StubEntry, key: EpochKey | None, now: int) -> tuple[Content, str | None]:
    """What a checked message says, and why that can't be read."""
    why = NO_KEY
    try:
        if isinstance(entry, StubEntry):
            why = amendments.WORDS_GONE
        elif key is not None:
            return open_message(entry, key), None
    except Forged as reason:
        why = reason.code
    return Content(UNREADABLE, now, b"", None), why


def _hear(rows: Rows, gid: bytes, epoch: int, uid: bytes, about: About | None) -> None:
    """What a message has said of its sender's profile, with the key that the epoch's commit names for them."""
    listed = key_listed(rows, gid, epoch, uid) if about is not None else None
    if listed is not None:
        profile_rows.hear(rows, uid, listed, ChatId.group(gid), about)


# --- keys that come later ---


def save_key(rows: Rows, gid: bytes, epoch: int, key: EpochKey) -> list[int]:
    """Keep a key that has been held against its commit; messages that waited for it open: the orders of what looks
    different now, and of what turns out to be no line.
    """
    rows.execute("INSERT OR IGNORE INTO group_keys (gid, epoch, key) VALUES (?, ?, ?)", (gid, epoch, key.save()))
    orders: list[int] = []
    for row in message_rows.closed(rows, gid, epoch, NO_KEY):
        raw = value(rows, "SELECT entry FROM group_entries WHERE gid = ? AND n = ? AND kind = 'message'", gid, row.n)
        if raw is None:
            continue
        entry = decode_entry(raw)
        assert isinstance(entry, MessageEntry)
        content, why = _content(entry, key, 0)
        _hear(rows, gid, epoch, row.sender, content.about)
        blocked = blocked_rows.has(rows, row.sender)
        about = blocked_rows.about(content.kind, content.body, row.sender, blocked)
        time = content.time or row.time
        about |= {"lifetime": message_rows.lifetime(content.kind, content.body)}
        message_rows.change(rows, row.ord, kind=content.kind, time=time, body=content.body, why=why, **about)
        index.renew(rows, row.ord)
        changed = _settle(rows, row.sender, row.ord)
        orders += [] if blocked else [row.ord, *changed]
    reasons = tell_reason(rows, gid, epoch, key) + retraction.tell_reasons(rows, gid, epoch, key)
    return list(dict.fromkeys(orders)) + reasons


def follow_back(rows: Rows, gid: bytes, epoch: int, now: int) -> list[int]:
    """With the key of this epoch: open what it carries of older ones, as far back as it goes, and hold what is carried
    against the keys that are here. The orders of messages that open by it, and of lines that name who carried a wrong
    one.
    """
    have = keys(rows, gid)
    orders: list[int] = []
    if epoch + 1 in have:
        orders += _carried(rows, gid, have, epoch + 1, now)[1]
    while epoch > 1:
        known = epoch - 1 in have
        key, lines = _carried(rows, gid, have, epoch, now)
        orders += lines
        if key is None or known:
            break  # what came before stays closed to those who come by this way; or it has been followed already
        epoch -= 1
        have[epoch] = key
        orders += save_key(rows, gid, epoch, key)
    return orders


def _carried(
    rows: Rows, gid: bytes, have: dict[int, EpochKey], epoch: int, now: int
) -> tuple[EpochKey | None, list[int]]:
    """The key before that this epoch's commit carries, None if it carries none or a wrong one; a new line says so."""
    entry, before = commit_of(rows, gid, epoch), commit_of(rows, gid, epoch - 1)
    if entry is None or before is None:
        return None, []
    commit = decode_strict(entry.signed.body, Commit)
    if not commit.wrapped:
        return None, []
    try:
        return unwrap_history(have[epoch], commit, decode_strict(before.signed.body, Commit)), []
    except HamrazError:
        return None, store_late(rows, commit.gid, epoch, WRONG_HISTORY, "", now)
