"""The agent's calls about knowing who somebody is: safety numbers, their codes, and QR codes (docs/agent-api.md)."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Literal

import segno

from protocol import safety
from protocol.errors import Forged, Refused, Unreachable
from protocol.log import User
from protocol.safety import SafetyCode
from protocol.statements import Head, decode_strict
from web_client.account.context import AccountContext
from web_client.agent.calls.base import Calls
from web_client.agent.calls.forms import call
from web_client.agent.views import people as person_views
from web_client.agent.views import status as status_views

if TYPE_CHECKING:
    from web_client.agent.session import UserSession


class SafetyCalls(Calls):
    """The part of the facade that is about comparing."""

    @call()
    def safety_number(self, username: str) -> dict[str, Any]:
        session = self._open()
        peer = self._user(username, "username")
        head = session.ctx.trust.log.head
        code = _code_for(session, peer)
        return {
            "digits": code.digits,
            "verified": person_views.person(session, peer)["verified"],
            "head": {"size": head.size, "hash": head.hash.hex()},
            "code": code.encode(),
        }

    @call()
    def compare_safety(self, username: str, code: str) -> dict[str, Any]:
        """Hold the other's code against ours: `verdict` and, once it is theirs, whether their log agrees with ours."""
        session = self._open()
        peer, theirs = self._user(username, "username"), safety.read_code(code)
        ours = _code_for(session, peer)
        if theirs.shower == ours.shower:
            return {"verdict": "own", "log": None}
        if (theirs.shower, theirs.other) != (ours.other, ours.shower):
            return {"verdict": "other_people", "log": None}
        verdict = "same" if theirs.digits == ours.digits else "differs"
        return {"verdict": verdict, "log": _compare_logs(session, theirs, peer)}

    @call()
    def set_verified(self, username: str, verified: bool) -> dict[str, Any]:
        session = self._open()
        peer = self._user(username, "username")
        if peer.key is None:
            raise Refused("revoked", field="username")
        mark_verified(session.ctx, peer, verified)
        shown = person_views.person(session, peer)
        self._tell("person", shown)
        return {"person": shown}

    @call()
    def qr(self, what: Literal["join", "safety"], username: str | None = None) -> dict[str, Any]:
        """The modules of a QR code, row by row, without the margin; and what it says."""
        session = self._open()
        if what == "join":
            text = status_views.join_link(session.ctx.link)
            if text is None:
                raise Refused("no_join_link")
        else:
            text = _code_for(session, self._user(username or "", "username")).encode()
        return qr_code(text)


def qr_code(text: str) -> dict[str, Any]:
    """The modules of a QR code, row by row, without the margin; and what it says."""
    return {"rows": qr_rows(text, "l"), "text": text}


def qr_rows(text: str, error: str) -> list[str]:
    """The modules alone; `error`: how much of it may be torn, "l" or, for paper, "m"."""
    return ["".join(str(module) for module in row) for row in segno.make(text, error=error, micro=False).matrix]


def _code_for(session: UserSession, peer: User) -> SafetyCode:
    me, head = session.ctx.trust.user(session.ctx.me.uid), session.ctx.trust.head
    if peer.key is None or me is None or me.key is None or head is None:
        raise Refused("revoked", field="username")
    digits = safety.safety_number(session.ctx.authority_id, me.uid, me.key, peer.uid, peer.key)
    return SafetyCode(me.uid, peer.uid, digits, head)


def mark_verified(ctx: AccountContext, peer: User, verified: bool) -> None:
    """Remember that the safety number was compared for the peer's present key, or forget it."""
    key = peer.key.raw if verified and peer.key else None
    ctx.vault.execute(
        "INSERT INTO contacts (uid, verified_key, noticed) VALUES (?, ?, ?) ON CONFLICT (uid) "
        "DO UPDATE SET verified_key = excluded.verified_key, noticed = excluded.noticed",
        peer.uid, key, peer.key_entry,
    )  # fmt: skip


def _compare_logs(session: UserSession, theirs: SafetyCode, peer: User) -> str:
    """`same` history, as far as both have it; `behind`: theirs has more than the authority shows here, so nobody knows;
    `split`, and the alarm is up; or `unsigned`: this code is no agent's.
    """
    try:
        with contextlib.suppress(Unreachable):  # to fetch what they have more; compared when it is here
            session.authority.log.compare_head(theirs.head, peer.uid)
    except Forged as reason:
        return "split" if reason.code == "log_split" else "unsigned"
    return "behind" if decode_strict(theirs.head.body, Head).size > session.ctx.trust.log.size else "same"
