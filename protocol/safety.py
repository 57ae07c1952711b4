"""The safety number: what two people read to each other to know that nobody stands between (section 10)."""

from __future__ import annotations

import hashlib

from protocol.primitives import PREFIX, VerifyKey

GROUPS = 12


def safety_number(authority_id: bytes, one: bytes, one_key: VerifyKey, other: bytes, other_key: VerifyKey) -> list[str]:
    """Twelve groups of five digits (199 bits) from both uids and current keys; the same for both people."""
    first, second = sorted([one + one_key.raw, other + other_key.raw])
    spread = hashlib.sha512(PREFIX + b"safety\0" + authority_id + first + second).digest()
    # 40 bits a group: the remainder's bias is below 1 in 10 million
    return [f"{int.from_bytes(spread[i * 5 : i * 5 + 5]) % 100000:05}" for i in range(GROUPS)]
