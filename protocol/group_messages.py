"""What agents and the authority say to each other about groups, on the main port and on a group's own (section 5)."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from protocol.envelope import Kind
from protocol.group_entries import MAX_MEMBERS
from protocol.group_ephemeral import SEEN_LIMIT, SIGNAL_LIMIT, SeenItem
from protocol.group_settings import SEALED_LIMIT
from protocol.statements import U64, Bytes16, Bytes32, Device, OnDevice, Port, Signed
from protocol.wire import ONCE, Answer, Code, Message, Request, require_once

Sealed = Annotated[bytes, Meta(max_length=SEALED_LIMIT)]


class PublishPrekey(Request, frozen=True):
    """The newest last-resort prekey: what is meant for an absent member, or for a group's member, is sealed to it."""

    prekey: Signed


class FetchPrekeys(Request, frozen=True):
    """The last-resort prekeys of these people."""

    uids: Annotated[list[Bytes32], Meta(min_length=1, max_length=200), ONCE]

    def __post_init__(self) -> None:
        require_once("uids", self.uids)


class StartGroup(Request, frozen=True):
    """Propose a port for a group that is to be; the authority binds it before it answers."""

    gid: Bytes16
    port: Port


class Granted(OnDevice, array_like=True, forbid_unknown_fields=True, frozen=True):
    """The epoch's key for one member, sealed."""

    uid: Bytes32
    device: Device
    sealed: bytes


class GrantKeys(Request, frozen=True):
    """A part of a commit that is to come: the epoch's key, sealed for some of its members."""

    gid: Bytes16
    epoch: U64
    grants: Annotated[list[Granted], Meta(max_length=400), ONCE]

    def __post_init__(self) -> None:
        require_once("grants", [share.uid for share in self.grants])


class Hold(Request, frozen=True):
    """A member of rank wants a turn at changing the group, or has had it: meanwhile nobody else's commit goes first."""

    gid: Bytes16
    on: bool


class MakeCommit(Request, frozen=True):
    """The commit that the grants before it belong to: all of it takes effect together, or none."""

    commit: Signed
    settings: Sealed  # for the members, or no bytes; served while this commit is in force


class FetchGroup(Request, frozen=True):
    """What a listed member may know, joined or only invited."""

    gid: Bytes16


class FetchGrant(Request, frozen=True):
    """One's own sealed key of an epoch."""

    gid: Bytes16
    epoch: U64


# --- to the authority, on a group's port ---


class Enter(Request, frozen=True):
    """Who is calling, and for which group; pushes begin for those who have joined."""

    gid: Bytes16
    uid: Bytes32
    proof: Signed


class Post(Request, frozen=True):
    """An entry for the chain: a message, a join or a leave. The same message id again gets the first answer again."""

    gid: Bytes16
    entry: bytes


class Reload(Request, frozen=True):
    """The chain after entry `after`, as much as fits an answer."""

    gid: Bytes16
    after: U64


class Acknowledge(Request, frozen=True):
    """A signed word that this member has the epoch's key; passed on to the others."""

    gid: Bytes16
    ack: Signed


class FetchAcks(Request, frozen=True):
    gid: Bytes16


class TellSeen(Request, frozen=True):
    """How far the caller has got, sealed for the members (section 9.9); takes the place of what it told before."""

    gid: Bytes16
    epoch: U64
    sealed: Annotated[bytes, Meta(max_length=SEEN_LIMIT)]


class FetchSeen(Request, frozen=True):
    gid: Bytes16


class Signal(Message, frozen=True):
    """Something for the moment, sealed for the members: passed on whatever it is, never stored, never answered."""

    gid: Bytes16
    epoch: U64
    what: Kind
    sealed: Annotated[bytes, Meta(max_length=SIGNAL_LIMIT)]


# --- from the authority ---


class LastResorts(Answer, frozen=True):
    """In the order of the question; None where nothing is published."""

    prekeys: list[Signed | None]


class ChatStarted(Answer, frozen=True):
    """The port is bound and listens; it is kept for this group for two minutes, or until the connection ends."""

    gid: Bytes16
    port: Port


class Committed(Answer, frozen=True):
    n: U64
    certificate: Signed
    chain: Signed
    head: Signed


class GroupIs(Answer, frozen=True):
    """`settings` are those of this commit, or no bytes where there are none (any more)."""

    certificate: Signed
    commit: Signed
    chain: Signed
    settings: Sealed


class Grant(Answer, frozen=True):
    sealed: bytes


class Entered(Answer, frozen=True):
    chain: Signed


class Posted(Answer, frozen=True):
    n: U64
    chain: Signed


class Reloaded(Answer, frozen=True):
    """Entries `start`, `start` + 1 …; `chain` is the newest head, so the end is reached when they get there."""

    start: U64
    entries: list[bytes]
    chain: Signed


class Acks(Answer, frozen=True):
    acks: list[Signed]


class Entries(Message, frozen=True):
    """What is new in a group, to everybody who has joined and is connected: one encoding for all."""

    gid: Bytes16
    start: U64
    entries: list[bytes]
    chain: Signed


class Acked(Message, frozen=True):
    gid: Bytes16
    ack: Signed


class SeenSoFar(Answer, frozen=True):
    """What those who are in have told last."""

    items: Annotated[list[SeenItem], Meta(max_length=MAX_MEMBERS)]


class Seen(Message, frozen=True):
    """Somebody has got further; to who wrote one of the newest messages."""

    gid: Bytes16
    item: SeenItem


class LeftGroup(Message, frozen=True):
    """This connection speaks for the caller in this group no more: `not_member`, or `replaced` by a newer one."""

    gid: Bytes16
    code: Code


class Signalled(Message, frozen=True):
    """A `signal` of this member, to the others who are connected."""

    gid: Bytes16
    uid: Bytes32
    epoch: U64
    what: Kind
    sealed: Annotated[bytes, Meta(max_length=SIGNAL_LIMIT)]
