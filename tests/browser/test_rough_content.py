"""Content that nobody would write by hand: it stays in its place, and the page stays quick. Before a fake agent."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.fake_agent import FakeAgent, Served, open_chat, serving, uid_of
from tests.browser.window import OpenPage

LONG_NAME = "نام‌بسیاربلند" * 12 + "x" * 60
ROUGH = {
    "one word of 64 KiB": "ن" * 32_768,
    "one word of 64 KiB in code": "`" + "w" * 65_000 + "`",
    "five thousand lines": "\n".join(f"line {number}" for number in range(5000)),
    "five thousand empty lines": "\n" * 5000 + ".",
    "letters stacked up": "Z" + "\u0300\u0301\u0302\u0323" * 2000 + "algo",
    "turned round": "\u202eevil \u2067\u2067\u2067 \u202b\u202a nested " * 200,
    "emoji by the thousand": "👩‍👩‍👧‍👦" * 2000,
    "a code block that is wide": "```\n" + "x" * 5000 + "\n```",
    "a link that is long": "http://a.example/" + "y" * 1900,
    "nothing seen": "\u200b\u200c\u200d\u2060",
}

# What of a message reaches out of the column, or over its neighbours.
OUT = """(message) => {
    const box = (one) => one.getBoundingClientRect();
    const column = box(message.closest(".messages"));
    const bubble = box(message.querySelector(".bubble"));
    const line = box(message);
    const out = [];
    if (bubble.left < column.left - 1 || bubble.right > column.right + 1) out.push("beside the column");
    if (bubble.top < line.top - 1 || bubble.bottom > line.bottom + 1) out.push("over its neighbours");
    const meta = box(message.querySelector(".meta"));
    if (meta.right > bubble.right + 1 || meta.left < bubble.left - 1) out.push("its time");
    const log = message.closest(".log");
    if (log.scrollWidth > log.clientWidth + 1) out.push("the log scrolls sideways");
    return out;
}"""


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with serving(FakeAgent("arash", ("sara", LONG_NAME))) as running:
        yield running


@pytest.mark.parametrize("width", [pytest.param(1280, marks=pytest.mark.long), 390])
def test_rough_messages_stay_in_their_place(served: Served, open_page: OpenPage, width: int) -> None:
    page = served.enter(
        open_page(viewport={"width": width, "height": 800}, reduced_motion="reduce"), "fa" if width == 390 else "en"
    )
    fake_agent = served.fake_agent
    chat = fake_agent.private("sara")
    fake_agent.say(chat, "sara", "begin")
    open_chat(page, chat)
    for what, text in ROUGH.items():
        message = fake_agent.say(chat, "sara" if width == 1280 else "arash", text)
        line = page.locator(f'[data-message="{message["id"]}"]')
        expect(line).to_be_attached()
        assert (what, line.evaluate(OUT)) == (what, [])
    answer = {"id": "0" * 32, "from": uid_of("sara"), "order": 1, "kind": "text", "text": ROUGH["turned round"][:200]}
    message = fake_agent.say(chat, "sara", "it quotes", reply=answer | {"missing": False})
    assert page.locator(f'[data-message="{message["id"]}"]').evaluate(OUT) == []


def test_a_very_long_name_is_cut_and_not_the_page(served: Served, open_page: OpenPage) -> None:
    page = served.enter(open_page(viewport={"width": 390, "height": 800}, reduced_motion="reduce"))
    fake_agent = served.fake_agent
    chat = fake_agent.group(LONG_NAME, ("sara", LONG_NAME))
    first = fake_agent.say(chat, LONG_NAME, "from somebody with a name")
    reply = {key: first[key] for key in ("id", "from", "order", "kind", "text")} | {"missing": False}
    message = fake_agent.say(
        chat, LONG_NAME, "and again", reply=reply, reactions=[{"emoji": "👍", "from": [first["from"]]}]
    )
    fake_agent.say(chat, LONG_NAME, kind="deleted", deleted=True)
    open_chat(page, chat)
    for line in page.locator(".msg").all():
        assert line.evaluate(OUT) == []
    page.locator(f'[data-message="{message["id"]}"] .bubble').click(button="right")
    page.locator("[data-popover=menu] [data-item=reply]").click()
    expect(page.locator("[data-bar=reply]")).to_be_visible()
    assert overflows(page) == 0


def overflows(page: Page) -> int:
    """How many px the page is wider than its window."""
    found: int = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return found


def test_all_of_a_long_text_is_shown_when_asked_and_soon(served: Served, open_page: OpenPage) -> None:
    page = served.enter(open_page())
    fake_agent = served.fake_agent
    chat = fake_agent.private("sara")
    message = fake_agent.say(chat, "sara", ROUGH["five thousand lines"])
    open_chat(page, chat)
    line = page.locator(f'[data-message="{message["id"]}"]')
    expect(line.locator(".text > p")).to_have_count(41)  # forty lines, and the button
    line.locator("button.link").click()
    expect(line.locator(".text > p")).to_have_count(5000)
