"""What the page is told when something has happened: events in, pushes of docs/agent-api.md out."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from protocol import log_entries
from protocol.errors import Damaged, HamrazError, Refused
from transport import threads
from web_client.account import events
from web_client.account.chat_ids import ChatId
from web_client.account.events import Event
from web_client.agent.views import chats as chat_views
from web_client.agent.views import files as file_views
from web_client.agent.views import messages as message_views
from web_client.agent.views import people as person_views
from web_client.agent.views import status as status_views
from web_client.vault import errors

if TYPE_CHECKING:
    from web_client.agent.session import UserSession

Told = list[tuple[str, Any]]  # pushed events and their values
LOOKS = 3  # of one thread: whoever has made a change isn't kept by what many others change meanwhile


class _Turn(threading.local):
    """What this thread has heard of one change, until it is over."""

    def __init__(self) -> None:
        self.events: list[Event] = []


class Projector:
    """Of one session. A page that can't be told, or what can't be shown, stops nothing of what has happened.

    One thread looks at a time, and tells what others have heard meanwhile, too: so nothing that is told later was seen
    earlier, and nobody waits. `tell` gets all pushes of one look at once: a page draws them once.
    """

    def __init__(
        self, session: UserSession, tell: Callable[[Told], None], is_heard: Callable[[], bool] = lambda: True
    ) -> None:
        self._session = session
        self._tell_all = tell
        self._is_heard = is_heard  # whether anybody is told by it
        self._told_up: tuple[bool, bool] | None = None  # what was told last: whether the link is up, the account ended
        self._told_away: set[bytes] = (
            set()
        )  # people who were told of while the link was down: not whether they are here
        self._turn = _Turn()
        self._lock = threading.Lock()
        self._heard: list[Event] = []  # and not looked at yet
        self._is_looking = False
        # of one look
        self._chats: dict[ChatId, None] = {}
        self._queue = False
        self._told: Told = []
        session.ctx.events.subscribe(Event, self._on)

    def _on(self, event: Event) -> None:
        if not self._is_heard():
            return
        self._turn.events.append(event)
        if self._session.ctx.events.in_turn:
            return
        with self._lock:
            self._heard += self._turn.events
            self._turn.events = []
            if self._is_looking:
                return
            self._is_looking = True
        self._look_on(self._next(), LOOKS)

    def _look_on(self, heard: list[Event], looks: int | None = None) -> None:
        """Look until there is nothing; after so many looks a thread that nobody waits for goes on."""
        try:
            while heard:
                if looks == 0:
                    threads.spawn("page", self._look_on, self._session.ctx.troubles, heard)
                    heard = []
                    return
                self._look(heard)
                heard = self._next()
                looks = None if looks is None else looks - 1
        finally:
            if heard:  # cut off in the midst of it: somebody else goes on
                self._is_looking = False

    def _next(self) -> list[Event]:
        with self._lock:
            heard, self._heard = self._heard, []
            self._is_looking = bool(heard)
        return heard

    def _look(self, heard: list[Event]) -> None:
        for event in heard:
            self._safely(self._show, event)
        self._sum_up()
        told, self._told = self._told, []
        if told and self._is_heard():  # else the vault was locked meanwhile, and the pages know
            self._safely(self._tell_all, told)

    def _safely(self, do: Callable[..., None], *given: Any) -> None:
        with contextlib.suppress(HamrazError), self._session.ctx.troubles.guard("page"):
            try:
                do(*given)
            except (Refused, Damaged) as reason:
                # the vault was closed meanwhile, or can't be read: there is nothing to show, and the latter is told
                if reason.code != "locked" and not isinstance(reason, Damaged):
                    raise

    def _push(self, event: str, value: Any) -> None:
        self._told.append((event, value))

    def _show(self, event: Event) -> None:
        session = self._session
        match event:
            case events.MessageChanged(order):
                shown = message_views.message(session, order)
                if shown is not None:  # else it was taken back meanwhile
                    self._push("message", shown)
                    self._chats[shown["chat"]] = None
                self._queue = True
            case events.MessageRemoved(chat, name):
                self._push("message_gone", {"chat": chat, "id": name})
                self._chats[chat] = None
                self._queue = True
            case events.QueueChanged():
                self._queue = True
            case events.ChatChanged(chat):
                self._push("reread", {"chat": chat})
                self._chats[chat] = None
            case events.ContactChanged(uid):
                self._contact(uid)
            case events.PersonChanged(uid):
                self._person(uid)
            case events.PresenceChanged(uid):
                if not session.blocked.has(uid):  # of whom nothing is shown
                    self._person(uid)
            case events.FileProgress(name):
                moving = file_views.moving(session, name)
                if moving is not None:
                    self._push("file", moving)
            case events.LinkChanged():
                self._link()
            case events.LaterChanged(chat):
                self._chats[chat] = None
            case events.GroupChanged(gid):
                self._chats[ChatId.group(gid)] = None
            case events.GroupRemoved(gid):
                self._push("conversation_gone", {"chat": ChatId.group(gid)})
            case events.TypingChanged(chat, uid, on, what):
                self._push("typing", {"chat": chat, "uid": uid.hex(), "on": on, "what": what})
            case events.ReadPositionsChanged(order):
                shown = message_views.message(session, order)
                if shown is not None:
                    self._push("message", shown)
                    if chat_views.newest(session, shown["chat"]) == shown["position"]:  # it shows only that
                        self._chats[shown["chat"]] = None
            case events.SettingsChanged():
                self._push("settings", status_views.settings(session))
            case events.BackupChanged():
                self._push("backup", status_views.backup(session))
            case events.KitChanged():
                self._push("kit", status_views.kit(session))
            case events.Equivocation(alarm):
                self._push("alarm", alarm)
            case events.StorageChanged():
                self._push("disk", errors.shown(session.ctx.vault.trouble))
            case events.StatesChanged():
                self._push("states", {"states": status_views.states(session)})
            case events.LogGrew(indexes):
                self._log(indexes)

    def _sum_up(self) -> None:
        """What has changed several times is told once."""
        chats, self._chats = self._chats, {}
        queue, self._queue = self._queue, False
        for chat in chats:
            self._safely(self._conversation, chat)  # one that can't be shown costs no other
        if queue:
            self._safely(lambda: self._push("link", status_views.link_state(self._session)))

    def _conversation(self, chat: ChatId) -> None:
        shown = chat_views.conversation(self._session, chat)
        if shown is None:  # hidden, or gone meanwhile
            return
        if chat_views.is_bare(shown):
            self._push("conversation_gone", {"chat": chat})
        else:
            self._push("conversation", shown)

    def _link(self) -> None:
        session = self._session
        link = status_views.link_state(session)
        self._push("link", link)
        now = link["up"], session.authority.revoked
        if self._told_up == now:
            return
        self._told_up = now
        self._person(session.ctx.me.uid)
        if link["up"]:  # who has come or gone meanwhile is told; of all others a page knows again what it knew before
            for uid in session.authority.presence.known():
                if session.shown_away or uid in self._told_away:
                    self._person(uid)
            session.shown_away = False
            self._told_away.clear()
        if session.authority.revoked:  # nothing can be written any more
            for shown in chat_views.conversations(session):
                self._push("conversation", shown)

    def _log(self, indexes: list[int]) -> None:
        session = self._session
        told = session.ctx.trust.entries(range(indexes[0], indexes[-1] + 1))
        for uid in log_entries.people_of([entry for _n, entry in told]):
            self._person(uid)
            self._contact(uid)
            if uid == session.ctx.me.uid:  # what I may do has changed: with people, and in groups
                for uid in list(session.ctx.trust.log.users):
                    self._person(uid)
                for gid in list(session.groups.rooms):
                    self._chats[ChatId.group(gid)] = None

    def _contact(self, uid: bytes) -> None:
        """Whether one can write to somebody may have changed: of who is in no conversation their Person says it."""
        shown = chat_views.conversation(self._session, ChatId.private(uid))
        if shown is not None and shown["last"] is not None:
            self._push("conversation", shown)

    def _person(self, uid: bytes) -> None:
        user = self._session.ctx.trust.user(uid)
        if user is not None and self._session.known.has(uid):
            if not self._session.authority.up:
                self._told_away.add(uid)
            shown = person_views.person(self._session, user)
            self._push("me" if shown["me"] else "person", shown)
