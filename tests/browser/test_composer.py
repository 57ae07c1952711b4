"""Where one writes: what sends and what doesn't, lines, emoji, the limit, drafts. Before a fake agent."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.fake_agent import FakeAgent, Served, open_chat
from tests.browser.window import OpenPage
from tests.processes import until

LIMIT = 64 * 1024


@pytest.fixture
def fake_agent(served: Served) -> FakeAgent:
    fake_agent = served.fake_agent
    fake_agent.chats.clear()
    fake_agent.messages.clear()
    fake_agent.asked.clear()
    fake_agent.private("sara")
    return fake_agent


@pytest.fixture
def page(served: Served, fake_agent: FakeAgent, open_page: OpenPage) -> Page:
    page = served.enter(open_page(permissions=["clipboard-read", "clipboard-write"]))
    open_chat(page, fake_agent.private("sara"))
    return page


def sent(fake_agent: FakeAgent) -> list[str]:
    return [call["text"] for call in fake_agent.calls("send_message")]


def test_what_an_input_method_still_composes_is_never_sent(fake_agent: FakeAgent, page: Page) -> None:
    field = page.locator("#write")
    field.focus()
    keyboard = page.context.new_cdp_session(page)
    keyboard.send("Input.imeSetComposition", {"text": "سلا", "selectionStart": 3, "selectionEnd": 3})
    expect(field).to_have_value("سلا")
    # Enter chooses what the input method offers: a key that belongs to it
    field.dispatch_event("keydown", {"key": "Enter", "code": "Enter", "isComposing": True, "bubbles": True})
    field.dispatch_event("keydown", {"key": "Enter", "code": "Enter", "keyCode": 229, "bubbles": True})
    expect(field).to_have_value("سلا")
    keyboard.send("Input.insertText", {"text": "سلام"})
    field.press("Enter")
    expect(page.locator(".msg")).to_have_count(1)
    until(lambda: sent(fake_agent) == ["سلام"], what="the message")


def test_no_message_overtakes_one_that_nobody_was_there_for(served: Served, fake_agent: FakeAgent, page: Page) -> None:
    field = page.locator("#write")
    fake_agent.refuse["send_message"] = "locked"
    for text in ("first", "second"):
        field.fill(text)
        field.press("Enter")
    expect(page.locator(".msg[data-state=failed]").first).to_be_visible()
    until(lambda: sent(fake_agent)[:1] == ["first"], what="that it was tried")
    del fake_agent.refuse["send_message"]
    fake_agent.asked.clear()
    field.fill("third")
    field.press("Enter")
    until(lambda: sent(fake_agent) == ["first", "second", "third"], what="all in their order")
    expect(page.locator(".msg[data-state=delivered]")).to_have_count(3)


def test_lines_are_kept_and_the_setting_says_which_key_sends(served: Served, fake_agent: FakeAgent, page: Page) -> None:
    field, log = page.locator("#write"), page.locator(".log")
    log.focus()  # as behind a press on a message: who types or pastes goes on writing
    page.keyboard.type("one")
    expect(field).to_be_focused()
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("two")
    height = field.evaluate("(field) => field.clientHeight")
    page.evaluate("navigator.clipboard.writeText('\\nthree\\r\\n\\n\\tfive\\r\\n \\n')")
    page.locator("section.pane button").first.focus()
    page.keyboard.press("Control+v")
    assert field.evaluate("(field) => field.clientHeight") > height  # it grows
    page.keyboard.press("Enter")
    expect(page.locator(".msg")).to_have_count(1)
    until(lambda: sent(fake_agent) == ["one\ntwo\nthree\n\n\tfive"], what="the first message")
    open_chat(served.enter(page, enter=False), fake_agent.private("sara"))
    field.fill("first")
    field.press("Enter")
    page.keyboard.type("second")
    expect(field).to_have_value("first\nsecond")
    field.press("Control+Enter")
    expect(page.locator(".msg")).to_have_count(2)
    until(lambda: sent(fake_agent)[-1] == "first\nsecond", what="the second message")


def test_undo_takes_back_what_was_put_in_by_a_press(page: Page) -> None:
    field = page.locator("#write")
    field.focus()
    page.keyboard.type("hello")
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+b")
    expect(field).to_have_value("*hello*")
    page.keyboard.press("Control+z")
    expect(field).to_have_value("hello")
    page.keyboard.press("Control+Shift+z")
    expect(field).to_have_value("*hello*")
    page.keyboard.press("End")
    page.keyboard.type(" :grinning")
    expect(page.locator("[data-code]").first).to_be_visible()
    page.keyboard.type(":")
    expect(field).to_have_value("*hello* 😀")
    page.keyboard.press("Control+z")
    expect(field).to_have_value("*hello* :grinning:")  # and isn't replaced again
    page.keyboard.press("End")
    page.keyboard.type("!")
    expect(field).to_have_value("*hello* :grinning:!")


def test_an_emoji_is_put_where_the_caret_stands(fake_agent: FakeAgent, page: Page) -> None:
    field = page.locator("#write")
    field.fill("ab")
    field.press("ArrowLeft")
    page.locator("[data-emoji-button]").click()
    picker = page.locator("[data-popover=emoji]")
    picker.locator("[data-group=nature]").click()
    picker.locator('[data-emoji="🌵"]').click()
    expect(field).to_have_value("a🌵b")
    picker.locator("input").fill("گریه")
    expect(picker.locator('[data-emoji="😭"]')).to_be_visible()
    picker.locator("input").press("ArrowDown")
    page.keyboard.press("ArrowRight")
    chosen = page.evaluate("document.activeElement.dataset.emoji")
    page.keyboard.press("Enter")
    expect(field).to_have_value(f"a🌵{chosen}b")
    page.keyboard.press("Escape")
    expect(picker).to_have_count(0)
    expect(field).to_be_focused()
    page.locator("[data-emoji-button]").click()
    recent = picker.locator("[data-group=recent]")
    expect(recent).to_have_attribute("aria-pressed", "true")
    shown = picker.locator(".emoji-one").evaluate_all("all => all.map((one) => one.dataset.emoji)")
    assert shown[:2] == [chosen, "🌵"] and len(shown) > 100  # and on with others
    page.locator("[data-emoji-button]").click()
    expect(picker).to_have_count(0)


def test_an_emoji_by_its_name(fake_agent: FakeAgent, page: Page) -> None:
    field, offered = page.locator("#write"), page.locator("[data-code]")
    field.fill("")
    field.press_sequentially("well :part")
    expect(offered.first).to_have_attribute("aria-selected", "true")
    assert violations(page) == []
    field.press("ArrowDown")
    field.press("Enter")
    expect(field).to_have_value("well 🎉")
    field.press_sequentially(" :thumbs_up:")
    expect(field).to_have_value("well 🎉 👍")
    field.press_sequentially(" at 12:30 :)")
    expect(offered).to_have_count(0)
    field.fill("")
    field.press_sequentially("گفت :سلام")  # perhaps just a word: Enter sends it
    expect(offered.first).to_be_visible()
    field.press("Enter")
    until(lambda: sent(fake_agent) == ["گفت :سلام"], what="the message")


def test_the_limit_is_told_before_sending_with_the_number(fake_agent: FakeAgent, page: Page) -> None:
    field, told, button = page.locator("#write"), page.locator("#write-size"), page.locator(".composer [type=submit]")
    words = "هفته " * (LIMIT // 9)
    field.fill(words[:-3000])
    expect(told).to_have_count(0)
    words += "ی" * ((LIMIT - len(words.encode()) - 20) // 2)
    field.fill(words)
    left = LIMIT - len(words.encode())
    expect(told).to_contain_text(f"{left} of 65,536 bytes left")
    expect(button).to_be_enabled()
    field.fill(words + "." * (left + 6))
    expect(told).to_contain_text("6 bytes too long")
    expect(button).to_be_disabled()
    assert set((field.get_attribute("aria-describedby") or "").split()) == {"write-size"}
    field.press("Enter")
    assert sent(fake_agent) == []
    # a draft that can't be sent stays in the page, which asks before it goes
    leaves = "dispatchEvent(new Event('beforeunload', { cancelable: true }))"
    assert not page.evaluate(leaves)
    assert all(len(call["draft"].encode()) <= LIMIT for call in fake_agent.calls("set_chat"))
    field.fill("")
    assert page.evaluate(leaves)


def test_a_draft_is_kept_in_the_vault_and_survives_another_page(
    served: Served, fake_agent: FakeAgent, page: Page, open_page: OpenPage
) -> None:
    chat = fake_agent.private("sara")
    page.locator("#write").fill("not finished")
    until(lambda: fake_agent.chats[chat]["draft"] == "not finished", what="the kept draft")
    other = served.enter(open_page())
    open_chat(other, chat)
    expect(other.locator("#write")).to_have_value("not finished")
    other.locator("#write").press("End")
    other.keyboard.type(" yet")
    other.keyboard.press("Enter")
    until(lambda: sent(fake_agent) == ["not finished yet"], what="the message")
    until(lambda: fake_agent.chats[chat]["draft"] == "", what="the draft's end")


CAMERA = """() => {
    const { mediaDevices: devices } = navigator;
    const ask = devices.getUserMedia.bind(devices);
    devices.getUserMedia = async (what) => (window.seen = await ask(what));
}"""
NO_CAMERA = """() => {
    navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("", "NotAllowedError"));
}"""


def test_a_photo_is_taken_and_the_camera_is_off_afterwards(page: Page) -> None:
    page.evaluate(CAMERA)
    shutter = page.locator("[data-shutter]")

    def open_camera() -> None:
        page.locator("#chat-more").click()
        page.locator("[data-item=camera]").click()

    def is_off() -> bool:
        return bool(page.evaluate("window.seen.getTracks().every((track) => track.readyState === 'ended')"))

    open_camera()
    expect(shutter).to_be_focused()
    assert violations(page) == [] and not is_off()
    page.keyboard.press("Enter")
    expect(page.locator("[data-chosen^='photo-'] canvas[data-drawn]")).to_be_visible()
    until(is_off, what="the camera's end")
    page.keyboard.press("Escape")
    open_camera()
    expect(shutter).to_be_enabled()
    page.keyboard.press("Escape")
    until(is_off, what="the camera's end")
    page.evaluate(NO_CAMERA)
    open_camera()
    expect(page.locator("[data-dialog=camera] [role=alert]")).to_contain_text("wasn’t allowed")
    expect(shutter).to_be_disabled()
