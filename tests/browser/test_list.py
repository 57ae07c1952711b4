"""The list of conversations: three hundred of them, what is pinned and muted, and drafts that are kept."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.many_chats import ManyChats
from tests.browser.window import OpenPage, Window
from tests.chromium import Watch
from tests.tabs import Profiles

pytestmark = pytest.mark.timeout(300)

LETTERS = "abcdefghij"  # no two of them look alike
NAMES = [f"user{''.join(LETTERS[int(digit)] for digit in f'{number:03}')}" for number in range(300)]
AT_MOST = 60  # rows in the page


@pytest.fixture(scope="module")
def many_chats(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ManyChats]:
    """sara has one message of each of 300 people, the last of NAMES wrote last; three of `useraaa`'s are unread."""
    running = ManyChats(tmp_path_factory.mktemp("many_chats"), NAMES, {NAMES[0]: (5, 3), NAMES[1]: (2, 2)})
    yield running
    running.close()


@pytest.fixture
def sara(many_chats: ManyChats, profiles: Profiles, watch: Watch) -> Iterator[Window]:
    page = profiles.open(viewport={"width": 1280, "height": 800}, locale="en-GB")
    watch.follow(page)
    yield Window(page, many_chats.agent).come_in()
    profiles.close(page)


def test_of_three_hundred_only_those_that_are_seen_are_in_the_page(sara: Window) -> None:
    rows = sara.page.locator(".rows > li")
    expect(rows.first).to_have_attribute("aria-setsize", "300")
    expect(rows.first).to_have_attribute("aria-posinset", "1")
    assert rows.count() <= AT_MOST
    assert sara.names()[0] == NAMES[-1]
    sara.page.locator(".rows-scroll").evaluate("(list) => { list.scrollTop = list.scrollHeight; }")
    expect(sara.row(NAMES[0])).to_be_in_viewport()
    assert rows.count() <= AT_MOST


def test_the_keyboard_reaches_rows_that_are_not_in_the_page_yet(sara: Window) -> None:
    keyboard = sara.page.keyboard
    sara.row(NAMES[-1]).focus()
    keyboard.press("End")
    expect(sara.row(NAMES[0])).to_be_focused()
    expect(sara.row(NAMES[0])).to_be_in_viewport()
    keyboard.press("Home")
    expect(sara.row(NAMES[-1])).to_be_focused()
    for _press in range(40):
        keyboard.press("ArrowDown")
    expect(sara.row(NAMES[-41])).to_be_focused()
    keyboard.press("PageUp")
    expect(sara.row(NAMES[-41])).not_to_be_focused()
    assert sara.page.evaluate("document.activeElement.classList.contains('row')")
    # a row that is scrolled away with its focus is still there to come back to
    focused = sara.page.evaluate("document.activeElement.dataset.name")
    sara.page.locator(".rows-scroll").evaluate("(list) => { list.scrollTop = list.scrollHeight; }")
    expect(sara.row(NAMES[0])).to_be_in_viewport()
    assert sara.page.evaluate("document.activeElement.dataset.name") == focused
    # and from the search field an arrow leads into the list, and back
    sara.page.locator("#search").focus()
    keyboard.press("ArrowDown")
    expect(sara.row(NAMES[-1])).to_be_focused()
    keyboard.press("ArrowUp")
    expect(sara.page.locator("#search")).to_be_focused()


def test_what_is_opened_by_the_keyboard_is_brought_into_view(sara: Window) -> None:
    sara.row(NAMES[-1]).click()
    for _press in range(30):
        sara.page.keyboard.press("Alt+ArrowDown")
    expect(sara.page.locator("section.pane h2")).to_have_text(NAMES[-31])
    expect(sara.row(NAMES[-31])).to_be_in_viewport()


def menu(window: Window, name: str, item: str) -> None:
    window.row(name).click(button="right")
    window.page.locator(f"[role=menu] [data-item={item}]").click()


def test_pinned_stands_on_top_and_muted_counts_quietly_on_every_page(
    sara: Window, many_chats: ManyChats, open_page: OpenPage
) -> None:
    other = Window(open_page(), many_chats.agent).come_in()
    expect(sara.page).to_have_title("(5) Hamraz")
    scroller = sara.page.locator(".rows-scroll")
    scroller.evaluate("(list) => { list.scrollTop = list.scrollHeight; }")
    menu(sara, NAMES[0], "pin")
    for window in (sara, other):
        expect(window.page.locator(".row[data-chat]").first).to_have_attribute("data-name", NAMES[0])
    # by the keyboard: the menu key on the row, then arrows
    sara.row(NAMES[0]).focus()
    sara.page.keyboard.press("Shift+F10")
    expect(sara.page.locator("[data-item=pin]")).to_be_focused()
    sara.page.keyboard.press("ArrowDown")
    sara.page.keyboard.press("Enter")
    expect(sara.page.locator("[data-mute=hour]")).to_be_focused()
    sara.page.keyboard.press("Enter")
    for window in (sara, other):
        expect(window.row(NAMES[0]).locator(".badge")).to_have_class("badge quiet")
        expect(window.page).to_have_title("(2) Hamraz")
        assert "Muted" in window.row(NAMES[0]).inner_text()
    sara.page.reload()
    sara.is_on("list")
    assert sara.names()[0] == NAMES[0]
    menu(sara, NAMES[0], "mute")
    menu(sara, NAMES[0], "pin")
    for window in (sara, other):
        expect(window.page.locator(".row[data-chat]").first).to_have_attribute("data-name", NAMES[-1])
        expect(window.page).to_have_title("(5) Hamraz")


def test_a_draft_is_kept_by_the_agent(sara: Window, many_chats: ManyChats, open_page: OpenPage) -> None:
    other = Window(open_page(), many_chats.agent).come_in()
    name = NAMES[-3]
    sara.row(name).click()
    sara.composer.fill("half a thought")
    sara.row(NAMES[-1]).click()
    for window in (sara, other):
        expect(window.row(name)).to_contain_text("half a thought")
    sara.page.reload()
    sara.row(name).click()
    expect(sara.composer).to_have_value("half a thought")
    sara.composer.fill("")
    sara.row(NAMES[-1]).click()
    expect(other.row(name)).not_to_contain_text("half a thought")


def test_a_row_says_when_all_of_it_is_read(sara: Window) -> None:
    sara.page.locator(".rows-scroll").evaluate("(list) => { list.scrollTop = list.scrollHeight; }")
    menu(sara, NAMES[1], "read")
    expect(sara.row(NAMES[1])).to_have_attribute("data-unread", "0")
    expect(sara.page).to_have_title("(3) Hamraz")
