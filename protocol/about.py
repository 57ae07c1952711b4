"""What a message says of its sender's profile (section 8.13): which one is the newest, and the key that opens it."""

from __future__ import annotations

import msgspec

from protocol.statements import U32, Bytes32


class About(msgspec.Struct, array_like=True, forbid_unknown_fields=True, frozen=True):
    """The newest profile of who says it."""

    version: U32
    key: Bytes32

    def __repr__(self) -> str:
        return f"About(version={self.version})"  # the key never shows itself
