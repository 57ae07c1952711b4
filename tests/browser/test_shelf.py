"""A chat can go away: archived, cleared, deleted; and a message for oneself. Before a fake agent."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from threading import Event
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.fake_agent import FakeAgent, Served, open_chat, serving, uid_of
from tests.browser.window import OpenPage

SARA, OMID = f"p:{uid_of('sara')}", f"p:{uid_of('omid')}"
GROUP = f"g:{uid_of('robotics')[:32]}"


@pytest.fixture
def served() -> Iterator[Served]:
    fake_agent = FakeAgent()
    for name in ("sara", "omid"):
        fake_agent.say(fake_agent.private(name), name, f"hello from {name}")
    assert fake_agent.group("robotics", ("sara", "omid")) == GROUP
    fake_agent.say(GROUP, "omid", "the lab is open")
    with serving(fake_agent) as running:
        yield running


def pick(page: Page, chat: str, item: str) -> None:
    page.locator(f'.row[data-chat="{chat}"]').focus()
    page.keyboard.press("Shift+F10")
    page.locator(f"[data-item={item}]").click()


def row(chat: str) -> str:
    return f'.row[data-chat="{chat}"]'


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("fa", 390)])
def test_archived_with_a_way_back(served: Served, open_page: OpenPage, language: str, width: int) -> None:
    page = served.enter(open_page(viewport={"width": width, "height": 800}), language)
    pick(page, SARA, "archive")
    expect(page.locator(row(SARA))).to_have_count(0)
    shelf = page.locator("[data-shelf]")
    expect(shelf).to_have_attribute("data-shelf", "1")
    page.locator("[data-undo]").click()
    expect(page.locator(row(SARA))).to_be_visible()
    expect(shelf).to_have_count(0)
    pick(page, SARA, "archive")
    shelf.click()
    expect(page.locator(row(SARA))).to_be_visible()
    expect(page.locator(row(OMID))).to_have_count(0)
    assert violations(page) == []
    pick(page, SARA, "archive")  # out of it
    expect(page.locator(row(SARA))).to_have_count(0)
    shelf.click()
    expect(page.locator(row(SARA))).to_be_visible()
    expect(page.locator(row(OMID))).to_be_visible()
    goes_away(served.fake_agent, page)


def goes_away(fake_agent: FakeAgent, page: Page) -> None:
    """How long messages stay is chosen beside the talk, by keys, and shown by its name and at each message."""
    page.locator(row(OMID)).click()
    title = page.locator("[data-title]")
    title.click()
    page.locator("[data-lifetime]").press("Enter")
    expect(page.locator('[data-seconds="0"][aria-pressed=true]')).to_be_focused()
    assert violations(page) == []
    for key in ("Tab", "Tab", "Enter"):
        page.keyboard.press(key)
    expect(page.locator("h2 [data-fades]")).to_have_count(1)
    assert fake_agent.calls("set_lifetime") == [{"chat": OMID, "seconds": 604_800}]
    assert violations(page) == []
    page.locator(".details-head button").last.click()
    told = {"what": "lifetime", "by": uid_of("arash"), "who": [], "reason": "604800"}
    fake_agent.say(OMID, "arash", kind="system", system=told)
    message = fake_agent.say(OMID, "omid", "for a week", lifetime=604_800, goes=int(time.time() * 1000) + 3 * 3_600_000)
    line = page.locator(f'[data-message="{message["id"]}"]')
    expect(line.locator("[data-fades]")).to_contain_text(re.compile("3h|۳ ساعت"))
    assert violations(page) == []
    fake_agent.tell("message_gone", {"chat": OMID, "id": message["id"]})
    expect(line).to_have_count(0)


def test_marked_as_unread_and_some_of_the_chats_only(served: Served, open_page: OpenPage) -> None:
    for n in range(6):
        served.fake_agent.group(f"group {n}", ("sara",))
    page = served.enter(open_page(viewport={"width": 390, "height": 800}), "fa")
    pick(page, SARA, "unread")
    expect(page.locator(f"{row(SARA)} [data-marked]")).to_be_visible()
    assert violations(page) == []
    page.locator("[data-only=unread]").click()
    expect(page.locator(".row[data-chat]")).to_have_count(1)
    page.locator("[data-only=groups]").click()
    expect(page.locator(".row[data-chat]")).to_have_count(7)
    assert violations(page) == []
    page.locator("[data-only=people]").click()
    expect(page.locator(row(OMID))).to_be_visible()
    page.locator(row(SARA)).click()
    page.locator(".back").click()
    expect(page.locator(f"{row(SARA)} [data-marked]")).to_have_count(0)
    page.locator("[data-only=unread]").click()
    expect(page.locator(".row[data-chat]")).to_have_count(0)
    page.locator("[data-only=all]").click()
    expect(page.locator(".row[data-chat]")).not_to_have_count(0)


def test_what_is_archived_is_found_and_comes_back_with_the_next_message(served: Served, open_page: OpenPage) -> None:
    page = served.enter(open_page(viewport={"width": 1280, "height": 800}))
    open_chat(page, SARA)
    page.locator("#chat-more").click()
    page.locator("[data-item=archive]").click()
    expect(page.locator("html")).to_have_attribute("data-screen", "list")
    page.locator("#search").fill("sar")
    expect(page.locator(row(SARA))).to_be_visible()
    page.locator("#search").fill("")
    expect(page.locator(row(SARA))).to_have_count(0)
    served.fake_agent.conversation(SARA, archived=False)
    served.fake_agent.say(SARA, "sara", "news")
    expect(page.locator(row(SARA))).to_be_visible()


@pytest.mark.parametrize("language", ["en", "fa"])
def test_cleared_and_deleted_after_a_question(
    served: Served, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    page = served.enter(open_page(viewport={"width": 1280, "height": 800}), language)
    open_chat(page, SARA)
    page.locator("#chat-more").click()
    page.locator("[data-item=clear]").click()
    expect(page.locator("[data-dialog=clear]")).to_contain_text("sara")
    assert violations(page) == []
    page.keyboard.press("Escape")
    assert served.fake_agent.calls("clear_chat") == []
    page.locator("#chat-more").click()
    page.locator("[data-item=clear]").click()
    page.locator("[data-dialog=clear] [type=submit]").click()
    expect(page.locator("[data-message]")).to_have_count(0)
    expect(page.locator(row(SARA))).to_be_visible()
    fake_agent, asked, deleted = served.fake_agent, Event(), Event()
    keep, delete = fake_agent.set_chat, fake_agent.delete_chat

    def keep_late(chat: str, **given: Any) -> Any:
        """A draft that is under way comes after what is called meanwhile."""
        if given.get("draft"):
            asked.set()
            deleted.wait(0.3)
        return keep(chat, **given)

    def delete_at_once(chat: str) -> Any:
        answer = delete(chat)
        deleted.set()
        return answer

    monkeypatch.setattr(fake_agent, "set_chat", keep_late)
    monkeypatch.setattr(fake_agent, "delete_chat", delete_at_once)
    page.locator("#write").fill("half a thought")
    assert asked.wait(10)
    page.locator("#chat-more").click()
    expect(page.locator("[data-item=clear]")).to_have_count(0)  # there is nothing to be cleared
    page.locator("[data-item=delete_chat]").click()
    page.locator("[data-dialog=delete_chat] [type=submit]").click()
    expect(page.locator(row(SARA))).to_have_count(0)
    expect(page.locator("html")).to_have_attribute("data-screen", "list")
    page.reload()
    expect(page.locator(row(OMID))).to_be_visible()
    expect(page.locator(row(SARA))).to_have_count(0)
    served.fake_agent.say(served.fake_agent.private("sara"), "sara", "hello again")
    expect(page.locator(row(SARA))).to_be_visible()


def test_a_group_is_deleted_only_once_one_is_out_of_it(served: Served, open_page: OpenPage) -> None:
    page = served.enter(open_page(viewport={"width": 1280, "height": 800}))
    open_chat(page, GROUP)
    page.locator("#chat-more").click()
    expect(page.locator("[data-item=clear]")).to_be_visible()
    expect(page.locator("[data-item=delete_chat]")).to_have_count(0)
    page.keyboard.press("Escape")
    group = served.fake_agent.chats[GROUP]["group"]
    served.fake_agent.conversation(GROUP, group=group | {"state": "left"}, can_send=False, why_not="not_member")
    page.locator("#chat-more").click()
    page.locator("[data-item=delete_chat]").click()
    page.locator("[data-dialog=delete_chat] [type=submit]").click()
    expect(page.locator(row(GROUP))).to_have_count(0)


def test_one_message_for_oneself(served: Served, open_page: OpenPage) -> None:
    page = served.enter(open_page(viewport={"width": 1280, "height": 800}))
    open_chat(page, SARA)
    served.fake_agent.say(SARA, "sara", "and more")
    page.locator(".msg").first.click(button="right")
    page.locator("[data-item=clear]").click()
    expect(page.locator("[data-dialog=clear_message]")).to_contain_text("hello from sara")
    page.locator("[data-dialog=clear_message] [type=submit]").click()
    expect(page.locator(".msg")).to_have_count(1)
    expect(page.locator(".msg")).to_contain_text("and more")
    assert len(served.fake_agent.calls("clear_message")) == 1
