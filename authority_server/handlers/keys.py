"""Identity keys that change (section 7.6): a new one of one's own, an account's end, and a new one by the recovery
key.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial

from authority_server.core.authority import Authority, Write
from authority_server.core.client import Client
from authority_server.handlers import backups, gone, mailbox
from authority_server.handlers.log import append, appended, live
from authority_server.rules.rate_limits import Limit
from authority_server.state.state import State
from authority_server.store import mail as mail_store
from authority_server.store import prekeys
from authority_server.store import profiles as profile_store
from authority_server.store.database import Rows
from protocol.errors import Forged, HamrazError, Refused
from protocol.log import recovery_hash
from protocol.log_entries import ADMIN, OWN, RECOVERY, KeyChange, KeyEntry, RecoveryChange, RecoveryEntry, encode_entry
from protocol.messages import Appended, ChangeKey, ChangeRecovery, Recover
from protocol.primitives import VerifyKey
from protocol.roles import may_end_account
from protocol.statements import Prekey, Signed, check, decode_strict

log = logging.getLogger("hamraz.authority")


def change_key(authority: Authority, client: Client, message: ChangeKey) -> Appended | Write[int] | None:
    """Append a change that the client signed: a new key of their own, or the end of somebody else's account.

    A new key waits while somebody has a turn at changing a group that the client is in: it would make theirs stale.
    """
    uid = client.known

    def later() -> None:
        client.in_flight -= 1
        if client.closed:
            return
        try:
            result = _change_key(authority, client, message)
        except HamrazError as refusal:
            authority.refuse(client, message.rid, refusal)
            return
        authority.carry_out(client, message.rid, result)

    if decode_strict(message.entry.body, KeyChange).why == OWN:
        gids = [gid for gid in authority.holds.held if uid in authority.published_groups[gid].listed]
        if authority.holds.delay(uid, gids, authority.clock(), later):
            client.in_flight += 1
            return None
    return _change_key(authority, client, message)


def _change_key(authority: Authority, client: Client, message: ChangeKey) -> Appended | Write[int]:
    raw = encode_entry(KeyEntry(message.entry, None, message.new_sig))
    wanted, limits = decode_strict(message.entry.body, KeyChange), authority.limits
    if client.outdated and wanted.why != OWN:
        raise Refused("moved")
    if (n := _here(authority, wanted.uid, raw)) is not None:
        return Appended(message.rid, n, authority.published.head)
    back = _allow(limits.own_keys if wanted.why == OWN else limits.endings, client.known, authority.clock())

    def job(state: State, rows: Rows) -> int:
        change = decode_strict(message.entry.body, KeyChange)
        known = state.log.users.get(change.uid)
        if known is not None and state.entries[known.latest] == raw:
            return known.latest  # the answer was lost on its way; the client's key may be another by now
        commander = live(state, client.known)
        assert commander.key is not None
        check(message.entry, KeyChange, commander.key, authority.id)
        if change.by != client.known:
            raise Forged("bad_signature")
        if (change.why, change.uid == change.by, change.new_key is None) not in (
            (OWN, True, False),
            (ADMIN, False, True),
        ):
            raise Forged("bad_statement")
        target = live(state, change.uid)
        if target.latest != change.prev:
            raise Refused("stale")
        if change.why == ADMIN and not may_end_account(commander.role, target.role):
            raise Refused("role_not_allowed")
        _check_prekey(authority, change, message.prekey)
        return _append(state, rows, raw, change, message.prekey)

    def answer(n: int) -> Appended:
        client.outdated = client.outdated and wanted.why != OWN  # the other copies of the vault are shut out now
        return appended(authority, message.rid, "a key", n)

    return Write(job, answer, back)


def change_recovery(authority: Authority, client: Client, message: ChangeRecovery) -> Appended | Write[int]:
    """Append another recovery key of an account: asked for by its owner, or by the admin who signs beside them."""
    raw = encode_entry(RecoveryEntry(message.entry, message.recovery_key, message.second_sig))
    change, limits = decode_strict(message.entry.body, RecoveryChange), authority.limits
    if (n := _here(authority, change.uid, raw)) is not None:
        return Appended(message.rid, n, authority.published.head)
    limit = limits.recovery_keys if change.uid == client.known else limits.endings
    back = _allow(limit, client.known, authority.clock())

    def job(state: State, rows: Rows) -> int:
        live(state, client.known)
        if client.known not in (change.uid, change.by if change.why == ADMIN else change.uid):
            raise Refused("role_not_allowed")
        target = live(state, change.uid)
        if state.entries[target.latest] == raw:
            return target.latest  # the answer was lost on its way
        if target.latest != change.prev:
            raise Refused("stale")
        n = append(state, rows, raw)
        state.lose(backups.forget(state, rows, change.uid))  # sealed to the key of before: nobody opens them
        return n

    return Write(job, partial(appended, authority, message.rid, "a recovery key"), back)


def recover(authority: Authority, client: Client, message: Recover) -> Appended | Write[int]:
    """Append a change that the recovery key signed. Who doesn't have it learns nothing: `bad_proof`."""
    key, raw = (
        VerifyKey(message.recovery_key),
        encode_entry(KeyEntry(message.entry, message.recovery_key, message.new_sig)),
    )
    change = _check_recovery(authority, client, message.entry, key)
    if (change.why, change.by, change.new_key is None) != (RECOVERY, change.uid, False):
        raise Forged("bad_statement")
    _check_prekey(authority, change, message.prekey)
    if (n := _here(authority, change.uid, raw)) is not None:
        return Appended(message.rid, n, authority.published.head)
    limits = authority.limits
    back = _allow(limits.recoveries, change.uid, authority.clock())

    def job(state: State, rows: Rows) -> int:
        user = state.log.users[change.uid]
        if state.entries[user.latest] == raw:
            return user.latest
        if user.key is None:
            raise Refused("revoked")
        if user.latest != change.prev:
            raise Refused("entry_stale", n=user.latest)
        return _append(state, rows, raw, change, message.prekey)

    def answer(n: int) -> Appended:
        limits.own_keys.forget(change.uid.hex())  # what a thief has used up is not the owner's affair
        return appended(authority, message.rid, "a key", n)

    return Write(job, answer, back)


def _here(authority: Authority, uid: bytes, raw: bytes) -> int | None:
    """The index of this very entry if it is the account's latest: the answer was lost on its way."""
    user = authority.user(uid)
    if user is None or user.latest >= authority.published.size or authority.state.entries[user.latest] != raw:
        return None
    return user.latest


def _allow(limit: Limit, uid: bytes, now: int) -> Callable[[], None]:
    """Charge one change to an account, or `slow_down`; how to give it back if there is none in the end."""
    limit.take(uid.hex(), now)
    return lambda: limit.spend(uid.hex(), now, -1)


def _check_recovery(authority: Authority, client: Client, entry: Signed, key: VerifyKey) -> KeyChange:
    try:
        change = check(entry, KeyChange, key, authority.id)
        user = authority.user(change.uid)
        if user is None or recovery_hash(authority.id, key) != user.recovery_hash:
            raise Forged("bad_signature")
    except HamrazError:
        if authority.limits.failed(client.remote, _claimed(entry), authority.clock()):
            log.info("a recovery from %(address)s was refused", {"address": client.remote})
        raise Refused("bad_proof") from None
    return change


def _claimed(entry: Signed) -> bytes:
    """Whose key it would change, as far as it can be read."""
    try:
        return decode_strict(entry.body, KeyChange).uid
    except HamrazError:
        return b""


def _check_prekey(authority: Authority, change: KeyChange, signed: Signed | None) -> None:
    """A new key brings its last-resort prekey, so that groups can be changed at any moment; an end brings none."""
    if (change.new_key is None) != (signed is None):
        raise Forged("bad_statement")
    if change.new_key is not None and signed is not None:
        prekey = check(signed, Prekey, VerifyKey(change.new_key), authority.id)
        if prekey.uid != change.uid or prekey.sequence == 0:
            raise Forged("prekey_invalid")


def _append(state: State, rows: Rows, raw: bytes, change: KeyChange, prekey: Signed | None) -> int:
    """The entry, and all that goes with the old key."""
    n = append(state, rows, raw)  # what can still be wrong is the new key's signature, or that it had an account before
    forget_old(state, rows, change, prekey)
    return n


def forget_old(state: State, rows: Rows, change: KeyChange, prekey: Signed | None) -> None:
    """What the authority keeps of the old key goes with it; a prekey takes the place of the old one's."""
    state.forget_presence(rows, change.uid)
    if prekey is not None:
        prekeys.save(rows, change.uid, prekey)
    else:
        prekeys.drop(rows, change.uid)
    if change.new_key is None:
        state.free_email(rows, change.uid)
        gone.forget_of(state, rows, change.uid)
        state.lose(backups.forget(state, rows, change.uid))
    if change.why != OWN:
        mailbox.forget(state, rows, mail_store.of(change.uid))
        profile_store.drop(rows, change.uid)  # whoever had the old key may have made it
        state.end(change.uid)
