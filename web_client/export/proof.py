"""The lines of a proof.json (docs/export.md): what others have signed, and what opens it, message by message.

Of a group nothing goes out that opens more than what is shown: each message's own key, never the epoch's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import msgspec

from protocol.errors import Forged
from protocol.group_entries import MessageEntry, decode_entry, encode_entry, stub_of
from protocol.primitives import EpochKey
from protocol.statements import Export, Head, Signed, decode_strict, issue
from web_client.account.chat_ids import ChatId
from web_client.export.source import SLICE, Source
from web_client.groups import rows as group_rows
from web_client.messages import rows as message_rows
from web_client.messages.outgoing import IMPORT
from web_client.messages.rows import MessageRow
from web_client.vault.database import Rows
from web_client.vault.lines import HIDDEN, HIDDEN_MARK

WHAT = "hamraz/v2/export"
OPENING, CLOSING = b"[\n", b"]\n"

_encode = msgspec.json.Encoder().encode


class Proof:
    """Writes one: `begin`, `chat` for each conversation, `end`. Each gives pieces of the file, in their order."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._hash = hashlib.sha256()
        self._lines = 0

    def begin(self) -> Iterator[bytes]:
        """The log up to its newest head, under which all names and keys stand; `log_behind` if there is none yet."""
        source, key = self._source, self._source.trust.log.authority_key
        signed = source.trust.head
        if key is None or signed is None:
            raise Forged("log_behind")
        yield self._take(OPENING)
        yield self._line("export", what=WHAT, authority_key=key.raw, uid=source.me.uid)
        size = decode_strict(signed.body, Head).size
        for start in range(0, size, SLICE):
            entries = source.trust.raw_entries(range(start, min(size, start + SLICE)))
            yield b"".join([self._line("log", entry=entry) for entry in entries])
        yield self._line("head", **_signed(signed))

    def chat(self, chat: ChatId) -> Iterator[bytes]:
        """What proves one conversation."""
        if chat.gid is not None:
            name = self._source.title(chat)
            yield self._line("chat", **{"with": None, "group": chat.gid, "name": name})
            yield from self._group(chat.gid)
            return
        if chat.peer == self._source.me.uid:
            return  # notes to oneself: nobody has signed anything
        yield self._line("chat", **{"with": chat.peer, "group": None, "name": None})
        for found in self._source.rows(chat):
            yield b"".join([self._private(row) for row in found])

    def end(self, page: bytes) -> bytes:
        """The last line: everything before it is signed by it; `page`: SHA-256 of the page that goes with it."""
        source = self._source
        said = Export(source.me.uid, source.now(), self._lines, self._hash.digest(), page)
        line = _encode({"is": "end"} | _hex(_signed(issue(said, source.me.key, source.trust.authority_id))))
        return line + b"\n" + CLOSING

    def _private(self, row: MessageRow) -> bytes:
        """What of this message its writer has signed; of one's own, what its reader has."""
        if not row.hash or row.sequence <= 0:
            return b""  # it could not be read when it came
        own = row.sender == self._source.me.uid
        receipt = decode_strict(row.receipt, Signed) if own and row.receipt is not None else None
        told = None if receipt is None else _signed(receipt)
        if own and row.raw:
            return self._line("own", key=row.key, message=row.raw, receipt=told)
        if not own and row.envelope is not None:
            return self._line("said", key=row.key, **_signed(decode_strict(row.envelope, Signed)))
        place = {"by": row.sender, "key": row.key, "sequence": row.sequence, "previous": row.previous, "hash": row.hash}
        return self._line("gone", **place, receipt=told)

    def _group(self, gid: bytes) -> Iterator[bytes]:
        source = self._source
        keys = source.read(lambda rows: group_rows.keys(rows, gid))
        signed = source.read(lambda rows: group_rows.signed_end(rows, gid))
        entries, placed = self._stretch(gid, 0)
        while entries:
            yield b"".join([self._entry(raw, placed.get(n), keys) for n, raw in entries])
            entries, placed = self._stretch(gid, entries[-1][0])
        if signed is not None:
            yield self._line("chain", **_signed(signed))

    def _stretch(self, gid: bytes, after: int) -> tuple[list[tuple[int, bytes]], dict[int, MessageRow]]:
        """Entries of a chain beyond a place, and the messages that they are here."""

        def ask(rows: Rows) -> tuple[list[tuple[int, bytes]], dict[int, MessageRow]]:
            found = group_rows.stretch(rows, gid, after, SLICE)
            return found, message_rows.placed_between(rows, gid, after, found[-1][0]) if found else {}

        return self._source.read(ask)

    def _entry(self, raw: bytes, row: MessageRow | None, keys: dict[int, EpochKey]) -> bytes:
        """An entry of a chain; of a message whose words aren't shown here, what stays of it without them."""
        entry = decode_entry(raw)
        if not isinstance(entry, MessageEntry):
            return self._line("entry", entry=raw, key=None)
        key = _message_key(entry, row, keys) if row is not None and _has_words(row) else None
        if key is None:
            return self._line("entry", entry=encode_entry(stub_of(entry, raw)), key=None)
        return self._line("entry", entry=raw, key=key)

    def _line(self, what: str, /, **fields: Any) -> bytes:
        self._lines += 1
        return self._take(_encode({"is": what} | _hex(fields)) + b",\n")

    def _take(self, piece: bytes) -> bytes:
        self._hash.update(piece)
        return piece


def _message_key(entry: MessageEntry, row: MessageRow, keys: dict[int, EpochKey]) -> bytes | None:
    """What opens this message and no other: by its epoch's key, or as another export has told it."""
    key = keys.get(row.epoch or 0)
    return key.message_key(entry.header) if key is not None else row.envelope if row.sealed == IMPORT else None


def _has_words(row: MessageRow) -> bool:
    return bool(row.body) and not row.deleted and row.line not in (HIDDEN, HIDDEN_MARK)


def _signed(signed: Signed) -> dict[str, Any]:
    return {"body": signed.body, "sig": signed.sig}


def _hex(fields: dict[str, Any]) -> dict[str, Any]:
    """Bytes as hexadecimal texts."""
    found: dict[str, Any] = {}
    for name, value in fields.items():
        found[name] = value.hex() if isinstance(value, bytes) else _hex(value) if isinstance(value, dict) else value
    return found
