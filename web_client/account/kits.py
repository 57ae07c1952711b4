"""The recovery kit as decisions over the vault's rows (sections 7.6 and 7.7): its key is here until it is confirmed on
paper; then only what is public of it. No sockets.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import msgspec

from protocol.kit import Kit, request_code
from protocol.log import User, recovery_hash
from protocol.log_entries import ADMIN, OWN, SOLE, RecoveryChange
from protocol.primitives import SealKey, SigningKey
from protocol.statements import Signed, decode_strict, encode_strict, issue
from web_client.account.identity import Identity
from web_client.vault.database import Rows, save_setting, setting

SEED = "recovery_key"  # the settings: the recovery key, as long as it isn't confirmed;
KEPT = "kit"  # what stays of it then;
NEXT = "next_kit"  # and the one that is to follow, until the log has decided


class KeptKit(msgspec.Struct, array_like=True, forbid_unknown_fields=True, frozen=True):
    """A kit that is on paper: what the log calls it, what is sealed for it, and when it was confirmed (ms)."""

    hash: bytes
    seal: bytes
    when: int

    @property
    def seal_key(self) -> SealKey:
        return SealKey(self.seal)


class NextKit(msgspec.Struct, array_like=True, forbid_unknown_fields=True, frozen=True):
    """A kit that the log may or may not have. The entry is signed by the account; `admin` still has to sign beside."""

    secret: bytes
    entry: Signed
    why: str
    by: bytes
    prev: int
    recovery_key: bytes | None  # the one before, where it signs beside
    second_sig: bytes | None


@dataclass(frozen=True, slots=True)
class KitState:
    """`here`: its key is in this vault; `paper`: confirmed, `when`; `unknown`: the one of now was made elsewhere."""

    where: Literal["here", "paper", "unknown"]
    when: int | None
    asked: bytes | None  # which admin was asked for a new one
    request: str | None  # with this text


def here(rows: Rows, authority_id: bytes) -> Kit | None:
    """The kit whose key isn't confirmed yet."""
    raw = setting(rows, SEED)
    return Kit(SigningKey(raw), authority_id) if raw is not None else None


def kept(rows: Rows, user: User | None) -> KeptKit | None:
    """The kit on paper, unless the log has another one by now: what backups are sealed for."""
    raw = setting(rows, KEPT)
    found = decode_strict(raw, KeptKit) if raw is not None else None
    return found if found is not None and user is not None and found.hash == user.recovery_hash else None


def next_kit(rows: Rows) -> NextKit | None:
    raw = setting(rows, NEXT)
    return decode_strict(raw, NextKit) if raw is not None else None


def state(rows: Rows, user: User | None, authority_id: bytes) -> KitState:
    """What holds of the account's kit; `user`: oneself, as the log has it."""
    following = next_kit(rows)
    asked = following.by if following is not None and following.why == ADMIN else None
    request = request_code(following.entry) if following is not None and asked is not None else None
    on_paper, unconfirmed = kept(rows, user), here(rows, authority_id)
    if on_paper is not None:
        return KitState("paper", on_paper.when, asked, request)
    known = unconfirmed is not None and (user is None or unconfirmed.hash == user.recovery_hash)
    return KitState("here" if known else "unknown", None, asked, request)


def confirm(rows: Rows, kit: Kit, now: int) -> None:
    """It is on paper: in the transaction around this, its key leaves the vault."""
    save_setting(rows, KEPT, encode_strict(KeptKit(kit.hash, kit.open_key().public.raw, now)))
    rows.execute("DELETE FROM settings WHERE name = ?", (SEED,))


def propose(rows: Rows, me: Identity, user: User, authority_id: bytes, by: bytes | None, old: Kit | None) -> NextKit:
    """Make a kit and what has to be signed for it: beside `by`, an admin; or the old kit's key; or alone.

    Any of several requests may still come about, as long as nothing has: so all of them are for one key.
    """
    known = next_kit(rows)
    kit = Kit(SigningKey(known.secret) if known is not None else SigningKey.generate(), authority_id)
    why = ADMIN if by is not None else SOLE if old is None else OWN
    change = RecoveryChange(me.uid, kit.hash, why, me.uid if by is None else by, user.latest)
    entry = issue(change, me.key, authority_id)
    second = issue(change, old.recovery, authority_id).sig if old is not None else None
    public = old.recovery.public.raw if old is not None else None
    made = NextKit(kit.recovery.save(), entry, why, change.by, user.latest, public, second)
    save_setting(rows, NEXT, encode_strict(made))
    return made


def put_back(rows: Rows, before: NextKit | None) -> None:
    """What was proposed last came to nothing: what was there before it may still."""
    if next_kit(rows) is None:
        return  # decided meanwhile
    if before is None:
        rows.execute("DELETE FROM settings WHERE name = ?", (NEXT,))
    else:
        save_setting(rows, NEXT, encode_strict(before))


def settle(rows: Rows, user: User | None, authority_id: bytes) -> bool:
    """Take the kit that was proposed if the log has it, and forget it if it never can; whether something changed."""
    found = next_kit(rows)
    if found is None or user is None:
        return False
    if recovery_hash(authority_id, SigningKey(found.secret).public) == user.recovery_hash:
        save_setting(rows, SEED, found.secret)  # to be confirmed; what was kept of the one before says nothing any more
        rows.execute("DELETE FROM settings WHERE name = ?", (KEPT,))
    elif user.latest == found.prev:
        return False
    rows.execute("DELETE FROM settings WHERE name = ?", (NEXT,))
    return True


def is_of(kit: Kit, user: User | None) -> bool:
    """Whether this is the account's kit of now."""
    return user is not None and kit.hash == user.recovery_hash
