"""AK, the authority's key: made once, in a 0600 file that is on disk before anything is signed with it."""

from __future__ import annotations

import re
from pathlib import Path

from authority_server.folder import write_private
from protocol.errors import Damaged
from protocol.primitives import SigningKey

_FORM = re.compile(rb"hamraz authority key 1: ([0-9a-f]{64})\n")


def make(path: Path) -> SigningKey:
    """A new key in a new file; the caller holds the folder and has seen that there is none."""
    key = SigningKey.generate()
    write_private(path, b"hamraz authority key 1: %s\n" % key.save().hex().encode())
    return key


def load(path: Path) -> SigningKey:
    """The key of this file, or `key_damaged`."""
    match = _FORM.fullmatch(path.read_bytes())
    if not match:
        raise Damaged("key_damaged", path=str(path))
    return SigningKey(bytes.fromhex(match[1].decode()))
