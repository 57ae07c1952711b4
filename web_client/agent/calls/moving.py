"""The calls that move an account to another computer, and what they do to the vault here."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta

from protocol.errors import Refused
from web_client.agent.calls.base import Calls
from web_client.agent.calls.forms import call
from web_client.vault.database import Vault

Digits = Annotated[list[Annotated[str, Meta(pattern=r"^[0-9]{5}\Z")]], Meta(min_length=4, max_length=4)]
Number = Annotated[str, Meta(pattern=r"^[0-9]{4}\Z")]


class MoveCalls(Calls):
    """From here: offer, compare, hand over. To here: call, compare, fetch."""

    @call()
    def begin_move(self, password: str) -> dict[str, Any]:
        """Be found by the computer that this account is to go to, for 10 minutes."""
        with self._stages.alone():
            self._open().ctx.vault.check_password(self._folder, password)
            self._moves.offer()
        return {"move": self._moves.shown()}

    @call()
    def confirm_move(self, digits: Digits) -> dict[str, Any]:
        """The digits at both computers are the same: from now on nothing is taken or written here until it is over."""
        with self._stages.alone():
            session = self._open()
            self._moves.accept(digits)
            name = session.ctx.me.name
            self._close_session(log_out=True)
            try:
                self._moves.begin(name)
            finally:
                self._tell("stage", {"stage": self.stage})
        return {}

    @call()
    def refuse_move(self, digits: Digits) -> dict[str, Any]:
        """They differ: whoever called is sent away."""
        self._moves.refuse(digits)
        return {}

    @call(before=True)
    def end_move(self) -> dict[str, Any]:
        """The account stays where it is."""
        self._moves.end()
        self._tell("stage", {"stage": self.stage})
        return {}

    @call(before=True)
    def computers(self) -> dict[str, Any]:
        """Those from which an account can come; those that come later are pushed."""
        return {"computers": self._moves.found()}

    @call(before=True)
    def take_move(self, address: Annotated[str, Meta(max_length=100)], number: Number | None = None) -> dict[str, Any]:
        """Fetch the account of the computer that is there, or is announced under this number."""
        with self._stages.alone():
            self._require_place()
            if self._session is not None or Vault.exists(self._folder) or self._moves.stage == "moved":
                raise Refused("has_account")
            self._moves.take(address, number)
        self._tell("stage", {"stage": self.stage})
        return {}

    @call(before=True)
    def go_on_move(self) -> dict[str, Any]:
        """Try again what has come to a halt."""
        with self._stages.alone():
            self._require_place()
            self._moves.go_on()
        return {}

    @call(before=True)
    def take_over_move(self) -> dict[str, Any]:
        """The old computer is gone for good: the account is here, and renews its key when it logs in."""
        with self._stages.alone():
            self._require_place()
            self._moves.take_over()
        return {}

    @call(before=True)
    def forget_move(self, sure: bool = False) -> dict[str, Any]:
        """The account lives elsewhere: make room here for another one."""
        with self._stages.alone():
            self._require_place()
            self._moves.forget(sure)
            self._had_vault = False
        self._tell("stage", {"stage": self.stage})
        return {}
