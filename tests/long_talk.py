"""A conversation of any length, written by the agents' own code straight into the vaults of two agents that don't run.

What stands in them afterwards is as if each message had been sent, received and read: chained, and the other's signed.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Protocol

import msgspec

from protocol import envelope
from protocol.envelope import FIRST, READ, PrivateMessage
from protocol.primitives import SigningKey, digest, random_id
from protocol.statements import Envelope, Signed, decode_strict, issue
from tests.processes import PASSWORD, Agent
from web_client.account.chat_ids import ChatId
from web_client.account.identity import Identity, load_identity
from web_client.messages.outgoing import RECEIVED, compose, row_of
from web_client.messages.rows import insert
from web_client.vault.database import Rows, Vault, setting

TEXT = (
    "the lab opens at nine and port 5050 is free so bring your own laptop please thanks that fixed it "
    "سلام کلاس فردا ساعت ۹ است لطفاً کتاب را بیاورید شبکه درست شد ممنون از همه http://192.168.1.20:8000/fa"
)
WORDS = TEXT.split()
STEP = 30 * 60_000  # ms between two messages: a hundred thousand fill not quite six years


class Other(Protocol):
    """Who the talk is with: an agent's identity, or whoever has keys in the log."""

    @property
    def uid(self) -> bytes: ...

    @property
    def key(self) -> SigningKey: ...


def write_talk(mine: Agent, theirs: Agent, count: int, end: int, unread: int = 0) -> None:
    """Write `count` messages into the vault of `mine`, whose last one has the time `end` (ms); half are the other's.

    The last `unread` are the other's and have not been read. Both agents must have been stopped.
    """
    with closing(open_vault(theirs.folder)) as vault:
        other, _link = load_identity(vault)
    write_talks(mine, [(other, count, unread)], end)


def write_talks(mine: Agent, talks: Sequence[tuple[Other, int, int]], end: int) -> None:
    """The same with several: (with whom, how many messages, how many unread)."""
    with closing(open_vault(mine.folder)) as vault:
        me, link = load_identity(vault)

        def write(rows: Rows) -> None:
            for number, (other, count, unread) in enumerate(talks):
                place = end - (len(talks) - number) * STEP
                _write(rows, me, other, link.authority_id, count, place, unread, random.Random(number))

        vault.write(write)


def open_vault(folder: Path) -> Vault:
    """The vault of an agent that doesn't run."""
    return Vault.open(folder, PASSWORD, lambda function, *arguments: function(*arguments))


def line(number: int) -> str:
    """What the message with this number says; each is told apart by it."""
    chance = random.Random(number)
    return f"{number}: {' '.join(chance.choices(WORDS, k=chance.randrange(2, 24)))}"


def _write(
    rows: Rows,
    me: Identity,
    other: Other,
    authority_id: bytes,
    count: int,
    end: int,
    unread: int,
    chance: random.Random,
) -> None:
    head = decode_strict(setting(rows, "head") or b"", Signed)
    sequence, previous, order = 1, FIRST, 0
    for number in range(count):
        if number == count - unread:
            _read_up_to(rows, other, order)
        time, body = end - (count - 1 - number) * STEP, line(number).encode()
        if number < count - unread and chance.random() < 0.5:
            order, _changed = compose(rows, me, other.uid, envelope.TEXT, body, random_id(), time, head)
            rows.execute("DELETE FROM outbox WHERE ord = ?", (order,))
            rows.execute("UPDATE messages SET state = ? WHERE ord = ?", (READ, order))
            continue
        message = PrivateMessage(
            other.uid, me.uid, sequence, previous, random_id(), time, head, envelope.TEXT, body, None
        )
        raw = envelope.encode_message(message)
        sealed_in = issue(Envelope(random_id(), digest(b"prekey", random_id()), raw), other.key, authority_id)
        sequence, previous = sequence + 1, envelope.message_hash(raw)
        chat, kept = ChatId.private(other.uid), msgspec.msgpack.encode(sealed_in)
        order = insert(rows, row_of(message, raw, other.key.public, chat, RECEIVED, envelope=kept))
    if not unread:
        _read_up_to(rows, other, order)


def _read_up_to(rows: Rows, other: Other, order: int) -> None:
    rows.execute(
        "INSERT INTO chats (chat, read_to) VALUES (?, ?) ON CONFLICT (chat) DO UPDATE SET read_to = excluded.read_to",
        (ChatId.private(other.uid), order),
    )
