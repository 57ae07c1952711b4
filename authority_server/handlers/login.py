"""Logging in: the proof, the presence record, and one live agent for each account (section 7 of docs/protocol.md)."""

from __future__ import annotations

import logging

from authority_server.core.authority import Authority, Write
from authority_server.core.client import Client, Takeover
from authority_server.handlers import directory
from authority_server.state.state import ERA, State
from authority_server.store.database import Rows
from protocol.errors import Forged, Refused, error
from protocol.messages import ChangeKey, FetchLog, LoggedIn, LogIn, LogOut
from protocol.primitives import SigningKey, VerifyKey
from protocol.statements import PROOF_AUTHORITY, Generation, Signed, check, check_head, decode_strict

# An agent that lives answers a ping over any network in this time; one whose machine sleeps never does.
PING_MS = 3_000
FORMER = 4  # of an account's keys before the one of now: who had more of them since is refused without the name
# What an older copy of a vault may do before its key is renewed.
OUTDATED = FetchLog | ChangeKey | LogOut

log = logging.getLogger("hamraz.authority")
_NOBODY = SigningKey.generate().public


def log_in(authority: Authority, client: Client, message: LogIn) -> None:
    """Check everything that needs no disk, then claim the account; answered when the claim is settled."""
    key = _check_proof(authority, client, message)
    # What is kept was checked when it came, and goes when the key that signed it does.
    kept = _is_kept(authority, message)
    if not kept:
        presence = directory.check_presence(authority, message.uid, key, message.presence)
        generation = check_generation(authority, message.uid, key, message.generation)
    if message.head is not None:
        authority.recovery.compare(check_head(message.head, authority.key.public, authority.id))
    client.shown = message.shown

    def job(state: State, rows: Rows) -> Signed | None:
        if state.log.users[message.uid].key != key:
            raise Refused("revoked")
        known = state.accounts[message.uid].generation
        if known is not None and not generation.follows(decode_strict(known.body, Generation)):
            return known  # this vault is a copy that was put back, or one of two: nothing of it is taken
        directory.check_newer(state.accounts[message.uid], message.presence, presence.sequence)
        state.save_log_in(rows, message.uid, message.presence, presence.sequence, message.generation)
        return None

    def answer(newer: Signed | None) -> LoggedIn:
        authority.strangers -= 1
        client.outdated = newer is not None
        authority.online.enter(client)
        authority.recovery.entered(client)
        if authority.nodes is not None:
            authority.nodes.entered(client)
        return LoggedIn(message.rid, authority.published.head, authority.state.settings[ERA], newer)

    def enter() -> None:
        client.in_flight -= 1
        if _is_kept(authority, message):
            authority.carry_out(client, message.rid, answer(None))  # come back as it left: nothing to write
        elif kept:  # it is another's by now: another agent of this account has shown a newer one meanwhile
            sequence = authority.state.accounts[message.uid].sequence
            authority.refuse(client, message.rid, Refused("stale_presence", n=sequence))
            authority.online.release(client)
        else:
            # signatures are checked by now: of what it is charged, a row is left for the transaction
            write = Write(job, answer, lambda: authority.online.release(client), weight=1, patient=True)
            authority.carry_out(client, message.rid, write)

    def refuse(reason: Exception) -> None:
        client.in_flight -= 1
        authority.refuse(client, message.rid, reason)

    client.in_flight += 1
    _claim(authority, client, Takeover(message.uid, enter, refuse))


def _is_kept(authority: Authority, message: LogIn) -> bool:
    """Whether this very presence record and generation are what the account has."""
    account = authority.state.accounts[message.uid]
    return account.presence == message.presence and account.generation == message.generation


def check_generation(authority: Authority, uid: bytes, key: VerifyKey, signed: Signed) -> Generation:
    """What this user's vault says of itself: `bad_signature`, `bad_statement`, `wrong_recipient`."""
    generation = check(signed, Generation, key, authority.id)
    if generation.uid != uid:
        raise Forged("wrong_recipient")
    return generation


def _check_proof(authority: Authority, client: Client, message: LogIn) -> VerifyKey:
    """The account's key. `bad_proof` with the same work done for an unknown account; `revoked` to its owner only, and
    `moved` to who proves with a key that another copy of the vault has replaced.

    A right proof passes whatever others have failed; `slow_down` is said only to who fails.
    """
    uid, user = message.uid, authority.user(message.uid)
    keys = [key for _, key, _, _ in user.keys if key is not None] if user else [_NOBODY]
    if not _holds(authority, client, message, keys[-1]):
        if authority.limits.failed(client.remote, uid, authority.clock()):
            log.info("a log-in from %(address)s was refused", {"address": client.remote})
        if any(_holds(authority, client, message, key) for key in keys[-2 : -2 - FORMER : -1]):
            raise Refused("moved")
        raise Refused("bad_proof")
    if user is None or user.key is None:
        raise Refused("revoked")
    return user.key


def _holds(authority: Authority, client: Client, message: LogIn, key: VerifyKey) -> bool:
    """Whether the proof is one of this key, on this connection."""
    try:
        client.check_proof(message.proof, PROOF_AUTHORITY, authority.id, message.uid, key, authority.id)
    except Forged:
        return False
    return True


# --- one live agent for each account ---


def _claim(authority: Authority, client: Client, takeover: Takeover) -> None:
    """Take the account if it is free; otherwise ask its agent for a sign of life and wait."""
    if client.closed:
        return
    current = authority.online.occupant(takeover.uid)
    if current is not None and not current.closed:
        takeover.current, takeover.deadline = current, authority.clock() + PING_MS
        client.takeover = takeover
        current.pending.append(client)
        current.ask()
        return
    if current is not None:
        authority.online.release(current)  # its thread has not noticed yet
    authority.online.claim(takeover.uid, client)
    if authority.nodes is None:
        takeover.enter()
    else:
        authority.nodes.claims.claim(client, takeover)


def answered(current: Client, number: int) -> None:
    """A PONG has come: the agent lives, so whoever waited for it is refused."""
    if number != current.ping:
        return
    current.ping = None
    told, current.on_life = current.on_life, []
    for tell in told:
        tell()
    for takeover in _withdraw(current.pending):
        takeover.refuse(error("other_agent"))


def overdue(authority: Authority, client: Client) -> None:
    """The agent that is in has not answered in time: it is replaced."""
    (takeover,) = _withdraw([client])
    current = takeover.current
    if current is None:  # it is at another node
        assert authority.nodes is not None
        authority.nodes.claims.overdue(client, takeover)
        return
    authority.online.release(current)
    _claim(authority, client, takeover)
    current.fail(error("replaced"))


def left(authority: Authority, client: Client) -> None:
    """A connection has ended: its own log-in is off, and those that waited for it go on."""
    _withdraw([client])
    authority.online.release(client)
    waiting = list(client.pending)
    for other, takeover in zip(waiting, _withdraw(waiting), strict=True):
        _claim(authority, other, takeover)


def _withdraw(clients: list[Client]) -> list[Takeover]:
    """Take these out of the takeovers they are in."""
    takeovers = []
    for client in list(clients):
        takeover, client.takeover = client.takeover, None
        if takeover is not None:
            if takeover.current is not None:
                takeover.current.pending.remove(client)
            takeovers.append(takeover)
    return takeovers
