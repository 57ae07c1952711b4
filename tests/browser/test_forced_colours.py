"""With a person's own colours in force nothing that is drawn by background alone is lost."""

from __future__ import annotations

import base64

from playwright.sync_api import Locator

from tests.browser.fake_agent import FakeAgent, open_chat, serving
from tests.browser.window import OpenPage

# The colours of a picture, and how many of its points have each.
COLOURS = """async (png) => {
    const picture = new Image();
    picture.src = "data:image/png;base64," + png;
    await picture.decode();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [picture.width, picture.height];
    const context = canvas.getContext("2d");
    context.drawImage(picture, 0, 0);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    const found = {};
    for (let at = 0; at < data.length; at += 4) {
        const colour = `${data[at]} ${data[at + 1]} ${data[at + 2]}`;
        found[colour] = (found[colour] ?? 0) + 1;
    }
    return found;
}"""


def colours(part: Locator) -> dict[str, int]:
    png = base64.b64encode(part.screenshot(animations="disabled")).decode()
    found: dict[str, int] = part.page.evaluate(COLOURS, png)
    return found


def test_switches_choices_and_states_are_seen(open_page: OpenPage) -> None:
    agent = FakeAgent()
    with serving(agent) as served:
        chat = agent.private("sara")
        agent.say(chat, "sara", "hello")
        agent.conversation(chat, unread=3)
        page = served.enter(open_page(viewport={"width": 1280, "height": 800}, forced_colors="active"))
        assert len(colours(page.locator(".row .badge").first)) > 1
        assert len(colours(page.locator(".row .presence").first)) > 1
        open_chat(page, chat)
        assert len(colours(page.locator(".bubble").first)) > 1
        page.locator("[data-section=settings]").click()
        on, off = page.locator("#set-receipts"), page.locator("#set-technique")
        assert on.is_checked() and not off.is_checked()
        assert len(colours(on)) > 1 and len(colours(off)) > 1
        assert colours(on) != colours(off)
        chosen, other = (
            page.locator(".seg:has(:checked) > span").first,
            page.locator(".seg:not(:has(:checked)) > span").first,
        )
        assert max(colours(chosen), key=colours(chosen).__getitem__) != max(
            colours(other), key=colours(other).__getitem__
        )
