"""The file that is exported: a zip of messages.html, proof.json and verify.py, made while it is sent.

Nothing of it lies on this disk; in memory is a stretch of the proof, and of the page all of it, deflated.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from web_client.account.chat_ids import ChatId
from web_client.account.context import AccountContext
from web_client.export.page import Page
from web_client.export.proof import Proof
from web_client.export.source import Source
from web_client.export.words import Language
from web_client.files.names import clean_name
from web_client.messages import chats as chat_rows

PROOF, PAGE, PROGRAM = "proof.json", "messages.html", "verify.py"
VERIFY = Path(__file__).with_name(PROGRAM)


def source_of(ctx: AccountContext) -> Source:
    """An open account's."""
    return Source(ctx.vault, ctx.trust, ctx.me, ctx.clock)


def everything(source: Source) -> list[ChatId]:
    """All conversations in which there is something, the newest last; of nobody whom the log doesn't know."""
    found = source.read(lambda rows: sorted((chat_rows.newest(rows, chat), chat) for chat in chat_rows.all_of(rows)))
    return [chat for _position, chat in found if chat.peer is None or source.user(chat.peer) is not None]


def file_name(source: Source, chats: tuple[ChatId, ...]) -> str:
    """What the file is called."""
    return clean_name(f"hamraz-{source.title(chats[0]) if len(chats) == 1 else source.me.name}.zip")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which conversations are to be exported, and in which language their page is."""

    chats: tuple[ChatId, ...]
    language: Language


def export(source: Source, wanted: Wanted) -> Iterator[bytes]:
    """The zip with these conversations, in pieces, some of them empty."""
    sink, chats = _Sink(), wanted.chats
    proof, page = Proof(source), Page(source, wanted.language)
    with zipfile.ZipFile(cast(IO[bytes], sink), "w", zipfile.ZIP_DEFLATED) as archive:
        held = _Held()
        with archive.open(PROOF, "w", force_zip64=True) as file:
            for piece in proof.begin():
                file.write(piece)
                yield sink.take()
            held.add(page.begin(chats))
            for chat in chats:
                for piece in proof.chat(chat):
                    file.write(piece)
                    yield sink.take()
                for piece in page.chat(chat):
                    held.add(piece)
                    yield b""
            held.add(page.end())
            file.write(proof.end(page.hash))
        with archive.open(PAGE, "w", force_zip64=True) as file:
            for piece in held.give():
                file.write(piece)
                yield sink.take()
        archive.write(VERIFY, PROGRAM)
    yield sink.take()


class _Sink:
    """What the zip is written into: it can't go back, and what was written is taken away at once."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, piece: bytes) -> int:
        self._pieces.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """There is nothing behind it."""

    def take(self) -> bytes:
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)


class _Held:
    """Bytes in memory, deflated until they are wanted."""

    def __init__(self) -> None:
        self._deflate = zlib.compressobj(1)
        self._pieces: list[bytes] = []

    def add(self, piece: bytes) -> None:
        self._pieces.append(self._deflate.compress(piece))

    def give(self) -> Iterator[bytes]:
        inflate = zlib.decompressobj()
        for piece in [*self._pieces, self._deflate.flush()]:
            while piece:
                yield inflate.decompress(piece, 1 << 18)
                piece = inflate.unconsumed_tail
