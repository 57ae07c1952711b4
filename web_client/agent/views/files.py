"""What the page is shown of a file: File of docs/agent-api.md, made from a message and its row. Reads only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from protocol.files import FILE, VOICE, FileBody, VoiceBody, decode_announced
from web_client.account import bounds
from web_client.account.chat_ids import ChatId
from web_client.files import rows as file_rows
from web_client.files.names import clean_name, clean_type
from web_client.files.rows import CANCELLED, File, Name, bytes_of
from web_client.messages import ids
from web_client.messages import rows as message_rows
from web_client.messages.outgoing import IMPORT
from web_client.messages.rows import MessageRow
from web_client.vault.database import Rows
from web_client.vault.lines import SHOWN

if TYPE_CHECKING:
    from web_client.agent.session import UserSession


def shown(session: UserSession, rows: Rows, row: MessageRow) -> dict[str, Any]:
    """File, of the message that announces it. Raises `bad_statement` if the body has another form."""
    of, said = (row.sender, row.id, row.chat), decode_announced(row.kind, row.body)
    file = file_rows.one(rows, of)
    return {
        "id": said.id.hex(),
        "name": clean_name(said.name),
        "media_type": clean_type(said.media_type),
        "size": bounds.whole(said.size),
        **(_picture(said) if isinstance(said, FileBody) else NO_PICTURE),
        "voice": _voice(session, said, row) if isinstance(said, VoiceBody) else None,
        **progress(session, of, file),
    }


NO_PICTURE: Final = {"width": 0, "height": 0, "preview": False}


def _picture(said: FileBody) -> dict[str, Any]:
    return {"width": said.width, "height": said.height, "preview": bool(said.preview)}


def _voice(session: UserSession, said: VoiceBody, row: MessageRow) -> dict[str, Any]:
    """Who tells nothing of listening is told nothing; what was imported counts as heard."""
    told = session.ctx.settings.read_receipts or row.sender != session.ctx.me.uid
    listened = (row.listened is not None and told) or row.sealed == IMPORT
    return {"duration": said.duration, "waveform": list(said.waveform), "listened": listened}


def progress(session: UserSession, of: Name, file: File | None) -> dict[str, Any]:
    """What changes while a file goes: `state`, `done`, `where`, `why`."""
    mine = of[0] == session.ctx.me.uid
    if file is None:
        return {"state": "gone" if mine else "offered", "done": 0, "where": None, "why": "file_gone" if mine else None}
    transfer = session.files.under_way(of)
    done = bytes_of(file, transfer.done) if transfer is not None and not transfer.stopped else file.done
    return {
        "state": _state(file, mine, transfer is not None),
        "done": done,
        "where": transfer.where if transfer is not None else None,
        "why": file.why if transfer is None else None,
    }


def _state(file: File, mine: bool, is_moving: bool) -> str:
    if not mine or file.state == CANCELLED:
        return file.state
    return "sending" if is_moving else "here"


def moving(session: UserSession, of: Name) -> dict[str, Any] | None:
    """The pushed event `file`, or None for a file whose message isn't here."""

    def ask(rows: Rows) -> tuple[File | None, str | None]:
        owner, id, chat = of
        row = message_rows.named(rows, chat, owner, id)
        name = None if row is None or row.line != SHOWN else ids.shown(rows, session.ctx.me.uid, row)
        return file_rows.one(rows, of), name

    file, id = session.ctx.vault.read(ask)
    if id is None:
        return None
    return {"chat": of[2], "id": id, "file": progress(session, of, file)}


def uploads(session: UserSession) -> list[dict[str, Any]]:
    """What was begun in the page and is not sent yet."""
    files = session.ctx.vault.read(lambda rows: file_rows.in_state(rows, file_rows.UPLOADING))
    return [
        {
            "id": file.message.hex(),
            "chat": file.chat,
            "name": file.name,
            "size": file.size,
            "modified": file.modified,
            "done": file.done,
        }
        for file in files
    ]


def announced(session: UserSession, chat: ChatId, order: int) -> tuple[Name, FileBody | VoiceBody] | None:
    """(name, body) of the file that the message at this place announces."""
    row = session.ctx.vault.read(lambda rows: message_rows.line(rows, chat, order))
    if row is None or row.kind not in (FILE, VOICE) or row.deleted:
        return None
    return (row.sender, row.id, chat), decode_announced(row.kind, row.body)
