"""What two agents ask each other for after one of them has lost something (sections 5 and 8.15)."""

from __future__ import annotations

from typing import Annotated, Final

from msgspec import Meta

from protocol.statements import U32, U62, Bytes32, Signed
from protocol.wire import Answer, Request

RETURNED: Final = 64  # envelopes in one answer


class Missing(Request, frozen=True):
    """The caller lacks what the listener has written to it under `key`: beyond `after`, up to and with `up_to`."""

    key: Bytes32
    after: U62
    up_to: U62


class Coming(Answer, frozen=True):
    """So many of them come again, as messages do."""

    count: U32


class Lost(Request, frozen=True):
    """The same of what the caller itself has written to the listener, under a key of its own."""

    key: Bytes32
    after: U62
    up_to: U62


class Yours(Answer, frozen=True):
    """The envelopes as they came, oldest first; `more` if others follow the last one."""

    envelopes: Annotated[list[Signed], Meta(max_length=RETURNED)]
    more: bool
