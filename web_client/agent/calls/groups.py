"""The agent's calls about groups, with the specification's names and arguments (docs/agent-api.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import msgspec

from protocol import lifetimes
from protocol.envelope import TEXT
from protocol.errors import Refused, Unreachable
from protocol.group_settings import LINE_LIMIT, Settings
from web_client.account import identity
from web_client.account.chat_ids import ChatId
from web_client.agent.calls.forms import MessageId, Order, Uid, call
from web_client.agent.calls.messages import MessageCalls
from web_client.agent.calls.profiles import LongText, PictureText, picture_in, picture_out
from web_client.agent.calls.safety import qr_code
from web_client.agent.views import chats as chat_views
from web_client.agent.views import groups as group_views
from web_client.agent.views import messages as message_views
from web_client.groups import join_links, letting_in, retraction
from web_client.groups import membership as group_membership
from web_client.groups import settings as group_settings
from web_client.groups.service import check_name
from web_client.groups.session import Room
from web_client.messages import display, outgoing

if TYPE_CHECKING:
    from web_client.agent.session import UserSession

NEWEST = 50  # messages that a reload shows at once


class GroupCalls(MessageCalls):
    """The part of the facade that is about groups."""

    @call()
    def public_chat_method(
        self,
        user_to_add: list[str],
        name: str,
        history: Literal["all", "joining"] = "all",
        write: Literal["all", "ranked"] = "all",
        picture: PictureText = "",
    ) -> dict[str, Any]:
        """Make a group: the port is agreed on with the authority, the members are invited through private chat."""
        session = self._open()
        uids = {self._user(one, "user_to_add").uid for one in user_to_add} - {session.ctx.me.uid}
        room = session.groups.create(display.tidy(name), sorted(uids), history, write, picture_in(picture))
        shown = self._show_group(session, room)
        return {"group_id": room.gid.hex(), "port": shown["group"]["port"], "chat": shown["chat"]}

    @call()
    def send_public_message(
        self,
        message: str,
        group_id: str,
        is_command: bool = False,
        is_add: bool | None = None,
        reason: str = "",
        id: MessageId | None = None,
    ) -> dict[str, Any]:
        """Write to a group or, as a command, add or remove the user whom `message` names."""
        session, gid = self._open(), _gid(group_id)
        if not is_command:
            body = outgoing.check_text(message)
            return self._say(ChatId.group(session.groups.room(gid).gid), TEXT, body, id)
        if is_add is None:
            raise Refused("bad_request", field="is_add")
        target = self._user(message, "message")
        return {"conversation": self._show_group(session, session.groups.command(gid, target.uid, is_add, reason))}

    @call()
    def add_members(self, group_id: str, user_to_add: list[str]) -> dict[str, Any]:
        """Add all of them in one change; who is in already is passed over."""
        session = self._open()
        uids = frozenset(self._user(one, "user_to_add").uid for one in user_to_add)
        if not uids:
            raise Refused("bad_request", field="user_to_add")
        return {"conversation": self._show_group(session, session.groups.add(_gid(group_id), uids))}

    @call()
    def change_group(
        self,
        group_id: str,
        name: str | None = None,
        line: LongText | None = None,
        picture: PictureText | None = None,
        write: Literal["all", "ranked"] | None = None,
    ) -> dict[str, Any]:
        """How a group looks, and who may write there, from now on; None leaves a thing as it is."""
        session = self._open()
        new: dict[str, Any] = {}
        if name is not None:
            new["name"] = display.tidy(name)
            check_name(new["name"])
        if line is not None:
            line = display.own(line, display.LINE_SIGNS, LINE_LIMIT - lifetimes.SIGNS, "line")
        if picture is not None:
            new["picture"] = picture_in(picture)

        def change(now: Settings) -> Settings:
            return group_settings.saying(msgspec.structs.replace(now, **new), line)

        return {
            "conversation": self._show_group(
                session, session.groups.change(_gid(group_id), change if new or line is not None else None, write)
            )
        }

    @call()
    def group_picture(self, group_id: str) -> dict[str, Any]:
        """A group's picture, in base64; None where it has none."""
        session = self._open()
        room = session.groups.room(_gid(group_id))
        settings = session.ctx.vault.read(lambda rows: group_settings.kept(rows, room.gid)).settings
        return {"picture": picture_out(settings.picture if settings is not None else None)}

    @call()
    def reload_one_chat(self, group_id: str) -> dict[str, Any]:
        """Fetch the group's chain to its newest entry, and say so; `not_member` for whoever has no access."""
        session = self._open()
        room = session.groups.room(_gid(group_id))
        room.require_joined()
        room.refresh()
        shown = self._show_group(session, room)
        found = message_views.history(session, shown["chat"], None, None, NEWEST)["messages"]
        return {"messages": found, "count": room.group.n, "conversation": shown}

    @call()
    def answer_invitation(self, group_id: str, join: bool) -> dict[str, Any]:
        session = self._open()
        return {"conversation": self._show_group(session, session.groups.answer(_gid(group_id), join))}

    @call()
    def set_join_link(
        self, group_id: str, on: bool, admits: Literal["asked", "all"] = "asked", anew: bool = False
    ) -> dict[str, Any]:
        """Turn a group's join link on or off, say whom it lets in, or make another one: the old one ends."""
        session = self._open()
        room = letting_in.set_link(session.groups, _gid(group_id), on, admits, anew)
        return {"conversation": self._show_group(session, room)}

    @call()
    def join_link_qr(self, group_id: str) -> dict[str, Any]:
        """The QR code of a group's join link, as `qr` gives it; `no_join_link` where there is none."""
        session = self._open()
        room = session.groups.room(_gid(group_id))
        link = session.ctx.vault.read(lambda rows: join_links.of(rows, room.gid))
        if link is None:
            raise Refused("no_join_link")
        return qr_code(group_views.join_url(session, room, link))

    @call()
    def ask_to_join(self, group_id: str, uid: Uid, secret: MessageId) -> dict[str, Any]:
        """Ask the maker of a group's join link to be let in; who is let in comes in by itself."""
        session, gid = self._open(), _gid(group_id)
        if session.ctx.trust.user(bytes.fromhex(uid)) is None and session.authority.up:
            session.authority.log.refresh()
        maker = self._person(uid)
        if maker.uid == session.ctx.me.uid:
            raise Refused("to_yourself", field="uid")
        if maker.key is None:
            raise Refused("revoked", field="uid")
        letting_in.ask(session.ctx.vault, session.messages, gid, maker.uid, bytes.fromhex(secret))
        return {}

    @call()
    def answer_ask(self, group_id: str, uid: Uid, accept: bool) -> dict[str, Any]:
        """Let in who has asked to come into a group, or don't; `stale` if they don't wait any more."""
        session = self._open()
        room = letting_in.answer(session.groups, _gid(group_id), bytes.fromhex(uid), accept)
        return {"conversation": self._show_group(session, room)}

    @call()
    def retract_message(self, chat: ChatId, order: Order, reason: str = "") -> dict[str, Any]:
        """Take somebody's message in a group away, for everybody and for good; `role_not_allowed`."""
        session = self._open()
        room = session.groups.rooms.get(chat.gid or b"")
        if room is None:
            raise Refused("no_such_chat", field="chat")
        line = self._line(chat, order, "order")
        if line.deleted:
            raise Refused("message_fixed", field="order")
        room.require_joined("chat")
        try:
            retraction.take_away(room, line.n or 0, reason.strip())
        except Unreachable as failure:
            raise identity.as_down(failure) from None
        return {}

    @call()
    def leave_group(self, group_id: str) -> dict[str, Any]:
        """Leave: nothing further comes from this moment on; any member makes the new key."""
        session = self._open()
        room = session.groups.room(_gid(group_id))
        room.require_joined()
        try:
            group_membership.leave(room)
        except Unreachable as reason:
            raise identity.as_down(reason) from None
        self._show_group(session, room)
        return {}

    def _show_group(self, session: UserSession, room: Room) -> dict[str, Any]:
        shown = chat_views.conversation(session, ChatId.group(room.gid))
        assert shown is not None
        self._tell("conversation", shown)
        return shown


def _gid(text: str) -> bytes:
    """A group id as the API writes it; what is none belongs to no group that one is in."""
    try:
        gid = bytes.fromhex(text)
    except ValueError:
        gid = b""
    if len(gid) != 16:
        raise Refused("not_member", field="group_id")
    return gid
