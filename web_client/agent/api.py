"""One person's agent as the page sees it: the calls of docs/agent-api.md, each a method with plain arguments
and results.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from protocol.errors import Refused
from protocol.log_entries import RoleChange
from protocol.messages import Appended, ChangeRole
from protocol.roles import Role, role_change_refusal
from protocol.statements import issue
from web_client.account import generations, new_account, settings
from web_client.account.chat_ids import ChatId
from web_client.account.events import ChatChanged, SettingsChanged
from web_client.account.settings import Settings
from web_client.agent.at_login import AtLogin
from web_client.agent.calls.blocking import BlockCalls
from web_client.agent.calls.exporting import ExportCalls
from web_client.agent.calls.forms import Order, Uid, call, calls_of
from web_client.agent.calls.groups import GroupCalls
from web_client.agent.calls.kit import KitCalls
from web_client.agent.calls.lasting import LastingCalls
from web_client.agent.calls.later import LaterCalls
from web_client.agent.calls.moving import MoveCalls
from web_client.agent.calls.profiles import ProfileCalls
from web_client.agent.calls.safety import SafetyCalls
from web_client.agent.views import chats as chat_views
from web_client.agent.views import log as log_views
from web_client.agent.views import people as person_views
from web_client.agent.views import status as status_views
from web_client.messages import incoming
from web_client.messages import keywords as keyword_rules
from web_client.vault import errors
from web_client.vault.database import Rows


class Agent(
    GroupCalls, LastingCalls, LaterCalls, ExportCalls, SafetyCalls, BlockCalls, KitCalls, MoveCalls, ProfileCalls
):
    """The facade that the page's calls go through; raises named errors."""

    at_login: AtLogin | None = None  # where whoever started this agent knows how it is started

    # --- after log-in ---

    @call()
    def snapshot(self) -> dict[str, Any]:
        session = self._open()
        session.shown_away = session.shown_away or not session.authority.up
        me = session.ctx.trust.user(session.ctx.me.uid)
        rest: dict[str, Any] = {
            "stage": "ready",
            "me": person_views.person(session, me) if me else None,
            "authority": status_views.authority(session.ctx.link),
            "link": status_views.link_state(session),
            "alarm": session.ctx.trust.alarm,
            "disk": errors.shown(session.ctx.vault.trouble),
            "states": status_views.states(session),
            "conversations": chat_views.conversations(session),
            "log_size": session.ctx.trust.log.size,
            "settings": status_views.settings(session),
            "kit": status_views.kit(session),
            "backup": status_views.backup(session),
            "join_link": status_views.join_link(session.ctx.link),
            "people_in_all": len(session.ctx.trust.log.users),
        }
        return {**rest, "people": person_views.people(session, session.known.in_snapshot(rest))}

    @call()
    def people(
        self,
        query: Annotated[str, Meta(max_length=64)] = "",
        after: Uid | None = None,
        limit: Annotated[int, Meta(ge=1, le=200)] = 50,
    ) -> dict[str, Any]:
        """People by page, for an agent that knows more than a snapshot should hold."""
        return person_views.page(self._open(), query, None if after is None else bytes.fromhex(after), limit)

    @call()
    def set_setting(
        self,
        name: Literal[
            "read_receipts", "typing", "presence", "notifications", "backups", "lock_after", "desktop", "groups"
        ],
        value: bool | str,
    ) -> dict[str, Any]:
        """One of the choices that all pages of this agent share."""
        session = self._open()

        def take_back(rows: Rows, chosen: Settings) -> None:
            if not chosen.read_receipts:  # what was read and not told yet stays untold
                incoming.take_back(rows)

        before, chosen = session.ctx.choose(lambda now: settings.changed(now, name, value), take_back)
        if not chosen.typing:
            session.typing.clear()
        if chosen.presence != before.presence:
            session.authority.show()
        session.ctx.emit(SettingsChanged())
        return {"settings": status_views.settings(session)}

    @call()
    def set_keywords(
        self,
        keywords: Annotated[
            list[Annotated[str, Meta(min_length=1, max_length=keyword_rules.LONGEST)]],
            Meta(max_length=keyword_rules.MOST),
        ],
    ) -> dict[str, Any]:
        """The words that are told of wherever a group's members write them, in place of those of before."""
        session = self._open()
        checked = keyword_rules.checked(keywords)
        session.ctx.choose(lambda now: msgspec.structs.replace(now, keywords=checked))
        session.ctx.emit(SettingsChanged())
        for gid in list(session.groups.rooms):  # another message may be the first one that is to be told of
            session.ctx.emit(ChatChanged(ChatId.group(gid)))
        return {"settings": status_views.settings(session)}

    @call()
    def start_at_login(self, on: bool | None = None) -> dict[str, Any]:
        """Whether this computer starts this agent when its user logs in; None where it can't. `on`: from now on."""
        self._open()
        if self.at_login is None or not self.at_login.is_possible:
            return {"on": None}
        if on is not None:
            self.at_login.switch(on)
        return {"on": self.at_login.is_on}

    @call()
    def active(self) -> dict[str, Any]:
        """Somebody is at a page: what `lock_after` counts begins anew."""
        self._open().idle.touch()
        return {}

    @call()
    def restored_read(self) -> dict[str, Any]:
        """The person knows that this vault was an older copy."""
        session = self._open()
        session.ctx.vault.write(generations.forget_restored)
        self._tell("link", status_views.link_state(session))
        return {}

    @call()
    def try_now(self) -> dict[str, Any]:
        session = self._open()
        session.outbox.try_now()
        session.authority.try_now()
        return {}

    @call()
    def log(
        self,
        before: Order | None = None,
        limit: Annotated[int, Meta(ge=1, le=1000)] = 100,
        filter: Literal["keys", "roles", "groups", "new"] | None = None,
    ) -> dict[str, Any]:
        return log_views.log_page(self._open(), before, limit, filter)

    @call()
    def evidence(
        self,
        state: Annotated[str, Meta(pattern=r"^[a-z_]{1,32}\Z")] | None = None,
        about: Annotated[str, Meta(pattern=r"^([0-9a-f]{2}){0,32}\Z")] | None = None,
    ) -> dict[str, Any]:
        """What shows the alarm, or one of the states, to a third person: `no_evidence` where there is none."""
        session = self._open()
        if state is None:
            return {"evidence": session.ctx.trust.evidence()}
        found = session.ctx.states.of(state, bytes.fromhex(about or ""))
        if found.evidence is None:
            raise Refused("no_evidence")
        return {"evidence": session.ctx.trust.evidence_of(found.code, found.evidence)}

    @call()
    def add_permissions(self, username: str, role_value: str) -> dict[str, Any]:
        """Give somebody a role: signed by me, checked here, by the authority, and by everybody who replays the log."""
        session = self._open()
        session.ctx.trust.require_sending()
        session.authority.log.require_whole_log()
        target, me = self._user(username, "username"), session.ctx.trust.user(session.ctx.me.uid)
        if role_value not in list(Role):
            raise Refused("role_unknown", field="role_value")
        role = Role(role_value)
        assert me is not None
        refusal = role_change_refusal(me.role, target.role, role)
        if refusal:
            raise Refused(refusal, field="role_value")
        if target.role is not role:
            change = RoleChange(target.uid, role, me.uid, target.latest)
            entry = issue(change, session.ctx.me.key, session.ctx.authority_id)
            answer = session.authority.request(ChangeRole(0, entry), Appended)
            session.authority.log.compare_head(answer.head, None)  # ahead of our log: fetches up to it
        return {"person": person_views.person(session, self._user(username, "username"))}

    @call()
    def renew_key(self) -> dict[str, Any]:
        """A new identity key of one's own, vouched for by the old one."""
        session = self._open()
        session.keys.renew()
        me = session.ctx.trust.user(session.ctx.me.uid)
        assert me is not None
        return {"person": person_views.person(session, me)}

    @call()
    def revoke_person(self, username: str) -> dict[str, Any]:
        """Take somebody's key away for good: the name is free, and whoever had it begins anew."""
        session = self._open()
        target = self._user(username, "username")
        session.keys.end_account(target)
        session.groups.mend_without(target.uid)
        return {"person": person_views.person(session, session.ctx.trust.log.users[target.uid])}

    @call()
    def change_password(self, password: str, new_password: str, new_password_confirm: str) -> dict[str, Any]:
        """Another password for this vault; the old one opens it no more."""
        session = self._open()
        fields = ("new_password", "new_password_confirm")
        new_account.check_password(new_password, new_password_confirm, session.ctx.me.name, fields=fields)
        with self._stages.alone():
            session.ctx.vault.change_password(self._folder, password, new_password)
        return {}

    @call()
    def log_out(self) -> dict[str, Any]:
        """The same, and tell the authority, so that another agent may log in at once."""
        with self._stages.alone():
            self._open().backups.leave()
            self._close_session(log_out=True)
        self._tell("stage", {"stage": self.stage})
        return {}

    def run(self, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """One call, whose arguments have their form."""
        result = CALLS[name].run(self, **arguments)
        self._introduce(result)
        return result


CALLS = calls_of(Agent)
