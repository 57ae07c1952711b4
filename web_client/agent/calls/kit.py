"""The agent's calls about the recovery kit: shown, confirmed, replaced (docs/agent-api.md)."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from protocol import links
from protocol.errors import Refused
from protocol.kit import GROUPS, read_kit
from protocol.links import Link
from web_client.account import kits
from web_client.account.events import KitChanged
from web_client.agent.calls.base import Calls
from web_client.agent.calls.forms import Uid, call
from web_client.agent.calls.safety import qr_rows
from web_client.agent.views import people as person_views
from web_client.agent.views import status as status_views
from web_client.vault.database import Rows

if TYPE_CHECKING:
    from web_client.agent.session import UserSession


class KitCalls(Calls):
    """The part of the facade that is about the kit."""

    @call()
    def kit(self, password: str) -> dict[str, Any]:
        """What is printed, while its key is still here (`kit_needed` afterwards), and which groups confirm it.

        From now on the kit opens this vault beside the password: the paper may be in somebody's hand already.
        """
        session = self._open()
        with self._stages.alone():
            return self._show_kit(session, password)

    @call()
    def confirm_kit(self, first: str, second: str) -> dict[str, Any]:
        """The two groups that `kit` has asked for, typed from the paper: then its key leaves the vault for good."""
        session = self._open()
        shown = session.kits.shown
        if shown is None:
            raise Refused("stale")
        kit, asked = shown
        for field, number, typed in zip(("first", "second"), asked, (first, second), strict=True):
            if links.as_typed(typed) != kit.groups()[number - 1]:
                raise Refused("kit_differs", field=field, n=number)

        def confirm(rows: Rows) -> None:
            found = kits.here(rows, session.ctx.authority_id)
            if found is None or found.hash != kit.hash:
                raise Refused("stale")
            kits.confirm(rows, kit, session.ctx.clock())

        session.ctx.vault.write(confirm)
        session.kits.shown = None
        session.ctx.vault.sweep()  # the journal has the page as it was before
        session.ctx.emit(KitChanged())
        return {"kit": status_views.kit(session)}

    @call()
    def new_kit(self, password: str, kit: str | None = None) -> dict[str, Any]:
        """Another kit in the log, by the one before; the super admin needs none. It is shown like the first one."""
        session = self._open()
        old = read_kit(kit, session.ctx.authority_id) if kit else None
        with self._stages.alone():
            session.ctx.vault.check_password(self._folder, password)
            session.kits.renew(old)
            return self._show_kit(session, password)

    @call()
    def ask_for_kit(self, admin: Uid) -> dict[str, Any]:
        """What an admin gets from who has lost the kit: a text, in person or sent. Nothing changes before they sign."""
        session = self._open()
        text = session.kits.request(self._person(admin, "admin"))
        session.ctx.emit(KitChanged())
        return {"rows": qr_rows(text, "m"), "kit": status_views.kit(session)}

    @call()
    def sign_for_kit(self, uid: Uid, request: str) -> dict[str, Any]:
        """Sign beside somebody's request for another kit: everybody sees in the log that we did."""
        session = self._open()
        target = self._person(uid, "uid")
        session.kits.sign_for(target, request)
        return {"person": person_views.person(session, session.ctx.trust.log.users[target.uid])}

    def _show_kit(self, session: UserSession, password: str) -> dict[str, Any]:
        ctx = session.ctx
        found = ctx.vault.read(lambda rows: kits.here(rows, ctx.authority_id))
        me = ctx.trust.user(ctx.me.uid)
        if found is None or (me is not None and not kits.is_of(found, me)):
            raise Refused("kit_needed")
        ctx.vault.set_kit(self._folder, password, ctx.authority_id, found.vault_key())
        first, second = sorted(secrets.SystemRandom().sample(range(1, GROUPS + 1), 2))
        session.kits.shown = found, (first, second)
        return {
            "groups": found.groups(),
            "rows": qr_rows(found.code(), "m"),
            "ask": [first, second],
            "username": ctx.me.name,
            "digits": list(links.digits(ctx.authority_id)),
            "link": Link(ctx.link.hosts, ctx.link.port, None, ctx.authority_id).encode(),
        }
