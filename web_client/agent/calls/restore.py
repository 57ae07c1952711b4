"""The agent's calls by which an account goes on here from its recovery kit (docs/agent-api.md): before log-in."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

from msgspec import Meta

from protocol.backups import BackupAbout
from protocol.errors import HamrazError, Refused
from protocol.kit import Kit, read_kit
from protocol.links import Link
from protocol.log import User
from protocol.primitives import FileKey
from web_client.account import identity, kits, new_account, restored
from web_client.account.identity import Greeting
from web_client.agent.calls.forms import call
from web_client.agent.lifecycle import clock
from web_client.agent.with_kit import WithKit
from web_client.backups import importing, restoring
from web_client.backups.brought import Brought
from web_client.backups.importing import Account
from web_client.backups.restoring import AtAuthority, InFile, Source
from web_client.net.channel import Channel
from web_client.vault import unfinished
from web_client.vault.database import Rows, Vault

_NONE = ("no_backup", "backup_broken", "backup_newer")  # why there is none to go on from
BackupId = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}\Z")]


class RestoreCalls(WithKit):
    """The part of the facade that is about an account whose computer is lost."""

    given_file: Path | None = None  # named at the start, instead of what waits at the authority
    _brought: Brought | None = None  # handed over by a page: it comes before both

    @property
    def restore_file(self) -> Path | None:
        """What is gone on from, if it is a file."""
        brought = self._brought.path if self._brought is not None else None
        return brought or self.given_file

    @call(before=True)
    def status(self) -> dict[str, Any]:
        return {**super().status(), "backup_file": self.restore_file is not None}

    @call(before=True)
    def bring_backup(self, size: Annotated[int, Meta(ge=1)]) -> dict[str, Any]:
        """Begin to hand over a backup file, to be gone on from here; its parts come by HTTP under this name."""
        with self._stages.alone():
            self._require_free()
            self._brought = self._brought or Brought(self._folder)
            return {"id": self._brought.begin(size)}

    @call(before=True)
    def drop_backup_file(self) -> dict[str, Any]:
        """Go on from what waits at the authority after all; a file that was named at the start stays where it is."""
        with self._stages.alone():
            self._drop_file_of_backup()
        self._tell("stage", {"stage": self.stage})
        return {}

    def is_bringing(self, id: str) -> bool:
        """Whether parts of a backup file come under this name."""
        return self._brought is not None and self._brought.is_under(id)

    def bring_part(self, id: str, offset: int, part: bytes) -> int:
        """Keep the next part of it; how many bytes are here now."""
        brought = self._brought
        if brought is None:
            raise Refused("chunk_order")
        done = brought.take(id, offset, part)
        if brought.path is not None:
            self._tell("stage", {"stage": self.stage})
        return done

    def _drop_file_of_backup(self) -> None:
        self.given_file = None
        if self._brought is not None:
            self._brought.drop()

    def _require_free(self) -> None:
        """Raise where no account can be restored."""
        self._require_place()
        self._moves.require_none()
        if Vault.exists(self._folder):
            raise Refused("has_account")

    @call(before=True)
    def find_backup(self, kit: str) -> dict[str, Any]:
        """Which backups there are for this kit, the newest first; where none can be gone on from, whose account it is
        and why that is so. Nothing is changed by it.
        """
        with self._stages.alone():
            link, key = self._kit_here(kit)
            try:
                found = self._found(link, key)
            except HamrazError as reason:
                if reason.code not in _NONE or self.restore_file is not None:
                    raise
                name = self._account(link, key).user.name
                return {"backups": [], "without": {"username": name, "why": reason.code}}
            return {"backups": [_shown(about, id) for about, id in found], "without": None}

    @call(before=True)
    def restore(
        self, kit: str, password: str, password_confirm: str, id: BackupId | None = None, without: bool = False
    ) -> dict[str, Any]:
        """The account goes on here, from this backup or the newest, or `without` any; wherever it was before, it is
        shut out.
        """
        with self._stages.alone():
            link, key = self._kit_here(kit)
            self._require_free()
            if without:
                account = self._account(link, key)
                new_account.check_password(password, password_confirm, account.user.name)
                self._fill(
                    link, key, password, account.user, lambda vault: importing.settle_without(vault, account, clock())
                )
            else:
                source, about, chunks_key = self._source(link, key, id)
                new_account.check_password(password, password_confirm, about.name)

                def fill(vault: Vault) -> None:
                    restoring.fill(vault, source, about, chunks_key, link.authority_id, clock(), self._progress)

                self._fill(link, key, password, about, fill)
            return self._take(password)

    @call(before=True)
    def restore_again(self, password: str) -> dict[str, Any]:
        """Go on where a restore was cut off after all had come: the password that was chosen then."""
        with self._stages.alone():
            self._require_place()
            self._moves.require_none()
            return self._take(password)

    @call(before=True)
    def drop_restore(self) -> dict[str, Any]:
        """Forget what was begun; nothing else is touched, here or at the authority."""
        with self._stages.alone():
            self._require_place()
            unfinished.discard(self._folder)
        self._tell("stage", {"stage": self.stage})
        return {}

    # --- inside ---

    def _kit_here(self, text: str) -> tuple[Link, Kit]:
        link = self._link
        if link is None:
            raise Refused("not_joined")
        return link, read_kit(text, link.authority_id)

    def _meet_again(self) -> tuple[Channel, Greeting]:
        assert self._link is not None
        return self._meet(self._network(), self._link)

    def _found(self, link: Link, kit: Kit) -> list[tuple[BackupAbout, str]]:
        """What each says of itself; one that doesn't open, or is another's, is named by its error if it is the only."""
        if self.restore_file is not None:
            about, _key = restoring.open_head(InFile(self.restore_file), kit, link.authority_id)
            return [(about, about.id.hex())]
        return [(about, source[1]) for about, _key, source in self._at_authority(link, kit)]

    def _at_authority(self, link: Link, kit: Kit) -> list[tuple[BackupAbout, FileKey, tuple[Source, str]]]:
        channel, greeting = self._meet(self._network(), link)
        try:
            answer = restoring.find(channel, greeting, kit, link.authority_id)
        finally:
            channel.close()
        found: list[tuple[BackupAbout, FileKey, tuple[Source, str]]] = []
        trouble: HamrazError = Refused("no_backup")
        for kept in answer.backups:
            source = AtAuthority(self._meet_again, kit, link.authority_id, answer.uid, kept)
            try:
                about, key = restoring.open_head(source, kit, link.authority_id)
            except HamrazError as reason:
                trouble = reason
                continue
            if about.uid == answer.uid:
                found.append((about, key, (source, kept.id.hex())))
        if not found:
            raise trouble
        return found

    def _source(self, link: Link, kit: Kit, id: str | None) -> tuple[Source, BackupAbout, FileKey]:
        if self.restore_file is not None:
            source: Source = InFile(self.restore_file)
            return source, *restoring.open_head(source, kit, link.authority_id)
        for about, key, (found, name) in self._at_authority(link, kit):
            if id in (None, name):
                return found, about, key
        raise Refused("backup_gone")

    def _account(self, link: Link, kit: Kit) -> Account:
        """Whose kit it is, by the log."""
        channel, greeting = self._meet(self._network(), link)
        try:
            uid = restoring.find(channel, greeting, kit, link.authority_id).uid
            return restoring.account_of(channel, greeting, uid, kit, link.authority_id)
        finally:
            channel.close()

    def _fill(
        self, link: Link, kit: Kit, password: str, whose: User | BackupAbout, fill: Callable[[Vault], None]
    ) -> None:
        """A vault of its own, whole or not at all."""
        folder = unfinished.begin(self._folder)
        with contextlib.ExitStack() as undo:
            undo.callback(unfinished.discard, self._folder)

            def begin(rows: Rows) -> None:
                importing.begin(rows, whose.uid, whose.name, link, kit)

            vault = Vault.create(folder, password, begin, self._offload)
            with contextlib.closing(vault):
                fill(vault)
            undo.pop_all()

    def _progress(self, done: int, of: int) -> None:
        self._tell("restoring", {"done": done, "of": of})

    def _take(self, password: str) -> dict[str, Any]:
        """A vault that is filled becomes the account's: the kit vouches for its key, and it moves into its place."""
        if Vault.exists(self._folder):
            raise Refused("has_account")
        if not unfinished.exists(self._folder):
            raise Refused("no_restore")
        vault = Vault.open(unfinished.folder_of(self._folder), password, self._offload)
        try:
            _me, link = identity.load_identity(vault)
            kit = vault.read(lambda rows: kits.here(rows, link.authority_id))
            if kit is None or vault.read(restored.load) is None:
                raise Refused("no_restore")
            channel, greeting = self._meet(self._network(), link)
            try:
                restoring.recover(channel, vault, link.authority_id, greeting.size, kit)
            finally:
                channel.close()
        finally:
            vault.close()
        unfinished.settle(self._folder)
        vault = Vault.open(self._folder, password, self._offload)
        try:
            self._drop_file_of_backup()
            vault.set_kit(self._folder, password, link.authority_id, kit.vault_key())
        except HamrazError:
            vault.close()
            raise
        return self._enter(vault, self._network())


def _shown(about: BackupAbout, id: str) -> dict[str, Any]:
    return {"id": id, "username": about.name, "when": about.when}
