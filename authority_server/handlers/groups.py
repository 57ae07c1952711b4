"""Making and changing groups (section 9): ports, sealed keys, commits. What it decides stands in protocol/groups.py."""

from __future__ import annotations

from authority_server.core.authority import Authority, Write
from authority_server.core.client import Client
from authority_server.core.group_turns import HOLD_MS
from authority_server.state import published
from authority_server.state.groups import KeptGroup
from authority_server.state.published import PublishedGroup
from authority_server.state.state import State
from authority_server.store import groups as group_store
from authority_server.store.database import Rows
from protocol.errors import Forged, Refused, error
from protocol.group_entries import (
    MAX_MEMBERS,
    Certificate,
    ChainHead,
    Commit,
    CommitEntry,
    commit_hash,
    decode_entry,
    encode_entry,
    read_entry,
)
from protocol.group_member import Ended
from protocol.group_settings import settings_hash
from protocol.groups import Group
from protocol.log_entries import GroupEntry
from protocol.log_entries import encode_entry as encode_log_entry
from protocol.messages import (
    ChatStarted,
    Committed,
    Done,
    FetchGrant,
    FetchGroup,
    Grant,
    GrantKeys,
    GroupIs,
    Hold,
    MakeCommit,
    StartGroup,
)
from protocol.padding import SIZES
from protocol.roles import may_command_groups
from protocol.statements import decode_strict, issue

GRANTS_BYTES = 4 * 1024 * 1024  # of one commit under way: 2,000 members' keys, of about 1.5 KB each
GRANTS_HELD = 4  # connections of one account that hold some: 16 MiB
GROUPS_EACH = 1_000


def start_group(authority: Authority, client: Client, message: StartGroup) -> ChatStarted:
    """Bind the proposed port and keep it for this group; the refusal says why not this one."""
    uid, known = client.known, authority.published_groups
    if not may_command_groups(authority.state.log.users[uid].role):
        raise Refused("role_not_allowed")
    if message.gid in known:
        raise Refused("stale")
    authority.limits.ports.take(uid.hex(), authority.clock())
    if sum(group.creator == uid for group in known.values()) >= GROUPS_EACH:
        raise Refused("slow_down", n=3600)
    authority.ports.start(client, uid, message.gid, message.port, authority.clock())
    return ChatStarted(message.rid, message.gid, message.port)


def grant_keys(authority: Authority, client: Client, message: GrantKeys) -> Done:
    """Hold a part of a commit that is to come, for this connection only."""
    if client.grants_for != (message.gid, message.epoch):
        client.grants_for, client.grants = (message.gid, message.epoch), {}
        _keep_few(authority, client)
    client.grants.update((share.uid, share.sealed) for share in message.grants)
    size = sum(map(len, client.grants.values()))
    if len(client.grants) > MAX_MEMBERS or size > GRANTS_BYTES:
        client.grants = {}
        raise Refused("group_full", limit=MAX_MEMBERS)
    return Done(message.rid)


def _keep_few(authority: Authority, client: Client) -> None:
    """One account has them held on a few connections at most: those that have begun last."""
    holders = [other for other in authority.grants_held.get(client.known, []) if other.grants and not other.closed]
    for oldest in holders[: max(0, len(holders) - GRANTS_HELD + 1)]:
        oldest.grants_for, oldest.grants = None, {}
    authority.grants_held[client.known] = [*(other for other in holders if other.grants), client]


def hold(authority: Authority, client: Client, message: Hold) -> Done:
    """Let a member of rank have a turn at changing the group, or end it."""
    uid, gid = client.known, message.gid
    if not message.on:
        _end_turn(authority, gid, uid)
        return Done(message.rid)
    published.joined(authority.published_groups, gid, uid)
    if not may_command_groups(authority.state.log.users[uid].role):
        raise Refused("role_not_allowed")
    authority.holds.take(gid, client, authority.clock())
    if authority.nodes is not None:
        authority.nodes.turn(gid, uid, HOLD_MS)
    return Done(message.rid)


def _end_turn(authority: Authority, gid: bytes, uid: bytes) -> None:
    authority.holds.give_up(gid, uid)
    if authority.nodes is not None:
        authority.nodes.turn(gid, uid, 0)


def make_commit(authority: Authority, client: Client, message: MakeCommit) -> Write[int]:
    """Check a commit as every member will, and write it with its keys and its log entry in one transaction."""
    uid, signed = client.known, message.commit
    commit = decode_strict(signed.body, Commit)
    gid, hash = commit.gid, commit_hash(signed)
    raw = encode_entry(CommitEntry(signed))
    read = read_entry(raw)  # as every member will, before anything is written
    grants = client.grants if client.grants_for == (gid, commit.epoch) else {}
    client.grants_for, client.grants = None, {}  # another attempt brings its own
    port = authority.ports.promised(uid, gid, authority.clock())
    if commit.by != uid:
        raise Refused("not_member")
    size = len(raw) + sum(map(len, grants.values())) + len(message.settings)
    back = authority.limits.commit(uid, gid, size, authority.clock())

    def job(state: State, rows: Rows) -> int:
        check_whole(state, gid)
        kept = state.groups.groups.get(gid)
        before = state.groups.posted(rows, kept.group, uid, read) if kept is not None else None
        if before is not None:
            return before[0]  # the answer was lost on its way
        if kept is None and port is None:
            raise Refused("group_not_started")
        if kept is not None and uid not in kept.group.members:
            raise Refused("not_member")
        if (wait := authority.holds.of(gid, uid, authority.clock())) > 0:
            raise Refused("group_held", n=-(-wait // 1000))
        new = kept or KeptGroup(Group(gid), port or 0)
        new.group.check_commit(signed, state.log, state.log.size)
        _check_grants(commit, grants)
        _check_settings(commit, message.settings)
        state.append(rows, encode_log_entry(GroupEntry(gid, commit.epoch, hash)))
        if kept is None:
            state.groups.begin(new)
            group_store.add_group(rows, gid, new.port, uid)
        change = state.groups.append(rows, new, read, state.log)
        group_store.add_grants(rows, gid, commit.epoch, grants)
        group_store.save_settings(rows, gid, hash, message.settings)
        return change.n

    def answer(n: int) -> Committed:
        _end_turn(authority, gid, uid)
        now = authority.published_groups[gid]
        return Committed(message.rid, n, now.certificate, now.chain, authority.published.head)

    return Write(job, answer, back, client.units + size // 4096)  # its grants are written with it


def _check_grants(commit: Commit, grants: dict[bytes, bytes]) -> None:
    """Every member gets the key, and nobody else."""
    if grants.keys() != {member.uid for member in commit.members}:
        raise Forged("bad_commit", field="grants")


def _check_settings(commit: Commit, sealed: bytes) -> None:
    """Those that the commit names, of one of the lengths that they have; nobody here can open them."""
    if settings_hash(sealed) != commit.settings_hash or len(sealed) not in (0, *SIZES):
        raise Forged("bad_commit", field="settings")


def listed(state: State, gid: bytes, uid: bytes) -> KeptGroup:
    """The group as the open batch has it, for those who stand in its commit; `not_member`, as for one that isn't."""
    kept = state.groups.groups.get(gid)
    member = kept.group.members.get(uid) if kept else None
    if kept is None or member is None or member.leaving:
        raise Refused("not_member")
    check_whole(state, gid)
    return kept


def check_whole(state: State, gid: bytes) -> None:
    """`recovering` for a group whose chain lacks a commit that the log has: what follows would contradict it."""
    kept = state.groups.groups.get(gid)
    if len(state.log.groups.get(gid, ())) > (kept.group.epoch if kept is not None else 0):
        raise error("recovering")


def fetch_group(authority: Authority, client: Client, message: FetchGroup) -> GroupIs:
    groups, gid, uid = authority.published_groups, message.gid, client.known
    if gid in groups and uid in groups[gid].ended and uid not in groups[gid].listed:
        return _last_commit(authority, message.rid, gid, groups[gid].ended[uid], groups[gid])
    now = published.listed(groups, gid, uid)
    with authority.store.reading() as rows:
        settings = group_store.settings(rows, gid, commit_hash(now.commit))
    return GroupIs(message.rid, now.certificate, now.commit, authority.chain_now(gid), settings)


def _last_commit(authority: Authority, rid: int, gid: bytes, end: Ended, now: PublishedGroup) -> GroupIs:
    """The commit that has taken somebody out, with nothing of what it brought: it says so, whatever we say."""
    n, epoch = end.last or (end.n, end.epoch)
    with authority.store.reading() as rows:
        raws, hash = group_store.entries(rows, gid, n - 1, n, 0), group_store.hash_at(rows, gid, n)
    if not raws or hash is None:
        raise error("recovering")
    entry, log = decode_entry(raws[0]), authority.state.log
    if not isinstance(entry, CommitEntry):
        raise Refused("not_member")  # who has left knows, and no commit says so yet
    index, _hash = log.groups[gid][epoch - 1]
    words = Certificate(gid, epoch, commit_hash(entry.signed), now.port, now.creator, index)
    head = ChainHead(gid, n, hash, epoch, index + 1)
    key, id = authority.key, authority.id
    return GroupIs(rid, issue(words, key, id), entry.signed, issue(head, key, id), b"")


def fetch_grant(authority: Authority, client: Client, message: FetchGrant) -> Grant:
    published.listed(authority.published_groups, message.gid, client.known)
    with authority.store.reading() as rows:
        sealed = group_store.grant(rows, message.gid, message.epoch, client.known)
    if sealed is None:
        raise Refused("no_key")
    return Grant(message.rid, sealed)
