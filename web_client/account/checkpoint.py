"""What the log has come to, kept beside its entries, so that opening a vault needn't verify all of them first.

Whoever takes it over verifies them afterwards (`VerifiedLog.check_again`). It is bound to the entries that it came
from; a damaged one, of another log or another form is as if there were none.
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from protocol.errors import Forged
from protocol.log import EMPTY_HASH, Log, User, link_hash
from protocol.primitives import VerifyKey
from protocol.roles import Role
from protocol.statements import U64, Bytes16, Bytes32, decode_strict, encode_strict
from web_client.vault.database import Rows

FORM: Final = b"hamraz log checkpoint 2"  # another number with every change of what is kept, or of what entries mean
# Entries that are worth one: verifying them takes some 30 ms, writing one of ten thousand accounts about as long.
LEAST: Final = 256
SHARE: Final = 8  # and of a long log this part, so that what is written in all stays in proportion to it


class _Account(msgspec.Struct, array_like=True, forbid_unknown_fields=True, frozen=True):
    """A user but for what follows from it: the last key, role and hash are the present ones. b"" is their own uid."""

    uid: Bytes32
    name: str
    name_key: str | None  # None where a later account has it
    latest: U64
    keys: list[tuple[U64, Bytes32 | None, str, bytes]]
    roles: list[tuple[U64, Role]]
    recovery_hashes: list[Bytes32]


class _State(msgspec.Struct, array_like=True, forbid_unknown_fields=True, frozen=True):
    authority_key: Bytes32 | None
    accounts: list[_Account]  # in the order of the log
    freed: dict[str, Bytes32]
    groups: dict[Bytes16, list[tuple[U64, Bytes32]]]


def is_due(log: Log, kept: int) -> bool:
    """Whether the log has grown enough since the last one, of so many entries."""
    return log.size - kept >= max(LEAST, log.size // SHARE)


def keep(rows: Rows, log: Log) -> None:
    """In the place of the last one; the vault has all entries of this log."""
    head, state = log.head, encode_strict(_state(log))
    rows.execute(
        "INSERT OR REPLACE INTO log_checkpoint (one, size, head, seal, state) VALUES (0, ?, ?, ?, ?)",
        (head.size, head.hash, _seal(log.authority_id, head.size, head.hash, state), state),
    )


def drop(rows: Rows) -> None:
    """It is no good."""
    rows.execute("DELETE FROM log_checkpoint")


def load(rows: Rows) -> Any:
    """What is kept, for `take_over`; None if nothing is."""
    return rows.execute("SELECT size, head, seal, state FROM log_checkpoint").fetchone()


def take_over(kept: Any, authority_id: bytes, entries: list[bytes]) -> Log:
    """The log at the checkpoint, if it is one of exactly these entries' beginning; an empty one otherwise."""
    if kept is not None:
        size, head, seal, state = kept
        if 0 < size <= len(entries) and seal == _seal(authority_id, size, head, state):
            hashes = [EMPTY_HASH]
            for index, entry in enumerate(entries[:size]):
                hashes.append(link_hash(hashes[-1], index, entry))
            if hashes[-1] == head:
                with contextlib.suppress(Forged, LookupError), _no_search_for_rings():  # else another program wrote it
                    return _log(authority_id, hashes, decode_strict(state, _State))
    return Log(authority_id)


@contextlib.contextmanager
def _no_search_for_rings() -> Iterator[None]:
    """While a hundred thousand objects are made that stay: Python would look through them again and again, which took
    three quarters of the time.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _seal(authority_id: bytes, size: int, head: bytes, state: bytes) -> bytes:
    return hashlib.sha256(b"".join((FORM, authority_id, size.to_bytes(8), head, state))).digest()


def _state(log: Log) -> _State:
    name_keys = {uid: name_key for name_key, uid in log.name_keys.items()}
    hashes: dict[bytes, list[bytes]] = {uid: [] for uid in list(log.users)}
    for hash, uid in log.recovery_hashes.items():
        hashes[uid].append(hash)
    accounts = [
        _Account(
            uid,
            user.name,
            name_keys.get(uid),
            user.latest,
            [(at, key.raw if key else None, why, b"" if by == uid else by) for at, key, why, by in user.keys],
            list(user.roles),
            hashes[uid],
        )
        for uid, user in list(log.users.items())
    ]
    return _State(log.authority_key.raw if log.authority_key else None, accounts, log.freed, log.groups)


def _log(authority_id: bytes, hashes: list[bytes], state: _State) -> Log:
    log = Log(authority_id, hashes, freed=state.freed, groups=state.groups)
    log.authority_key = VerifyKey(state.authority_key) if state.authority_key is not None else None
    for one in state.accounts:
        uid = one.uid
        keys = tuple((at, VerifyKey(raw) if raw is not None else None, why, by or uid) for at, raw, why, by in one.keys)
        at, key, _why, _by = keys[-1]
        role = one.roles[-1][1]
        roles = tuple(one.roles)
        log.users[uid] = User(uid, one.name, key, at, one.recovery_hashes[-1], role, one.latest, keys, roles)
        log.names[one.name] = uid
        if one.name_key is not None:
            log.name_keys[one.name_key] = uid
        for _at, key, _why, _by in keys:
            if key is not None:
                log.used_keys[key.raw] = uid
        for hash in one.recovery_hashes:
            log.recovery_hashes[hash] = uid
    return log
