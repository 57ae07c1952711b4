"""What is printed of a talk: all of it that is here, in light colours. Before a fake agent."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.fake_agent import FakeAgent, open_chat, serving
from tests.browser.window import OpenPage

ALL = 41  # messages; a window shows some of them
DRAWN = "document.querySelectorAll('[data-message]').length"
# This hears of the end before the page does.
COUNTED = f"""addEventListener("afterprint", () => {{
    window.printed = [{DRAWN}, document.querySelector(".log").textContent.includes("the very end")];
}})"""
COLOURS = "(one) => [getComputedStyle(one).color, getComputedStyle(document.body).backgroundColor]"


def test_all_that_is_here_is_printed_dark_on_light(open_page: OpenPage) -> None:
    agent = FakeAgent()
    chat = agent.group("class", ("sara",))
    for n in range(ALL - 1):
        agent.say(chat, "sara", f"{n}: a line\nand another")
    agent.say(chat, "sara", "one\n" * 90 + "the very end")  # which is folded on the screen
    with serving(agent) as served:
        page = open_page(viewport={"width": 1280, "height": 700})
        page.add_init_script(COUNTED)
        served.enter(page, theme="dark")
        open_chat(page, chat)
        expect(page.locator("[data-message]").last).to_be_in_viewport()
        assert page.evaluate(DRAWN) < ALL
        page.pdf()
        assert page.evaluate("window.printed") == [ALL, True]
        page.wait_for_function(f"{DRAWN} < {ALL}")
        expect(page.locator(".log")).not_to_contain_text("the very end")
        expect(page.locator("[data-message]").last).to_be_in_viewport()

        text = page.locator("[data-message] .text").last
        night = text.evaluate(COLOURS)
        page.emulate_media(media="print", color_scheme="dark")
        assert text.evaluate(COLOURS) == ["rgb(28, 38, 41)", "rgb(255, 255, 255)"] != night
        for gone in (".rail", ".list", ".composer", ".tools"):
            expect(page.locator(gone)).to_be_hidden()
        frame = page.locator(".log").evaluate("(log) => [log.scrollHeight, log.clientHeight]")
        assert frame[0] == frame[1]  # nothing of it is rolled away
        page.emulate_media(media="screen")
        assert text.evaluate(COLOURS) == night
