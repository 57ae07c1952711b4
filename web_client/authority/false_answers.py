"""What the directory has signed and its own log contradicts (sections 6.6 and 8.1): kept, named, shown to anybody."""

from __future__ import annotations

from protocol import evidence
from protocol.errors import Forged
from protocol.statements import FoundUser, Signed
from web_client.account.context import AccountContext
from web_client.account.states import FALSE_ANSWER


def note(ctx: AccountContext, name: str, answer: Signed) -> None:
    """Keep an answer about this name that no honest authority gives, if it can be shown to others: an old one, or one
    to another question, proves nothing. The first one of each person is enough.
    """
    user = ctx.trust.log.by_name(name)
    about = user.uid if user is not None else b""
    if ctx.states.has(FALSE_ANSWER, about) or ctx.trust.head is None:
        return
    shown = {"head": ctx.trust.head.hex(), "found": answer.hex()}
    try:
        evidence.judge(ctx.trust.evidence_of(FALSE_ANSWER, shown), ctx.authority_id)
    except Forged:
        return
    ctx.states.begin(FALSE_ANSWER, about, evidence=shown)


def looks_false(ctx: AccountContext, found: FoundUser) -> bool:
    """Whether the record in it is somebody else's."""
    return not evidence.presence_is_theirs(found, ctx.authority_id)
