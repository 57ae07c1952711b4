"""Short words stand at the foot, and lie over nothing that is written into or pressed."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.fake_agent import FakeAgent, open_chat, serving
from tests.browser.window import OpenPage

LIE_OVER = """() => {
    const box = document.querySelector(".toasts > div").getBoundingClientRect();
    const part = document.querySelector(".dialog") ?? document.body; // what lies under a dialog isn't reached
    const seen = [...part.querySelectorAll(".composer, .dialog footer, #caption, .rail button, .panel-head")]
        .map((one) => [one.className || one.tagName, one.getBoundingClientRect()])
        .filter(([, it]) => it.width && it.height);
    return { low: box.bottom > innerHeight / 2, bottom: box.bottom <= innerHeight,
        over: seen.filter(([, it]) => it.left < box.right && it.right > box.left
            && it.top < box.bottom && it.bottom > box.top).map(([name]) => name) };
}"""


def stands_at_the_foot(page: Page, low: bool = True) -> None:
    expect(page.locator("[data-toast]").first).to_be_visible()
    assert page.evaluate(LIE_OVER) == {"low": low, "bottom": True, "over": []}


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1024, 700), (390, 800)])
@pytest.mark.parametrize("language", ["en", "fa"])
def test_toasts_lie_over_nothing(open_page: OpenPage, width: int, height: int, language: str) -> None:
    with serving(FakeAgent()) as served:
        chat = served.fake_agent.private("sara")
        served.fake_agent.say(chat, "sara", "hello")
        page = served.enter(open_page(viewport={"width": width, "height": height}), language)
        served.fake_agent.refuse["set_chat"] = "disk_full"
        page.locator(f'[data-more="{chat}"]').click(force=True)
        page.locator("[data-item=pin]").click()
        stands_at_the_foot(page)
        open_chat(page, chat)
        stands_at_the_foot(page)
        page.locator("#write").fill("one\ntwo\nthree\nfour\nfive")  # what grows pushes them up
        stands_at_the_foot(page)
        page.locator("#attach-files").set_input_files({"name": "a.txt", "mimeType": "text/plain", "buffer": b"abc"})
        expect(page.locator("[data-dialog=send_files]")).to_be_visible()
        stands_at_the_foot(page, low=width > 400)  # there the dialog is at the foot, and they are above it
