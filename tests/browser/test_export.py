"""Taking what was said out: asked for by keyboard in both languages; and the page that comes of it, in a browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.fake_agent import Served, open_chat
from tests.browser.window import OpenPage
from tests.export.conftest import _talk
from tests.export.exports import export_of
from tests.export.test_page import HOSTILE
from web_client.export.words import Language


def choose(page: Page, opener: str, item: str) -> None:
    """Open a menu and take what is in it, by keyboard alone."""
    page.locator(opener).focus()
    page.keyboard.press("Enter")
    for _item in range(12):
        if page.evaluate("document.activeElement.dataset.item") == item:
            break
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")


@pytest.mark.parametrize(("language", "theme"), [("en", "dark"), ("fa", "light")])
def test_a_chat_and_everything_by_keyboard(fresh: Served, open_page: OpenPage, language: str, theme: str) -> None:
    page = open_page(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    fresh.enter(page, language, theme=theme)
    chat = fresh.fake_agent.private("sara")
    fresh.fake_agent.say(chat, "sara", "Are you there?")
    open_chat(page, chat)
    choose(page, "#chat-more", "export")
    dialog = page.locator("[data-dialog=export]")
    expect(dialog).to_contain_text("sara")
    expect(dialog.locator(".dialog-body p")).to_have_count(3)
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    assert fresh.fake_agent.calls("export_chat") == []

    choose(page, "#chat-more", "export")
    with page.expect_download() as saved:
        dialog.locator("[type=submit]").press("Enter")
    assert saved.value.suggested_filename == "hamraz-of-a-chat.zip"
    expect(dialog).to_have_count(0)
    assert fresh.fake_agent.calls("export_chat") == [{"chat": chat, "language": language}]

    page.locator("[data-section=settings]").click()
    page.locator("#export-all").focus()
    page.keyboard.press("Enter")
    expect(dialog).to_be_visible()
    with page.expect_download():
        dialog.locator("[type=submit]").press("Enter")
    assert fresh.fake_agent.calls("export_all") == [{"language": language}]


@pytest.mark.parametrize("language", ["en", "fa"])
def test_the_page_of_an_export(open_page: OpenPage, tmp_path: Path, language: Language) -> None:
    """It shows everything, each line in its own direction; it runs and loads nothing."""
    talk = _talk()
    talk.world.carry = lambda source, target, body: [body]
    talk.sara.say(talk.arash, HOSTILE)
    talk.sara.say(talk.arash, "یک خط فارسی\nand an English one")
    talk.world.settle()
    path = tmp_path / "messages.html"
    path.write_bytes(export_of(talk.arash, language=language)["messages.html"])
    page = open_page(viewport={"width": 390, "height": 844})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    assert asked == [path.as_uri()]
    assert page.locator("html").get_attribute("dir") == ("rtl" if language == "fa" else "ltr")
    expect(page.get_by_text("<script>alert(1)</script>")).to_be_visible()
    assert page.locator("script, img, link, iframe, form").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    words = page.locator(".words", has_text="یک خط فارسی")
    assert words.evaluate("one => getComputedStyle(one).unicodeBidi") == "plaintext"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(241, 237, 228)"  # its style holds
    page.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("the lab opens at nine").last).to_be_visible()


@pytest.mark.parametrize("language", ["en", "fa"])
def test_what_was_taken_in_says_so_and_is_only_read(fresh: Served, open_page: OpenPage, language: str) -> None:
    page = open_page(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    fresh.enter(page, language)
    chat = fresh.fake_agent.private("sara")
    fresh.fake_agent.say(chat, "sara", "from an export", imported=True)
    more = {"imported": True, "state": "failed", "why": "not_receipted"}
    fresh.fake_agent.say(chat, "arash", "nobody had signed this", **more)
    fresh.fake_agent.say(chat, "sara", "from now")
    open_chat(page, chat)
    lines = page.locator("[data-message]")
    expect(lines).to_have_count(3)
    expect(page.locator("[data-imported]")).to_have_count(2)
    expect(page.locator("[data-error]")).to_have_count(0)  # there is nothing to send again
    for at, items in (
        (0, {"clear", "copy", "copy_place", "proof", "forward", "select", "star"}),
        (1, {"clear", "copy", "copy_place", "proof", "forward", "select", "star"}),
        (2, {"clear", "reply", "copy", "copy_place", "proof", "pin", "forward", "select", "star"}),
    ):
        lines.nth(at).locator(".bubble").click(button="right")
        menu = page.locator("[data-popover=menu]")
        expect(menu).to_be_visible()
        found = menu.locator("[data-item]").evaluate_all("all => all.map((one) => one.dataset.item)")
        assert set(found) == items
        page.keyboard.press("Escape")
        expect(menu).to_have_count(0)
    assert violations(page) == []
