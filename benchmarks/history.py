"""A group's chain that is really encrypted and signed, and the log that it stands on, made without any server."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

import msgspec

from benchmarks.group_member import Plan
from benchmarks.member import Member, name_of
from protocol.envelope import TEXT
from protocol.group_entries import (
    NONE,
    CommitEntry,
    Content,
    Header,
    Join,
    JoinEntry,
    chain_hash,
    encode_entry,
    message_hash,
)
from protocol.group_seals import seal_message
from protocol.log import Log
from protocol.log_entries import Genesis, GenesisEntry, GroupEntry, RegisterEntry
from protocol.log_entries import encode_entry as encode_log_entry
from protocol.primitives import EpochKey, SigningKey
from protocol.statements import NO_DEVICE, authority_id_of, issue

TEXT_BYTES = b"See you at half past ten in room 12, and bring the book with you, please. " * 2

_encode = msgspec.msgpack.Encoder().encode


@dataclass(slots=True)
class History:
    """`entries` is the whole chain; its first `told` are no messages."""

    log: Log
    gid: bytes
    members: list[Member]
    key: EpochKey
    entries: list[bytes]
    told: int


def history(senders: int, messages: int) -> History:
    """So many messages, by members who write in turn."""
    authority = SigningKey.generate()
    authority_id = authority_id_of(authority.public)
    log = Log(authority_id)
    log.append(encode_log_entry(GenesisEntry(issue(Genesis(authority.public.raw), authority, authority_id))))
    members = [Member(authority_id, name_of(number)) for number in range(senders)]
    for member in members:
        log.append(encode_log_entry(RegisterEntry(member.register(member.name))))
    head = issue(log.head, authority, authority_id)
    plan, key = Plan(authority_id, secrets.token_bytes(16), 0), EpochKey.generate()
    commit = plan.commit(members[0], members)
    log.append(encode_log_entry(GroupEntry(plan.gid, plan.epoch, plan.hash)))
    entries = [encode_entry(CommitEntry(commit))]
    for member in members[1:]:
        entries.append(encode_entry(JoinEntry(issue(Join(plan.gid, 1, member.uid), member.key, authority_id))))
    told, place = len(entries), NONE
    for n, entry in enumerate(entries, 1):
        place = chain_hash(place, n, entry)
    previous = dict.fromkeys((member.uid for member in members), NONE)
    for number in range(messages):
        member = members[number % senders]
        seen = (len(entries), place)
        sequence = number // senders + 1
        header = Header(
            plan.gid,
            1,
            plan.hash,
            member.uid,
            NO_DEVICE,
            sequence,
            secrets.token_bytes(16),
            previous[member.uid],
            *seen,
            head,
        )
        message = seal_message(header, Content(TEXT, number, TEXT_BYTES, None), key, member.key, authority_id)
        previous[member.uid] = message_hash(message)
        entries.append(encode_entry(message))
        place = chain_hash(place, len(entries), entries[-1])
    return History(log, plan.gid, members, key, entries, told)
