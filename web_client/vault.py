"""The vault: one SQLCipher file with all of a user's keys, messages and outbox. Knows rows and transactions, no
protocol.

Every write is one transaction with synchronous=FULL, run whole through `offload`, so that the disk never holds up
others.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import sqlcipher3

from protocol.errors import Damaged
from web_client import vault_key
from web_client.schema import APPLICATION_ID, FORMAT, SCHEMA

KEY_FILE, DATABASE_FILE = "vault.key", "vault.db"

T = TypeVar("T")
Offload = Callable[..., Any]
Rows: TypeAlias = Any  # sqlcipher3.Connection, which has no types of its own

class Vault:
    """An open vault. `read` and `write` take a function of the database; `write` is one durable transaction."""

    def __init__(self, database: Rows, offload: Offload) -> None:
        self._database = database
        self._offload = offload
        self._lock = threading.Lock()  # one connection: readers and the writer take turns

    @staticmethod
    def exists(folder: Path) -> bool:
        """True if there is a vault, or what is left of one, in this folder."""
        return (folder / KEY_FILE).exists() or (folder / DATABASE_FILE).exists()

    @classmethod
    def create(cls, folder: Path, password: str, fill: Callable[[Rows], None], offload: Offload) -> Vault:
        """A new vault, filled by `fill` in its first transaction; the key file is put in place last, as the
        sign of a whole one.
        """
        key = secrets.token_bytes(32)
        database_path, key_path = folder / DATABASE_FILE, folder / KEY_FILE
        wrapped = offload(vault_key.wrap, key, password)
        for leftover in folder.glob(DATABASE_FILE + "*"):  # of a sign-up that didn't end: its key was never kept
            leftover.unlink()

        def make() -> Rows:
            database = _connect(str(database_path), key)
            os.chmod(database_path, 0o600)
            _transaction(database, lambda rows: _create_schema(rows, fill))
            _write_durably(key_path, wrapped)
            return database

        return cls(offload(make), offload)

    @classmethod
    def open(cls, folder: Path, password: str, offload: Offload) -> Vault:
        """Open with the password: `password`, `vault_damaged` or `vault_foreign`."""
        try:
            wrapped = (folder / KEY_FILE).read_bytes()
        except OSError:
            raise Damaged("vault_damaged") from None
        key = offload(vault_key.unwrap, wrapped, password)
        return cls(offload(_open_database, folder / DATABASE_FILE, key), offload)

    @classmethod
    def in_memory(cls, fill: Callable[[Rows], None]) -> Vault:
        """A vault without a file, for a network in memory: same schema, same transactions."""
        database = _connect(":memory:", secrets.token_bytes(32))
        _transaction(database, lambda rows: _create_schema(rows, fill))
        return cls(database, lambda function, *arguments: function(*arguments))

    def check_password(self, folder: Path, password: str) -> None:
        """Raise `password` unless it is the right one, also while the vault is open."""
        self._offload(vault_key.unwrap, (folder / KEY_FILE).read_bytes(), password)

    def read(self, question: Callable[[Rows], T]) -> T:
        """What `question` finds."""
        with self._lock:
            return _guarded(lambda: question(self._database))

    def write(self, change: Callable[[Rows], T]) -> T:
        """Run `change` in one transaction; when this returns, it is on disk. If it raises, nothing has changed."""
        with self._lock:
            result: T = self._offload(_transaction, self._database, change)
            return result

    def close(self) -> None:
        """Close the database; the key goes with it."""
        with self._lock:
            self._database.close()


def setting(rows: Rows, name: str) -> bytes | None:
    """One value of the settings table."""
    found = rows.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
    return bytes(found[0]) if found else None


def save_setting(rows: Rows, name: str, value: bytes) -> None:
    """Set one value of the settings table."""
    rows.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (name, value))


def _connect(path: str, key: bytes) -> Rows:
    database = sqlcipher3.connect(path, isolation_level=None, check_same_thread=False)
    database.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    database.execute("PRAGMA cipher_memory_security = OFF")  # wiping is not promised in Python, and it costs a third
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    database.execute("PRAGMA foreign_keys = ON")
    return database


def _open_database(path: Path, key: bytes) -> Rows:
    if not path.exists():
        raise Damaged("vault_damaged")
    try:
        database = _connect(str(path), key)
        application = database.execute("PRAGMA application_id").fetchone()[0]
        version = database.execute("PRAGMA user_version").fetchone()[0]
        damage = database.execute("PRAGMA cipher_integrity_check").fetchone()
    except sqlcipher3.DatabaseError:
        raise Damaged("vault_damaged") from None
    if damage is not None:
        raise Damaged("vault_damaged")
    if (application, version) != (APPLICATION_ID, FORMAT):
        raise Damaged("vault_foreign", path=str(path))
    return database


def _create_schema(rows: Rows, fill: Callable[[Rows], None]) -> None:
    for statement in SCHEMA.split(";"):
        rows.execute(statement)
    rows.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    rows.execute(f"PRAGMA user_version = {FORMAT}")
    fill(rows)


def _transaction(database: Rows, change: Callable[[Rows], T]) -> T:
    def run() -> T:
        database.execute("BEGIN IMMEDIATE")
        try:
            result = change(database)
            database.execute("COMMIT")
            return result
        except BaseException:
            with contextlib.suppress(sqlcipher3.Error):  # a failed COMMIT may have rolled back by itself
                database.execute("ROLLBACK")
            raise

    return _guarded(run)


def _guarded(action: Callable[[], T]) -> T:
    """SQLite's own troubles as named errors; programming errors stay what they are."""
    try:
        return action()
    except sqlcipher3.OperationalError as reason:
        text = str(reason)
        if "full" in text:
            raise Damaged("disk_full") from None
        if "disk I/O" in text or "readonly" in text or "unable to open" in text:
            raise Damaged("disk_failing") from None
        raise
    except sqlcipher3.DatabaseError as reason:
        if "malformed" in str(reason) or "not a database" in str(reason) or "disk image" in str(reason):
            raise Damaged("vault_damaged") from None
        raise


def _write_durably(path: Path, data: bytes) -> None:
    """Write a small file so that after a power cut there is either none or the whole."""
    part = path.with_suffix(".part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, path)
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
