"""What is signed: one struct and one context for each purpose (section 4 of docs/protocol.md).

Bytes are verified as received, then decoded.
"""

from __future__ import annotations

import functools
from typing import Annotated, Any, ClassVar, TypeVar

import msgspec
from msgspec import Meta

from protocol.at_fault import field_at_fault
from protocol.errors import Forged
from protocol.primitives import SigningKey, VerifyKey, digest

U32 = Annotated[int, Meta(ge=0, le=2**32 - 1)]
U64 = Annotated[int, Meta(ge=0, le=2**63 - 1)]  # SQLite's integers are signed; 63 bits are enough for every count here
U62 = Annotated[int, Meta(ge=0, le=2**62 - 1)]  # a count whose next one is looked for in a database: it must fit too
Port = Annotated[int, Meta(ge=1, le=65535)]
Bytes16 = Annotated[bytes, Meta(min_length=16, max_length=16)]
Bytes32 = Annotated[bytes, Meta(min_length=32, max_length=32)]
Signature = Annotated[bytes, Meta(min_length=64, max_length=64)]
Name = Annotated[str, Meta(min_length=1, max_length=64)]
Host = Annotated[str, Meta(min_length=1, max_length=64)]
Device = Annotated[bytes, Meta(min_length=16, max_length=16)]  # only NO_DEVICE; a struct that has one is an OnDevice
PrekeyBytes = Annotated[bytes, Meta(min_length=1216, max_length=1216)]

encode_strict = msgspec.msgpack.Encoder().encode  # bytes as they are signed and kept; `decode_strict` reads them


NO_DEVICE = bytes(16)  # the one device that an account has


class OnDevice(msgspec.Struct, frozen=True):
    """The base of what names a device: an account has one, so that any other than NO_DEVICE is no form of this."""

    def __post_init__(self) -> None:
        if self.device != NO_DEVICE:  # type: ignore[attr-defined]
            raise ValueError("device")


class Signed(msgspec.Struct, array_like=True, forbid_unknown_fields=True, frozen=True):
    """A signed thing: the exact bytes and the Ed25519 signature over context, authority_id and them."""

    body: bytes
    sig: Signature

    def hex(self) -> dict[str, str]:
        """As evidence shows it: both in hex."""
        return {"body": self.body.hex(), "sig": self.sig.hex()}


class Statement(msgspec.Struct, array_like=True, forbid_unknown_fields=True, frozen=True):
    """The base of all bodies that are signed; a subclass names its context."""

    CONTEXT: ClassVar[bytes]


S = TypeVar("S", bound=Statement)


def issue(statement: Statement, key: SigningKey, authority_id: bytes) -> Signed:
    """Encode and sign a statement."""
    body = encode_strict(statement)
    return Signed(body, key.sign(statement.CONTEXT, authority_id, body))


def check(signed: Signed, kind: type[S], key: VerifyKey, authority_id: bytes) -> S:
    """Verify the bytes as received, then decode them. Raises `bad_signature` or `bad_statement`."""
    key.verify(kind.CONTEXT, authority_id, signed.body, signed.sig)
    return decode_strict(signed.body, kind)


T = TypeVar("T")


def decode_strict(body: bytes, kind: type[T]) -> T:
    """Decode MessagePack with exact types and no unknown fields; else `bad_statement`, with the field at fault."""
    try:
        return _decoder(kind).decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as reason:
        raise Forged("bad_statement", field=field_at_fault(reason, kind)) from None


_decoders: dict[Any, msgspec.msgpack.Decoder[Any]] = {}


def _decoder(kind: type[T]) -> msgspec.msgpack.Decoder[T]:
    found = _decoders.get(kind)
    if found is None:
        found = _decoders[kind] = msgspec.msgpack.Decoder(kind)
    return found


# --- the authority's ---


class Head(Statement, frozen=True):
    """The log's size and hash, signed once it is on disk."""

    CONTEXT = b"head"
    size: U64
    hash: Bytes32


class Welcome(Statement, frozen=True):
    """The authority's answer to HELLO: its key, the certificate of this listener, both nonces."""

    CONTEXT = b"welcome"
    authority_key: Bytes32
    fingerprint: Bytes32
    client_nonce: Bytes32
    server_nonce: Bytes32
    head: Signed


class FoundUser(Statement, frozen=True):
    """The directory's answer: name, key and its log entry, and where the agent listens."""

    CONTEXT = b"found"
    nonce: Bytes32
    name: Name
    uid: Bytes32
    identity_key: Bytes32
    entry: U64
    online: bool
    presence: Signed | None
    seen: Host | None  # where the authority sees that agent, if that helps to reach it (section 8.1)


# --- the user's ---


class Proof(Statement, frozen=True):
    """Who is calling: worthless on any other connection. Its context says what is called (PURPOSES)."""

    CONTEXT = b"proof"
    purpose: str
    called: bytes
    nonce: Bytes32
    fingerprint: Bytes32
    uid: Bytes32


PROOF_AUTHORITY, PROOF_GROUP, PROOF_PEER, PROOF_BACKUP = "authority", "group", "peer", "backup"


class Presence(OnDevice, Statement, frozen=True):
    """Where a user's agent listens now, and the certificate it shows there; higher sequences replace lower ones."""

    CONTEXT = b"presence"
    uid: Bytes32
    device: Device
    sequence: U64
    hosts: Annotated[list[Host], Meta(min_length=1, max_length=8)]
    port: Port
    fingerprint: Bytes32


class Generation(Statement, frozen=True):
    """How often this account's vault has been opened to log in: of two copies of it, the lower one is the older."""

    CONTEXT = b"generation"
    uid: Bytes32
    generation: U64
    nonce: Bytes16  # tells two copies apart that have counted equally far

    def follows(self, other: Generation) -> bool:
        """Whether a vault that says this may come after one that has said the other: it is higher, or the very same."""
        return self.generation > other.generation or self == other


class Prekey(OnDevice, Statement, frozen=True):
    """A key to seal one message to: `sequence` 0 is one-time; above 0 it is a last-resort key, the higher the newer."""

    CONTEXT = b"prekey"
    uid: Bytes32
    device: Device
    id: Bytes16
    sequence: U64
    key: PrekeyBytes


class Envelope(Statement, frozen=True):
    """What is signed and then sealed: the private message's exact bytes, tied to the prekey that they are sealed to."""

    CONTEXT = b"private"
    prekey_id: Bytes16
    prekey_hash: Bytes32
    message: bytes


class Receipt(Statement, frozen=True):
    """The recipient's word that a message is stored (`delivered`), seen (`read`), or heard (`listened`)."""

    CONTEXT = b"receipt"
    sender: Bytes32  # whose receipt this is
    recipient: Bytes32  # who wrote the message
    message_id: Bytes16
    message_hash: Bytes32
    what: str


class Export(Statement, frozen=True):
    """The last line of an exported proof, by which whoever has made it signs all lines before (docs/export.md)."""

    CONTEXT = b"export"
    uid: Bytes32
    time: U64  # ms since 1970, the exporter's claim
    lines: U64
    hash: Bytes32  # SHA-256 of the file's bytes before this line
    page: Bytes32  # SHA-256 of the page for people that goes with it


@functools.lru_cache(maxsize=1024)
def check_head(signed: Signed, key: VerifyKey, authority_id: bytes) -> Head:
    """The head of the log that somebody shows, if the authority has signed it: `bad_signature`, `bad_statement`.

    Most who write name the same one as the one before, so the last ones are remembered.
    """
    return check(signed, Head, key, authority_id)


def prove(
    purpose: str, called: bytes, nonce: bytes, fingerprint: bytes, uid: bytes, key: SigningKey, authority_id: bytes
) -> Signed:
    """A proof for one connection: `fingerprint` is the certificate that *this client saw* on the socket."""
    return issue(Proof(purpose, called, nonce, fingerprint, uid), key, authority_id)


def check_proof(
    signed: Signed,
    purpose: str,
    called: bytes,
    nonce: bytes,
    fingerprint: bytes,
    uid: bytes,
    key: VerifyKey,
    authority_id: bytes,
) -> None:
    """`bad_signature`, `wrong_recipient` or `wrong_certificate` unless it is the proof for exactly this connection."""
    proof = check(signed, Proof, key, authority_id)
    if proof.purpose != purpose or proof.called != called or proof.uid != uid:
        raise Forged("wrong_recipient")
    if proof.fingerprint != fingerprint:
        raise Forged("wrong_certificate")
    if proof.nonce != nonce:
        raise Forged("bad_signature")


def authority_id_of(key: VerifyKey) -> bytes:
    """What the join link carries: SHA-256 of the authority's key, 32 bytes."""
    return key.fingerprint()


def uid_of(authority_id: bytes, first_key: VerifyKey) -> bytes:
    """A user's id for good, whatever keys follow: 32 bytes."""
    return digest(b"uid", authority_id, first_key.raw)
