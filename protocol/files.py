"""Files and voice messages (section 8.9): the body of the message that announces one, and how its chunks are sealed.
Pure.
"""

from __future__ import annotations

from typing import Annotated, Final

import msgspec
from msgspec import Meta

from protocol.envelope import TEXT_LIMIT
from protocol.errors import Forged
from protocol.primitives import AEAD_TAG, FileKey, label
from protocol.statements import U32, U62, Bytes16, Bytes32, decode_strict

FILE, VOICE = "file", "voice"  # the kinds
CHUNK: Final = 256 * 1024  # bytes of the file in one chunk: four of them sealed fit a frame, and none holds up a chat
SEALED_CHUNK: Final = CHUNK + AEAD_TAG
FILE_LIMIT: Final = 200 * 1024 * 1024  # bytes
PREVIEW_LIMIT: Final = 24 * 1024  # bytes; with caption and name a message stays below what a mailbox or a group takes
CAPTION_LIMIT: Final = TEXT_LIMIT
WAVEFORM_LIMIT: Final = 64  # bytes: how loud it is in so many stretches

Sealed = Annotated[bytes, Meta(max_length=SEALED_CHUNK)]


class FileBody(msgspec.Struct, array_like=True, forbid_unknown_fields=True, frozen=True):
    """What a message of kind `file` says. Whoever can read it can open the file's chunks, and nobody else."""

    id: Bytes16
    name: Annotated[str, Meta(min_length=1, max_length=255)]  # as its sender has it: to be cleaned before it is used
    media_type: Annotated[str, Meta(max_length=127)]  # a hint; decides nothing that could harm
    size: U62  # bytes
    hash: Bytes32  # SHA-256 of the whole file
    key: Bytes32
    chunk: U32
    preview: Annotated[bytes, Meta(max_length=PREVIEW_LIMIT)]  # a small raster picture, or nothing
    width: U32  # of the picture, in pixels; 0 for what is none
    height: U32
    caption: str


class VoiceBody(msgspec.Struct, array_like=True, forbid_unknown_fields=True, frozen=True):
    """What a message of kind `voice` says: the file that the sound is in, how long it is, and how it looks."""

    id: Bytes16
    name: Annotated[str, Meta(min_length=1, max_length=255)]
    media_type: Annotated[str, Meta(max_length=127)]
    size: U62
    hash: Bytes32
    key: Bytes32
    chunk: U32
    duration: U32  # ms, as its sender says
    waveform: Annotated[bytes, Meta(max_length=WAVEFORM_LIMIT)]  # 0 to 255 each


encode_file = msgspec.msgpack.Encoder().encode


def decode_file(body: bytes) -> FileBody:
    """Decode the body; `bad_statement` also for chunks of another size and a caption that is too long."""
    file = decode_strict(body, FileBody)
    if file.chunk != CHUNK or len(file.caption.encode()) > CAPTION_LIMIT:
        raise Forged("bad_statement")
    return file


def decode_voice(body: bytes) -> VoiceBody:
    """Decode the body; `bad_statement` also for chunks of another size."""
    voice = decode_strict(body, VoiceBody)
    if voice.chunk != CHUNK:
        raise Forged("bad_statement")
    return voice


def decode_announced(kind: str, body: bytes) -> FileBody | VoiceBody:
    """The body of a message of one of these two kinds."""
    return decode_voice(body) if kind == VOICE else decode_file(body)


def count_of(size: int) -> int:
    """How many chunks a file of this size has; an empty one has none."""
    return -(-size // CHUNK)


def length_of(size: int, index: int) -> int:
    """How many bytes of the file are in chunk `index`: CHUNK, and in the last one the rest."""
    return min(CHUNK, size - index * CHUNK)


def sealed_length(size: int, index: int) -> int:
    """How many bytes chunk `index` has when it is sealed."""
    return length_of(size, index) + AEAD_TAG


def seal_chunk(key: FileKey, authority_id: bytes, id: bytes, index: int, size: int, plaintext: bytes) -> bytes:
    """Chunk `index` of a file, AEAD_TAG bytes longer.

    A file's key is random and seals each index once: whoever seals again after a cut must have the same bytes.
    """
    return key.seal(index, _about(authority_id, id, index, size), plaintext)


def open_chunk(key: FileKey, authority_id: bytes, id: bytes, index: int, size: int, sealed: bytes) -> bytes:
    """What is in chunk `index`; `file_broken` for another file's, another place's, a changed or shortened one."""
    plaintext = key.open(index, _about(authority_id, id, index, size), sealed)
    if len(plaintext) != length_of(size, index):
        raise Forged("file_broken")
    return plaintext


def _about(authority_id: bytes, id: bytes, index: int, size: int) -> bytes:
    """The associated data. All parts have fixed lengths, so no two places share one."""
    return b"".join((label(b"aead", b"file"), authority_id, id, index.to_bytes(8), count_of(size).to_bytes(8)))
