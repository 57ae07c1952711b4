"""What of one's own went unread at the authority (section 8.8)."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from protocol.statements import U64, Bytes16, Bytes32
from protocol.wire import Answer, Message, Request


class GoneItem(msgspec.Struct, array_like=True, forbid_unknown_fields=True, frozen=True):
    """A message or a file that the caller had left: it is there no more, and its reader hasn't fetched it."""

    kind: Literal["message", "file"]
    to: Bytes32 | None  # whom it was for; nil for a group's file
    id: Bytes16  # the mail item's, or the file's
    why: Literal["old", "damaged"]


class FetchGone(Request, frozen=True):
    """What of the caller's is gone unread and they haven't been told of, oldest first."""


class DropGone(Request, frozen=True):
    """The caller has noted all of it up to this place."""

    up_to: U64


class Gone(Answer, frozen=True):
    """`up_to` is the place of the last item, for `drop_gone`; `more` is true if others follow."""

    items: Annotated[list[GoneItem], Meta(max_length=200)]
    up_to: U64
    more: bool


class NewGone(Message, frozen=True):
    """Something of the caller's is gone unread."""
