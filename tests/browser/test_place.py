"""Where somebody is: found by a press, looked at, sent, and shown as a card; nobody is asked. Before a fake agent."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.axe import violations
from tests.browser.fake_agent import FakeAgent, open_chat, serving
from tests.browser.window import OpenPage
from tests.processes import until

CARDS = {
    "en": ("35.70000° N, 51.42000° E", "within 20 m"),
    "fa": ("۳۵٫۷۰۰۰۰ درجهٔ شمالی، ۵۱٫۴۲۰۰۰ درجهٔ شرقی", "با دقت ۲۰ متر"),
}
FOUND = """() => { navigator.geolocation.getCurrentPosition = (found, failed) => {
    window.asked = (window.asked ?? 0) + 1;
    if (window.asked === 1) failed({ code: 1 });
    else found({ coords: { latitude: 35.7, longitude: 51.42, accuracy: 19.6 } });
}; }"""


@pytest.mark.parametrize(("language", "width", "theme"), [("en", 1440, "light"), ("fa", 390, "dark")])
def test_a_place_is_sent_and_shown(open_page: OpenPage, language: str, width: int, theme: str) -> None:
    fake_agent = FakeAgent()
    chat = fake_agent.private("sara")
    fake_agent.say(chat, "sara", "geo:۳۵٫۷،۵۱٫۴۲;u=۲۰")
    with serving(fake_agent) as served:
        page = open_page(viewport={"width": width, "height": 900}, reduced_motion="reduce")
        served.enter(page, language, theme=theme)
        page.evaluate(FOUND)
        requests: list[str] = []
        page.on("request", lambda request: requests.append(request.url))
        open_chat(page, chat)
        page.locator("#chat-more").click()
        page.locator("[data-item=place]").click()
        assert page.evaluate("window.asked") is None  # nothing is asked before it is pressed for
        page.locator("[data-find-place]").click()
        expect(page.locator("[data-error='place.refused']")).to_be_visible()
        page.locator("[data-find-place]").click()
        dialog = page.locator("[data-dialog=place]")
        for words in CARDS[language]:
            expect(dialog).to_contain_text(words)
        assert violations(page) == [] and fake_agent.calls("send_message") == []
        page.locator("[data-send-place]").click()
        cards = page.locator("[data-place='35.7,51.42']")
        expect(cards).to_have_count(2)  # theirs, in other digits, is the same
        for words in CARDS[language]:
            expect(cards.first).to_contain_text(words)
        expect(cards.last.locator("[data-map]")).to_have_attribute("href", "geo:35.7,51.42;u=20")
        until(lambda: fake_agent.calls("send_message"), what="its way to the agent")  # it is drawn before that
        assert [call["text"] for call in fake_agent.calls("send_message")] == ["geo:35.7,51.42;u=20"]
        assert violations(page) == []
        assert [url for url in requests if "localhost" not in url and "127.0.0.1" not in url] == []
