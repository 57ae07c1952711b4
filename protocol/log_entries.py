"""What stands in the log: the statements that people and the authority sign for it, and their entries (section 6)."""

from __future__ import annotations

import msgspec

from protocol.roles import Role
from protocol.statements import U64, Bytes16, Bytes32, Name, Signature, Signed, Statement, decode_strict

OWN, RECOVERY, ADMIN, SOLE = "own", "recovery", "admin", "sole"


class Genesis(Statement, frozen=True):
    """Entry 0, signed by the authority's key."""

    CONTEXT = b"log genesis"
    authority_key: Bytes32


class Register(Statement, frozen=True):
    """An account begins; signed by the key that it names. The first one is the super admin's."""

    CONTEXT = b"log register"
    uid: Bytes32
    name: Name
    name_key: Name
    identity_key: Bytes32
    recovery_hash: Bytes32


class KeyChange(Statement, frozen=True):
    """A new identity key or none any more; vouched for by the old one, the recovery key or `by`'s, as `why` says."""

    CONTEXT = b"log key"
    uid: Bytes32
    new_key: Bytes32 | None
    why: str
    by: Bytes32
    prev: U64


class RecoveryChange(Statement, frozen=True):
    """Another recovery key; signed with the account's key, and by a second one that `why` names."""

    CONTEXT = b"log recovery"
    uid: Bytes32
    new_hash: Bytes32
    why: str
    by: Bytes32
    prev: U64


class RoleChange(Statement, frozen=True):
    """`by` gives `target` a role; `prev` is the index of the target's latest entry, so that it can't be replayed."""

    CONTEXT = b"log role"
    target: Bytes32
    role: Role
    by: Bytes32
    prev: U64


class _Entry(msgspec.Struct, array_like=True, forbid_unknown_fields=True, frozen=True):
    pass


class GenesisEntry(_Entry, frozen=True, tag="genesis"):
    signed: Signed


class RegisterEntry(_Entry, frozen=True, tag="register"):
    signed: Signed


class KeyEntry(_Entry, frozen=True, tag="key"):
    signed: Signed
    recovery_key: Bytes32 | None  # the recovery public key, when it is the one that signs
    new_sig: Signature | None  # by the new key, over the same bytes


class RecoveryEntry(_Entry, frozen=True, tag="recovery"):
    signed: Signed
    recovery_key: Bytes32 | None  # the one until now, when it is the one that signs, too
    second_sig: Signature | None  # by it, or by an admin, over the same bytes


class RoleEntry(_Entry, frozen=True, tag="role"):
    signed: Signed


class GroupEntry(_Entry, frozen=True, tag="group"):
    """A group's membership changed: only the commit's hash is published; its commander signs the commit itself."""

    gid: Bytes16
    epoch: U64
    commit_hash: Bytes32


Entry = GenesisEntry | RegisterEntry | KeyEntry | RecoveryEntry | RoleEntry | GroupEntry

encode_entry = msgspec.msgpack.Encoder().encode


def decode_entry(raw: bytes) -> Entry:
    """One entry, its form checked and nothing else; `bad_statement`."""
    entry: Entry = decode_strict(raw, Entry)  # type: ignore[arg-type]
    return entry


def read_register(entry: RegisterEntry) -> Register:
    """What a REGISTER entry says."""
    return decode_strict(entry.signed.body, Register)


def read_key_change(entry: KeyEntry) -> KeyChange:
    """What a KEY entry says."""
    return decode_strict(entry.signed.body, KeyChange)


def read_recovery_change(entry: RecoveryEntry) -> RecoveryChange:
    """What a RECOVERY entry says."""
    return decode_strict(entry.signed.body, RecoveryChange)


def read_role_change(entry: RoleEntry) -> RoleChange:
    """What a ROLE entry says."""
    return decode_strict(entry.signed.body, RoleChange)


def people_of(entries: list[Entry]) -> list[bytes]:
    """The uids that these entries are about, each once."""
    found: dict[bytes, None] = {}
    for entry in entries:
        match entry:
            case RegisterEntry():
                found[read_register(entry).uid] = None
            case KeyEntry():
                found[read_key_change(entry).uid] = None
            case RecoveryEntry():
                found[read_recovery_change(entry).uid] = None
            case RoleEntry():
                found[read_role_change(entry).target] = None
    return list(found)
