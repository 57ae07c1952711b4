"""A long conversation as one reads it: it opens at once, scrolls without gaps, and only what is seen is in the page."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.window import Window
from tests.chromium import Watch
from tests.long_talk import write_talk
from tests.processes import Agent, Network, until
from tests.tabs import Profiles

pytestmark = pytest.mark.timeout(600)

HERE = 4_000  # messages; 100,000 in the long form
AT_MOST = 150  # rows in the page, whatever is in the conversation


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory, long: bool) -> Iterator[tuple[Agent, int]]:
    """sara's agent, which has a long talk with کیان, and how many messages that is."""
    count = 100_000 if long else HERE
    with Network(tmp_path_factory.mktemp("long")) as network:
        sara, kian = network.account("sara"), network.account("کیان")
        sara.stop()
        kian.stop()
        write_talk(sara, kian, count, end=int(time.time() * 1000))
        sara.start()
        sara.login()
        yield sara, count


@pytest.fixture
def window(reader: tuple[Agent, int], profiles: Profiles, watch: Watch) -> Iterator[Window]:
    page = profiles.open(viewport={"width": 1280, "height": 800})
    watch.follow(page)
    yield Window(page, reader[0]).come_in()
    profiles.close(page)


def log_of(page: Page) -> Locator:
    return page.get_by_role("log")


def numbers(log: Locator) -> list[int]:
    """The numbers of the messages that are seen now."""
    texts: list[str] = log.evaluate(SEEN)
    return [int(text) for text in texts]


def is_before(log: Locator, number: int) -> bool:
    """Whether what is seen now was said before this one; right after scrolling nothing is drawn yet where one is."""
    seen = numbers(log)
    return bool(seen) and seen[-1] < number


# What is seen of the talk: the numbers that its messages begin with.
SEEN = """(log) => {
    const { top, bottom } = log.getBoundingClientRect();
    return [...log.querySelectorAll("[data-message]")].filter((one) => {
        const box = one.getBoundingClientRect();
        return box.bottom > top && box.top < bottom;
    }).map((one) => /\\d+(?=:)/.exec(one.querySelector(".text").textContent)[0]);
}"""

# Scrolls so often by so much, and gives the greatest hole that there was between rows or at an edge after any frame,
# the most rows that were in the page, and the numbers of all messages that were seen.
SCROLL = """async (log, [times, by]) => {
    const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
    let hole = 0, most = 0;
    const seen = new Set();
    for (let turn = 0; turn < times; turn += 1) {
        log.scrollTop += by;
        await frame();
        const { top, bottom } = log.getBoundingClientRect();
        let end = top;
        for (const row of log.querySelector("ol").children) {
            const box = row.getBoundingClientRect();
            if (box.bottom <= top || box.top >= bottom) continue;
            hole = Math.max(hole, box.top - end);
            end = box.bottom;
            const text = row.querySelector(".text");
            if (row.dataset.message) seen.add(Number(/\\d+(?=:)/.exec(text.textContent)[0]));
        }
        hole = Math.max(hole, bottom - end);
        most = Math.max(most, log.querySelector("ol").children.length);
    }
    return { hole, most, seen: [...seen].sort((a, b) => a - b) };
}"""


def test_it_opens_at_its_end_and_only_what_is_seen_is_in_the_page(window: Window, reader: tuple[Agent, int]) -> None:
    window.row("کیان").click()
    log = log_of(window.page)
    expect(log.locator("[data-message]").last).to_contain_text(f"{reader[1] - 1}:")
    expect(log.locator("[data-message]").last).to_be_in_viewport()
    assert log.locator("ol > li").count() <= AT_MOST
    rows = log.locator("ol > li")
    assert rows.first.get_attribute("aria-setsize") == "-1"  # nobody has counted what is further up
    places = rows.evaluate_all("rows => rows.map((row) => Number(row.getAttribute('aria-posinset')))")
    assert places == list(range(places[0], places[0] + len(places)))


def test_it_scrolls_up_and_down_without_gaps(window: Window, reader: tuple[Agent, int]) -> None:
    window.row("کیان").click()
    log = log_of(window.page)
    expect(log.locator("[data-message]").last).to_be_in_viewport()
    up = log.evaluate(SCROLL, [150, -180])
    assert up["hole"] < 80, "wider than the space around the line of a day"
    assert up["most"] <= AT_MOST
    assert up["seen"] == list(range(up["seen"][0], up["seen"][-1] + 1))
    assert len(up["seen"]) > 300
    down = log.evaluate(SCROLL, [150, 180])
    assert down["hole"] < 80
    assert down["seen"] == list(range(down["seen"][0], down["seen"][-1] + 1))


TWO_FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


def test_who_reads_keeps_the_place_while_older_messages_come(window: Window) -> None:
    window.row("کیان").click()
    log = log_of(window.page)
    expect(log.locator("[data-message]").last).to_be_in_viewport()
    for _turn in range(5):
        log.evaluate("(log) => { log.scrollTop = 0; }")
        log.evaluate(TWO_FRAMES)  # before which nothing has been heard of it: nothing is drawn there, or asked for
        expect(log).to_have_attribute("aria-busy", "false")
        before = numbers(log)
        log.evaluate(TWO_FRAMES)
        assert before and numbers(log) == before


def test_to_the_newest_by_button_and_by_key(window: Window, reader: tuple[Agent, int]) -> None:
    window.row("کیان").click()
    log = log_of(window.page)
    end = re.compile(rf"^\D*{reader[1] - 1}:")
    expect(log.locator("[data-message]").last).to_be_in_viewport()
    log.evaluate(SCROLL, [250, -700])  # so far that the end has left the window of messages
    expect(log.locator("[data-message]", has_text=end)).to_have_count(0)
    window.page.locator("[data-newest]").click()
    expect(log.locator("[data-message]", has_text=end)).to_be_in_viewport()
    expect(window.page.locator("[data-newest]")).to_have_count(0)
    log.evaluate(SCROLL, [40, -700])
    log.focus()
    window.page.keyboard.press("End")
    expect(log.locator("[data-message]", has_text=end)).to_be_in_viewport()
    # and by who writes, who goes on writing
    field = window.page.locator("#write")
    field.fill("half a")
    first = numbers(log)[0]
    window.page.keyboard.press("PageUp")
    window.page.keyboard.press("PageUp")
    until(lambda: is_before(log, first), what="what was said before")
    window.page.keyboard.press("PageDown")
    window.page.keyboard.press("PageDown")
    expect(window.page.locator("[data-newest]")).to_have_count(0)
    window.page.keyboard.press("Control+Home")  # the caret's, where there are words
    window.page.keyboard.type("one and ")
    expect(field).to_have_value("one and half a")
    field.fill("")
    window.page.keyboard.press("Control+Home")
    until(lambda: is_before(log, reader[1] - 31), what="the beginning of what is here")
    window.page.keyboard.press("Control+End")
    expect(log.locator("[data-message]", has_text=end)).to_be_in_viewport()
    text = "a line\n" * 60  # which has something to turn itself
    field.fill(text)
    window.page.keyboard.press("PageUp")
    until(lambda: field.evaluate("(field) => field.selectionStart") < len(text), what="the caret, further up")
    expect(window.page.locator("[data-newest]")).to_have_count(0)
    field.fill("")
    expect(field).to_be_focused()


def test_focus_stays_where_it_is_when_its_message_is_scrolled_away(window: Window) -> None:
    window.row("کیان").click()
    log = log_of(window.page)
    expect(log.locator("[data-message]").last).to_be_in_viewport()
    while not log.locator("[data-day]").count():
        log.evaluate(SCROLL, [1, -300])
    day = log.locator("[data-day]").last
    day.focus()
    which = day.text_content()
    log.evaluate(SCROLL, [12, -800])
    assert window.page.evaluate("document.activeElement?.textContent") == which
