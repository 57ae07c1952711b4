"""What a conversation gets back after a restore (section 8.15): one's own words, as the other has kept them; and
theirs, which come again as messages do, into the holes that are found here.

Every function runs inside one reading, or one transaction, of the vault.
"""

from __future__ import annotations

from protocol.envelope import FIRST, READ, Opened
from web_client.account import restored
from web_client.account.chat_ids import ChatId
from web_client.messages import amendments, outgoing
from web_client.messages import rows as message_rows
from web_client.messages.backup_rows import BETWEEN, UNCERTAIN
from web_client.messages.returned import LAST
from web_client.vault.database import Rows
from web_client.vault.lines import CLEARED

DELIVERED = "delivered"
EARLIEST = 1_577_836_800_000  # ms: nobody has written with this program before 2020
HOLES = 16  # of one row that are asked for at once, the newest
Hole = tuple[int, int]  # after this sequence, up to and with that one


def holes(rows: Rows, peer: bytes, me: bytes, key: bytes) -> list[Hole]:
    """Which places of what `peer` has written to us under this key are not here; the last one has no end."""
    where = "m.sender = ? AND m.recipient = ? AND m.key = ?"
    beyond = (
        f"SELECT m.sequence, (SELECT min(n.sequence) FROM messages n WHERE n.sender = m.sender AND n.recipient = "
        f"m.recipient AND n.key = m.key AND n.sequence > m.sequence) FROM messages m WHERE {where} AND m.sequence > 0 "
        "AND NOT EXISTS (SELECT 1 FROM messages n WHERE n.sender = m.sender AND n.recipient = m.recipient AND "
        "n.key = m.key AND n.sequence = m.sequence + 1) ORDER BY m.sequence DESC LIMIT ?"
    )
    found = [
        (after, next_one - 1 if next_one else LAST) for after, next_one in rows.execute(beyond, (peer, me, key, HOLES))
    ]
    (first,) = rows.execute(
        f"SELECT min(m.sequence) FROM messages m WHERE {where} AND m.sequence > 0", (peer, me, key)
    ).fetchone()
    if first is None:
        return [(0, LAST)]
    return found + [(0, first - 1)] * (first > 1)


def sure_up_to(rows: Rows, me: bytes, peer: bytes, key: bytes) -> tuple[int, bytes]:
    """(sequence, hash) of the last message of our row to `peer` under this key before the first that isn't certain."""
    row = "sender = ? AND recipient = ? AND key = ? AND sequence > 0"
    (first,) = rows.execute(
        f"SELECT min(sequence) FROM messages WHERE {row} AND why IN (?, ?)", (me, peer, key, *UNCERTAIN)
    ).fetchone()
    found = rows.execute(
        f"SELECT sequence, hash FROM messages WHERE {row} AND sequence < ? ORDER BY sequence DESC LIMIT 1",
        (me, peer, key, first if first is not None else LAST),
    ).fetchone()
    return (found[0], bytes(found[1])) if found is not None else (0, FIRST)


def keep(rows: Rows, me: bytes, peer: bytes, found: list[Opened]) -> list[int]:
    """These have reached `peer`; the orders of what is new here, or looks different now."""
    chat = ChatId.private(peer)
    orders: list[int] = []
    for one in found:
        row = outgoing.row_of(one.message, one.raw, one.key, chat, DELIVERED)
        known = message_rows.named(rows, chat, me, one.message.id)
        if known is not None and known.hash == row.hash and known.why not in UNCERTAIN:
            continue
        there = message_rows.in_sequence(rows, me, peer, row.key, row.sequence)
        if there is not None and (known is None or there.ord != known.ord):
            if there.why not in UNCERTAIN:
                continue  # somebody has it at this place, with a receipt: two can't be there
            message_rows.change(rows, there.ord, sequence=-there.ord)
        if known is None:
            order = message_rows.insert(rows, row)
            place(rows, order, peer, row.time)
        elif known.deleted or known.line == CLEARED:
            message_rows.change(rows, known.ord, state=DELIVERED, why=None)
            continue
        else:
            order = known.ord
            state = known.state if known.state == READ else DELIVERED
            at = {"sequence": row.sequence, "previous": row.previous, "hash": row.hash, "raw": row.raw}
            message_rows.change(rows, order, state=state, why=None, **at)
        orders += [order, *amendments.settle(rows, order)]
        if known is not None and not known.line and known.author is not None and known.target is not None:
            about = message_rows.named(rows, chat, known.author, known.target)
            orders += [about.ord] if about is not None else []  # it is certain now
    return list(dict.fromkeys(orders))


def place(rows: Rows, order: int, peer: bytes, time: int) -> None:
    """Something of the time between the backup and the restore: it stands there, by its time, as long as we ask for
    such. It is a claim, and between those two moments nobody gains by a false one.
    """
    made = restored.load(rows)
    if made is None or time >= made.at or not restored.is_to_ask(rows, peer):
        return
    row = message_rows.at(rows, order)
    assert row is not None
    position = made.last + min(max(time - max(made.when, EARLIEST), 1), BETWEEN - 1)
    while rows.execute("SELECT 1 FROM messages WHERE chat = ? AND position = ?", (row.chat, position)).fetchone():
        position += 1
    message_rows.change(rows, order, moved=position)
