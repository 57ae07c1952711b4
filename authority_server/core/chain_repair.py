"""Entries of a group's chain that a bad disk has changed, put right by what an agent has; the hashes prove it."""

from __future__ import annotations

from authority_server.state.groups import author_of, id_of, kind_of
from authority_server.store import groups as group_store
from authority_server.store.database import Rows
from protocol.errors import Forged
from protocol.group_entries import (
    NONE,
    MessageEntry,
    Retract,
    StubEntry,
    chain_hash,
    decode_entry,
    encode_entry,
    read_entry,
    stub_of,
)
from protocol.groups import Group
from protocol.statements import decode_strict


def repair(rows: Rows, group: Group, first: int, entries: list[bytes]) -> int:
    """Put these entries, from place `first` on, where what stands there doesn't hold; the last place that is proven.

    They are what was written if they lead to a hash that stands here and holds. `wrong_answer`, with nothing changed.
    """
    hash = group_store.hash_at(rows, group.gid, first - 1) if first > 1 else NONE
    if hash is None:
        raise Forged("wrong_answer")
    given: list[tuple[int, bytes, bytes]] = []
    for n, raw in enumerate(entries, first):
        hash = chain_hash(hash, n, raw)
        given.append((n, raw, hash))
        if hash == (group.hash if n == group.n else group_store.sound_hash(rows, group.gid, n)):
            break
    else:
        raise Forged("wrong_answer")
    gone = {decode_strict(said.body, Retract).n for said in group_store.retracts(rows, group.gid)}
    for n, raw, hash in given:
        if not group_store.stands(rows, group.gid, n, raw, hash):
            entry = decode_entry(raw)
            if isinstance(entry, MessageEntry) and n in gone:  # whoever gives it has not heard of that yet
                entry = stub_of(entry, raw)
            if isinstance(entry, StubEntry):
                raw = encode_entry(entry)
            group_store.rewrite(rows, group.gid, n, kind_of(entry), author_of(entry), id_of(read_entry(raw)), raw, hash)
    return given[-1][0]
