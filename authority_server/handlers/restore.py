"""What agents give back after a restore (section 6.5): replayed on a copy first, kept once a head proves it."""

from __future__ import annotations

import logging

from authority_server.core import chain_repair
from authority_server.core.authority import Authority, Write
from authority_server.core.client import Client
from authority_server.core.recovery import Given, GivenChain, taken
from authority_server.handlers import backups
from authority_server.handlers import keys as key_changes
from authority_server.state.groups import KeptGroup
from authority_server.state.state import State
from authority_server.store import groups as group_store
from authority_server.store.database import Account, Rows
from protocol.errors import Forged, HamrazError, error
from protocol.group_entries import Certificate, ChainHead, StubEntry, encode_entry, read_entry
from protocol.groups import Group
from protocol.log import Log
from protocol.log_entries import (
    KeyEntry,
    RecoveryEntry,
    RegisterEntry,
    decode_entry,
    read_key_change,
    read_recovery_change,
    read_register,
)
from protocol.messages import Done, GiveBack, GiveBackChain, GivenAll, GivenBack
from protocol.statements import Head, check

HELD_BYTES = 64 * 1024 * 1024  # of entries until a head proves them: some days of a busy authority
NEW_HASHES = 1 << 20  # more entries than fit in HELD_BYTES

log = logging.getLogger("hamraz.authority")


# --- the log ---


def give_back(authority: Authority, client: Client, message: GiveBack) -> GivenBack | Write[int]:
    """Take entries that follow what is here or held; the log has them once the head's hash proves all of them."""
    head = check(message.head, Head, authority.key.public, authority.id)
    authority.recovery.shown(message.head)
    published, recovery = authority.published, authority.recovery
    if head.size <= published.size:
        if authority.state.log.hashes[head.size] != head.hash:
            raise Forged("log_split")
        return GivenBack(message.rid, published.size)
    now = authority.clock()
    if taken(recovery.given, client, now):
        raise error("recovering")

    def job(state: State, rows: Rows) -> int:
        if head.size <= state.log.size:
            return state.log.size
        given = recovery.given
        if given is None or given.giver is not client:
            given = recovery.given = Given(client, now, state.log.copy())
        given.since = now
        if message.after != given.log.size:
            return given.log.size
        try:
            _replay(given, message.entries, head)
        except HamrazError:
            recovery.given = None
            raise
        if given.log.size < head.size:
            return given.log.size
        recovery.given = None
        for raw in given.entries:
            _append(state, rows, raw)
        return state.log.size

    def answer(size: int) -> GivenBack:
        client.since = authority.clock()  # it takes as long as it takes, while something comes
        recovery.gives_back()
        if size == head.size:
            log.info("the log has been given back: %(log)d entries now", {"log": size})
        return GivenBack(message.rid, size)

    return Write(job, answer)


def _replay(given: Given, entries: list[bytes], head: Head) -> None:
    given.size += sum(map(len, entries))
    if given.size > HELD_BYTES or given.log.size + len(entries) > head.size:
        raise Forged("wrong_answer")
    for raw in entries:
        given.log.append(raw)
        given.entries.append(raw)
    if given.log.size == head.size and given.log.head.hash != head.hash:
        raise Forged("log_split")


def _append(state: State, rows: Rows, raw: bytes) -> None:
    """One entry of a row that has been replayed and proven, and what an authority keeps beside it."""
    entry = decode_entry(raw)
    state.give_back(rows, raw)
    if isinstance(entry, RegisterEntry):
        uid = read_register(entry).uid
        state.add_account(rows, Account(uid, state.no_email(uid), 0))
    elif isinstance(entry, RecoveryEntry):
        state.lose(backups.forget(state, rows, read_recovery_change(entry).uid))
    elif isinstance(entry, KeyEntry):
        # the new last-resort prekey is published when its agent comes
        key_changes.forget_old(state, rows, read_key_change(entry), None)


# --- groups ---


def give_back_chain(authority: Authority, client: Client, message: GiveBackChain) -> GivenBack | Write[int]:
    """Take entries of a group's chain that follow what is here or held, once the chain head proves all of them."""
    key, id = authority.key.public, authority.id
    certificate, head = check(message.certificate, Certificate, key, id), check(message.chain, ChainHead, key, id)
    if certificate.gid != head.gid:
        raise Forged("wrong_recipient")
    gid, recovery = head.gid, authority.recovery
    known, now = authority.published_groups.get(gid), authority.clock()
    if known is not None and head.n <= known.n:
        return _within(authority, message, head, known.n)
    recovery.shown_chain(head)
    if not message.entries:  # asks what is wanted: that takes no turn
        return GivenBack(message.rid, known.n if known is not None else 0)
    if taken(recovery.chains.get(gid), client, now):
        raise error("recovering")

    def job(state: State, rows: Rows) -> int:
        kept = state.groups.groups.get(gid) or KeptGroup(Group(gid), certificate.port)
        if head.n <= kept.group.n:
            return kept.group.n
        given = recovery.chains.get(gid)
        if given is None or given.giver is not client or given.base != kept.group.n:
            given = recovery.chains[gid] = GivenChain(client, now, kept.group.n, kept.group.copy(NEW_HASHES))
        given.since = now
        if message.after != given.group.n:
            return given.group.n
        given.group.hash_at = lambda n: group_store.hash_at(rows, gid, n)
        try:
            _replay_chain(given, message.entries, head, state.log)
        except HamrazError:
            del recovery.chains[gid]
            raise
        if given.group.n < head.n:
            return given.group.n
        del recovery.chains[gid]
        group_store.forget_from(rows, gid, given.base + 1)  # what stands there doesn't hold
        if gid not in state.groups.groups:
            group_store.forget_group(rows, gid)
            state.groups.begin(kept)
            group_store.add_group(rows, gid, certificate.port, given.group.creator)
        state.groups.give_back(rows, kept, given.group, given.entries)
        return kept.group.n

    def answer(n: int) -> GivenBack:
        if n == head.n:
            authority.damage.repaired(gid, n)
        recovery.gives_back()
        if n == head.n:
            log.info("a group's chain has been given back: %(entries)d entries now", {"entries": n})
        return GivenBack(message.rid, n)

    return Write(job, answer)


def _within(authority: Authority, message: GiveBackChain, head: ChainHead, size: int) -> GivenBack | Write[int]:
    """A chain that is here as far as the giver has it: wanted is only what has turned out not to hold."""
    gid, damage = head.gid, authority.damage
    first = damage.wanted(gid)
    if first is None or first > head.n:
        _compare(authority, head)
        return GivenBack(message.rid, size)
    if not message.entries or message.after != first - 1:
        return GivenBack(message.rid, first - 1)

    def job(state: State, rows: Rows) -> int:
        return chain_repair.repair(rows, state.groups.groups[gid].group, first, message.entries)

    def answer(last: int) -> GivenBack:
        damage.repaired(gid, last)
        log.warning(
            "group %(gid)s: what did not hold has been given back, up to entry %(n)d", {"gid": gid.hex()[:8], "n": last}
        )
        following = damage.wanted(gid)
        return GivenBack(message.rid, size if following is None else following - 1)

    return Write(job, answer)


def _replay_chain(given: GivenChain, entries: list[bytes], head: ChainHead, log: Log) -> None:
    given.size += sum(map(len, entries))
    if given.size > HELD_BYTES or given.group.n + len(entries) > head.n:
        raise Forged("wrong_answer")
    for read in map(read_entry, entries):
        change = given.group.append(read, log)
        if isinstance(read.entry, StubEntry):  # it is known by its first bytes: it is kept as we would write it
            read = read._replace(raw=encode_entry(read.entry))
        given.entries.append((read, change))
    if given.group.n == head.n and (given.group.hash, given.group.epoch) != (head.hash, head.epoch):
        raise Forged("chain_split")


def given_all(authority: Authority, client: Client, message: GivenAll) -> Done:
    """The client has given back everything that it has, and is told so; when all have, it is over by itself."""
    authority.recovery.has_given(client)
    return Done(message.rid)


def _compare(authority: Authority, head: ChainHead) -> None:
    with authority.store.reading() as rows:
        here = group_store.hash_at(rows, head.gid, head.n)
    if head.n > 0 and here != head.hash:
        log.critical(
            "AN AGENT HAS A GROUP'S SIGNED CHAIN HEAD THAT CONTRADICTS THIS DATABASE (group %(gid)s, entry %(n)d)",
            {"gid": head.gid.hex()[:8], "n": head.n},
        )
        raise Forged("chain_split")
