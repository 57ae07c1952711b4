"""The recovery kit: the recovery key as it stands on paper, and what else comes from it (section 7.7 of
docs/protocol.md); and what its owner asks an admin for, who has lost it (section 10.3).
"""

from __future__ import annotations

import base64
import binascii

from protocol.errors import Forged, Refused
from protocol.links import as_typed, plain
from protocol.log import recovery_hash
from protocol.log_entries import RecoveryChange
from protocol.primitives import OpenKey, SigningKey, digest
from protocol.statements import Signed, decode_strict, encode_strict

SCHEME = "HAMRAZ-KIT:"
GROUPS, GROUP = 14, 4  # 35 bytes in base32, without padding
_SEED, _CHECK = 32, 3  # bytes: one typing error in 16 million is taken for another kit


class Kit:
    """Whoever has it has the account: like a private key, it never shows itself."""

    __slots__ = ("_authority_id", "recovery")

    def __init__(self, recovery: SigningKey, authority_id: bytes) -> None:
        self.recovery = recovery
        self._authority_id = authority_id

    @classmethod
    def generate(cls, authority_id: bytes) -> Kit:
        return cls(SigningKey.generate(), authority_id)

    @property
    def hash(self) -> bytes:
        """What the log says of it, 32 bytes: enough to know it again, nothing to find it by."""
        return recovery_hash(self._authority_id, self.recovery.public)

    def groups(self) -> list[str]:
        """14 groups of 4 letters and digits, as they are printed."""
        check = digest(b"kit", self._authority_id, self.recovery.public.raw)[:_CHECK]
        text = base64.b32encode(self.recovery.save() + check).decode().lower()
        return [text[at : at + GROUP] for at in range(0, len(text), GROUP)]

    def code(self) -> str:
        """The text of its QR code, of letters and digits that a QR code packs tightly."""
        return SCHEME + "".join(self.groups()).upper()

    def open_key(self) -> OpenKey:
        """The key to what is sealed for whoever has the kit: backups."""
        return OpenKey(self.recovery.derive(b"kit seal", self._authority_id, 96))

    def vault_key(self) -> bytes:
        """32 secret bytes that wrap the key of the vault, beside the password."""
        return self.recovery.derive(b"kit vault", self._authority_id)


def read_kit(text: str, authority_id: bytes) -> Kit:
    """The kit as people type it, or its QR code; `bad_kit` for a typing error and for another authority's."""
    letters = as_typed(text[: 4 * GROUPS * GROUP]).removeprefix(as_typed(SCHEME))
    try:
        raw = base64.b32decode(letters.upper())
    except (binascii.Error, ValueError):
        raise Refused("bad_kit", field="kit") from None
    if len(raw) != _SEED + _CHECK:
        raise Refused("bad_kit", field="kit")
    kit = Kit(SigningKey(raw[:_SEED]), authority_id)
    if "".join(kit.groups()) != letters:
        raise Refused("bad_kit", field="kit")
    return kit


REQUEST = "HAMRAZ-NEWKIT:"
_REQUEST_LIMIT = 1024  # letters; 302 are usual


def request_code(change: Signed) -> str:
    """What the owner gives an admin: the change of the recovery key that both are to sign, as text."""
    return REQUEST + base64.b32encode(encode_strict(change)).decode().rstrip("=")


def read_request(text: str) -> tuple[Signed, RecoveryChange]:
    """The change, with its owner's signature, which isn't checked yet; `bad_kit_request`."""
    letters = plain(text[:_REQUEST_LIMIT]).upper()
    body = letters.removeprefix(REQUEST)
    try:
        change = decode_strict(base64.b32decode(body + "=" * (-len(body) % 8)), Signed)
        said = decode_strict(change.body, RecoveryChange)
    except (binascii.Error, ValueError, Forged):
        raise Refused("bad_kit_request", field="request") from None
    if not letters.startswith(REQUEST):
        raise Refused("bad_kit_request", field="request")
    return change, said
