"""What waited at the authority until it was too old: its writer reads so under it, and sends it again.

Before a fake agent.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.fake_agent import open_chat, serving
from tests.browser.window import OpenPage
from tests.processes import until

WORDS = {"en": "Not delivered: it waited 60 days", "fa": "نرسید: ۶۰ روز منتظر ماند"}


@pytest.mark.parametrize("language", ["en", "fa"])
def test_what_went_unread_says_so_and_is_sent_again(open_page: OpenPage, language: str) -> None:
    with serving() as served:
        fake_agent = served.fake_agent
        chat = fake_agent.private("sara")
        fake_agent.say(chat, "arash", "one", state="failed", why="mail_gone")
        last = fake_agent.say(chat, "arash", "two", state="authority")
        page = served.enter(open_page(viewport={"width": 1280, "height": 800}), language)
        open_chat(page, chat)
        trouble = page.locator("[data-error=mail_gone]")
        expect(trouble).to_have_count(1)
        expect(trouble).to_contain_text(WORDS[language])
        fake_agent.change(last, state="failed", why="mail_gone")
        expect(trouble).to_have_count(2)
        fake_agent.refuse["leave_again"] = "revoked"
        page.locator(".trouble button").first.click()
        until(lambda: len(fake_agent.calls("leave_again")) == 1, 20)  # it has been refused
        expect(page.locator(".toast")).to_have_count(1)
        expect(trouble).to_have_count(2)
        fake_agent.refuse.clear()
        page.locator(".trouble button").first.click()
        expect(trouble).to_have_count(0)
        assert fake_agent.calls("leave_again")[-1] == {"chat": chat} and fake_agent.calls("send_message") == []
