"""What the old and the new computer of an account say to each other when it moves (section 7.8). The new one calls."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec
from msgspec import Meta

from protocol.statements import U32, U62, U64, Bytes32, Name
from protocol.wire import Answer, Message, Request

PART: Final = 256 * 1024  # bytes of a file in one answer
COMPARED: Final = 64 * 1024 * 1024  # bytes that are compared at once: a second's hashing on a slow machine
LISTED: Final = 1000  # files in one answer
MOST_FILES: Final = 200_000
MOST_BYTES: Final = 1 << 42  # of all files: 4 TiB, more than any machine that this runs on has

MovedName = Annotated[str, Meta(min_length=1, max_length=255)]


class MoveHello(Message, frozen=True):
    """The caller is bound to a nonce that nobody else knows yet."""

    version: U32
    commitment: Bytes32


class MoveWelcome(Message, frozen=True):
    nonce: Bytes32


class RevealNonce(Request, frozen=True):
    """Now both know both nonces, and show the digits. The answer comes when somebody has compared them."""

    nonce: Bytes32


class MoveBegun(Answer, frozen=True):
    """The person at the old computer has said that the digits are the same."""

    secret: Bytes32
    format: U32
    name: Name


class GoOn(Request, frozen=True):
    """The same caller again, after a cut."""

    nonce: Bytes32
    proof: Bytes32


class GoingOn(Answer, frozen=True):
    proof: Bytes32
    moved: bool


class MovedFile(msgspec.Struct, array_like=True, forbid_unknown_fields=True, frozen=True):
    name: MovedName
    size: U62


class ListFiles(Request, frozen=True):
    after: U32


class FileList(Answer, frozen=True):
    files: Annotated[list[MovedFile], Meta(max_length=LISTED)]
    more: bool


class FetchPart(Request, frozen=True):
    file: U32
    offset: U62


class Part(Answer, frozen=True):
    content: Annotated[bytes, Meta(max_length=PART)]


class ComparePart(Request, frozen=True):
    """Whether so many bytes from there on, at most COMPARED, have this SHA-256."""

    file: U32
    offset: U62
    length: U32
    hash: Bytes32


class Compared(Answer, frozen=True):
    same: bool


class HaveAll(Request, frozen=True):
    """Everything is on the caller's disk, and has been compared."""


class HandedOver(Answer, frozen=True):
    """From `when` (ms since 1970, by the old computer's clock) on the caller is the account's computer."""

    when: U64


class MovedIn(Request, frozen=True):
    """It is in its place: there is nothing more to ask."""
