"""A poll: asked, voted in, closed; to who doesn't know it, a text and reactions. Before a fake agent."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.axe import violations
from tests.browser.fake_agent import FakeAgent, Served, open_chat, serving, uid_of
from tests.browser.window import OpenPage, copied
from tests.processes import until

GROUP = f"g:{uid_of('class')[:32]}"
THEIRS = "📊 Which day?\n1️⃣ Saturday\n2️⃣ یکشنبه\n3️⃣ none"


@pytest.fixture
def served() -> Iterator[Served]:
    fake_agent = FakeAgent()
    assert fake_agent.group("class", ("sara", "omid")) == GROUP
    reactions = [{"emoji": "2️⃣", "from": [uid_of("sara"), uid_of("omid")]}, {"emoji": "👍", "from": [uid_of("omid")]}]
    fake_agent.say(GROUP, "sara", THEIRS, reactions=reactions)
    with serving(fake_agent) as running:
        yield running


@pytest.mark.parametrize(("language", "width", "theme"), [("en", 1280, "dark"), ("fa", 390, "light")])
def test_a_poll_from_the_question_to_the_end(
    served: Served, open_page: OpenPage, language: str, width: int, theme: str
) -> None:
    page = open_page(viewport={"width": width, "height": 900}, reduced_motion="reduce")
    served.enter(page, language, theme=theme)
    fake_agent = served.fake_agent
    open_chat(page, GROUP)
    line = page.locator(".msg").first
    answers = line.locator("[data-vote]")
    expect(answers).to_have_count(3)
    expect(line.locator("[data-reaction]")).to_have_count(1)  # what is no vote
    answers.nth(0).click()
    expect(answers.nth(0)).to_have_attribute("aria-pressed", "true")
    answers.nth(1).click()  # the last one counts
    expect(answers.nth(0)).to_have_attribute("aria-pressed", "false")
    expect(answers.nth(1)).to_have_attribute("aria-pressed", "true")
    answers.nth(1).click()
    expect(answers.nth(1)).to_have_attribute("aria-pressed", "false")
    assert [call["emoji"] for call in fake_agent.calls("react")] == ["1️⃣", "2️⃣", ""]
    assert violations(page) == []

    words = copied(page.locator(".poll"))
    assert words == "Which day?\nSaturday\nیکشنبه\nnone"
    page.locator("#chat-more").click()
    page.locator("[data-item=poll]").click()
    dialog = page.locator("[data-dialog=poll]")
    page.locator("#poll-question").fill("Tea or coffee?")
    page.locator("#poll-answer1").fill("tea")
    dialog.locator("[type=submit]").click()
    expect(dialog.locator("[data-error=empty]")).to_be_visible()
    assert violations(page) == []
    page.locator("[data-more-answers]").click()
    page.locator("#poll-answer2").fill("قهوه")
    page.locator("#poll-answer4").fill("water")
    dialog.locator("[name=several]").check()
    dialog.locator("[type=submit]").click()
    expect(page.locator(f'.row[data-chat="{GROUP}"] .words')).to_have_text("📊 Tea or coffee?")
    mine = page.locator(".msg.own")
    expect(mine.locator("[data-vote]")).to_have_count(3)
    until(
        lambda: (
            [call["text"] for call in fake_agent.calls("send_message")]
            == ["📊☑️ Tea or coffee?\n1️⃣ tea\n2️⃣ قهوه\n3️⃣ water"]
        )
    )
    for at in (2, 0):
        mine.locator("[data-vote]").nth(at).click()
        expect(mine.locator("[data-vote]").nth(at)).to_have_attribute("aria-pressed", "true")
    expect(mine.locator("[aria-pressed=true]")).to_have_count(2)
    expect(mine.locator("[data-reaction]")).to_have_count(0)
    assert [call["emoji"] for call in fake_agent.calls("react")][3:] == ["3️⃣", "📊\U000e0031\U000e0033"]
    mine.locator("[data-vote]").nth(2).click()  # one less
    expect(mine.locator("[aria-pressed=true]")).to_have_count(1)
    assert fake_agent.calls("react")[-1]["emoji"] == "1️⃣"
    mine.locator(".poll-question").click(button="right")
    assert page.locator("[data-popover=menu] [data-emoji], [data-popover=menu] [data-item=edit]").count() == 0
    page.locator("[data-item=close_poll]").click()
    expect(mine.locator("[data-poll=closed]")).to_be_visible()
    expect(mine.locator("[data-vote]").first).to_be_disabled()
    assert fake_agent.calls("edit_message")[0]["text"].startswith("📊☑️🔒 Tea or coffee?\n")
    assert violations(page) == []
