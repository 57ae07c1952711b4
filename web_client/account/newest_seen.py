"""The newest of what others publish, as far as we were ever shown it: what is older isn't used again (section 8.8).

A signature has no time. Whoever keeps the newer one back, or has lost it, could else have things sealed to a key that
its owner has followed with another.
"""

from __future__ import annotations

from collections.abc import Sequence

from protocol import envelope
from protocol.errors import Forged
from protocol.log import User
from protocol.statements import Signed
from web_client.account.context import AccountContext
from web_client.vault.database import Rows

Shown = Sequence[tuple[User, Signed | None]]


def note_prekeys(ctx: AccountContext, shown: Shown) -> set[bytes]:
    """Remember these last-resort prekeys where they are newer; the uids of those whose is older than one that was seen.

    One that doesn't hold is remembered of nobody; who uses it finds that out.
    """
    told: list[tuple[bytes, bytes, int]] = []
    for user, signed in shown:
        if signed is None or user.key is None:
            continue
        try:
            prekey = envelope.check_prekey(signed, user.uid, user.key, ctx.authority_id)
        except Forged:
            continue
        told.append((user.uid, user.key.fingerprint(), prekey.sequence))

    def known(rows: Rows) -> dict[bytes, tuple[bytes, int]]:
        seen = "SELECT key, sequence FROM prekeys_seen WHERE uid = ?"
        found = {uid: rows.execute(seen, (uid,)).fetchone() for uid, _key, _sequence in told}
        return {uid: row for uid, row in found.items() if row is not None}

    def change(rows: Rows) -> set[bytes]:
        before, older = known(rows), set()
        for uid, key, sequence in told:
            seen = before.get(uid)
            if seen is not None and seen[0] == key and sequence < seen[1]:
                older.add(uid)
            elif seen != (key, sequence):  # another key begins anew
                rows.execute("INSERT OR REPLACE INTO prekeys_seen VALUES (?, ?, ?)", (uid, key, sequence))
        return older

    if ctx.vault.read(known) == {uid: (key, sequence) for uid, key, sequence in told}:
        return set()
    return ctx.vault.write(change)
