"""The agent's calls about files (docs/agent-api.md). What a file holds goes by HTTP: page/file_routes.py."""

from __future__ import annotations

import base64
import binascii
import contextlib
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta

from protocol.errors import Forged, HamrazError, Refused
from protocol.files import (
    CAPTION_LIMIT,
    CHUNK,
    FILE,
    FILE_LIMIT,
    PREVIEW_LIMIT,
    VOICE,
    WAVEFORM_LIMIT,
    FileBody,
    VoiceBody,
    encode_file,
)
from protocol.group_ephemeral import SENDING
from web_client.account.chat_ids import ChatId
from web_client.account.events import FileProgress, MessageChanged
from web_client.agent.calls import doing
from web_client.agent.calls.backups import BackupCalls
from web_client.agent.calls.forms import FileTime, MessageId, Milliseconds, Order, Pixels, call
from web_client.agent.views import files as file_views
from web_client.backups.sealing import Sealed
from web_client.export import archive
from web_client.export.archive import Wanted
from web_client.files import rows as file_rows
from web_client.files import staging
from web_client.files.containers import media_of
from web_client.files.names import clean_name, clean_type
from web_client.files.rows import HERE, SENT, SETTLED, File
from web_client.messages import rows as message_rows

if TYPE_CHECKING:
    from web_client.agent.session import UserSession

# what a preview may begin with: JPEG, PNG, WebP
RASTERS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF")


class FileCalls(BackupCalls):
    """The part of the facade that is about files."""

    # --- sending ---

    @call()
    def file_begin(
        self,
        chat: ChatId,
        id: MessageId,
        name: Annotated[str, Meta(min_length=1, max_length=1000)],
        size: Order,
        media_type: Annotated[str, Meta(max_length=1000)] = "",
        modified: FileTime = 0,
    ) -> dict[str, Any]:
        """Begin to hand over a file, or ask how far it has come."""
        session = self._open()
        self._check_chat(session, chat)
        file = staging.begin(
            session.files.context, chat, bytes.fromhex(id), clean_name(name), clean_type(media_type), size, modified
        )
        self._say_sending(file, file.done < size)
        return {"done": file.done, "part": staging.PART}

    @call()
    def send_file(
        self,
        id: MessageId,
        caption: str = "",
        preview: Annotated[str, Meta(max_length=33_000)] | None = None,
        width: Pixels = 0,
        height: Pixels = 0,
    ) -> dict[str, Any]:
        """Write the message that announces a file whose parts are all here."""
        message = bytes.fromhex(id)
        if len(caption.encode()) > CAPTION_LIMIT:
            raise Refused("message_too_long", field="caption", limit=CAPTION_LIMIT)
        picture = _preview(preview)

        def announcing(file: File) -> tuple[str, bytes]:
            assert file.hash is not None
            return FILE, encode_file(FileBody(
                file.id, file.name, file.media_type, file.size, file.hash, file.key.save(), CHUNK,
                picture, width if picture else 0, height if picture else 0, caption.strip(),
            ))  # fmt: skip

        return self._send(message, announcing)

    @call()
    def send_voice(
        self, id: MessageId, duration: Milliseconds, waveform: Annotated[str, Meta(max_length=88)] = ""
    ) -> dict[str, Any]:
        """The same of what somebody has spoken."""
        heights = _waveform(waveform)

        def announcing(file: File) -> tuple[str, bytes]:
            assert file.hash is not None
            return VOICE, encode_file(VoiceBody(
                file.id, file.name, file.media_type, file.size, file.hash, file.key.save(), CHUNK, duration, heights,
            ))  # fmt: skip

        return self._send(bytes.fromhex(id), announcing)

    def _send(self, message: bytes, announcing: Callable[[File], tuple[str, bytes]]) -> dict[str, Any]:
        """Write what announces a file, once: `announcing` gives its kind and body."""
        session = self._open()
        file = staging.begun(session.files.context, message)
        known = session.ctx.vault.read(lambda rows: message_rows.named(rows, file.chat, file.owner, message))
        if known is None:
            self._check_chat(session, file.chat)
            file = staging.finish(session.files.context, message)
            with session.files.context.alone(file.of, waits=True):
                session.files.context.row(file.of)  # it may have been dropped while it was looked over
                self._write(file.chat, *announcing(file), message)
                session.ctx.vault.write(file_rows.note_sent)
            session.files.try_now()
        else:
            session.ctx.emit(MessageChanged(known.ord))  # whoever asks again has not heard of it
        return {"chat": file.chat, "id": message.hex()}

    @call()
    def uploads(self) -> dict[str, Any]:
        return {"uploads": file_views.uploads(self._open())}

    @call()
    def file_drop(self, id: MessageId) -> dict[str, Any]:
        """Forget a file that hasn't been sent."""
        session, message = self._open(), bytes.fromhex(id)
        file = session.ctx.vault.read(lambda rows: file_rows.own(rows, session.ctx.me.uid, message))
        staging.drop(session.files.context, message)
        if file is not None:
            self._say_sending(file, False)
        return {}

    # --- having ---

    @call()
    def file_fetch(self, chat: ChatId, order: Order) -> dict[str, Any]:
        session, file = self._file(chat, order)
        session.blocked.allow(file.owner, "order")
        if file.size > FILE_LIMIT:
            raise Refused("file_too_big", limit=FILE_LIMIT >> 20)
        session.files.fetch(file)
        session.ctx.emit(FileProgress(file.of))
        return {}

    @call()
    def file_cancel(self, chat: ChatId, order: Order) -> dict[str, Any]:
        session, file = self._file(chat, order)
        session.files.cancel(file)
        session.ctx.emit(FileProgress(file.of))
        return {}

    @call()
    def file_ticket(self, chat: ChatId, order: Order) -> dict[str, Any]:
        """A ticket to save the file with; only once it is whole and checked."""
        session, file = self._file(chat, order)
        if file.state not in (HERE, SENT, SETTLED) or not session.files.is_here(file):
            raise Refused("file_gone")
        return {"ticket": self.tickets.issue(file.of)}

    @call()
    def file_play(self, chat: ChatId, order: Order) -> dict[str, Any]:
        """What a file is, if it may be played or moves inside the page, and a ticket for that; else nulls."""
        session, file = self._file(chat, order)
        if file.state not in (HERE, SENT, SETTLED) or not session.files.is_here(file):
            raise Refused("file_gone")
        head = staging.plain_chunk(session.files.context, file, 0) if file.count else b""
        media = media_of(head, clean_type(file.media_type))
        if media is None:
            return {"media": None, "ticket": None}
        return {"media": media.kind, "ticket": self.plays.issue((file.of, media.type))}

    @call()
    def file_preview(self, chat: ChatId, order: Order) -> dict[str, Any]:
        """The small picture that came with the message, in base64; or null."""
        found = file_views.announced(self._open(), chat, order)
        if found is None:
            raise Refused("file_gone")
        picture = found[1].preview if isinstance(found[1], FileBody) else b""
        return {"preview": base64.b64encode(picture).decode() if picture.startswith(RASTERS) else None}

    # --- by HTTP ---

    def take_part(self, id: str, offset: int, part: bytes) -> int:
        """Keep the next part of a file that was begun; how many bytes are here now."""
        file = staging.take_part(self._open().files.context, bytes.fromhex(id), offset, part)
        self._say_sending(file, True)
        return file.done

    def open_file(self, ticket: str) -> tuple[str, int | None, Iterator[bytes]]:
        """(name, bytes, what is in it) of the file that a ticket opens; `bad_token`, `file_gone`. How many bytes an
        export has nobody knows before it is made.
        """
        session, of = self._open(), self.tickets.use(ticket)
        if of is None:
            raise Refused("bad_token")
        if isinstance(of, Sealed):
            return self.backup_of(session, of)
        if isinstance(of, Wanted):
            source = archive.source_of(session.ctx)
            return archive.file_name(source, of.chats), None, self._pieces(session, archive.export(source, of))
        file = session.files.context.row(of)
        return clean_name(file.name), file.size, self._chunks(session, file)

    def open_play(self, ticket: str) -> tuple[str, int, Callable[[int, int], Iterator[bytes]]]:
        """(type, bytes, a function that gives those from one place up to another) of what is played; `bad_token`."""
        session, played = self._open(), self.plays.look(ticket)
        if played is None:
            raise Refused("bad_token")
        of, type = played
        file = session.files.context.row(of)

        def stretch(begin: int, end: int) -> Iterator[bytes]:
            for index in range(begin // CHUNK, -(-end // CHUNK)):
                if self._session is not session:
                    raise Refused("locked")
                start = index * CHUNK
                yield staging.plain_chunk(session.files.context, file, index)[max(0, begin - start) : end - start]

        return type, file.size, stretch

    def _chunks(self, session: UserSession, file: File) -> Iterator[bytes]:
        for index in range(file.count):
            if self._session is not session:
                raise Refused("locked")
            yield staging.plain_chunk(session.files.context, file, index)

    def _pieces(self, session: UserSession, pieces: Iterator[bytes]) -> Iterator[bytes]:
        for piece in pieces:
            if self._session is not session:
                raise Refused("locked")
            time.sleep(0)  # between two stretches others have their turn: green threads get it nowhere else
            if piece:
                yield piece

    # --- inside ---

    def _file(self, chat: ChatId, order: int) -> tuple[UserSession, File]:
        """The row of the file that a message announces, made now if it is asked for the first time."""
        session = self._open()
        try:
            found = file_views.announced(session, chat, order)
        except Forged:
            found = None
        if found is None:
            raise Refused("file_gone", field="order")
        of, body = found
        if of[0] == session.ctx.me.uid:
            return session, session.files.context.row(of)
        return session, session.ctx.vault.write(lambda rows: file_rows.known(rows, of, body))

    def _say_sending(self, file: File, on: bool) -> None:
        """Whom it is for sees that it is coming, long before there is a message; whatever keeps it from being told."""
        with contextlib.suppress(HamrazError):
            doing.say(self._open(), file.chat, on, SENDING)

    def _check_chat(self, session: UserSession, chat: ChatId) -> None:
        """Raise what keeps a file from being sent there."""
        if chat.peer == session.ctx.me.uid:  # it stays here
            return
        session.ctx.trust.require_sending()
        room = session.groups.rooms.get(chat.gid or b"")
        if room is None:
            self._writable(chat)
        else:
            room.require_joined("chat")


def _waveform(text: str) -> bytes:
    try:
        heights = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        heights = bytes(WAVEFORM_LIMIT + 1)
    if len(heights) > WAVEFORM_LIMIT:
        raise Refused("bad_request", field="waveform")
    return heights


def _preview(text: str | None) -> bytes:
    """The picture's bytes, if they are few enough and begin like a raster picture; `bad_request`."""
    try:
        picture = base64.b64decode(text or "", validate=True)
    except (binascii.Error, ValueError):
        raise Refused("bad_request", field="preview") from None
    if len(picture) > PREVIEW_LIMIT or (picture and not picture.startswith(RASTERS)):
        raise Refused("bad_request", field="preview")
    return picture
