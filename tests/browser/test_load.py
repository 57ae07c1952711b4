"""What a browser that knows nothing of the page asks for until it can be used, and what it asks for later."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.fake_agent import open_chat, serving

MOST = 12  # requests of a cold load, the page itself and its line to the agent among them


@pytest.mark.parametrize("language", ["en", "fa"])
def test_a_cold_load_asks_for_little(browser: Browser, language: str) -> None:
    with serving() as served:
        chat = served.fake_agent.private("sara")
        served.fake_agent.say(chat, "sara", "سلام")
        context = browser.new_context(reduced_motion="reduce")
        try:
            page = context.new_page()
            asked: list[str] = []
            page.on("request", lambda request: asked.append(urlsplit(request.url).path))
            page.on("websocket", lambda line: asked.append(urlsplit(line.url).path))
            served.enter(page, language)
            open_chat(page, chat)
            page.evaluate("document.fonts.ready.then(() => null)")
            assert len(asked) <= MOST, asked
            assert not [path for path in asked if "/js/" in path or "/css/" in path], "source files one by one"
            before = len(asked)
            page.locator(
                "[data-emoji-button]"
            ).click()  # the names of all emoji are a third of the page, and few need them
            expect(page.locator("[data-emoji]").first).to_be_visible()
            assert len(asked) > before
        finally:
            context.close()
