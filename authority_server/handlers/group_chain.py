"""What members do on a group's port (section 9): enter, post, reload, acknowledge. Knows no socket."""

from __future__ import annotations

from authority_server.core.authority import Authority, Write
from authority_server.core.client import Client
from authority_server.core.jobs import Steps
from authority_server.handlers import groups
from authority_server.state import published
from authority_server.state.groups import author_of
from authority_server.state.lasting import ROW_BYTES
from authority_server.state.state import State
from authority_server.store import groups as group_store
from authority_server.store.database import Rows
from protocol.errors import Forged, HamrazError, Refused, error
from protocol.group_entries import (
    RANKED,
    ChainHead,
    CommitEntry,
    KeyAck,
    Retract,
    RetractEntry,
    StubEntry,
    read_entry,
)
from protocol.groups import Group
from protocol.log import Log
from protocol.messages import (
    Acked,
    Acknowledge,
    Acks,
    Done,
    Enter,
    Entered,
    FetchAcks,
    Post,
    Posted,
    Reload,
    Reloaded,
    encode,
)
from protocol.primitives import SigningKey
from protocol.roles import may_command_groups
from protocol.statements import PROOF_GROUP, Signed, check, decode_strict, issue

ENTRY_LIMIT = 256 * 1024  # bytes of one entry
RELOAD_BYTES = 256 * 1024  # of entries in one answer

_NOBODY = SigningKey.generate().public


def enter(authority: Authority, client: Client, message: Enter) -> Entered:
    """Who is calling: a member of this group, proven on this connection, which is one person's, for as many groups as
    they are in; or one who was, and may see what said that they aren't any more. To everybody else: `not_member`.
    """
    user = authority.user(message.uid)
    key = (user.key if user else None) or _NOBODY  # the same work for whoever isn't known
    try:
        client.check_proof(message.proof, PROOF_GROUP, message.gid, message.uid, key, authority.id)
        if client.uid not in (None, message.uid):
            raise Refused("not_member")
    except HamrazError:
        authority.limits.failed(client.remote, message.uid, authority.clock())
        raise Refused("not_member") from None
    chain = _for_who_was_in(authority, message.gid, message.uid)
    if chain is None:
        published.listed(authority.published_groups, message.gid, message.uid)
        chain = authority.chain_now(message.gid)
    if client.uid is None:
        client.uid = message.uid
        authority.strangers -= 1
    authority.group_connections.enter(message.gid, message.uid, client)
    return Entered(message.rid, chain)


def _for_who_was_in(authority: Authority, gid: bytes, uid: bytes) -> Signed | None:
    """The signed chain head up to which the chain is theirs, for somebody who had come in and is out; else None."""
    group = authority.published_groups.get(gid)
    end = group.ended.get(uid) if group is not None else None
    if end is None or not end.joined:
        return None
    index, _hash = authority.state.log.groups[gid][end.epoch - 1]
    with authority.store.reading() as rows:
        hash = group_store.hash_at(rows, gid, end.n)
    if hash is None:
        raise error("recovering")
    # as it was beside the log when that was what stood there
    return issue(ChainHead(gid, end.n, hash, end.epoch, index + 1), authority.key, authority.id)


def post(authority: Authority, client: Client, message: Post) -> Write[int]:
    """Append an entry of one's own: anything but a commit. The same message again gets the first answer again."""
    if len(message.entry) > ENTRY_LIMIT:
        raise Refused("message_too_long", limit=ENTRY_LIMIT)
    read, uid = read_entry(message.entry), client.known
    entry, header = read.entry, read.header
    if isinstance(entry, CommitEntry | StubEntry):
        raise Forged("bad_statement")
    if header is not None and header.uid != uid:
        raise Refused("not_member")
    authority.require_room()
    chains, size, now = authority.limits.chains, len(message.entry) + ROW_BYTES, authority.clock()
    chains.take(uid.hex(), now, size)

    def job(state: State, rows: Rows) -> int:
        kept = groups.listed(state, message.gid, uid)
        before = state.groups.posted(rows, kept.group, uid, read)
        if before is not None:
            if before[1] != message.entry and not kept.group.is_in(uid):
                raise Refused("not_member")
            return before[0]
        if header is None and author_of(entry) != uid:
            raise Refused("not_member")
        if header is not None or isinstance(entry, RetractEntry):
            _check_rank(kept.group, state.log, uid, isinstance(entry, RetractEntry))
        if isinstance(entry, RetractEntry):
            said = decode_strict(entry.signed.body, Retract)
            if said.gid == message.gid and 1 <= said.n <= kept.group.n:  # else the chain has its own refusal
                state.groups.require_words(rows, message.gid, said.n)
        change = state.groups.append(rows, kept, read, state.log)
        if change.unopened == kept.group.epoch:
            group_store.drop_ack(rows, message.gid, uid)  # they had it, and have lost it
        return change.n

    def answer(n: int) -> Posted:
        return Posted(message.rid, n, authority.published_groups[message.gid].chain)

    weight = 1 + len(message.entry) // 4096  # of those units, what is done in the transaction
    return Write(job, answer, lambda: chains.spend(uid.hex(), authority.clock(), -size), weight)


def _check_rank(group: Group, log: Log, uid: bytes, retracts: bool) -> None:
    """Who has lost the rank since the commit in force writes no more where rank is needed, and takes nothing away; the
    chain's own rule, which every reader follows, holds them back from the next commit on.
    """
    restricted = group.commit is not None and group.commit.policy == RANKED
    if (restricted or retracts) and not may_command_groups(log.users[uid].role):
        raise Refused("role_not_allowed" if retracts else "ranked_only")


def reload(authority: Authority, client: Client, message: Reload) -> Reloaded:
    """The chain after a place, as much as fits; for those who have joined, and as far as it is theirs for who had."""
    gid, uid = message.gid, client.known
    chain = _for_who_was_in(authority, gid, uid)
    if chain is not None:
        last = authority.published_groups[gid].ended[uid].n
    else:
        last, chain = published.joined(authority.published_groups, gid, uid).n, authority.chain_now(gid)
    with authority.store.reading() as rows:
        found = group_store.entries(rows, gid, message.after, last, RELOAD_BYTES)
    return Reloaded(message.rid, message.after + 1, found, chain)


def acknowledge(authority: Authority, client: Client, message: Acknowledge) -> Write[None]:
    """Keep a member's word that the newest key has arrived, and pass it on."""
    uid = client.known

    def job(state: State, rows: Rows) -> None:
        group = groups.listed(state, message.gid, uid).group
        ack = check(message.ack, KeyAck, group.key_of(group.members[uid], state.log), authority.id)
        if (ack.gid, ack.uid) != (message.gid, uid):
            raise Forged("wrong_recipient")
        if (ack.epoch, ack.commit_hash) != (group.epoch, group.commit_hash):
            raise Refused("stale")
        group_store.save_ack(rows, message.gid, uid, message.ack)
        state.tell(message.gid, None, Acked(message.gid, message.ack))

    def answer(_: None) -> Done:
        joined = authority.published_groups[message.gid].joined
        authority.group_connections.push_to(message.gid, joined, encode(Acked(message.gid, message.ack)))
        return Done(message.rid)

    return Write(job, answer, weight=2)  # a signature and a row: after a commit, all members say so at once


def fetch_acks(authority: Authority, client: Client, message: FetchAcks) -> Steps:
    """What the members who are still in have acknowledged, each the newest."""
    now = published.joined(authority.published_groups, message.gid, client.known)
    found: list[Signed] = []
    for part in group_store.by_member(authority.store, group_store.ACKS, message.gid):
        found += [Signed(row.body, row.sig) for row in part if row.uid in now.listed]
        yield None
    yield Acks(message.rid, found)
