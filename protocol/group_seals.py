"""How a group's messages, keys and invitations are encrypted, signed and checked (section 9). Pure."""

from __future__ import annotations

import functools
import hashlib
from dataclasses import dataclass
from typing import Annotated

import msgspec
from msgspec import Meta

from protocol.envelope import check_prekey
from protocol.errors import Forged
from protocol.group_entries import (
    MESSAGE_CONTEXT,
    Certificate,
    Commit,
    Content,
    EpochGrant,
    Header,
    MessageEntry,
    Retract,
    commit_hash,
)
from protocol.primitives import EpochKey, OpenKey, SealKey, SigningKey, VerifyKey, digest, label
from protocol.statements import Signed, check, decode_strict, encode_strict, issue

# --- messages ---


def seal_message(
    header: Header, content: Content, epoch_key: EpochKey, key: SigningKey, authority_id: bytes
) -> MessageEntry:
    """Encrypt and sign one message. The header, and with it the AEAD key, is used once: its id is random."""
    raw = encode_strict(header)
    ciphertext = epoch_key.encrypt(raw, encode_strict(content))
    signature = key.sign(MESSAGE_CONTEXT, authority_id, raw + hashlib.sha256(ciphertext).digest())
    return MessageEntry(raw, ciphertext, signature)


def open_message(entry: MessageEntry, epoch_key: EpochKey) -> Content:
    """The content of a checked message; `cannot_open` or `bad_statement`."""
    return decode_strict(epoch_key.decrypt(entry.header, entry.ciphertext), Content)


def open_shown(entry: MessageEntry, message_key: bytes) -> Content:
    """The same by the key of this one message, as an export tells it."""
    return decode_strict(EpochKey.decrypt_with(message_key, entry.header, entry.ciphertext), Content)


# --- epoch keys ---


def grant_info(authority_id: bytes, sender: bytes, recipient: bytes) -> bytes:
    """HPKE's `info` for an epoch key: the purpose and both ends."""
    return b"".join((label(b"seal", b"epoch"), authority_id, sender, recipient))


@functools.lru_cache(maxsize=2)
def _named(signed_commit: Signed) -> tuple[Commit, bytes]:
    """A commit and its hash, once for all whose keys are sealed: with 2,000 members it is 140 KB."""
    return decode_strict(signed_commit.body, Commit), commit_hash(signed_commit)


def seal_grant(
    epoch_key: EpochKey,
    signed_commit: Signed,
    recipient: bytes,
    recipient_key: VerifyKey,
    prekey: Signed,
    key: SigningKey,
    authority_id: bytes,
    sender: bytes | None = None,
) -> bytes:
    """The epoch's key for one member, after checking that the prekey is that member's own last-resort one.

    From the commit's commander, or from another who gives it again.
    """
    to = check_prekey(prekey, recipient, recipient_key, authority_id)
    if to.sequence == 0:
        raise Forged("prekey_invalid")
    commit, hash = _named(signed_commit)
    print_ = digest(b"prekey", to.key)
    sender = commit.by if sender is None else sender
    grant = EpochGrant(sender, recipient, print_, commit.gid, commit.epoch, hash, epoch_key.save())
    plaintext = encode_strict(issue(grant, key, authority_id))
    return SealKey(to.key).seal(plaintext, grant_info(authority_id, sender, recipient))


def open_grant(
    sealed: bytes,
    prekey: OpenKey,
    signed_commit: Signed,
    by_key: VerifyKey,
    recipient: bytes,
    authority_id: bytes,
    sender: bytes | None = None,
) -> EpochKey:
    """The key, if its sender signed it for this member and this commit and it is the one that the commit names.

    From the commit's commander, or from another who has given it again.
    """
    commit = decode_strict(signed_commit.body, Commit)
    sender = commit.by if sender is None else sender
    plaintext = prekey.open(sealed, grant_info(authority_id, sender, recipient))
    grant = check(decode_strict(plaintext, Signed), EpochGrant, by_key, authority_id)
    meant = (sender, recipient, digest(b"prekey", prekey.public.raw), commit.gid, commit.epoch)
    if (grant.sender, grant.recipient, grant.prekey_hash, grant.gid, grant.epoch) != meant:
        raise Forged("wrong_recipient")
    epoch_key = EpochKey(grant.key)
    if grant.commit_hash != commit_hash(signed_commit) or epoch_key.key_id() != commit.key_id:
        raise Forged("bad_epoch_key")
    return epoch_key


def wrap_history(key: EpochKey, previous: EpochKey, gid: bytes, epoch: int, previous_hash: bytes) -> bytes:
    """K_{e-1} under K_e, for newcomers of a group that shares its history: goes into the commit of epoch e."""
    return key.wrap(previous, _history_about(gid, epoch, previous_hash))


def unwrap_history(key: EpochKey, commit: Commit, previous_commit: Commit) -> EpochKey:
    """K_{e-1}, if it is the one that the commit before names; `cannot_open` or `bad_epoch_key`."""
    previous = key.unwrap(commit.wrapped, _history_about(commit.gid, commit.epoch, commit.previous))
    if previous.key_id() != previous_commit.key_id:
        raise Forged("bad_epoch_key")
    return previous


def _history_about(gid: bytes, epoch: int, previous_hash: bytes) -> bytes:
    return gid + epoch.to_bytes(8) + previous_hash


def seal_note(previous: EpochKey, gid: bytes, epoch: int, by: bytes, note: str, nonce: bytes) -> bytes:
    """A removal's reason in the commit of `epoch`, under the key of the epoch before: for all who were in.
    `nonce`: 16 random bytes, as other commits may be tried under the same key. Empty stays empty.
    """
    return previous.seal_with_nonce(b"note", _note_about(gid, epoch, by), nonce, note.encode()) if note else b""


def open_note(previous: EpochKey, commit: Commit) -> str:
    """The reason; `cannot_open`."""
    if not commit.note:
        return ""
    about = _note_about(commit.gid, commit.epoch, commit.by)
    return previous.open_with_nonce(b"note", about, commit.note).decode(errors="replace")


def _note_about(gid: bytes, epoch: int, by: bytes) -> bytes:
    return gid + epoch.to_bytes(8) + by


# --- why a message was taken away ---


def seal_reason(key: EpochKey, gid: bytes, epoch: int, by: bytes, n: int, reason: str, nonce: bytes) -> bytes:
    """For the members of the epoch; `nonce`: 16 random bytes. Empty stays empty."""
    return key.seal_with_nonce(b"retract", _retract_about(gid, epoch, by, n), nonce, reason.encode()) if reason else b""


def open_reason(key: EpochKey, said: Retract) -> str:
    """The reason; `cannot_open`."""
    if not said.reason:
        return ""
    about = _retract_about(said.gid, said.epoch, said.by, said.n)
    return key.open_with_nonce(b"retract", about, said.reason).decode(errors="replace")


def _retract_about(gid: bytes, epoch: int, by: bytes, n: int) -> bytes:
    return b"".join((gid, epoch.to_bytes(8), by, n.to_bytes(8)))


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


encode_invitation = encode_strict


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
