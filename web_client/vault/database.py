"""The vault: one SQLCipher file with all of a user's keys, messages and outbox. Knows rows and transactions, no
protocol.

Every write is one transaction with synchronous=FULL, run whole through `offload`, so that the disk never holds up
others.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import secrets
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import sqlcipher3

from protocol.errors import Damaged, HamrazError, Refused
from storage.in_place import InPlace
from storage.journal import journal_of, write_again
from storage.layout import named, require_file
from storage.paths import plain
from storage.whole_files import write_whole
from web_client.vault import key_file
from web_client.vault.errors import guarded, lasts
from web_client.vault.schema import APPLICATION_ID, FORMAT, SCHEMA, UPGRADES

KEY_FILE, KIT_FILE, DATABASE_FILE, UNFINISHED_FILE = "vault.key", "vault.kit", "vault.db", "vault.new"
PAGE = 4096  # of SQLCipher, bytes
BUSY_SECONDS = 1.0  # for another program to give up its lock: all that this agent does waits meanwhile
STATEMENTS = 1024  # kept prepared: there are some 650, and to prepare them anew was a quarter of the time in the vault
PROBE_BYTES = 64 * 1024  # a message of the longest kind fits in
# Up to this size a file is read through before anything in it is believed, which takes some 20 ms; a larger one is
# opened first, and read through beside everything else.
CHECKED_AT_ONCE = 8 * 1024 * 1024
PLAIN = b"SQLite format 3\0"  # how a database begins that is not encrypted

T = TypeVar("T")
Offload = Callable[..., Any]
Rows: TypeAlias = Any  # sqlcipher3.Connection, which has no types of its own


class Vault:
    """An open vault. `read` and `write` take a function of the database; `write` is one durable transaction."""

    def __init__(
        self,
        database: Rows,
        offload: Offload,
        folder: Path | None = None,
        again: Callable[[], Rows] | None = None,  # another connection, if the file is still to be read through
    ) -> None:
        self._database = database
        self.offload = offload
        self._folder = folder  # None: in memory
        self._lock = threading.Lock()  # one connection: readers and the writer take turns
        self._again = again
        self._checking = threading.Lock()  # while the other one reads; before the lock of this one
        names = (
            () if folder is None else (folder / DATABASE_FILE, journal_of(folder / DATABASE_FILE), folder / KEY_FILE)
        )
        self._files = InPlace(*names)
        self._files.missing()  # the first look
        self._doubt = False  # whether memory and disk are of one mind
        self.trouble: Damaged | None = None  # what the disk has refused last, until it takes something
        self.on_trouble: Callable[[Damaged | None], None] = lambda trouble: None

    @staticmethod
    def exists(folder: Path) -> bool:
        """True if there is a vault, or what is left of one, in this folder."""
        return (folder / KEY_FILE).exists() or (folder / DATABASE_FILE).exists()

    @staticmethod
    def check_version(folder: Path) -> None:
        """Raise `old_version` for a vault of version 1, without a password and before anything in it is touched."""
        with contextlib.suppress(OSError), (folder / KEY_FILE).open("rb") as file:
            if file.read(len(key_file.VERSION_1)) == key_file.VERSION_1:
                raise Damaged("old_version", path=str(folder))

    @classmethod
    def create(cls, folder: Path, password: str, fill: Callable[[Rows], None], offload: Offload) -> Vault:
        """A new vault, filled by `fill` in its first transaction; it exists from the moment its key file does."""
        key = secrets.token_bytes(32)
        unfinished = folder / UNFINISHED_FILE
        wrapped = offload(key_file.wrap, key, password)

        def make() -> Rows:
            for leftover in folder.glob(UNFINISHED_FILE + "*"):  # of one that didn't end: its key was never kept
                leftover.unlink()
            database = guarded(lambda: _connect(plain(unfinished), key), folder)
            os.chmod(unfinished, 0o600)
            _transaction(database, lambda rows: _create_schema(rows, fill), folder)
            database.close()
            _write_durably(folder / KEY_FILE, wrapped)
            return _connect(plain(_finished(folder)), key)

        return cls(offload(make), offload, folder)

    @classmethod
    def open(cls, folder: Path, password: str, offload: Offload) -> Vault:
        """Open with the password: `password`, `old_version`, `vault_damaged` or `vault_foreign`."""
        return cls._open(folder, offload(_unwrap, folder, password), offload)

    @classmethod
    def _open(cls, folder: Path, key: bytes, offload: Offload) -> Vault:
        path = _finished(folder)
        large = path.exists() and path.stat().st_size > CHECKED_AT_ONCE
        database = offload(_open_database, path, key, not large)
        return cls(database, offload, folder, (lambda: _connect(plain(path), key)) if large else None)

    @staticmethod
    def mark(folder: Path) -> str | None:
        """What tells this vault from others, for who has seen it before: 16 hex digits, and nothing of what is in it.
        SQLCipher's salt, which the file begins with, stays as long as the file.
        """
        with contextlib.suppress(OSError), (folder / DATABASE_FILE).open("rb") as file:
            salt = file.read(16)
            return hashlib.sha256(b"hamraz vault " + salt).hexdigest()[:16] if len(salt) == 16 else None
        return None

    @staticmethod
    def opens_by_kit(folder: Path) -> bool:
        """Whether there is what a kit opens the vault by."""
        return (folder / KIT_FILE).exists()

    @staticmethod
    def kit_authority(folder: Path) -> bytes | None:
        """The authority whose kits may open the vault in this folder; None where no kit does. `vault_damaged`."""
        if not Vault.opens_by_kit(folder):
            return None
        return key_file.authority_of_kit(_kit_file(folder))

    @classmethod
    def open_by_kit(cls, folder: Path, kit_key: bytes, offload: Offload) -> Vault:
        """Open without the password: `no_kit`, `other_kit`, `vault_damaged` or `vault_foreign`."""
        return cls._open(folder, offload(_unwrap_by_kit, folder, kit_key), offload)

    @classmethod
    def in_memory(cls, fill: Callable[[Rows], None]) -> Vault:
        """A vault without a file, for a network in memory, which has thousands: same schema, same transactions."""
        database = _connect(":memory:", secrets.token_bytes(32))
        _first_in_memory().backup(database)
        _transaction(database, fill, None)
        return cls(database, lambda function, *arguments: function(*arguments))

    def check_password(self, folder: Path, password: str) -> None:
        """Raise `password` unless it is the right one, also while the vault is open."""
        self.require_place()
        self.offload(_unwrap, folder, password)

    def change_password(self, folder: Path, password: str, new_password: str) -> None:
        """Wrap the vault's key with another password; on disk when this returns. `password` if the old one is wrong.

        The file is replaced whole: a cut at any moment leaves one of the two passwords good, and the other not.
        """
        self.require_place()
        self._wrap_again(folder, self.offload(_unwrap, folder, password), new_password)

    def set_kit(self, folder: Path, password: str, authority_id: bytes, kit_key: bytes) -> None:
        """Let a kit open the vault, too, and none of before; on disk when this returns. `password` if it is wrong."""
        self.require_place()
        key = self.offload(_unwrap, folder, password)
        self.offload(_write_durably, folder / KIT_FILE, key_file.wrap_for_kit(key, authority_id, kit_key))

    def reset_password(self, folder: Path, kit_key: bytes, new_password: str) -> None:
        """Another password, by the kit; on disk when this returns, whole or not at all. `other_kit`."""
        self.require_place()
        self._wrap_again(folder, self.offload(_unwrap_by_kit, folder, kit_key), new_password)

    def _wrap_again(self, folder: Path, key: bytes, new_password: str) -> None:
        wrapped = self.offload(key_file.wrap, key, new_password)
        self.offload(_write_durably, folder / KEY_FILE, wrapped)
        self._files.renew(folder / KEY_FILE)

    def read(self, question: Callable[[Rows], T]) -> T:
        """What `question` finds."""
        try:
            with self._lock:
                return guarded(lambda: question(self._database), self._folder)
        except Damaged as reason:
            self._note(reason)
            raise

    def browse(self, question: Callable[[Rows], T]) -> T:
        """The same, for what takes its time or is one of many: it holds up who wants the vault, and nobody else."""
        try:
            with self._lock:
                found: T = self.offload(guarded, lambda: question(self._database), self._folder)
        except Damaged as reason:
            self._note(reason)
            raise
        return found

    def write(self, change: Callable[[Rows], T]) -> T:
        """Run `change` in one transaction; when this returns, it is on disk. If it raises, nothing has changed.

        In a file that has lost its name nothing is kept: `folder_gone`, and where it went in the very moment of the
        commit, until the vault is opened anew, as nobody knows then what of it there is.
        """
        if self.trouble is not None and self.trouble.code == "vault_damaged":
            raise Damaged("vault_damaged")  # nothing is written over what may be saved yet
        try:
            with self._lock:
                result: T = self.offload(self._transact, change)
        except Damaged as reason:
            self._note(reason)
            raise
        return result

    def value(self, question: str, *values: object) -> Any:
        """What `value` finds."""
        return self.read(lambda rows: value(rows, question, *values))

    def execute(self, statement: str, *values: object) -> None:
        """One statement as a transaction of its own."""
        self.write(lambda rows: rows.execute(statement, values))

    def _transact(self, change: Callable[[Rows], T]) -> T:
        def checked(rows: Rows) -> T:
            result = change(rows)
            self.require_place()
            return result

        result = _transaction(self._database, checked, self._folder)
        try:
            self.require_place()
        except Damaged:
            self._doubt = True
            raise
        return result

    def require_place(self) -> None:
        """Raise `folder_gone` if the vault's files aren't what their names lead to: moved, deleted or replaced beneath
        us.
        """
        missing = self._files.missing()
        if missing is not None or (self._doubt and self._folder is not None):
            raise Damaged("folder_gone", path=str(missing or self._folder))

    def look(self) -> None:
        """The same without a write: told once when it begins."""
        try:
            self.require_place()
        except Damaged as reason:
            self._note(reason)

    def sweep(self) -> None:
        """Empty the journal, which holds pages as they were before something was deleted."""
        with self._lock:
            self.offload(guarded, lambda: self._database.execute("PRAGMA wal_checkpoint(TRUNCATE)"), self._folder)

    def probe(self) -> None:
        """Find out whether the disk takes a transaction of a usual size now; raises what `write` raises."""
        self.write(lambda rows: save_setting(rows, "probe", bytes(PROBE_BYTES)))
        self.execute("DELETE FROM settings WHERE name = 'probe'")
        self._note(None)

    @property
    def is_checked(self) -> bool:
        """Whether all of the file has been read through since the opening."""
        return self._again is None

    def check(self) -> None:
        """Read a large file through, every page of it, beside everything else; `vault_damaged` is told like any other
        trouble, and nothing is written any more then.
        """
        with self._checking:
            again = self._again
            if again is None:
                return

            def read_through() -> bool:
                rows = again()
                try:
                    return _is_whole(rows)
                finally:
                    rows.close()

            whole = self.offload(guarded, read_through, self._folder)
            if not whole:  # or half of a page was written while it was read: nobody writes now
                with self._lock:
                    whole = self.offload(guarded, lambda: _is_whole(self._database), self._folder)
            self._again = None
        if not whole:
            self.report(Damaged("vault_damaged"))

    def report(self, trouble: Damaged) -> None:
        """Somebody else has found out what is wrong with what the vault holds."""
        self._note(trouble)

    def _note(self, trouble: Damaged | None) -> None:
        """Told once when it begins and once when it is over. Damage isn't over before the vault is opened again."""
        known = self.trouble
        if (known is not None and known.code == "vault_damaged") or (trouble is not None and not lasts(trouble)):
            return
        self.trouble = trouble
        if (known and known.code) != (trouble and trouble.code):
            self.on_trouble(trouble)

    def close(self) -> None:
        """Close the database; the key goes with it."""
        with self._checking, self._lock:
            self._again = None
            self._database.close()


def value(rows: Rows, question: str, *values: object) -> Any:
    """The first column of the first row that is found; None if there is none."""
    found = rows.execute(question, values).fetchone()
    return None if found is None else found[0]


def setting(rows: Rows, name: str) -> bytes | None:
    """One value of the settings table."""
    found: bytes | None = value(rows, "SELECT value FROM settings WHERE name = ?", name)
    return found


def save_setting(rows: Rows, name: str, value: bytes) -> None:
    """Set one value of the settings table."""
    rows.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (name, value))


def _connect(path: str, key: bytes, look: Callable[[Rows], None] | None = None) -> Rows:
    """An open database; `look` may refuse it before anything is written."""
    database = sqlcipher3.connect(
        path, isolation_level=None, check_same_thread=False, timeout=BUSY_SECONDS, cached_statements=STATEMENTS
    )
    try:
        database.execute("PRAGMA cipher_log_level = NONE")  # it would write to stderr what we name ourselves
        database.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        database.execute("PRAGMA cipher_memory_security = OFF")  # wiping is not promised in Python; it costs a third
        database.execute("PRAGMA synchronous = FULL")
        database.execute("PRAGMA foreign_keys = ON")
        database.execute("PRAGMA secure_delete = ON")  # what is deleted leaves no copy in a free part of a page
        if look is not None:
            look(database)
        database.execute("PRAGMA journal_mode = WAL")
    except (sqlcipher3.Error, HamrazError):
        database.close()
        raise
    return database


def _unwrap(folder: Path, password: str) -> bytes:
    Vault.check_version(folder)
    try:
        wrapped = (folder / KEY_FILE).read_bytes()
    except OSError:
        raise Damaged("vault_damaged") from None
    if wrapped.startswith(key_file.FAMILY) and not wrapped.startswith(key_file.MAGIC):
        raise Damaged("vault_foreign", path=str(folder / KEY_FILE))
    return key_file.unwrap(wrapped, password)


def _kit_file(folder: Path) -> bytes:
    try:
        return (folder / KIT_FILE).read_bytes()
    except FileNotFoundError:
        raise Refused("no_kit", field="kit") from None
    except OSError:
        raise Damaged("vault_damaged") from None


def _unwrap_by_kit(folder: Path, kit_key: bytes) -> bytes:
    return key_file.unwrap_by_kit(_kit_file(folder), kit_key)


def _finished(folder: Path) -> Path:
    """Where the database is, after what a power cut may have left to do: the last step of `create`."""
    path, unfinished = folder / DATABASE_FILE, folder / UNFINISHED_FILE
    if unfinished.exists() and not path.exists():
        os.replace(unfinished, path)
    return path


def _is_whole(rows: Rows) -> bool:
    """Whether every page of the file is as it was written: all of it is read."""
    return rows.execute("PRAGMA cipher_integrity_check").fetchone() is None


def _open_database(path: Path, key: bytes, read_through: bool) -> Rows:
    if not path.exists() or path.stat().st_size < PAGE:  # SQLite would take less for a new database
        raise Damaged("vault_damaged")
    try:
        with path.open("rb") as file:
            foreign = file.read(len(PLAIN)) == PLAIN
        write_again(path)
    except OSError as reason:
        raise named(reason, path.parent) from None

    def look(rows: Rows) -> None:
        form = tuple(rows.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version"))
        if read_through and not _is_whole(rows):
            raise Damaged("vault_damaged")
        if form[0] != APPLICATION_ID or not 1 <= form[1] <= FORMAT:
            raise Damaged("vault_foreign", path=str(path))

    if foreign:
        raise Damaged("vault_foreign", path=str(path))
    try:
        database = guarded(lambda: _connect(plain(path), key, look), path.parent)
    except Damaged as reason:
        raise reason if lasts(reason) else Damaged("vault_damaged") from None
    try:
        _transaction(database, _upgrade, path.parent)
    except (sqlcipher3.Error, HamrazError):
        database.close()
        raise
    return database


def _upgrade(rows: Rows) -> None:
    """Bring an older format's tables to today's, in the one transaction around this: whole or not at all."""
    (found,) = rows.execute("PRAGMA user_version").fetchone()
    if found == FORMAT:
        return
    for number in range(found, FORMAT):
        _run_all(rows, UPGRADES[number])
    rows.execute(f"PRAGMA user_version = {FORMAT}")


def _run_all(rows: Rows, statements: str) -> None:
    """Each statement by itself: `executescript` would commit first."""
    for statement in statements.split(";"):
        rows.execute(statement)


def _create_schema(rows: Rows, fill: Callable[[Rows], None]) -> None:
    _run_all(rows, SCHEMA)
    rows.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    rows.execute(f"PRAGMA user_version = {FORMAT}")
    fill(rows)


@functools.cache
def _first_in_memory() -> Rows:
    """Empty tables, to be copied."""
    database = _connect(":memory:", secrets.token_bytes(32))
    _transaction(database, lambda rows: _create_schema(rows, lambda _: None), None)
    return database


def _transaction(database: Rows, change: Callable[[Rows], T], folder: Path | None) -> T:
    def run() -> T:
        database.execute("BEGIN IMMEDIATE")
        try:
            result = change(database)
            database.execute("COMMIT")
            return result
        finally:
            if database.in_transaction:  # not after a COMMIT, nor after one that failed and rolled back by itself
                with contextlib.suppress(sqlcipher3.Error):
                    database.execute("ROLLBACK")

    return guarded(run, folder)


def _write_durably(path: Path, data: bytes) -> None:
    """Write a small file so that after a power cut there is either none or the whole."""
    part = path.with_suffix(".part")
    require_file(part)
    try:
        write_whole(path, data, part)
    except OSError as reason:
        raise named(reason, path.parent) from None
