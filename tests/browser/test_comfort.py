"""Text at twice its size, and less motion where the system asks for it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from launch import chromium
from tests.browser.fake_agent import serving
from tests.browser.tour import Tour, settled
from tests.chromium import FLAGS
from tests.tabs import Profiles

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def large(browser: Browser) -> Iterator[Profiles]:
    """A browser whose letters are twice as large as usual, as in its settings: everything in rem and em grows."""
    running = browser.browser_type.launch(
        executable_path=chromium.find(), headless=True, args=[*FLAGS, "--blink-settings=defaultFontSize=32"]
    )
    yield Profiles(running)
    running.close()


# What is wider than the window, or whose words are cut off where nothing says that there is more.
CUT = """() => {
    const cut = [];
    if (document.scrollingElement.scrollWidth > innerWidth) cut.push("the page scrolls sideways");
    const seen = (one) => one.getClientRects().length && !one.closest(".sr, [inert], .skip, .sprite");
    for (const one of document.querySelectorAll("button, input, textarea, h1, h2, h3, p, label, th, td, dt, dd")) {
        if (!seen(one) || one.closest(".code-block, [role=log] > ol > li[style]")) continue;
        const box = one.getBoundingClientRect();
        const what = `${one.tagName} ${one.id || one.className}: ${one.textContent.trim().slice(0, 40)}`;
        if (box.left < -1 || box.right > innerWidth + 1) cut.push(`outside: ${what}`);
        const style = getComputedStyle(one);
        const hides = style.overflowX !== "visible" && style.textOverflow !== "ellipsis";
        if (hides && !one.matches("input, textarea") && one.scrollWidth > one.clientWidth + 1) cut.push(`cut: ${what}`);
    }
    return cut;
}"""


def cut(page: Page) -> list[str]:
    found: list[str] = page.evaluate(CUT)
    return found


# Those with the most side by side; the long form looks at all.
DENSE = ("chat", "row_menu", "card", "search_here", "group_details", "new_group", "people", "safety", "settings", "kit")


def test_nothing_is_cut_when_text_is_twice_as_large(tour: Tour, large: Profiles, long: bool) -> None:
    """Each screen on a telephone, and then the same, as it stands, in a wide window."""
    window = tour.window(large, viewport={"width": 390, "height": 800}, locale="fa-IR")
    page, wrong = window.page, {}
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "32px"
    for name in tour.chats(window, () if long else DENSE):
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 800})
            settled(page)
            if found := cut(page):
                wrong[name, width] = found
    large.close(page)
    assert wrong == {}


@pytest.mark.parametrize("language", ["en", "fa"])
@pytest.mark.parametrize("why", [None, "moved"])
def test_nothing_is_cut_while_the_link_is_down(large: Profiles, language: str, why: str | None) -> None:
    """With a long wait, many messages in the queue, and what one can do about it side by side."""
    with serving() as served:
        page = served.enter(large.open(viewport={"width": 390, "height": 800}), language)
        served.fake_agent.tell("link", {"up": False, "retry_in": 599, "waiting": 1234, "why": why, "restored": None})
        expect(page.locator("[data-banner=authority]")).to_be_visible()
        wrong = {}
        for width in (390, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            settled(page)
            if found := cut(page):
                wrong[width] = found
        large.close(page)
        assert wrong == {}


@pytest.mark.long
def test_nothing_is_cut_at_the_door(tour: Tour, large: Profiles) -> None:
    for name, page in tour.door(large, viewport={"width": 390, "height": 800}, locale="en-GB"):
        assert cut(page) == [], name


MOVING = """() => document.getAnimations().map(({ animationName, transitionProperty, effect }) => [
    animationName ?? transitionProperty, effect.getTiming().duration,
]).filter(([, duration]) => duration > 0)"""


def test_nothing_moves_where_less_motion_is_wanted(tour: Tour, profiles: Profiles) -> None:
    window = tour.window(profiles, viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    page = window.page
    for press in (
        lambda: window.row("sara").click(),
        lambda: page.locator("section.pane [data-details]").click(),
        lambda: page.locator("#new").click(),
        lambda: page.locator("[data-item=private]").click(),
        lambda: page.keyboard.press("Escape"),
        lambda: window.write("without a jump"),
        lambda: window.section("settings"),
    ):
        press()
        assert page.evaluate(MOVING) == []
    profiles.close(page)
    window = tour.window(profiles, viewport={"width": 1280, "height": 800}, reduced_motion="no-preference")
    window.row("sara").hover()
    window.page.locator("#new").click()
    assert window.page.evaluate(MOVING) != []  # and elsewhere it does
    profiles.close(window.page)
