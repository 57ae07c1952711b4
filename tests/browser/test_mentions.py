"""Names in what one writes: offered while one types, drawn as who they are, counted apart. Before a fake agent."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.axe import violations
from tests.browser.fake_agent import FakeAgent, Served, open_chat, serving, uid_of
from tests.browser.window import OpenPage, copied
from tests.processes import until

GROUP = f"g:{uid_of('robotics')[:32]}"


@pytest.fixture
def served() -> Iterator[Served]:
    fake_agent = FakeAgent()
    assert fake_agent.group("robotics", ("sara", "omid")) == GROUP
    said = "@arash, ask @Sara. or @nobody, not omid@sara.example\n```\n    if a:\n```"
    fake_agent.say(GROUP, "omid", said, mention="me")
    fake_agent.conversation(GROUP, unread=1, mentions=1, first_mention=1, first_unread=1)
    with serving(fake_agent) as running:
        yield running


@pytest.mark.parametrize(("language", "width", "all_of"), [("en", 1280, "all"), ("fa", 390, "همه")])
def test_names_are_offered_drawn_and_counted(
    served: Served, open_page: OpenPage, language: str, width: int, all_of: str
) -> None:
    page = served.enter(open_page(viewport={"width": width, "height": 800}, reduced_motion="reduce"), language)
    expect(page.locator(f'.row[data-chat="{GROUP}"] [data-mentions="1"]')).to_be_visible()
    assert violations(page) == []
    open_chat(page, GROUP)
    line = page.locator(".msg").first
    expect(line.locator("[data-at]")).to_have_text(["@arash", "@sara"])
    expect(line.locator(".text")).to_contain_text("@sara. or @nobody")
    assert "is-mention" in (line.get_attribute("class") or "")
    assert copied(line.locator(".text")) == "@arash, ask @sara. or @nobody, not omid@sara.example\n    if a:"

    field = page.locator("#write")
    field.press_sequentially("hi @")
    names = page.locator("[data-offered]")
    expect(names).to_have_count(3)
    assert violations(page) == []
    assert names.evaluate_all("all => all.map((one) => one.dataset.offered)") == [all_of, "omid", "sara"]
    field.press("ArrowDown")
    expect(page.locator(f"#{field.get_attribute('aria-activedescendant')}")).to_have_attribute("data-offered", "omid")
    field.press_sequentially("sa")
    expect(names).to_have_count(1)
    field.press("Enter")
    expect(field).to_have_value("hi @sara ")
    field.press_sequentially("@o")
    field.press("Escape")
    expect(names).to_have_count(0)
    field.press("Enter")
    expect(page.locator(".msg.own [data-at]")).to_have_text(["@sara"])
    until(lambda: [call["text"] for call in served.fake_agent.calls("send_message")] == ["hi @sara @o"])
    page.locator(".msg.own [data-at]").click()
    expect(page.locator(".details")).to_contain_text("sara")

    # and a word that is told as one's name is
    served.fake_agent.say(GROUP, "sara", "deploy, then", keyword="deploy")
    expect(page.locator(".msg").last).to_have_class(re.compile("is-mention"))
    page.evaluate("location.hash = '/settings'")
    word = page.locator("#keyword")
    for typed in ("deploy", "جلسه", "DEPLOY"):
        word.fill(typed)
        word.press("Enter")
    expect(page.locator("[data-keyword]")).to_have_text(["deploy", "جلسه"])
    expect(page.locator("[data-why='keywords.known']")).to_be_visible()
    assert violations(page) == []
    page.locator("[data-keyword=deploy] button").click()
    expect(word).to_be_focused()
    until(lambda: served.fake_agent.keywords == ["جلسه"])


def test_a_press_leads_to_where_one_is_named(served: Served, open_page: OpenPage) -> None:
    fake_agent = served.fake_agent
    for number in range(60):
        fake_agent.say(GROUP, "sara", f"and {number}")
    fake_agent.conversation(GROUP, unread=61)
    page = served.enter(open_page(viewport={"width": 1280, "height": 800}, reduced_motion="reduce"))
    open_chat(page, GROUP)
    expect(page.locator(".msg").first).to_be_visible()
    page.locator(".log").evaluate("log => { log.scrollTop = log.scrollHeight / 2; }")
    page.locator("[data-to-mention]").click()
    expect(page.locator('.msg[data-order="1"]')).to_have_attribute("data-target", "")
    fake_agent.conversation(GROUP, mentions=0, first_mention=None)
    expect(page.locator("[data-to-mention]")).to_have_count(0)
