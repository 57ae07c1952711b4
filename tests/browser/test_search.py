"""Search over everything and in one conversation, jumping to a date, and where one with much unread opens."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.many_chats import ManyChats
from tests.browser.window import Window
from tests.chromium import Watch
from tests.long_talk import line
from tests.tabs import Profiles

pytestmark = pytest.mark.timeout(300)

NAMES = ["arash", "کیان", "hadi", "zal"]
LONG = 900  # messages with arash; kian's 120 are half unread
UNREAD = 60


@pytest.fixture(scope="module")
def many_chats(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ManyChats]:
    running = ManyChats(tmp_path_factory.mktemp("many_chats"), NAMES, {"arash": (LONG, 0), "کیان": (120, UNREAD)})
    yield running
    running.close()


@pytest.fixture
def sara(many_chats: ManyChats, profiles: Profiles, watch: Watch) -> Iterator[Window]:
    page = profiles.open(viewport={"width": 1280, "height": 800}, locale="en-GB")
    watch.follow(page)
    yield Window(page, many_chats.agent).come_in()
    profiles.close(page)


def test_it_finds_chats_people_and_messages_and_opens_a_message_at_its_place(sara: Window) -> None:
    text = line(400)  # far above what is loaded
    words = " ".join(re.findall(r"\w+", text)[:6])
    sara.fill(search=words)
    first = sara.page.locator("[data-hit]").first
    expect(first).to_contain_text("400:")
    expect(first.locator(".row-name")).to_have_text("arash")
    assert first.locator("mark").count() >= 3
    sara.page.locator("#search").press("ArrowDown")
    expect(first).to_be_focused()
    sara.page.keyboard.press("Enter")
    found = sara.page.locator("[data-message][data-target]")
    expect(found).to_have_count(1)
    expect(found).to_contain_text("400:")
    expect(found).to_be_in_viewport()
    expect(found).to_be_focused()
    expect(sara.page.locator("#search")).to_have_value(words)  # to go on to the next
    sara.page.locator("[data-newest]").click()
    expect(sara.message(f"{LONG - 1}:")).to_be_in_viewport()
    # names, too, by their beginnings, in either script
    sara.fill(search="ara")
    expect(sara.row("arash")).to_be_visible()
    sara.fill(search="كيا")  # as some keyboards have it
    expect(sara.row("کیان")).to_be_visible()


def test_letters_that_look_alike_are_alike(sara: Window) -> None:
    sara.fill(search="كتاب بياوريد")
    expect(sara.page.locator("[data-hit]").first).to_be_visible()
    for mark in sara.page.locator("[data-hit]").first.locator("mark").all_inner_texts():
        assert mark in ("کتاب", "بیاورید")
    sara.fill(search="nobody ever said this")
    expect(sara.page.locator(".none")).to_be_visible()
    expect(sara.page.locator("[data-hit]")).to_have_count(0)
    expect(sara.page.get_by_role("status").filter(has_text="0 found")).to_have_count(1)
    sara.page.keyboard.press("Escape")
    expect(sara.page.locator("#search")).to_have_value("")


def test_in_one_conversation_alone(sara: Window) -> None:
    sara.row("arash").click()
    sara.page.keyboard.press("Control+f")
    field = sara.page.locator("#search-within")
    expect(field).to_be_focused()
    field.fill("laptop")
    hits = sara.page.locator("[data-search-pane] [data-hit]")
    expect(hits.first).to_be_visible()
    chats = hits.evaluate_all("hits => [...new Set(hits.map((hit) => hit.dataset.in))]")
    assert len(chats) == 1
    before = hits.count()
    sara.page.locator("[data-search-pane] .row-button").click()
    expect(hits).not_to_have_count(before)
    field.press("Enter")
    expect(sara.page.locator("[data-message][data-target]")).to_contain_text("laptop")
    sara.page.keyboard.press("Escape")
    expect(sara.page.locator("[data-search-pane]")).to_have_count(0)


def narrow(sara: Window, where: str, what: str, item: str) -> None:
    sara.page.locator(f"#{where}-{what}").click()
    sara.page.locator(f".menu [data-item='{item}']").click()


def test_narrowed_by_whom_of_what_kind_and_when(sara: Window) -> None:
    """In the list without a word, and in one chat with one; Escape leaves all of it."""
    page = sara.page
    arash = str(sara.row("arash").get_attribute("data-chat")).removeprefix("p:")
    page.locator("[data-narrow=open]").click()
    narrow(sara, "listSearch", "kind", "link")
    hits = page.locator("[data-hit]")
    expect(hits.first).to_contain_text("http")
    expect(page.locator(".row[data-chat]")).to_have_count(0)
    narrow(sara, "listSearch", "by", arash)
    expect(page.locator("#listSearch-by")).to_contain_text("arash")
    expect(hits.first.locator(".row-name")).to_have_text("arash")
    assert set(page.locator("[data-hit]").evaluate_all("hits => hits.map((hit) => hit.dataset.in)")) == {f"p:{arash}"}
    narrow(sara, "listSearch", "kind", "video")
    expect(page.locator(".none")).to_be_visible()
    page.locator("#search").focus()
    page.keyboard.press("Escape")
    expect(sara.row("arash")).to_be_visible()
    expect(page.locator("[data-narrow=by]")).to_have_count(0)
    sara.row("arash").click()
    page.keyboard.press("Control+f")
    page.locator("#search-within").fill("laptop")
    expect(hits.first).to_be_visible()
    narrow(sara, "chatSearch", "by", arash)
    narrow(sara, "chatSearch", "when", "day")
    expect(page.locator("[data-dialog=date] [aria-current=date]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#chatSearch-when")).to_contain_text("Today")
    narrow(sara, "chatSearch", "when", "year")
    expect(page.locator("#chatSearch-when")).to_contain_text("12 months")
    expect(page.locator("[data-search-pane] [data-hit]").first).to_be_visible()


def test_a_day_is_chosen_in_a_calendar(sara: Window) -> None:
    sara.row("arash").click()
    expect(sara.message(f"{LONG - 1}:")).to_be_visible()
    sara.page.keyboard.press("Control+Alt+j")
    dialog = sara.page.locator("[data-dialog=date]")
    expect(dialog.locator("[aria-current=date]")).to_be_focused()
    sara.page.keyboard.press("ArrowUp")  # a week before; two days of talk are 96 messages
    sara.page.keyboard.press("ArrowLeft")
    chosen = int(sara.page.evaluate("document.activeElement.dataset.date"))
    sara.page.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    log = sara.page.get_by_role("log")
    expect(log).to_have_attribute("aria-busy", "false")
    day = sara.page.evaluate("(time) => new Date(time).toDateString()", chosen)
    seen = sara.page.locator("[data-day]").first
    expect(seen).to_be_in_viewport()
    assert sara.page.evaluate("(time) => new Date(Number(time)).toDateString()", seen.get_attribute("data-day")) == day


def test_it_opens_at_the_first_unread_message_and_only_what_is_seen_is_read(sara: Window) -> None:
    sara.row("کیان").click()
    divider = sara.page.locator("[data-divider]")
    expect(divider).to_be_in_viewport()
    expect(divider).to_contain_text(f"{UNREAD} new")
    expect(sara.message("60:")).to_be_in_viewport()
    expect(sara.page.locator("[data-newest]")).to_be_visible()
    expect(sara.row("کیان")).not_to_have_attribute("data-unread", str(UNREAD))
    left = int(sara.row("کیان").get_attribute("data-unread") or 0)
    assert UNREAD // 2 < left < UNREAD
    sara.page.locator("[data-newest]").click()
    expect(sara.row("کیان")).to_have_attribute("data-unread", "0")
