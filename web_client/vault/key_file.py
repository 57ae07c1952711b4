"""The files that hold the vault's key: wrapped by the password (Argon2id, then ChaCha20-Poly1305), and by the recovery
kit, whose 256 bits need no stretching. Knows no database.
"""

from __future__ import annotations

import hashlib
import secrets
import unicodedata
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from protocol.errors import Damaged, Refused

FAMILY: Final = b"hamraz vault key "
VERSION_1: Final = FAMILY + b"1\n"  # how version 1's began; the vault beside it holds what no one reads any more
MAGIC: Final = FAMILY + b"2\n"
MEMORY_KIB: Final = 64 * 1024
PASSES: Final = 3
LANES: Final = 1  # two threads that derive with more lanes at once deadlock in cryptography 50
_SALT, _NONCE, _WRAPPED, _CHECK = 16, 12, 48, 32
_SIZE: Final = len(MAGIC) + _SALT + _NONCE + _WRAPPED + _CHECK


def wrap(vault_key: bytes, password: str) -> bytes:
    """The key file for a 32-byte vault key. Takes about 150 ms and 64 MiB: off the hub."""
    salt, nonce = secrets.token_bytes(_SALT), secrets.token_bytes(_NONCE)
    head = MAGIC + salt + nonce
    body = head + ChaCha20Poly1305(_derive(password, salt)).encrypt(nonce, vault_key, head)
    return body + hashlib.sha256(body).digest()


def unwrap(file: bytes, password: str) -> bytes:
    """The vault key. `password` if it is wrong; `vault_damaged` if the file isn't what `wrap` made."""
    body, checksum = file[:-_CHECK], file[-_CHECK:]
    # the checksum is no secret and no seal: it only tells a damaged file from a wrong password
    if len(file) != _SIZE or not file.startswith(MAGIC) or hashlib.sha256(body).digest() != checksum:
        raise Damaged("vault_damaged")
    head = body[: len(MAGIC) + _SALT + _NONCE]
    salt, nonce = head[len(MAGIC) : -_NONCE], head[-_NONCE:]
    try:
        return ChaCha20Poly1305(_derive(password, salt)).decrypt(nonce, body[len(head) :], head)
    except InvalidTag:
        raise Refused("password", field="password") from None


KIT_MAGIC: Final = b"hamraz vault kit 1\n"
_AUTHORITY: Final = 32
_KIT_SIZE: Final = len(KIT_MAGIC) + _AUTHORITY + _NONCE + _WRAPPED + _CHECK


def wrap_for_kit(vault_key: bytes, authority_id: bytes, kit_key: bytes) -> bytes:
    """The kit's file for a 32-byte vault key. It names the authority, by which a kit is read (section 7.7)."""
    nonce = secrets.token_bytes(_NONCE)
    head = KIT_MAGIC + authority_id + nonce
    body = head + ChaCha20Poly1305(kit_key).encrypt(nonce, vault_key, head)
    return body + hashlib.sha256(body).digest()


def authority_of_kit(file: bytes) -> bytes:
    """Whose kits open it, 32 bytes; `vault_damaged` if the file isn't what `wrap_for_kit` made."""
    body, checksum = file[:-_CHECK], file[-_CHECK:]
    if len(file) != _KIT_SIZE or not file.startswith(KIT_MAGIC) or hashlib.sha256(body).digest() != checksum:
        raise Damaged("vault_damaged")
    return file[len(KIT_MAGIC) :][:_AUTHORITY]


def unwrap_by_kit(file: bytes, kit_key: bytes) -> bytes:
    """The vault key; `other_kit` or `vault_damaged`."""
    authority_of_kit(file)
    head, wrapped = file[: len(KIT_MAGIC) + _AUTHORITY + _NONCE], file[len(KIT_MAGIC) + _AUTHORITY + _NONCE : -_CHECK]
    try:
        return ChaCha20Poly1305(kit_key).decrypt(head[-_NONCE:], wrapped, head)
    except InvalidTag:
        raise Refused("other_kit", field="kit") from None


def _derive(password: str, salt: bytes) -> bytes:
    # NFC, because keyboards differ in how they compose the same letter
    secret = unicodedata.normalize("NFC", password).encode()
    return Argon2id(salt=salt, length=32, iterations=PASSES, lanes=LANES, memory_cost=MEMORY_KIB).derive(secret)
