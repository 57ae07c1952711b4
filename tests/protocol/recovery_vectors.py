"""What follows the story of log.json in the matter of recovery keys (section 6.2), for make_vectors."""

from __future__ import annotations

from typing import Any

from protocol.log_entries import ADMIN, OWN, RECOVERY, SOLE
from protocol.primitives import SigningKey
from tests.protocol import fixed_people
from tests.protocol.fixed_people import CYRUS, DINA, NIMA, PARVIN


def recovery_continuations(end: int) -> list[tuple[str, int, bytes, str]]:
    """Other recovery keys. Parvin is the super admin, Nima a beginner (an admin at 6), Dina a beginner."""
    change, new, eve = (
        fixed_people.recovery_change,
        SigningKey(fixed_people.seed("a new recovery key")),
        fixed_people.person("eve"),
    )
    dina, cyrus = DINA.with_key(fixed_people.DINA_SECOND_KEY), CYRUS.with_key(fixed_people.CYRUS_SECOND_KEY)
    old, parvins = DINA.recovery, fixed_people.PARVIN_SECOND_RECOVERY

    def own(**change_it: Any) -> bytes:
        return change(dina, new, OWN, 9, old, recovery=old.public, **change_it)

    def by_key(who: fixed_people.Person, prev: int, key: SigningKey, after: SigningKey = new) -> bytes:
        return change(who, after, OWN, prev, key, recovery=key.public)

    def new_key(key: SigningKey) -> bytes:
        return fixed_people.key_change(PARVIN, new, RECOVERY, key, 14, recovery=key.public)

    def admin(by: fixed_people.Person, second: SigningKey | None = None, **change_it: Any) -> bytes:
        return change(dina, new, ADMIN, 9, second or by.key, by=by, **change_it)

    return [
        ("another recovery key, by the one before", end, own(), "ok"),
        ("another recovery key, by an admin", end, admin(PARVIN), "ok"),
        ("the super admin's, by herself", end, change(PARVIN, new, SOLE, 14), "ok"),
        ("the super admin's, by the one before", end, by_key(PARVIN, 14, parvins), "ok"),
        ("by the one before the one before", end, by_key(PARVIN, 14, PARVIN.recovery), "recovery"),
        ("the account's key alone", end, change(dina, new, OWN, 9), "voucher"),
        ("a recovery key that signs nothing", end, change(dina, new, OWN, 9, recovery=old.public), "voucher"),
        ("a beginner by herself", end, change(dina, new, SOLE, 9), "role_not_allowed"),
        ("by herself, signed by two", end, change(PARVIN, new, SOLE, 14, parvins), "voucher"),
        ("by an admin, with a recovery key", end, admin(PARVIN, recovery=old.public), "voucher"),
        ("by an admin, signed by one", end, change(dina, new, ADMIN, 9, by=PARVIN), "voucher"),
        ("by the one before, in another's name", end, own(by=PARVIN), "voucher"),
        ("by oneself, in another's name", end, change(PARVIN, new, SOLE, 14, by=NIMA), "voucher"),
        ("a reason that there isn't", end, change(dina, new, "lost", 9, old), "voucher"),
        ("by another recovery key", end, by_key(dina, 9, eve.recovery), "recovery"),
        (
            "by the right one, which didn't sign",
            end,
            change(dina, new, OWN, 9, eve.recovery, recovery=old.public),
            "bad_signature",
        ),
        ("the account didn't sign", end, own(signer=DINA.key), "bad_signature"),
        ("the admin didn't sign", end, admin(PARVIN, NIMA.key), "bad_signature"),
        ("by an admin, and the account didn't sign", end, admin(PARVIN, signer=PARVIN.key), "bad_signature"),
        ("by a beginner", end, admin(NIMA), "role_not_allowed"),
        ("by an admin, at the time", 6, change(DINA, new, ADMIN, 4, NIMA.key, by=NIMA), "ok"),
        ("of an admin, by himself as admin", 6, change(NIMA, new, ADMIN, 5, NIMA.key, by=NIMA), "role_not_allowed"),
        ("of the super admin, by an admin", 6, change(PARVIN, new, ADMIN, 1, NIMA.key, by=NIMA), "role_not_allowed"),
        ("by a revoked admin", end, admin(cyrus), "revoked"),
        ("by nobody", end, admin(eve), "unknown_user"),
        ("of nobody", end, by_key(eve, 0, eve.recovery), "unknown_user"),
        ("of a revoked account", end, by_key(cyrus, 10, cyrus.recovery), "revoked"),
        ("with an old prev", end, by_key(dina, 4, old), "stale"),
        ("the same key again", end, by_key(dina, 9, old, old), "recovery_used"),
        ("one that was given up before", end, change(PARVIN, PARVIN.recovery, SOLE, 14), "recovery_used"),
        ("another's", end, by_key(dina, 9, old, NIMA.recovery), "recovery_used"),
        (
            "an account with another's recovery key",
            end,
            fixed_people.register(_with_recovery(eve, DINA)),
            "recovery_used",
        ),
        (
            "an account with one that was given up",
            end,
            fixed_people.register(_with_recovery(eve, PARVIN)),
            "recovery_used",
        ),
        ("a key by the recovery key of before", end, new_key(PARVIN.recovery), "recovery"),
        ("a key by the one of now", end, new_key(parvins), "ok"),
    ]


def _with_recovery(who: fixed_people.Person, other: fixed_people.Person) -> fixed_people.Person:
    return fixed_people.Person(who.name, who.name_key, who.uid, who.key, other.recovery)
