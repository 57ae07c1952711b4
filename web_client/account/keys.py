"""One's own identity keys as decisions over the vault's rows (section 7.6): the one that counts, the one that is to
follow it, and those of before, under which messages that still wait were composed. No sockets.
"""

from __future__ import annotations

import msgspec

from protocol.errors import Forged
from protocol.log import User
from protocol.log_entries import OWN, RECOVERY, KeyChange
from protocol.primitives import OpenKey, SigningKey, random_id
from protocol.statements import NO_DEVICE, Prekey, Receipt, Signed, decode_strict, encode_strict, issue
from web_client.account.identity import Identity
from web_client.vault.database import Rows, save_setting, setting, value

NEXT = "next_key"  # the setting that holds it


class NextKey(msgspec.Struct, array_like=True, forbid_unknown_fields=True, frozen=True):
    """A key that the log may or may not have: from here on its request is resent as it is, until the log says."""

    secret: bytes
    prev: int
    entry: Signed
    recovery_key: bytes | None  # if that vouches, not the old key
    new_sig: bytes
    prekey: Signed  # the last-resort prekey that goes with it
    prekey_secret: bytes
    before: list[int] = []  # other `prev` that requests for the same key have named

    @property
    def places(self) -> set[int]:
        """After which entries of the log a request for it could come about."""
        return {self.prev, *self.before}

    @property
    def key(self) -> SigningKey:
        return SigningKey(self.secret)


def next_key(rows: Rows) -> NextKey | None:
    """The key that is to follow, if one has been proposed and the log has not decided about it."""
    raw = setting(rows, NEXT)
    return decode_strict(raw, NextKey) if raw is not None else None


def identities(rows: Rows, now: Identity) -> list[Identity]:
    """As whom one may log in: with the key that is to follow, if there is one, and else with the one of now."""
    found = next_key(rows)
    return [now] if found is None else [Identity(now.uid, now.name, found.key), now]


def drop_next(rows: Rows) -> None:
    """Let go of what was proposed."""
    rows.execute("DELETE FROM settings WHERE name = ?", (NEXT,))


def propose(rows: Rows, me: Identity, prev: int, authority_id: bytes, recovery: SigningKey | None = None) -> NextKey:
    """Make a key and everything that its request says; with `prev` unchanged the same one again.

    With another `prev` of one's own log, what was proposed before can't come about any more: the log has gone on
    without it. The recovery key names what it is told before log-in, true or not: so all of its requests are for one
    key.
    """
    known, by = next_key(rows), recovery.public.raw if recovery is not None else None
    if known is not None and (known.prev, known.recovery_key) == (prev, by):
        return known
    # the log takes a key once: of the requests for one, whichever comes about, the key and its prekey are here
    again = known is not None and (prev in known.places or (by is not None and known.recovery_key == by))
    kept = known if again else None
    key = kept.key if kept is not None else SigningKey.generate()
    voucher, why = (me.key, OWN) if recovery is None else (recovery, RECOVERY)
    change = KeyChange(me.uid, key.public.raw, why, me.uid, prev)
    newest = value(rows, "SELECT max(sequence) FROM last_resorts") or 0
    if kept is not None and decode_strict(kept.prekey.body, Prekey).sequence > newest:
        prekey, sealed = kept.prekey, kept.prekey_secret
    else:
        secret = OpenKey.generate()
        last_resort = Prekey(me.uid, NO_DEVICE, random_id(), newest + 1, secret.public.raw)
        prekey, sealed = issue(last_resort, key, authority_id), secret.save()
    made = NextKey(
        key.save(),
        prev,
        issue(change, voucher, authority_id),
        by,
        issue(change, key, authority_id).sig,
        prekey,
        sealed,
        sorted(kept.places - {prev}) if kept is not None else [],
    )
    save_setting(rows, NEXT, encode_strict(made))
    return made


def settle(rows: Rows, me: Identity, user: User | None, size: int, now: int, authority_id: bytes) -> Identity | None:
    """Take the key that was proposed if the log has it, and forget it if it never can; who one is then, if that is
    new. `user`: oneself, as the log of `size` entries has it.
    """
    found = next_key(rows)
    if found is None or user is None:
        return None
    if all(key != found.key.public for _index, key, _why, _by in user.keys):
        if user.latest not in found.places and size > max(found.places):
            drop_next(rows)
        return None
    renewed = Identity(me.uid, me.name, found.key)
    prekey = decode_strict(found.prekey.body, Prekey)
    rows.execute("INSERT OR IGNORE INTO old_keys VALUES (?, ?, ?)", (me.key.public.raw, me.key.save(), now))
    rows.execute(
        "INSERT INTO last_resorts (sequence, id, key, signed, created, published) VALUES (?, ?, ?, ?, ?, ?)",
        (prekey.sequence, prekey.id, found.prekey_secret, encode_strict(found.prekey), now, max(now, 1)),
    )
    rows.execute("DELETE FROM own_prekeys")
    for order, raw in rows.execute("SELECT ord, signed FROM receipts").fetchall():
        again = sign_again(decode_strict(bytes(raw), Signed), renewed, authority_id)
        rows.execute("UPDATE receipts SET signed = ? WHERE ord = ?", (encode_strict(again), order))
    save_setting(rows, "identity_key", found.secret)
    drop_next(rows)
    return renewed


def sign_again(receipt: Signed, me: Identity, authority_id: bytes) -> Signed:
    """The same receipt by the key that one has now; by the same key it is the same bytes."""
    return Signed(receipt.body, me.key.sign(Receipt.CONTEXT, authority_id, receipt.body))


def signer(rows: Rows, me: Identity, public: bytes) -> SigningKey:
    """The private half of a key of one's own, of now or of before; `key_revoked` if it isn't kept any more."""
    if public == me.key.public.raw:
        return me.key
    row = rows.execute("SELECT secret FROM old_keys WHERE key = ?", (public,)).fetchone()
    if row is None:
        raise Forged("key_revoked")
    return SigningKey(bytes(row[0]))


def has(rows: Rows, me: Identity, public: bytes) -> bool:
    """Whether the private half of this key of one's own is here."""
    return public == me.key.public.raw or value(rows, "SELECT 1 FROM old_keys WHERE key = ?", public) is not None


def signer_of(rows: Rows, me: Identity, fingerprint: bytes) -> SigningKey:
    """The same, by the fingerprint that a group's commit names."""
    for (public,) in [(me.key.public.raw,), *rows.execute("SELECT key FROM old_keys").fetchall()]:
        key = signer(rows, me, bytes(public))
        if key.public.fingerprint() == fingerprint:
            return key
    return me.key  # it will be refused, by its name


def forget_old(rows: Rows, created: int) -> None:
    """Drop the private halves of keys from then (ms) or before, unless something still waits under them, or an
    invitation that was made out to one may yet be answered.
    """
    rows.execute(
        "DELETE FROM old_keys WHERE created <= ? AND key NOT IN (SELECT m.key FROM outbox JOIN messages m USING (ord)) "
        "AND NOT EXISTS (SELECT 1 FROM groups WHERE state = 'invited')",
        (created,),
    )
