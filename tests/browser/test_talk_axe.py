"""No accessibility violation in what belongs to messages: toolbar, menu, emoji, proof, bars, dialogs. On the stage."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Page, expect

from tests.browser.stage import Cast, Stage, on_stage, open_chat, uid_of
from tests.browser.test_unreadable import proven
from tests.browser.window import OpenPage

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
VIOLATIONS = """async () => (await axe.run(document, { resultTypes: ["violations"] })).violations.map(
    ({ id, nodes }) => [id, ...nodes.map(({ target, failureSummary }) => `${target}: ${failureSummary}`)])"""


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with on_stage() as running:
        yield running


def violations(page: Page) -> list[list[str]]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found: list[list[str]] = page.evaluate(VIOLATIONS)
    return found


@pytest.mark.parametrize(("language", "theme"), [("en", "dark"), ("fa", "light")])
def test_nothing_about_messages_is_out_of_reach(stage: Stage, open_page: OpenPage, language: str, theme: str) -> None:
    page = open_page(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    stage.enter(page, language, theme=theme)
    cast = stage.cast
    chat, message = scene(cast)
    open_chat(page, chat)
    line = page.locator(f'[data-message="{message["id"]}"]')
    expect(line).to_be_visible()
    line.locator(".bubble").hover()
    expect(line.locator("[data-tool]").first).to_be_visible()
    assert violations(page) == []
    line.locator("[data-tool=proof]").click()
    expect(page.locator("[data-verified]")).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("Escape")
    line.locator(".bubble").click(button="right")
    expect(page.locator("[data-popover=menu]")).to_be_visible()
    assert violations(page) == []
    page.locator("[data-item=edit]").click()
    expect(page.locator("[data-bar=edit]")).to_be_visible()
    page.locator("[data-emoji-button]").click()
    expect(page.locator("[data-popover=emoji] [data-emoji]").first).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.locator("#write").fill("word " * 13_200)
    expect(page.locator("#write-size")).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("Escape")
    line.locator(".bubble").hover()
    line.locator("[data-tool=delete]").click()
    expect(page.locator("[data-dialog=delete]")).to_be_visible()
    assert violations(page) == []


def scene(cast: Cast) -> tuple[str, dict[str, object]]:
    """A conversation with a bit of everything; the message that things are done with."""
    chat = cast.private("sara")
    first = cast.say(chat, "sara", "see http://a.example and https://аррӏе.example\n```py\nprint()\n```\n`code`")
    cast.say(chat, "sara", kind="unreadable", why="no_key")
    cast.say(chat, "sara", kind="unreadable", why="bad_signature")
    cast.say(chat, "sara", kind="deleted", deleted=True)
    cast.say(chat, "sara", "🫖")
    reply = {key: first[key] for key in ("id", "from", "order", "kind", "text")} | {"missing": False}
    reactions = [{"emoji": "👍", "from": [uid_of("sara")]}, {"emoji": "❤️", "from": [uid_of("arash")]}]
    message = cast.say(chat, "arash", "with everything", reply=reply, edited=first["time"], reactions=reactions)
    proven(cast, message)
    return chat, message
