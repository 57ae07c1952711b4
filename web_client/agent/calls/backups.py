"""The agent's calls about backups of this vault (docs/agent-api.md); restoring one stands in restore.py."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from protocol import backups
from protocol.errors import Refused
from protocol.files import count_of
from protocol.primitives import AEAD_TAG
from web_client.account.restored import load, told
from web_client.agent.calls.base import Calls
from web_client.agent.calls.forms import call
from web_client.agent.session import UserSession
from web_client.agent.views import status as status_views
from web_client.backups.sealing import Sealed
from web_client.files.names import clean_name


class BackupCalls(Calls):
    """The part of the facade that is about backups."""

    _for_file: Sealed | None = None  # made, and not fetched yet

    @call()
    def make_backup(self) -> dict[str, Any]:
        """One now, left at the authority. `kit_needed`, `quota_full`, `authority_down`."""
        session = self._open()
        session.backups.make()
        return {"backup": status_views.backup(session)}

    @call()
    def check_backup(self) -> dict[str, Any]:
        """Whether the newest is still what was left; `backup_lost`, and then another one is made."""
        session = self._open()
        session.backups.check()
        return {"backup": status_views.backup(session)}

    @call()
    def backup_file(self) -> dict[str, Any]:
        """A ticket by which the browser saves one as a file."""
        session = self._open()
        self._drop_file(session)
        self._for_file = session.backups.to_file()
        return {"ticket": self.tickets.issue(self._for_file)}

    @call()
    def restore_read(self) -> dict[str, Any]:
        """The person knows from when the backup was that this vault was made from."""
        session = self._open()
        if session.ctx.vault.read(load) is not None:
            session.ctx.vault.write(told)
        self._tell("backup", status_views.backup(session))
        return {}

    def backup_of(self, session: UserSession, sealed: Sealed) -> tuple[str, int, Iterator[bytes]]:
        """(name, bytes, what is in it) of a backup that is saved as a file."""
        if sealed is not self._for_file:
            raise Refused("file_gone")
        self._for_file = None
        day = datetime.fromtimestamp(sealed.about.when / 1000).astimezone().date()  # as the person has it
        beginning = backups.file_beginning(sealed.head)
        size = len(beginning) + sealed.size + count_of(sealed.size) * AEAD_TAG
        return clean_name(f"{sealed.about.name} {day}.hamraz-backup"), size, self._saved(session, sealed, beginning)

    def _saved(self, session: UserSession, sealed: Sealed, beginning: bytes) -> Iterator[bytes]:
        try:
            yield beginning
            for index in range(count_of(sealed.size)):
                if self._session is not session:
                    raise Refused("locked")
                yield session.backups.read(sealed, index)
        finally:
            session.backups.remove(sealed)

    def _drop_file(self, session: UserSession) -> None:
        if self._for_file is not None:
            session.backups.remove(self._for_file)
            self._for_file = None
