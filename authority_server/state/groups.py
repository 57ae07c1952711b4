"""What the authority knows of groups, in memory: each one replayed, as far as the open batch has got."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from authority_server.state.changes import Change as Changed
from authority_server.state.changes import GroupIs
from authority_server.state.lasting import Lasts, of_chain
from authority_server.store import groups as group_store
from authority_server.store.database import Rows
from authority_server.store.signed_sizes import Floor
from protocol.errors import Damaged, HamrazError, Refused, error
from protocol.group_entries import (
    Commit,
    CommitEntry,
    Entry,
    Join,
    JoinEntry,
    Leave,
    LeaveEntry,
    MessageEntry,
    Read,
    Retract,
    RetractEntry,
    StubEntry,
    Unopened,
    commit_hash,
    decode_entry,
    decode_header,
    encode_entry,
    message_hash,
    read_entry,
    stub_of,
)
from protocol.groups import Change, Group
from protocol.log import Log
from protocol.primitives import ID_SIZE
from protocol.statements import Signed, decode_strict
from protocol.undo import Undo

ASKED = 64  # hashes of older places that are held: one for each of those who write at once


@dataclass(slots=True)
class KeptGroup:
    """A group, its port, and the commit in force as it was signed."""

    group: Group
    port: int
    commit: Signed | None = None
    _asked: dict[int, bytes] = field(default_factory=dict)

    def hash_at(self, rows: Rows, n: int) -> bytes | None:
        """The chain's hash at a place that isn't at hand any more; whoever writes much names the same one again."""
        hash = self._asked.get(n) or group_store.hash_at(rows, self.group.gid, n)
        if hash is not None:
            if len(self._asked) >= ASKED:
                self._asked.clear()
            self._asked[n] = hash
        return hash


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
    doubted: set[bytes] = field(default_factory=set)  # whose ids have to be looked for
    careful: bool = False  # as everybody's have to be: two rows were to be one
    halted: bool = False  # recovering (section 6.5): nothing is appended
    lacking: dict[bytes, int] = field(default_factory=dict)  # gid: entries that there were, where not all of them hold
    floor: Floor = field(default_factory=Floor)  # nor below what was signed before
    note: Callable[[Changed], None] = lambda change: None  # called with what other nodes are to know

    @classmethod
    def load(cls, rows: Rows, log: Log, path: str) -> GroupState:
        """Read and replay everything but checked messages; `database_damaged` if it does not hold."""
        state = cls()
        for gid, port in group_store.groups(rows):
            try:
                kept = state._load_what_holds(rows, gid, port, log)
            except HamrazError as reason:
                raise Damaged("database_damaged", path=path) from reason
            if kept is not None:
                state.groups[gid] = kept
        if any(table == "groups" for table, _gid in rows.damaged):
            for gid in group_store.gids(rows):
                if gid not in state.groups and isinstance(gid, bytes) and len(gid) == ID_SIZE:
                    state.lacking[gid] = group_store.length(rows, gid)
        return state

    def _load_what_holds(self, rows: Rows, gid: bytes, port: int, log: Log) -> KeptGroup | None:
        """A group as far as its chain is what was written; the rest is lacking, and agents have it."""
        try:
            return _load(rows, gid, port, log)
        except HamrazError:
            first = group_store.first_damaged(rows, gid)
            if first is None:
                raise
            rows.report_entry(gid, first)
            self.lacking[gid] = group_store.length(rows, gid)
            return _load(rows, gid, port, log, first - 1) if first > 1 else None

    def posted(self, rows: Rows, group: Group, uid: bytes, read: Read) -> tuple[int, bytes] | None:
        """(n, entry) of what this user posted under this id before, be it in the open batch.

        What comes next in its sender's row has not been here, and nobody looks for it. Who gives it an id that they
        have used breaks the table's rule: then all of the batch is looked for, and theirs from then on.
        """
        gid, id = group.gid, id_of(read)
        fresh = self.fresh.get(gid)
        known = fresh.ids.get((uid, id)) if fresh is not None else None
        new = read.header is not None and group.is_next(read.header)
        if known is None and (not new or self.careful or uid in self.doubted):
            known = group_store.posted(rows, gid, uid, id)
            if known is not None and new:
                self.doubted.add(uid)
        return known

    def append(self, rows: Rows, kept: KeptGroup, read: Read, log: Log) -> Change:
        """Check the next entry of a chain, apply it and write it. Raises by name with nothing changed."""
        group = kept.group
        if self._halted(group):
            raise error("recovering")
        group.hash_at = partial(kept.hash_at, rows)
        back = group.standing()
        change = group.append(read, log)
        self.undo.add(lambda: back(change))
        self._write(rows, kept, read, change)
        return change

    def _halted(self, group: Group) -> bool:
        """Nothing is appended to this chain: recovering, or something that it had is not back yet."""
        return self.halted or group.n < self.floor.chains.get(group.gid, 0)

    def begin(self, kept: KeptGroup) -> None:
        """A group that is here from now on."""
        self.undo.put(self.groups, kept.group.gid, kept)

    def give_back(self, rows: Rows, kept: KeptGroup, replayed: Group, entries: list[tuple[Read, Change]]) -> None:
        """Write entries that our own signature proves to have been here, and that were replayed already."""
        for read, change in entries:
            self._write(rows, kept, read, change)
        before = kept.group.copy()
        self.undo.add(lambda: kept.group.become(before))
        kept.group.become(replayed)

    def _write(self, rows: Rows, kept: KeptGroup, read: Read, change: Change) -> None:
        raw, entry, gid = read.raw, read.entry, kept.group.gid
        id = id_of(read)
        group_store.add_entry(rows, gid, change.n, kind_of(entry), change.by, id, raw, change.hash)
        if change.retract is not None:
            self._cut(rows, gid, change.retract)
        self._take(kept, read, change)
        self.note(GroupIs(gid))

    def follow(self, rows: Rows, gid: bytes, log: Log) -> list[Lasts]:
        """Take in what another node has written of a group, and what of it lasts; raises if it doesn't follow from what
        is known.
        """
        lasts: list[Lasts] = []
        kept = self.groups.get(gid)
        if kept is None:
            kept = KeptGroup(Group(gid), group_store.port_of(rows, gid))
        group = kept.group
        group.hash_at = partial(kept.hash_at, rows)
        for raw, hash in group_store.following(rows, gid, group.n):
            read, given_back = read_entry(raw), self._halted(group)
            change = group.append(read, log, verify=False)
            self._take(kept, read, change)
            if group.hash != hash:
                raise Damaged("database_damaged", path="")
            lasts += () if given_back else of_chain(gid, read, change)
        self.groups[gid] = kept
        return lasts

    def _take(self, kept: KeptGroup, read: Read, change: Change) -> None:
        """What an entry that stands in the chain has done is to be told once the batch is durable."""
        raw, entry, gid = read.raw, read.entry, kept.group.gid
        id = id_of(read)
        fresh = self.fresh.get(gid)
        if fresh is None:
            fresh = Fresh()
            self.undo.put(self.fresh, gid, fresh)
        self.undo.add(fresh.entries.pop)
        fresh.entries.append((change.n, raw))
        self.undo.put(fresh.ids, (change.by, id), (change.n, raw))
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

    def _cut(self, rows: Rows, gid: bytes, said: Retract) -> None:
        """The words of this message are taken away: a stub stays. Nothing, for what is no message; what doesn't hold is
        made one as it comes back.
        """
        try:
            raw, entry = self._at(rows, gid, said.n)
        except Damaged:
            return
        if isinstance(entry, MessageEntry):
            stub, header = encode_entry(stub_of(entry, raw)), decode_header(entry.header)
            group_store.rewrite(rows, gid, said.n, kind_of(entry), header.uid, header.id, stub, said.hash)

    def _at(self, rows: Rows, gid: bytes, n: int) -> tuple[bytes, Entry | None]:
        """A message with its bytes; None for what is none. `entry_damaged`."""
        fresh = self.fresh.get(gid, Fresh()).entries
        new = next((raw for place, raw in reversed(fresh) if place == n), None)  # of the open batch
        try:
            raw = group_store.message_at(rows, gid, n)
        except Damaged:
            if new is None:
                raise
            raw = None
        raw = raw if raw is not None else new or b""
        return raw, decode_entry(raw) if raw else None

    def take_fresh(self) -> dict[bytes, Fresh]:
        """What the batch has done, once it is durable."""
        fresh, self.fresh = self.fresh, {}
        return fresh


def author_of(entry: Entry) -> bytes:
    """Who has signed an entry."""
    match entry:
        case CommitEntry():
            return decode_strict(entry.signed.body, Commit).by
        case MessageEntry() | StubEntry():
            return decode_header(entry.header).uid
        case RetractEntry():
            return decode_strict(entry.signed.body, Retract).by
        case JoinEntry():
            return decode_strict(entry.signed.body, Join).uid
        case LeaveEntry():
            return decode_strict(entry.signed.body, Leave).uid
    return decode_strict(entry.signed.body, Unopened).uid


def id_of(read: Read) -> bytes:
    """By which what is resent is known. Only messages bring an id of their own, of 16 bytes; all others have
    32, so that no member can use it up before.
    """
    if read.header is not None:
        return read.header.id
    return commit_hash(read.entry.signed) if isinstance(read.entry, CommitEntry) else hashlib.sha256(read.raw).digest()


def _load(rows: Rows, gid: bytes, port: int, log: Log, up_to: int | None = None) -> KeptGroup:
    kept = KeptGroup(Group(gid), port)
    group, last_commit = kept.group, 0
    for n, raw in group_store.told(rows, gid, up_to):
        group.n = n - 1
        change = group.append(raw, log)
        if isinstance(change.entry, CommitEntry):
            kept.commit, last_commit = change.entry.signed, n
    if kept.commit is None or commit_hash(kept.commit) != group.commit_hash:
        raise Damaged("database_damaged", path="")
    for uid, raw in group_store.newest_of_each(rows, gid, last_commit, up_to):
        entry = decode_entry(raw)
        assert isinstance(entry, MessageEntry | StubEntry)
        group.resume(uid, decode_header(entry.header).sequence, message_hash(entry))
    group.resume_at(*group_store.end_of(rows, gid, up_to))
    if group_store.count(rows, gid, up_to) != group.n:  # one that no index leads to would be left out in silence
        raise Damaged("database_damaged", path="")
    return kept


def kind_of(entry: Entry) -> str:
    """As the table has it: what stays of a message whose words are gone is one too."""
    return "message" if isinstance(entry, StubEntry) else str(entry.__struct_config__.tag)
