"""A group's replay (section 9): the authority and every member run this same code over the same chain and get the
same group.

A message is valid only under the commit in force at its place; a role counts as it was at the commit's entry in
the log.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import Final

from protocol import group_mending
from protocol.errors import Forged, Refused
from protocol.group_entries import (
    ALL,
    NONE,
    RANKED,
    Commit,
    CommitEntry,
    Entry,
    Header,
    Join,
    JoinEntry,
    Leave,
    LeaveEntry,
    Listed,
    MessageEntry,
    Read,
    Retract,
    RetractEntry,
    StubEntry,
    Unopened,
    UnopenedEntry,
    commit_hash,
    link_hash,
    message_hash,
    read_entry,
    verify_message,
)
from protocol.group_member import Ended, Member
from protocol.log import Log, User
from protocol.primitives import VerifyKey
from protocol.roles import may_command_groups
from protocol.statements import Signed, check, check_head, decode_strict

_CHANGING = ("n", "hash", "epoch", "commit_hash", "commit", "creator", "members", "ranked", "ended", "stale")
_all_that_changes = attrgetter(*_CHANGING)
RECENT: Final = 1024  # hashes of the chain held at hand: who writes has mostly seen one of the newest


@dataclass(slots=True)
class Change:
    """What one entry did: who was added and removed, who joined, left, wrote or has no key. `append` fills in where."""

    entry: Entry
    by: bytes
    added: tuple[bytes, ...] = ()
    removed: tuple[bytes, ...] = ()
    left: tuple[bytes, ...] = ()  # of the removed, those who had left by themselves
    declined: bool = False  # the one who left had never joined
    unopened: int = 0  # the epoch of which they have no key
    whose: bytes = b""  # the commander of that epoch, where it is the one in force
    policy: bool = False  # who may write is another question from here on
    retract: Retract | None = None  # whose words are gone from here on
    header: Header | None = None
    commit: Commit | None = None
    n: int = 0  # its place in the chain
    hash: bytes = NONE  # of the chain up to and with it
    epoch: int = 0  # in force after it
    before: Member | None = None  # what the member who wrote, joined or left was before it
    said: bytes = b""  # of a message, its hash: what its sender's next one names


@dataclass(slots=True)
class Group:
    """The replayed group. Only `append` changes it: checks an entry whole and applies it, or raises and is as
    before.
    """

    gid: bytes
    n: int = 0
    hash: bytes = NONE
    epoch: int = 0
    commit_hash: bytes = NONE
    commit: Commit | None = None
    creator: bytes = b""
    members: dict[bytes, Member] = field(default_factory=dict)
    ranked: frozenset[bytes] = frozenset()  # members whose role commanded groups at the index of the commit in force
    ended: dict[bytes, Ended] = field(default_factory=dict)  # by uid; never changed, but replaced
    stale: bool = False  # a member has left: nobody writes before a commit has taken them out
    hash_at: Callable[[int], bytes | None] = lambda n: None  # the chain's hash at places older than RECENT
    recent: dict[int, bytes] = field(default_factory=lambda: {0: NONE})
    room: int = RECENT  # how many hashes `recent` may hold

    def append(self, raw: bytes | Read, log: Log, verify: bool = True) -> Change:
        """The next entry. Raises Forged or Refused by name. With `verify` false a message's signature is left to the
        caller, who verifies the newest of each sender (`check_batch`).
        """
        read = raw if isinstance(raw, Read) else read_entry(raw)
        entry = read.entry
        change = self._apply(read, log, verify)
        self.n += 1
        digest = entry.entry_hash if isinstance(entry, StubEntry) else hashlib.sha256(read.raw).digest()
        self.hash = self.recent[self.n] = link_hash(self.hash, self.n, digest)
        if len(self.recent) > self.room:
            del self.recent[next(iter(self.recent))]
        change.n, change.hash, change.epoch = self.n, self.hash, self.epoch
        return change

    def copy(self, more: int = 0) -> Group:
        """A group to try `more` entries on: their hashes stay at hand, because none of them is kept anywhere yet."""
        return replace(self, members=dict(self.members), recent=dict(self.recent), room=self.room + more)

    def become(self, other: Group) -> None:
        """Take over the state of a copy that has gone on."""
        for name in (*_CHANGING, "recent"):
            setattr(self, name, getattr(other, name))
        while len(self.recent) > self.room:
            del self.recent[next(iter(self.recent))]

    def standing(self) -> Callable[[Change], None]:
        """How to take back the next entry's change, if it is to be the last one again."""
        before = _all_that_changes(self)

        def back(change: Change) -> None:
            self.recent.pop(self.n, None)  # an older one that it pushed out is asked for by `hash_at`
            for name, value in zip(_CHANGING, before, strict=True):
                setattr(self, name, value)
            if change.before is not None:
                self.members[change.before.uid] = change.before

        return back

    def resume(self, uid: bytes, sequence: int, last: bytes) -> None:
        """A member's newest message of this epoch, for a replay that leaves out checked messages."""
        member = self.members.get(uid)
        if member is not None:
            self.members[uid] = replace(member, sequence=sequence, last=last)

    def resume_at(self, n: int, hash: bytes) -> None:
        """The chain's end, after such a replay: what it took for hashes of earlier places are none."""
        self.n, self.hash, self.recent = n, hash, {n: hash}

    # --- questions ---

    def is_in(self, uid: bytes) -> bool:
        """True for members who have joined and not left."""
        member = self.members.get(uid)
        return member is not None and member.joined and not member.leaving

    def end_of(self, uid: bytes) -> Ended | None:
        """How far the chain goes for somebody who was in it and isn't any more; None for everybody else."""
        member = self.members.get(uid)
        if member is None or not (member.joined or member.leaving):
            return self.ended.get(uid)
        return Ended(member.gone, self.epoch, member.joined) if member.leaving else None

    def is_next(self, header: Header) -> bool:
        """Whether this would follow its sender's newest message of the epoch in force: it has never stood here."""
        member = self.members.get(header.uid)
        return member is not None and (header.epoch, header.sequence) == (self.epoch, member.sequence + 1)

    def may_write(self, uid: bytes) -> bool:
        """Whether the policy of the commit in force lets this member write."""
        return self.commit is None or self.commit.policy != RANKED or uid in self.ranked

    def changed_keys(self, log: Log) -> dict[bytes, VerifyKey | None]:
        """Members whose key the log has replaced since the commit in force: their present keys, None if revoked."""
        return group_mending.changed_keys(self, log, log.size)

    def mended(self, log: Log) -> list[Listed] | None:
        """The members after exactly the proven removals and key replacements; None if there are none to make."""
        return group_mending.mended(self, log, log.size)

    # --- entries ---

    def _apply(self, read: Read, log: Log, verify: bool) -> Change:
        match entry := read.entry:
            case MessageEntry() | StubEntry():
                assert read.header is not None
                return self._message(entry, read.header, log, verify)
            case CommitEntry():
                return self._commit(entry, log)
            case JoinEntry():
                return self._join(entry, log)
            case LeaveEntry():
                return self._leave(entry, log)
            case UnopenedEntry():
                return self._unopened(entry, log)
            case RetractEntry():
                return self._retract(entry, log)

    def check_commit(self, signed: Signed, log: Log, size: int) -> tuple[Commit, Change]:
        """Would this commit be valid, as an entry of a log that has `size` entries? Raises what keeps it from that."""
        commit = decode_strict(signed.body, Commit)
        commander = log.users.get(commit.by)
        key = commander.key_at(size) if commander else None
        if commander is None or key is None:
            raise Forged("bad_signature")
        check(signed, Commit, key, log.authority_id)
        if commit.gid != self.gid:
            raise Forged("wrong_recipient")
        if commit.epoch != self.epoch + 1 or commit.previous != self.commit_hash:
            raise Refused("stale")
        new = {listed.uid: listed for listed in commit.members}
        if list(new) != sorted(new) or len(new) != len(commit.members) or commit.by not in new:
            raise Forged("bad_commit", field="members")
        for listed in commit.members:
            user = log.users.get(listed.uid)
            now = user.key_at(size) if user else None
            if now is None or now.fingerprint() != listed.key_hash:
                raise Refused("stale")  # somebody's key has changed, or gone, since the commander looked
        if self.commit is not None and commit.history != self.commit.history:
            raise Forged("bad_commit", field="history")
        group_mending.check_wrapped(commit)
        # one who has left and stands in the new commit all the same is added again
        added = tuple(uid for uid in new if uid not in self.members or self.members[uid].leaving)
        removed = tuple(uid for uid in self.members if uid not in new)
        left = tuple(uid for uid in removed if self.members[uid].leaving)
        self._check_commander(commander, commit, log, size)
        policy = self.commit is not None and commit.policy != self.commit.policy
        return commit, Change(CommitEntry(signed), commit.by, added, removed, left, policy=policy, commit=commit)

    def _check_commander(self, commander: User, commit: Commit, log: Log, size: int) -> None:
        """A commander of rank changes what they want; any member may make exactly the mending that is needed."""
        if self.epoch > 0 and not self.is_in(commander.uid):
            raise Refused("not_member")
        if may_command_groups(commander.role_at(size)):
            return
        if not group_mending.is_mending(commit, self, log, size):
            raise Refused("role_not_allowed")

    def _commit(self, entry: CommitEntry, log: Log) -> Change:
        hash = commit_hash(entry.signed)
        epochs = log.groups.get(self.gid, [])
        if len(epochs) <= self.epoch or epochs[self.epoch][1] != hash:
            raise Forged("bad_commit")  # not the commit that the log's GROUP entry names
        index = epochs[self.epoch][0]
        commit, change = self.check_commit(entry.signed, log, index)
        members = {}
        for listed in commit.members:
            known, uid, key = self.members.get(listed.uid), listed.uid, listed.key_hash
            if known is None or known.leaving:
                joined = uid == commit.by and self.epoch == 0
                members[uid] = Member(uid, key, joined, commit.epoch, entered=int(joined))
            else:  # who has not come in has no place where they did, nor a key that could be missing
                entered, unopened = known.entered, known.unopened
                members[uid] = Member(uid, key, known.joined, known.since, entered=entered, unopened=unopened)
        if change.added or change.removed:
            out = {uid: self._out(uid, commit.epoch) for uid in change.removed}
            self.ended = self.ended | out
        if self.epoch == 0:
            self.creator = commit.by
        self.members, self.epoch, self.commit_hash, self.commit = members, commit.epoch, hash, commit
        self.ranked = frozenset(uid for uid in members if may_command_groups(log.users[uid].role_at(index)))
        self.stale = False  # nobody who had left is among them
        return change

    def _out(self, uid: bytes, epoch: int) -> Ended:
        """What somebody sees whom the commit that comes next takes out. Who had come in before, and was only asked back
        meanwhile, still sees the end of the time in which they were in.
        """
        before, entered = self.ended.get(uid), self.members[uid].entered > 0
        if entered or before is None or not before.joined:
            return Ended(self.n + 1, epoch, entered)
        return replace(before, last=(self.n + 1, epoch))

    def _message(self, entry: MessageEntry | StubEntry, header: Header, log: Log, verify: bool) -> Change:
        member = self.check_header(header)
        if log.authority_key is None:
            raise Forged("bad_signature")
        check_head(header.head, log.authority_key, log.authority_id)
        if verify:
            verify_message(entry, self.key_of(member, log), log.authority_id)
        said = message_hash(entry)
        # not by `replace`: this is done for every message, and that takes five times as long
        self.members[header.uid] = Member(
            member.uid,
            member.key,
            member.joined,
            member.since,
            False,
            header.sequence,
            said,
            member.entered,
            unopened=member.unopened,
        )
        return Change(entry, header.uid, header=header, before=member, said=said)

    def check_header(self, header: Header) -> Member:
        """Who wrote it, if it may stand here: right group, epoch in force, a member who is in, next in their row."""
        if header.gid != self.gid:
            raise Forged("wrong_recipient")
        member = self.members.get(header.uid)
        if member is None or not self.is_in(header.uid):
            raise Refused("not_member")
        if header.epoch != self.epoch or header.commit_hash != self.commit_hash or self.stale:
            raise Refused("stale")
        if not self.may_write(header.uid):
            raise Refused("ranked_only")
        if header.sequence != member.sequence + 1 or header.previous != member.last:
            raise Forged("chain_broken")
        # what its writer had seen is what everybody sees here, so nothing before it was moved, dropped or put in
        if header.seen_n > self.n or self._hash_at(header.seen_n) != header.seen_hash:
            raise Forged("chain_split")
        return member

    def _hash_at(self, n: int) -> bytes | None:
        # the beginning is the same for all, however much of the chain is at hand
        return NONE if n == 0 else self.recent.get(n) or self.hash_at(n)

    def key_of(self, member: Member, log: Log) -> VerifyKey:
        """The key that the commit in force names for a member, which may be older than the log's newest."""
        for _index, key, _why, _by in log.users[member.uid].keys:
            if key is not None and key.fingerprint() == member.key:
                return key
        raise Forged("bad_signature")

    def _join(self, entry: JoinEntry, log: Log) -> Change:
        join = decode_strict(entry.signed.body, Join)
        member = self._check_own(entry.signed, Join, join.gid, join.epoch, join.uid, log)
        if member.joined or member.leaving:
            raise Refused("stale")
        self.members[join.uid] = replace(member, joined=True, entered=self.n + 1)
        if join.uid in self.ended:
            self.ended = {uid: end for uid, end in self.ended.items() if uid != join.uid}
        return Change(entry, join.uid, before=member)

    def _leave(self, entry: LeaveEntry, log: Log) -> Change:
        leave = decode_strict(entry.signed.body, Leave)
        member = self._check_own(entry.signed, Leave, leave.gid, leave.epoch, leave.uid, log)
        if member.leaving:
            raise Refused("stale")
        self.members[leave.uid] = replace(member, leaving=True, gone=self.n + 1)
        self.stale = True
        return Change(entry, leave.uid, left=(leave.uid,), declined=not member.joined, before=member)

    def _unopened(self, entry: UnopenedEntry, log: Log) -> Change:
        said = decode_strict(entry.signed.body, Unopened)
        member = self._check_own(entry.signed, Unopened, said.gid, self.epoch, said.uid, log)
        if member.leaving:
            raise Refused("stale")
        if not member.joined:
            raise Refused("not_member")
        epochs = log.groups[self.gid]
        first = 1 if self.commit is not None and self.commit.history == ALL else member.since
        if not first <= said.epoch <= self.epoch or epochs[said.epoch - 1][1] != said.commit_hash:
            raise Refused("stale")
        if said.epoch in member.unopened:
            raise Refused("stale")
        self.members[said.uid] = replace(member, unopened=member.unopened | {said.epoch})
        whose = self.commit.by if self.commit is not None and said.epoch == self.epoch else b""
        return Change(entry, said.uid, unopened=said.epoch, whose=whose, before=member)

    def _retract(self, entry: RetractEntry, log: Log) -> Change:
        said = decode_strict(entry.signed.body, Retract)
        member = self.members.get(said.by)
        if said.gid != self.gid:
            raise Forged("wrong_recipient")
        if member is None or not self.is_in(said.by):
            raise Refused("not_member")
        check(entry.signed, Retract, self.key_of(member, log), log.authority_id)
        if said.epoch != self.epoch:
            raise Refused("stale")
        if said.by not in self.ranked:
            raise Refused("role_not_allowed")
        if not 1 <= said.n <= self.n or self._hash_at(said.n) != said.hash:
            raise Forged("chain_split")
        return Change(entry, said.by, retract=said)

    def _check_own(
        self,
        signed: Signed,
        kind: type[Join] | type[Leave] | type[Unopened],
        gid: bytes,
        epoch: int,
        uid: bytes,
        log: Log,
    ) -> Member:
        """The member who signed for themselves, for this group, since they were last added and not in the future."""
        member = self.members.get(uid)
        if gid != self.gid:
            raise Forged("wrong_recipient")
        if member is None:
            raise Refused("not_member")
        check(signed, kind, self.key_of(member, log), log.authority_id)
        if not member.since <= epoch <= self.epoch:
            raise Refused("stale")
        return member
