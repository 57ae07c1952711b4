"""Profiles (section 8.13): a display name, a line and a small picture, sealed for those whom one writes to. Pure.

The authority keeps the newest and can't read it; its key goes inside encrypted bodies only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from protocol.about import About
from protocol.errors import Forged
from protocol.group_settings import Line, Picture
from protocol.padding import SIZES, pad, unpad
from protocol.primitives import AEAD_TAG, ProfileKey, SigningKey, VerifyKey, label
from protocol.statements import U32, Bytes32, Signed, Statement, check, decode_strict, issue

NAME_LIMIT: Final = 192  # code points: 48 signs, of up to four each
SEALED_LIMIT: Final = SIZES[-1]

DisplayName = Annotated[str, Meta(max_length=NAME_LIMIT)]


class Profile(Statement, frozen=True):
    """What somebody wants to be seen as; the user name stands beside it always."""

    CONTEXT = b"profile"
    uid: Bytes32
    version: U32
    name: DisplayName
    line: Line
    picture: Picture


@dataclass(frozen=True, slots=True)
class Opened:
    """A checked profile, as it was signed, and the key that signed it."""

    profile: Profile
    signed: Signed
    key: VerifyKey


def seal_profile(profile: Profile, about: About, key: SigningKey, authority_id: bytes) -> bytes:
    """Signed, padded and sealed: of one of the three lengths."""
    plaintext = pad(msgspec.msgpack.encode(issue(profile, key, authority_id)), AEAD_TAG)
    return ProfileKey(about.key).seal(_about(profile.uid, about, authority_id), plaintext)


def open_profile(sealed: bytes, about: About, uid: bytes, keys: Sequence[VerifyKey], authority_id: bytes) -> Opened:
    """The profile of this person and version, signed by one of their keys that count.

    Raises `cannot_open`, `bad_statement`, `bad_signature` or `wrong_recipient`.
    """
    plaintext = ProfileKey(about.key).open(_about(uid, about, authority_id), sealed)
    signed = decode_strict(unpad(plaintext, AEAD_TAG), Signed)
    profile, key = _check(signed, keys, authority_id)
    if (profile.uid, profile.version) != (uid, about.version):
        raise Forged("wrong_recipient")
    return Opened(profile, signed, key)


def _check(signed: Signed, keys: Sequence[VerifyKey], authority_id: bytes) -> tuple[Profile, VerifyKey]:
    for key in keys:
        try:
            return check(signed, Profile, key, authority_id), key
        except Forged as reason:
            if reason.code != "bad_signature":
                raise
    raise Forged("bad_signature")


def _about(uid: bytes, about: About, authority_id: bytes) -> bytes:
    """The associated data; all parts have fixed lengths."""
    return b"".join((label(b"aead", b"profile"), authority_id, uid, about.version.to_bytes(4)))
