"""What agents give back to an authority that was restored from an old backup (section 6.5)."""

from __future__ import annotations

from typing import Annotated, Final

from msgspec import Meta

from protocol.statements import U64, Signed
from protocol.wire import Answer, Message, Request

ENTRIES_LIMIT: Final = 8_192  # in one request, however short they are


class GiveBack(Request, frozen=True):
    """Entries of the log that follow its first `after`; `head` is the newest that the authority has signed."""

    after: U64
    entries: Annotated[list[bytes], Meta(max_length=ENTRIES_LIMIT)]
    head: Signed


class GiveBackChain(Request, frozen=True):
    """The same of a group's chain; the certificate names its port."""

    certificate: Signed
    chain: Signed
    after: U64
    entries: Annotated[list[bytes], Meta(max_length=ENTRIES_LIMIT)]


class GivenAll(Request, frozen=True):
    """Everything that the caller has, as far as the authority lacked it, is given back."""


class GivenBack(Answer, frozen=True):
    """How many entries the authority has now, or holds until the rest is there: what comes next follows these."""

    size: U64


class Recovering(Message, frozen=True):
    """The authority appends nothing now; give it back what it lacks."""
