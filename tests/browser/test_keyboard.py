"""Everything without a mouse: each shortcut that the page lists works, and focus is never lost."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.shared_network import SharedNetwork, say
from tests.browser.window import Window
from tests.chromium import Watch
from tests.tabs import Profiles

SHEET = """[
    ...document.querySelectorAll("[data-dialog=shortcuts] dl.short > div")
].map((row) => [...row.querySelectorAll("kbd")].map((key) => key.textContent).join(" "))"""

# As the page lists them. Those of messages and of writing are tried where they are made.
HERE = {
    "/ Ctrl Alt K",
    "Ctrl F",
    "Alt ↑ ↓",
    "Alt 1 4",
    "F6",
    "Ctrl Alt J",
    "Esc",
    "PgUp PgDn",
    "End",
    "↑ ↓",
    "Ctrl Alt L",
    "Ctrl Alt V",
    "?",
}


@pytest.fixture
def sara(shared_network: SharedNetwork, profiles: Profiles, watch: Watch) -> Iterator[Window]:
    page = profiles.open(viewport={"width": 1280, "height": 800}, locale="en-GB")
    watch.follow(page)
    for name in ("کیان", "jose"):
        say(shared_network.people[name], shared_network.people["sara"], f"hello from {name}")
    yield Window(page, shared_network.people["sara"]).come_in()
    profiles.close(page)


def press(window: Window, *keys: str) -> None:
    for key in keys:
        window.page.keyboard.press(key)


def focus(window: Window) -> str:
    """A selector-like word for what has focus."""
    return str(
        window.page.evaluate(
            "(({ id, className, tagName, dataset }) => id || dataset.name || className || tagName)"
            "(document.activeElement)"
        )
    )


def not_lost(window: Window, after: str) -> None:
    window.page.evaluate(FRAMES)
    assert focus(window) not in ("BODY", "page"), f"focus is lost after {after}"


FRAMES = """() => new Promise((done) => {
    let left = 4;
    const next = () => { left -= 1; if (left) requestAnimationFrame(next); else done(); };
    requestAnimationFrame(next);
})"""


def test_the_sheet_lists_what_is_tried_here(sara: Window) -> None:
    press(sara, "Tab", "?")
    expect(sara.page.locator("[data-dialog=shortcuts]")).to_be_visible()
    assert set(sara.page.evaluate(SHEET)) >= HERE
    press(sara, "Escape")
    expect(sara.page.locator("[data-dialog]")).to_have_count(0)


def test_going_from_place_to_place(sara: Window) -> None:
    at = sara.page.locator
    for key in ("/", "Control+Alt+k"):
        press(sara, key)
        expect(at("#search")).to_be_focused()
        press(sara, "Escape")
    sara.row("jose").click()
    expect(at("#write")).to_be_focused()
    press(sara, "Control+Alt+k")
    expect(at("#search")).to_be_focused()
    press(sara, "Control+f")
    expect(at("#search-within")).to_be_focused()
    press(sara, "Escape")
    expect(at("[data-search-pane]")).to_have_count(0)
    not_lost(sara, "closing the search")
    press(sara, "Control+Alt+j")
    expect(at("[data-dialog=date]")).to_be_visible()
    press(sara, "Escape")
    not_lost(sara, "closing the calendar")
    names = sara.names()
    press(sara, "Alt+ArrowUp" if names.index("jose") else "Alt+ArrowDown")
    expect(at("section.pane h2")).not_to_have_text("jose")
    for number, section in enumerate(("people", "trust", "settings"), 2):
        press(sara, f"Alt+{number}")
        sara.is_on(section)
        not_lost(sara, f"going to {section}")
    press(sara, "Alt+1")
    sara.is_on("chat")
    not_lost(sara, "coming back")
    press(sara, "Escape")
    sara.is_on("list")
    not_lost(sara, "closing the conversation")


def test_round_the_parts_and_within_them(sara: Window) -> None:
    sara.row("jose").click()
    sara.page.locator("section.pane [data-details]").click()
    seen = []
    for _press in range(10):
        press(sara, "F6")
        seen.append(focus(sara))
    assert len(set(seen)) == 5  # rail, list, log, writing, details
    press(sara, "Shift+F6")
    assert focus(sara) == seen[-2]
    sara.page.get_by_role("log").focus()
    press(sara, "PageUp", "PageDown", "End")
    expect(sara.message("hello from jose").last).to_be_in_viewport()
    press(sara, "Escape")
    not_lost(sara, "closing the details")


def test_safety_and_locking(sara: Window) -> None:
    sara.row("jose").click()
    sara.page.get_by_role("log").focus()
    press(sara, "Control+Alt+v")
    expect(sara.page.locator(".safety-digits")).to_be_visible()
    not_lost(sara, "comparing")
    press(sara, "Control+Alt+l")
    sara.is_on("log_in")
    expect(sara.page.locator("#password")).to_be_focused()
    sara.log_in("sara")
    sara.is_on("trust")  # where one was


def test_focus_is_given_back_and_never_lost(sara: Window) -> None:
    at = sara.page.locator
    for item, dialog in (("private", "new_private"), ("group", "new_group")):
        at("#new").focus()
        press(sara, "Enter")
        expect(at(f"[data-item={item}]")).to_be_visible()
        at(f"[data-item={item}]").press("Enter")
        expect(at(f"[data-dialog={dialog}]")).to_be_visible()
        not_lost(sara, f"opening {dialog}")
        press(sara, "Escape")
        expect(at("[data-dialog]")).to_have_count(0)
        expect(at("#new")).to_be_focused()
    sara.row("jose").focus()
    press(sara, "Enter")
    expect(at("#write")).to_be_focused()
    sara.write("sent with a key")
    expect(at("#write")).to_be_focused()
    # writing in a conversation while it is deleted under one's hands: another opens by a notification, say
    sara.row("کیان").focus()
    press(sara, "Enter")
    not_lost(sara, "opening another conversation")
    press(sara, "Escape")
    not_lost(sara, "closing it")
    press(sara, "Alt+4")
    at("#set-typing").focus()
    press(sara, "Alt+2")
    sara.is_on("people")
    not_lost(sara, "leaving the settings by a key")


def test_every_control_has_a_name_and_is_reached_by_tab(sara: Window) -> None:
    sara.row("jose").click()
    expect(sara.page.locator("#write")).to_be_focused()
    reached = set()
    for _press in range(40):
        press(sara, "Tab")
        reached.add(focus(sara))
        not_lost_at_all = sara.page.evaluate("document.activeElement.getClientRects().length > 0")
        assert not_lost_at_all or focus(sara) == "BODY"  # between the page and the browser's own controls
    assert {"search", "new", "chat-more", "write"} <= reached
