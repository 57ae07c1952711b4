"""What the first bytes of a file say that it is: one of a few containers of sound and film, or a picture that moves.

Asked before a browser's decoders get any of it, whatever its sender called it. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass

AUDIO, VIDEO, MOVING = "audio", "video", "moving"
MOST_PIXELS = 16_000_000  # of a picture that moves: browsers keep several of its frames

# ISO base media, by what it says first that it is; pictures (heic, avif) and what nobody plays are not among them
_MP4 = {
    b"isom", b"iso2", b"iso3", b"iso4", b"iso5", b"iso6", b"iso7", b"iso8", b"iso9", b"isoa", b"mp41", b"mp42", b"avc1",
    b"av01", b"dash", b"cmfc", b"cmf2", b"mmp4", b"M4V ", b"M4VH", b"M4VP", b"3gp4", b"3gp5", b"3gp6", b"3gp7", b"3gp8",
    b"3gp9", b"3ge6", b"3gg6", b"3gr6", b"3gs6", b"3g2a", b"3g2b", b"3g2c", b"qt  ", b"M4A ", b"M4B ", b"mp71", b"MSNV",
    b"XAVC", b"f4v ",
}  # fmt: skip
_MP4_SOUND = {b"M4A ", b"M4B "}
_MP4_BOXES = {
    b"moov", b"moof", b"mdat", b"mfra", b"free", b"skip", b"wide", b"sidx", b"ssix", b"styp", b"emsg", b"pssh", b"uuid",
    b"udta", b"meta", b"pdin", b"prft",
}  # fmt: skip
_OGG_SOUND = (b"OpusHead", b"\x01vorbis", b"\x7fFLAC", b"Speex   ")
_OGG_FILM = (b"\x80theora",)


@dataclass(frozen=True, slots=True)
class Media:
    """`kind`: AUDIO, VIDEO or MOVING; `type`: what a browser is told that it is."""

    kind: str
    type: str


def media_of(head: bytes, hint: str) -> Media | None:
    """What may be played or moves; None for everything else. `head`: a file's first chunk; `hint`: its media type,
    which says no more than whether a container that may hold both is for the ear alone.
    """
    sound = hint.startswith("audio/")
    for look in (_mp4, _matroska, _ogg):
        found = look(head, sound)
        if found is not None:
            return found
    if _is_wav(head):
        return Media(AUDIO, "audio/wav")
    start = _behind_tag(head)
    if head[start : start + 4] == b"fLaC" and head[start + 4 : start + 8] in (b"\0\0\0\x22", b"\x80\0\0\x22"):
        return Media(AUDIO, "audio/flac")
    if _is_adts(head, start):
        return Media(AUDIO, "audio/aac")
    if _is_mp3(head, start):
        return Media(AUDIO, "audio/mpeg")
    return _moving(head)


def _mp4(head: bytes, sound: bool) -> Media | None:
    """Boxes, each with a length that leads to the next one, as far as they are in `head`."""
    size, brand = int.from_bytes(head[:4]), head[8:12]
    if head[4:8] != b"ftyp" or brand not in _MP4 or not 16 <= size <= 512 or size % 4:
        return None
    at, seen = size, False
    while at + 16 <= len(head):
        length, name = int.from_bytes(head[at : at + 4]), head[at + 4 : at + 8]
        if length == 1:
            length = int.from_bytes(head[at + 8 : at + 16])
        if name not in _MP4_BOXES or (length < 8 and length != 0):
            return None
        seen = True
        if length == 0:  # to the end
            break
        at += length
    if not seen:
        return None
    return Media(AUDIO, "audio/mp4") if sound or brand in _MP4_SOUND else Media(VIDEO, "video/mp4")


def _matroska(head: bytes, sound: bool) -> Media | None:
    """An EBML head that names one of the two types that browsers know."""
    if head[:4] != b"\x1aE\xdf\xa3":
        return None
    wide = 9 - head[4].bit_length() if len(head) > 4 else 9  # bytes of the length, of which the first bits say how many
    if wide > 8:
        return None
    start = 4 + wide
    length = int.from_bytes(head[4:start]) & (1 << 7 * wide) - 1
    inside = head[start : start + length]
    if not 4 <= length <= 128 or not (b"\x42\x82\x84webm" in inside or b"\x42\x82\x88matroska" in inside):
        return None
    if head[start + length : start + length + 4] != b"\x18S\x80g":  # a segment
        return None
    return Media(AUDIO, "audio/webm") if sound else Media(VIDEO, "video/webm")


def _ogg(head: bytes, sound: bool) -> Media | None:
    """Pages that begin streams, in any order, of which one at least is of a codec that browsers know."""
    at, heard, seen = 0, False, False
    while head[at : at + 5] == b"OggS\0" and len(head) >= at + 64 and head[at + 5] & 0x02:
        segments = head[at + 26]
        first = head[at + 27 + segments : at + 35 + segments]
        heard, seen = heard or first.startswith(_OGG_SOUND), seen or first.startswith(_OGG_FILM)
        at += 27 + segments + sum(head[at + 27 : at + 27 + segments])
    if seen and not sound:
        return Media(VIDEO, "video/ogg")
    return Media(AUDIO, "audio/ogg") if heard else None


def _is_wav(head: bytes) -> bool:
    """Chunks, each with a length that leads to the next one, up to the one that says what the sound is."""
    if head[:4] != b"RIFF" or head[8:12] != b"WAVE":
        return False
    at = 12
    while at + 8 <= len(head) and head[at : at + 4] != b"fmt ":
        length = int.from_bytes(head[at + 4 : at + 8], "little")
        if not all(0x20 <= letter < 0x7F for letter in head[at : at + 4]):
            return False
        at += 8 + length + length % 2
    return at + 8 <= len(head)


def _behind_tag(head: bytes) -> int:
    """Where sound begins behind a tag whose length is of its form; beyond `head` if the tag is longer."""
    if head[:3] != b"ID3" or len(head) <= 10 or head[3] not in (2, 3, 4) or any(one & 0x80 for one in head[6:10]):
        return 0
    at = 10 + (head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9])
    while at < len(head) and head[at] == 0:  # padding
        at += 1
    return at


def _is_adts(head: bytes, start: int) -> bool:
    """Two frames, one after the other."""

    def at(place: int) -> int:
        frame = head[place : place + 7]
        if len(frame) < 7 or frame[0] != 0xFF or frame[1] & 0xF6 != 0xF0 or (frame[2] >> 2) & 0xF > 12:
            return 0
        return (frame[3] & 3) << 11 | frame[4] << 3 | frame[5] >> 5

    length = at(start)
    return length > 7 and at(start + length) > 7


_KBITS = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)  # MPEG-1, layer III
_KBITS_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)  # MPEG-2 and 2.5
_HERTZ = (44_100, 48_000, 32_000)


def _is_mp3(head: bytes, start: int) -> bool:
    """Behind a tag a frame, if that is in `head`; without one two frames, one after another."""
    if start:
        return start + 4 > len(head) or _mp3_frame(head, start) > 0
    length = _mp3_frame(head, 0)
    return length > 0 and _mp3_frame(head, length) > 0


def _mp3_frame(head: bytes, at: int) -> int:
    """How long the frame of layer III is that begins there; 0 if none does."""
    frame = head[at : at + 4]
    if len(frame) < 4 or frame[0] != 0xFF or frame[1] & 0xE6 != 0xE2 or frame[1] & 0x18 == 0x08:
        return 0
    first, bits, hertz = frame[1] & 0x18 == 0x18, frame[2] >> 4, (frame[2] >> 2) & 3
    if bits in (0, 15) or hertz == 3:
        return 0
    rate = _HERTZ[hertz] if first else _HERTZ[hertz] // (2 if frame[1] & 0x10 else 4)
    return (144 if first else 72) * (_KBITS if first else _KBITS_2)[bits] * 1000 // rate + (frame[2] >> 1 & 1)


def _moving(head: bytes) -> Media | None:
    """GIF, WebP and PNG with more than one frame, of a sensible size."""
    if head[:6] in (b"GIF87a", b"GIF89a"):
        found = _gif(head)
    elif head[:4] == b"RIFF" and head[8:16] == b"WEBPVP8X":
        found = _webp(head)
    elif head[:8] == b"\x89PNG\r\n\x1a\n" and head[12:16] == b"IHDR":
        found = _png(head)
    else:
        return None
    if found is None:
        return None
    type, width, height = found
    return Media(MOVING, type) if 0 < width * height <= MOST_PIXELS else None


Found = tuple[str, int, int] | None  # type, width, height


def _gif(head: bytes) -> Found:
    """The extension that makes it go round, or a second picture: neither is in one that stands still."""
    size = int.from_bytes(head[6:8], "little"), int.from_bytes(head[8:10], "little")
    at, pictures = 13 + _colours(head[10:11]), 0
    while at < len(head) and head[at] in (0x21, 0x2C):
        if head[at] == 0x2C:
            pictures += 1
            at += 11 + _colours(head[at + 9 : at + 10])
        elif head[at + 1 : at + 2] == b"\xff" and head[at + 3 : at + 14] in (b"NETSCAPE2.0", b"ANIMEXTS1.0"):
            return "image/gif", *size
        else:
            at += 2
        if pictures > 1:
            return "image/gif", *size
        while at < len(head) and head[at]:  # blocks, each with its length
            at += 1 + head[at]
        at += 1
    return None


def _colours(flags: bytes) -> int:
    """How long the table of colours is that is said to follow."""
    return 3 << (flags[0] & 7) + 1 if flags and flags[0] & 0x80 else 0


def _webp(head: bytes) -> Found:
    if len(head) < 30 or not head[20] & 0x02:
        return None
    return "image/webp", int.from_bytes(head[24:27], "little") + 1, int.from_bytes(head[27:30], "little") + 1


def _png(head: bytes) -> Found:
    """The chunk that says how many frames there are stands before the first picture's."""
    at, moving = 33, False
    while at + 8 <= len(head):
        length, name = int.from_bytes(head[at : at + 4]), head[at + 4 : at + 8]
        if name == b"IDAT":
            break
        moving = moving or (name == b"acTL" and length == 8 and int.from_bytes(head[at + 8 : at + 12]) > 1)
        at += 12 + length
    return ("image/png", int.from_bytes(head[16:20]), int.from_bytes(head[20:24])) if moving else None
