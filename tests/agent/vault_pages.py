"""What a vault's files hold once they are decrypted, free pages and all: what SQLite would not show any more."""

from __future__ import annotations

from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from web_client.vault import key_file
from web_client.vault.database import DATABASE_FILE, KEY_FILE, PAGE

# SQLCipher 4: AES-256-CBC; at a page's end stand 16 bytes of IV and 64 of HMAC, at the file's beginning 16 of salt.
RESERVED, SALT, IV = 80, 16, 16
WAL_HEAD, FRAME_HEAD = 32, 24


def decrypted(folder: Path, password: str) -> bytes:
    """All pages of the database and of its journal, one after the other."""
    key = key_file.unwrap((folder / KEY_FILE).read_bytes(), password)
    database = (folder / DATABASE_FILE).read_bytes()
    found = [_page(key, database[at : at + PAGE], at == 0) for at in range(0, len(database), PAGE)]
    journal = folder / (DATABASE_FILE + "-wal")
    frames = journal.read_bytes()[WAL_HEAD:] if journal.exists() else b""
    for at in range(0, len(frames) - FRAME_HEAD, FRAME_HEAD + PAGE):
        number = int.from_bytes(frames[at : at + 4])
        found.append(_page(key, frames[at + FRAME_HEAD : at + FRAME_HEAD + PAGE], number == 1))
    return b"\n".join(found)


def _page(key: bytes, page: bytes, is_first: bool) -> bytes:
    iv = page[-RESERVED:][:IV]
    body = page[SALT if is_first else 0 : -RESERVED]
    return Cipher(algorithms.AES(key), modes.CBC(iv)).decryptor().update(body)
