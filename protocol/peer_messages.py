"""What two agents say to each other (section 5)."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from protocol.statements import U32, Bytes16, Bytes32, Signed
from protocol.wire import Answer, Code, Message, Request

# --- from agent to agent ---


class PeerHello(Message, frozen=True):
    version: U32


class PeerWelcome(Message, frozen=True):
    """The listener's nonce and the newest head that it knows, so that both compare before anything else is said."""

    nonce: Bytes32
    head: Signed


class Knock(Request, frozen=True):
    """Who is calling, with the newest head that the caller knows; answered with prekeys."""

    uid: Bytes32
    proof: Signed
    head: Signed


CHAINS_LIMIT = 64  # signed chain heads in one message


class CompareChains(Request, frozen=True):
    """The newest signed chain heads of groups in which both are, so that a fork is seen."""

    chains: Annotated[list[Signed], Meta(max_length=CHAINS_LIMIT)]


class Chains(Answer, frozen=True):
    """The other's."""

    chains: Annotated[list[Signed], Meta(max_length=CHAINS_LIMIT)]


class MorePrekeys(Request, frozen=True):
    pass


class Prekeys(Answer, frozen=True):
    prekeys: Annotated[list[Signed], Meta(max_length=16)]


class Deliver(Request, frozen=True):
    prekey_id: Bytes16
    sealed: bytes


class Delivered(Answer, frozen=True):
    receipt: Signed


class Typing(Message, frozen=True):
    """The sender is writing to the other, or no more (section 8.11); both sides may say it, and it has no answer."""

    on: bool


class Doing(Message, frozen=True):
    """The same of what else somebody does: `what` is one of `group_ephemeral.ACTIVITIES`, or of a later version."""

    what: Code
    on: bool


class Receipts(Request, frozen=True):
    receipts: Annotated[list[Signed], Meta(max_length=200)]
