"""Two people write to each other, each in a window of their own; nothing is loaded again to see what is new."""

from __future__ import annotations

import os
import signal

import pytest
from playwright.sync_api import Page, expect

from tests.browser.shared_network import SharedNetwork, say
from tests.browser.window import Pair, Window
from tests.processes import until

ENGLISH = "Good evening! Are you there at 7?"
PERSIAN = "سلام سارا، ساعت ۷ (room 12) هستم."


def test_who_is_not_here_can_not_be_written_to(pair: Pair) -> None:
    sara, _kian = pair
    sara.page.locator("#new").click()
    sara.page.locator("[data-item=private]").click()
    for name, code in [
        ("nobody", "unknown_user"),
        ("<b>x</b>", "unknown_user"),
        ("", "empty"),
    ]:
        sara.fill(new_name=name)
        sara.page.locator("[data-dialog] [type=submit]").click()
        sara.refused("new-name", code)
    sara.page.keyboard.press("Escape")
    expect(sara.page.locator("[data-dialog]")).to_have_count(0)


@pytest.mark.parametrize("language", ["en", "fa"])
def test_what_one_types_appears_in_the_other_window(pair: Pair, language: str) -> None:
    sara, kian = pair
    for window in pair:
        window.speak(language)
        expect(window.page.locator("html")).to_have_attribute("dir", "rtl" if language == "fa" else "ltr")
    sara.begin("کیان")
    kian.begin("sara")
    for writer, reader, text, direction in [(sara, kian, ENGLISH, "ltr"), (kian, sara, PERSIAN, "rtl")]:
        text = f"{text} [{language}]"
        writer.write(text)
        expect(writer.composer).to_have_value("")
        for window in (writer, reader):
            line = window.message(text).locator("p[dir=auto]")
            expect(line).to_be_visible()
            assert window.texts()[-1] == text
            assert line.evaluate("(line) => getComputedStyle(line).direction") == direction
        expect(writer.message(text)).to_have_attribute("data-state", "read")
    # The button sends as Enter does.
    kian.composer.fill(f"button [{language}]")
    kian.page.locator(".composer [type=submit]").click()
    expect(sara.message(f"button [{language}]")).to_be_visible()
    for window in pair:
        window.speak("en")


def test_a_message_waits_then_is_delivered_then_read(shared_network: SharedNetwork, pair: Pair) -> None:
    sara, kian = pair
    sara.begin("کیان")
    kian.leave()
    child = shared_network.people["کیان"].child
    assert child is not None
    os.kill(child.pid, signal.SIGSTOP)  # nobody answers, and nobody says that nobody will
    try:
        sara.write("how far has this come?")
        message = sara.message("how far has this come?")
        expect(message).to_have_attribute("data-state", "waiting")
        expect(message).to_contain_text("Waiting")
    finally:
        os.kill(child.pid, signal.SIGCONT)
    expect(message).to_have_attribute("data-state", "delivered")
    expect(message).to_contain_text("Delivered")
    expect(kian.row("sara")).to_have_attribute("data-unread", "1")
    expect(message).to_have_attribute("data-state", "delivered")  # not before somebody looks at it
    kian.row("sara").click()
    expect(message).to_have_attribute("data-state", "read")
    expect(message).to_contain_text("Read")


def test_unread_messages_are_counted_until_they_are_seen(shared_network: SharedNetwork, pair: Pair) -> None:
    sara, kian = pair
    kian.leave()
    sara.begin("کیان")
    sara.write("one to count")
    sara.write("two to count")
    expect(kian.row("sara")).to_have_attribute("data-unread", "2")
    expect(kian.row("sara")).to_contain_text("two to count")
    expect(kian.page).to_have_title("(2) Hamraz")
    kian.speak("fa")
    expect(kian.page).to_have_title("(۲) همراز")
    expect(kian.row("sara").locator(".badge")).to_contain_text("۲")
    kian.speak("en")
    kian.row("sara").click()
    expect(kian.message("one to count")).to_be_visible()
    expect(kian.page.locator("[data-divider]")).to_contain_text("2 new")
    expect(kian.row("sara")).to_have_attribute("data-unread", "0")
    expect(kian.page).to_have_title("Hamraz")
    sara.write("three, which is seen at once")
    expect(kian.message("three, which is seen at once")).to_be_visible()
    expect(sara.message("three, which is seen at once")).to_have_attribute("data-state", "read")
    expect(kian.row("sara")).to_have_attribute("data-unread", "0")


def test_a_draft_stays_with_its_conversation(pair: Pair) -> None:
    sara, _kian = pair
    sara.begin("کیان")
    sara.composer.fill("not finished ye")
    sara.begin("jose")
    expect(sara.composer).to_have_value("")
    sara.composer.fill("another one")
    expect(sara.row("کیان")).to_contain_text("not finished ye")
    sara.section("people")
    sara.row("کیان").click()
    expect(sara.composer).to_have_value("not finished ye")
    sara.composer.press("End")
    sara.composer.press_sequentially("t")
    sara.composer.press("Enter")
    expect(sara.message("not finished yet")).to_be_visible()
    sara.begin("jose")
    expect(sara.composer).to_have_value("another one")
    sara.composer.fill("")


def test_the_newest_conversation_stands_on_top(shared_network: SharedNetwork, pair: Pair) -> None:
    sara, kian = pair
    jose, first = shared_network.people["jose"], kian.page.locator(".row[data-chat]").first
    say(jose, kian.agent, "jose is on top")
    expect(first).to_have_attribute("data-name", "jose")
    sara.begin("کیان")
    sara.write("now sara is")
    expect(first).to_have_attribute("data-name", "sara")
    kian.begin("jose")
    kian.write("and jose again")
    expect(first).to_have_attribute("data-name", "jose")
    assert kian.names()[:2] == ["jose", "sara"]  # above whomever other tests have written to


def test_older_messages_come_while_one_scrolls_and_the_place_is_kept(
    shared_network: SharedNetwork, pair: Pair, page: Page
) -> None:
    pair[1].leave()  # or what comes there is read
    jose, agent = shared_network.people["jose"], shared_network.people["کیان"]
    lines = [f"line {number} of many" for number in range(180)]
    say(agent, jose, *lines)
    kian = Window(page, agent).come_in()
    kian.row("jose").click()
    expect(kian.message(lines[-1])).to_be_in_viewport()
    assert kian.message(lines[0]).count() == 0
    log = kian.page.get_by_role("log")

    def has_come() -> bool:
        return bool(log.evaluate("(log) => log.scrollTop > 0")) or kian.message(lines[0]).count() > 0

    times = 0
    while not kian.message(lines[0]).count():
        log.evaluate(TO_THE_TOP)
        until(has_come, what="older messages")
        assert abs(log.evaluate(MOVED)) <= 2
        times += 1
    assert times > 0

    # Who reads further up stays there when something new comes.
    log.evaluate(TO_THE_TOP)
    say(jose, agent, "something new below")
    newest = kian.page.locator("[data-newest]")
    expect(newest).to_contain_text("1")
    assert log.evaluate(MOVED) == 0
    newest.click()
    expect(kian.message("something new below")).to_be_in_viewport()
    expect(newest).to_have_count(0)
    expect(kian.row("jose")).to_have_attribute("data-unread", "0")


# Goes to the top of what is there, and remembers the first message that is seen then. The rows there are drawn a moment
# later, and until then nobody sees one: what lies further down is moved by what they measure.
TO_THE_TOP = """async (log) => {
    log.scrollTop = 0;
    const top = log.getBoundingClientRect().top;
    do await new Promise((done) => requestAnimationFrame(done));
    while (log.querySelector("li").getBoundingClientRect().top - top > 60);
    const first = [...log.querySelectorAll("[data-message]")].find((one) => one.getBoundingClientRect().bottom > top);
    window.anchor = first.dataset.message;
    window.place = first.getBoundingClientRect().top;
}"""
MOVED = """(log) => Math.round(
    log.querySelector(`[data-message="${window.anchor}"]`).getBoundingClientRect().top - window.place)"""


def test_a_page_that_is_loaded_again_shows_the_same(pair: Pair) -> None:
    sara, _kian = pair
    sara.begin("کیان")
    before = sara.texts()
    assert before
    sara.page.reload()
    sara.is_on("chat")  # and it is where it was
    sara.ends_in(*before[-20:])
