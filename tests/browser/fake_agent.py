"""The real page before an agent that plays a part: people, conversations and messages as a test wants them, in memory.

It keeps to the shapes of docs/agent-api.md and does what the page asks for at once. How messages come about is
others' matter; here they are only shown.
"""

from __future__ import annotations

import base64
import itertools
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Any

from playwright.sync_api import Page, expect

from protocol.errors import error
from tests.door.stand_in import Agent
from tests.processes import same_port
from web_client.agent.calls.safety import qr_code
from web_client.page.app import make_app
from web_client.page.file_routes import FileRoutes
from web_client.page.server import Claim, PageServer
from web_client.page.socketio import PageEvents
from web_client.page.tokens import Door

NOON = 1_795_424_400_000  # ms: 23 November 2026, 09:00 UTC


def uid_of(name: str) -> str:
    """A uid that is the same for the same name."""
    return name.encode().hex().ljust(64, "0")[:64]


class FakeAgent(Agent):
    """`me` is logged in. `asked` has every call with its arguments; `refuse` maps a call to an error's code."""

    def __init__(self, me: str = "arash", others: tuple[str, ...] = ("sara", "omid", "نیلوفر")) -> None:
        super().__init__("ready")
        self.me = me
        self.refuse: dict[str, str] = {}
        self.keywords: list[str] = []
        self.at_login = False
        self.desktop = "off"
        self._answered_later: dict[str, int | None] = {}
        self.people = {name: self._person(name) for name in (me, *others)}
        self.elsewhere: list[dict[str, Any]] = []  # whom the page isn't told of before it asks, by name
        self.chats: dict[str, dict[str, Any]] = {}
        self.messages: dict[str, list[dict[str, Any]]] = {}
        self.pictures: dict[str, bytes] = {}
        self.details: dict[int, dict[str, Any]] = {}
        self._orders = itertools.count(1)

    def _person(self, name: str) -> dict[str, Any]:
        mine = name == self.me
        return {
            "uid": uid_of(name),
            "name": name,
            "display_name": "",
            "alike": False,
            "nickname": "",
            "line": "",
            "picture": None,
            "role": "super admin" if mine else "beginner user",
            "me": mine,
            "online": True,
            "since": None,
            "verified": False,
            "contact": True,
            "blocked": False,
            "new_key": None,
            "revoked": False,
            "may": [],
            "may_revoke": False,
            "why_not": None,
        }

    # --- what there is ---

    def private(self, name: str) -> str:
        """The private chat with this person."""
        chat = f"p:{uid_of(name)}"
        if chat not in self.chats:
            self.chats[chat] = self._conversation(chat, "private", name) | {"uid": uid_of(name), "group": None}
            self.tell("conversation", self.chats[chat])
        return chat

    def group(self, name: str, members: tuple[str, ...]) -> str:
        """A group of these people and oneself, all of them in it."""
        gid = uid_of(name)[:32]
        joined = [{"uid": uid_of(one), "state": "joined", "acked": True} for one in (self.me, *members)]
        group = {
            "gid": gid,
            "line": "",
            "picture": None,
            "port": 28417,
            "epoch": 3,
            "history": "joining",
            "write": "all",
            "state": "joined",
            "invited_by": None,
            "creator": uid_of(self.me),
            "members": joined,
            "declined": [],
            "acked": len(joined),
            "stale": False,
            "link": None,
            "asks": [],
            "may_add": True,
            "may_remove": True,
            "may_leave": True,
            "why_not": None,
            "certificate": {"checked": True, "entry": 7, "sequence": 1},
            "last_checked": NOON,
        }
        chat = f"g:{gid}"
        self.chats[chat] = self._conversation(chat, "group", name) | {"uid": None, "group": group}
        self.tell("conversation", self.chats[chat])
        return chat

    def _conversation(self, chat: str, kind: str, name: str) -> dict[str, Any]:
        return {
            "chat": chat,
            "kind": kind,
            "name": name,
            "last": None,
            "time": None,
            "unread": 0,
            "position": 0,
            "can_send": True,
            "why_not": None,
            "pinned": False,
            "muted": False,
            "muted_until": None,
            "mentions_only": False,
            "marked_unread": False,
            "archived": False,
            "lifetime": 0,
            "draft": "",
            "answering": None,
            "editing": None,
            "first_unread": None,
            "mentions": 0,
            "first_mention": None,
            "pins": [],
            "later": [],
        }

    def say(self, chat: str, name: str, text: str = "", **more: Any) -> dict[str, Any]:
        """A message of this person in a conversation; the newest. `more`: other fields of Message."""
        order = next(self._orders)
        mine = name == self.me
        message = {
            "id": f"{order:032x}",
            "chat": chat,
            "order": order,
            "position": order,
            "from": uid_of(name),
            "mine": mine,
            "time": NOON + order * 60_000,
            "kind": "text",
            "text": text,
            "mention": None,
            "keyword": None,
            "starred": False,
            "lifetime": None,
            "goes": None,
            "state": "read" if mine else "received",
            "why": None,
            "gap": False,
            "reply": None,
            "edited": None,
            "deleted": False,
            "retracted": None,
            "reactions": [],
            "answers": 0,
            "answered": None,
            "file": None,
            "imported": False,
            "unsure": False,
        } | more
        self.messages.setdefault(chat, []).append(message)
        # as the agent does: when it came, whatever the sender's clock says
        self.chats[chat] |= {"last": message, "time": NOON + order * 60_000, "position": order}
        self.tell_together(("message", message), ("conversation", self.chats[chat]))
        return message

    def change(self, message: dict[str, Any], **fields: Any) -> dict[str, Any]:
        """The message with these fields new, which the page is told."""
        message |= fields
        self.tell("message", message)
        return message

    def conversation(self, chat: str, **fields: Any) -> None:
        """The conversation with these fields new, which the page is told."""
        self.chats[chat] |= fields
        self.tell("conversation", self.chats[chat])

    def calls(self, name: str) -> list[dict[str, Any]]:
        """The arguments of all calls of this name, the oldest first."""
        return [arguments for called, arguments in self.asked if called == name]

    # --- the calls ---

    def run(self, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
        return self.found_people(**arguments) if name == "people" else super().run(name, arguments)

    def found_people(self, query: str = "", after: str | None = None, limit: int = 50) -> dict[str, Any]:
        self._note("people", query=query, after=after)
        uids = [person["uid"] for person in self.elsewhere]
        found = [one for one in self.elsewhere[0 if after is None else uids.index(after) + 1 :] if query in one["name"]]
        return {"people": found[:limit], "more": len(found) > limit}

    def status(self) -> dict[str, Any]:
        return {
            "api": 2,
            "stage": self.stage,
            "authority": self._authority(),
            "owner": False,
            "needs_invitation": False,
            "discovery": False,
            "username": self.me,
            "vault": None,
            "kit": False,
            "restoring": False,
            "backup_file": False,
            "accounts": [],
            "port": 0,
            "move": None,
        }

    def _authority(self) -> dict[str, Any]:
        return {"id": "0" * 64, "hosts": ["192.168.1.20"], "port": 5050, "digits": ["00000"] * 4}

    def snapshot(self) -> dict[str, Any]:
        people = list(self.people.values())
        return {
            "stage": "ready",
            "me": people[0],
            "authority": self._authority(),
            "link": {"up": True, "retry_in": None, "waiting": 0, "why": None, "restored": None},
            "alarm": None,
            "disk": None,
            "states": [],
            "people": people[1:],
            "conversations": list(self.chats.values()),
            "log_size": 9,
            "join_link": None,
            "settings": {
                "read_receipts": True,
                "typing": True,
                "presence": True,
                "backups": True,
                "notifications": "name",
                "lock_after": "never",
                "desktop": self.desktop,
                "groups": "asked",
                "keywords": self.keywords,
            },
            "kit": {"where": "paper", "when": NOON, "asked": None, "request": None},
            "backup": {
                "kit": True,
                "when": NOON,
                "size": 90_000,
                "checked": NOON,
                "under_way": None,
                "why": None,
                "restored": None,
            },
            "people_in_all": len(people) + len(self.elsewhere),
        }

    def history(
        self,
        chat: str,
        before: int | None = None,
        after: int | None = None,
        limit: int = 50,
        around: int | None = None,
        at: int | None = None,
    ) -> dict[str, Any]:
        found = self.messages.get(chat, [])
        if around is not None:
            place = next(at for at, one in enumerate(found) if one["position"] >= around)
            start, end = max(0, place - limit // 2), place + limit // 2
            older, newer = start > 0, end < len(found)
            return {"messages": found[start:end], "older": older, "newer": newer, "more": older}
        if after is not None:
            wanted = [one for one in found if one["position"] > after]
            newer = len(wanted) > limit
            return {"messages": wanted[:limit], "older": len(wanted) < len(found), "newer": newer, "more": newer}
        wanted = [one for one in found if before is None or one["position"] < before]
        older = len(wanted) > limit
        return {"messages": wanted[-limit:], "older": older, "newer": len(wanted) < len(found), "more": older}

    def thread(self, chat: str, order: int) -> dict[str, Any]:
        self._note("thread", chat=chat, order=order)
        found = [self._find(order)]
        for one in self.messages[chat]:
            if one["reply"] and one["reply"]["order"] in [other["order"] for other in found]:
                found.append(one)
        return {"messages": found, "more": False}

    def find_message(self, chat: str, id: str) -> dict[str, Any]:
        self._note("find_message", chat=chat, id=id)
        found = next((one for one in self.messages.get(chat, []) if one["id"] == id), None)
        if found is None:
            raise error("no_such_message", field="id")
        return {"order": found["order"]}

    def search(self, text: str, **where: Any) -> dict[str, Any]:
        self._note("search", text=text, **where)
        return {"hits": [], "more": False}

    def send_message(self, chat: str, text: str, reply_to: int | None = None, id: str | None = None) -> dict[str, Any]:
        self._note("send_message", chat=chat, text=text, reply_to=reply_to)
        if chat not in self.chats:
            self.private(next(name for name, person in self.people.items() if chat == f"p:{person['uid']}"))
        quoted = self._find(reply_to) if reply_to is not None else None
        reply = quoted and {key: quoted[key] for key in ("id", "from", "order", "kind", "text")} | {
            "missing": False,
            "blocked": False,
        }
        more = {"id": id} if id else {}
        return {"id": self.say(chat, self.me, text, reply=reply, state="delivered", **more)["id"]}

    def edit_message(self, chat: str, order: int, text: str, id: str | None = None) -> dict[str, Any]:
        self._note("edit_message", chat=chat, order=order, text=text)
        return {"id": self.change(self._find(order), text=text, edited=NOON)["id"]}

    def delete_message(self, chat: str, order: int, id: str | None = None) -> dict[str, Any]:
        self._note("delete_message", chat=chat, order=order)
        return {"id": self.change(self._find(order), kind="deleted", deleted=True, text="", reactions=[])["id"]}

    def say_again(self, chat: str, order: int) -> dict[str, Any]:
        self._note("say_again", chat=chat, order=order)
        self.change(self._find(order), unsure=False)
        return {}

    def let_be(self, chat: str, order: int) -> dict[str, Any]:
        self._note("let_be", chat=chat, order=order)
        self.change(self._find(order), unsure=False)
        return {}

    def leave_again(self, chat: str) -> dict[str, Any]:
        self._note("leave_again", chat=chat)
        again = [one for one in self.messages[chat] if one["why"] == "mail_gone"]
        for message in again:
            self.change(message, state="waiting", why=None)
        return {"messages": len(again)}

    def public_chat_method(
        self, user_to_add: list[str], name: str, history: str = "all", write: str = "all", picture: str = ""
    ) -> dict[str, Any]:
        self._note(
            "public_chat_method", user_to_add=user_to_add, name=name, history=history, write=write, picture=picture
        )
        chat = self.group(name, tuple(user_to_add))
        self.chats[chat]["group"] |= {"history": history, "write": write}
        return {"group_id": chat[2:], "port": 28417, "chat": chat}

    def change_group(self, group_id: str, picture: str | None = None, **given: Any) -> dict[str, Any]:
        changes = {key: value for key, value in given.items() if value is not None}
        self._note("change_group", group_id=group_id, picture=picture, **changes)
        chat = f"g:{group_id}"
        if "name" in changes:
            self.chats[chat]["name"] = changes.pop("name")
        if picture is not None:
            self.pictures[group_id] = found = base64.b64decode(picture)
            changes["picture"] = sha256(found).hexdigest()[:16] if found else None
        self.chats[chat]["group"] |= changes
        self.conversation(chat)
        return {"conversation": self.chats[chat]}

    def group_picture(self, group_id: str) -> dict[str, Any]:
        return self.picture(group_id)

    def add_members(self, group_id: str, user_to_add: list[str]) -> dict[str, Any]:
        self._note("add_members", group_id=group_id, user_to_add=user_to_add)
        group = self.chats[f"g:{group_id}"]["group"]
        group["members"] += [{"uid": uid_of(one), "state": "invited", "acked": False} for one in user_to_add]
        self.conversation(f"g:{group_id}")
        return {"conversation": self.chats[f"g:{group_id}"]}

    def set_join_link(self, group_id: str, on: bool, admits: str = "asked", anew: bool = False) -> dict[str, Any]:
        self._note("set_join_link", on=on, admits=admits, anew=anew)
        chat = self.chats[f"g:{group_id}"]
        before = chat["group"]["link"]
        secret = ("f" if anew else "0") * 32
        url = f"web+hamraz:/join/{group_id}/{uid_of(self.me)}/{secret}/{chat['name']}"
        kept = before["url"] if before and not anew else url
        self.conversation(f"g:{group_id}", group=chat["group"] | {"link": {"url": kept, "on": on, "admits": admits}})
        return {"conversation": chat}

    def join_link_qr(self, group_id: str) -> dict[str, Any]:
        return qr_code(self.chats[f"g:{group_id}"]["group"]["link"]["url"])

    def ask_to_join(self, group_id: str, uid: str, secret: str) -> dict[str, Any]:
        self._note("ask_to_join", group_id=group_id, uid=uid, secret=secret)
        return {}

    def answer_ask(self, group_id: str, uid: str, accept: bool) -> dict[str, Any]:
        self._note("answer_ask", uid=uid, accept=accept)
        chat = self.chats[f"g:{group_id}"]
        left = [one for one in chat["group"]["asks"] if one["uid"] != uid]
        self.conversation(f"g:{group_id}", group=chat["group"] | {"asks": left})
        return {"conversation": chat}

    def retract_message(self, chat: str, order: int, reason: str = "") -> dict[str, Any]:
        self._note("retract_message", chat=chat, order=order, reason=reason)
        taken = {"by": uid_of(self.me), "reason": reason}
        message = self._find(order)
        self.change(message, kind="deleted", deleted=True, text="", reactions=[], retracted=taken)
        return {}

    def react(self, chat: str, order: int, emoji: str, id: str | None = None) -> dict[str, Any]:
        self._note("react", chat=chat, order=order, emoji=emoji)
        mine = uid_of(self.me)
        message = self._find(order)
        kept = [one | {"from": [uid for uid in one["from"] if uid != mine]} for one in message["reactions"]]
        kept = [one for one in kept if one["from"] or one["emoji"] == emoji]
        for one in kept:
            if one["emoji"] == emoji:
                one["from"] = [*one["from"], mine]
                break
        else:
            kept += [{"emoji": emoji, "from": [mine]}] if emoji else []
        return {"id": self.change(message, reactions=kept)["id"]}

    def message_details(self, chat: str, order: int) -> dict[str, Any]:
        self._note("message_details", chat=chat, order=order)
        return {"details": self.details[order]}

    def set_keywords(self, keywords: list[str]) -> dict[str, Any]:
        self._note("set_keywords", keywords=keywords)
        self.keywords = keywords
        settings = self.snapshot()["settings"]
        self.tell("settings", settings)
        return {"settings": settings}

    def start_at_login(self, on: bool | None) -> dict[str, Any]:
        self._note("start_at_login", on=on)
        self.at_login = self.at_login if on is None else on
        return {"on": self.at_login}

    def block(self, uid: str) -> dict[str, Any]:
        self._note("block", uid=uid)
        return {"person": self.person(uid, blocked=True, online=None)}

    def unblock(self, uid: str) -> dict[str, Any]:
        self._note("unblock", uid=uid)
        return {"person": self.person(uid, blocked=False, online=True)}

    def person(self, uid: str, **fields: Any) -> dict[str, Any]:
        """The person with these fields new, which the page is told."""
        person = next(one for one in self.people.values() if one["uid"] == uid)
        person |= fields
        self.tell("me" if person["me"] else "person", person)
        return person

    def set_profile(self, display_name: str, line: str, picture: str | None = None) -> dict[str, Any]:
        self._note("set_profile", display_name=display_name, line=line, picture=picture)
        mine = uid_of(self.me)
        if picture is not None:
            self.give_picture(self.me, base64.b64decode(picture))
        return {"person": self.person(mine, display_name=display_name, line=line)}

    def give_picture(self, name: str, picture: bytes) -> None:
        """Somebody shows this picture from now on, whatever it is."""
        uid = uid_of(name)
        self.pictures[uid] = picture
        self.person(uid, picture=sha256(picture).hexdigest()[:16] if picture else None)

    def picture(self, uid: str) -> dict[str, Any]:
        self._note("picture", uid=uid)
        found = self.pictures.get(uid)
        return {"picture": base64.b64encode(found).decode() if found else None}

    def set_nickname(self, uid: str, nickname: str) -> dict[str, Any]:
        self._note("set_nickname", uid=uid, nickname=nickname)
        return {"person": self.person(uid, nickname=nickname)}

    def log(self, before: int | None = None, limit: int = 100, filter: str | None = None) -> dict[str, Any]:
        return {"entries": [], "size": 9, "seen_by": 0}

    def file_begin(self, chat: str, id: str, name: str, **about: Any) -> dict[str, Any]:
        self._note("file_begin", chat=chat, id=id, name=name, **about)
        raise error("disk_full")

    def file_ticket(self, chat: str, order: int) -> dict[str, Any]:
        return {"ticket": "of-a-file"}

    def uploads(self) -> dict[str, Any]:
        return {"uploads": []}

    def export_chat(self, chat: str, language: str) -> dict[str, Any]:
        self._note("export_chat", chat=chat, language=language)
        return {"ticket": "of-a-chat"}

    def export_all(self, language: str) -> dict[str, Any]:
        self._note("export_all", language=language)
        return {"ticket": "of-all"}

    def open_file(self, ticket: str) -> tuple[str, None, Iterator[bytes]]:
        return f"hamraz-{ticket}.zip", None, iter([b"P", b"K"])

    def set_lifetime(self, chat: str, seconds: int, id: str | None = None) -> dict[str, Any]:
        self._note("set_lifetime", chat=chat, seconds=seconds)
        self.conversation(chat, lifetime=seconds)
        return {"conversation": self.chats[chat]}

    def set_chat(
        self,
        chat: str,
        pinned: bool | None = None,
        muted: bool | None = None,
        draft: str | None = None,
        answering: int | None = None,
        editing: int | None = None,
        edit: str | None = None,
        archived: bool | None = None,
        muted_until: int | None = None,
        mentions_only: bool | None = None,
        marked_unread: bool | None = None,
    ) -> dict[str, Any]:
        given: dict[str, Any] = {"pinned": pinned, "draft": draft, "archived": archived, "marked_unread": marked_unread}
        if (muted, muted_until, mentions_only) != (None, None, None):
            given |= {
                "muted": bool(muted or muted_until),
                "muted_until": muted_until,
                "mentions_only": bool(mentions_only),
            }
        self._note("set_chat", chat=chat, answering=answering, editing=editing, edit=edit, **given)
        if chat not in self.chats and draft:
            self.private(next(name for name, person in self.people.items() if chat == f"p:{person['uid']}"))
        if chat in self.chats:
            new: dict[str, Any] = {name: one for name, one in given.items() if one is not None or name == "muted_until"}
            if answering is not None:
                new["answering"] = self._find(answering) if answering else None
            if editing is not None:
                new["editing"] = {"message": self._find(editing), "text": ""} if editing else None
            edited = new.get("editing", self.chats[chat]["editing"])
            if edit is not None and edited:
                new["editing"] = edited | {"text": edit}
            self.conversation(chat, **new)
        return {"conversation": self.chats.get(chat)}

    def clear_chat(self, chat: str) -> dict[str, Any]:
        self._note("clear_chat", chat=chat)
        self.messages[chat] = []
        self.conversation(chat, last=None, time=None, position=0, unread=0)
        self.tell("reread", {"chat": chat})
        return {}

    def delete_chat(self, chat: str) -> dict[str, Any]:
        self._note("delete_chat", chat=chat)
        del self.chats[chat]
        self.tell("conversation_gone", {"chat": chat})
        return {}

    def send_later(
        self, chat: str, text: str, at: int, id: str | None = None, reply_to: int | None = None
    ) -> dict[str, Any]:
        self._note("send_later", chat=chat, text=text, at=at, id=id, reply_to=reply_to)
        own_id = id or f"{at:032x}"
        self._answered_later[own_id] = reply_to
        answers = reply_to is not None
        found = [*self.chats[chat]["later"], {"id": own_id, "text": text, "at": at, "why": None, "answers": answers}]
        self.conversation(chat, later=sorted(found, key=lambda one: one["at"]))
        return {"id": own_id}

    def mark_read(self, chat: str, position: int) -> dict[str, Any]:
        self._note("mark_read", chat=chat, position=position)
        return {}

    def drop_later(self, id: str) -> dict[str, Any]:
        self._note("drop_later", id=id)
        text = None
        for chat, shown in self.chats.items():
            for one in [one for one in shown["later"] if one["id"] == id]:
                text = one["text"]
                self.conversation(chat, later=[other for other in shown["later"] if other is not one])
        return {"text": text, "reply_to": self._answered_later.get(id)}

    def pin_message(self, chat: str, order: int, on: bool, id: str | None = None) -> dict[str, Any]:
        self._note("pin_message", chat=chat, order=order, on=on)
        message = self._find(order)
        pins = [one for one in self.chats[chat]["pins"] if one["order"] != order]
        one = {name: message[name] for name in ("order", "from", "kind", "text")} | {"by": uid_of(self.me)}
        self.conversation(chat, pins=[one, *pins] if on else pins)
        return {"id": "0" * 32}

    def star(self, chat: str, order: int, on: bool) -> dict[str, Any]:
        self._note("star", chat=chat, order=order, on=on)
        self.change(self._find(order), starred=on)
        return {}

    def starred(self, text: str = "", chat: str | None = None, limit: int = 30, skip: int = 0) -> dict[str, Any]:
        found = [one for all in self.messages.values() for one in all if one["starred"] and text in one["text"]]
        hits = [{"message": one, "parts": [[one["text"], False]]} for one in found if chat in (None, one["chat"])]
        return {"hits": hits[skip : skip + limit], "more": len(hits) > skip + limit}

    def clear_message(self, chat: str, order: int) -> dict[str, Any]:
        self._note("clear_message", chat=chat, order=order)
        message = self._find(order)
        self.messages[chat].remove(message)
        self.tell("message_gone", {"chat": chat, "id": message["id"]})
        return {}

    def _note(self, name: str, /, **arguments: Any) -> None:
        self.asked.append((name, arguments))
        if name in self.refuse:
            raise error(self.refuse[name])

    def _find(self, order: int | None) -> dict[str, Any]:
        return next(one for all in self.messages.values() for one in all if one["order"] == order)


class Served:
    """A fake agent behind a real door."""

    def __init__(self, fake_agent: FakeAgent) -> None:
        self.fake_agent = fake_agent
        self.port = same_port()
        app, socketio = make_app(self.port, "threading")
        self._door = Door()
        PageEvents(socketio.server, fake_agent, self._door)
        FileRoutes(app, fake_agent, self._door)
        self._lines: dict[str, Any] = socketio.server.eio.sockets
        self._server = PageServer(app, socketio, Claim(self.port))
        self._server.start()

    def close(self) -> None:
        # It takes half a second to notice, for which no test has to wait.
        threading.Thread(target=self._server.close).start()

    def start_anew(self) -> None:
        """What pages notice of an agent that was killed and is back: no line, no session, a vault that is locked."""
        self.fake_agent.stage = "log_in"
        self._door.end_sessions()
        for line in list(self._lines.values()):
            line.close(wait=False)

    def enter(self, page: Page, language: str = "en", **settings: object) -> Page:
        """Open the page with a session and these settings of the page."""
        kept = {"language": language, **settings}
        page.add_init_script(
            f"if (window === top) {{ sessionStorage.setItem('hamraz.token', '{self._door.issue()}');"
            f" localStorage.setItem('hamraz.settings', JSON.stringify({json.dumps(kept)})); }}"
        )
        page.goto(f"http://localhost:{self.port}/")
        expect(page.locator("html")).to_have_attribute("data-screen", "list")
        return page


@contextmanager
def serving(fake_agent: FakeAgent | None = None) -> Iterator[Served]:
    """A page's server before this agent."""
    served = Served(fake_agent or FakeAgent())
    try:
        yield served
    finally:
        served.close()


def open_chat(page: Page, chat: str) -> None:
    """Open a conversation by its row, and wait for its messages."""
    page.locator(f'.row[data-chat="{chat}"]').click()
    expect(page.locator(f'section.pane[data-chat="{chat}"]')).to_be_visible()
