"""Notices of this computer's desktop, for messages that come while no page is open: a page has its browser's.

A program of the desktop shows them, and gets what is shown as arguments, which others on this computer can read for a
moment: so a message's words are among them only if its user wants notices with words. Once a second at most: what
comes meanwhile is told together.
"""

from __future__ import annotations

import html
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING, Any, Final

from web_client.account.chat_ids import ChatId
from web_client.account.events import MessageChanged
from web_client.agent.views import chats as chat_views
from web_client.agent.views import messages as message_views
from web_client.agent.views import people as person_views

if TYPE_CHECKING:
    from web_client.agent.session import UserSession

PATIENCE_SECONDS = 3.0  # with a program that hangs: until then nothing else of each second is done
CHATS = 3  # that are told of one by one
MOST = 200  # messages of one second that are looked at: whoever comes back to a thousand sees them in the list
LONGEST = 160  # characters of a message that are shown
SPOILER: Final = "||"  # around what isn't to be seen before it is asked for
SILENT: Final = "🔕 "  # how a message begins that is to disturb nobody (docs/protocol.md, 8.3)
WORDS: Final = {
    "en": {
        "new": "New message",
        "more": "New messages in {n} chats",
        "named": "{name} named you",
        "keyword": "{name} wrote one of your words",
    },
    "fa": {
        "new": "پیام تازه",
        "more": "پیام تازه در {n} گفت‌وگو",
        "named": "{name} از شما نام برد",
        "keyword": "{name} یکی از واژه‌های شما را نوشت",
    },
}
# Title and words come as its arguments, and are never part of its code.
_ON_A_MAC = "on run argv\ndisplay notification (item 2 of argv) with title (item 1 of argv)\nend run"
_JOINING = "\u200c\u200d"  # of Persian words, and of emoji

Show = Callable[[str, str], object]  # title and words, in the desktop's own time


def program(offload: Callable[..., Any], picture: Path) -> Show | None:
    """What shows a notice here; None where nothing does. What it answers, or whether it is there yet, is its affair."""
    command: Sequence[str]
    if sys.platform == "darwin":
        command = ("osascript", "-e", _ON_A_MAC, "--")
    elif sys.platform.startswith("linux") and which("notify-send"):
        command = ("notify-send", "--app-name=Hamraz", f"--icon={picture}", "--category=im.received", "--")
    else:
        return None

    def run(title: str, words: str) -> None:
        try:
            subprocess.run(
                [*command, title, words], stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE_SECONDS
            )
        except (OSError, ValueError, subprocess.TimeoutExpired):
            pass  # without a desktop nobody sees it, and the message is there as ever

    return lambda title, words: offload(run, title, words)


class DesktopNotices:
    """Of one session. `show` and `is_watched` (whether a page is open) are set by whoever knows them."""

    def __init__(self, session: UserSession) -> None:
        self.show: Show | None = None
        self.is_watched: Callable[[], bool] = lambda: True
        self._session = session
        self._fresh: dict[int, None] = {}  # rows that were told of since the last second
        session.ctx.events.subscribe(MessageChanged, self._on_message)

    @property
    def _language(self) -> str | None:
        """In which it is to be told; None if it isn't."""
        settings = self._session.ctx.settings
        on = settings.desktop != "off" and settings.notifications != "off" and self.show is not None
        return settings.desktop if on and not self.is_watched() else None

    def _on_message(self, event: MessageChanged) -> None:
        if self._language is not None and len(self._fresh) < MOST:
            self._fresh[event.order] = None

    def tell(self) -> None:
        """Of what has come since the last time; in a thread that looks after all each second."""
        fresh, self._fresh = self._fresh, {}
        language = self._language
        if not fresh or language is None:
            return
        told = dict[ChatId, tuple[str, str]]()
        for order in list(fresh):
            message = message_views.message(self._session, order)
            notice = None if message is None else self._notice(message, language)
            if message is not None and notice is not None:
                told[message["chat"]] = notice
        notices = list(told.values())
        if len(notices) > CHATS:
            notices = [("Hamraz", WORDS[language]["more"].format(n=len(notices)))]
        for title, words in notices:
            assert self.show is not None
            self.show(_line(title), html.escape(_line(words), quote=False))  # some desktops read markup in the words

    def _notice(self, message: dict[str, Any], language: str) -> tuple[str, str] | None:
        """Title and words; None of what one isn't told of, as on a page (static/js/core/notifications.js)."""
        session = self._session
        if message["mine"] or message["kind"] in ("system", "deleted") or message["text"].startswith(SILENT):
            return None
        chat = chat_views.conversation(session, message["chat"])
        if chat is None or not chat["unread"] or message["position"] != chat["position"]:
            return None  # read elsewhere, or a change of an older one
        names = bool(message["mention"] or message["keyword"])
        if chat["muted"] or (chat["mentions_only"] and not names):
            return None
        sender = session.ctx.trust.user(bytes.fromhex(message["from"]))
        by = "" if sender is None else _called(person_views.person(session, sender))
        words = WORDS[language]
        why = words["named" if message["mention"] else "keyword"].format(name=by) if names and by else ""
        is_full = session.ctx.settings.notifications == "full" and SPOILER not in message["text"]
        text = message["text"][:LONGEST] if is_full else ""
        said = f"{why}: {text}" if why and text else why or (f"{by}: {text}" if text and chat["group"] and by else text)
        title = by if chat["group"] is None and by else chat["name"]
        return title, said or words["new"]


def _line(text: str) -> str:
    """One line, without what isn't seen and may turn the writing."""
    seen = (char if char.isprintable() or char in _JOINING else " " if char.isspace() else "" for char in text)
    return " ".join("".join(seen).split())


def _called(person: dict[str, Any]) -> str:
    """As static/js/state/names.js has it."""
    return str(person.get("nickname") or person.get("display_name") or person["name"])
