"""How a backup is sealed for whoever has the recovery kit (section 15 of docs/protocol.md): its head, its chunks and
the stream of records in them. Pure; what the records are stands in backup_records.py.
"""

from __future__ import annotations

import hashlib
import secrets
import zlib
from typing import Annotated, Final, TypeVar

import msgspec
from msgspec import Meta

from protocol.backup_messages import HEAD_LIMIT
from protocol.backup_records import End, Record, decode_record, encode_record
from protocol.errors import Forged, HamrazError, Refused
from protocol.files import CHUNK
from protocol.primitives import SEAL_OVERHEAD, FileKey, OpenKey, SealKey, label
from protocol.statements import U64, Bytes16, Bytes32, Name, Signed, decode_strict, encode_strict

FORMAT: Final = 1
MAGIC: Final = b"hamraz backup\n"  # how a file of one begins
RECORD_LIMIT: Final = 1024 * 1024  # bytes: three times the longest entry of a group with what is kept beside it
_U32: Final = 4
_KEY: Final = 32

T = TypeVar("T")


class BackupAbout(msgspec.Struct, array_like=True, forbid_unknown_fields=True, frozen=True):
    """What is said of a backup before it is opened: the authority sees it, and can't change it."""

    id: Bytes16
    uid: Bytes32
    name: Name
    generation: U64  # of the vault that it was made from
    head: Signed  # signed(head): the newest that its maker had
    when: U64  # ms since 1970


class _Head(msgspec.Struct, array_like=True, forbid_unknown_fields=True, frozen=True):
    about: bytes
    sealed: Annotated[bytes, Meta(min_length=_KEY + SEAL_OVERHEAD, max_length=_KEY + SEAL_OVERHEAD)]


def seal_head(about: BackupAbout, key: FileKey, kit: SealKey, authority_id: bytes) -> bytes:
    """The head of a backup whose chunks are sealed under `key`."""
    said = encode_strict(about)
    return FORMAT.to_bytes(_U32) + encode_strict(_Head(said, kit.seal(key.save(), _info(authority_id, said))))


def read_head(head: bytes) -> BackupAbout:
    """What a head says; nothing of it is proved before `open_head`. `backup_newer`, `backup_broken`."""
    return decode(_split(head).about, BackupAbout)


def open_head(head: bytes, kit: OpenKey, authority_id: bytes) -> tuple[BackupAbout, FileKey]:
    """What a head says, and the key of the chunks. `backup_newer`; `backup_broken` for another kit's too."""
    found = _split(head)
    try:
        key = kit.open(found.sealed, _info(authority_id, found.about))
    except Forged:
        raise Forged("backup_broken") from None
    if len(key) != _KEY:
        raise Forged("backup_broken")
    return decode(found.about, BackupAbout), FileKey(key)


def _split(head: bytes) -> _Head:
    if int.from_bytes(head[:_U32]) > FORMAT and len(head) > _U32:
        raise Refused("backup_newer")
    if int.from_bytes(head[:_U32]) != FORMAT:
        raise Forged("backup_broken")
    return decode(head[_U32:], _Head)


def decode(raw: bytes, kind: type[T]) -> T:
    """`decode_strict` of what a backup says: `backup_broken`."""
    try:
        return decode_strict(raw, kind)
    except HamrazError:
        raise Forged("backup_broken") from None


def _info(authority_id: bytes, about: bytes) -> bytes:
    return label(b"seal", b"backup") + authority_id + about


def _chunk_about(authority_id: bytes, id: bytes, index: int, last: bool) -> bytes:
    """The associated data of a chunk: of one backup, one place, and whether it is the last."""
    return b"".join((label(b"aead", b"backup"), authority_id, id, index.to_bytes(8), bytes([last])))


class BackupWriter:
    """Records in, sealed chunks out, in their order. One thread at a time."""

    def __init__(self, key: FileKey, authority_id: bytes, id: bytes) -> None:
        self._key = key
        self._authority_id = authority_id
        self._id = id
        self._deflate = zlib.compressobj(6)
        self._hash = hashlib.sha256()
        self._held = bytearray()
        self._index = 0
        self.records = 0
        self.size = 0  # of the chunks before they are sealed: what `offer_backup` calls it

    def add(self, records: list[Record]) -> list[bytes]:
        """The chunks that are full by now. A full one is held back while it may be the last."""
        for record in records:
            self._put(record)
        chunks = []
        while len(self._held) > CHUNK:
            chunks.append(self._seal(bytes(self._held[:CHUNK]), False))
            del self._held[:CHUNK]
        return chunks

    def end(self) -> list[bytes]:
        """Say that this is all; the chunks that are left."""
        chunks = self.add([End(self.records, self._hash.digest())])
        self._held += self._deflate.flush()
        chunks += self.add([])
        chunks.append(self._seal(bytes(self._held), True))
        return chunks

    def _put(self, record: Record) -> None:
        raw = encode_record(record)
        framed = len(raw).to_bytes(_U32) + raw
        self._hash.update(framed)
        self.records += 1
        self._held += self._deflate.compress(framed)

    def _seal(self, plain: bytes, last: bool) -> bytes:
        about = _chunk_about(self._authority_id, self._id, self._index, last)
        sealed = self._key.seal(self._index, about, plain)
        self._index += 1
        self.size += len(plain)
        return sealed


class BackupReader:
    """Sealed chunks in, records out. What comes before the end is proved only by the end: `ended`."""

    def __init__(self, key: FileKey, authority_id: bytes, id: bytes) -> None:
        self._key = key
        self._authority_id = authority_id
        self._id = id
        self._inflate = zlib.decompressobj()
        self._hash = hashlib.sha256()
        self._held = bytearray()
        self._index = 0
        self._records = 0
        self.ended = False

    def take(self, sealed: bytes, last: bool) -> list[Record]:
        """The records that are whole with this chunk, the last being the End. `backup_broken`."""
        about = _chunk_about(self._authority_id, self._id, self._index, last)
        try:
            plain = self._key.open(self._index, about, sealed)
        except Forged:
            raise Forged("backup_broken") from None
        self._index += 1
        records: list[Record] = []
        try:
            while plain:  # in parts: nobody says how much is in it
                self._held += self._inflate.decompress(plain, RECORD_LIMIT)
                plain = self._inflate.unconsumed_tail
                records += self._split()
        except zlib.error:
            raise Forged("backup_broken") from None
        if self._inflate.unused_data or (last and not (self.ended and self._inflate.eof and not self._held)):
            raise Forged("backup_broken")
        return records

    def _split(self) -> list[Record]:
        """The whole records in what is held, each counted and hashed; nothing follows the End."""
        records: list[Record] = []
        at = 0
        while len(self._held) - at >= _U32:
            length = int.from_bytes(self._held[at : at + _U32])
            if length > RECORD_LIMIT or self.ended:
                raise Forged("backup_broken")
            if len(self._held) - at < _U32 + length:
                break
            framed = bytes(self._held[at : at + _U32 + length])
            at += len(framed)
            record = decode_record(framed[_U32:])
            if isinstance(record, End):
                if (record.records, record.hash) != (self._records, self._hash.digest()):
                    raise Forged("backup_broken")
                self.ended = True
            self._hash.update(framed)
            self._records += 1
            records.append(record)
        del self._held[:at]
        return records


# --- as a file ---


def file_beginning(head: bytes) -> bytes:
    """What stands before the chunks where a backup is a file."""
    return MAGIC + len(head).to_bytes(_U32) + head


def head_of_file(beginning: bytes) -> tuple[bytes, int]:
    """The head of a backup's file, and where its chunks begin; `not_a_backup` for a file that is something else."""
    at = len(MAGIC) + _U32
    size = int.from_bytes(beginning[len(MAGIC) : at])
    if not beginning.startswith(MAGIC) or size > HEAD_LIMIT or len(beginning) < at + size:
        raise Refused("not_a_backup")
    return beginning[at : at + size], at + size


def new_key() -> FileKey:
    """Of one backup, whose chunks it seals once each."""
    return FileKey(secrets.token_bytes(_KEY))
