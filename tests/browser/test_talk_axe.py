"""No accessibility violation in what belongs to messages: toolbar, menu, emoji, proof, bars, dialogs.

Before a fake agent.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.axe import violations
from tests.browser.fake_agent import FakeAgent, Served, open_chat, uid_of
from tests.browser.test_unreadable import proven
from tests.browser.window import OpenPage


@pytest.mark.parametrize(("language", "theme"), [("en", "dark"), ("fa", "light")])
def test_nothing_about_messages_is_out_of_reach(served: Served, open_page: OpenPage, language: str, theme: str) -> None:
    page = open_page(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    served.enter(page, language, theme=theme)
    fake_agent = served.fake_agent
    chat, message = scene(fake_agent)
    open_chat(page, chat)
    line = page.locator(f'[data-message="{message["id"]}"]')
    expect(line).to_be_visible()
    line.locator(".bubble").hover()
    expect(line.locator("[data-tool]").first).to_be_visible()
    assert violations(page) == []
    line.locator("[data-tool=proof]").click()
    expect(page.locator("[data-verified]")).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("Escape")
    line.locator(".bubble").click(button="right")
    expect(page.locator("[data-popover=menu]")).to_be_visible()
    assert violations(page) == []
    page.locator("[data-item=edit]").click()
    expect(page.locator("[data-bar=edit]")).to_be_visible()
    page.locator("[data-emoji-button]").click()
    expect(page.locator("[data-popover=emoji] [data-emoji]").first).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.locator("#write").fill("word " * 13_200)
    expect(page.locator("#write-size")).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("Escape")
    line.locator(".bubble").hover()
    line.locator("[data-tool=delete]").click()
    expect(page.locator("[data-dialog=delete]")).to_be_visible()
    assert violations(page) == []


def scene(fake_agent: FakeAgent) -> tuple[str, dict[str, object]]:
    """A conversation with a bit of everything; the message that things are done with."""
    chat = fake_agent.private("sara")
    first = fake_agent.say(chat, "sara", "see http://a.example and https://аррӏе.example\n```py\nprint()\n```\n`code`")
    fake_agent.say(chat, "sara", kind="unreadable", why="no_key")
    fake_agent.say(chat, "sara", kind="unreadable", why="bad_signature")
    fake_agent.say(chat, "sara", kind="deleted", deleted=True)
    fake_agent.say(chat, "sara", "🫖")
    reply = {key: first[key] for key in ("id", "from", "order", "kind", "text")} | {"missing": False}
    reactions = [{"emoji": "👍", "from": [uid_of("sara")]}, {"emoji": "❤️", "from": [uid_of("arash")]}]
    message = fake_agent.say(chat, "arash", "with everything", reply=reply, edited=first["time"], reactions=reactions)
    proven(fake_agent, message)
    return chat, message
