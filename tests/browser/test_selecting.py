"""Several messages at once, and passing messages on. Before a fake agent."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.axe import violations
from tests.browser.fake_agent import FakeAgent, Served, open_chat, serving, uid_of
from tests.browser.window import OpenPage
from tests.processes import until

SARA, OMID = f"p:{uid_of('sara')}", f"p:{uid_of('omid')}"


@pytest.fixture
def served() -> Iterator[Served]:
    fake_agent = FakeAgent()
    fake_agent.private("omid")
    chat = fake_agent.private("sara")
    fake_agent.say(chat, "sara", "bring *the map*")
    fake_agent.say(chat, "arash", "and water")
    fake_agent.say(chat, "sara", "↪ @omid\nthe bus is late")
    fake_agent.say(chat, "arash", kind="unreadable", why="no_key", text="")
    with serving(fake_agent) as running:
        yield running


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("fa", 390)])
def test_several_are_passed_on_and_deleted(served: Served, open_page: OpenPage, language: str, width: int) -> None:
    page = served.enter(open_page(viewport={"width": width, "height": 800}, reduced_motion="reduce"), language)
    fake_agent = served.fake_agent
    open_chat(page, SARA)
    lines = page.locator(".msg")
    expect(lines.nth(2).locator("[data-author]")).to_contain_text("omid")
    lines.first.locator(".bubble").click(button="right")
    page.locator("[data-item=select]").click()
    bar = page.locator("[data-selected]")
    expect(bar).to_have_attribute("data-selected", "1")
    expect(page.locator("#write")).to_have_count(0)
    lines.nth(2).locator("[data-author]").click()  # a press on what leads elsewhere ticks all the same
    lines.nth(1).locator("[role=checkbox]").focus()
    page.keyboard.press("Space")
    expect(bar).to_have_attribute("data-selected", "3")
    expect(page.locator("[data-all=delete]")).to_have_count(0)  # two of them are somebody else's
    assert violations(page) == []

    page.locator("[data-all=forward]").click()
    dialog = page.locator("[data-dialog=forward]")
    assert violations(page) == []
    dialog.locator("[type=submit]").click()
    expect(dialog.locator("[data-error=nobody]")).to_be_visible()
    page.keyboard.press("Escape")
    page.locator("[data-all=forward]").click()
    page.locator("#forward-search").fill("نیلو")
    expect(dialog.locator("[data-place]")).to_have_count(1)
    dialog.locator("[data-place]").click()
    page.locator("#forward-search").fill("")
    dialog.locator(f'[data-place="{OMID}"]').click()
    dialog.locator("[type=submit]").click()
    expect(dialog).to_have_count(0)
    expect(bar).to_have_count(0)
    wanted = ["↪ @sara\nbring *the map*", "and water", "↪ @omid\nthe bus is late"]
    expect(page.locator("[data-toast]")).to_be_visible()
    until(lambda: len(fake_agent.calls("send_message")) == 6)
    for chat in (OMID, f"p:{uid_of('نیلوفر')}"):
        assert [call["text"] for call in fake_agent.calls("send_message") if call["chat"] == chat] == wanted

    lines.nth(1).locator(".bubble").click(button="right")
    page.locator("[data-item=select]").click()
    page.locator("[data-all=delete]").click()
    assert violations(page) == []
    page.locator("[data-dialog=delete_messages] [type=submit]").click()
    expect(lines.nth(1)).to_have_attribute("data-kind", "deleted")
    assert [call["order"] for call in fake_agent.calls("delete_message")] == [2]


def test_without_its_author_and_only_for_oneself_by_keyboard(served: Served, open_page: OpenPage) -> None:
    page = served.enter(open_page(viewport={"width": 1280, "height": 800}, reduced_motion="reduce"))
    open_chat(page, SARA)
    lines = page.locator(".msg")
    expect(lines).to_have_count(4)
    page.locator(".log").focus()
    for key in ("ArrowUp", "ArrowUp", "x"):
        page.keyboard.press(key)
    expect(lines.nth(2).locator("[role=checkbox]")).to_have_attribute("aria-checked", "true")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Space")
    page.locator("[data-all=forward]").click()
    page.locator("[data-named]").uncheck()
    page.locator(f'[data-place="{OMID}"]').click()
    page.locator("[data-dialog=forward] [type=submit]").click()
    expect(page.locator(f'section.pane[data-chat="{OMID}"] .msg')).to_have_count(2)
    wanted = ["bring *the map*", "the bus is late"]
    until(lambda: [call["text"] for call in served.fake_agent.calls("send_message")] == wanted)

    open_chat(page, SARA)
    expect(lines).to_have_count(4)
    lines.first.locator(".bubble").click(button="right")
    page.locator("[data-item=select]").click()
    lines.nth(3).locator(".bubble").click()
    page.locator("[data-all=clear]").click()
    page.locator("[data-dialog=clear_messages] [type=submit]").click()
    expect(lines).to_have_count(2)
    assert [call["order"] for call in served.fake_agent.calls("clear_message")] == [1, 4]
    expect(page.locator("#write")).to_be_focused()


@pytest.mark.parametrize(("language", "width"), [("en", 390), ("fa", 1280)])
def test_what_has_a_star_is_found_again(served: Served, open_page: OpenPage, language: str, width: int) -> None:
    page = served.enter(open_page(viewport={"width": width, "height": 800}, reduced_motion="reduce"), language)
    open_chat(page, SARA)
    lines = page.locator(".msg")
    lines.first.locator(".bubble").click(button="right")
    page.locator("[data-item=star]").click()
    expect(lines.first.locator(".star-mark")).to_be_visible()
    if width < 500:
        page.locator(".back").click()
    page.locator("[data-starred]").click()
    dialog = page.locator("[data-dialog=starred]")
    expect(dialog.locator("[data-hit]")).to_have_count(1)
    assert violations(page) == []
    page.locator("#star-search").fill("water")
    expect(dialog.locator("[data-hit]")).to_have_count(0)
    page.locator("#star-search").fill("map")
    dialog.locator("[data-hit]").click()
    expect(dialog).to_have_count(0)
    expect(lines.first).to_have_attribute("data-target", "")
    lines.first.focus()
    page.keyboard.press("s")
    expect(lines.first.locator(".star-mark")).to_have_count(0)


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("fa", 390)])
def test_what_is_pinned_stands_over_the_talk(served: Served, open_page: OpenPage, language: str, width: int) -> None:
    page = served.enter(open_page(viewport={"width": width, "height": 800}, reduced_motion="reduce"), language)
    open_chat(page, SARA)
    lines = page.locator(".msg")
    bar = page.locator("[data-pinned]")
    expect(bar).to_have_count(0)
    for number in (1, 0):
        lines.nth(number).locator(".bubble").click(button="right")
        page.locator("[data-item=pin]").click()
        expect(bar).to_have_attribute("data-pinned", str(number + 1))
    assert violations(page) == []
    bar.click()
    expect(lines.first).to_have_attribute("data-target", "")
    expect(bar).to_have_attribute("data-pinned", "2")
    page.locator("[data-unpin]").click()
    expect(bar).to_have_attribute("data-pinned", "1")
    lines.first.locator(".bubble").click(button="right")
    page.locator("[data-item=pin]").click()
    expect(bar).to_have_count(0)
    assert [call["on"] for call in served.fake_agent.calls("pin_message")] == [True, True, False, False]


@pytest.mark.parametrize(("language", "title"), [("en", "Note to self"), ("fa", "یادداشت‌های من")])
def test_notes_to_oneself(served: Served, open_page: OpenPage, language: str, title: str) -> None:
    page = served.enter(open_page(viewport={"width": 1280, "height": 800}, reduced_motion="reduce"), language)
    notes = f"p:{uid_of('arash')}"
    page.locator("#new").click()
    page.locator("[data-item=notes]").click()
    expect(page.locator("[data-title]")).to_have_text(title)
    expect(page.locator("[data-hello]")).to_contain_text(title)
    assert violations(page) == []
    page.locator("#write").fill("buy bread")
    page.locator("#write").press("Enter")
    line = page.locator(".msg")
    expect(line).to_have_count(1)
    expect(line).to_have_attribute("data-order", "5")
    expect(line.locator(".state")).to_have_count(0)  # it arrives nowhere
    line.locator(".bubble").click(button="right")
    found = page.locator("[data-popover=menu] [data-item]").evaluate_all("all => all.map((one) => one.dataset.item)")
    assert "clear" in found and not {"delete", "proof"} & set(found)
    page.keyboard.press("Escape")
    row = page.locator(f'.row[data-chat="{notes}"]')
    expect(row.locator(".row-name")).to_have_text(title)
    page.locator("#search").fill(title[:6])
    expect(row).to_be_visible()
    page.locator("#search").fill("")

    open_chat(page, SARA)
    page.locator(".msg .bubble").first.click(button="right")
    page.locator("[data-item=forward]").click()
    page.locator(f'[data-place="{notes}"]').click()
    page.locator("[data-dialog=forward] [type=submit]").click()
    expect(page.locator(f'section.pane[data-chat="{notes}"] .msg')).to_have_count(2)
    expect(page.locator(".msg").last.locator(".forwarded")).to_contain_text("sara")
    assert violations(page) == []
