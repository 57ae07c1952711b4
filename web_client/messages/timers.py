"""How long what is written in a private conversation stays (section 8.17), as the `timer` messages of the two say.

Every function runs inside one reading, or one transaction, of the vault.
"""

from __future__ import annotations

from protocol import kinds, lifetimes
from protocol.errors import HamrazError
from protocol.kinds import Timer
from protocol.lifetimes import Said
from web_client.account import key_ages
from web_client.account.chat_ids import ChatId
from web_client.messages import rows as message_rows
from web_client.messages.rows import MessageRow
from web_client.vault.database import Rows

LOOKED = 64  # newest ones of a person among which the last one by place is looked for


def of(rows: Rows, me: bytes, peer: bytes) -> int:
    """Seconds; 0 for good."""
    return lifetimes.of_timers(_last(rows, peer, me), _last(rows, peer, peer))


def next_one(rows: Rows, me: bytes, peer: bytes, seconds: int) -> Timer | None:
    """What to say for it to be so; None where it is."""
    if of(rows, me, peer) == seconds:
        return None
    theirs = _last(rows, peer, peer)
    return Timer(seconds, None if theirs is None else theirs.id)


def read(row: MessageRow) -> Timer | None:
    """What a message of this kind says; None for any other, and for what isn't of its form."""
    try:
        found = kinds.decode_body(row.kind, row.body) if row.kind == kinds.TIMER else None
    except HamrazError:
        return None
    return found if isinstance(found, Timer) else None


def _last(rows: Rows, peer: bytes, sender: bytes) -> Said | None:
    where = "chat = ? AND sender = ? AND kind = 'timer' ORDER BY ord DESC LIMIT ?"
    found = message_rows.select(rows, where, ChatId.private(peer), sender, LOOKED)
    said = [(row, timer) for row in found if (timer := read(row)) is not None]
    if not said:
        return None
    ages = key_ages.of(rows, {row.key for row, _timer in said}) if len(said) > 1 else {}
    row, timer = max(said, key=lambda one: (ages.get(one[0].key, 0), one[0].sequence))
    return Said(row.id, timer.seconds, timer.after)
