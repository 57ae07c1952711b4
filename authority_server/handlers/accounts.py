"""Making accounts: who may have one, under which name and e-mail (section 7 of docs/protocol.md)."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable

from authority_server.core.authority import Authority, Write
from authority_server.core.client import Client
from authority_server.handlers.log import append
from authority_server.rules import usernames
from authority_server.state.state import State
from authority_server.store.database import Account, Rows
from protocol.errors import Forged, Refused, error
from protocol.log_entries import Register, RegisterEntry, encode_entry
from protocol.lookalikes import comparison_key, look
from protocol.messages import CheckSignUp, SignedUp, SignUp, SignUpChecked
from protocol.statements import decode_strict
from transport.places import place_of

log = logging.getLogger("hamraz.authority")

# One @ with something on both sides, and a dot or nothing after it: more is for the mail server to know.
_EMAIL = re.compile(r"[^\s@]{1,64}@[^\s@.]+(?:\.[^\s@.]+)*")


def check_sign_up(authority: Authority, client: Client, message: CheckSignUp) -> SignUpChecked:
    """Say whether SIGN_UP with these would be granted now, and what REGISTER must carry as the name's key."""
    state = authority.state
    if state.log_halted:
        raise error("recovering")
    _check_entitled(state, message.invitation, message.owner_code)
    name_key = _check_name(state, message.name)
    _check_email(state, message.email, authority.email_hash(message.email))
    return SignUpChecked(message.rid, name_key, not state.log.users)


def sign_up(authority: Authority, client: Client, message: SignUp) -> SignedUp | Write[None]:
    """Make the account that the signed REGISTER statement describes; a resend of it gets the same answer."""
    register = decode_strict(message.register.body, Register)
    raw = encode_entry(RegisterEntry(message.register))
    created, email_hash = authority.clock(), authority.email_hash(message.email)
    if _is_here(authority.state, register.uid, raw) and authority.user(register.uid) is not None:
        return SignedUp(message.rid, authority.published.head)  # the answer was lost on its way
    _check_entitled(authority.state, message.invitation, message.owner_code)
    back = _allow(authority, client)

    def job(state: State, rows: Rows) -> None:
        if _is_here(state, register.uid, raw):
            return
        _check_entitled(state, message.invitation, message.owner_code)
        if _check_name(state, register.name) != register.name_key:
            raise Forged("bad_statement", field="name")
        _check_email(state, message.email, email_hash)
        append(state, rows, raw)  # what can still be wrong is the signature, the uid, or a key that had another account
        state.add_account(rows, Account(register.uid, email_hash, created))

    def answer(_: None) -> SignedUp:
        log.info("new account: %(name)s", {"name": register.name})
        return SignedUp(message.rid, authority.published.head)

    return Write(job, answer, back)


def _is_here(state: State, uid: bytes, raw: bytes) -> bool:
    """Whether this very entry has made the account."""
    known = state.log.users.get(uid)
    return known is not None and state.entries[known.keys[0][0]] == raw


def _allow(authority: Authority, client: Client) -> Callable[[], None]:
    """Charge one account to the client's place, or `slow_down`; how to give it back if there is none in the end.

    A connection's first try has a reserve of its own, which those who try one name after the other can't use up.
    """
    limits, place, now = authority.limits, place_of(client.remote), authority.clock()
    client.sign_ups += 1
    try:
        limits.sign_ups.take(place, now)
    except Refused:
        if client.sign_ups > 1:
            raise
        limits.first_sign_ups.take(place, now)
        return lambda: limits.first_sign_ups.spend(place, now, -1)
    return lambda: limits.sign_ups.spend(place, authority.clock(), -1)


def _check_entitled(state: State, invitation: str, owner_code: str | None) -> None:
    """The invitation lets in, and the owner goes first: `no_invitation`, `owner_first`, `owner_code_wrong`, `_used`."""
    if not state.is_invitation(invitation):
        raise Refused("no_invitation")
    if owner_code is not None:
        if not state.is_owner_code(owner_code):
            raise Refused("owner_code_wrong")
        if state.log.users:
            raise Refused("owner_code_used")
    elif not state.log.users:
        raise Refused("owner_first")


def _check_name(state: State, name: str) -> str:
    """The name's comparison key; `name_form`, `name_scripts`, `name_taken` or `name_lookalike`."""
    usernames.check_form(name)
    if state.log.by_name(name) is not None:
        raise Refused("name_taken", field="name", name=name)
    key = comparison_key(name)
    other, same_look = state.log.by_name_key(key), state.looks.get(look(name))
    if other is None and same_look is not None:
        other = state.log.users[same_look]
    if other is not None:
        raise Refused("name_lookalike", field="name", name=other.name)
    return key


def _check_email(state: State, email: str, hash: bytes) -> None:
    """`email_form`, or `email_taken` if its keyed hash is here."""
    if not _EMAIL.fullmatch(email.strip()):
        raise Refused("email_form", field="email")
    if hash in state.emails:
        raise Refused("email_taken", field="email")
