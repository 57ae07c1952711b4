"""When each identity key there ever was came into the log: a newer key's row comes after an older one's (section 8.3).

Kept beside the log as it grows, so that nobody who asks has to read it through.
"""

from __future__ import annotations

from collections.abc import Collection

from protocol import log_entries
from web_client.vault.database import Rows, save_setting, setting, value

_UPTO = "key_ages"  # how many entries of the log have been looked at


def catch_up(rows: Rows) -> None:
    """Look at what the log has by now, each entry once; in a transaction."""
    upto = _upto(rows)
    n = upto
    for n, raw in rows.execute("SELECT n, entry FROM log WHERE n >= ? ORDER BY n", (upto,)).fetchall():
        match log_entries.decode_entry(bytes(raw)):
            case log_entries.RegisterEntry() as entry:
                key: bytes | None = log_entries.read_register(entry).identity_key
            case log_entries.KeyEntry() as entry:
                key = log_entries.read_key_change(entry).new_key
            case _:
                key = None
        if key is not None:
            rows.execute("INSERT OR REPLACE INTO key_ages VALUES (?, ?)", (key, n))
        upto = n + 1
    save_setting(rows, _UPTO, upto.to_bytes(8))


def is_behind(rows: Rows) -> bool:
    """Whether there is something to catch up with: a vault of an older format."""
    return bool(_upto(rows) < (value(rows, "SELECT max(n) + 1 FROM log") or 0))


def of(rows: Rows, keys: Collection[bytes]) -> dict[bytes, int]:
    """The place in the log of each of these keys; of one that it doesn't have, -1."""
    found = dict.fromkeys(keys, -1)
    for key in keys:
        n = value(rows, "SELECT n FROM key_ages WHERE key = ?", key)
        if n is not None:
            found[key] = n
    return found


def _upto(rows: Rows) -> int:
    return int.from_bytes(setting(rows, _UPTO) or b"")
