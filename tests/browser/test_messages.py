"""What one does with a message: answer, react, change, delete, copy; by pointer, keyboard and finger.

Before a fake agent.
"""

from __future__ import annotations

import threading
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.fake_agent import FakeAgent, Served, open_chat, uid_of
from tests.browser.window import OpenPage
from tests.processes import until


@pytest.fixture
def fake_agent(served: Served) -> FakeAgent:
    """The fake agent of this file, with nothing said yet."""
    fake_agent = served.fake_agent
    fake_agent.chats.clear()
    fake_agent.messages.clear()
    fake_agent.asked.clear()
    fake_agent.refuse.clear()
    fake_agent.private("sara")
    return fake_agent


@pytest.fixture
def page(served: Served, fake_agent: FakeAgent, open_page: OpenPage) -> Page:
    page = open_page(viewport={"width": 1280, "height": 800}, permissions=["clipboard-read", "clipboard-write"])
    return served.enter(page)


def line(page: Page, message: dict[str, Any]) -> Locator:
    return page.locator(f'[data-message="{message["id"]}"]')


def press(page: Page, message: dict[str, Any], tool: str) -> None:
    """Point at a message and press one of its tools."""
    line(page, message).locator(".bubble").hover()
    line(page, message).locator(f"[data-tool={tool}]").click()


def test_an_answer_quotes_and_the_quote_leads_to_what_was_answered(fake_agent: FakeAgent, page: Page) -> None:
    chat = fake_agent.private("sara")
    first = fake_agent.say(chat, "sara", "the very first, با چند کلمهٔ فارسی")
    for number in range(300):
        fake_agent.say(chat, "sara", f"line {number}")
    open_chat(page, chat)
    assert line(page, first).count() == 0
    answer = fake_agent.say(
        chat,
        "arash",
        "I answer that",
        reply={key: first[key] for key in ("id", "from", "order", "kind", "text")} | {"missing": False},
    )
    quote = line(page, answer).locator("[data-quote]")
    expect(quote).to_contain_text("the very first, با چند کلمهٔ فارسی")
    quote.click()
    expect(line(page, first)).to_be_in_viewport()
    page.locator("[data-newest]").click()
    press(page, answer, "reply")
    bar = page.locator("[data-bar=reply]")
    expect(bar).to_contain_text("I answer that")
    expect(page.locator("#write")).to_be_focused()
    page.keyboard.type("and once more")
    page.keyboard.press("Enter")
    expect(bar).to_have_count(0)
    expect(page.locator(".msg").last).to_contain_text("and once more")
    expect(page.locator(".msg").last.locator("[data-quote]")).to_contain_text("I answer that")
    assert fake_agent.calls("send_message")[-1] == {"chat": chat, "text": "and once more", "reply_to": answer["order"]}


def test_what_is_answered_can_be_dropped_and_goes_when_it_is_deleted(fake_agent: FakeAgent, page: Page) -> None:
    chat = fake_agent.private("sara")
    message = fake_agent.say(chat, "sara", "to be taken back")
    open_chat(page, chat)
    press(page, message, "reply")
    page.keyboard.press("Escape")
    expect(page.locator("[data-bar]")).to_have_count(0)
    expect(page.locator("section.pane")).to_have_count(1)
    press(page, message, "reply")
    expect(page.locator("[data-bar=reply]")).to_be_visible()
    fake_agent.change(message, kind="deleted", deleted=True, text="")
    expect(page.locator("[data-bar]")).to_have_count(0)
    expect(line(page, message)).to_contain_text("deleted this message for both")
    line(page, message).locator(".bubble").hover()
    expect(line(page, message).locator("[data-tool]")).to_have_count(1)  # its proof stays


def test_reactions_are_given_counted_and_taken_back(fake_agent: FakeAgent, page: Page) -> None:
    chat = fake_agent.private("sara")
    message = fake_agent.say(chat, "sara", "react to me", reactions=[{"emoji": "👍", "from": [uid_of("sara")]}])
    open_chat(page, chat)
    chip = line(page, message).locator('[data-reaction="👍"]')
    expect(chip).to_have_attribute("aria-pressed", "false")
    chip.click()
    expect(chip).to_have_attribute("aria-pressed", "true")
    expect(chip).to_contain_text("2")
    assert "sara" in (chip.get_attribute("aria-label") or "")
    chip.click()
    expect(chip).to_have_attribute("aria-pressed", "false")
    press(page, message, "react")
    page.locator('[data-popover=quick] [data-emoji="❤️"]').click()
    expect(line(page, message).locator('[data-reaction="❤️"]')).to_have_attribute("aria-pressed", "true")
    press(page, message, "react")
    page.locator("[data-popover=quick] [data-more]").click()
    page.locator("[data-popover=react] input").fill("قلب شکسته")
    expect(page.locator("[data-popover=react] [data-emoji]")).to_have_count(1)
    page.locator("[data-popover=react] input").press("Enter")
    expect(line(page, message).locator('[data-reaction="💔"]')).to_be_visible()
    assert [call["emoji"] for call in fake_agent.calls("react")] == ["👍", "", "❤️", "💔"]


def test_one_s_own_message_is_changed(fake_agent: FakeAgent, page: Page) -> None:
    chat = fake_agent.private("sara")
    mine = fake_agent.say(chat, "arash", "with a tpyo")
    fake_agent.say(chat, "sara", "somebody else's")
    open_chat(page, chat)
    expect(line(page, mine)).to_be_visible()  # the history is there, in which the arrow looks
    field = page.locator("#write")
    expect(field).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.locator("[data-bar=edit]")).to_be_visible()
    expect(field).to_have_value("with a tpyo")
    page.keyboard.press("Escape")
    expect(field).to_have_value("")
    press(page, mine, "edit")
    field.fill("with a typo")
    field.press("Enter")
    expect(line(page, mine)).to_contain_text("with a typo")
    expect(line(page, mine)).to_contain_text("edited")
    expect(page.locator("[data-bar]")).to_have_count(0)
    expect(field).to_have_value("")
    assert fake_agent.calls("edit_message") == [{"chat": chat, "order": mine["order"], "text": "with a typo"}]


def test_an_edit_leaves_the_draft_alone_and_what_is_refused_comes_back(
    fake_agent: FakeAgent, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = fake_agent.private("sara")
    mine = fake_agent.say(chat, "arash", "first words")
    open_chat(page, chat)
    field = page.locator("#write")
    field.fill("a draft")
    press(page, mine, "edit")
    expect(field).to_have_value("first words")
    field.fill("other words")
    fake_agent.refuse["edit_message"] = "message_too_long"
    field.press("Enter")
    expect(page.locator("[data-toast=stop]")).to_be_visible()
    expect(field).to_have_value("other words")

    # An agent that takes its time is told once, and what is typed meanwhile is no part of the edit.
    fake_agent.refuse.clear()
    told, edit_message = threading.Event(), fake_agent.edit_message

    def slow(**arguments: Any) -> dict[str, Any]:
        assert told.wait(10)
        return edit_message(**arguments)

    monkeypatch.setattr(fake_agent, "edit_message", slow)
    before = len(fake_agent.calls("edit_message"))
    field.press("Enter")
    expect(field).to_have_value("a draft")
    page.keyboard.type(", and on")
    told.set()
    expect(line(page, mine)).to_contain_text("other words")
    expect(field).to_have_value("a draft, and on")
    assert len(fake_agent.calls("edit_message")) == before + 1


def test_a_message_is_deleted_only_after_asking(fake_agent: FakeAgent, page: Page) -> None:
    chat = fake_agent.private("sara")
    mine = fake_agent.say(chat, "arash", "taken back")
    open_chat(page, chat)
    press(page, mine, "delete")
    dialog = page.locator("[data-dialog=delete]")
    expect(dialog).to_contain_text("taken back")
    page.keyboard.press("Escape")
    assert fake_agent.calls("delete_message") == []
    press(page, mine, "delete")
    dialog.locator("[type=submit]").click()
    expect(line(page, mine)).to_have_attribute("data-kind", "deleted")
    expect(line(page, mine)).to_contain_text("You deleted this message for both")
    assert fake_agent.calls("delete_message") == [{"chat": chat, "order": mine["order"]}]


def test_only_what_can_be_done_is_offered(fake_agent: FakeAgent, page: Page) -> None:
    chat = fake_agent.private("sara")
    theirs, mine = fake_agent.say(chat, "sara", "theirs"), fake_agent.say(chat, "arash", "mine")
    sealed = fake_agent.say(chat, "sara", kind="unreadable", why="no_key")
    open_chat(page, chat)
    for message, tools in [
        (theirs, ["react", "reply", "copy", "proof"]),
        (mine, ["react", "reply", "edit", "proof", "delete"]),
        (sealed, ["proof"]),
    ]:
        line(page, message).locator(".bubble").hover()
        shown = line(page, message).locator("[data-tool]")
        expect(shown).to_have_count(len(tools))
        assert shown.evaluate_all("all => all.map((one) => one.dataset.tool)") == tools
    page.mouse.move(0, 0)
    expect(page.locator("[data-tool]")).to_have_count(0)


COVERED = """() => {
    const { left, right, top, bottom } = document.querySelector(".actions").getBoundingClientRect();
    const frame = document.querySelector(".log").getBoundingClientRect();
    const over = [...document.querySelectorAll(".bubble, .sender .strong")].map((one) => one.getBoundingClientRect())
        .filter((one) => one.left < right && left < one.right && one.top < bottom && top < one.bottom);
    return over.length + Number(left < frame.left || right > frame.right);
}"""


def test_tools_lie_over_nobodys_words_at_any_width(fake_agent: FakeAgent, page: Page) -> None:
    chat = fake_agent.private("sara")
    said = [fake_agent.say(chat, who, "many words " * 20) for who in ("sara", "sara", "arash", "arash")]
    open_chat(page, chat)
    for width, many in ((1280, True), (1279, True), (1024, True), (390, False)):
        page.set_viewport_size({"width": width, "height": 800})
        for message in said:
            line(page, message).locator(".bubble").hover()
            expect(line(page, message).locator("[data-all-tools]")).to_be_visible(visible=not many)
            expect(line(page, message).locator("[data-tool=reply]")).to_be_visible(visible=many)
            assert page.evaluate(COVERED) == 0
    line(page, said[-1]).locator("[data-all-tools]").click()
    expect(page.locator("[data-popover=menu]")).to_be_visible()


def test_everything_goes_by_keyboard(fake_agent: FakeAgent, page: Page) -> None:
    chat = fake_agent.private("sara")
    first, last = fake_agent.say(chat, "sara", "the one above"), fake_agent.say(chat, "arash", "the one below")
    open_chat(page, chat)
    expect(line(page, last)).to_be_visible()
    expect(page.locator("#write")).to_be_focused()  # where an opened chat puts it, a moment later
    page.locator(".log").focus()
    page.keyboard.press("ArrowUp")
    expect(line(page, last)).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(line(page, first)).to_be_focused()
    page.keyboard.press("Tab")  # the toolbar is one stop, and arrows go along it
    expect(line(page, first).locator("[data-tool=react]")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(line(page, first).locator("[data-tool=reply]")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.locator(".log").focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Delete")
    expect(page.locator("[data-dialog=delete]")).to_be_visible()
    page.keyboard.press("Escape")
    expect(line(page, last)).to_be_focused()
    page.keyboard.press("Enter")
    menu = page.locator("[data-popover=menu]")
    expect(menu.locator("[data-item=reply]")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(menu.locator(".quick-one").first).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(menu.locator("[data-item=delete]")).to_be_focused()
    page.keyboard.press("Escape")
    expect(line(page, last)).to_be_focused()
    page.keyboard.press("c")
    until(lambda: page.evaluate("navigator.clipboard.readText()") == "the one below", what="the copied text")
    page.keyboard.press("Delete")
    expect(page.locator("[data-dialog=delete]")).to_be_visible()
    page.keyboard.press("Escape")
    expect(line(page, last)).to_be_focused()
    page.keyboard.press("e")
    expect(page.locator("[data-popover=quick] .quick-one").first).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(line(page, last).locator('[data-reaction="❤️"]')).to_be_visible()
    expect(line(page, last)).to_be_focused()
    page.keyboard.press("r")
    expect(page.locator("[data-bar=reply]")).to_be_visible()
    expect(page.locator("#write")).to_be_focused()


def test_the_menu_opens_where_one_presses_and_lets_the_browser_s_own_be(fake_agent: FakeAgent, page: Page) -> None:
    chat = fake_agent.private("sara")
    message = fake_agent.say(chat, "sara", "see http://a.example/x and more")
    bare = fake_agent.say(chat, "sara", "↪ @omid")
    open_chat(page, chat)
    line(page, message).locator("a").click(button="right")
    menu = page.locator("[data-popover=menu]")
    expect(menu).to_be_visible()
    menu.locator("[data-item=copy_link]").click()
    until(lambda: page.evaluate("navigator.clipboard.readText()") == "http://a.example/x", what="the copied address")
    expect(menu).to_have_count(0)
    line(page, message).locator(".bubble").click(button="right")
    expect(menu).to_be_visible()
    page.mouse.click(700, 700)
    expect(menu).to_have_count(0)
    line(page, bare).hover()
    expect(line(page, bare).locator("[data-tool=reply]")).to_be_visible()
    expect(line(page, bare).locator("[data-tool=copy]")).to_have_count(0)  # it says nothing to be copied
    # Two presses beside the words answer; on the words they select one.
    line(page, message).dblclick(position={"x": 600, "y": 10})
    expect(page.locator("[data-bar=reply]")).to_be_visible()
    page.keyboard.press("Escape")
    line(page, message).locator("p").dblclick(position={"x": 10, "y": 10})
    assert page.evaluate("String(getSelection())").strip() == "see"
    expect(page.locator("[data-bar=reply]")).to_have_count(0)


def test_a_finger_that_rests_opens_the_menu(served: Served, fake_agent: FakeAgent, open_page: OpenPage) -> None:
    page = served.enter(open_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True))
    chat = fake_agent.private("sara")
    message = fake_agent.say(chat, "sara", "held")
    page.locator(".row").tap()
    bubble = line(page, message).locator(".bubble")
    box = bubble.bounding_box()
    assert box is not None
    touch = page.context.new_cdp_session(page)
    point = {"x": box["x"] + 20, "y": box["y"] + 15}
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})
    menu = page.locator("[data-popover=menu]")
    expect(menu).to_be_visible()
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    foot = menu.bounding_box()
    assert foot is not None and round(foot["y"] + foot["height"]) == 844  # it rises from the foot
    menu.locator("[data-item=reply]").tap()
    expect(page.locator("[data-bar=reply]")).to_contain_text("held")


def test_two_hundred_reactions_are_few_signs_and_one_list(fake_agent: FakeAgent, page: Page) -> None:
    chat = fake_agent.group("Workshop", ("sara", "omid"))
    reactions = [{"emoji": chr(0x1F400 + at), "from": [uid_of("sara"), uid_of("omid")]} for at in range(100)]
    message = fake_agent.say(chat, "sara", "liked", reactions=reactions)
    open_chat(page, chat)
    chips = line(page, message).locator(".reaction")
    expect(chips).to_have_count(13)
    assert line(page, message).locator('.reaction[tabindex="0"]').count() == 1  # one tab stop
    chips.last.click()
    expect(page.locator("[data-dialog=reacted] section")).to_have_count(100)
