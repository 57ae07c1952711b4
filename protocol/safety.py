"""The safety number: what two people hold against each other to know that nobody stands between (section 10)."""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from typing import Annotated

import msgspec
from msgspec import Meta

from protocol.errors import HamrazError, Refused
from protocol.links import plain
from protocol.primitives import VerifyKey, label
from protocol.statements import Bytes32, Signed, decode_strict

GROUPS = 12


def safety_number(authority_id: bytes, one: bytes, one_key: VerifyKey, other: bytes, other_key: VerifyKey) -> list[str]:
    """Twelve groups of five digits (199 bits) from both uids and current keys; the same for both people."""
    first, second = sorted([one + one_key.raw, other + other_key.raw])
    spread = hashlib.sha512(label(b"code", b"safety") + authority_id + first + second).digest()
    # 40 bits a group: the remainder's bias is below 1 in 10 million
    return [f"{int.from_bytes(spread[i * 5 : i * 5 + 5]) % 100000:05}" for i in range(GROUPS)]


SCHEME = "HAMRAZ-SAFETY:"
CODE_LIMIT = 1024  # letters; 345 are usual


class _Code(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    shower: Bytes32
    other: Bytes32
    number: Annotated[bytes, Meta(min_length=25, max_length=25)]
    head: Signed


@dataclass(frozen=True, slots=True)
class SafetyCode:
    """What one person's agent shows the other's: whose it is, for whom, the number, and the newest signed head."""

    shower: bytes
    other: bytes
    digits: list[str]
    head: Signed

    def encode(self) -> str:
        """The text of the QR code, of letters and digits that a QR code packs tightly (section 10.2)."""
        number = int("".join(self.digits)).to_bytes(25)
        raw = msgspec.msgpack.encode(_Code(self.shower, self.other, number, self.head))
        return SCHEME + base64.b32encode(raw).decode().rstrip("=")


def read_code(text: str) -> SafetyCode:
    """The code in what was scanned or pasted, read as codes that people paste are (`plain`). `bad_safety_code`."""
    letters = plain(text[:CODE_LIMIT]).upper()
    body = letters.removeprefix(SCHEME)
    try:
        raw = base64.b32decode(body + "=" * (-len(body) % 8))
        code = decode_strict(raw, _Code)
    except (binascii.Error, ValueError, HamrazError):
        raise Refused("bad_safety_code", field="code") from None
    number = f"{int.from_bytes(code.number):060}"
    if not letters.startswith(SCHEME) or len(number) > 5 * GROUPS:
        raise Refused("bad_safety_code", field="code")
    return SafetyCode(code.shower, code.other, [number[at : at + 5] for at in range(0, 60, 5)], code.head)
