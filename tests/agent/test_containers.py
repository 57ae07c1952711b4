"""What may be played inside the page, by a file's first bytes: what is one, and what only says that it is."""

from __future__ import annotations

import struct
import zlib

import pytest

from web_client.files.containers import media_of


def box(name: bytes, data: bytes = b"") -> bytes:
    return struct.pack(">I", 8 + len(data)) + name + data


def ogg(first: bytes) -> bytes:
    return b"OggS\0\x02" + bytes(20) + b"\x01" + bytes([len(first)]) + first + bytes(64)


def opening(first: bytes) -> bytes:
    """A page as long as it says, so that another one can follow."""
    return b"OggS\0\x02" + bytes(20) + b"\x01" + bytes([len(first)]) + first


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(frames: int, side: int = 30) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    moving = chunk(b"acTL", struct.pack(">II", frames, 0)) if frames else b""
    return b"\x89PNG\r\n\x1a\n" + head + moving + chunk(b"IDAT", b"x")


def gif(side: int, loops: bool) -> bytes:
    head = b"GIF89a" + struct.pack("<HH", side, side) + b"\0\0\0"
    return head + (b"\x21\xff\x0bNETSCAPE2.0\x03\x01\0\0\0" if loops else b"") + bytes(40)


def frames(number: int, said: bytes = b"x" * 9) -> bytes:
    """A GIF of so many pictures, which says nothing of going round; `said` stands in their pixels."""
    picture = b"\x2c" + struct.pack("<HHHHB", 0, 0, 9, 9, 0x80) + bytes(6) + b"\x02" + bytes([len(said)]) + said + b"\0"
    return (
        b"GIF89a"
        + struct.pack("<HHBBB", 9, 9, 0x80, 0, 0)
        + b"\xff" * 6
        + (b"\x21\xf9\x04" + bytes(5) + picture) * number
        + b";"
    )


FTYP = box(b"ftyp", b"isom\0\0\2\0isommp42")
WEBM = b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\xf2\x81\x04B\xf3\x81\x08B\x82\x84webmB\x87\x81\x04B\x85\x81\x02"
SEGMENT = b"\x18S\x80g\x01" + b"\xff" * 7
MP3 = b"\xff\xfb\x90\x00" + bytes(413)  # a frame of 128 kbit/s at 44.1 kHz
TAG = b"ID3\4\0\0\0\0\0\x0a" + bytes(10)
ADTS = b"\xff\xf1\x50\x80\x01\x1f\xfc\x00"  # of eight bytes
WEBP = b"RIFF\x30\0\0\0WEBPVP8X\x0a\0\0\0\x02\0\0\0\x1d\0\0\x1d\0\0" + bytes(30)

GOOD = {
    "film": (FTYP + box(b"free") + box(b"mdat", b"x"), "video/mp4", ("video", "video/mp4")),
    "film by another name": (FTYP + box(b"moov", b"x" * 9), "text/plain", ("video", "video/mp4")),
    "film in pieces": (
        FTYP + box(b"moov", b"x") + box(b"moof") + box(b"mdat") + box(b"mfra"), "", ("video", "video/mp4")
    ),
    "film for streaming": (box(b"ftyp", b"cmfc\0\0\2\0iso6") + box(b"moov", b"x" * 9), "", ("video", "video/mp4")),
    "sound in mp4": (FTYP + box(b"moov", b"x" * 9), "audio/mp4", ("audio", "audio/mp4")),
    "m4a": (box(b"ftyp", b"M4A \0\0\2\0isom") + box(b"moov", b"x" * 9), "", ("audio", "audio/mp4")),
    "webm": (WEBM + SEGMENT, "video/webm", ("video", "video/webm")),
    "webm of a recorder": (WEBM + SEGMENT, "audio/webm", ("audio", "audio/webm")),
    "matroska": (
        b"\x1aE\xdf\xa3\x01\0\0\0\0\0\0\x0bB\x82\x88matroska" + SEGMENT, "video/x-matroska", ("video", "video/webm")
    ),
    "matroska with a length of two bytes": (
        b"\x1aE\xdf\xa3\x40\x0bB\x82\x88matroska" + SEGMENT, "", ("video", "video/webm")
    ),
    "opus": (ogg(b"OpusHead\x01\x02"), "", ("audio", "audio/ogg")),
    "theora": (ogg(b"\x80theora\3"), "", ("video", "video/ogg")),
    "theora behind what is heard": (
        opening(b"\x01vorbis" + bytes(23)) + ogg(b"\x80theora\3"), "", ("video", "video/ogg")
    ),
    "opus behind a skeleton": (opening(b"fishead\0" + bytes(56)) + ogg(b"OpusHead\1"), "", ("audio", "audio/ogg")),
    "wav of a studio": (b"RIFF\x24\0\0\0WAVEiXML\3\0\0\0abc\0fmt \x10\0\0\0" + bytes(40), "", ("audio", "audio/wav")),
    "wav": (b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0" + bytes(40), "audio/x-wav", ("audio", "audio/wav")),
    "flac": (b"fLaC\0\0\0\x22" + bytes(40), "", ("audio", "audio/flac")),
    "aac": (ADTS * 3, "", ("audio", "audio/aac")),
    "mp3": (MP3 * 2, "", ("audio", "audio/mpeg")),
    "mp3 with a tag": (b"ID3\4\0\0\0\0\0\x0a" + bytes(10) + MP3, "", ("audio", "audio/mpeg")),
    "mp3 with a long tag": (b"ID3\3\0\0\0\x7f\0\0" + bytes(30), "", ("audio", "audio/mpeg")),
    "aac with a tag": (TAG + ADTS * 3, "", ("audio", "audio/aac")),
    "flac with a tag": (TAG + b"fLaC\0\0\0\x22" + bytes(40), "", ("audio", "audio/flac")),
    "gif that ends": (frames(2), "image/gif", ("moving", "image/gif")),
    "gif": (gif(30, True), "image/gif", ("moving", "image/gif")),
    "webp": (WEBP, "image/webp", ("moving", "image/webp")),
    "png": (png(3), "image/png", ("moving", "image/png")),
}  # fmt: skip


@pytest.mark.parametrize("name", GOOD)
def test_what_may_be_played(name: str) -> None:
    head, hint, (kind, type) = GOOD[name]
    found = media_of(head, hint)
    assert found is not None and (found.kind, found.type) == (kind, type)


BAD = {
    "nothing": b"",
    "text": b"hello, world" * 9,
    "a list that leads elsewhere": b"#EXTM3U\nhttp://evil.example/x.ts\n" * 9,
    "a page": b"<!DOCTYPE html><script>alert(1)</script>" * 3,
    "a drawing": b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>" * 3,
    "a picture in the form of a film": box(b"ftyp", b"heic\0\0\0\0mif1heic") + box(b"meta", b"x" * 9),
    "boxes that are none": FTYP + b"\0\0\0\x10<script>" + bytes(20),
    "a box that leads back": FTYP + struct.pack(">I", 3) + b"moov" + bytes(20),
    "nothing after the head": FTYP,
    "a head of a gigabyte": b"\x40\0\0\0ftypisom" + bytes(100),
    "ebml of something else": WEBM.replace(b"webm", b"evil") + SEGMENT,
    "webm without a segment": WEBM + bytes(20),
    "ogg of something else": ogg(b"Skeleton"),
    "ogg in the middle": ogg(b"OpusHead").replace(b"OggS\0\x02", b"OggS\0\x00"),
    "riff that leads nowhere": b"RIFF\x24\0\0\0WAVEiXML\xff\xff\xff\x7fabcd" + bytes(40),
    "riff of something else": b"RIFF\x24\0\0\0AVI LIST" + bytes(40),
    "flac without its block": b"fLaC\4\0\0\x22" + bytes(40),
    "one frame of sound": MP3,
    "a tag with anything behind": b"ID3\4\0\0\0\0\0\x0a" + bytes(10) + b"<html>" * 9,
    "a tag whose length is none": b"ID3\4\0\0\xff\0\0\x0a" + bytes(30),
    "adts that leads nowhere": ADTS + bytes(20),
    "a gif that stands still": gif(30, False),
    "a gif whose pixels say so": frames(1, b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x21\xf9\x04\x00\x21\xf9\x04"),
    "a gif of a gigapixel": gif(60_000, True),
    "a webp that stands still": WEBP.replace(b"\x0a\0\0\0\x02", b"\x0a\0\0\0\x10"),
    "a png that stands still": png(0),
    "a png of one frame": png(1),
    "a png of a gigapixel": png(3, 60_000),
}


@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize("hint", ["audio/mpeg", "video/mp4"])
def test_what_only_says_so_is_saved_and_nothing_else(name: str, hint: str) -> None:
    assert media_of(BAD[name], hint) is None


def test_whatever_is_cut_off_anywhere_is_judged() -> None:
    for head, hint, _found in GOOD.values():
        for length in range(len(head)):
            media_of(head[:length], hint)
