"""One's own files after they were sent: serving them to whom they are for, and leaving them at the authority."""

from __future__ import annotations

from protocol.errors import HamrazError, Refused
from protocol.messages import Done, DropFile, FileIs, OfferFile, PutChunk
from web_client.account.events import ContentDeleted
from web_client.files import pipeline
from web_client.files import rows as file_rows
from web_client.files.context import FileContext
from web_client.files.rows import CANCELLED, SENT, SETTLED, File
from web_client.files.transfer import Transfer
from web_client.messages import rows as message_rows
from web_client.messages.deposit import STORED

# what no second try mends: the file is to be had straight from here only
FINAL = {"quota_full", "file_too_big", "unknown_user", "not_member", "stale"}


def serve(files: FileContext, peer: bytes, id: bytes, index: int) -> bytes:
    """A sealed chunk for somebody whom the file was sent to; for all others, and for what isn't here, `file_gone`."""
    file = files.ctx.vault.read(lambda rows: file_rows.by_id(rows, files.ctx.me.uid, id))
    if file is None or file.hash is None or file.state == CANCELLED or index >= file.count:
        raise Refused("file_gone")
    if not _for(files, file, peer):
        raise Refused("file_gone")
    sealed = files.store.read(file.path, index, file.sealed_length(index))
    if index + 1 == file.count and file.chat.peer and file.state == SENT:
        # the one person whom it is for has all of it
        files.end(file, SETTLED)
    return sealed


def _for(files: FileContext, file: File, peer: bytes) -> bool:
    if file.chat.peer is not None:
        return peer == file.chat.peer
    room = files.groups.rooms.get(file.chat.gid or b"")
    member = room.group.members.get(peer) if room is not None else None
    return member is not None and member.joined and not member.leaving


def wanted_there(files: FileContext, file: File) -> bool:
    """True if the authority should have this file now: for a group, or for somebody who is away."""
    if not files.authority.up:
        return False
    if file.state == CANCELLED:
        return file.stored
    if file.state != SENT or file.count == 0:
        return False
    if file.chat.gid is not None:
        return True
    here, _since = files.authority.presence.of(file.chat.peer or b"")
    return not here or _is_mailed(files, file)


def _is_mailed(files: FileContext, file: File) -> bool:
    """Whether its message went by the mailbox: somebody who is there may be out of reach all the same."""
    row = files.ctx.vault.read(lambda rows: message_rows.named(rows, file.chat, file.owner, file.message))
    return row is not None and row.state == STORED


def leave(files: FileContext, file: File, transfer: Transfer) -> None:
    """Leave the file at the authority, from where it has got to; or take back what was left there."""
    with files.by_authority:
        if file.state == CANCELLED:
            files.authority.request(DropFile(0, file.owner, file.id), Done)
            files.change(file, stored=0)
            files.ctx.emit(ContentDeleted())
            return
        transfer.where = "authority"
        try:
            _leave(files, file, transfer)
        except HamrazError as reason:
            if reason.code != "file_gone" and reason.code not in FINAL:
                raise
            # gone: meanwhile its reader has got it another way
            files.end(file, SETTLED, None if reason.code == "file_gone" else reason.code)
            return
    files.end(file, SETTLED)


def _leave(files: FileContext, file: File, transfer: Transfer) -> None:
    channel = files.authority.line()
    # before it is there: whatever happens, it can be taken back
    files.change(file, stored=1)
    have = channel.request(OfferFile(0, file.id, file.size, file.chat.peer, file.chat.gid), FileIs).have
    transfer.show(have)

    def ask(index: int) -> PutChunk:
        transfer.check()
        return PutChunk(0, file.id, index, files.store.read(file.path, index, file.sealed_length(index)))

    missing, told = range(have, file.count), lambda index, _done: transfer.show(index + 1)
    pipeline.run(channel, missing, ask, Done, told, pipeline.BY_AUTHORITY)
