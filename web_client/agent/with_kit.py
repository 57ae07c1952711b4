"""What the recovery kit is for at the door: a forgotten password, and an account whose key lets nobody in any more."""

from __future__ import annotations

from typing import Any

from protocol.errors import HamrazError, Refused
from protocol.kit import Kit, read_kit
from web_client.account import identity, kits, new_account
from web_client.agent.calls.forms import call
from web_client.agent.lifecycle import Lifecycle
from web_client.messages import key_rotation
from web_client.vault.database import Vault


class WithKit(Lifecycle):
    """Before log-in, by what stands on paper."""

    @call(before=True)
    def open_with_kit(self, kit: str, new_password: str, new_password_confirm: str) -> dict[str, Any]:
        """Where only the password is forgotten: the kit opens this vault, which gets another password."""
        with self._stages.alone():
            self._require_place()
            self._moves.require_none()
            authority_id = Vault.kit_authority(self._folder)
            if authority_id is None:
                raise Refused("no_kit", field="kit")
            key, passwords = read_kit(kit, authority_id).vault_key(), (new_password, new_password_confirm)
            session = self._session
            if session is not None:
                self._set_password(session.ctx.vault, session.ctx.me.name, key, *passwords)
                session.idle.touch()
                return {"username": session.ctx.me.name}
            vault = Vault.open_by_kit(self._folder, key, self._offload)
            try:
                self._set_password(vault, identity.load_identity(vault)[0].name, key, *passwords)
            except HamrazError:
                vault.close()
                raise
            return self._enter(vault, self._network())

    def _set_password(self, vault: Vault, name: str, kit_key: bytes, password: str, confirm: str) -> None:
        new_account.check_password(password, confirm, name, fields=("new_password", "new_password_confirm"))
        vault.reset_password(self._folder, kit_key, password)

    @call(before=True)
    def recover_key(self, username: str, password: str, kit: str | None = None) -> dict[str, Any]:
        """Where the authority knows another key of this account by now: the recovery key vouches for a new one.

        It stands on the kit, or is in the vault as long as that isn't confirmed (`kit_needed`). The vault may be open
        already; with a link that is up there is nothing to recover (`has_account`).
        """
        name = new_account.as_name(username)
        with self._stages.alone():
            session = self._session
            if session is None:
                vault = self._open_vault(name, password)
                try:
                    self._recover(vault, kit)
                except HamrazError:
                    vault.close()
                    raise
                return self._enter(vault, self._network())
            self._check_password(session, name, password)
            if session.authority.up:
                raise Refused("has_account")
            self._recover(session.ctx.vault, kit)
        session.authority.try_now()
        return {"username": session.ctx.me.name}

    def _recover(self, vault: Vault, typed: str | None) -> None:
        link = identity.load_identity(vault)[1]
        kit: Kit | None
        if typed:
            kit = read_kit(typed, link.authority_id)
        else:
            kit = vault.read(lambda rows: kits.here(rows, link.authority_id))
        if kit is None:
            raise Refused("kit_needed", field="kit")
        channel, greeting = self._meet(self._network(), link)
        try:
            key_rotation.recover(channel, vault, link.authority_id, greeting.size, kit)
        except Refused as reason:
            if typed and reason.code == "bad_proof":
                raise Refused("other_kit", field="kit") from None
            raise
        finally:
            channel.close()
