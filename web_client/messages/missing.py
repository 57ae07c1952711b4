"""What others have lost of a conversation with us (section 8.15): our words come again, theirs are given back."""

from __future__ import annotations

from protocol.errors import Refused
from protocol.missing_messages import RETURNED
from protocol.primitives import VerifyKey
from protocol.statements import Signed, decode_strict
from transport.token_buckets import TokenBuckets
from web_client.account import keys as own_keys
from web_client.account.context import AccountContext
from web_client.messages import outbox_rows
from web_client.messages.delivery import Outbox
from web_client.vault.database import Rows

A_DAY, SECONDS = 1_000, 86.4  # messages that one peer is given again, and in how many seconds one more
ANSWER_BYTES = 512 * 1024  # of envelopes in one answer: half of what a frame holds

_OURS = """
SELECT m.ord, o.ord FROM messages m LEFT JOIN outbox o USING (ord)
WHERE m.sender = ? AND m.recipient = ? AND m.key = ? AND m.sequence > ? AND m.sequence <= ?
AND m.raw != x'' AND m.deleted = 0 AND (m.state != 'failed' OR m.why = 'mail_gone') ORDER BY m.sequence
"""
_THEIRS = """
SELECT envelope FROM messages
WHERE sender = ? AND recipient = ? AND key = ? AND sequence > ? AND sequence <= ?
AND envelope IS NOT NULL AND deleted = 0 ORDER BY sequence LIMIT ?
"""


class Missing:
    """Methods may be called from any thread: callers ask, each as much as they are given in a day."""

    def __init__(self, ctx: AccountContext, outbox: Outbox) -> None:
        self._ctx = ctx
        self._outbox = outbox
        self._again = TokenBuckets(A_DAY, SECONDS)  # by caller: our own messages
        self._returned = TokenBuckets(A_DAY, SECONDS)  # and theirs

    def send_again(self, peer: bytes, key: bytes, after: int, up_to: int) -> int:
        """Put these of our messages to `peer` into the outbox again, as they are; how many come. `slow_down`."""
        ctx = self._ctx
        me = ctx.trust.user(ctx.me.uid)
        counts = me is not None and VerifyKey(key) in me.counting

        def change(rows: Rows) -> int:
            if not counts or not own_keys.has(rows, ctx.me, key):
                return 0  # nobody would take what we could sign for them now
            found = rows.execute(_OURS, (ctx.me.uid, peer, key, after, up_to)).fetchall()
            come = 0
            for order, waits in found:
                if waits is None:
                    if not self._take(self._again, peer, come == 0):
                        break
                    outbox_rows.put(rows, order)
                come += 1
            return come

        count = ctx.vault.write(change)
        if count:
            self._outbox.deliver_soon(peer)
        return count

    def give_back(self, peer: bytes, key: bytes, after: int, up_to: int) -> tuple[list[Signed], bool]:
        """What `peer` has written to us under that key, as it came, and whether more follows. `slow_down`."""
        ctx = self._ctx
        values = (peer, ctx.me.uid, key, after, up_to, RETURNED + 1)
        found = [bytes(row[0]) for row in ctx.vault.read(lambda rows: rows.execute(_THEIRS, values).fetchall())]
        envelopes: list[Signed] = []
        room = ANSWER_BYTES
        for raw in found[:RETURNED]:
            room -= len(raw)
            if (envelopes and room < 0) or not self._take(self._returned, peer, not envelopes):
                break
            envelopes.append(decode_strict(raw, Signed))
        return envelopes, len(found) > len(envelopes)

    def _take(self, buckets: TokenBuckets, peer: bytes, first: bool) -> bool:
        """Whether there is one more; `slow_down` if there isn't even the first."""
        wait = buckets.take_or_wait(peer, self._ctx.timer())
        if wait and first:
            raise Refused("slow_down", n=int(wait) + 1)
        return not wait
