"""Private messages: what is chained, signed and sealed, and how it is opened (section 8 of docs/protocol.md).

Pure: the caller stores, deletes and sends.

Propose, verify, commit: `open_envelope` changes nothing; only what it returns may be stored.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from protocol.about import About
from protocol.errors import Forged
from protocol.primitives import HASH_SIZE, OpenKey, SealKey, SigningKey, VerifyKey, digest, label
from protocol.statements import (
    U62,
    U64,
    Bytes16,
    Bytes32,
    Envelope,
    Prekey,
    Receipt,
    Signed,
    check,
    decode_strict,
    issue,
)

FIRST: Final = bytes(HASH_SIZE)  # `previous` of the first message to a person
TEXT_LIMIT: Final = 64 * 1024  # bytes of UTF-8: a long letter, and sixteen of them fit a frame
RECEIPTS_LIMIT: Final = 200  # in one item of a mailbox, as in one message
DELIVERED, READ, LISTENED = "delivered", "read", "listened"
TEXT, INVITATION = "text", "invitation"

Kind = Annotated[str, Meta(min_length=1, max_length=32)]
_Receipts = Annotated[list[Signed], Meta(max_length=RECEIPTS_LIMIT)]


class PrivateMessage(msgspec.Struct, array_like=True, forbid_unknown_fields=True, frozen=True):
    """One message from one person to one other; its exact bytes are hashed, chained and, in an envelope, signed."""

    sender: Bytes32
    recipient: Bytes32
    sequence: U62  # 1, 2, 3 … for this pair and this identity key of the sender
    previous: Bytes32  # hash of the message before it in this row, FIRST for sequence 1
    id: Bytes16
    time: U64  # ms since 1970, the sender's claim
    head: Signed  # the newest head of the log that the sender knows
    kind: Kind
    body: bytes
    about: About | None  # of the sender's profile, for a reader who hasn't been told of it


def message_hash(message: bytes) -> bytes:
    """What the next message's `previous` and the receipt name: 32 bytes."""
    return digest(b"message", message)


encode_message = msgspec.msgpack.Encoder().encode


def decode_message(message: bytes) -> PrivateMessage:
    """Decode a message's bytes; `bad_statement`."""
    return decode_strict(message, PrivateMessage)


def seal_info(authority_id: bytes, sender: bytes, recipient: bytes) -> bytes:
    """HPKE's `info`: the purpose and both ends, 32 bytes each."""
    return b"".join((label(b"seal", b"private"), authority_id, sender, recipient))


def check_prekey(signed: Signed, uid: bytes, key: VerifyKey, authority_id: bytes) -> Prekey:
    """The prekey, if it is that person's own; `prekey_invalid`."""
    prekey = check(signed, Prekey, key, authority_id)
    if prekey.uid != uid:
        raise Forged("prekey_invalid")
    return prekey


def seal(message: bytes, prekey: Prekey, key: SigningKey, authority_id: bytes) -> bytes:
    """Sign `message` (its exact bytes) together with the prekey's id and hash, and seal both to the prekey."""
    parts = decode_message(message)
    envelope = Envelope(prekey.id, digest(b"prekey", prekey.key), message)
    plaintext = encode_message(issue(envelope, key, authority_id))
    return SealKey(prekey.key).seal(plaintext, seal_info(authority_id, parts.sender, parts.recipient))


@dataclass(frozen=True, slots=True)
class Opened:
    """An authenticated message: decoded, its exact bytes, its hash, the envelope with the sender's signature, and
    the key that made it.
    """

    message: PrivateMessage
    raw: bytes
    hash: bytes
    envelope: Signed
    key: VerifyKey


def open_envelope(
    sealed: bytes,
    prekey_id: bytes,
    prekey: OpenKey,
    sender: bytes,
    keys: Sequence[VerifyKey],
    gone: Sequence[VerifyKey],
    recipient: bytes,
    authority_id: bytes,
) -> Opened:
    """Open and check everything that one envelope says by itself; the chain is the caller's (`follows`). `keys` of the
    sender count, those that are `gone` don't.

    Raises `cannot_open`, `bad_statement`, `bad_signature`, `key_revoked`, `prekey_invalid` or `wrong_recipient`.
    """
    plaintext = prekey.open(sealed, seal_info(authority_id, sender, recipient))
    signed = decode_strict(plaintext, Signed)
    key = _signer(signed, keys, authority_id)
    if key is None:
        raise Forged("bad_signature" if _signer(signed, gone, authority_id) is None else "key_revoked")
    envelope = decode_strict(signed.body, Envelope)
    if envelope.prekey_id != prekey_id or envelope.prekey_hash != digest(b"prekey", prekey.public.raw):
        raise Forged("prekey_invalid")
    message = decode_message(envelope.message)
    if message.sender != sender or message.recipient != recipient:
        raise Forged("wrong_recipient")
    return Opened(message, envelope.message, message_hash(envelope.message), signed, key)


def open_returned(signed: Signed, key: VerifyKey, sender: bytes, recipient: bytes, authority_id: bytes) -> Opened:
    """A message of one's own as its recipient kept it (section 8.15), under the key of one's own that one asked for.

    Raises `bad_signature`, `bad_statement` or `wrong_recipient`. Which prekey it was sealed to is over and done with.
    """
    envelope = check(signed, Envelope, key, authority_id)
    message = decode_message(envelope.message)
    if (message.sender, message.recipient) != (sender, recipient):
        raise Forged("wrong_recipient")
    return Opened(message, envelope.message, message_hash(envelope.message), signed, key)


def _signer(signed: Signed, keys: Sequence[VerifyKey], authority_id: bytes) -> VerifyKey | None:
    """Which of these keys made the signature, if one did."""
    for key in keys:
        with contextlib.suppress(Forged):
            key.verify(Envelope.CONTEXT, authority_id, signed.body, signed.sig)
            return key
    return None


def receipts_info(authority_id: bytes, sender: bytes, recipient: bytes) -> bytes:
    """HPKE's `info` for receipts that wait in a mailbox: the purpose and both ends."""
    return b"".join((label(b"seal", b"receipts"), authority_id, sender, recipient))


def seal_receipts(
    receipts: list[Signed], prekey: Prekey, sender: bytes, recipient: bytes, authority_id: bytes
) -> bytes:
    """Signed receipts for somebody who is away; each is checked by its own signature when it is opened."""
    return SealKey(prekey.key).seal(encode_message(receipts), receipts_info(authority_id, sender, recipient))


def open_receipts(sealed: bytes, prekey: OpenKey, sender: bytes, recipient: bytes, authority_id: bytes) -> list[Signed]:
    """The receipts, at most RECEIPTS_LIMIT, still to be checked one by one; `cannot_open` or `bad_statement`."""
    return decode_strict(prekey.open(sealed, receipts_info(authority_id, sender, recipient)), _Receipts)


def issue_receipt(message: PrivateMessage, hash: bytes, what: str, key: SigningKey, authority_id: bytes) -> Signed:
    """The recipient's receipt for a message that is on disk."""
    return issue(Receipt(message.recipient, message.sender, message.id, hash, what), key, authority_id)


def check_receipt(signed: Signed, reader: bytes, reader_key: VerifyKey, writer: bytes, authority_id: bytes) -> Receipt:
    """A receipt by `reader` for a message of `writer`; `bad_receipt` if it is for another pair."""
    receipt = check(signed, Receipt, reader_key, authority_id)
    if receipt.sender != reader or receipt.recipient != writer or receipt.what not in (DELIVERED, READ, LISTENED):
        raise Forged("bad_receipt")
    return receipt
