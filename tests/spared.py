"""What networks in memory needn't do again, as thousands of them are made in one process: check signatures that were
just made here, make key pairs of which there are plenty, prepare the statements of another empty vault. A test that has
no such network is spared nothing.
"""

from __future__ import annotations

import functools
import itertools
import sys
import weakref
from collections import deque
from collections.abc import Callable
from typing import Any

import sqlcipher3

from protocol.primitives import OpenKey, SigningKey, VerifyKey, signing_input
from web_client.vault import database as vaults
from web_client.vault.database import Vault

Rows = Any  # as in web_client/vault/database.py
SIGNATURES = 1 << 14
# Nobody in a network in memory has as many prekeys at once: within one of them no two are the same.
PREKEYS = 2_048
VAULTS = 16

_signed: set[tuple[bytes, bytes, bytes]] = set()  # (key, message, signature), made in this process
_prekeys: list[OpenKey] = []
_next = itertools.count()
_left: deque[Rows] = deque(maxlen=VAULTS)  # databases of vaults that are no more, with what was in them
_sign, _holds, _generate = SigningKey.sign, VerifyKey.holds, OpenKey.__dict__["generate"]
_has_held = functools.lru_cache(SIGNATURES)(_holds)


def begin() -> None:
    """There is a network in memory."""
    SigningKey.sign = _signs  # type: ignore[method-assign]
    VerifyKey.holds = _is_held  # type: ignore[method-assign]
    OpenKey.generate = staticmethod(_prekey)  # type: ignore[method-assign]


def end() -> None:
    """All is done as the product does it."""
    SigningKey.sign = _sign  # type: ignore[method-assign]
    VerifyKey.holds = _holds  # type: ignore[method-assign]
    OpenKey.generate = _generate  # type: ignore[method-assign]


def _signs(key: SigningKey, context: bytes, authority_id: bytes, body: bytes) -> bytes:
    signature = _sign(key, context, authority_id, body)
    if len(_signed) >= SIGNATURES:
        _signed.clear()
    _signed.add((key.public.raw, signing_input(context, authority_id, body), signature))
    return signature


def _is_held(key: VerifyKey, message: bytes, signature: bytes) -> bool:
    """A signature holds or doesn't, whoever looks: what everybody in one process looks at is worked out once."""
    return (key.raw, message, signature) in _signed or _has_held(key, message, signature)


def _prekey() -> OpenKey:
    if len(_prekeys) < PREKEYS:
        _prekeys.append(_generate.__get__(None, OpenKey)())
        return _prekeys[-1]
    return _prekeys[next(_next) % PREKEYS]


def vault(fill: Callable[[Rows], None]) -> Vault:
    """As `Vault.in_memory`."""
    while _left:
        database = _left.pop()
        if is_emptied(database):
            vaults._transaction(database, fill, None)
            made = Vault(database, lambda function, *arguments: function(*arguments))
            break
    else:
        made = Vault.in_memory(fill)
    weakref.finalize(made, _leave, [made._database]).atexit = False
    return made


def _leave(holding: list[Rows]) -> None:
    """Nobody has that vault any more; unless somebody still has its database, another may."""
    database = holding.pop()
    if sys.getrefcount(database) == _ALONE:
        _left.append(database)


_ALONE = 3  # here, as the argument of `getrefcount`, and in the vault that is about to go


def is_emptied(database: Rows) -> bool:
    """Empty all its tables. False if it can't be as new any more."""
    try:
        if database.in_transaction or _form(database) != _form(_new()):
            return False
        database.execute("PRAGMA foreign_keys = OFF")
        database.execute("BEGIN")
        for table in _tables():
            database.execute(f"DELETE FROM {table}")
        if database.execute("SELECT 1 FROM search_content LIMIT 1").fetchone():
            database.execute("DELETE FROM search")
            database.execute("INSERT INTO search (search) VALUES ('rebuild')")  # of nothing
        database.execute("COMMIT")
        database.execute("PRAGMA foreign_keys = ON")
    except sqlcipher3.Error:  # closed, or spoilt on purpose
        return False
    return True


def _form(database: Rows) -> list[tuple[Any, ...]]:
    """Whether its tables are those that it was made with, and of which format it says that it is."""
    names = ("schema_version", "application_id", "user_version")
    return [database.execute(f"PRAGMA {name}").fetchone() for name in names]


@functools.cache
def _new() -> Rows:
    return Vault.in_memory(lambda rows: None)._database


@functools.cache
def _tables() -> list[str]:
    found = _new().execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    own = [name for (name,) in found if not name.startswith("search") or name == "search_terms"]
    return [name for name in own if name != "sqlite_master"]
