"""What a group's members tell each other beside the chain (section 9.9): who is writing, who has seen what. Pure."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from protocol.about import About
from protocol.errors import Forged
from protocol.primitives import EpochKey, SigningKey, VerifyKey
from protocol.statements import U64, Bytes16, Bytes32, Signed, Statement, check, decode_strict, encode_strict, issue

SIGNAL_LIMIT = 128  # bytes of a sealed signal; the longest has 73
SEEN_LIMIT = 256  # bytes of a sealed `group seen`; one has 216 at most

# what a signal may be about; others are passed over
TYPING, SENDING, RECORDING, ABOUT = "typing", "sending", "recording", "about"
ACTIVITIES = (
    TYPING,
    SENDING,
    RECORDING,
)  # of these, what somebody does; to one person, too (section 8.11)
_SEEN, _ABOUT = b"seen", b"about"


class GroupSeen(Statement, frozen=True):
    """A member has the chain up to `n` on disk, and its user has seen its messages up to `read`."""

    CONTEXT = b"group seen"
    gid: Bytes16
    epoch: U64
    uid: Bytes32
    n: U64
    hash: Bytes32  # the chain's, at n
    read: U64


class SeenItem(msgspec.Struct, array_like=True, forbid_unknown_fields=True, frozen=True):
    """What one member has told last, as the authority keeps it."""

    uid: Bytes32
    epoch: U64
    sealed: Annotated[bytes, Meta(max_length=SEEN_LIMIT)]


def seal_doing(what: str, on: bool, key: EpochKey, gid: bytes, epoch: int, uid: bytes, nonce: bytes) -> bytes:
    """`what`: one of ACTIVITIES; `nonce`: 16 random bytes."""
    return key.seal_with_nonce(what.encode(), _about(gid, epoch, uid), nonce, bytes([on]))


def open_doing(what: str, sealed: bytes, key: EpochKey, gid: bytes, epoch: int, uid: bytes) -> bool:
    """Whether the member is at it, or no more; `cannot_open` or `bad_statement`."""
    plaintext = key.open_with_nonce(what.encode(), _about(gid, epoch, uid), sealed)
    if plaintext not in (b"\0", b"\1"):
        raise Forged("bad_statement")
    return plaintext == b"\1"


def seal_about(said: About, key: EpochKey, gid: bytes, epoch: int, uid: bytes, nonce: bytes) -> bytes:
    """`nonce`: 16 random bytes."""
    return key.seal_with_nonce(_ABOUT, _about(gid, epoch, uid), nonce, encode_strict(said))


def open_about(sealed: bytes, key: EpochKey, gid: bytes, epoch: int, uid: bytes) -> About:
    """Which profile the member has now; `cannot_open` or `bad_statement`."""
    return decode_strict(key.open_with_nonce(_ABOUT, _about(gid, epoch, uid), sealed), About)


def seal_seen(seen: GroupSeen, key: EpochKey, signing_key: SigningKey, authority_id: bytes, nonce: bytes) -> SeenItem:
    """`nonce`: 16 random bytes."""
    plaintext = encode_strict(issue(seen, signing_key, authority_id))
    sealed = key.seal_with_nonce(_SEEN, _about(seen.gid, seen.epoch, seen.uid), nonce, plaintext)
    return SeenItem(seen.uid, seen.epoch, sealed)


def open_seen(item: SeenItem, key: EpochKey, gid: bytes, member_key: VerifyKey, authority_id: bytes) -> GroupSeen:
    """What the member has signed; the caller holds `hash` against its own chain.

    Raises `cannot_open`, `bad_statement`, `bad_signature`, `wrong_recipient` or `bad_receipt`.
    """
    plaintext = key.open_with_nonce(_SEEN, _about(gid, item.epoch, item.uid), item.sealed)
    seen = check(decode_strict(plaintext, Signed), GroupSeen, member_key, authority_id)
    if (seen.gid, seen.epoch, seen.uid) != (gid, item.epoch, item.uid):
        raise Forged("wrong_recipient")
    if seen.read > seen.n:
        raise Forged("bad_receipt")
    return seen


def _about(gid: bytes, epoch: int, uid: bytes) -> bytes:
    return gid + epoch.to_bytes(8) + uid
