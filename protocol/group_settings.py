"""A group's settings (section 9.10): its name, a line, a picture. Sealed for the members with each commit. Pure.

The chain keeps only the hash of what was sealed, which its commander has signed: so others can be told from the
authority's junk, and who has no key can guess nothing. Whether a commander might say this is decided here; what becomes
of a commit that says what it might not is the caller's affair: it breaks no group.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from protocol.errors import Forged
from protocol.group_entries import NONE, Commit
from protocol.padding import SIZES, pad, unpad
from protocol.primitives import AEAD_TAG, EpochKey, digest
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


def settings_hash(sealed: bytes) -> bytes:
    """What the commit says of the sealed ones; of no bytes, NONE."""
    return digest(b"settings", sealed) if sealed else NONE


def seal_settings(plaintext: bytes, key: EpochKey, gid: bytes, epoch: int) -> bytes:
    """For the members of one epoch, AEAD_TAG bytes longer. Of one key only one result ever leaves this machine: with
    others, what is known here is held against a commit's hash.
    """
    return key.encrypt_once(b"settings", plaintext, gid + epoch.to_bytes(8))


def open_settings(sealed: bytes, key: EpochKey, commit: Commit) -> bytes:
    """The plaintext of what this commit names: `wrong_answer` for anything else, which its commander has not sealed;
    `cannot_open` for what they have.
    """
    if settings_hash(sealed) != commit.settings_hash:
        raise Forged("wrong_answer")
    return key.decrypt_once(b"settings", sealed, commit.gid + commit.epoch.to_bytes(8))


def are_carried(plaintext: bytes, key: EpochKey, commit: Commit) -> bool:
    """Whether this commit goes on with these settings, byte for byte: its sealed ones needn't be fetched then."""
    return _are_those(plaintext, key, commit.gid, commit.epoch, commit.settings_hash)


def _are_those(plaintext: bytes, key: EpochKey, gid: bytes, epoch: int, hash: bytes) -> bool:
    """Whether these, sealed in that epoch, are what its commit names: a key and a plaintext have one sealed form."""
    return settings_hash(seal_settings(plaintext, key, gid, epoch)) == hash


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


def check_settings(plaintext: bytes, commit: Commit, origin: Origin | None, before: bytes | None) -> Settings:
    """May these settings come with this commit? `before` are those that held here until now.

    Raises `bad_statement`, or `bad_commit` for settings that nobody with the right to do so has said, or older ones.
    """
    settings = decode_settings(plaintext)
    said = settings.sequence
    if not 1 <= said <= commit.epoch or origin is None or not origin.ranked:
        raise Forged("bad_commit", field="settings")
    if origin.key is not None and not _are_those(plaintext, origin.key, commit.gid, said, origin.settings_hash):
        raise Forged("bad_commit", field="settings")
    if before is not None and before != plaintext and decode_settings(before).sequence >= settings.sequence:
        raise Forged("bad_commit", field="settings")
    return settings
