"""What stands in a group's chain: commits, messages, joins and leaves; and how a message and a key are sealed (section 9).

The authority orders and stores these bytes and sees who, when and how long; never the words, the name or the key.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from protocol.envelope import Kind, check_prekey
from protocol.errors import Forged
from protocol.primitives import HASH_SIZE, PREFIX, EpochKey, OpenKey, SealKey, SigningKey, VerifyKey, digest
from protocol.statements import (
    U64,
    Bytes16,
    Bytes32,
    Port,
    Prekey,
    Signature,
    Signed,
    Statement,
    check,
    decode_strict,
    issue,
)

NONE: Final = bytes(HASH_SIZE)  # the hash before the first commit, entry or message
MAX_MEMBERS: Final = 2000  # a commit of so many is 140 KB: it fits a frame, and an invitation
NOTE_LIMIT: Final = 500  # bytes of a removal's reason

ALL, JOINING = "all", "joining"
History = Literal["all", "joining"]

_encode = msgspec.msgpack.Encoder().encode


class Listed(msgspec.Struct, array_like=True, forbid_unknown_fields=True, frozen=True):
    """A member in a commit: who, and which identity key counts for them under it."""

    uid: Bytes32
    key: Bytes32  # SHA-256 of the identity key


class Commit(Statement, frozen=True):
    """A group's membership from here on, by its commander; `members` are sorted by uid."""

    CONTEXT = b"group commit"
    gid: Bytes16
    epoch: U64
    previous: Bytes32  # hash of the commit before it, NONE for epoch 1
    members: Annotated[list[Listed], Meta(min_length=1, max_length=MAX_MEMBERS)]
    by: Bytes32
    key_id: Bytes32  # HKDF(K_e, "id")
    history: History
    note: Annotated[bytes, Meta(max_length=NOTE_LIMIT + 16)]  # a removal's reason under K_e, or empty


class Join(Statement, frozen=True):
    """An invited member comes in."""

    CONTEXT = b"group join"
    gid: Bytes16
    epoch: U64
    uid: Bytes32


class Leave(Statement, frozen=True):
    """A member leaves, or an invited one declines."""

    CONTEXT = b"group leave"
    gid: Bytes16
    epoch: U64
    uid: Bytes32


class KeyAck(Statement, frozen=True):
    """A member has this epoch's key."""

    CONTEXT = b"group ack"
    gid: Bytes16
    epoch: U64
    commit_hash: Bytes32
    uid: Bytes32


class Certificate(Statement, frozen=True):
    """The authority's word for a group: valid only beside the log entry that it names."""

    CONTEXT = b"group certificate"
    gid: Bytes16
    epoch: U64
    commit_hash: Bytes32
    port: Port
    creator: Bytes32
    sequence: U64  # the index of this epoch's GROUP entry in the log


class ChainHead(Statement, frozen=True):
    """The authority's signature over a group's chain, made once its newest entry is on disk."""

    CONTEXT = b"group chain"
    gid: Bytes16
    n: U64
    hash: Bytes32
    epoch: U64


class EpochGrant(Statement, frozen=True):
    """An epoch's key for one member, signed by who made it and then sealed to that member's last-resort prekey."""

    CONTEXT = b"group epoch"
    sender: Bytes32
    recipient: Bytes32
    prekey_hash: Bytes32
    gid: Bytes16
    epoch: U64
    commit_hash: Bytes32
    key: Bytes32


class Header(msgspec.Struct, array_like=True, forbid_unknown_fields=True, frozen=True):
    """A message's header: in the clear for the authority, bound to the ciphertext by AEAD and signature."""

    gid: Bytes16
    epoch: U64
    commit_hash: Bytes32
    uid: Bytes32
    sequence: U64  # 1, 2, 3 … of this sender in this epoch
    id: Bytes16
    previous: Bytes32  # hash of this sender's message before it in this epoch, or NONE
    seen_n: U64  # the newest entry of the chain that the sender knows, and its hash
    seen_hash: Bytes32
    head: Signed  # the newest head of the log that the sender knows


class Content(msgspec.Struct, array_like=True, forbid_unknown_fields=True, frozen=True):
    """What is encrypted."""

    kind: Kind
    time: U64  # ms since 1970, the sender's claim
    body: bytes


class _Entry(msgspec.Struct, array_like=True, forbid_unknown_fields=True, frozen=True):
    pass


class CommitEntry(_Entry, frozen=True, tag="commit"):
    signed: Signed
    wrapped: Annotated[bytes, Meta(max_length=60)]  # K_{e-1} under K_e, or empty where history isn't shared


class MessageEntry(_Entry, frozen=True, tag="message"):
    header: bytes
    ciphertext: bytes
    sig: Signature


class JoinEntry(_Entry, frozen=True, tag="join"):
    signed: Signed


class LeaveEntry(_Entry, frozen=True, tag="leave"):
    signed: Signed


Entry = CommitEntry | MessageEntry | JoinEntry | LeaveEntry

MESSAGE_CONTEXT: Final = b"group message"

encode_entry = _encode


def decode_entry(raw: bytes) -> Entry:
    """One entry, its form checked and nothing else; `bad_statement`."""
    entry: Entry = decode_strict(raw, Entry)  # type: ignore[arg-type]
    return entry


def decode_header(raw: bytes) -> Header:
    """A message's header, its form checked and nothing else; `bad_statement`."""
    return decode_strict(raw, Header)


def chain_hash(previous: bytes, n: int, raw: bytes) -> bytes:
    """h_n = H("chain", h_{n-1} ‖ u64 n ‖ SHA-256(entry)); n counts from 1."""
    return digest(b"chain", previous, n.to_bytes(8), hashlib.sha256(raw).digest())


def commit_hash(signed: Signed) -> bytes:
    """What the log's GROUP entry, the next commit and every message name: H("commit", body)."""
    return digest(b"commit", signed.body)


# --- messages ---


def message_input(entry: MessageEntry) -> bytes:
    """What a message's signature covers: its exact header, then SHA-256 of its ciphertext."""
    return entry.header + hashlib.sha256(entry.ciphertext).digest()


def message_hash(entry: MessageEntry) -> bytes:
    """What the sender's next message names as `previous`."""
    return digest(b"group message", message_input(entry))


def seal_message(
    header: Header, content: Content, epoch_key: EpochKey, key: SigningKey, authority_id: bytes
) -> MessageEntry:
    """Encrypt and sign one message. The header, and with it the AEAD key, is used once: its id is random."""
    raw = _encode(header)
    ciphertext = epoch_key.encrypt(raw, _encode(content))
    signature = key.sign(MESSAGE_CONTEXT, authority_id, raw + hashlib.sha256(ciphertext).digest())
    return MessageEntry(raw, ciphertext, signature)


def verify_message(entry: MessageEntry, key: VerifyKey, authority_id: bytes) -> None:
    """Raise `bad_signature` unless this is that key's message."""
    key.verify(MESSAGE_CONTEXT, authority_id, message_input(entry), entry.sig)


def open_message(entry: MessageEntry, epoch_key: EpochKey) -> Content:
    """The content of a checked message; `cannot_open` or `bad_statement`."""
    return decode_strict(epoch_key.decrypt(entry.header, entry.ciphertext), Content)


# --- epoch keys ---


def grant_info(authority_id: bytes, sender: bytes, recipient: bytes) -> bytes:
    """HPKE's `info` for an epoch key: the purpose and both ends."""
    return b"".join((PREFIX, b"epoch\0", authority_id, sender, recipient))


def seal_grant(
    epoch_key: EpochKey,
    signed_commit: Signed,
    recipient: bytes,
    recipient_key: VerifyKey,
    prekey: Signed,
    key: SigningKey,
    authority_id: bytes,
) -> bytes:
    """The epoch's key for one member, after checking that the prekey is that member's own last-resort one."""
    to = check_prekey(prekey, recipient, recipient_key, authority_id)
    if to.sequence == 0:
        raise Forged("prekey_invalid")
    commit = decode_strict(signed_commit.body, Commit)
    hash, print_ = commit_hash(signed_commit), digest(b"prekey", to.key)
    grant = EpochGrant(commit.by, recipient, print_, commit.gid, commit.epoch, hash, epoch_key.save())
    plaintext = _encode(issue(grant, key, authority_id))
    return SealKey(to.key).seal(plaintext, grant_info(authority_id, commit.by, recipient))


def open_grant(
    sealed: bytes, prekey: OpenKey, signed_commit: Signed, by_key: VerifyKey, recipient: bytes, authority_id: bytes
) -> EpochKey:
    """The key, if its commander signed it for this member and this commit and it is the one that the commit names."""
    commit = decode_strict(signed_commit.body, Commit)
    plaintext = prekey.open(sealed, grant_info(authority_id, commit.by, recipient))
    grant = check(decode_strict(plaintext, Signed), EpochGrant, by_key, authority_id)
    meant = (commit.by, recipient, digest(b"prekey", prekey.public.raw), commit.gid, commit.epoch)
    if (grant.sender, grant.recipient, grant.prekey_hash, grant.gid, grant.epoch) != meant:
        raise Forged("wrong_recipient")
    epoch_key = EpochKey(grant.key)
    if grant.commit_hash != commit_hash(signed_commit) or epoch_key.key_id() != commit.key_id:
        raise Forged("bad_epoch_key")
    return epoch_key


def wrap_history(key: EpochKey, previous: EpochKey, commit: Commit) -> bytes:
    """K_{e-1} under K_e, for newcomers of a group that shares its history."""
    return key.wrap(previous, _history_about(commit))


def unwrap_history(key: EpochKey, wrapped: bytes, commit: Commit, previous_commit: Commit) -> EpochKey:
    """K_{e-1}, if it is the one that the commit before names; `cannot_open` or `bad_epoch_key`."""
    previous = key.unwrap(wrapped, _history_about(commit))
    if previous.key_id() != previous_commit.key_id:
        raise Forged("bad_epoch_key")
    return previous


def _history_about(commit: Commit) -> bytes:
    return digest(b"history", commit.gid, commit.epoch.to_bytes(8), commit.previous)


def seal_note(key: EpochKey, gid: bytes, epoch: int, note: str) -> bytes:
    """A removal's reason for those who stay; empty stays empty."""
    return key.encrypt(_note_header(gid, epoch), note.encode()) if note else b""


def open_note(key: EpochKey, commit: Commit) -> str:
    """The reason; `cannot_open`."""
    if not commit.note:
        return ""
    return key.decrypt(_note_header(commit.gid, commit.epoch), commit.note).decode(errors="replace")


def _note_header(gid: bytes, epoch: int) -> bytes:
    return b"note\0" + gid + epoch.to_bytes(8)


# --- invitations ---


@dataclass(frozen=True, slots=True)
class Invited:
    """A checked invitation: into which group, with whom, under which name."""

    certificate: Certificate
    commit: Commit
    name: str


class Invitation(msgspec.Struct, array_like=True, forbid_unknown_fields=True, frozen=True):
    """The body of a private message of kind `invitation`."""

    certificate: Signed
    commit: Signed
    name: Annotated[str, Meta(min_length=1, max_length=64)]


encode_invitation = _encode


def check_invitation(body: bytes, authority_key: VerifyKey, authority_id: bytes, invitee: bytes) -> Invited:
    """An invitation whose certificate the authority signed for exactly this commit, which lists the invitee.

    Raises `bad_statement`, `bad_signature` or `bad_certificate`. The caller holds it against the log and verifies the
    commit's signature by its commander's key.
    """
    invitation = decode_strict(body, Invitation)
    certificate = check(invitation.certificate, Certificate, authority_key, authority_id)
    commit = decode_strict(invitation.commit.body, Commit)
    same = (certificate.gid, certificate.epoch, certificate.commit_hash)
    if same != (commit.gid, commit.epoch, commit_hash(invitation.commit)):
        raise Forged("bad_certificate")
    if all(member.uid != invitee for member in commit.members):
        raise Forged("bad_certificate")
    return Invited(certificate, commit, invitation.name)


def last_resort(signed: Signed) -> Prekey:
    """Decode a published last-resort prekey; `seal_grant` checks it."""
    return decode_strict(signed.body, Prekey)
