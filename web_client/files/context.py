"""What moving files needs: where they lie, the lines on which they come and go, and who may have them."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from protocol.errors import Refused
from web_client.account.context import AccountContext
from web_client.authority.link import AuthorityLink
from web_client.files import rows as file_rows
from web_client.files.rows import File, Name
from web_client.groups.service import GroupService
from web_client.peers.outgoing import PeerLinks
from web_client.vault.chunk_store import FileStore


@dataclass(eq=False)
class FileContext:
    """Handed to whatever moves one; decides nothing."""

    ctx: AccountContext
    store: FileStore
    authority: AuthorityLink
    links: PeerLinks
    groups: GroupService

    def __post_init__(self) -> None:
        self.by_authority = threading.Semaphore(2)  # files on that line at once: four chunks, half of what it takes
        self._changed = threading.Condition()
        self._busy: set[Name] = set()

    def row(self, of: Name) -> File:
        """The file's row; `file_gone` if there is none."""
        file = self.ctx.vault.read(lambda rows: file_rows.one(rows, of))
        if file is None:
            raise Refused("file_gone")
        return file

    def change(self, file: File, **columns: Any) -> None:
        """Other values for these columns of its row."""
        self.ctx.vault.write(lambda rows: file_rows.change(rows, file.of, **columns))

    def end(self, file: File, state: str, why: str | None = None) -> None:
        """What was under way has come to this, unless it was cancelled in the same moment."""
        self.ctx.vault.write(lambda rows: file_rows.end(rows, file, state, why))

    @contextlib.contextmanager
    def alone(self, of: Name, waits: bool = False) -> Iterator[None]:
        """One caller at a time for a file that comes from the page; the second gets `chunk_order`, or waits: for a part
        that is being kept, no longer.
        """
        with self._changed:
            if of in self._busy and not waits:
                raise Refused("chunk_order")
            self._changed.wait_for(lambda: of not in self._busy)
            self._busy.add(of)
        try:
            yield
        finally:
            with self._changed:
                self._busy.discard(of)
                self._changed.notify_all()
