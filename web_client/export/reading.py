"""Taking an export of the same account in again, as history to be read (docs/export.md).

The file is checked as a stranger checks it, before anything of it is kept: one that doesn't hold as a whole is not
taken in at all. What stands here already stays as it is, and what was deleted here doesn't come back.
"""

from __future__ import annotations

import zipfile
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from protocol import envelope
from protocol.envelope import DELIVERED
from protocol.errors import Damaged, Forged, Refused
from protocol.primitives import VerifyKey
from protocol.statements import Envelope, Receipt, Signed, decode_strict, encode_strict
from web_client.account.chat_ids import ChatId
from web_client.export import verify
from web_client.export.archive import PROOF
from web_client.export.source import SLICE, Source
from web_client.export.verify import Found
from web_client.groups import rows as group_rows
from web_client.messages import amendments, blocked_rows, chats, outgoing
from web_client.messages import rows as message_rows
from web_client.messages.outgoing import IMPORT, RECEIVED
from web_client.messages.rows import MessageRow
from web_client.search import index
from web_client.vault.database import Rows

NOT_RECEIPTED = "not_receipted"  # why one's own words are shown and not proven: nobody had signed that they came


@dataclass
class Taken:
    """What has become of an export: how many messages are new here, and were here already; and of how many there is no
    group here in whose chain they stand.
    """

    new: int = 0
    known: int = 0
    elsewhere: int = 0
    chats: dict[ChatId, set[int]] = field(default_factory=dict)  # the orders of what is new


def take_in(source: Source, path: Path) -> Taken:
    """Keep what is in an export of this account and isn't here. `export_damaged`, `export_foreign`, `log_split`."""
    _check(source, path)
    taken, batch = Taken(), list[tuple[ChatId, Found, bytes]]()
    with _opened(path) as file:
        proof = verify.Proof(_holds)
        for _number, _what, found, _why in verify.read(file, proof):
            if found is not None:
                batch.append((_chat_of(proof), found, _hash_at(proof, found)))
            if len(batch) == SLICE:
                batch = _keep(source, batch, taken)
    _keep(source, batch, taken)
    for chat, orders in taken.chats.items():
        if chat.gid is None:  # in a group each stands in its place of the chain already
            source.vault.write(lambda rows, chat=chat, orders=orders: _arrange(rows, chat, orders))  # type: ignore[misc]
    return taken


def _check(source: Source, path: Path) -> None:
    """Raise unless all of the file holds, and is this account's."""
    proof, ended = verify.Proof(_holds), False
    with _opened(path) as file:
        for _number, what, _found, why in verify.read(file, proof):
            if why:
                raise Damaged("export_damaged", path=str(path))
            ended = what == "end"
    if not ended:
        raise Damaged("export_damaged", path=str(path))
    if (proof.server.id, proof.uid) != (source.trust.authority_id, source.me.uid):
        raise Refused("export_foreign", path=str(path))
    log = source.trust.log
    if proof.log.size <= log.size and log.hashes[proof.log.size] != proof.log.hash:
        raise Forged("log_split")


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    """The proof of an export: in its zip, or by itself."""
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive, archive.open(PROOF) as file:
                yield file
        else:
            with path.open("rb") as file:
                yield file
    except (OSError, KeyError, zipfile.BadZipFile, RuntimeError):  # gone, sealed, or cut
        raise Damaged("export_damaged", path=str(path)) from None


def _holds(key: bytes, message: bytes, sig: bytes) -> bool:
    """verify.py's question, answered by OpenSSL, which is quicker; the rules are the same (section 2.5)."""
    return VerifyKey(key).holds(message, sig)


def _chat_of(proof: verify.Proof) -> ChatId:
    chat = proof.chat
    return ChatId.group(chat.gid) if isinstance(chat, verify.Group) else ChatId.private(chat.peer)


def _hash_at(proof: verify.Proof, found: Found) -> bytes:
    """Of a group's message, the chain's hash at its place."""
    chat = proof.chat
    return bytes(chat.hashes[found.n]) if isinstance(chat, verify.Group) else b""


def _keep(source: Source, batch: list[tuple[ChatId, Found, bytes]], taken: Taken) -> list[tuple[ChatId, Found, bytes]]:
    """One transaction's worth of it; what is left of the batch, which is nothing."""

    def keep(rows: Rows) -> None:
        for chat, found, hash in batch:
            order = _group(rows, chat, found, hash, taken) if chat.gid else _private(rows, source, chat, found)
            if order is None:
                taken.known += 1
            elif order:
                taken.new += 1
                taken.chats.setdefault(chat, set()).add(order)
                index.renew(rows, order)
                amendments.settle(rows, order)

    source.vault.write(keep)
    return []


def _private(rows: Rows, source: Source, chat: ChatId, found: Found) -> int | None:
    """The order of a message that is new here; None if it, or another in its place, is here."""
    line, me = found.raw, source.me
    own = found.uid == me.uid
    if message_rows.named(rows, chat, found.uid, found.id) is not None or blocked_rows.has(rows, chat.peer or b""):
        return None
    raw = line["message"] if own else decode_strict(line["body"], Envelope).message
    message, key = envelope.decode_message(raw), VerifyKey(line["key"])
    if own and line["receipt"] is None:
        about = amendments.about(message.kind, message.body, message.sender)
        row = MessageRow(
            chat=chat, id=message.id, sender=message.sender, recipient=message.recipient, key=b"import" + message.id,
            time=message.time, kind=message.kind, body=message.body, state="failed", why=NOT_RECEIPTED, sealed=IMPORT,
            **about,
        )  # fmt: skip
        return message_rows.insert(rows, row)
    if message_rows.in_sequence(rows, message.sender, message.recipient, key.raw, message.sequence) is not None:
        return None
    if own:
        signed = Signed(*line["receipt"])
        state, kept = decode_strict(signed.body, Receipt).what, {"receipt": encode_strict(signed)}
    else:
        # whoever sends it again hears that it is here
        receipt = envelope.issue_receipt(
            message, envelope.message_hash(raw), DELIVERED, me.key, source.trust.authority_id
        )
        sealed = Signed(line["body"], line["sig"])
        state, kept = RECEIVED, {"envelope": encode_strict(sealed), "receipt": encode_strict(receipt)}
    return message_rows.insert(rows, outgoing.row_of(message, raw, key, chat, state, sealed=IMPORT, **kept))


def _group(rows: Rows, chat: ChatId, found: Found, hash: bytes, taken: Taken) -> int | None:
    """The order of a message that opens by what the export tells; None if it is here already, 0 if its place isn't."""
    gid = chat.gid or b""
    row = message_rows.placed(rows, gid, found.n)
    if row is None or group_rows.hash_at(rows, gid, found.n) != hash:
        taken.elsewhere += 1
        return 0
    if row.kind != group_rows.UNREADABLE or row.why != group_rows.NO_KEY or row.deleted:
        return None
    about = blocked_rows.about(found.kind, found.body, row.sender, blocked_rows.has(rows, row.sender))
    said = {"kind": found.kind, "time": found.time, "body": found.body, "why": None}
    message_rows.change(rows, row.ord, envelope=found.raw["key"], sealed=IMPORT, **said, **about)
    return row.ord


def _arrange(rows: Rows, chat: ChatId, new: set[int]) -> None:
    """Put what was taken in among the lines that were here, by the times that their writers say; neither changes its
    own order.
    """
    lines = message_rows.in_order(rows, chat)
    here = deque((time, order) for order, time in lines if order not in new)
    taken = deque((time, order) for order, time in lines if order in new)
    merged = []
    while here or taken:
        is_next = not here or (taken and taken[0][0] < here[0][0])
        merged.append((taken if is_next else here).popleft()[1])
    chats.arrange(rows, chat, merged, new)
