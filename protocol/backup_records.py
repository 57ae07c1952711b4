"""What a backup holds (section 15 of docs/protocol.md): one struct for each kind of record, tagged MessagePack arrays.

No identity key, no prekey, no password and no recovery key is in any of them: there is no record that could hold one.
"""

from __future__ import annotations

import functools
from typing import Annotated, Final, get_args

import msgspec
from msgspec import Meta

from protocol.errors import Forged
from protocol.statements import U32, U62, U64, Bytes16, Bytes32
from protocol.wire import snake_case

I64 = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]
# names that a Setting may have
SETTINGS: Final = (
    "chosen",
    "profile",
    "nicknames",
    "cleared",
    "shelves",
    "stars",
    "quiet",
    "unread",
    "heard",
    "fading",
    "links",
)


class _Record(msgspec.Struct, array_like=True, forbid_unknown_fields=True, frozen=True, tag=snake_case):
    """The base of all records; the tag is the class's name in snake_case."""


class LogEntry(_Record, frozen=True):
    """The next entry of the log, from the first one on: as many as the head of the backup covers."""

    entry: bytes


class Message(_Record, frozen=True):
    """A message or line. Of the same `order` the last one in the stream counts. Times in ms."""

    order: U62  # its number for good
    position: U62 | None  # where it stands, if that is another place than its number
    chat: str  # p: and a uid, or g: and a gid, in hex
    id: bytes
    sender: Bytes32
    recipient: bytes  # a uid or a gid
    key: bytes  # whose row it is in
    sequence: I64  # below 0 for lines that a group's chain tells
    previous: bytes
    hash: bytes | None  # None: of the bytes that were signed
    time: U64
    kind: str
    body: bytes | None  # None: as the bytes that were signed say
    raw: bytes | None  # the bytes that were signed, of a private one. None: they stand in `envelope`
    envelope: bytes | None  # signed(private), encoded, of what has come
    state: str
    why: str | None
    receipt: bytes | None  # signed(receipt), encoded
    n: U64 | None  # its place in a group's chain
    epoch: U64 | None
    line: U32
    target: bytes | None
    author: bytes | None
    words: str | None
    edited: U64 | None
    deleted: bool
    retracted: bytes | None
    reactions: bytes | None
    came: U64 | None
    delivered: U64 | None
    seen: U64 | None
    sealed: str | None


class Gone(_Record, frozen=True):
    """The message of this order, which stands before in the stream, has been taken out while the backup was made."""

    order: U62


class Unchecked(_Record, frozen=True):
    """The invitation of this order is still to be looked at."""

    order: U62


class Chat(_Record, frozen=True):
    """What is kept of a conversation beside its messages."""

    chat: str
    read: U62  # the position up to which it was read
    read_n: U64  # the same of a group, as a place in its chain; 0 for none
    pinned: bool
    muted: bool
    draft: str


class Contact(_Record, frozen=True):
    """A person whose safety number was compared, or whose change of key was noticed."""

    uid: Bytes32
    verified_key: Bytes32 | None
    noticed: U64  # up to which entry of the log


class Setting(_Record, frozen=True):
    """One of SETTINGS."""

    name: str
    value: bytes


class Block(_Record, frozen=True):
    """Somebody who is blocked, since when (ms)."""

    uid: Bytes32
    since: U64


class Told(_Record, frozen=True):
    """What somebody has said of their profile, under a key of theirs."""

    uid: Bytes32
    key: Bytes32  # SHA-256 of it
    version: U32
    secret: Bytes32  # of that version of the profile
    chat: str
    aside: bool


class Profile(_Record, frozen=True):
    """Somebody's profile, as it was fetched."""

    uid: Bytes32
    key: Bytes32  # SHA-256 of the key that signed it
    version: U32
    signed: bytes  # signed(profile), encoded


class PrekeySeen(_Record, frozen=True):
    """The newest last-resort prekey that the authority has shown of an identity key."""

    uid: Bytes32
    key: bytes
    sequence: U64


class Group(_Record, frozen=True):
    """A group; its chain is at the authority. Of one that is over, the chain follows in `group_entry`."""

    gid: Bytes16
    name: str
    port: U32
    state: str
    invited_by: Bytes32 | None
    invitation: bytes | None
    certificate: bytes | None
    since: U64
    n: U64  # 0 where the chain is fetched anew
    hash: Bytes32
    chain: bytes | None
    settings: bytes | None
    settings_epoch: U64
    last: U64  # when its last line was, in ms; 0: there is none


class GroupKey(_Record, frozen=True):
    """An epoch's key."""

    gid: Bytes16
    epoch: U64
    key: Bytes32


class GroupEntry(_Record, frozen=True):
    """An entry of the chain of a group that is over."""

    gid: Bytes16
    n: U64
    kind: str
    entry: bytes
    hash: Bytes32


class End(_Record, frozen=True):
    """The last record: how many there are before it, and SHA-256 of all of them as they stand in the stream."""

    records: U64
    hash: Bytes32


Record = (
    LogEntry
    | Message
    | Gone
    | Unchecked
    | Chat
    | Contact
    | Setting
    | Block
    | Told
    | Profile
    | PrekeySeen
    | Group
    | GroupKey
    | GroupEntry
    | End
)

encode_record = msgspec.msgpack.Encoder().encode


@functools.cache
def by_tag() -> dict[str, type[msgspec.Struct]]:
    """Every record by its tag."""
    return {str(kind.__struct_config__.tag): kind for kind in get_args(Record)}


_decoder = msgspec.msgpack.Decoder(Record)


def decode_record(raw: bytes) -> Record:
    """One record; `backup_broken` for what is none."""
    try:
        found: Record = _decoder.decode(raw)
        return found
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise Forged("backup_broken") from None
