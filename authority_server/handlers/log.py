"""The log as clients see it: they fetch it, and append what they sign (section 6 of docs/protocol.md)."""

from __future__ import annotations

import logging
from functools import partial

from authority_server.core.authority import Authority, Write
from authority_server.core.client import Client
from authority_server.state.state import State
from authority_server.store.database import Rows
from protocol.errors import Forged, Refused, Unreachable, error
from protocol.log import User
from protocol.log_entries import RoleChange, RoleEntry, encode_entry
from protocol.messages import Appended, ChangeRole, FetchLog, LogPart
from protocol.roles import role_change_refusal
from protocol.statements import check

log = logging.getLogger("hamraz.authority")

PART_SIZE = 512 * 1024  # bytes of entries in one answer: half of what a frame holds
_ENTRY_OVERHEAD = 5  # MessagePack's head of a byte string


def fetch_log(authority: Authority, client: Client, message: FetchLog) -> LogPart:
    """Entries from `start` on, as many as one part holds; the head says whether there are more."""
    published, entries = authority.published, authority.state.entries
    if message.start >= published.size and not authority.limits.sure:
        raise Unreachable("log_behind")  # whoever asks may have heard from another's agent of what another node wrote
    client.told, client.fetched = False, published.size
    if client.kit is not None:
        client.since = authority.clock()  # it takes as long as it takes, while something is asked for
    room, end = PART_SIZE, message.start
    while end < published.size and len(entries[end]) + _ENTRY_OVERHEAD <= room:
        room -= len(entries[end]) + _ENTRY_OVERHEAD
        end += 1
    return LogPart(message.rid, entries[message.start : end], published.head)


def change_role(authority: Authority, client: Client, message: ChangeRole) -> Write[int]:
    """Append a role change that the client signed. Refused with the rule's own code before anything is appended."""
    raw = encode_entry(RoleEntry(message.entry))
    limits, who, now = authority.limits, client.known.hex(), authority.clock()
    limits.roles.take(who, now)

    def job(state: State, rows: Rows) -> int:
        assert client.uid is not None
        commander = live(state, client.uid)
        assert commander.key is not None
        change = check(message.entry, RoleChange, commander.key, authority.id)
        if change.by != client.uid:
            raise Forged("bad_signature")
        target = live(state, change.target)
        if state.entries[target.latest] == raw:
            return target.latest  # the answer was lost on its way; this is a resend
        if target.latest != change.prev:
            raise Refused("stale")
        refusal = role_change_refusal(commander.role, target.role, change.role)
        if refusal is not None:
            raise error(refusal)
        return state.append(rows, raw)

    answer = partial(appended, authority, message.rid, "a role")
    return Write(job, answer, lambda: limits.roles.spend(who, now, -1))


def append(state: State, rows: Rows, raw: bytes) -> int:
    """Append an entry that its sender has signed; its index. `recovering`; of what the replay has against it,
    `role_not_allowed` and `bad_signature` are told by their names, all else is a `bad_statement`.
    """
    try:
        return state.append(rows, raw)
    except Forged as reason:
        why = reason.values["why"]
        if why == "role_not_allowed":
            raise Refused("role_not_allowed") from None
        raise Forged("bad_signature" if why == "bad_signature" else "bad_statement") from None


def appended(authority: Authority, rid: int, what: str, n: int) -> Appended:
    """The answer to who has had something changed by an entry that is durable now."""
    log.info("log entry %(entry)d: %(what)s was changed", {"entry": n, "what": what})
    return Appended(rid, n, authority.published.head)


def live(state: State, uid: bytes) -> User:
    """The account, if there is one and it has a key; `unknown_user`, `revoked`."""
    user = state.log.users.get(uid)
    if user is None:
        raise Refused("unknown_user", name=uid.hex()[:8])
    if user.key is None:
        raise Refused("revoked")
    return user
