"""What stands in a group's chain: commits, messages, joins and leaves; and how a message and a key are sealed
(section 9).

The authority orders and stores these bytes and sees who, when and how long; never the words, the name or the key.
"""

from __future__ import annotations

import contextlib
import hashlib
from typing import Annotated, Final, Literal, NamedTuple

import msgspec
from msgspec import Meta

from protocol.about import About
from protocol.envelope import Kind
from protocol.errors import Forged
from protocol.primitives import HASH_SIZE, NONCE_OVERHEAD, VerifyKey, digest
from protocol.statements import (
    U64,
    Bytes16,
    Bytes32,
    Device,
    OnDevice,
    Port,
    Signature,
    Signed,
    Statement,
    decode_strict,
    encode_strict,
)

NONE: Final = bytes(HASH_SIZE)  # the hash before the first commit, entry or message
MAX_MEMBERS: Final = 2000  # a commit of so many is 140 KB: it fits a frame, and an invitation
NOTE_LIMIT: Final = 500  # bytes of a removal's reason
WRAPPED_SIZE: Final = 60  # bytes of K_{e-1} under K_e: a nonce of 12, a key of 32, a tag of 16

REASON_LIMIT: Final = 200  # bytes of why a message was taken away

ALL, JOINING = "all", "joining"
History = Literal["all", "joining"]
EVERYBODY, RANKED = "all", "ranked"
Policy = Literal["all", "ranked"]  # who may write: every member, or those whose role commands groups


class Listed(msgspec.Struct, array_like=True, forbid_unknown_fields=True, frozen=True):
    """A member in a commit: who, and which identity key counts for them under it."""

    uid: Bytes32
    key_hash: Bytes32  # SHA-256 of the identity key


class Commit(Statement, frozen=True):
    """A group's membership from here on, by its commander; `members` are sorted by uid."""

    CONTEXT = b"group commit"
    gid: Bytes16
    epoch: U64
    previous: Bytes32  # hash of the commit before it, NONE for epoch 1
    members: Annotated[list[Listed], Meta(min_length=1, max_length=MAX_MEMBERS)]
    by: Bytes32
    key_id: Bytes32  # D("id")
    history: History
    cut: bool  # what was before can't be opened by way of this epoch (section 9.3)
    wrapped: Annotated[bytes, Meta(max_length=WRAPPED_SIZE)]  # K_{e-1} under K_e, or empty where history isn't shared
    policy: Policy
    settings_hash: Bytes32  # of the sealed settings that come with it (section 9.10), or NONE
    note: Annotated[bytes, Meta(max_length=NOTE_LIMIT + 32)]  # a removal's reason under K_{e-1}, or empty


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


class Retract(Statement, frozen=True):
    """Who may remove members takes the words of entry `n` away, for everybody; `reason` is for the members."""

    CONTEXT = b"group retract"
    gid: Bytes16
    epoch: U64
    by: Bytes32
    n: U64
    hash: Bytes32  # the chain's, at n: so that all take away the same
    reason: Annotated[bytes, Meta(max_length=REASON_LIMIT + NONCE_OVERHEAD)]  # under K_e, or empty


class Unopened(Statement, frozen=True):
    """A member says that the key of an epoch, which is theirs by the group's promise, isn't there or doesn't open."""

    CONTEXT = b"group unopened"
    gid: Bytes16
    epoch: U64
    commit_hash: Bytes32  # of that epoch
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
    """The authority's signature over a group's chain, made once its newest entry is on disk: it had got there when the
    log had `size` entries. Of the epoch the log says the same, or one of the two is a lie.
    """

    CONTEXT = b"group chain"
    gid: Bytes16
    n: U64
    hash: Bytes32
    epoch: U64
    size: U64


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

    def __repr__(self) -> str:
        return f"EpochGrant(gid={self.gid.hex()}, epoch={self.epoch})"  # the key never shows itself


class Header(OnDevice, array_like=True, forbid_unknown_fields=True, frozen=True):
    """A message's header: in the clear for the authority, bound to the ciphertext by AEAD and signature."""

    gid: Bytes16
    epoch: U64
    commit_hash: Bytes32
    uid: Bytes32
    device: Device  # of the sender
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
    about: About | None  # of the sender's profile, with the first message of an epoch


class _Entry(msgspec.Struct, array_like=True, forbid_unknown_fields=True, frozen=True):
    pass


class CommitEntry(_Entry, frozen=True, tag="commit"):
    signed: Signed


class MessageEntry(_Entry, frozen=True, tag="message"):
    header: bytes
    ciphertext: bytes
    sig: Signature


class JoinEntry(_Entry, frozen=True, tag="join"):
    signed: Signed


class LeaveEntry(_Entry, frozen=True, tag="leave"):
    signed: Signed


class UnopenedEntry(_Entry, frozen=True, tag="unopened"):
    signed: Signed


class RetractEntry(_Entry, frozen=True, tag="retract"):
    signed: Signed


class StubEntry(_Entry, frozen=True, tag="stub"):
    """What stays of a message whose words are gone, in its place: who wrote it and where can be verified, not what."""

    header: bytes
    ciphertext_hash: Bytes32
    sig: Signature
    entry_hash: Bytes32  # SHA-256 of the whole entry, which the chain's hash is made of


Entry = CommitEntry | MessageEntry | JoinEntry | LeaveEntry | UnopenedEntry | RetractEntry | StubEntry

MESSAGE_CONTEXT: Final = b"group message"

encode_entry = encode_strict


def decode_entry(raw: bytes) -> Entry:
    """One entry, its form checked and nothing else; `bad_statement`."""
    entry: Entry = decode_strict(raw, Entry)  # type: ignore[arg-type]
    return entry


def decode_header(raw: bytes) -> Header:
    """A message's header, its form checked and nothing else; `bad_statement`."""
    return decode_strict(raw, Header)


class Read(NamedTuple):
    """An entry, and what is decoded of it: once, however many look at it."""

    raw: bytes
    entry: Entry
    header: Header | None  # of a message, or of what stays of one


def read_entry(raw: bytes) -> Read:
    """An entry and a message's header, their forms checked and nothing else; `bad_statement`."""
    entry = decode_entry(raw)
    return Read(raw, entry, decode_header(entry.header) if isinstance(entry, MessageEntry | StubEntry) else None)


def chain_hash(previous: bytes, n: int, raw: bytes) -> bytes:
    """h_n = H("chain", h_{n-1} ‖ u64 n ‖ SHA-256(entry)); n counts from 1."""
    return link_hash(previous, n, entry_digest(raw))


def link_hash(previous: bytes, n: int, entry_hash: bytes) -> bytes:
    """The same by the entry's digest."""
    return digest(b"chain", previous, n.to_bytes(8), entry_hash)


def entry_digest(raw: bytes) -> bytes:
    """SHA-256 of an entry; of a stub, what it says of the entry that stood there. Never raises."""
    if b"stub" in raw[:16]:  # its tag, in whatever encoding; what has that there by chance is no stub
        with contextlib.suppress(Forged):
            entry = decode_entry(raw)
            if isinstance(entry, StubEntry):
                return entry.entry_hash
    return hashlib.sha256(raw).digest()


def stub_of(entry: MessageEntry, raw: bytes) -> StubEntry:
    """What stays of a message's entry."""
    return StubEntry(entry.header, hashlib.sha256(entry.ciphertext).digest(), entry.sig, hashlib.sha256(raw).digest())


def commit_hash(signed: Signed) -> bytes:
    """What the log's GROUP entry, the next commit and every message name: H("commit", body)."""
    return digest(b"commit", signed.body)


def message_input(entry: MessageEntry | StubEntry) -> bytes:
    """What a message's signature covers: its exact header, then SHA-256 of its ciphertext."""
    if isinstance(entry, StubEntry):
        return entry.header + entry.ciphertext_hash
    return entry.header + hashlib.sha256(entry.ciphertext).digest()


def message_hash(entry: MessageEntry | StubEntry) -> bytes:
    """What the sender's next message names as `previous`."""
    return digest(b"group message", message_input(entry))


def verify_message(entry: MessageEntry | StubEntry, key: VerifyKey, authority_id: bytes) -> None:
    """Raise `bad_signature` unless this is that key's message."""
    key.verify(MESSAGE_CONTEXT, authority_id, message_input(entry), entry.sig)
