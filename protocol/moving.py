"""What an account's move to another computer rests on (section 7.8): two nonces, of which the caller's is bound before
the other is known, the digits that people compare, and the proofs of who comes back after a cut.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from protocol.errors import Forged
from protocol.move_messages import MOST_BYTES, MOST_FILES, MovedFile
from protocol.primitives import digest, label

KEY, KIT, LINK, DATABASE, FOLDER = "vault.key", "vault.kit", "authority.link", "vault.db", "files"
_SMALL = {KEY: 4096, KIT: 4096, LINK: 65_536}  # bytes at most
_NEEDED = {KEY, DATABASE}
_CHUNKS = re.compile(FOLDER + r"/[0-9a-f]{32}")


def commitment(fingerprint: bytes, nonce: bytes) -> bytes:
    """What binds the caller to its nonce, for the certificate that it sees: 32 bytes."""
    return digest(b"move commitment", fingerprint, nonce)


@dataclass(frozen=True, slots=True)
class Meeting:
    """One connection, as one of its two ends knows it: the certificate (the old computer's own; the one that the new
    one sees), the old computer's nonce and the new one's.
    """

    fingerprint: bytes
    old_nonce: bytes
    new_nonce: bytes

    def digits(self) -> list[str]:
        """Four groups of five digits for people to compare: the same at both ends only if these are the two ends."""
        spread = hashlib.sha256(label(b"code", b"move") + self._both()).digest()
        return [f"{int.from_bytes(spread[at : at + 8]) % 100000:05}" for at in range(0, 32, 8)]

    def proof_of_new(self, secret: bytes) -> bytes:
        """That the caller is who was confirmed before: 32 bytes, good on this connection."""
        return digest(b"move new", secret, self._both())

    def proof_of_old(self, secret: bytes, moved: bool) -> bytes:
        """The same of the old computer, and whether it has handed over."""
        return digest(b"move old", secret, self._both(), b"\1" if moved else b"\0")

    def _both(self) -> bytes:
        return self.fingerprint + self.old_nonce + self.new_nonce


def check_files(files: list[MovedFile]) -> None:
    """`bad_move` unless these are the files of one agent's folder: none elsewhere, none twice, none too big."""
    names = [file.name for file in files]
    right = (
        len(set(names)) == len(names) <= MOST_FILES
        and set(names) >= _NEEDED
        and sum(file.size for file in files) <= MOST_BYTES
        and all(_is_ours(file) for file in files)
    )
    if not right:
        raise Forged("bad_move")


def _is_ours(file: MovedFile) -> bool:
    if file.name == DATABASE:
        return file.size > 0
    if file.name in _SMALL:
        return 0 < file.size <= _SMALL[file.name]
    return _CHUNKS.fullmatch(file.name) is not None
