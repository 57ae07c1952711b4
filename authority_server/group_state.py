"""What the authority knows of groups, in memory: each one replayed, as far as the open batch has got."""

from __future__ import annotations

from dataclasses import dataclass, field

from authority_server import group_store
from authority_server.store import Rows
from protocol.errors import Damaged, HamrazError
from protocol.group_entries import (
    CommitEntry,
    JoinEntry,
    MessageEntry,
    commit_hash,
    decode_entry,
    decode_header,
    message_hash,
)
from protocol.groups import Change, Group
from protocol.log import Log
from protocol.statements import Signed


@dataclass(slots=True)
class KeptGroup:
    """A group, its port, the commit in force with what it was posted as, and who has acknowledged its key."""

    group: Group
    port: int
    commit: Signed | None = None
    acks: dict[bytes, Signed] = field(default_factory=dict)


@dataclass(slots=True)
class GroupState:
    """Changed by jobs only, together with their rows. `fresh` is what the open batch has appended, by group."""

    groups: dict[bytes, KeptGroup] = field(default_factory=dict)
    prekeys: dict[bytes, Signed] = field(default_factory=dict)
    fresh: dict[bytes, list[tuple[int, bytes]]] = field(default_factory=dict)
    removed: dict[bytes, set[bytes]] = field(default_factory=dict)  # whom the open batch has taken out

    @classmethod
    def load(cls, rows: Rows, log: Log, path: str) -> GroupState:
        """Read and replay everything but checked messages; `database_damaged` if it does not hold."""
        state = cls(prekeys=dict(group_store.prekeys(rows)))
        try:
            for gid, port in group_store.groups(rows):
                state.groups[gid] = _load(rows, gid, port, log)
        except HamrazError as reason:
            raise Damaged("database_damaged", path=path) from reason
        for gid, uid, ack in group_store.acks(rows):
            state.groups[gid].acks[uid] = ack
        return state

    def append(self, rows: Rows, kept: KeptGroup, raw: bytes, log: Log) -> Change:
        """Check the next entry of a chain, apply it and write it. Raises by name with nothing changed."""
        kept.group.hash_at = lambda n: group_store.hash_at(rows, kept.group.gid, n)
        change = kept.group.append(raw, log)
        entry, gid = change.entry, kept.group.gid
        message_id = change.header.id if change.header is not None else None
        group_store.add_entry(rows, gid, change.n, _kind(entry), change.by, message_id, raw, change.hash)
        self.fresh.setdefault(gid, []).append((change.n, raw))
        if isinstance(entry, CommitEntry):
            kept.commit = entry.signed
            self.removed.setdefault(gid, set()).update(change.removed)
        elif change.left:
            self.removed.setdefault(gid, set()).update(change.left)
        return change

    def take_fresh(self) -> tuple[dict[bytes, list[tuple[int, bytes]]], dict[bytes, set[bytes]]]:
        """What the batch has appended and whom it has taken out, once it is durable."""
        fresh, removed, self.fresh, self.removed = self.fresh, self.removed, {}, {}
        return fresh, removed


def _load(rows: Rows, gid: bytes, port: int, log: Log) -> KeptGroup:
    kept = KeptGroup(Group(gid), port)
    group, last_commit = kept.group, 0
    for n, raw in group_store.told(rows, gid):
        group.n = n - 1
        change = group.append(raw, log)
        if isinstance(change.entry, CommitEntry):
            kept.commit, last_commit = change.entry.signed, n
    if kept.commit is None or commit_hash(kept.commit) != group.commit_hash:
        raise Damaged("database_damaged", path="")
    for uid, raw in group_store.newest_of_each(rows, gid, last_commit):
        entry = decode_entry(raw)
        assert isinstance(entry, MessageEntry)
        group.resume(uid, decode_header(entry.header).sequence, message_hash(entry))
    group.n, group.hash = group_store.end_of(rows, gid)
    group.recent[group.n] = group.hash
    return kept


def _kind(entry: object) -> str:
    match entry:
        case CommitEntry():
            return "commit"
        case MessageEntry():
            return "message"
        case JoinEntry():
            return "join"
    return "leave"
