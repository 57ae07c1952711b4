"""A vault that was made from a backup: of when, how far it goes, and what is still to be had from others (sections 8.15
and 15 of docs/protocol.md). Rows of the settings; no sockets.
"""

from __future__ import annotations

import msgspec

from protocol.statements import decode_strict, encode_strict
from web_client.vault.database import Rows, save_setting, setting

NEVER = 0  # `when` of a vault that was made by the kit alone: there was no backup
RESTORED = "restored_from"
_ASK, _REPLAY = "lost/", "replay/"  # and a uid: not asked yet; and a gid: its chain isn't here again yet,
_DATE = "undated/"  # or not all of its words


class Restored(msgspec.Struct, array_like=True, forbid_unknown_fields=True, frozen=True):
    """Times in ms. `last`: the highest order and position of what came from the backup."""

    when: int  # the backup was made; NEVER
    at: int  # the vault was made from it
    last: int
    entered: bool = False  # it has logged in since, and knows whom to ask
    told: bool = False  # its user has read what that means


def load(rows: Rows) -> Restored | None:
    """None for a vault that never was restored."""
    raw = setting(rows, RESTORED)
    return None if raw is None else decode_strict(raw, Restored)


def keep(rows: Rows, made: Restored) -> None:
    save_setting(rows, RESTORED, encode_strict(made))


def told(rows: Rows) -> None:
    """Its user has read what that means."""
    made = load(rows)
    if made is not None:
        keep(rows, msgspec.structs.replace(made, told=True))


# --- whom to ask for what was lost ---


def ask(rows: Rows, uids: list[bytes]) -> None:
    """These are to be asked, in this order."""
    for uid in uids:
        save_setting(rows, _ASK + uid.hex(), b"")


def to_ask(rows: Rows) -> list[bytes]:
    """Who hasn't given back yet what they have."""
    return [bytes.fromhex(name) for name in _names(rows, _ASK)]


def is_to_ask(rows: Rows, uid: bytes) -> bool:
    return setting(rows, _ASK + uid.hex()) is not None


def asked(rows: Rows, uid: bytes) -> None:
    """They have given back what they have."""
    rows.execute("DELETE FROM settings WHERE name = ?", (_ASK + uid.hex(),))


# --- groups whose chain comes again ---


class Replay(msgspec.Struct, array_like=True, forbid_unknown_fields=True, frozen=True):
    """Of a chain that comes again. `read`: up to which place our user has read it; `last`: when its last line was (ms),
    0 if that isn't known; `end`: the place of its end, once all of it is here.
    """

    read: int
    last: int
    end: int = 0


def replay(rows: Rows, gid: bytes, read: int, last: int) -> None:
    """This group's chain comes from the authority."""
    save_setting(rows, _REPLAY + gid.hex(), encode_strict(Replay(read, last)))


def replays(rows: Rows, gid: bytes) -> Replay | None:
    """While a group's chain comes again."""
    return _replay(rows, _REPLAY + gid.hex())


def replayed(rows: Rows, gid: bytes, end: int) -> None:
    """It is here up to this place; when its lines were is still to be said."""
    made = replays(rows, gid)
    if made is not None:
        rows.execute("DELETE FROM settings WHERE name = ?", (_REPLAY + gid.hex(),))
        save_setting(rows, _DATE + gid.hex(), encode_strict(msgspec.structs.replace(made, end=end)))


def undated(rows: Rows, gid: bytes) -> Replay | None:
    """While not all words of such a chain are open, by which its other lines get their times."""
    return _replay(rows, _DATE + gid.hex())


def dated(rows: Rows, gid: bytes) -> None:
    rows.execute("DELETE FROM settings WHERE name = ?", (_DATE + gid.hex(),))


def _replay(rows: Rows, name: str) -> Replay | None:
    raw = setting(rows, name)
    return None if raw is None else decode_strict(raw, Replay)


def _names(rows: Rows, before: str) -> list[str]:
    query = "SELECT name FROM settings WHERE name > ? AND name < ? ORDER BY name"
    found = rows.execute(query, (before, before[:-1] + chr(ord(before[-1]) + 1)))
    return [row[0].removeprefix(before) for row in found]
