"""One's own last-resort prekey: published at the authority, renewed weekly. Its private half is kept until a newer one
has been published for a while and all that it opens has been fetched: however long one was away, it opens.
"""

from __future__ import annotations

from protocol.errors import Forged, Refused
from protocol.messages import Done, PublishPrekey
from protocol.primitives import OpenKey, random_id
from protocol.statements import NO_DEVICE, Prekey, Signed, decode_strict, encode_strict, issue
from web_client.account import keys as own_keys
from web_client.account.context import AccountContext
from web_client.net.channel import Asks
from web_client.vault.database import Rows

DAY = 24 * 3600 * 1000  # ms
RENEWED = 7 * DAY
# From the moment when a newer key is at the authority, by which time nothing new is sealed to this one. What was sealed
# to it waits there for 60 days of the authority's running time at most; a week more for who took it at the last moment.
# It only makes room for the unusual (an authority that was restored): what is fetched first doesn't depend on it.
KEPT = 67 * DAY
TRIES = 3  # a sequence that is known there and not here is named in the answer, so the second one counts


def publish(ctx: AccountContext, authority: Asks) -> None:
    """Publish the newest key, after making one if it is a week old, or there is none. One that has been published
    before is said again with every link: whatever has become of it there, it is there then.

    Whatever the authority says against it keeps no link from being made: the key before it is still there, and the next
    link tries again.
    """
    above = 0
    for _try in range(TRIES):
        found = ctx.vault.write(lambda rows, above=above: _newest(rows, ctx, above))  # type: ignore[misc]
        if found is None:
            return
        sequence, signed = found
        try:
            authority.request(PublishPrekey(0, signed), Done)
        except Refused as reason:
            known = reason.values.get("n")
            if reason.code != "prekey_stale" or not isinstance(known, int) or not sequence <= known < 2**62:
                return
            above = known  # this vault is older than what its account has said: a restored copy
            continue
        except Forged:
            return
        first = "UPDATE last_resorts SET published = ? WHERE sequence = ? AND published = 0"  # which counts
        ctx.vault.execute(first, max(ctx.clock(), 1), sequence)
        return


def _newest(rows: Rows, ctx: AccountContext, above: int) -> tuple[int, Signed] | None:
    """The key to publish, with a sequence above this one; None while the key that is to follow brings one."""
    now = ctx.clock()
    if own_keys.next_key(rows) is not None:
        return None
    row = rows.execute("SELECT sequence, signed, created FROM last_resorts ORDER BY sequence DESC LIMIT 1").fetchone()
    # one that is younger than nothing was made under another clock: it isn't known how old it is
    if row is not None and row[0] > above and 0 <= now - row[2] < RENEWED:
        return row[0], decode_strict(bytes(row[1]), Signed)
    sequence, key, id = max(row[0] if row else 0, above) + 1, OpenKey.generate(), random_id()
    signed = issue(Prekey(ctx.me.uid, NO_DEVICE, id, sequence, key.public.raw), ctx.me.key, ctx.authority_id)
    rows.execute(
        "INSERT INTO last_resorts (sequence, id, key, signed, created) VALUES (?, ?, ?, ?, ?)",
        (sequence, id, key.save(), encode_strict(signed), now),
    )
    return sequence, signed


def drop_old(ctx: AccountContext) -> None:
    """Drop the keys that a newer one has followed long ago. Call it when all that was sealed to one's keys is here: the
    mailbox to its end, and each group's own chain with its sealed keys.
    """
    now = ctx.clock()

    def change(rows: Rows) -> None:
        # of a clock that has gone back, the time begins anew
        rows.execute("UPDATE last_resorts SET published = ? WHERE published > ?", (max(now, 1), now))
        followed = "SELECT max(sequence) FROM last_resorts WHERE published > 0 AND published <= ?"
        rows.execute(f"DELETE FROM last_resorts WHERE sequence < ({followed})", (now - KEPT,))
        own_keys.forget_old(rows, now - KEPT)

    ctx.vault.write(change)
