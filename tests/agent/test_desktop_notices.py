"""What this computer's desktop is told while no page is open."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.world import Person, World
from web_client.account.chat_ids import ChatId
from web_client.agent import desktop_notices
from web_client.agent.desktop_notices import MOST


class Desktop:
    """Somebody's, who wants to be told, in this language."""

    def __init__(self, who: Person, language: str = "en", notifications: str = "name") -> None:
        self.who = who
        self.shown: list[tuple[str, str]] = []
        self.watched = False
        who.node.desktop.show = lambda title, words: self.shown.append((title, words))
        who.node.desktop.is_watched = lambda: self.watched
        self.agent = who.agent()
        self.agent.set_setting("desktop", language)
        self.agent.set_setting("notifications", notifications)

    def told(self) -> list[tuple[str, str]]:
        """What is shown in the next second."""
        self.shown.clear()
        self.who.node.desktop.tell()
        return list(self.shown)

    def choose(self, other: Person, **choice: Any) -> None:
        self.agent.set_chat(ChatId.private(other.uid), **choice)


def test_it_names_who_has_written_and_words_only_if_they_are_wanted(world: World, arash: Person, sara: Person) -> None:
    desktop = Desktop(sara)
    arash.say(sara, "hello")
    assert desktop.told() == [("arash", "New message")]
    assert desktop.told() == []  # once
    desktop = Desktop(sara, "fa")
    arash.say(sara, "again")
    assert desktop.told() == [("arash", "پیام تازه")]
    desktop = Desktop(sara, notifications="full")
    arash.say(sara, "<b>1 & 2</b>\n\u202eand\u0007 می\u200cروم")
    assert desktop.told() == [
        ("arash", "&lt;b&gt;1 &amp; 2&lt;/b&gt; and می\u200cروم")
    ]  # no markup, one line, nothing turned
    arash.say(sara, "it was ||the butler||")
    assert desktop.told() == [("arash", "New message")]
    arash.say(sara, "--help " + "x" * 500)
    ((_who, words),) = desktop.told()
    assert len(words) == desktop_notices.LONGEST


def test_nothing_is_told_of_what_one_sees_or_does_not_want(world: World, arash: Person, sara: Person) -> None:
    desktop = Desktop(sara)
    desktop.watched = True
    arash.say(sara, "a page is open")
    assert desktop.told() == []
    desktop.watched = False
    assert desktop.told() == []  # nor afterwards
    sara.say(arash, "one's own")
    assert desktop.told() == []
    arash.say(sara, "🔕 for nobody to be disturbed")
    assert desktop.told() == []
    arash.say(sara, "read elsewhere")
    desktop.agent.mark_read(ChatId.private(arash.uid), 1 << 40)
    assert desktop.told() == []
    desktop.choose(arash, muted=True)
    arash.say(sara, "muted")
    assert desktop.told() == []
    desktop.choose(arash, mentions_only=True)
    arash.say(sara, "of no use")
    assert desktop.told() == []
    for name, value in (("notifications", "off"), ("desktop", "off")):
        desktop = Desktop(sara)
        desktop.agent.set_setting(name, value)
        arash.say(sara, "@sara")
        assert desktop.told() == []


def test_many_are_told_of_at_once(world: World, sara: Person) -> None:
    others = [world.sign_up(f"friend{number}") for number in range(5)]
    desktop = Desktop(sara)
    for other in others[:2]:
        for text in ("one", "two"):
            other.say(sara, text)
    assert desktop.told() == [("friend0", "New message"), ("friend1", "New message")]
    for other in others:
        other.say(sara, "all of us")
    assert desktop.told() == [("Hamraz", "New messages in 5 chats")]
    for number in range(MOST + 5):
        sara.node.desktop._on_message(
            desktop_notices.MessageChanged((1 << 40) + number)
        )  # of rows that aren't there any more
    assert len(sara.node.desktop._fresh) == MOST
    assert desktop.told() == []


def test_the_setting_is_offered_where_there_is_a_program(world: World, sara: Person) -> None:
    assert sara.agent().snapshot()["settings"]["desktop"] is None
    Desktop(sara)
    assert sara.agent().snapshot()["settings"]["desktop"] == "en"


def test_the_program_is_given_arguments_and_no_line_of_a_shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr(desktop_notices, "which", lambda name: None)
    assert desktop_notices.program(lambda call, *given: call(*given), Path("icon.svg")) is None
    monkeypatch.undo()
    program = tmp_path / "notify-send"
    program.write_text(f'#!/bin/sh\nfor one; do printf "%s\\n" "$one"; done >> {tmp_path}/shown\n')
    program.chmod(stat.S_IRWXU)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(sys, "platform", "linux")
    show = desktop_notices.program(lambda call, *given: call(*given), Path("icon.svg"))
    assert show is not None
    show("-x $(id)", '`id` && "done"')
    assert (tmp_path / "shown").read_text().splitlines()[-3:] == ["--", "-x $(id)", '`id` && "done"']
    program.write_text("#!/bin/nothing\n")
    show("a", "b")  # nobody hears of it, and nothing breaks
    show("a\0", "b")
