"""One's own last-resort prekey: published at the authority, renewed weekly, its private half kept for a while after."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from protocol.messages import Done, PublishPrekey
from protocol.primitives import OpenKey, random_id
from protocol.statements import NO_DEVICE, Prekey, Signed, decode_strict, issue
from web_client import own_keys
from web_client.vault import Rows

if TYPE_CHECKING:
    from web_client.node import Node

DAY = 24 * 3600 * 1000  # ms
RENEWED = 7 * DAY
# what was sealed to a key waits at the authority for at most 30 days; a week more for whoever took it at the last
# moment
KEPT = 37 * DAY

_encode = msgspec.msgpack.Encoder().encode


def publish(node: Node) -> None:
    """Publish the newest key if that hasn't been done, after making one if it is a week old, or there is none."""
    now = node.clock()

    def newest(rows: Rows) -> tuple[int, Signed] | None:
        if own_keys.next_key(rows) is not None:
            return None  # the key that is to follow brings one
        own_keys.forget_old(rows, now - KEPT)
        row = rows.execute(
            "SELECT sequence, signed, created, published FROM last_resorts ORDER BY sequence DESC LIMIT 1"
        ).fetchone()
        # a clock that was set back makes a key look new for longer; it is only ever dropped by its own age
        if row is not None and now - row[2] < RENEWED:
            return None if row[3] else (row[0], decode_strict(bytes(row[1]), Signed))
        sequence, key, id = (row[0] + 1 if row else 1), OpenKey.generate(), random_id()
        signed = issue(Prekey(node.me.uid, NO_DEVICE, id, sequence, key.public.raw), node.me.key, node.authority_id)
        rows.execute(
            "INSERT INTO last_resorts (sequence, id, key, signed, created) VALUES (?, ?, ?, ?, ?)",
            (sequence, id, key.save(), _encode(signed), now),
        )
        rows.execute("DELETE FROM last_resorts WHERE created < ? AND sequence < ?", (now - KEPT, sequence))
        return sequence, signed

    found = node.vault.write(newest)
    if found is None:
        return
    sequence, signed = found
    node.authority.request(PublishPrekey(0, signed), Done)
    node.vault.write(lambda rows: rows.execute("UPDATE last_resorts SET published = 1 WHERE sequence = ?", (sequence,)))
