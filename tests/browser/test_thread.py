"""A message and all that answers it, beside the talk: read there, and answered there. Before a fake agent."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.axe import violations
from tests.browser.fake_agent import FakeAgent, open_chat, serving, uid_of
from tests.browser.window import OpenPage
from tests.processes import until


def reply(to: dict[str, Any]) -> dict[str, Any]:
    return {key: to[key] for key in ("id", "from", "order", "kind", "text")} | {"missing": False, "blocked": False}


@pytest.mark.parametrize(("language", "width", "theme"), [("en", 1440, "dark"), ("fa", 390, "light")])
def test_answers_are_read_and_given_beside_the_talk(open_page: OpenPage, language: str, width: int, theme: str) -> None:
    fake_agent = FakeAgent()
    chat = fake_agent.group("class", ("sara", "omid"))
    asked = fake_agent.say(chat, "sara", "Who brings *tea*?", answers=2)
    fake_agent.change(asked, answered={"time": asked["time"], "from": [uid_of("omid"), uid_of("sara")]})
    first = fake_agent.say(chat, "omid", "من می‌آورم", reply=reply(asked), answers=1)
    fake_agent.say(chat, "arash", "thanks", reply=reply(first))
    fake_agent.say(chat, "omid", kind="deleted", deleted=True)
    fake_agent.say(chat, "sara", "something else")
    last = fake_agent.say(chat, "omid", "and sugar", reply=reply(asked))
    fake_agent.say(chat, "omid", "📊 Green?\n1️⃣ Yes\n2️⃣ نه", reply=reply(asked))
    with serving(fake_agent) as served:
        page = open_page(viewport={"width": width, "height": 900}, reduced_motion="reduce")
        served.enter(page, language, theme=theme)
        open_chat(page, chat)
        under = page.locator(f'[data-answers="{asked["order"]}"]')
        expect(under.locator(".avatar")).to_have_count(2)
        expect(under).to_contain_text({"en": "last ", "fa": "آخرین "}[language])
        under.click()
        pane = page.locator("[data-thread-pane]")
        lines = pane.locator("[data-thread]")
        expect(lines).to_have_count(5)
        expect(lines.last.locator("[data-vote]")).to_have_count(2)
        expect(lines.nth(2)).to_have_class("thread-line depth-2")
        expect(page.locator("#write")).to_have_count(1)
        expect(pane.locator("[data-bar=reply]")).to_contain_text("sara")
        expect(pane.locator("[data-bar=reply] button")).to_have_count(0)  # it would come back
        assert violations(page) == []
        page.locator("#write").fill("I'll bring cups")
        page.keyboard.press("Enter")
        expect(lines).to_have_count(6)  # it comes by itself
        expect(page.locator("#write")).to_be_focused()  # for what is written next
        pane.locator(f'[data-answer="{last["order"]}"]').click()
        expect(pane.locator("[data-bar=reply]")).to_contain_text("omid")
        page.locator("#write").fill("two spoons")
        page.keyboard.press("Enter")
        expect(lines).to_have_count(7)
        sent = [(call["text"], call["reply_to"]) for call in fake_agent.calls("send_message")]
        assert sent == [("I'll bring cups", asked["order"]), ("two spoons", last["order"])]
        expect(pane.locator("[data-bar=reply]")).to_contain_text("sara")  # the first one again
        fake_agent.refuse["thread"] = "agent_away"  # for a moment: it stays, and the next look brings it all
        before = len(fake_agent.calls("thread"))
        fake_agent.say(chat, "omid", "green", reply=reply(asked))
        until(lambda: len(fake_agent.calls("thread")) > before, what="that look")
        fake_agent.refuse.clear()
        fake_agent.say(chat, "omid", kind="deleted", deleted=True, reply=reply(asked))
        expect(lines).to_have_count(9)
        page.reload()
        expect(lines).to_have_count(9)
        fake_agent.change(asked, kind="deleted", deleted=True, text="")
        expect(lines.first.locator("[data-answer]")).to_have_count(0)
        expect(pane.locator("[data-bar=reply]")).to_have_count(0)
        expect(pane.locator("#write")).to_be_visible()  # a place to write there is
        if width > 1180:
            page.keyboard.press("Escape")
        else:  # where the pane lies over the talk, what is to be seen there is seen
            page.set_viewport_size({"width": 768, "height": 900})
            lines.nth(1).locator("[data-in-talk]").click()
        expect(pane).to_have_count(0)
        expect(page.locator(".pane #write")).to_be_visible()
        expect(page.locator("[data-bar=reply]")).to_have_count(0)
