"""Somebody else's message in a group is taken away by who may: from its menu, after asking. Before a fake agent."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.fake_agent import open_chat, serving, uid_of
from tests.browser.window import OpenPage

WORDS = {
    "en": ("Take away for everybody", "What sara wrote is erased", "You took this message away: “too loud”"),
    "fa": ("برداشتن برای همه", "آنچه sara نوشته", "شما این پیام را برداشتید: «too loud»"),
}
THEIRS = {
    "en": ("omid took this message away: “spam”", "omid took this message away"),
    "fa": ("omid این پیام را برداشت: «spam»", "omid این پیام را برداشت"),
}


def words(language: str) -> list[str]:
    """What the page says, with its names and reasons kept apart from the words around them."""
    said = [*WORDS[language], *THEIRS[language]]
    return [re.sub("sara|omid|too loud|spam", "\u2068\\g<0>\u2069", one) for one in said]


def line(page: Page, message: dict[str, Any]) -> Locator:
    return page.locator(f'[data-message="{message["id"]}"]')


def items(page: Page, message: dict[str, Any]) -> list[str]:
    """What the menu of a message offers."""
    line(page, message).locator(".bubble").click(button="right")
    found = page.locator("[data-popover=menu] [data-item]")
    expect(found.first).to_be_visible()
    named: list[str] = found.evaluate_all("all => all.map((one) => one.dataset.item)")
    page.keyboard.press("Escape")
    return named


@pytest.mark.parametrize("language", ["en", "fa"])
def test_who_may_takes_a_message_away_and_the_line_says_who(open_page: OpenPage, language: str) -> None:
    with serving() as served:
        fake_agent = served.fake_agent
        chat = fake_agent.group("Lab", ("sara", "omid"))
        theirs, mine = fake_agent.say(chat, "sara", "much too loud"), fake_agent.say(chat, "arash", "my own")
        page = served.enter(open_page(viewport={"width": 1280, "height": 800}), language)
        open_chat(page, chat)
        offered, asked, said, why, bare = words(language)
        assert "retract" in items(page, theirs) and "retract" not in items(page, mine)
        line(page, theirs).locator(".bubble").click(button="right")
        item = page.locator("[data-popover=menu] [data-item=retract]")
        expect(item).to_have_text(offered)
        item.click()
        dialog = page.locator("[data-dialog=retract]")
        expect(dialog).to_contain_text("much too loud")
        expect(dialog).to_contain_text(asked)
        page.keyboard.press("Escape")
        assert fake_agent.calls("retract_message") == []
        line(page, theirs).locator(".bubble").click(button="right")
        item.click()
        # what is refused stays there with its reason
        fake_agent.refuse["retract_message"] = "role_not_allowed"
        dialog.locator("#reason").fill(" too loud ")
        dialog.locator("[type=submit]").click()
        expect(dialog.locator("[data-error=role_not_allowed]")).to_be_visible()
        fake_agent.refuse.clear()
        dialog.locator("[type=submit]").click()
        expect(dialog).to_have_count(0)
        assert fake_agent.calls("retract_message")[-1] == {"chat": chat, "order": theirs["order"], "reason": "too loud"}
        expect(line(page, theirs)).to_contain_text(said)
        expect(page.locator("body")).not_to_contain_text("much too loud")
        # by another, of one's own as well
        gone: dict[str, Any] = {"kind": "deleted", "deleted": True, "text": ""}
        fake_agent.change(mine, **gone, retracted={"by": uid_of("omid"), "reason": "spam"})
        expect(line(page, mine)).to_contain_text(why)
        fake_agent.change(mine, **gone, retracted={"by": uid_of("omid"), "reason": ""})
        expect(line(page, mine).locator(".gone")).to_have_text(bare)
        # who may not isn't offered it
        other = fake_agent.say(chat, "omid", "stays")
        group = fake_agent.chats[chat]["group"]
        fake_agent.conversation(chat, group=group | {"may_remove": False})
        assert "retract" not in items(page, other)
