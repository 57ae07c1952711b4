"""An agent at log-in: its account, and the change between a locked vault and an open one."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

from protocol import links
from protocol.errors import Damaged, Forged, HamrazError, Refused, Unreachable
from protocol.messages import Done, LogOut
from transport import threads
from transport.addresses import hosts_of, is_loopback
from web_client.account import generations, identity, join_links, new_account
from web_client.agent.calls.forms import call
from web_client.agent.desktop_notices import Show
from web_client.agent.joining import Onboarding
from web_client.agent.moves import Moves
from web_client.agent.session import UserSession
from web_client.agent.views import people as person_views
from web_client.agent.views.changes import Projector
from web_client.backups.sealing import Sealed
from web_client.export.archive import Wanted
from web_client.files.download_tickets import PLAYED, PLAYED_AT_ONCE, Tickets
from web_client.files.rows import Name
from web_client.net.network import SocketNetwork
from web_client.search import normalize
from web_client.vault import unfinished
from web_client.vault.chunk_store import FileStore
from web_client.vault.data_folder import ALONE_FILE
from web_client.vault.database import DATABASE_FILE, KEY_FILE, KIT_FILE, Offload, Vault, save_setting

# For which a log-in waits until the authority has answered. One does in less than one; who only holds the line open, or
# answers for ever, keeps nobody out.
ENTERING_SECONDS = 5.0
# The same where the account isn't made for certain: a person waits for that, and there is nothing to read here yet.
FIRST_SECONDS = 60.0


def clock() -> int:
    """ms since 1970."""
    return time.time_ns() // 1_000_000


class Lifecycle(Onboarding):
    """Making an account and logging in, and the change between locked and open."""

    def __init__(
        self, folder: Path, offload: Offload, page_port: int, listen: str, listen_port: int = 0, discovery: bool = False
    ) -> None:
        super().__init__(folder, offload, page_port, listen, listen_port, discovery)
        self._moves = Moves(
            folder,
            offload,
            self.troubles,
            lambda port: SocketNetwork(self._flusher, listen, port),
            lambda: hosts_of(listen),
            clock,
            discovery,
            self._on_move,
            lambda: self._tell("computers", {"computers": self._moves.found()}),
            self._arrived,
        )
        self._move_stage: str | None = None  # what the pages were told of it
        self.tickets: Tickets[Name | Wanted | Sealed] = Tickets()  # for files, exports and backups
        self.show_notice: Show | None = None  # of this computer's desktop
        self.is_watched: Callable[[], bool] = lambda: True  # whether a page of this agent is open
        # for what is played: which file, as what type
        self.plays: Tickets[tuple[Name, str]] = Tickets(seconds=PLAYED, at_once=PLAYED_AT_ONCE)

    @classmethod
    def open(
        cls,
        folder: Path,
        offload: Offload,
        page_port: int,
        join_link: str | None = None,
        listen: str = "",
        listen_port: int = 0,
        discovery: bool = False,
    ) -> Self:
        """An agent on its folder. `link_other` if it belongs to another authority than the link's; `old_version`."""
        Vault.check_version(folder)
        unfinished.go_on(folder)
        # who listens on loopback takes no part in the network's talk: there is none
        agent = cls(folder, offload, page_port, listen, listen_port, discovery and not is_loopback(listen))
        agent._moves.start()
        agent._link = join_links.load_link(folder)  # it may have come with an account
        if join_link is not None:
            before = agent._link
            agent._take_link(links.decode(join_link))
            if agent._link != before:  # the same one at each start says nothing of where the authority is by now
                agent._given = agent._link
        elif agent._link is None:
            beside, _owner = join_links.links_beside(folder)
            if beside is not None:
                agent._take_link(beside)
        return agent

    def close(self) -> None:
        """End everything; what is on disk stays."""
        asked = self._asked
        if asked is not None:
            asked.close()  # whoever makes an account in this moment isn't waited for
        with contextlib.suppress(Unreachable), self._stages.alone():
            self._close_session()
        self._finder.stop()
        self._moves.close()

    @property
    def stage(self) -> str:
        return (self._moves.stage if self._session is None else None) or super().stage

    @call(before=True)
    def status(self) -> dict[str, Any]:
        return {**super().status(), "move": self._moves.shown()}

    # --- before log-in ---

    @call(before=True)
    def judge_account(
        self, email: str = "", username: str = "", password: str = "", password_confirm: str = ""
    ) -> dict[str, Any]:
        """All that is wrong with what isn't empty, as far as it can be told here; and how good the password is."""
        faults = new_account.faults(email, username, password, password_confirm)
        strength = new_account.strength(password, *new_account.names_of(email, username)) if password else None
        return {"errors": [{"code": fault.code, "field": fault.field} for fault in faults], "strength": strength}

    @call(before=True)
    def create_super_admin(self, email: str, username: str, password: str, password_confirm: str) -> dict[str, Any]:
        """The first account; only where the owner link is."""
        if self._owner_code() is None:
            raise Refused("owner_link_needed")
        return self._sign_up(email, username, password, password_confirm, self._owner_code(), None)

    @call(before=True)
    def sign_up(
        self, email: str, username: str, password: str, password_confirm: str, invitation: str | None = None
    ) -> dict[str, Any]:
        """An account: the super admin's where this agent has the owner link and it is unused, else a beginner's.

        `invitation` is the code that a person has typed, for a link that has none.
        """
        try:
            return self._sign_up(email, username, password, password_confirm, self._owner_code(), invitation)
        except Refused as reason:
            if reason.code not in ("owner_code_used", "owner_code_wrong"):
                raise
        return self._sign_up(email, username, password, password_confirm, None, invitation)

    def _sign_up(
        self, email: str, username: str, password: str, confirm: str, owner_code: str | None, invitation: str | None
    ) -> dict[str, Any]:
        with self._stages.alone():
            if self._link is None:
                raise Refused("not_joined")
            link = self._with_invitation(self._link, invitation)
            self._require_place()
            self._moves.require_none()
            if Vault.exists(self._folder):
                raise Refused("has_account")
            email, name = new_account.as_pasted(email), new_account.as_name(username)
            if not 0 < len(email) <= 254:
                raise Refused("email_form", field="email")
            if not 0 < len(name) <= 64:
                raise Refused("name_form", field="username")
            new_account.check_password(password, confirm, *new_account.names_of(email, name))
            network = self._network()
            try:
                channel, _greeting = self._meet(network, link)
            except Unreachable as reason:
                raise identity.as_down(reason) from None
            try:
                try:
                    _me, fill = identity.prepare_sign_up(channel, link, owner_code, email, name)
                except Refused as reason:
                    if reason.code != "no_invitation" or not invitation:
                        raise
                    raise Refused("bad_invitation", field="invitation") from None
                vault = Vault.create(self._folder, password, fill, self._offload)
                try:
                    identity.finish_sign_up(channel, vault)
                except (Refused, Forged):
                    vault.close()
                    self._remove_vault()
                    raise
                except HamrazError:
                    # whether the account exists now isn't known; the vault stays, and log-in sends the same once more
                    vault.close()
                    self._tell("stage", {"stage": self.stage})
                    raise
            finally:
                channel.close()
            with contextlib.suppress(Damaged):  # the vault has it too; the file is for the time before log-in
                self._take_link(link)
            return self._enter(vault, network)

    @call(before=True)
    def login(self, username: str, password: str) -> dict[str, Any]:
        """Open the vault, or check the password if it is open; then the authority, if it can be reached."""
        name = new_account.as_name(username)
        with self._stages.alone():
            if self._session is not None:
                self._check_password(self._session, name, password)
                return {"username": name}
            return self._enter(self._open_vault(name, password), self._network())

    def _check_password(self, session: UserSession, name: str, password: str) -> None:
        """The same of a vault that is open: `password`, or what `_require_name` says to another's name."""
        session.ctx.vault.check_password(self._folder, password)
        self._require_name(session.ctx.me.name, name)
        session.idle.touch()

    def _open_vault(self, name: str, password: str) -> Vault:
        self._require_place()
        self._moves.require_none()
        if not Vault.exists(self._folder):
            self._require_name(None, name)
        vault = Vault.open(self._folder, password, self._offload)
        try:
            self._require_name(identity.load_identity(vault)[0].name, name)
        except HamrazError:
            vault.close()
            raise
        return vault

    def _require_name(self, name: str | None, given: str) -> None:
        """Refuse another's name, once the password was right, which proves more: letters that look alike are the same.

        That it isn't on this computer is said only where no other agent is beside this one: `vault_beside`, else
        `vault_elsewhere`.
        """
        if name is not None and (given == name or normalize.indexed(given) == normalize.indexed(name)):
            return
        beside = join_links.accounts_beside(self._folder)
        if beside:
            raise Refused("vault_beside", field="username", names=", ".join(beside))
        raise Refused("vault_elsewhere", field="username")

    def _enter(self, vault: Vault, network: SocketNetwork) -> dict[str, Any]:
        """Go in with this vault, whoever answers in the authority's place and whatever it says: the page shows that.

        Only where there is nothing to open yet, because the account isn't made for certain, its refusal is ours.
        """
        store = FileStore(self._folder / "files", self._offload)
        try:
            self._note_alone(vault)
            self._note_given(vault)
            session = UserSession(vault, network, clock, time.monotonic, store, self.troubles)
            self.project(session)
        except HamrazError:
            vault.close()
            raise
        known = session.ctx.trust.user(session.ctx.me.uid) is not None
        session.on_idle = lambda: self._lock_soon(session)
        session.desktop.show, session.desktop.is_watched = self.show_notice, lambda: self.is_watched()
        self._begin(session, ENTERING_SECONDS if known else FIRST_SECONDS)
        if not known and session.ctx.trust.user(session.ctx.me.uid) is None:
            reason = session.authority.trouble or Unreachable("authority_down")
            session.close()
            never_made = reason.code in identity.NOT_MADE and identity.is_pending(vault)
            vault.close()
            if never_made:
                self._remove_vault()
            raise reason
        self._session, self._had_vault = session, True
        self._finder.rest()
        self._tell("stage", {"stage": "ready"})
        return {"username": session.ctx.me.name}

    def _begin(self, session: UserSession, seconds: float) -> None:
        """Start it, and give its first try to connect so long: mostly the page opens with the link up."""
        session.start()
        session.authority.tried.wait(seconds)

    @call()
    def lock(self) -> dict[str, Any]:
        """Close the vault; messages wait until it is open again. A backup is made before, if much is new."""
        with self._stages.alone():
            if self._session is not None:
                self._session.backups.leave()
            self._close_session()
        self._tell("stage", {"stage": self.stage})
        return {}

    def _lock_soon(self, session: UserSession) -> None:
        """Nobody has done anything for as long as the user has chosen: not in the thread that has found it out."""
        threads.spawn("lock", self._lock_idle, self.troubles, session)

    def _lock_idle(self, session: UserSession) -> None:
        with self._stages.alone():
            if self._session is not session or not session.is_idle:  # somebody has come meanwhile
                return
            session.backups.leave()
            self._close_session()
        self._tell("stage", {"stage": self.stage, "why": "idle"})

    @call()
    def begin_anew(self, password: str) -> dict[str, Any]:
        """Put the vault of an account that has ended aside, so that another can be made here; nothing is deleted."""
        with self._stages.alone():
            session = self._session
            if session is None or not session.authority.revoked:
                raise Refused("has_account")
            session.ctx.vault.check_password(self._folder, password)  # and that the folder is ours still
            self._close_session()
            aside = self._folder / f"ended-{session.ctx.me.uid.hex()[:16]}"
            aside.mkdir(exist_ok=True)
            for path in [*self._folder.glob(DATABASE_FILE + "*"), *self._keys()]:
                path.rename(aside / path.name)
        self._tell("stage", {"stage": self.stage})
        return {}

    # --- inside ---

    def _remove_vault(self) -> None:
        for path in [*self._keys(), *self._folder.glob(DATABASE_FILE + "*")]:
            path.unlink(missing_ok=True)

    def _keys(self) -> list[Path]:
        """What opens the vault here, the password's first."""
        return [path for path in (self._folder / KEY_FILE, self._folder / KIT_FILE) if path.exists()]

    def _note_alone(self, vault: Vault) -> None:
        """Into the vault what stands beside it since nobody could open it: nobody is to wait for the old computer."""
        if (self._folder / ALONE_FILE).exists():
            vault.write(generations.be_alone)
            (self._folder / ALONE_FILE).unlink()

    def _note_given(self, vault: Vault) -> None:
        """Into the vault where its authority is by a link given since; one that was found has no invitation."""
        given, self._given = self._given, None
        known = identity.load_identity(vault)[1]
        if given is not None and given.authority_id == known.authority_id:
            now = replace(given, invitation=given.invitation or known.invitation)
            vault.write(lambda rows: save_setting(rows, "link", now.encode().encode()))

    def _on_move(self) -> None:
        """Something of a move is another: for every page, also those that haven't logged in."""
        self._tell("move", self._moves.shown())
        stage = self.stage
        if self._session is None and stage != self._move_stage:
            self._move_stage = stage
            self._tell("stage", {"stage": stage})

    def _arrived(self) -> None:
        """An account has come from another computer: its vault is here, and locked."""
        self._link = join_links.load_link(self._folder) or self._link
        self._on_move()

    def _close_session(self, log_out: bool = False) -> None:
        """Close it; calls under way find none before the authority is told, as it ends the line then."""
        self._moves.end_offer()
        session, self._session = self._session, None
        self.tickets.clear()
        self.plays.clear()
        if session is not None:
            if log_out:
                with contextlib.suppress(HamrazError):
                    session.authority.request(LogOut(0), Done)
            session.close()
            session.ctx.vault.close()

    def _tell(self, event: str, value: dict[str, Any] | None) -> None:
        self._introduce(value)
        super()._tell(event, value)

    def _tell_together(self, told: list[tuple[str, dict[str, Any] | None]]) -> None:
        for _event, value in told:
            self._introduce(value)
        super()._tell_together(told)

    def _introduce(self, value: Any) -> None:
        """Tell the pages of whomever this names, if they don't know them yet."""
        session = self._session
        if session is not None:
            for user in session.known.newly_named(value):
                self._tell("person", person_views.person(session, user))

    def project(self, session: UserSession) -> None:
        """Push what happens in it. On the way in and out nobody is told: the snapshot says it all."""
        Projector(session, self._tell_together, lambda: self._session is session)
