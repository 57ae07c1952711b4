"""AK, the authority's key: made once, in a 0600 file that is on disk before anything is signed with it."""

from __future__ import annotations

import re
from pathlib import Path

from protocol.errors import Damaged
from protocol.primitives import SigningKey, digest
from storage.whole_files import write_whole

_FORM = re.compile(rb"hamraz authority key 2: ([0-9a-f]{64}) ([0-9a-f]{16})\n")
_VERSION_1 = re.compile(rb"hamraz authority key 1: [0-9a-f]{64}\n")


def make(path: Path) -> SigningKey:
    """A new key in a new file; the caller holds the folder and has seen that there is none."""
    key = SigningKey.generate()
    write_whole(path, b"hamraz authority key 2: %s %s\n" % (key.save().hex().encode(), _sum(key.save())))
    return key


def load(path: Path) -> SigningKey:
    """The key of this file, or `key_damaged`; `old_version` of version 1's."""
    content = path.read_bytes()
    if _VERSION_1.fullmatch(content):
        raise Damaged("old_version", path=str(path))
    match = _FORM.fullmatch(content)
    secret = bytes.fromhex(match[1].decode()) if match else b""
    # one changed digit would be another authority's key, and the database the one that looks foreign
    if not match or match[2] != _sum(secret):
        raise Damaged("key_damaged", path=str(path))
    return SigningKey(secret)


def _sum(secret: bytes) -> bytes:
    return digest(b"authority key file", secret)[:8].hex().encode()
