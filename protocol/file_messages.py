"""What crosses a socket for files (sections 5 and 8.9): straight between agents, and by way of the authority."""

from __future__ import annotations

from protocol.files import Sealed
from protocol.statements import U32, U62, Bytes16, Bytes32
from protocol.wire import Answer, Request

# --- from agent to agent ---


class FetchChunk(Request, frozen=True):
    """A chunk of a file that the listener has sent to the caller, or to a group of both."""

    id: Bytes16
    index: U32


# --- to the authority ---


class OfferFile(Request, frozen=True):
    """Room for a file of this many bytes, for one reader or a group's members; the same again says how far it is."""

    id: Bytes16
    size: U62
    reader: Bytes32 | None
    gid: Bytes16 | None


class PutChunk(Request, frozen=True):
    """The next chunk of one's own file; one that is there already changes nothing."""

    id: Bytes16
    index: U32
    sealed: Sealed


class GetChunk(Request, frozen=True):
    owner: Bytes32
    id: Bytes16
    index: U32


class DropFile(Request, frozen=True):
    """By its owner: forget it. By a reader: I have it; when all have it, it goes."""

    owner: Bytes32
    id: Bytes16


# --- answers ---


class FileIs(Answer, frozen=True):
    """How many chunks are there, from the first on."""

    have: U32


class Chunk(Answer, frozen=True):
    sealed: Sealed
