"""What the directory has signed and its own log contradicts (sections 6.6 and 8.1): kept, named, shown to anybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol import evidence
from protocol.errors import Forged
from protocol.statements import FoundUser, Signed
from web_client.account.states import FALSE_ANSWER

if TYPE_CHECKING:
    from web_client.agent.session import Node


def note(node: Node, name: str, answer: Signed) -> None:
    """Keep an answer about this name that no honest authority gives, if it can be shown to others: an old one, or one
    to another question, proves nothing. The first one of each person is enough.
    """
    user = node.trust.log.by_name(name)
    about = user.uid if user is not None else b""
    if node.states.has(FALSE_ANSWER, about) or node.trust.head is None:
        return
    shown = {"head": _hex(node.trust.head), "found": _hex(answer)}
    try:
        evidence.judge(node.trust.evidence_of(FALSE_ANSWER, shown), node.authority_id)
    except Forged:
        return
    node.states.begin(FALSE_ANSWER, about, evidence=shown)


def looks_false(node: Node, found: FoundUser) -> bool:
    """Whether the record in it is somebody else's."""
    return not evidence.presence_is_theirs(found, node.authority_id)


def _hex(signed: Signed) -> dict[str, str]:
    return {"body": signed.body.hex(), "sig": signed.sig.hex()}
