"""A backup's seal and stream: what comes out is what went in, or nothing of it is."""

from __future__ import annotations

import hashlib
import random
import zlib
from collections.abc import Callable

import pytest

from protocol import backups
from protocol.backup_records import End, Record, Setting, encode_record
from protocol.backups import BackupReader, BackupWriter
from protocol.errors import HamrazError
from protocol.files import CHUNK, SEALED_CHUNK, sealed_length
from protocol.primitives import FileKey, OpenKey
from tests.protocol.backup_vectors import ABOUT, KEY, KIT, chunks_of, records
from tests.protocol.effort import bits, flip
from tests.protocol.fixed_people import AUTHORITY_ID, OTHER_AUTHORITY_ID


def code_of(action: Callable[[], object]) -> str:
    with pytest.raises(HamrazError) as reason:
        action()
    return reason.value.code


def read(
    chunks: list[bytes], id: bytes = ABOUT.id, key: FileKey = KEY, authority: bytes = AUTHORITY_ID
) -> list[Record]:
    reader = BackupReader(key, authority, id)
    found = [one for at, chunk in enumerate(chunks) for one in reader.take(chunk, at == len(chunks) - 1)]
    assert reader.ended
    return found


def long(parts: int) -> list[Record]:
    """What no compression makes smaller, of about so many chunks."""
    chance = random.Random(parts)
    return [Setting("chosen", chance.randbytes(50_000)) for _ in range(parts * CHUNK // 50_000)]


@pytest.mark.parametrize("parts", [0, 1, 3])
def test_what_comes_out_is_what_went_in(parts: int) -> None:
    said = [*records(), *long(parts)]
    chunks = chunks_of(said)
    found = read(chunks)
    assert found[:-1] == said and isinstance(found[-1], End) and found[-1].records == len(said)
    assert all(len(chunk) == SEALED_CHUNK for chunk in chunks[:-1]) and 16 < len(chunks[-1]) <= SEALED_CHUNK
    writer = BackupWriter(KEY, AUTHORITY_ID, ABOUT.id)
    writer.add(said)
    writer.end()
    assert [sealed_length(writer.size, at) for at in range(len(chunks))] == [len(chunk) for chunk in chunks]


def test_every_chunk_is_in_its_place_and_the_last_is_the_last() -> None:
    chunks = chunks_of(long(3))
    one, two, *rest = chunks
    for wrong in ([two, one, *rest], chunks[1:], chunks[:-1], [*chunks, chunks[-1]], [one, one, *rest], [one]):
        assert code_of(lambda wrong=wrong: read(wrong)) == "backup_broken"  # type: ignore[misc]
    for other in ({"id": bytes(16)}, {"key": FileKey(bytes(32))}, {"authority": OTHER_AUTHORITY_ID}):
        assert code_of(lambda other=other: read(chunks, **other)) == "backup_broken"  # type: ignore[misc, arg-type]


def test_no_bit_can_be_changed() -> None:
    [chunk] = chunks_of(records())
    head = backups.seal_head(ABOUT, KEY, KIT.open_key().public, AUTHORITY_ID)
    assert backups.open_head(head, KIT.open_key(), AUTHORITY_ID)[0] == backups.read_head(head) == ABOUT
    for bit in bits(chunk):
        assert code_of(lambda bit=bit: read([flip(chunk, bit)])) == "backup_broken"  # type: ignore[misc]
    for bit in bits(head):
        code = code_of(lambda bit=bit: backups.open_head(flip(head, bit), KIT.open_key(), AUTHORITY_ID))  # type: ignore[misc]
        assert code == "backup_broken" or (code == "backup_newer" and bit < 32)
    assert code_of(lambda: backups.open_head(head, OpenKey.generate(), AUTHORITY_ID)) == "backup_broken"


def sealed(stream: bytes) -> list[bytes]:
    """As if its maker had made a mistake: another stream under the same seal."""
    writer = BackupWriter(KEY, AUTHORITY_ID, ABOUT.id)
    writer._held += zlib.compress(stream)
    return [writer._seal(bytes(writer._held), True)]


def framed(*raws: bytes) -> bytes:
    return b"".join(len(raw).to_bytes(4) + raw for raw in raws)


def test_a_stream_that_breaks_the_form_is_none() -> None:

    good = framed(encode_record(Setting("chosen", b"")))
    end = framed(encode_record(End(1, hashlib.sha256(good).digest())))
    assert len(read(sealed(good + end))) == 2
    for stream in (
        b"",
        good,
        good + end + good,
        good + end + b"\0",
        end,
        good + framed(encode_record(End(2, hashlib.sha256(good).digest()))),
        good + framed(encode_record(End(1, bytes(32)))),
        framed(b"\x91\xa7nothing") + end,
        good[:-1],
        (backups.RECORD_LIMIT + 1).to_bytes(4) + bytes(backups.RECORD_LIMIT + 1),
    ):
        assert code_of(lambda stream=stream: read(sealed(stream))) == "backup_broken", stream[:40]  # type: ignore[misc]


def test_a_stream_without_end_takes_no_memory() -> None:
    bomb = sealed(bytes(200 * 1024 * 1024))
    assert len(bomb[0]) < 300_000
    assert code_of(lambda: read(bomb)) == "backup_broken"


def test_a_file_begins_with_its_head() -> None:
    head = backups.seal_head(ABOUT, KEY, KIT.open_key().public, AUTHORITY_ID)
    beginning = backups.file_beginning(head)
    assert backups.head_of_file(beginning + b"chunks") == (head, len(beginning))
    for wrong in (b"", beginning[:-1], b"x" + beginning, backups.MAGIC + (5000).to_bytes(4) + bytes(6000)):
        assert code_of(lambda wrong=wrong: backups.head_of_file(wrong)) == "not_a_backup"  # type: ignore[misc]


def test_a_stream_that_fills_its_last_chunk_has_no_empty_one_behind_it() -> None:
    chance = random.Random(7).randbytes(2 * CHUNK)
    for length in range(CHUNK - 400, CHUNK):
        writer = BackupWriter(KEY, AUTHORITY_ID, ABOUT.id)
        chunks = [*writer.add([Setting("chosen", chance[:length])]), *writer.end()]
        if writer.size == CHUNK:
            break
    assert writer.size == CHUNK and [len(chunk) for chunk in chunks] == [SEALED_CHUNK]


def test_a_head_may_be_as_long_as_it_may_be() -> None:
    for size, right in ((backups.HEAD_LIMIT, True), (backups.HEAD_LIMIT + 1, False)):
        beginning = backups.file_beginning(bytes(size))
        if right:
            assert backups.head_of_file(beginning) == (bytes(size), len(beginning))
        else:
            assert code_of(lambda beginning=beginning: backups.head_of_file(beginning)) == "not_a_backup"  # type: ignore[misc]


def test_a_head_of_nothing_but_a_newer_number_is_broken() -> None:
    newer = (backups.FORMAT + 1).to_bytes(4)
    assert code_of(lambda: backups.read_head(newer)) == "backup_broken"
    assert code_of(lambda: backups.read_head(newer + b"\0")) == "backup_newer"
    assert code_of(lambda: backups.read_head(backups.FORMAT.to_bytes(4) + b"\0")) == "backup_broken"


def test_a_head_that_seals_another_size_of_key_is_broken() -> None:
    head = backups.seal_head(ABOUT, FileKey(KEY.save() + b"\0"), KIT.open_key().public, AUTHORITY_ID)
    assert code_of(lambda: backups.open_head(head, KIT.open_key(), AUTHORITY_ID)) == "backup_broken"
