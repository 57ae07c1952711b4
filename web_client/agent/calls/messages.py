"""The agent's calls about messages and conversations (docs/agent-api.md)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta

from protocol import kinds
from protocol.envelope import TEXT
from protocol.errors import Refused
from protocol.files import FILE, VOICE
from protocol.primitives import random_id
from web_client.account.chat_ids import ChatId
from web_client.agent.calls import doing
from web_client.agent.calls.base import Calls
from web_client.agent.calls.forms import MessageId, Order, Uid, call
from web_client.agent.session import UserSession
from web_client.agent.views import chats as chat_views
from web_client.agent.views import messages as message_views
from web_client.agent.views import search as search_views
from web_client.groups import ephemeral
from web_client.messages import backup_rows, gone, outgoing
from web_client.messages import rows as message_rows
from web_client.messages.outgoing import IMPORT, WAITING
from web_client.messages.rows import MessageRow
from web_client.messages.showing import show
from web_client.search import index
from web_client.search.index import Wanted
from web_client.vault.database import Rows
from web_client.verify import messages as message_proof

WAITING_SHOWN = 200  # messages of the queue that a page is given


class MessageCalls(Calls):
    """The part of the facade that is about messages, in private and in groups."""

    # --- writing ---

    @call()
    def send_message(
        self, chat: ChatId, text: str, reply_to: Order | None = None, id: MessageId | None = None
    ) -> dict[str, Any]:
        """Write to a person or a group; it is on disk here when this returns, and goes out by itself."""
        kind, body = TEXT, outgoing.check_text(text, "text")
        if reply_to is not None:
            answered = self._line(chat, reply_to, "reply_to")
            kind, body = kinds.REPLY, kinds.encode_body(kinds.Reply(answered.id, answered.sender, text))
        return self._say(chat, kind, body, id)

    @call()
    def edit_message(self, chat: ChatId, order: Order, text: str, id: MessageId | None = None) -> dict[str, Any]:
        """Other words for a message of one's own; the first ones and their hash stay in its chain."""
        line = self._own_line(chat, order)
        outgoing.check_text(text, "text")
        return self._mark(chat, kinds.Edit(line.id, text), id)

    @call()
    def delete_message(self, chat: ChatId, order: Order, id: MessageId | None = None) -> dict[str, Any]:
        """Take a message of one's own back, for everybody."""
        line = self._own_line(chat, order)
        # what has not left is taken back without a trace; a file has more to it than its message
        if (
            line.kind not in (FILE, VOICE)
            and line.state == WAITING
            and self._open().messages.take_back(chat, order, line.id)
        ):
            return {"id": None}
        return self._mark(chat, kinds.Delete(line.id), id)

    @call()
    def react(self, chat: ChatId, order: Order, emoji: str, id: MessageId | None = None) -> dict[str, Any]:
        """One emoji to a message, in the place of the one before; an empty one takes it back."""
        line = self._line(chat, order, "order")
        if line.kind not in kinds.WRITTEN or line.deleted or line.sealed == IMPORT:
            raise Refused("message_fixed", field="order")
        if emoji and not kinds.is_emoji(emoji):
            raise Refused("not_emoji", field="emoji")
        return self._mark(chat, kinds.Reaction(line.id, line.sender, emoji), id)

    @call()
    def say_again(self, chat: ChatId, order: Order) -> dict[str, Any]:
        """What was changed of a message when the backup was made, and isn't certain to have arrived, is said anew."""
        session, line = self._open(), self._line(chat, order, "order")
        found = self._unsure(line)
        last = {mark.kind: mark for mark in found if mark.body}  # of each kind the last one is what counts
        if kinds.DELETE in last:
            last.pop(kinds.EDIT, None)
        for mark in last.values():
            self._write(chat, mark.kind, mark.body, random_id())
        self._settle_unsure(session, line, found)
        return {}

    @call()
    def let_be(self, chat: ChatId, order: Order) -> dict[str, Any]:
        """It stays as it is shown here, whatever the other has of it."""
        session, line = self._open(), self._line(chat, order, "order")
        self._settle_unsure(session, line, self._unsure(line))
        return {}

    def _settle_unsure(self, session: UserSession, line: MessageRow, found: list[MessageRow]) -> None:
        def change(rows: Rows) -> None:
            for mark in found:
                message_rows.change(rows, mark.ord, why=backup_rows.LET_BE)

        session.ctx.vault.write(change)
        show(session.ctx, [line.ord])

    def _unsure(self, line: MessageRow) -> list[MessageRow]:
        ctx = self._open().ctx
        return ctx.vault.read(lambda rows: backup_rows.unsure(rows, ctx.me.uid, line.chat, line.sender, line.id))

    def _say(self, chat: ChatId, kind: str, body: bytes, id: str | None) -> dict[str, Any]:
        """The same under this id, or a new one, which is answered."""
        own_id = bytes.fromhex(id) if id else random_id()
        self._write(chat, kind, body, own_id)
        return {"id": own_id.hex()}

    def _mark(self, chat: ChatId, body: kinds.Body, id: str | None) -> dict[str, Any]:
        return self._say(chat, body.KIND, kinds.encode_body(body), id)

    def _line(self, chat: ChatId, order: int, field: str) -> MessageRow:
        """A message as a call names it; `no_such_message`."""
        row = self._open().ctx.vault.read(lambda rows: message_rows.line(rows, chat, order))
        if row is None:
            raise Refused("no_such_message", field=field)
        return row

    def _own_line(self, chat: ChatId, order: int) -> MessageRow:
        line = self._line(chat, order, "order")
        if line.sender != self._open().ctx.me.uid:
            raise Refused("not_author", field="order")
        if line.kind not in kinds.WRITTEN or line.deleted or line.sealed == IMPORT:
            raise Refused("message_fixed", field="order")
        return line

    @call()
    def private_chat(
        self, username: str, client_b_username: str, message: str, is_cert: bool = False, id: MessageId | None = None
    ) -> dict[str, Any]:
        """Write to somebody; it is on disk here when this returns, and goes out by itself."""
        session = self._open()
        if username != session.ctx.me.name:
            raise Refused("not_you", field="username", name=username)
        if is_cert:
            raise Refused("bad_request", field="is_cert")  # invitations are made by the calls for groups
        peer = self._user(client_b_username, "client_b_username")
        if peer.uid == session.ctx.me.uid:
            raise Refused("to_yourself", field="client_b_username")
        session.blocked.allow(peer.uid, "client_b_username")
        chat = ChatId.private(peer.uid)
        return {"chat": chat, **self._say(chat, TEXT, outgoing.check_text(message), id)}

    # --- reading ---

    @call()
    def history(
        self,
        chat: ChatId,
        before: Order | None = None,
        after: Order | None = None,
        limit: Annotated[int, Meta(ge=1, le=200)] = 50,
        around: Order | None = None,
        at: Order | None = None,
    ) -> dict[str, Any]:
        ways = {"before": before, "after": after, "around": around, "at": at}
        given = [name for name, value in ways.items() if value is not None]
        if len(given) > 1:
            raise Refused("bad_request", field=given[1])
        session = self._open()
        session.authority.watch_list.look_at(chat_views.people_in(session, chat))
        return message_views.history(session, chat, before, after, limit, around, at)

    @call()
    def search(
        self,
        text: Annotated[str, Meta(max_length=1000)],
        chat: ChatId | None = None,
        limit: Annotated[int, Meta(ge=1, le=100)] = 30,
        before: Order | None = None,
        by: Uid | None = None,
        kind: Literal["file", "picture", "video", "sound", "link", "media", "document"] | None = None,
        since: Order | None = None,
        until: Order | None = None,
    ) -> dict[str, Any]:
        """What has all these words, in any form that a keyboard gives them, and is the rest of it too. Words may be
        left out where `by` or `kind` is given.
        """
        session = self._open()
        if chat is not None and chat_views.conversation(session, chat) is None:
            raise Refused("no_such_chat", field="chat")
        terms = index.terms(text)
        if not terms and (text.strip() or not (by or kind)):
            return {"hits": [], "more": False}
        return search_views.search(
            session, Wanted(terms, chat, bytes.fromhex(by) if by else None, kind, since, until), limit, before
        )

    @call()
    def thread(self, chat: ChatId, order: Order) -> dict[str, Any]:
        """A message, all that answers it, and all that answers those, in the order of the conversation."""
        session = self._open()
        self._line(chat, order, "order")
        return message_views.thread(session, chat, order)

    @call()
    def find_message(self, chat: ChatId, id: MessageId) -> dict[str, Any]:
        """The order of a message that a link names by its id."""
        row = self._open().ctx.vault.read(lambda rows: message_rows.called(rows, chat, bytes.fromhex(id)))
        if row is None:
            raise Refused("no_such_message", field="id")
        return {"order": row.ord}

    @call()
    def message_details(self, chat: ChatId, order: Order) -> dict[str, Any]:
        """What vouches for a message, verified again from the stored bytes."""
        session = self._open()
        room = session.groups.rooms.get(chat.gid or b"")
        if room is not None:
            ephemeral.ask_seen(room)
        return {
            "details": session.ctx.vault.read(
                lambda rows: message_proof.details(session.ctx, session.groups.replayed, rows, chat, order)
            )
        }

    @call()
    def typing(self, chat: ChatId, on: bool, what: Literal["typing", "recording"] = "typing") -> dict[str, Any]:
        """Let those in a conversation see that one is writing, or has stopped; nothing of it is kept."""
        doing.say(self._open(), chat, on, what)
        return {}

    @call()
    def leave_again(self, chat: ChatId) -> dict[str, Any]:
        """Send a person again what waited for them at the authority until it was too old."""
        session = self._open()
        user = session.ctx.trust.user(chat.peer or b"")
        if user is None:
            raise Refused("no_such_chat", field="chat")
        if user.key is None:
            raise Refused("revoked", field="chat")
        return {"messages": len(gone.leave_again(session.ctx, session.outbox, user.uid))}

    @call()
    def waiting(self) -> dict[str, Any]:
        return message_views.waiting(self._open(), WAITING_SHOWN)

    @call()
    def mark_read(self, chat: ChatId, position: Order) -> dict[str, Any]:
        session = self._open()
        if chat_views.conversation(session, chat) is None:
            raise Refused("no_such_chat", field="chat")
        session.messages.mark_read(chat, position)
        self._tell("conversation", chat_views.conversation(session, chat))
        return {}

    @call()
    def mark_listened(self, chat: ChatId, order: Order) -> dict[str, Any]:
        """Somebody's voice message is listened to; of one's own nothing becomes."""
        line = self._line(chat, order, "order")
        if line.kind != VOICE or line.deleted:
            raise Refused("no_such_message", field="order")
        if line.sender != self._open().ctx.me.uid and line.sealed != IMPORT:
            self._open().messages.mark_listened(line)
        return {}
