"""What other nodes have written since, taken into what is known here: before each batch, in its own transaction."""

from __future__ import annotations

import msgspec
from sqlalchemy.exc import DBAPIError

from authority_server.state import changes
from authority_server.state.changes import (
    AccountIs,
    ClaimIs,
    Ended,
    GroupIs,
    Holds,
    LogIs,
    MailHolds,
    NodeIs,
    SettingsAre,
)
from authority_server.state.lasting import Lasts, of_log
from authority_server.state.state import BATCH, NEEDED, RECOVERING, State
from authority_server.store import nodes
from authority_server.store.database import Rows
from authority_server.store.nodes import Claim
from protocol.errors import HamrazError


class OutOfStep(Exception):
    """What stands in the database doesn't follow from what is known here: all of it is to be loaded."""


def follow(state: State, rows: Rows, path: str) -> list[changes.Any | Lasts]:
    """Take in all batches that others have written; what they have changed, in order, and what of it lasts. Raises
    OutOfStep, after which the state is of no use.
    """
    try:
        return _follow(state, rows, path)
    except DBAPIError:
        raise
    except (OutOfStep, HamrazError, msgspec.MsgspecError, LookupError, ValueError, TypeError, AssertionError) as reason:
        state.undo.back()  # what was taken in by then nobody was told of
        raise OutOfStep from reason


def _follow(state: State, rows: Rows, path: str) -> list[changes.Any | Lasts]:
    batch, mark = state.batch, state.mark
    found = nodes.since(rows, batch)
    known = found.pop(0)[2] if found and found[0][0] == batch else b""
    if known != mark:  # too long ago, or the database has become another one
        raise OutOfStep
    if not found:
        return []
    told: list[changes.Any] = []
    lasts: list[Lasts] = []
    for seq, before, mark_of_it, raw in found:
        if before != batch:
            raise OutOfStep
        batch, mark = seq, mark_of_it
        told += changes.decode(raw)
    _take_rows(state, rows, told, path, lasts)
    for change in told:
        _take(state, change)
    state.settings[BATCH], state.mark = batch.to_bytes(8), mark
    state.followed()
    return [*told, *lasts]


def _take_rows(state: State, rows: Rows, told: list[changes.Any], path: str, lasts: list[Lasts]) -> None:
    settings = rows.settings() if any(isinstance(change, SettingsAre) for change in told) else None
    if settings is not None and RECOVERING in settings:
        state.halt(True)  # first: of what else is new here something may have been given back
    if LogIs() in told:
        for raw, hash in rows.entries(state.log.size):
            given_back = state.log_halted
            state.replay(raw, hash, path)
            lasts += () if given_back else of_log(raw)
    uids = {change.uid for change in told if isinstance(change, AccountIs)}
    if uids:
        sound, broken = rows.accounts(uids)
        if broken:
            raise OutOfStep
        former = [state.accounts[account.uid].email for account in sound if account.uid in state.accounts]
        for email in former:  # before any is set: one of these may have another's by now
            state.emails.pop(email, None)
        for account in sound:
            state.accounts[account.uid] = account
            state.emails[account.email] = account.uid
    for gid in dict.fromkeys(change.gid for change in told if isinstance(change, GroupIs)):
        lasts += state.groups.follow(rows, gid, state.log)
    if settings is not None:
        state.settings = settings
        if not settings.keys() >= NEEDED:  # a row doesn't hold: whoever loads everything makes it anew
            raise OutOfStep
        state.halt(RECOVERING in settings)


def _take(state: State, change: changes.Any) -> None:
    match change:
        case Holds(whole, uid, by):
            getattr(state, whole).change(uid, by)
        case MailHolds(recipient, sender, count, cost):
            state.mail.change(recipient, sender, count, cost)
        case Ended(uid):
            state.ended = state.ended | {uid}
        case ClaimIs(uid, node, token, shown, address) if node:
            state.claims[uid] = Claim(node, token, shown, address)
        case ClaimIs(uid):
            state.claims.pop(uid, None)
        case NodeIs(node, True, place, hosts, port):
            state.nodes[node] = place, hosts, port
        case NodeIs(node):
            state.nodes.pop(node, None)
            state.claims = {uid: claim for uid, claim in state.claims.items() if claim.node != node}
