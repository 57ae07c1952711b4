"""Profiles as rows of the vault (section 8.13): one's own, what others say of theirs, and those that were fetched.

Every function runs inside one transaction of the vault; if it raises, nothing has changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from protocol.about import About
from protocol.log import Log, User
from protocol.profiles import Opened, Profile
from protocol.statements import Signed, decode_strict, encode_strict
from web_client.account.chat_ids import ChatId
from web_client.messages import blocked_rows
from web_client.vault.database import Rows, save_setting, setting, value

# --- one's own ---


class Own(msgspec.Struct, array_like=True, frozen=True):
    """What one shows, sealed under the key of its version; `published` once the authority has it."""

    about: About
    profile: Profile
    sealed: bytes
    published: bool


def own(rows: Rows) -> Own | None:
    """One's own profile; None for who has never made one."""
    raw = setting(rows, "profile")
    return None if raw is None else decode_strict(raw, Own)


def keep_own(rows: Rows, made: Own) -> None:
    """On disk before it is sent: a resend is the same bytes."""
    save_setting(rows, "profile", encode_strict(made))


def mark_published(rows: Rows, published: bool, version: int | None = None) -> None:
    """The authority has it (this version, if it is still the newest), or may have lost it."""
    found = own(rows)
    if found is not None and version in (None, found.about.version):
        keep_own(rows, msgspec.structs.replace(found, published=published))


def published(rows: Rows) -> About | None:
    """One's newest profile, if the authority has it: before, nobody could fetch it."""
    found = own(rows)
    return found.about if found is not None and found.published else None


def about_for(rows: Rows, reader: bytes) -> About | None:
    """What to say to this person, or in this group: one's newest published profile, unless it was said there."""
    about = published(rows)
    known = value(rows, "SELECT version FROM profile_shown WHERE reader = ?", reader)
    return None if about is None or known == about.version else about


def mark_shown(rows: Rows, reader: bytes, about: About | None) -> None:
    """A message that says it has arrived there."""
    if about is not None:
        rows.execute("INSERT OR REPLACE INTO profile_shown VALUES (?, ?)", (reader, about.version))


# --- others' ---


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody has said with a key of theirs: where to look for their profile."""

    user: User
    key_print: bytes
    since: int  # the index of the log's entry that made the key theirs
    about: About


def hear(rows: Rows, uid: bytes, key_print: bytes, chat: ChatId, about: About | None, aside: bool = False) -> bool:
    """Remember the newest that somebody has said with this key (by its SHA-256); True if it is news.

    What was said `aside` isn't signed: it never takes the place of what was, and what is signed takes its place.
    """
    if about is None:
        return False
    change = rows.execute(
        "INSERT INTO profile_told (uid, key, version, secret, chat, aside) VALUES (?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (uid, key) DO UPDATE SET version = excluded.version, secret = excluded.secret, "
        "chat = excluded.chat, tried = 0, aside = excluded.aside "
        "WHERE excluded.aside < aside OR (excluded.aside = aside AND excluded.version > version)",
        (uid, key_print, about.version, about.key, chat, aside),
    )
    return bool(change.rowcount)


# only of people with whom something was read or said: asking tells the authority of the interest
_WANTED = """
SELECT t.uid, t.key, t.version, t.secret FROM profile_told t LEFT JOIN profiles p USING (uid)
WHERE t.tried = 0 AND (p.version IS NULL OR p.key != t.key OR p.version < t.version) AND (
    EXISTS (SELECT 1 FROM chats c WHERE c.chat = t.chat AND c.read_to > 0) OR
    EXISTS (SELECT 1 FROM messages m WHERE m.chat = t.chat AND m.sender = ?))
"""


def wanted(rows: Rows, log: Log, me: bytes) -> list[Told]:
    """Whose profile is to be fetched, and by what: of each person what was said with their newest key."""
    found: dict[bytes, Told] = {}
    blocked = blocked_rows.everybody(rows)
    for uid, print_, version, secret in rows.execute(_WANTED, (me,)).fetchall():
        user = log.users.get(bytes(uid))
        since = None if user is None else since_of(user, bytes(print_))
        if user is None or since is None or user.uid in blocked:
            continue
        best = found.get(user.uid)
        if since >= _since_here(rows, user) and (best is None or since > best.since):
            found[user.uid] = Told(user, bytes(print_), since, About(version, bytes(secret)))
    return list(found.values())


def since_of(user: User, key_print: bytes) -> int | None:
    """Since which index of the log this key counts for them; None if it doesn't."""
    counting = {key.fingerprint() for key in user.counting}
    for index, key, _why, _by in reversed(user.keys):
        if key is not None and key.fingerprint() == key_print and key_print in counting:
            return index
    return None


def _since_here(rows: Rows, user: User) -> int:
    """Since when the key counts that signed the profile that is here; -1 if there is none, or if it counts no more."""
    key = value(rows, "SELECT key FROM profiles WHERE uid = ?", user.uid)
    since = None if key is None else since_of(user, key)
    return -1 if since is None else since


def mark_tried(rows: Rows, told: Told) -> None:
    """It isn't there, or doesn't hold: not asked for again before something newer is said, or the next log-in."""
    rows.execute(
        "UPDATE profile_told SET tried = 1 WHERE uid = ? AND key = ? AND version = ?",
        (told.user.uid, told.key_print, told.about.version),
    )


def try_again(rows: Rows) -> None:
    """A new connection: what wasn't there may be now."""
    rows.execute("UPDATE profile_told SET tried = 0 WHERE tried = 1")


def keep(rows: Rows, user: User, opened: Opened) -> bool:
    """Keep a checked profile unless a newer one is here: of a newer key, or of the same key with a higher version."""
    print_ = opened.key.fingerprint()
    since = since_of(user, print_)
    version = value(rows, "SELECT version FROM profiles WHERE uid = ?", user.uid)
    here = (-1, -1) if version is None else (_since_here(rows, user), version)
    if since is None or (since, opened.profile.version) <= here:
        return False
    rows.execute(
        "INSERT OR REPLACE INTO profiles VALUES (?, ?, ?, ?)",
        (user.uid, print_, opened.profile.version, encode_strict(opened.signed)),
    )
    return True


def everybody(rows: Rows) -> Iterator[tuple[Profile, bytes]]:
    """Everybody's profile that is here, and the SHA-256 of the key that signed it."""
    for raw, print_ in rows.execute("SELECT signed, key FROM profiles"):
        yield decode_strict(decode_strict(raw, Signed).body, Profile), bytes(print_)


def signed_by(rows: Rows, uid: bytes) -> bytes:
    """The SHA-256 of the key that signed somebody's profile that is here; no bytes if there is none."""
    return bytes(value(rows, "SELECT key FROM profiles WHERE uid = ?", uid) or b"")


def profile_of(rows: Rows, uid: bytes) -> Profile | None:
    """Somebody's profile as it is here; it was checked when it came."""
    raw = value(rows, "SELECT signed FROM profiles WHERE uid = ?", uid)
    return None if raw is None else decode_strict(decode_strict(raw, Signed).body, Profile)
