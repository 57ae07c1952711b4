"""Keys, signatures, hashes and seals, each a type or a function of its own; `cryptography` does the work (section 2),
and of what a signature holds `sodium` is asked first.

A private key never shows itself: no `repr`, no equality, only `save()` hands it out, to the vault.
"""

from __future__ import annotations

import functools
import hashlib
import secrets
from dataclasses import dataclass
from typing import Final, Literal, Self

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes, hpke
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand

from protocol import sodium
from protocol.errors import Forged

HASH_SIZE: Final = 32
ID_SIZE: Final = 16
NONCE_SIZE: Final = 32
PREKEY_SIZE: Final = 1184 + 32  # ML-KEM-768's encapsulation key, then X25519's public key
AEAD_TAG: Final = 16
NONCE_OVERHEAD: Final = 32  # what is sealed with a nonce of its own: 16 (nonce) + 16 (tag)
SEAL_OVERHEAD: Final = 1136  # 1088 (ML-KEM ciphertext) + 32 (X25519 share) + 16 (tag)


Use = Literal[b"sign", b"hash", b"seal", b"key", b"aead", b"code"]


@functools.cache
def label(use: Use, name: bytes) -> bytes:
    """The domain separator that everything hashed, signed, sealed or derived begins with (section 2.1).

    Neither part holds a slash or 0x00, so no label is the beginning of another, and no two uses share an input.
    """
    return b"".join((b"hamraz/v2/", use, b"/", name, b"\0"))


def digest(name: bytes, *parts: bytes) -> bytes:
    """H(name, parts): SHA-256 over the label and the parts, 32 bytes. All parts but the last have a fixed length."""
    return hashlib.sha256(b"".join((label(b"hash", name), *parts))).digest()


def random_id() -> bytes:
    """16 random bytes: the id of a message, a prekey, a group."""
    return secrets.token_bytes(ID_SIZE)


def random_nonce() -> bytes:
    """32 random bytes."""
    return secrets.token_bytes(NONCE_SIZE)


# The y of the points of small order: such a "key" has signatures that anybody can make and that hold for many
# messages. OpenSSL takes it; here it holds for none, or its owner could deny everything.
_P: Final = 2**255 - 19
_ORDER_8: Final = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
_SMALL_ORDER: Final = frozenset((0, 1, _P - 1, _ORDER_8, _P - _ORDER_8))


@dataclass(frozen=True, slots=True)
class VerifyKey:
    """An Ed25519 public key, 32 bytes."""

    raw: bytes

    def verify(self, context: bytes, authority_id: bytes, body: bytes, signature: bytes) -> None:
        """Raise `bad_signature` unless it is this key's over exactly these bytes, for this purpose and authority."""
        if not self.holds(signing_input(context, authority_id, body), signature):
            raise Forged("bad_signature")

    def holds(self, message: bytes, signature: bytes) -> bool:
        """Whether this is the key's signature over all of a message, its label within (section 2.5)."""
        if sodium.accepts(self.raw, message, signature):
            return True
        if self._binds_nobody():
            return False
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True

    def _binds_nobody(self) -> bool:
        return (int.from_bytes(self.raw, "little") & (2**255 - 1)) % _P in _SMALL_ORDER

    def fingerprint(self) -> bytes:
        """SHA-256 over the raw key, 32 bytes."""
        return hashlib.sha256(self.raw).digest()


class SigningKey:
    """An Ed25519 private key."""

    __slots__ = ("_key", "public")

    def __init__(self, raw: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(raw)
        self.public = VerifyKey(self._key.public_key().public_bytes_raw())

    @classmethod
    def generate(cls) -> SigningKey:
        return cls(secrets.token_bytes(32))

    def sign(self, context: bytes, authority_id: bytes, body: bytes) -> bytes:
        """The signature, 64 bytes, deterministic (RFC 8032)."""
        return self._key.sign(signing_input(context, authority_id, body))

    def derive(self, name: bytes, about: bytes = b"", size: int = 32) -> bytes:
        """That many secret bytes for another purpose of whoever has this key, bound to `about`."""
        return HKDF(hashes.SHA256(), size, None, label(b"key", name) + about).derive(self.save())

    def save(self) -> bytes:
        """The 32 secret bytes, for the vault or the authority's key file only."""
        return self._key.private_bytes_raw()


def signing_input(context: bytes, authority_id: bytes, body: bytes) -> bytes:
    """What every signature covers: no two contexts and no two authorities share an input."""
    return b"".join((label(b"sign", context), authority_id, body))


_SUITE = hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.CHACHA20_POLY1305)


@dataclass(frozen=True, slots=True)
class SealKey:
    """The public half of a prekey: ML-KEM-768 ‖ X25519, 1216 bytes."""

    raw: bytes

    def seal(self, plaintext: bytes, info: bytes) -> bytes:
        """HPKE single-shot seal (RFC 9180, base mode): SEAL_OVERHEAD bytes longer; `prekey_invalid`: a hostile key."""
        try:
            if len(self.raw) != PREKEY_SIZE:
                raise ValueError
            public = hpke.MLKEM768X25519PublicKey(
                MLKEM768PublicKey.from_public_bytes(self.raw[:1184]),
                X25519PublicKey.from_public_bytes(self.raw[1184:]),
            )
            return _SUITE.encrypt(plaintext, public, info=info)
        except ValueError:
            # a point of low order makes X25519 give all zeros, which cryptography refuses with ValueError
            raise Forged("prekey_invalid") from None


class OpenKey:
    """The private half of a prekey: ML-KEM's 64-byte seed ‖ X25519's 32 bytes."""

    __slots__ = ("_key", "_raw", "public")

    def __init__(self, raw: bytes) -> None:
        kem = MLKEM768PrivateKey.from_seed_bytes(raw[:64])
        dh = X25519PrivateKey.from_private_bytes(raw[64:])
        self._raw = raw
        self._key = hpke.MLKEM768X25519PrivateKey(kem, dh)
        self.public = SealKey(kem.public_key().public_bytes_raw() + dh.public_key().public_bytes_raw())

    @classmethod
    def generate(cls) -> OpenKey:
        return cls(secrets.token_bytes(96))

    def open(self, sealed: bytes, info: bytes) -> bytes:
        """The plaintext, or `cannot_open`, whatever is wrong with `sealed`, `info` or the key."""
        try:
            return _SUITE.decrypt(sealed, self._key, info=info)
        except (InvalidTag, ValueError):
            raise Forged("cannot_open") from None

    def save(self) -> bytes:
        """The 96 secret bytes, for the vault only."""
        return self._raw


def _decrypt(key: bytes, nonce: bytes, sealed: bytes, about: bytes, code: str = "cannot_open") -> bytes:
    try:
        return ChaCha20Poly1305(key).decrypt(nonce, sealed, about)
    except (InvalidTag, ValueError):
        raise Forged(code) from None


class _SymmetricKey:
    """32 secret bytes; each kind of them says to whom `save` may hand them out, beside the vault."""

    __slots__ = ("_raw",)

    def __init__(self, raw: bytes) -> None:
        self._raw = raw

    @classmethod
    def generate(cls) -> Self:
        return cls(secrets.token_bytes(32))

    def save(self) -> bytes:
        """The 32 secret bytes."""
        return self._raw


class EpochKey(_SymmetricKey):
    """K_e, a group's 32-byte key for one epoch (section 9): saved for the vault and for sealing to members only."""

    __slots__ = ("_derived",)

    def __init__(self, raw: bytes) -> None:
        if len(raw) != 32:
            raise Forged("bad_statement")
        super().__init__(raw)
        self._derived: dict[bytes, bytes] = {}  # by name: the same for every message of an epoch

    def key_id(self) -> bytes:
        """D("id"), 32 bytes, published in the commit: commits to the key without telling it."""
        return self._derive(b"id")

    def message_key(self, header: bytes) -> bytes:
        """The 32 bytes that open the one message with this header, and from which nothing else follows: what is shown
        of an epoch to who is no member (docs/export.md).
        """
        return self._expand(b"message", header)

    def encrypt(self, header: bytes, plaintext: bytes) -> bytes:
        """The ciphertext of one group message, 16 bytes longer. Its header is used once, so nonce zero is used once."""
        return ChaCha20Poly1305(self.message_key(header)).encrypt(bytes(12), plaintext, header)

    def decrypt(self, header: bytes, ciphertext: bytes) -> bytes:
        """The plaintext, or `cannot_open`."""
        return self.decrypt_with(self.message_key(header), header, ciphertext)

    @staticmethod
    def decrypt_with(message_key: bytes, header: bytes, ciphertext: bytes) -> bytes:
        """The same by the key of this one message, 32 bytes; `cannot_open`."""
        return _decrypt(message_key, bytes(12), ciphertext, header)

    def encrypt_once(self, name: bytes, plaintext: bytes, about: bytes) -> bytes:
        """What an epoch says once under this name, bound to `about`, 16 bytes longer: each attempt at a commit makes
        another key, so nonce zero is used once.
        """
        return ChaCha20Poly1305(self._derive(name)).encrypt(bytes(12), plaintext, label(b"aead", name) + about)

    def decrypt_once(self, name: bytes, ciphertext: bytes, about: bytes) -> bytes:
        """The plaintext, or `cannot_open`."""
        return _decrypt(self._derive(name), bytes(12), ciphertext, label(b"aead", name) + about)

    def wrap(self, previous: EpochKey, about: bytes) -> bytes:
        """K_{e-1} under K_e, bound to `about`: nonce (12 random bytes) ‖ ciphertext (48 bytes)."""
        nonce, about = secrets.token_bytes(12), label(b"aead", b"history") + about
        return nonce + ChaCha20Poly1305(self._derive(b"history")).encrypt(nonce, previous.save(), about)

    def unwrap(self, wrapped: bytes, about: bytes) -> EpochKey:
        """K_{e-1}, or `cannot_open`."""
        about = label(b"aead", b"history") + about
        return EpochKey(_decrypt(self._derive(b"history"), wrapped[:12], wrapped[12:], about))

    def seal_with_nonce(self, name: bytes, about: bytes, nonce: bytes, plaintext: bytes) -> bytes:
        """What is said beside the chain: `nonce` (16 random bytes) ‖ ciphertext, bound to `about` (of fixed length).

        The nonce makes the key, so that its 128 bits count and not the 96 of the AEAD's own.
        """
        key = self._expand(name, about + nonce)
        return nonce + ChaCha20Poly1305(key).encrypt(bytes(12), plaintext, label(b"aead", name) + about)

    def open_with_nonce(self, name: bytes, about: bytes, sealed: bytes) -> bytes:
        """The plaintext, or `cannot_open`."""
        key = self._expand(name, about + sealed[:ID_SIZE])
        return _decrypt(key, bytes(12), sealed[ID_SIZE:], label(b"aead", name) + about)

    def _expand(self, name: bytes, info: bytes) -> bytes:
        return HKDFExpand(hashes.SHA256(), 32, info).derive(self._derive(name))

    def _derive(self, name: bytes) -> bytes:
        derived = self._derived.get(name)
        if derived is None:
            derived = self._derived[name] = HKDF(hashes.SHA256(), 32, None, label(b"key", name)).derive(self._raw)
        return derived


class ProfileKey(_SymmetricKey):
    """A profile's 32-byte key (section 8.13): of one version only, so nonce zero is used once. Saved for the vault and
    for whom one writes to only.
    """

    __slots__ = ()

    def seal(self, about: bytes, plaintext: bytes) -> bytes:
        """AEAD_TAG bytes longer, bound to `about`."""
        return ChaCha20Poly1305(self._raw).encrypt(bytes(12), plaintext, about)

    def open(self, about: bytes, sealed: bytes) -> bytes:
        """The plaintext, or `cannot_open`."""
        return _decrypt(self._raw, bytes(12), sealed, about)


class FileKey(_SymmetricKey):
    """A file's 32-byte key (section 8.9). Each index is sealed once under it, so the index can be the nonce. Saved for
    the vault and for the message that announces the file only.
    """

    __slots__ = ()

    def seal(self, index: int, about: bytes, plaintext: bytes) -> bytes:
        """The ciphertext of one chunk, AEAD_TAG bytes longer, bound to `about`."""
        return ChaCha20Poly1305(self._raw).encrypt(index.to_bytes(12), plaintext, about)

    def open(self, index: int, about: bytes, sealed: bytes) -> bytes:
        """The plaintext, or `file_broken`."""
        return _decrypt(self._raw, index.to_bytes(12), sealed, about, "file_broken")
