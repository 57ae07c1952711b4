"""AK, the authority's key: made once, in a 0600 file that is on disk before anything is signed with it."""

from __future__ import annotations

import contextlib
import logging
import re
import sys
from pathlib import Path

from protocol.errors import Damaged
from protocol.primitives import SigningKey, digest
from storage.whole_files import write_whole

log = logging.getLogger("hamraz.authority")

_FORM = re.compile(rb"hamraz authority key 2: ([0-9a-f]{64}) ([0-9a-f]{16})\n")
_VERSION_1 = re.compile(rb"hamraz authority key 1: [0-9a-f]{64}\n")


def make(path: Path) -> SigningKey:
    """A new key in a new file; the caller holds the folder and has seen that there is none."""
    key = SigningKey.generate()
    write_whole(path, b"hamraz authority key 2: %s %s\n" % (key.save().hex().encode(), _sum(key.save())))
    return key


def load(path: Path) -> SigningKey:
    """The key of this file, or `key_damaged`; `old_version` of version 1's. If others on this computer can read it, as
    a copy that was put back, that ends here.
    """
    _close(path)
    content = path.read_bytes()
    if _VERSION_1.fullmatch(content):
        raise Damaged("old_version", path=str(path))
    match = _FORM.fullmatch(content)
    secret = bytes.fromhex(match[1].decode()) if match else b""
    # one changed digit would be another authority's key, and the database the one that looks foreign
    if not match or match[2] != _sum(secret):
        raise Damaged("key_damaged", path=str(path))
    return SigningKey(secret)


def _close(path: Path) -> None:
    if sys.platform == "win32" or not path.stat().st_mode & 0o077:
        return
    with contextlib.suppress(OSError):  # somebody else's, who knows whom they let read it
        path.chmod(0o600)
        log.warning("others on this computer could read %(path)s: it is for its owner only now", {"path": str(path)})


def _sum(secret: bytes) -> bytes:
    return digest(b"authority key file", secret)[:8].hex().encode()
