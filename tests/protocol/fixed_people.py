"""The authority and the people of these tests, with fixed keys, and entries of the log that they sign."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from protocol import log
from protocol.log_entries import (
    ADMIN,
    OWN,
    RECOVERY,
    SOLE,
    Genesis,
    GenesisEntry,
    GroupEntry,
    KeyChange,
    KeyEntry,
    RecoveryChange,
    RecoveryEntry,
    Register,
    RegisterEntry,
    RoleChange,
    RoleEntry,
    encode_entry,
)
from protocol.primitives import OpenKey, SigningKey, VerifyKey
from protocol.roles import Role
from protocol.statements import Signed, Statement, authority_id_of, issue, uid_of


def seed(name: str, size: int = 32) -> bytes:
    """The fixed secret bytes of this name: SHAKE-256("hamraz test key NAME")."""
    return hashlib.shake_256(b"hamraz test key " + name.encode()).digest(size)


AUTHORITY = SigningKey(seed("authority"))
AUTHORITY_ID = authority_id_of(AUTHORITY.public)
OTHER_AUTHORITY = SigningKey(seed("other authority"))
OTHER_AUTHORITY_ID = authority_id_of(OTHER_AUTHORITY.public)


@dataclass(frozen=True)
class Person:
    """An account: its first identity key makes the uid; `key` is the one now, which a KEY entry may have changed."""

    name: str
    name_key: str
    uid: bytes
    key: SigningKey
    recovery: SigningKey

    def with_key(self, key: SigningKey) -> Person:
        return Person(self.name, self.name_key, self.uid, key, self.recovery)


def person(name: str, name_key: str | None = None, keys_of: str | None = None) -> Person:
    """A person whose fixed keys have the seeds `NAME identity` and `NAME recovery`."""
    keys_of = keys_of or name
    key = SigningKey(seed(f"{keys_of} identity"))
    uid = uid_of(AUTHORITY_ID, key.public)
    return Person(name, name_key or name.casefold(), uid, key, SigningKey(seed(f"{keys_of} recovery")))


PARVIN = person("Parvin")
NIMA = person("نیما", "نيما", keys_of="nima")
CYRUS = person("cyrus")
DINA = person("dina")
CYRUS_AGAIN = person("cyrus", keys_of="cyrus again")
CYRUS_SECOND_KEY = SigningKey(seed("cyrus second identity"))
PARVIN_SECOND_RECOVERY = SigningKey(seed("parvin second recovery"))
DINA_SECOND_KEY = SigningKey(seed("dina second identity"))

PREKEY = OpenKey(seed("prekey", 96))
PREKEY_ID = seed("prekey id", 16)
OTHER_PREKEY = OpenKey(seed("other prekey", 96))
GROUP = seed("group", 16)


def signed(statement: Statement, key: SigningKey, authority_id: bytes = AUTHORITY_ID) -> Signed:
    return issue(statement, key, authority_id)


def genesis(key: SigningKey = AUTHORITY, signer: SigningKey | None = None) -> bytes:
    return encode_entry(GenesisEntry(signed(Genesis(key.public.raw), signer or key)))


def register(who: Person, *, uid: bytes | None = None, signer: SigningKey | None = None) -> bytes:
    recovery = log.recovery_hash(AUTHORITY_ID, who.recovery.public)
    body = Register(uid or who.uid, who.name, who.name_key, who.key.public.raw, recovery)
    return encode_entry(RegisterEntry(signed(body, signer or who.key)))


def key_change(
    who: Person,
    new: SigningKey | None,
    why: str,
    signer: SigningKey,
    prev: int,
    *,
    by: Person | None = None,
    recovery: VerifyKey | None = None,
    new_signer: SigningKey | None = None,
) -> bytes:
    """A KEY entry; the new key signs too unless `new_signer` does in its place."""
    body = KeyChange(who.uid, new.public.raw if new else None, why, (by or who).uid, prev)
    vouched = signed(body, signer)
    also = new_signer or new
    new_sig = signed(body, also).sig if also else None
    return encode_entry(KeyEntry(vouched, recovery.raw if recovery else None, new_sig))


def recovery_change(
    who: Person,
    new: SigningKey | bytes,
    why: str,
    prev: int,
    second: SigningKey | None = None,
    *,
    by: Person | None = None,
    recovery: VerifyKey | None = None,
    signer: SigningKey | None = None,
) -> bytes:
    """A RECOVERY entry: `second` signs beside the account's key."""
    new_hash = new if isinstance(new, bytes) else log.recovery_hash(AUTHORITY_ID, new.public)
    body = RecoveryChange(who.uid, new_hash, why, (by or who).uid, prev)
    both = signed(body, signer or who.key)
    also = signed(body, second).sig if second else None
    return encode_entry(RecoveryEntry(both, recovery.raw if recovery else None, also))


def role_change(target: Person, role: Role, by: Person, prev: int, *, signer: SigningKey | None = None) -> bytes:
    return encode_entry(RoleEntry(signed(RoleChange(target.uid, role, by.uid, prev), signer or by.key)))


def group_change(gid: bytes, epoch: int) -> bytes:
    return encode_entry(GroupEntry(gid, epoch, seed(f"commit {epoch}")))


def story() -> list[bytes]:
    """A valid log with every kind of entry: what happens in it stands beside each line."""
    nima_admin = role_change(NIMA, Role.ADMIN, PARVIN, 2)
    return [
        genesis(),  # 0
        register(PARVIN),  # 1: the first account is the super admin's
        register(NIMA),  # 2
        register(CYRUS),  # 3
        register(DINA),  # 4
        nima_admin,  # 5
        role_change(CYRUS, Role.ADVANCED, NIMA, 3),  # 6
        key_change(CYRUS, CYRUS_SECOND_KEY, OWN, CYRUS.key, 6),  # 7: he changes his own key
        group_change(GROUP, 1),  # 8
        key_change(DINA, DINA_SECOND_KEY, RECOVERY, DINA.recovery, 4, recovery=DINA.recovery.public),  # 9
        key_change(CYRUS, None, ADMIN, NIMA.key, 7, by=NIMA),  # 10: an admin revokes him
        register(CYRUS_AGAIN),  # 11: the name is free; the account is new, and a beginner
        group_change(GROUP, 2),  # 12
        role_change(NIMA, Role.BEGINNER, PARVIN, 5),  # 13
        recovery_change(PARVIN, PARVIN_SECOND_RECOVERY, SOLE, 1),  # 14: above her there is nobody
    ]
