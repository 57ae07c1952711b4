"""A group's settings (section 9.10): its name, a line, a picture. Sealed for the members with each commit. Pure.

The chain keeps only a hash that tells nothing without the epoch's key. Whether a commander might say this is decided
here; what becomes of a commit that says what it might not is the caller's affair: it breaks no group.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from protocol.errors import Forged
from protocol.group_entries import NONE, Commit
from protocol.padding import SIZES, pad, unpad
from protocol.primitives import AEAD_TAG, EpochKey
from protocol.statements import U64, Name, decode_strict

LINE_LIMIT: Final = 560  # code points: 140 signs, of up to four each
PICTURE_LIMIT: Final = 48 * 1024  # bytes; with the rest it fits the largest size class
SEALED_LIMIT: Final = SIZES[-1]

Line = Annotated[str, Meta(max_length=LINE_LIMIT)]
Picture = Annotated[bytes, Meta(max_length=PICTURE_LIMIT)]


class Settings(msgspec.Struct, array_like=True, forbid_unknown_fields=True, frozen=True):
    """What the members see of a group. Changed only by who commands it, and carried by every other commit as it is."""

    name: Name
    line: Line
    picture: Picture  # a small raster picture, or no bytes
    sequence: U64  # the epoch with whose commit they were said


def encode_settings(settings: Settings) -> bytes:
    """The exact bytes that are hashed, sealed and carried: padded, so that the sealed length tells only a class."""
    return pad(msgspec.msgpack.encode(settings), AEAD_TAG)


def decode_settings(plaintext: bytes) -> Settings:
    """What `encode_settings` has made; `bad_statement`."""
    return decode_strict(unpad(plaintext, AEAD_TAG), Settings)


def settings_hash(plaintext: bytes, key: EpochKey) -> bytes:
    """What the commit says of them: members compare, and who has no key can't guess."""
    return key.hash_of(b"settings", plaintext)


def seal_settings(plaintext: bytes, key: EpochKey, gid: bytes, epoch: int) -> bytes:
    """For the members of one epoch, AEAD_TAG bytes longer; once for each key."""
    return key.encrypt_once(b"settings", plaintext, gid + epoch.to_bytes(8))


def open_settings(sealed: bytes, key: EpochKey, commit: Commit) -> bytes:
    """The plaintext that this commit names; `cannot_open`, or `bad_commit` for another one."""
    plaintext = key.decrypt_once(b"settings", sealed, commit.gid + commit.epoch.to_bytes(8))
    if settings_hash(plaintext, key) != commit.settings_hash:
        raise Forged("bad_commit", field="settings")
    return plaintext


def are_carried(plaintext: bytes, key: EpochKey, commit: Commit) -> bool:
    """Whether this commit goes on with these settings, byte for byte: its sealed ones needn't be fetched then."""
    return commit.settings_hash == settings_hash(plaintext, key)


def has_settings(commit: Commit) -> bool:
    """Whether a commit brings any: its commander may have had none to carry."""
    return commit.settings_hash != NONE


@dataclass(frozen=True, slots=True)
class Origin:
    """What is known here of the commit of epoch `sequence`: whether its commander had rank at its index in the log,
    what it says of the settings, and its key, if that is here.
    """

    ranked: bool
    settings_hash: bytes
    key: EpochKey | None


def check_settings(plaintext: bytes, epoch: int, origin: Origin | None, before: bytes | None) -> Settings:
    """May these settings come with the commit of `epoch`? `before` are those that held here until now.

    Raises `bad_statement`, or `bad_commit` for settings that nobody with the right to do so has said, or older ones.
    """
    settings = decode_settings(plaintext)
    if not 1 <= settings.sequence <= epoch or origin is None or not origin.ranked:
        raise Forged("bad_commit", field="settings")
    if origin.key is not None and settings_hash(plaintext, origin.key) != origin.settings_hash:
        raise Forged("bad_commit", field="settings")
    if before is not None and before != plaintext and decode_settings(before).sequence >= settings.sequence:
        raise Forged("bad_commit", field="settings")
    return settings
