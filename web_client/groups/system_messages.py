"""The lines that a group's chain itself tells: who did what to whom, as rows of the vault.

Every function runs inside one transaction of the vault; if it raises, nothing has changed.
"""

from __future__ import annotations

import hashlib

import msgspec

from protocol import lifetimes
from protocol.errors import HamrazError
from protocol.group_entries import Commit, CommitEntry, decode_entry
from protocol.group_seals import open_note
from protocol.groups import Change
from protocol.primitives import EpochKey
from protocol.statements import decode_strict
from web_client.account import restored
from web_client.account.chat_ids import ChatId
from web_client.groups.rows import SYSTEM, commit_of
from web_client.messages import ids, timers
from web_client.messages import rows as message_rows
from web_client.messages.rows import MessageRow
from web_client.vault.database import Rows, value

CUT, WRONG_HISTORY = "cut", "wrong_history"  # commits without, or with a wrong, way back to earlier messages
UNOPENED = "unopened"  # somebody has no key of the commit in force
LIFETIME = "lifetime"  # how long what is written stays from now on: `reason`, in seconds


class System(msgspec.Struct):
    """The body of a line that the chain itself tells: who did what to whom."""

    what: str
    by: str
    who: list[str]
    reason: str


def store_system(rows: Rows, me: bytes, gid: bytes, change: Change, have: dict[int, EpochKey], now: int) -> list[int]:
    """The lines that a commit, a join or a leave makes in the conversation."""
    lines: list[tuple[str, tuple[bytes, ...], str]] = []
    commit = change.commit
    if commit is not None:
        added = tuple(uid for uid in change.added if uid != change.by)
        removed = tuple(uid for uid in change.removed if uid not in change.left)
        if commit.epoch == 1:
            lines.append(("created", added, ""))
        else:
            lines += [("added", added, "")] if added else []
            lines += [("removed", removed, _reason(commit, have.get(change.epoch - 1)))] if removed else []
            lines += [("policy", (), commit.policy)] if change.policy else []
            lines += [(CUT, (), "")] if commit.cut else []
        if change.by == me and restored.replays(rows, gid) is None:  # else those went out before
            rows.executemany("INSERT OR IGNORE INTO group_invites VALUES (?, ?)", [(gid, uid) for uid in added])
    elif change.unopened:
        # of an earlier epoch it concerns nobody but who gives it
        lines += [(UNOPENED, (change.whose,), "")] if change.unopened == change.epoch else []
    elif change.left:
        lines.append(("declined" if change.declined else "left", (change.by,), ""))
    else:
        lines.append(("joined", (change.by,), ""))
    return [
        _insert(rows, gid, change, now, System(what, change.by.hex(), [uid.hex() for uid in who], why))
        for what, who, why in lines
    ]


def _insert(rows: Rows, gid: bytes, change: Change, now: int, line: System) -> int:
    id = ids.by_place(hashlib.sha256(line.what.encode()).digest()[:16], change.n)
    # of its own, and a negative sequence: apart from what is written
    row = MessageRow(
        chat=ChatId.group(gid), id=id, sender=change.by, recipient=gid, key=line.what.encode(), sequence=-change.n,
        hash=change.hash, time=now, kind=SYSTEM, body=msgspec.json.encode(line), state=SYSTEM, n=change.n,
        epoch=change.epoch,
    )  # fmt: skip
    return message_rows.insert(rows, row)


def store_late(rows: Rows, gid: bytes, epoch: int, what: str, reason: str, now: int) -> list[int]:
    """A line about a commit that is told when its key is here, once; its order."""
    found = rows.execute(
        "SELECT n, entry, hash FROM group_entries WHERE gid = ? AND kind = 'commit' ORDER BY n LIMIT 1 OFFSET ?",
        (gid, epoch - 1),
    ).fetchone()
    entry = decode_entry(bytes(found[1])) if found and message_rows.told(rows, gid, epoch, what) is None else None
    if not isinstance(entry, CommitEntry):
        return []
    by = decode_strict(entry.signed.body, Commit).by
    change = Change(entry, by, n=found[0], hash=bytes(found[2]), epoch=epoch)
    return [_insert(rows, gid, change, now, System(what, by.hex(), [], reason))]


def _reason(commit: Commit, previous: EpochKey | None) -> str:
    try:
        return open_note(previous, commit) if previous is not None else ""
    except HamrazError:
        return ""


def has_declined(rows: Rows, gid: bytes, uid: bytes) -> bool:
    """Whether the chain has told that somebody declined."""
    told = "SELECT 1 FROM messages WHERE sender = ? AND recipient = ? AND key = ? AND state = ? LIMIT 1"
    return value(rows, told, uid, gid, b"declined", SYSTEM) is not None


def system(body: bytes) -> System:
    """A system line's body."""
    return msgspec.json.decode(body, type=System)


def of_timer(row: MessageRow) -> System | None:
    """What a message about that is in a private conversation; None for any other, and for what isn't of its form."""
    timer = timers.read(row) if row.chat.peer is not None else None
    if timer is None:
        return None
    return System(LIFETIME, row.sender.hex(), [], str(lifetimes.bounded(timer.seconds)))


def tell_reason(rows: Rows, gid: bytes, epoch: int, key: EpochKey) -> list[int]:
    """Why the commit after this epoch removed somebody, now that the epoch's key is here; the line's order."""
    line, entry = message_rows.told(rows, gid, epoch + 1, "removed"), commit_of(rows, gid, epoch + 1)
    if line is None or entry is None or not line.body:  # deleted here
        return []
    told = system(line.body)
    told.reason = _reason(decode_strict(entry.signed.body, Commit), key)
    message_rows.change(rows, line.ord, body=msgspec.json.encode(told))
    return [line.ord]
