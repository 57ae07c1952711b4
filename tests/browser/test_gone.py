"""What waited at the authority until it was too old: its writer reads so under it, and sends it again. On the stage."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.stage import on_stage, open_chat
from tests.browser.window import OpenPage

WORDS = {"en": "Not delivered: it waited 60 days", "fa": "نرسید: ۶۰ روز منتظر ماند"}


@pytest.mark.parametrize("language", ["en", "fa"])
def test_what_went_unread_says_so_and_is_sent_again(open_page: OpenPage, language: str) -> None:
    with on_stage() as stage:
        cast = stage.cast
        chat = cast.private("sara")
        cast.say(chat, "arash", "one", state="failed", why="mail_gone")
        last = cast.say(chat, "arash", "two", state="authority")
        page = stage.enter(open_page(viewport={"width": 1280, "height": 800}), language)
        open_chat(page, chat)
        trouble = page.locator("[data-error=mail_gone]")
        expect(trouble).to_have_count(1)
        expect(trouble).to_contain_text(WORDS[language])
        cast.change(last, state="failed", why="mail_gone")
        expect(trouble).to_have_count(2)
        cast.refuse["leave_again"] = "revoked"
        page.locator(".trouble button").first.click()
        expect(trouble).to_have_count(2)
        cast.refuse.clear()
        page.locator(".trouble button").first.click()
        expect(trouble).to_have_count(0)
        assert cast.calls("leave_again")[-1] == {"chat": chat} and cast.calls("send_message") == []
