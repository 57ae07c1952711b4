"""Fetching somebody's file: straight from their agent, or what they have left at the authority; checked as it comes."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from protocol.errors import Forged, HamrazError, Refused, Unreachable
from protocol.files import open_chunk
from protocol.messages import Chunk, Done, DropFile, FetchChunk, GetChunk, Request
from web_client.files import pipeline, staging
from web_client.files.context import FileContext
from web_client.files.rows import HERE, File
from web_client.files.transfer import Transfer
from web_client.net.channel import Channel

KEPT_EVERY = 16  # chunks after which what has come is made durable: at most 4 MiB come twice after a power cut

AUTHORITY, PEER = "authority", "peer"


def fetch(files: FileContext, file: File, transfer: Transfer) -> None:
    """Fetch what is missing and check the whole.

    Raises Unreachable when it is worth another try, `file_gone` when nobody has it, `file_broken` when what comes is
    something else; Stopped when it was cancelled.
    """
    ways: dict[str, Callable[[FileContext, File, Transfer], None]] = {PEER: _from_peer, AUTHORITY: _from_authority}
    order = (AUTHORITY, PEER) if file.chat.gid else (PEER, AUTHORITY)
    troubles: list[HamrazError] = []
    for where in order:
        file = files.row(file.of)
        if file.have == file.count:
            break
        transfer.where = where
        try:
            ways[where](files, file, transfer)
        except (Unreachable, Forged, Refused) as reason:
            if reason.code == "locked":
                raise
            troubles.append(reason)
    file = files.row(file.of)
    if file.have < file.count:
        # what passes by itself counts most, then what was wrong
        raise min(troubles, key=lambda one: (not isinstance(one, Unreachable), not isinstance(one, Forged)))
    try:
        staging.check_whole(files, file)
    except (Forged, Refused):
        files.change(file, have=0, part=None)
        files.store.remove(file.path)
        raise Forged("file_broken") from None
    files.end(file, HERE)
    with contextlib.suppress(HamrazError):  # it goes from there in thirty days anyway
        files.authority.request(DropFile(0, file.owner, file.id), Done)


def _from_peer(files: FileContext, file: File, transfer: Transfer) -> None:
    """On a line of its own, so that messages to and from the same person don't wait behind it."""
    link = files.links.open_another(file.owner)
    try:
        _fetch(files, file, transfer, link.channel, lambda index: FetchChunk(0, file.id, index), pipeline.BY_PEER)
    finally:
        link.close()


def _from_authority(files: FileContext, file: File, transfer: Transfer) -> None:
    def ask(index: int) -> GetChunk:
        return GetChunk(0, file.owner, file.id, index)

    with files.by_authority:
        _fetch(files, file, transfer, files.authority.line(), ask, pipeline.BY_AUTHORITY)


def _fetch(
    files: FileContext, file: File, transfer: Transfer, channel: Channel, ask: Callable[[int], Request], width: int
) -> None:
    """Keep each missing chunk that opens; now and then make durable what has come."""
    store = files.store

    def take(index: int, chunk: Chunk) -> None:
        transfer.check()
        open_chunk(file.key, files.ctx.authority_id, file.id, index, file.size, chunk.sealed)
        store.write(file.path, index, chunk.sealed)
        if (index + 1) % KEPT_EVERY == 0 or index + 1 == file.count:
            store.sync(file.path)
            files.change(file, have=index + 1, part=None)
        transfer.show(index + 1)

    pipeline.run(channel, range(file.have, file.count), ask, Chunk, take, width)
