"""What agents and the authority say to each other about profiles (sections 5 and 8.13)."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from protocol.profiles import SEALED_LIMIT
from protocol.statements import U32, Bytes32
from protocol.wire import Answer, Request

Sealed = Annotated[bytes, Meta(max_length=SEALED_LIMIT)]


class PublishProfile(Request, frozen=True):
    """The caller's newest profile, in the place of the one before."""

    version: U32
    sealed: Sealed


class FetchProfile(Request, frozen=True):
    """This version of somebody's profile: the key that one was told opens no other."""

    uid: Bytes32
    version: U32


class ProfileIs(Answer, frozen=True):
    sealed: Sealed
