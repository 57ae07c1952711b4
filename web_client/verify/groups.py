"""What vouches for a line of a group: its entry's signature and place in the chain, verified again (section 9).

Of a deleted message a stub is left: who wrote it and where can still be verified, and not what.
"""

from __future__ import annotations

import hashlib

from protocol import group_entries
from protocol.errors import Forged, HamrazError
from protocol.group_entries import (
    MESSAGE_CONTEXT,
    NONE,
    Commit,
    CommitEntry,
    Header,
    Join,
    JoinEntry,
    Leave,
    LeaveEntry,
    MessageEntry,
    StubEntry,
    Unopened,
    UnopenedEntry,
    commit_hash,
    decode_entry,
    decode_header,
)
from protocol.group_seals import open_message, open_shown
from protocol.primitives import VerifyKey, digest
from protocol.statements import check, decode_strict
from web_client.account.context import AccountContext
from web_client.groups import rows as group_rows
from web_client.messages.amendments import DELETED, WORDS_GONE
from web_client.messages.ids import by_place
from web_client.messages.outgoing import IMPORT
from web_client.messages.rows import MessageRow
from web_client.vault.database import Rows

ALTERED = "altered"  # what is shown is not what was signed


def signer(ctx: AccountContext, rows: Rows, row: MessageRow) -> VerifyKey | None:
    """The key that counted for the sender of this line under its commit."""
    return _listed_key(ctx, rows, row.recipient, row.epoch or 0, row.sender)


def verify(ctx: AccountContext, rows: Rows, row: MessageRow) -> str | None:
    """Why this line doesn't hold, or None."""
    gid, n = row.recipient, row.n or 0
    found = rows.execute("SELECT kind, entry FROM group_entries WHERE gid = ? AND n = ?", (gid, n)).fetchone()
    if found is None:
        return "chain_broken"
    kind, raw = found[0], bytes(found[1])
    try:
        key = signer(ctx, rows, row)
        if key is None:
            return "bad_signature"
        if kind == DELETED:
            stub = decode_entry(raw)
            if not isinstance(stub, StubEntry):
                return ALTERED
            _check_place(rows, gid, n, stub.entry_hash)
            _check_header(ctx, row, stub.header, stub.ciphertext_hash, stub.sig, key)
            return None if row.deleted or row.kind == "edit" or row.why == WORDS_GONE else ALTERED
        _check_place(rows, gid, n, hashlib.sha256(raw).digest())
        entry = decode_entry(raw)
        if not isinstance(entry, MessageEntry):
            return _check_told(ctx, entry, row, key)
        covered = hashlib.sha256(entry.ciphertext).digest()
        _check_header(ctx, row, entry.header, covered, entry.sig, key)
        return _check_content(rows, gid, row, entry)
    except HamrazError as reason:
        return reason.code


def _check_place(rows: Rows, gid: bytes, n: int, entry_hash: bytes) -> None:
    """The chain's hash here follows from the one before and from this entry."""
    before = group_rows.hash_at(rows, gid, n - 1) if n > 1 else NONE
    if before is None or digest(b"chain", before, n.to_bytes(8), entry_hash) != group_rows.hash_at(rows, gid, n):
        raise Forged("chain_broken")


def _check_header(
    ctx: AccountContext, row: MessageRow, raw: bytes, ciphertext_hash: bytes, sig: bytes, key: VerifyKey
) -> None:
    covered = raw + ciphertext_hash
    key.verify(MESSAGE_CONTEXT, ctx.authority_id, covered, sig)
    header = decode_header(raw)
    told = (header.gid, header.epoch, header.uid, header.commit_hash, header.sequence, header.previous)
    kept = (row.recipient, row.epoch, row.sender, row.key, row.sequence, row.previous)
    if told != kept or digest(b"group message", covered) != row.hash or not _is_id(row, header):
        raise Forged("chain_broken")


def _is_id(row: MessageRow, header: Header) -> bool:
    return row.id in (header.id, by_place(header.id, row.n or 0))  # the latter where its sender had used the id before


def _check_content(rows: Rows, gid: bytes, row: MessageRow, entry: MessageEntry) -> str | None:
    key = group_rows.key_of(rows, gid, row.epoch or 0)
    if key is None and row.sealed != IMPORT:
        return group_rows.NO_KEY
    content = open_message(entry, key) if key is not None else open_shown(entry, row.envelope or b"")
    same = (content.kind, content.time, content.body) == (row.kind, row.time, row.body)
    return None if same else ALTERED


def _check_told(ctx: AccountContext, entry: group_entries.Entry, row: MessageRow, key: VerifyKey) -> str | None:
    """Of a line that the chain itself tells: the one who did it has signed it."""
    said: Commit | Join | Leave | Unopened
    match entry:
        case CommitEntry():
            said = check(entry.signed, Commit, key, ctx.authority_id)
            who = said.by
        case JoinEntry():
            said = check(entry.signed, Join, key, ctx.authority_id)
            who = said.uid
        case LeaveEntry():
            said = check(entry.signed, Leave, key, ctx.authority_id)
            who = said.uid
        case UnopenedEntry():
            said = check(entry.signed, Unopened, key, ctx.authority_id)
            who = said.uid
        case _:
            return ALTERED
    return None if (said.gid, who, row.kind) == (row.recipient, row.sender, group_rows.SYSTEM) else ALTERED


def _listed_key(ctx: AccountContext, rows: Rows, gid: bytes, epoch: int, uid: bytes) -> VerifyKey | None:
    """The key that an epoch's commit names for a member, if that commit is the log's."""
    log = ctx.trust.log
    entry, epochs = group_rows.commit_of(rows, gid, epoch), log.groups.get(gid, [])
    if entry is None or epoch > len(epochs) or commit_hash(entry.signed) != epochs[epoch - 1][1]:
        return None
    commit = decode_strict(entry.signed.body, Commit)
    listed = next((member.key_hash for member in commit.members if member.uid == uid), None)
    user = log.users.get(uid)
    keys = [key for _index, key, _why, _by in user.keys if key is not None] if user else []
    return next((key for key in keys if key.fingerprint() == listed), None)
