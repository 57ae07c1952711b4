"""What the authority knows of groups, in memory: each one replayed, as far as the open batch has got."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import partial

from authority_server import group_store
from authority_server.signed_sizes import Floor
from authority_server.store import Rows
from protocol.errors import Damaged, HamrazError, Refused, error
from protocol.group_entries import (
    CommitEntry,
    Entry,
    JoinEntry,
    LeaveEntry,
    MessageEntry,
    RetractEntry,
    StubEntry,
    commit_hash,
    decode_entry,
    decode_header,
    encode_entry,
    message_hash,
    stub_of,
)
from protocol.groups import Change, Group
from protocol.log import Log
from protocol.statements import Signed
from protocol.undo import Undo


@dataclass(slots=True)
class KeptGroup:
    """A group, its port, and the commit in force as it was signed."""

    group: Group
    port: int
    commit: Signed | None = None


@dataclass(slots=True)
class Fresh:
    """What the open batch has done to one group."""

    entries: list[tuple[int, bytes]] = field(default_factory=list)  # (place, entry)
    ids: dict[tuple[bytes, bytes], tuple[int, bytes]] = field(default_factory=dict)  # (uid, id): (place, entry)
    removed: set[bytes] = field(default_factory=set)  # whom it has taken out
    moved: bool = False  # there was something besides messages


@dataclass(slots=True)
class GroupState:
    """Changed by jobs only, together with their rows; whoever reads outside a job asks what is published."""

    groups: dict[bytes, KeptGroup] = field(default_factory=dict)
    fresh: dict[bytes, Fresh] = field(default_factory=dict)
    undo: Undo = field(default_factory=Undo)  # of the open batch
    halted: bool = False  # recovering (section 6.5): nothing is appended
    floor: Floor = field(default_factory=Floor)  # nor below what was signed before

    @classmethod
    def load(cls, rows: Rows, log: Log, path: str) -> GroupState:
        """Read and replay everything but checked messages; `database_damaged` if it does not hold."""
        state = cls()
        try:
            for gid, port in group_store.groups(rows):
                state.groups[gid] = _load(rows, gid, port, log)
        except HamrazError as reason:
            raise Damaged("database_damaged", path=path) from reason
        return state

    def posted(self, rows: Rows, gid: bytes, uid: bytes, id: bytes) -> tuple[int, bytes] | None:
        """(n, entry) of what this user posted under this id before, be it in the open batch."""
        fresh = self.fresh.get(gid)
        return (fresh and fresh.ids.get((uid, id))) or group_store.posted(rows, gid, uid, id)

    def append(self, rows: Rows, kept: KeptGroup, raw: bytes, log: Log) -> Change:
        """Check the next entry of a chain, apply it and write it. Raises by name with nothing changed."""
        group = kept.group
        if self.halted or group.n < self.floor.chains.get(group.gid, 0):
            raise error("recovering")
        group.hash_at = lambda n: group_store.hash_at(rows, group.gid, n)
        back = group.standing()
        change = group.append(raw, log)
        self.undo.add(lambda: back(change))
        self._write(rows, kept, raw, change)
        return change

    def begin(self, kept: KeptGroup) -> None:
        """A group that is here from now on."""
        self.undo.put(self.groups, kept.group.gid, kept)

    def give_back(self, rows: Rows, kept: KeptGroup, replayed: Group, entries: list[tuple[bytes, Change]]) -> None:
        """Write entries that our own signature proves to have been here, and that were replayed already."""
        for raw, change in entries:
            self._write(rows, kept, raw, change)
        before = kept.group.copy()
        self.undo.add(lambda: kept.group.become(before))
        kept.group.become(replayed)

    def _write(self, rows: Rows, kept: KeptGroup, raw: bytes, change: Change) -> None:
        entry, gid = change.entry, kept.group.gid
        id = change.header.id if change.header is not None else id_of(entry, raw)
        group_store.add_entry(rows, gid, change.n, _kind(entry), change.by, id, raw, change.hash)
        fresh = self.fresh.get(gid)
        if fresh is None:
            fresh = Fresh()
            self.undo.put(self.fresh, gid, fresh)
        self.undo.add(fresh.entries.pop)
        fresh.entries.append((change.n, raw))
        self.undo.put(fresh.ids, (change.by, id), (change.n, raw))
        if change.retract is not None:
            self._cut(rows, gid, change.retract.n)
        if isinstance(entry, CommitEntry):
            self.undo.add(partial(setattr, kept, "commit", kept.commit))
            kept.commit = entry.signed
        if change.header is None:
            self.undo.add(partial(setattr, fresh, "moved", fresh.moved))
            self.undo.add(partial(setattr, fresh, "removed", fresh.removed))
            fresh.moved = True
            fresh.removed = fresh.removed.union(change.removed, change.left)

    def require_words(self, rows: Rows, gid: bytes, n: int) -> None:
        """`no_such_message` for a place that isn't a message's, `message_fixed` for one whose words are gone."""
        _raw, entry = self._at(rows, gid, n)
        if not isinstance(entry, MessageEntry | StubEntry):
            raise Refused("no_such_message")
        if isinstance(entry, StubEntry):
            raise Refused("message_fixed")

    def _cut(self, rows: Rows, gid: bytes, n: int) -> None:
        """The words of this message are taken away: a stub stays. Nothing, for what is no message."""
        raw, entry = self._at(rows, gid, n)
        if isinstance(entry, MessageEntry):
            group_store.put_stub(rows, gid, n, encode_entry(stub_of(entry, raw)))

    def _at(self, rows: Rows, gid: bytes, n: int) -> tuple[bytes, Entry | None]:
        """A message with its bytes; None for what is none."""
        raw = group_store.message_at(rows, gid, n)
        if raw is None:  # of the open batch, if it is one
            fresh = self.fresh.get(gid, Fresh()).entries
            raw = next((raw for place, raw in reversed(fresh) if place == n), b"")
        return raw, decode_entry(raw) if raw else None

    def take_fresh(self) -> dict[bytes, Fresh]:
        """What the batch has done, once it is durable."""
        fresh, self.fresh = self.fresh, {}
        return fresh


def id_of(entry: Entry, raw: bytes) -> bytes:
    """By which what is resent is known. Only messages bring an id of their own, of 16 bytes; this has
    32, so that no member can use it up before.
    """
    return commit_hash(entry.signed) if isinstance(entry, CommitEntry) else hashlib.sha256(raw).digest()


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
        assert isinstance(entry, MessageEntry | StubEntry)
        group.resume(uid, decode_header(entry.header).sequence, message_hash(entry))
    group.resume_at(*group_store.end_of(rows, gid))
    return kept


def _kind(entry: Entry) -> str:
    match entry:
        case CommitEntry():
            return "commit"
        case MessageEntry() | StubEntry():
            return "message"
        case JoinEntry():
            return "join"
        case LeaveEntry():
            return "leave"
        case RetractEntry():
            return "retract"
    return "unopened"
