"""A file on its way from the page to this agent: sealed part by part, and looked over as a whole in the end."""

from __future__ import annotations

import hashlib

from protocol.errors import Forged, Refused
from protocol.files import CHUNK, FILE_LIMIT, open_chunk, seal_chunk
from web_client.account.chat_ids import ChatId
from web_client.files import rows as file_rows
from web_client.files.context import FileContext
from web_client.files.rows import UPLOADING, File

# Bytes that the page hands over at once, and that are in memory here; the last part has the rest. Each costs two
# commits and a sync, and in a browser some ten milliseconds before the first byte.
PART = 16 * CHUNK
SPARE = 64 << 20  # bytes of the disk that files leave alone, so that messages can still be kept


def begin(
    files: FileContext, chat: ChatId, message: bytes, name: str, media_type: str, size: int, modified: int
) -> File:
    """Begin, or go on: the row says how far it is. `file_too_big`, `file_changed`, `disk_full`."""
    if size > FILE_LIMIT:
        raise Refused("file_too_big", field="size", limit=FILE_LIMIT >> 20)
    if size + SPARE > files.store.room():
        raise Refused("disk_full")
    me = files.ctx.me.uid
    return files.ctx.vault.write(
        lambda rows: file_rows.begin(rows, me, chat, message, name, media_type, size, modified)
    )


def begun(files: FileContext, message: bytes) -> File:
    """One's own file, by its message; `file_gone`."""
    file = files.ctx.vault.read(lambda rows: file_rows.own(rows, files.ctx.me.uid, message))
    if file is None:
        raise Refused("file_gone")
    return file


def take_part(files: FileContext, message: bytes, offset: int, part: bytes) -> File:
    """Seal the next part and keep it; when this returns, it is on disk.

    `file_gone`, `chunk_order`, `bad_request` for a part that isn't as long as it must be, `file_changed` for another
    one than was begun with in this place: one key seals each place once.
    """
    file = begun(files, message)
    if (
        not 0 < len(part) <= PART
        or (len(part) % CHUNK and offset + len(part) != file.size)
        or (offset + len(part) > file.size)
    ):
        raise Refused("bad_request", field="offset")
    with files.alone(file.of):
        files.ctx.vault.write(lambda rows: file_rows.expect_part(rows, file, offset, hashlib.sha256(part).digest()))
        first = offset // CHUNK
        sealed = b"".join(
            seal_chunk(
                file.key, files.ctx.authority_id, file.id, first + at, file.size, part[at * CHUNK : (at + 1) * CHUNK]
            )
            for at in range(-(-len(part) // CHUNK))
        )
        files.store.write(file.path, first, sealed)
        files.store.sync(file.path)
        have = first + -(-len(part) // CHUNK)
        files.change(file, have=have, part=None)
    return files.row(file.of)


def finish(files: FileContext, message: bytes) -> File:
    """The whole file, read again from the disk for its hash; `chunk_order` while parts are missing."""
    file = begun(files, message)
    if file.have < file.count:
        raise Refused("chunk_order")
    if file.hash is None:
        files.change(file, hash=hash_of(files, file))  # it may be fetched now by whom its message goes to
    return files.row(file.of)


def drop(files: FileContext, message: bytes) -> None:
    """Forget a file that hasn't been sent, nor is by now."""
    file = files.ctx.vault.read(lambda rows: file_rows.own(rows, files.ctx.me.uid, message))
    if file is None or file.state != UPLOADING:
        return
    with files.alone(file.of, waits=True):
        if files.ctx.vault.write(lambda rows: file_rows.drop_unsent(rows, file.of)):
            files.store.remove(file.path)


def hash_of(files: FileContext, file: File) -> bytes:
    """SHA-256 of what lies here, every chunk opened; `file_broken`, `file_gone`, `disk_failing`. A chunk at a time."""
    whole = hashlib.sha256()
    for index in range(file.count):
        whole.update(plain_chunk(files, file, index))
    return whole.digest()


def plain_chunk(files: FileContext, file: File, index: int) -> bytes:
    """One opened chunk of a file that is here."""
    sealed = files.store.read(file.path, index, file.sealed_length(index))
    return open_chunk(file.key, files.ctx.authority_id, file.id, index, file.size, sealed)


def check_whole(files: FileContext, file: File) -> None:
    """Raise `file_broken` unless what lies here is what was announced."""
    if hash_of(files, file) != file.hash:
        raise Forged("file_broken")
