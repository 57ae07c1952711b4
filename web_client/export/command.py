"""Exports without a page: `run.py agent --export` and `--import`, on the vault of an agent that doesn't run."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

from protocol.errors import Refused
from storage.layout import named
from web_client.account import identity
from web_client.account.chat_ids import ChatId
from web_client.account.verified_log import VerifiedLog
from web_client.export import archive, reading
from web_client.export.archive import Wanted
from web_client.export.source import Source
from web_client.export.words import Language
from web_client.groups import rows as group_rows
from web_client.vault.database import Offload, Vault


@contextlib.contextmanager
def opened(folder: Path, password: str, offload: Offload) -> Iterator[Source]:
    """What is exported from, of a folder that is ours; `no_account`, `password`, or what the vault says."""
    if not Vault.exists(folder):
        raise Refused("no_account")
    vault = Vault.open(folder, password, offload)
    try:
        me, link = identity.load_identity(vault)
        trust = VerifiedLog(vault, link.authority_id, lambda alarm: None, lambda: 0)
        vault.check()  # what is shown to others rests on these
        trust.check_again()
        if vault.trouble is not None:
            raise vault.trouble
        yield Source(vault, trust, me, lambda: time.time_ns() // 1_000_000)
    finally:
        vault.close()


def take_out(source: Source, path: Path, chat: str | None, language: Language) -> list[str]:
    """Write the export of one conversation, or of all, to a new file that only its owner may read; what is in it.

    `no_such_chat`, or what the disk says. The file is there when it is whole.
    """
    chats = tuple(archive.everything(source)) if chat is None else (_named(source, chat),)
    part = path.with_name(path.name + ".part")
    try:
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            for piece in archive.export(source, Wanted(chats, language)):
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except OSError as failure:
        raise named(failure, path.parent) from None
    return [source.title(one) for one in chats]


def take_in(source: Source, path: Path) -> str:
    """Take an export in; in words, what has become of it."""
    taken = reading.take_in(source, path)
    said = f"{path}: {taken.new} new messages in {len(taken.chats)} conversations; {taken.known} were here"
    return said + (f"; {taken.elsewhere} of groups whose chain isn't here" if taken.elsewhere else "")


def _named(source: Source, name: str) -> ChatId:
    """The conversation with this person, or the group of this name, if there is one."""
    groups = source.read(lambda rows: group_rows.named(rows, name))
    user = source.trust.log.by_name(name)
    found = [ChatId.group(gid) for gid in groups] + ([ChatId.private(user.uid)] if user is not None else [])
    if len(found) != 1:
        raise Refused("no_such_chat", field="chat")
    return found[0]
