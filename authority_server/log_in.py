"""Logging in: the proof, the presence record, and one live agent for each account (section 7 of docs/protocol.md)."""

from __future__ import annotations

import logging

from authority_server import directory
from authority_server.authority import Authority, Write
from authority_server.caller import Caller, Contest
from authority_server.state import ERA, State
from authority_server.store import Rows
from protocol.errors import Forged, HamrazError, Refused, error
from protocol.messages import LoggedIn, LogIn
from protocol.primitives import SigningKey, VerifyKey
from protocol.statements import PROOF_AUTHORITY, check_proof

# An agent that lives answers a ping over any network in this time; one whose machine sleeps never does.
PING_MS = 3_000

log = logging.getLogger("hamraz.authority")
_NOBODY = SigningKey.generate().public


def log_in(authority: Authority, caller: Caller, message: LogIn) -> None:
    """Check everything that needs no disk, then claim the account; answered when the claim is settled."""
    key = _check_proof(authority, caller, message)
    presence = directory.check_presence(authority, message.uid, key, message.presence)
    if message.head is not None:
        authority.recovery.shown(message.head)
    caller.shown = message.shown

    def job(state: State, rows: Rows) -> None:
        if state.log.users[message.uid].key != key:
            raise Refused("revoked")
        directory.save_presence(state, rows, message.presence, presence)

    def answer(_: None) -> LoggedIn:
        authority.strangers -= 1
        authority.online.enter(caller)
        authority.recovery.entered(caller)
        return LoggedIn(message.rid, authority.published.head, authority.state.settings[ERA])

    def enter() -> None:
        caller.in_flight -= 1
        account = authority.state.accounts[message.uid]
        if account.presence == message.presence:
            authority.carry_out(caller, message.rid, answer(None))  # come back as it left: nothing to write
        else:
            authority.carry_out(caller, message.rid, Write(job, answer, lambda: authority.online.release(caller)))

    def refuse(reason: HamrazError) -> None:
        caller.in_flight -= 1
        authority.refuse(caller, message.rid, reason)

    caller.in_flight += 1
    _claim(authority, caller, Contest(message.uid, enter, refuse))


def _check_proof(authority: Authority, caller: Caller, message: LogIn) -> VerifyKey:
    """The account's key. `bad_proof` with the same work done for an unknown account; `revoked` to its owner only.

    A right proof passes whatever others have failed; `slow_down` is said only to who fails.
    """
    uid, user = message.uid, authority.user(message.uid)
    keys = [key for _, key, _, _ in user.keys if key is not None] if user else [_NOBODY]
    try:
        check_proof(
            message.proof,
            PROOF_AUTHORITY,
            authority.id,
            caller.nonce,
            caller.fingerprint,
            uid,
            keys[-1],
            authority.id,
        )
    except Forged:
        if authority.limits.failed(caller.remote, uid, authority.clock()):
            log.info("a log-in from %(address)s was refused", {"address": caller.remote})
        raise Refused("bad_proof") from None
    if user is None or user.key is None:
        raise Refused("revoked")
    return user.key


# --- one live agent for each account ---


def _claim(authority: Authority, caller: Caller, contest: Contest) -> None:
    """Take the account if it is free; otherwise ask its agent for a sign of life and wait."""
    if caller.closed:
        return
    opponent = authority.online.occupant(contest.uid)
    if opponent is not None and not opponent.closed:
        contest.opponent, contest.deadline = opponent, authority.clock() + PING_MS
        caller.contest = contest
        opponent.challengers.append(caller)
        opponent.ask()
        return
    if opponent is not None:
        authority.online.release(opponent)  # its thread has not noticed yet
    authority.online.claim(contest.uid, caller)
    contest.enter()


def answered(opponent: Caller, number: int) -> None:
    """A PONG has come: the agent lives, so whoever waited for it is refused."""
    if number != opponent.ping:
        return
    opponent.ping = None
    for contest in _withdraw(opponent.challengers):
        contest.refuse(error("other_agent"))


def overdue(authority: Authority, caller: Caller) -> None:
    """The opponent has not answered in time: it is replaced."""
    assert caller.contest is not None and caller.contest.opponent is not None
    opponent = caller.contest.opponent
    (contest,) = _withdraw([caller])
    authority.online.release(opponent)
    _claim(authority, caller, contest)
    opponent.fail(error("replaced"))


def left(authority: Authority, caller: Caller) -> None:
    """A connection has ended: its own log-in is off, and those that waited for it go on."""
    _withdraw([caller])
    authority.online.release(caller)
    waiting = list(caller.challengers)
    for challenger, contest in zip(waiting, _withdraw(waiting), strict=True):
        _claim(authority, challenger, contest)


def _withdraw(callers: list[Caller]) -> list[Contest]:
    """Take these out of the contests they are in."""
    contests = []
    for caller in list(callers):
        contest, caller.contest = caller.contest, None
        if contest is not None:
            assert contest.opponent is not None
            contest.opponent.challengers.remove(caller)
            contests.append(contest)
    return contests
