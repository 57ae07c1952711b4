"""How often this vault has been opened to log in, and what follows when another copy of it has counted further.

The number is on disk before it is said. A vault that was put back from a copy says one that the authority knows by now:
it is shown the newer one, which its own key has signed, and renews that key, so that no other copy gets in any more.
"""

from __future__ import annotations

from collections.abc import Callable

from protocol.errors import Forged
from protocol.primitives import random_id
from protocol.statements import Generation, Signed, check, issue
from web_client.account.context import AccountContext
from web_client.account.identity import Identity
from web_client.vault.database import Rows, save_setting, setting

NUMBER = "generation"  # the settings: how far it has counted,
RESTORED = "restored"  # and when (ms) it was found to be an older copy, until its user has read that
ALONE = "alone"  # it has come from a computer that is gone for good, and hasn't renewed its key yet
LARGEST = 2**63 - 1


def following(ctx: AccountContext) -> Callable[[Identity], Signed]:
    """The next generation, which is on disk when this returns; signed by whoever one may be at this log-in."""

    def step(rows: Rows) -> int:
        following = min(number(rows) + 1, LARGEST)
        save_setting(rows, NUMBER, following.to_bytes(8))
        return following

    next_one, nonce = ctx.vault.write(step), random_id()
    return lambda me: issue(Generation(me.uid, next_one, nonce), me.key, ctx.authority_id)


def check_newer(ctx: AccountContext, me: Identity, ours: Signed, newer: Signed) -> None:
    """That another copy has said this: signed by our key, and not to be followed by ours. Else it is `wrong_answer`."""
    mine = check(ours, Generation, me.key.public, ctx.authority_id)
    other = check(newer, Generation, me.key.public, ctx.authority_id)
    if other.uid != me.uid or mine.follows(other):
        raise Forged("wrong_answer")

    def note(rows: Rows) -> None:
        save_setting(rows, NUMBER, max(other.generation, number(rows)).to_bytes(8))
        save_setting(rows, RESTORED, ctx.clock().to_bytes(8))

    ctx.vault.write(note)


def restored(rows: Rows) -> int | None:
    """When this vault was found to be an older copy (ms); None if it wasn't, or its user knows."""
    raw = setting(rows, RESTORED)
    return None if raw is None else int.from_bytes(raw)


def forget_restored(rows: Rows) -> None:
    rows.execute("DELETE FROM settings WHERE name = ?", (RESTORED,))


def be_alone(rows: Rows) -> None:
    """No other copy of this vault is to get in any more, whatever it may still say."""
    save_setting(rows, ALONE, b"\1")


def is_alone(rows: Rows) -> bool:
    return setting(rows, ALONE) is not None


def forget_alone(rows: Rows) -> None:
    rows.execute("DELETE FROM settings WHERE name = ?", (ALONE,))


def number(rows: Rows) -> int:
    """How far this vault has counted."""
    return int.from_bytes(setting(rows, NUMBER) or b"")
