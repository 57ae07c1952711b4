"""One person's agent as the page sees it: the calls of docs/agent-api.md, each a method with plain arguments
and results.
"""

from __future__ import annotations

import contextlib
import unicodedata
from typing import Any

from protocol import log_entries
from protocol.errors import Damaged, Refused, Unreachable
from protocol.log import User
from protocol.log_entries import RoleChange
from protocol.messages import Appended, ChangeRole, Done, LogOut
from protocol.roles import Role, role_change_refusal
from protocol.statements import issue
from web_client.account import account, generations, settings
from web_client.agent.calls.blocking import BlockCalls
from web_client.agent.calls.files import FileCalls
from web_client.agent.calls.groups import GroupCalls
from web_client.agent.calls.safety import SafetyCalls
from web_client.agent.session import Node
from web_client.agent.views import chats as chat_views
from web_client.agent.views import files as file_views
from web_client.agent.views import log as log_views
from web_client.agent.views import messages as message_views
from web_client.agent.views import people as person_views
from web_client.agent.views import status as status_views
from web_client.groups.rows import chat_of
from web_client.messages import outgoing
from web_client.vault import errors


class Agent(GroupCalls, FileCalls, SafetyCalls, BlockCalls):
    """The facade that the page's calls go through; raises named errors."""

    # of which node clients have heard last, whether its link is up, and whether its account has ended
    _told_up: tuple[Node, bool, bool] | None = None

    # --- after log-in ---

    def snapshot(self) -> dict[str, Any]:
        node = self._open()
        me = node.trust.user(node.me.uid)
        return {
            "stage": "ready",
            "me": person_views.person(node, me) if me else None,
            "authority": status_views.authority(node.link),
            "link": status_views.link_state(node),
            "alarm": node.trust.alarm,
            "disk": errors.shown(node.vault.trouble),
            "states": status_views.states(node),
            "people": person_views.people(node),
            "conversations": chat_views.conversations(node),
            "log_size": node.trust.log.size,
            "settings": status_views.settings(node),
            "join_link": status_views.join_link(node.link),
        }

    def people(self, query: str, after: str | None, limit: int) -> dict[str, Any]:
        """People by page, for an agent that knows more than a snapshot should hold."""
        return person_views.page(self._open(), query, None if after is None else bytes.fromhex(after), limit)

    def set_setting(self, name: str, value: bool | str) -> dict[str, Any]:
        """One of the choices that all pages of this agent share."""
        node = self._open()
        settings.choose(node, name, value)
        return {"settings": status_views.settings(node)}

    def restored_read(self) -> dict[str, Any]:
        """The person knows that this vault was an older copy."""
        node = self._open()
        node.vault.write(generations.forget_restored)
        self._tell("link", status_views.link_state(node))
        return {}

    def try_now(self) -> dict[str, Any]:
        node = self._open()
        node.outbox.hurry()
        node.authority.try_now()
        return {}

    def log(self, before: int | None, limit: int, filter: str | None) -> dict[str, Any]:
        return log_views.log_page(self._open(), before, limit, filter)

    def evidence(self, state: str | None, about: str | None) -> dict[str, Any]:
        """What shows the alarm, or one of the states, to a third person: `no_evidence` where there is none."""
        node = self._open()
        if state is None:
            return {"evidence": node.trust.evidence()}
        found = node.states.of(state, bytes.fromhex(about or ""))
        if found.evidence is None:
            raise Refused("no_evidence")
        return {"evidence": node.trust.evidence_of(found.code, found.evidence)}

    def add_permissions(self, username: str, role_value: str) -> dict[str, Any]:
        """Give somebody a role: signed by me, checked here, by the authority, and by everybody who replays the log."""
        node = self._open()
        node.trust.require_sending()
        node.require_whole_log()
        target, me = self._user(username, "username"), node.trust.user(node.me.uid)
        if role_value not in list(Role):
            raise Refused("role_unknown", field="role_value")
        role = Role(role_value)
        assert me is not None
        refusal = role_change_refusal(me.role, target.role, role)
        if refusal:
            raise Refused(refusal, field="role_value")
        if target.role is not role:
            change = RoleChange(target.uid, role, me.uid, target.latest)
            entry = issue(change, node.me.key, node.authority_id)
            answer = node.authority.request(ChangeRole(0, entry), Appended)
            node.compare_head(answer.head, None)  # ahead of our log: fetches up to it
        return {"person": person_views.person(node, self._user(username, "username"))}

    def renew_key(self) -> dict[str, Any]:
        """A new identity key of one's own, vouched for by the old one."""
        node = self._open()
        node.keys.renew()
        me = node.trust.user(node.me.uid)
        assert me is not None
        return {"person": person_views.person(node, me)}

    def revoke_person(self, username: str) -> dict[str, Any]:
        """Take somebody's key away for good: the name is free, and whoever had it begins anew."""
        node = self._open()
        target = self._user(username, "username")
        node.keys.end_account(target)
        return {"person": person_views.person(node, node.trust.log.users[target.uid])}

    def change_password(self, password: str, new_password: str, new_password_confirm: str) -> dict[str, Any]:
        """Another password for this vault; the old one opens it no more."""
        node = self._open()
        fields = ("new_password", "new_password_confirm")
        account.check_password(new_password, new_password_confirm, node.me.name, fields=fields)
        with self._stages.alone():
            node.vault.change_password(self._folder, password, new_password)
        return {}

    def log_out(self) -> dict[str, Any]:
        """The same, and tell the authority, so that another agent may log in at once."""
        node = self._open()
        with contextlib.suppress(Unreachable):
            node.authority.request(LogOut(0), Done)
        return self.lock()

    # --- inside ---

    def _open(self) -> Node:
        node = self._node
        if node is None:
            raise Refused("locked")
        return node

    def _user(self, name: str, field: str) -> User:
        node = self._open()
        name = unicodedata.normalize("NFC", name.strip())
        if node.trust.log.by_name(name) is None and node.authority.up:
            node.authority.refresh()  # somebody who has signed up this very moment
        user = node.trust.log.by_name(name)
        if user is None:
            raise Refused("unknown_user", field=field, name=name)
        return user

    def _on_change(self, what: str, about: Any) -> None:
        node = self._node
        if node is None:
            return  # on the way in: the snapshot will say it all
        try:
            self._show_change(node, what, about)
        except (Refused, Damaged) as reason:
            # the vault was closed meanwhile, or can't be read: there is nothing to show, and the latter is told
            if reason.code != "locked" and not isinstance(reason, Damaged):
                raise

    def _show_change(self, node: Node, what: str, about: Any) -> None:
        match what:
            case "message":
                shown = message_views.message(node, about)
                if shown is not None:  # else it was taken back, or got its place in a group, meanwhile
                    self._tell("message", shown)
                    self._tell_conversation(node, shown["chat"])
                self._tell("link", status_views.link_state(node))
            case "gone":
                chat, name = about
                self._tell("message_gone", {"chat": chat, "id": name})
                self._tell_conversation(node, chat)
                self._tell("link", status_views.link_state(node))
            case "reread":
                self._tell("reread", {"chat": about})
                self._tell_conversation(node, about)
            case "chat_with":
                self._tell_chat(node, about)
            case "waiting":
                self._tell("link", status_views.link_state(node))
            case "file":
                moving = file_views.moving(node, about)
                if moving is not None:
                    self._tell("file", moving)
            case "person":
                self._tell_person(node, about)
            case "link":
                link = status_views.link_state(node)
                self._tell("link", link)
                if self._told_up == (node, link["up"], node.keys.revoked):
                    return
                self._told_up = node, link["up"], node.keys.revoked
                self._tell_person(node, node.me.uid)
                if link["up"]:  # of whom nothing is known now is nothing to tell; without a link that goes for all
                    for uid in node.around.known():
                        self._tell_person(node, uid)
                if node.keys.revoked:  # nothing can be written any more
                    for shown in chat_views.conversations(node):
                        self._tell("conversation", shown)
            case "group":
                self._tell_conversation(node, chat_of(about))
            case "group_gone":
                self._tell("conversation_gone", {"chat": chat_of(about)})
            case "typing":
                chat, uid, on = about
                self._tell("typing", {"chat": chat, "uid": uid.hex(), "on": on})
            case "seen":  # of one's own message in a group; the conversation shows it only if it is the last
                shown = message_views.message(node, about)
                if shown is None:
                    return
                self._tell("message", shown)
                if chat_views.newest(node, shown["chat"]) == shown["order"]:
                    self._tell_conversation(node, shown["chat"])
            case "settings":
                self._tell("settings", status_views.settings(node))
            case "alarm":
                self._tell("alarm", about)
            case "disk":
                self._tell("disk", errors.shown(node.vault.trouble))
            case "states":
                self._tell("states", {"states": status_views.states(node)})
            case "log":
                for uid in log_entries.people_of(
                    [entry for _n, entry in node.trust.entries(range(about[0], about[-1] + 1))]
                ):
                    self._tell_person(node, uid)
                    self._tell_chat(node, uid)
                    if uid == node.me.uid:  # what I may do has changed: with people, and in groups
                        self._tell_all(node)

    def _tell_all(self, node: Node) -> None:
        for user in list(node.trust.log.users.values()):
            self._tell_person(node, user.uid)
        for gid in list(node.groups.rooms):
            self._tell_conversation(node, chat_of(gid))

    def _tell_conversation(self, node: Node, chat: str) -> None:
        shown = chat_views.conversation(node, chat)
        if shown is not None:  # else it is hidden, or went meanwhile
            self._tell("conversation", shown)

    def _tell_chat(self, node: Node, uid: bytes) -> None:
        """Whether one can write to somebody may have changed: of who is in no conversation their Person says it."""
        shown = chat_views.conversation(node, outgoing.chat_of(uid))
        if shown is not None and shown["last"] is not None:
            self._tell("conversation", shown)

    def _tell_person(self, node: Node, uid: bytes) -> None:
        user = node.trust.user(uid)
        if user is not None:
            shown = person_views.person(node, user)
            self._tell("me" if shown["me"] else "person", shown)
