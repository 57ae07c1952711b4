"""Code with colours: enough contrast in both looks, whole when it is copied, and a long line that is seen to go on."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.axe import violations
from tests.browser.fake_agent import Served, open_chat
from tests.browser.window import OpenPage

CODE = '@it\ndef main(n=5):  # one\n    return "a" + str(f(n)) + "' + "long " * 40 + '"'
SAID = f'```py\n{CODE}\n```\n```css\na {{ top: 0 }}\n```\n```rs\nfn f<\'a>() {{}}\n```\n```basic\n10 PRINT "hi"\n```'
# each part's contrast with what is behind it
CONTRAST = """all => {
    const pen = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const light = (colour) => {
        pen.fillStyle = colour;
        pen.fillRect(0, 0, 1, 1);
        const [r, g, b] = [...pen.getImageData(0, 0, 1, 1).data].map((part) => part / 255)
            .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    return Object.fromEntries(all.map((one) => {
        const behind = light(getComputedStyle(one.closest(".code-block")).backgroundColor);
        const front = light(getComputedStyle(one).color);
        return [one.className, (Math.max(behind, front) + 0.05) / (Math.min(behind, front) + 0.05)];
    }));
}"""


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 390)])
def test_code_has_colours_that_can_be_read(served: Served, open_page: OpenPage, theme: str, width: int) -> None:
    page = open_page(viewport={"width": width, "height": 900}, reduced_motion="reduce")
    chat = served.fake_agent.private("sara")
    if not served.fake_agent.messages.get(chat):
        served.fake_agent.say(chat, "sara", SAID)
        served.fake_agent.say(chat, "arash", SAID)
    served.enter(page, "fa", theme=theme)
    open_chat(page, chat)
    blocks = page.locator(".code-block")
    expect(blocks).to_have_count(8)
    expect(page.locator(".code-language")).to_have_text(["Python", "CSS", "Rust", "basic"] * 2)
    assert blocks.first.locator("code").text_content() == CODE
    expect(blocks.nth(3).locator("code span")).to_have_count(0)
    found: dict[str, float] = page.locator(".code-block code span").evaluate_all(CONTRAST)
    looks = {"word", "type", "text", "number", "remark", "call", "name", "mark"}
    assert set(found) == {f"code-{look}" for look in looks}
    assert {look: contrast for look, contrast in found.items() if contrast < 4.5} == {}
    pre = blocks.first.locator("pre")
    assert pre.evaluate("one => one.scrollWidth > one.clientWidth && getComputedStyle(one).direction === 'ltr'")
    assert violations(page) == []
