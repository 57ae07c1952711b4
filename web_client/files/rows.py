"""Files as rows of the vault (section 8.9): one for each that is being sent or fetched, or is here.

A row is named by its message: (owner's uid, the message's id in the vault, conversation). Every function runs inside
one transaction of the vault.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from protocol.errors import Refused
from protocol.files import CHUNK, FileBody, VoiceBody, count_of, length_of
from protocol.gone_messages import GoneItem
from protocol.primitives import AEAD_TAG, FileKey, random_id
from web_client.account.chat_ids import ChatId
from web_client.messages import rows as message_rows
from web_client.vault.database import Rows
from web_client.vault.lines import CLEARED

# of one's own: being read from the page; sent, and perhaps wanted by the authority; nothing left to do; taken back
UPLOADING, SENT, SETTLED, CANCELLED = "uploading", "sent", "settled", "cancelled"
# of others': known; being fetched; whole and checked; to be had nowhere; not what was sent
OFFERED, FETCHING, HERE, GONE, FAILED = "offered", "fetching", "here", "gone", "failed"

OLD = "file_old"  # why a file is to be had only while its owner's agent runs
Name = tuple[bytes, bytes, ChatId]  # (owner, message id, conversation)

_IS = "owner = ? AND message = ? AND chat = ?"
_COLUMNS = "owner, message, id, chat, name, media_type, size, modified, key, hash, state, have, stored, why"


@dataclass(frozen=True, slots=True)
class File:
    """One row. `have`: chunks that are durable here; `stored`: some may be at the authority."""

    owner: bytes
    message: bytes
    id: bytes
    chat: ChatId
    name: str
    media_type: str
    size: int
    modified: int
    key: FileKey
    hash: bytes | None
    state: str
    have: int
    stored: bool
    why: str | None

    @property
    def of(self) -> Name:
        return self.owner, self.message, self.chat

    @property
    def count(self) -> int:
        return count_of(self.size)

    @property
    def path(self) -> str:
        """Where its chunks are: a name of our own, which no sender chooses."""
        return hashlib.sha256(self.owner + self.chat.encode() + b"\0" + self.message).hexdigest()[:32]

    @property
    def done(self) -> int:
        """Bytes of the file that are here."""
        return min(self.size, self.have * CHUNK)

    def sealed_length(self, index: int) -> int:
        return length_of(self.size, index) + AEAD_TAG


def bytes_of(file: File, count: int) -> int:
    """The bytes of the file in its first chunks."""
    return min(file.size, count * CHUNK)


def _file(row: tuple) -> File:  # type: ignore[type-arg]
    owner, message, id, chat, name, media_type, size, modified, key, hash, state, have, stored, why = row
    return File(
        bytes(owner), bytes(message), bytes(id), ChatId(chat), name, media_type, size, modified, FileKey(bytes(key)),
        None if hash is None else bytes(hash), state, have, bool(stored), why,
    )  # fmt: skip


def one(rows: Rows, of: Name) -> File | None:
    row = rows.execute(f"SELECT {_COLUMNS} FROM files WHERE {_IS}", of).fetchone()
    return None if row is None else _file(row)


def own(rows: Rows, me: bytes, message: bytes) -> File | None:
    """One's own file, by the message that announces it or is to: those ids are ours, and none is used twice."""
    row = rows.execute(f"SELECT {_COLUMNS} FROM files WHERE owner = ? AND message = ?", (me, message)).fetchone()
    return None if row is None else _file(row)


def by_id(rows: Rows, owner: bytes, id: bytes) -> File | None:
    """The file that its owner calls so on the wire."""
    row = rows.execute(f"SELECT {_COLUMNS} FROM files WHERE owner = ? AND id = ?", (owner, id)).fetchone()
    return None if row is None else _file(row)


def in_state(rows: Rows, *states: str) -> list[File]:
    marks = ", ".join("?" * len(states))
    return [_file(row) for row in rows.execute(f"SELECT {_COLUMNS} FROM files WHERE state IN ({marks})", states)]


def everything(rows: Rows) -> list[File]:
    return [_file(row) for row in rows.execute(f"SELECT {_COLUMNS} FROM files")]


def end(rows: Rows, file: File, state: str, why: str | None = None) -> None:
    """What was under way has come to this, unless it was cancelled in the same moment."""
    rows.execute(f"UPDATE files SET state = ?, why = ? WHERE {_IS} AND state = ?", (state, why, *file.of, file.state))


def change(rows: Rows, of: Name, **columns: Any) -> None:
    """Other values for these columns of one file. With `have`, so many chunks from the first on are durable."""
    names = ", ".join(f"{name} = ?" for name in columns)
    rows.execute(f"UPDATE files SET {names} WHERE {_IS}", (*columns.values(), *of))


def lose(rows: Rows, file: File, mine: bool) -> None:
    """Its chunks are not here any more: somebody else's can be fetched again, one's own is over."""
    state, why = (CANCELLED, "file_gone") if mine else (OFFERED, None)
    change(rows, file.of, have=0, part=None, state=state, why=why)


def drop(rows: Rows, of: Name) -> None:
    rows.execute(f"DELETE FROM files WHERE {_IS}", of)


# --- one's own, from the page ---


def begin(
    rows: Rows, me: bytes, chat: ChatId, message: bytes, name: str, media_type: str, size: int, modified: int
) -> File:
    """A new file with a key of its own, or the one that was begun: `file_changed` if it isn't the same."""
    known = own(rows, me, message)
    if known is not None:
        if (known.chat, known.name, known.size, known.modified) != (chat, name, size, modified):
            raise Refused("file_changed")
        return known
    if message_rows.written(rows, me, message) is not None:
        raise Refused("bad_request", field="id")
    values = (me, message, random_id(), chat, name, media_type, size, modified, FileKey.generate().save(), UPLOADING)
    rows.execute(
        "INSERT INTO files (owner, message, id, chat, name, media_type, size, modified, key, state) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        values,
    )
    begun = own(rows, me, message)
    assert begun is not None
    return begun


def expect_part(rows: Rows, file: File, offset: int, hash: bytes) -> None:
    """Note what is about to be sealed, before it is: after a cut, only the very same may be sealed in its place.

    `chunk_order` if it isn't the next part, `file_changed` if another one was begun with there.
    """
    now = one(rows, file.of)
    if now is None or now.state != UPLOADING:
        raise Refused("file_gone")
    if now.done != offset:
        raise Refused("chunk_order")
    (before,) = rows.execute(f"SELECT part FROM files WHERE {_IS}", file.of).fetchone()
    if before is not None and bytes(before) != hash:
        raise Refused("file_changed")
    change(rows, file.of, part=hash)


def note_sent(rows: Rows) -> None:
    """Files whose message was written, whatever came right after that."""
    for file in in_state(rows, UPLOADING):
        if message_rows.named(rows, file.chat, file.owner, file.message) is not None:
            to_oneself = file.chat.peer == file.owner  # there is nobody to have it from here
            change(rows, file.of, state=SETTLED if to_oneself else SENT)


def drop_unsent(rows: Rows, of: Name) -> bool:
    """Forget one that nobody has been told of; False if there is none."""
    note_sent(rows)
    return bool(rows.execute(f"DELETE FROM files WHERE {_IS} AND state = ?", (*of, UPLOADING)).rowcount)


# --- others' ---


def known(rows: Rows, of: Name, body: FileBody | VoiceBody) -> File:
    """The row of a file that somebody has sent, made now if it is looked at for the first time."""
    owner, message, chat = of
    rows.execute(
        "INSERT OR IGNORE INTO files (owner, message, id, chat, name, media_type, size, modified, key, hash, state) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?)",
        (owner, message, body.id, chat, body.name, body.media_type, body.size, body.key, body.hash, OFFERED),
    )
    found = one(rows, of)
    assert found is not None
    return found


def deleted(rows: Rows) -> list[File]:
    """Files whose message was deleted, or taken back before it left."""
    sent = [file for file in everything(rows) if file.state != UPLOADING]
    said = [message_rows.named(rows, file.chat, file.owner, file.message) for file in sent]
    return [file for file, row in zip(sent, said, strict=True) if row is None or row.deleted]


def cleared(rows: Rows) -> list[File]:
    """Files whose message our user has deleted for themselves, and which nobody else may have yet to get from here."""
    here = [file for file in everything(rows) if file.state not in (UPLOADING, SENT)]
    said = [message_rows.named(rows, file.chat, file.owner, file.message) for file in here]
    return [file for file, row in zip(here, said, strict=True) if row is not None and row.line == CLEARED]


def note_gone(rows: Rows, me: bytes, item: GoneItem) -> Name | None:
    """The authority keeps this file of one's own no longer: it is to be had only while this agent runs."""
    file = by_id(rows, me, item.id)
    if file is None or not file.stored or file.chat.peer != item.to or file.state != SETTLED:
        return None
    change(rows, file.of, stored=0, why=OLD)
    return file.of
