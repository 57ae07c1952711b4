"""The log of accounts, keys, roles and groups, and its replay (section 6 of docs/protocol.md).

The authority and every agent run this same code. An invalid entry condemns the log; none is skipped.
"""

from __future__ import annotations

from collections import ChainMap
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeVar

from protocol.errors import Forged, HamrazError
from protocol.log_entries import (
    ADMIN,
    OWN,
    RECOVERY,
    SOLE,
    Entry,
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
    decode_entry,
)
from protocol.primitives import HASH_SIZE, VerifyKey, digest
from protocol.roles import Role, may_end_account, role_change_refusal
from protocol.statements import Head, authority_id_of, check, decode_strict, uid_of
from protocol.undo import Undo

K = TypeVar("K")
V = TypeVar("V")

COUNTING: Final = 16  # keys of one account that are tried: who changes theirs daily is read for two weeks after
EMPTY_HASH: Final = bytes(HASH_SIZE)
_TABLES: Final = ("users", "names", "name_keys", "used_keys", "recovery_hashes", "freed", "groups")  # of a log


def link_hash(previous: bytes, index: int, entry: bytes) -> bytes:
    """h_{i+1} = H("log", h_i ‖ u64 i ‖ entry)."""
    return digest(b"log", previous, index.to_bytes(8), entry)


@dataclass(frozen=True, slots=True)
class User:
    """One account as the log tells it; `latest` is the index of the last entry about it."""

    uid: bytes
    name: str
    key: VerifyKey | None  # None once revoked
    key_entry: int
    recovery_hash: bytes
    role: Role
    latest: int
    keys: tuple[tuple[int, VerifyKey | None, str, bytes], ...]  # (index, key, why, by), oldest first
    roles: tuple[tuple[int, Role], ...]

    def role_at(self, size: int) -> Role:
        """The role that held when the log had `size` entries."""
        return next((role for index, role in reversed(self.roles) if index < size), Role.BEGINNER)

    def key_at(self, size: int) -> VerifyKey | None:
        """The key that held when the log had `size` entries."""
        return next((key for index, key, _why, _by in reversed(self.keys) if index < size), None)

    @property
    def counting(self) -> list[VerifyKey]:
        """The keys that count for private messages, the newest first: the present one and, as long as each change was
        the old key's own word, those before it.
        """
        found: list[VerifyKey] = []
        for _index, key, why, _by in reversed(self.keys):
            if key is None or len(found) == COUNTING:
                break
            found.append(key)
            if why != OWN:
                break
        return found

    @property
    def gone(self) -> list[VerifyKey]:
        """The newest keys that this account had and that don't count any more, the oldest first."""
        counting = self.counting
        before = [
            key for _index, key, _why, _by in self.keys[-2 * COUNTING :] if key is not None and key not in counting
        ]
        return before[-COUNTING:]


@dataclass(slots=True)
class Log:
    """The replayed log. Only `append` changes it: checks an entry whole and applies it, or raises and is as before.
    With an `undo`, what it did can be taken back.
    """

    authority_id: bytes
    # hashes[n - begins] is the head's hash at size n; only a branch begins anywhere but at 0
    hashes: list[bytes] = field(default_factory=lambda: [EMPTY_HASH])
    begins: int = 0
    users: dict[bytes, User] = field(default_factory=dict)
    names: dict[str, bytes] = field(default_factory=dict)  # whose; free again once that account has ended
    name_keys: dict[str, bytes] = field(default_factory=dict)  # the same
    used_keys: dict[bytes, bytes] = field(default_factory=dict)  # every one that there was: whose
    recovery_hashes: dict[bytes, bytes] = field(default_factory=dict)  # the same
    # names of accounts that have ended: whose, the last one
    freed: dict[str, bytes] = field(default_factory=dict)
    # gid: (index, commit hash) of epochs 1, 2, …
    groups: dict[bytes, list[tuple[int, bytes]]] = field(default_factory=dict)
    authority_key: VerifyKey | None = None
    undo: Undo | None = None

    @property
    def size(self) -> int:
        return self.begins + len(self.hashes) - 1

    @property
    def head(self) -> Head:
        return Head(self.size, self.hashes[-1])

    def copy(self) -> Log:
        """A log of its own to try further entries on."""
        tables: dict[str, Any] = {name: dict(getattr(self, name)) for name in _TABLES}
        return replace(self, hashes=list(self.hashes), undo=None, **tables)

    def branch(self) -> Log:
        """The same at no cost, whatever this one's size: it looks through to this one, which must stay as it is
        meanwhile. `join` ends that.
        """
        tables: dict[str, Any] = {name: ChainMap({}, getattr(self, name)) for name in _TABLES}
        return replace(self, hashes=[self.hashes[-1]], begins=self.size, undo=None, **tables)

    def join(self, branch: Log) -> None:
        """Take over all that was appended to a branch of this log as it is."""
        self.hashes += branch.hashes[1:]
        self.authority_key = branch.authority_key
        for name in _TABLES:
            getattr(self, name).update(getattr(branch, name).maps[0])

    def by_name(self, name: str) -> User | None:
        """The account of this exact user name; None if there is none, or it has ended."""
        return self._living(self.names.get(name))

    def by_name_key(self, name_key: str) -> User | None:
        """The account of a name that looks like this one (section 7.1); likewise."""
        return self._living(self.name_keys.get(name_key))

    def _living(self, uid: bytes | None) -> User | None:
        user = self.users[uid] if uid is not None else None
        return user if user is not None and user.key is not None else None

    def by_recovery_hash(self, hash: bytes) -> User | None:
        """The account whose recovery key this is now."""
        uid = self.recovery_hashes.get(hash)
        user = self.users[uid] if uid else None
        return user if user is not None and user.recovery_hash == hash else None

    def append(self, raw: bytes) -> Entry:
        """Check the next entry against everything before it and apply it. Raises `log_invalid` with the reason."""
        try:
            entry = decode_entry(raw)
            self._apply(entry)
        except HamrazError as reason:
            why = reason.values.get("why", reason.code)
            raise Forged("log_invalid", n=self.size, why=why) from None
        self.hashes.append(link_hash(self.hashes[-1], self.size, raw))
        if self.undo is not None:
            self.undo.add(self.hashes.pop)
        return entry

    def _put(self, where: dict[K, V], key: K, value: V) -> None:
        if self.undo is not None:
            self.undo.put(where, key, value)
        else:
            where[key] = value

    def _apply(self, entry: Entry) -> None:
        if (self.size == 0) != isinstance(entry, GenesisEntry):
            raise _invalid("order")
        match entry:
            case GenesisEntry():
                self._genesis(entry)
            case RegisterEntry():
                self._register(entry)
            case KeyEntry():
                self._key(entry)
            case RecoveryEntry():
                self._recovery(entry)
            case RoleEntry():
                self._role(entry)
            case GroupEntry():
                self._group(entry)

    def _genesis(self, entry: GenesisEntry) -> None:
        key = VerifyKey(decode_strict(entry.signed.body, Genesis).authority_key)
        check(entry.signed, Genesis, key, self.authority_id)
        if authority_id_of(key) != self.authority_id:
            raise _invalid("wrong_authority")
        self.authority_key = key

    def _register(self, entry: RegisterEntry) -> None:
        key = VerifyKey(decode_strict(entry.signed.body, Register).identity_key)
        new = check(entry.signed, Register, key, self.authority_id)
        if new.uid != uid_of(self.authority_id, key):
            raise _invalid("uid")
        if key.raw in self.used_keys:
            raise _invalid("key_used")
        if self.by_name(new.name) is not None or self.by_name_key(new.name_key) is not None:
            raise _invalid("name_used")
        if new.recovery_hash in self.recovery_hashes:
            raise _invalid("recovery_used")
        role = Role.BEGINNER if self.users else Role.SUPER_ADMIN
        at = self.size
        keys, roles = ((at, key, "", new.uid),), ((at, role),)
        self._put(self.users, new.uid, User(new.uid, new.name, key, at, new.recovery_hash, role, at, keys, roles))
        self._put(self.names, new.name, new.uid)
        self._put(self.name_keys, new.name_key, new.uid)
        self._put(self.recovery_hashes, new.recovery_hash, new.uid)
        self._put(self.used_keys, key.raw, new.uid)

    def _key(self, entry: KeyEntry) -> None:
        body = decode_strict(entry.signed.body, KeyChange)
        user, old = self._target(body.uid, body.prev)
        check(entry.signed, KeyChange, self._voucher(entry, body, user, old), self.authority_id)
        new = VerifyKey(body.new_key) if body.new_key is not None else None
        if (new is None) != (entry.new_sig is None):
            raise _invalid("new_sig")
        if new is not None:
            if new.raw in self.used_keys or body.why == ADMIN:
                raise _invalid("key_used")  # an admin's replacement is a new account, never a key under the old name
            new.verify(KeyChange.CONTEXT, self.authority_id, entry.signed.body, entry.new_sig or b"")
            self._put(self.used_keys, new.raw, user.uid)
        at = self.size
        keys = (*user.keys, (at, new, body.why, body.by))
        self._put(self.users, user.uid, replace(user, key=new, key_entry=at, latest=at, keys=keys))
        if new is None:  # the name is free for the account that replaces it
            self._put(self.freed, user.name, user.uid)

    def _voucher(self, entry: KeyEntry, body: KeyChange, user: User, old: VerifyKey) -> VerifyKey:
        if (entry.recovery_key is not None) != (body.why == RECOVERY):
            raise _invalid("voucher")  # nothing may stand in an entry that no rule looks at
        if body.why == OWN and body.by == user.uid:
            return old
        if body.why == RECOVERY and body.by == user.uid and entry.recovery_key is not None:
            return self._recovery_key(entry.recovery_key, user)
        if body.why == ADMIN:
            return self._admin_key(body.by, user)
        raise _invalid("voucher")

    def _recovery_key(self, raw: bytes, user: User) -> VerifyKey:
        key = VerifyKey(raw)
        if recovery_hash(self.authority_id, key) != user.recovery_hash:
            raise _invalid("recovery")
        return key

    def _admin_key(self, uid: bytes, user: User) -> VerifyKey:
        """The key of somebody who may end this user's account."""
        by, key = self._live(uid)
        if not may_end_account(by.role, user.role):
            raise _invalid("role_not_allowed")
        return key

    def _recovery(self, entry: RecoveryEntry) -> None:
        body = decode_strict(entry.signed.body, RecoveryChange)
        user, key = self._target(body.uid, body.prev)
        # the account's own key alone never gets here: who has stolen that one can't lock its owner out for good
        second = self._second(entry, body, user)
        check(entry.signed, RecoveryChange, key, self.authority_id)
        if second is not None:
            second.verify(RecoveryChange.CONTEXT, self.authority_id, entry.signed.body, entry.second_sig or b"")
        if body.new_hash in self.recovery_hashes:
            raise _invalid("recovery_used")
        self._put(self.recovery_hashes, body.new_hash, user.uid)
        self._put(self.users, user.uid, replace(user, recovery_hash=body.new_hash, latest=self.size))

    def _second(self, entry: RecoveryEntry, body: RecoveryChange, user: User) -> VerifyKey | None:
        """Who signs beside the account's own key; None for the super admin, above whom there is nobody."""
        if (entry.recovery_key is not None) != (body.why == OWN) or (entry.second_sig is None) != (body.why == SOLE):
            raise _invalid("voucher")  # nothing may stand in an entry that no rule looks at
        if body.why == OWN and body.by == user.uid and entry.recovery_key is not None:
            return self._recovery_key(entry.recovery_key, user)
        if body.why == ADMIN:
            return self._admin_key(body.by, user)
        if body.why == SOLE and body.by == user.uid:
            if user.role is not Role.SUPER_ADMIN:
                raise _invalid("role_not_allowed")
            return None
        raise _invalid("voucher")

    def _role(self, entry: RoleEntry) -> None:
        body = decode_strict(entry.signed.body, RoleChange)
        by, key = self._live(body.by)
        target, _ = self._target(body.target, body.prev)
        check(entry.signed, RoleChange, key, self.authority_id)
        refusal = role_change_refusal(by.role, target.role, body.role)
        if refusal:
            raise _invalid(refusal)
        at = self.size
        roles = (*target.roles, (at, body.role))
        self._put(self.users, target.uid, replace(target, role=body.role, latest=at, roles=roles))

    def _group(self, entry: GroupEntry) -> None:
        epochs = self.groups.get(entry.gid, [])
        if entry.epoch != len(epochs) + 1:
            raise _invalid("epoch")
        self._put(self.groups, entry.gid, [*epochs, (self.size, entry.commit_hash)])

    def _live(self, uid: bytes) -> tuple[User, VerifyKey]:
        user = self.users.get(uid)
        if user is None:
            raise _invalid("unknown_user")
        if user.key is None:
            raise _invalid("revoked")
        return user, user.key

    def _target(self, uid: bytes, prev: int) -> tuple[User, VerifyKey]:
        user, key = self._live(uid)
        if user.latest != prev:
            raise _invalid("stale")
        return user, key


def recovery_hash(authority_id: bytes, key: VerifyKey) -> bytes:
    """What REGISTER says of the recovery key: enough to know it again, nothing to find it by."""
    return digest(b"recovery", authority_id, key.raw)


def _invalid(why: str) -> Forged:
    return Forged("log_invalid", n=0, why=why)
