"""Small things that were wrong to the eye once, each held here; and the technique, which a switch puts in front."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.axe import violations
from tests.browser.fake_agent import NOON, FakeAgent, Served, open_chat, serving, uid_of
from tests.browser.window import OpenPage
from tests.processes import until

NARROW = {"width": 390, "height": 800}
WIDE = {"width": 1440, "height": 900}
LONG = "Robotics and gardening club of the fourth class"
MIXED = "Robotics club and friends of it – کلاس چهارصد و دو"


@pytest.fixture
def served() -> Iterator[Served]:
    with serving(FakeAgent()) as running:
        yield running


def box(element: Locator) -> dict[str, float]:
    found: Any = element.bounding_box()
    assert found is not None
    return dict(found)


def test_an_error_beside_a_button_leaves_it_as_high_as_it_was_and_goes_with_the_next_letter(
    page: Page, served: Served
) -> None:
    served.enter(page)
    start = page.locator(".start [type=submit]")
    height = box(start)["height"]
    page.locator("#start-name").fill("nobody at all")
    page.keyboard.press("Enter")
    expect(page.locator("[data-error=unknown_user]")).to_be_visible()
    assert box(start)["height"] == height
    page.locator("#start-name").fill("")
    expect(page.locator("[data-error]")).to_have_count(0)


def test_the_ring_of_a_row_is_within_it_and_the_sheet_has_none(page: Page, served: Served) -> None:
    served.fake_agent.private("sara")
    served.enter(page)
    page.locator("#search").focus()
    page.keyboard.press("ArrowDown")
    row = page.locator(".row").first
    expect(row).to_be_focused()
    assert row.evaluate("(one) => getComputedStyle(one).outlineOffset") == "-2px"
    page.locator("#main-panel").focus()
    assert page.locator("#main-panel").evaluate("(one) => getComputedStyle(one).outlineStyle") == "none"


def test_long_names_stay_on_one_line_and_end_where_they_are_cut(served: Served, open_page: OpenPage) -> None:
    page = open_page(viewport=NARROW)
    for name in (LONG, MIXED):
        served.fake_agent.group(name, ("sara",))
    served.enter(page)
    # of the name of two scripts the beginning is seen, and nothing of its end, wherever either stands
    shown = """(one) => { const text = one.firstChild, within = one.getBoundingClientRect();
        const range = document.createRange();
        const seen = (at) => { range.setStart(text, at); range.setEnd(text, at + 1);
            const place = range.getBoundingClientRect();
            return place.top < within.bottom - 4 && place.left >= within.left - 1 && place.right <= within.right + 1; };
        return [seen(0), seen(10), seen(text.length - 1)]; }"""
    names = page.locator(f'.row[data-name="{MIXED}"] .row-name bdi')
    assert names.evaluate(shown) == [True, True, False]
    open_chat(page, page.locator(f'.row[data-name="{LONG}"]').get_attribute("data-chat") or "")
    head, title = page.locator(".panel-head"), page.locator(".who h2")
    assert box(head)["height"] <= 62
    assert box(title)["y"] > 4
    assert box(title)["x"] + box(title)["width"] <= box(page.locator(".panel-head .tools"))["x"]


def test_a_file_that_is_too_big_leaves_a_way_out(page: Page, served: Served, tmp_path: Path) -> None:
    chat = served.fake_agent.private("sara")
    served.enter(page)
    open_chat(page, chat)
    huge = tmp_path / "film.mkv"
    with huge.open("wb") as file:
        file.truncate(201 << 20)
    page.locator("input[type=file]").first.set_input_files(huge)
    dialog = page.locator("[data-dialog=send_files]")
    expect(dialog.locator("[data-error=file_too_big]")).to_be_visible()
    expect(dialog.locator("#caption")).to_have_count(0)
    dialog.locator("footer button").click()
    expect(dialog).to_have_count(0)


def test_what_can_be_done_with_a_message_stands_beside_it(served: Served, open_page: OpenPage) -> None:
    page = open_page(viewport=WIDE)
    fake_agent = served.fake_agent
    chat = fake_agent.group("Lab", ("sara", "omid"))
    for who, text in (("sara", "short"), ("arash", "mine " * 60), ("sara", "hers " * 60), ("omid", "and one more")):
        fake_agent.say(chat, who, text)
    served.enter(page)
    open_chat(page, chat)
    lines = page.locator(".msg")
    for at in range(4):
        lines.nth(at).locator(".bubble").hover()
        tools = box(page.locator(".actions"))
        for bubble in (box(one) for one in page.locator(".bubble").all()):
            apart = (
                tools["x"] >= bubble["x"] + bubble["width"]
                or tools["x"] + tools["width"] <= bubble["x"]
                or tools["y"] >= bubble["y"] + bubble["height"]
                or tools["y"] + tools["height"] <= bubble["y"]
            )
            assert apart, at
        panel = box(page.locator(".log"))
        assert panel["x"] <= tools["x"] and tools["x"] + tools["width"] <= panel["x"] + panel["width"], at


def test_the_choice_of_emoji_goes_on_behind_the_recent_ones(page: Page, served: Served) -> None:
    chat = served.fake_agent.private("sara")
    served.enter(page)
    open_chat(page, chat)
    page.locator("[data-emoji-button]").click()
    page.locator("[data-group=smileys]").click()
    page.locator("[data-emoji]").nth(5).click()
    page.keyboard.press("Escape")
    expect(page.locator("[data-popover]")).to_have_count(0)
    page.locator("[data-emoji-button]").click()
    expect(page.locator("[data-group=recent]")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("[data-emoji]").nth(60)).to_be_attached()
    emoji = page.locator("[data-emoji]").evaluate_all("all => all.map((one) => one.dataset.emoji)")
    assert len(emoji) == len(set(emoji))


def test_code_says_which_language_it_is_in(page: Page, served: Served) -> None:
    chat = served.fake_agent.private("sara")
    served.fake_agent.say(chat, "sara", "```python\n" + "print('a long line') " * 20 + "\n```")
    served.enter(page)
    open_chat(page, chat)
    block = page.locator(".code-block")
    expect(block.locator(".code-language")).to_have_text("Python")
    pre, copy = box(block.locator("pre")), box(block.locator("button"))
    assert pre["x"] + pre["width"] <= copy["x"]


def test_times_are_those_of_where_the_computer_is(page: Page, served: Served) -> None:
    chat = served.fake_agent.private("sara")
    served.fake_agent.say(chat, "sara", "good morning", time=NOON)  # 09:00 UTC
    served.fake_agent.say(chat, "sara", "good evening", time=NOON + 12 * 3_600_000)
    computer = page.context.new_cdp_session(page)
    computer.send("Emulation.setTimezoneOverride", {"timezoneId": "Etc/UTC"})
    served.enter(page)
    open_chat(page, chat)
    said, day = page.locator(".msg time"), page.locator(".day")
    expect(said).to_have_text(["09:00", "21:00"])
    expect(day).to_have_count(1)
    computer.send("Emulation.setTimezoneOverride", {"timezoneId": "Asia/Tokyo"})
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(said).to_have_text(["18:00", "06:00"])
    expect(day).to_have_count(2)
    computer.detach()


def test_what_lies_under_something_is_not_read(served: Served, open_page: OpenPage) -> None:
    fake_agent = served.fake_agent
    chat = fake_agent.private("sara")
    fake_agent.say(chat, "sara", "seen")
    page = served.enter(open_page(viewport=NARROW))
    open_chat(page, chat)
    page.evaluate("location.hash += '/about'")
    expect(page.locator(".details")).to_be_visible()
    fake_agent.say(chat, "sara", "under it")
    fake_agent.conversation(chat, unread=1)
    expect(page.locator(".msg")).to_have_count(2)
    expect(page).to_have_title("(1) Hamraz")
    assert fake_agent.calls("mark_read") == []
    page.keyboard.press("Escape")
    until(lambda: len(fake_agent.calls("mark_read")) == 1, what="that it is read")

    group = fake_agent.group("class", ("sara",))
    invited = fake_agent.chats[group]["group"] | {"state": "invited", "invited_by": uid_of("sara")}
    fake_agent.conversation(group, unread=1, position=1, group=invited)
    expect(page).to_have_title("(2) Hamraz")
    page.evaluate(f"location.hash = '/{group}/about'")
    expect(page.locator(".details")).to_be_visible()
    expect(page.locator("[data-invitation]")).to_have_count(1)
    assert len(fake_agent.calls("mark_read")) == 1
    page.keyboard.press("Escape")
    until(lambda: len(fake_agent.calls("mark_read")) == 2, what="that it is read, too")


def test_a_chat_in_which_nothing_was_said_says_who_it_is_with(page: Page, served: Served) -> None:
    served.enter(page)
    page.locator('[data-empty=first] [data-write-to][data-name="sara"]').click()
    hello = page.locator("[data-hello]")
    expect(hello).to_contain_text("sara")
    expect(hello).to_contain_text("Only the two of you can read it.")
    assert violations(page) == []
    page.locator("#write").fill("hello")
    page.keyboard.press("Enter")
    expect(hello).to_have_count(0)


def test_an_alarm_on_a_narrow_window_leaves_the_page_to_be_used(served: Served, open_page: OpenPage) -> None:
    page = open_page(viewport=NARROW)
    served.enter(page)
    served.fake_agent.tell("alarm", {"code": "log_split", "entry": 4, "name": "sara"})
    alarm = page.locator("[data-alarm]")
    expect(alarm).to_be_visible()
    assert box(alarm)["height"] < 240
    alarm.locator("summary").first.click()
    expect(alarm.get_by_text("What to do", exact=True)).to_be_visible()
    assert violations(page) == []


@pytest.mark.parametrize("language", ["en", "fa"])
def test_the_technique_is_put_in_front_by_one_switch_and_stays(page: Page, served: Served, language: str) -> None:
    fake_agent = served.fake_agent
    chat = fake_agent.group("Lab", ("sara", "omid"))
    fake_agent.say(chat, "sara", "good morning")
    served.enter(page, language)

    def looks(on: bool) -> None:
        open_chat(page, chat)
        expect(page.locator(".msg .role-word")).to_have_count(int(on))
        digits = "28417" if language == "en" else "۲۸۴۱۷"
        assert (digits in page.locator(".who .sub").inner_text()) is on
        page.locator("[data-details]").click()
        expect(page.locator("[data-details-pane] .keycard")).to_be_visible(visible=on)
        page.keyboard.press("Escape")
        page.locator("[data-section=chats]").click()

    looks(on=False)
    page.locator("[data-section=settings]").click()
    page.locator("#set-technique").set_checked(True)
    page.locator("[data-section=chats]").click()
    looks(on=True)
    assert page.evaluate("JSON.parse(localStorage.getItem('hamraz.settings')).technique") is True
    page.locator("[data-section=settings]").click()
    page.locator("#set-technique").set_checked(False)
    page.locator("[data-section=chats]").click()
    looks(on=False)
