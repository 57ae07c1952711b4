"""What is written is sent at a time of one's choice; what waits is seen, and comes back into the field.

Before a fake agent.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.axe import violations
from tests.browser.fake_agent import FakeAgent, Served, open_chat, serving, uid_of
from tests.browser.window import OpenPage
from tests.processes import until

SARA = f"p:{uid_of('sara')}"


@pytest.fixture
def served() -> Iterator[Served]:
    fake_agent = FakeAgent()
    fake_agent.say(fake_agent.private("sara"), "sara", "hello")
    with serving(fake_agent) as running:
        yield running


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("fa", 390)])
def test_later_and_not_after_all(served: Served, open_page: OpenPage, language: str, width: int) -> None:
    page = served.enter(open_page(viewport={"width": width, "height": 800}, reduced_motion="reduce"), language)
    fake_agent = served.fake_agent
    open_chat(page, SARA)
    page.locator("#chat-more").click()
    expect(page.locator("[data-item=later]")).to_have_count(0)  # nothing is written
    page.keyboard.press("Escape")
    page.locator("#write").fill("happy *birthday*")
    page.locator("#chat-more").click()
    page.locator("[data-item=silent]").click()
    expect(page.locator(".msg.own .silent-mark")).to_be_visible()
    expect(page.locator(".msg.own .text > p")).not_to_contain_text("🔕")
    until(lambda: [call["text"] for call in fake_agent.calls("send_message")] == ["🔕 happy *birthday*"])
    said = fake_agent.messages[SARA][0]
    fake_agent.conversation(SARA, draft="happy *birthday*", answering=said)  # from another window
    expect(page.locator("#write-bar")).to_be_visible()
    expect(page.locator("#write")).to_have_value("happy *birthday*")
    page.locator(".composer .send").click(button="right")
    dialog = page.locator("[data-dialog=later]")
    expect(dialog).to_contain_text("happy birthday")
    assert violations(page) == []
    page.locator("#later-day").select_option(index=0)
    page.locator("#later-time").fill("00:00")
    dialog.locator("[type=submit]").click()
    expect(dialog.locator("[data-error=past]")).to_be_visible()
    page.locator("#later-day").select_option(index=2)
    page.locator("#later-time").fill("07:30")
    dialog.locator("[type=submit]").click()
    expect(dialog).to_have_count(0)
    expect(page.locator("#write")).to_have_value("")
    expect(page.locator("#write-bar")).to_have_count(0)
    [asked] = fake_agent.calls("send_later")
    assert asked["reply_to"] == said["order"]
    zone = page.evaluate("new Date().getTimezoneOffset()")
    moment = datetime.datetime.fromtimestamp(asked["at"] / 1000, datetime.UTC) - datetime.timedelta(minutes=zone)
    assert (asked["text"], moment.strftime("%H:%M:%S")) == ("happy *birthday*", "07:30:00")
    assert len(asked["id"]) == 32  # asked again after a cut, it is kept once

    bar = page.locator("[data-later-bar]")
    expect(bar).to_have_attribute("data-later-bar", "1")
    fake_agent.conversation(
        SARA,
        later=[
            *fake_agent.chats[SARA]["later"],
            {"id": "0" * 32, "text": "x", "at": 1, "why": "revoked", "answers": False},
        ],
    )
    expect(bar).to_have_attribute("data-later-bar", "2")
    bar.click()
    waiting = page.locator("[data-later]")
    expect(waiting).to_have_count(2)
    expect(page.locator("[data-dialog=later_list] [data-error=revoked]")).to_be_visible()
    assert violations(page) == []
    waiting.first.locator("[data-take-out]").click()
    expect(page.locator("[data-dialog]")).to_have_count(0)
    expect(page.locator("#write")).to_have_value("happy *birthday*")
    expect(page.locator("#write-bar")).to_be_visible()  # it answers the same again
    expect(bar).to_have_attribute("data-later-bar", "1")
    assert (len(fake_agent.calls("drop_later")), len(fake_agent.calls("send_message"))) == (1, 1)
    # nor is anything lost that is being written
    bar.click()
    waiting.first.locator("[data-take-out]").click()
    expect(page.locator("#write")).to_have_value("happy *birthday*\nx")
