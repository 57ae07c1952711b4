"""Speaking instead of writing: held or tapped, thrown away or heard first, and there one after the other."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.test_axe import violations
from tests.browser.test_files import meet
from tests.browser.window import Pair

NO_MICROPHONE = """(name) => {
    navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("", name));
}"""


def test_what_is_spoken(pair: Pair) -> None:
    sara, kian = pair
    meet(pair)
    page, mic, recorder = sara.page, sara.page.locator("[data-mic]"), sara.page.locator("[data-recording]")
    second = re.compile(r"^0:0[1-3]$")

    # by keyboard, and thrown away
    mic.focus()
    page.keyboard.press("Enter")
    expect(recorder).to_have_attribute("data-recording", "recording")
    expect(recorder.locator(".recorder-time")).to_have_text(second)
    assert recorder.locator(".wave path").get_attribute("d") != ""
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(recorder).to_have_count(0)
    expect(page.locator("#write")).to_be_visible()

    # tapped, and heard before it goes
    mic.click()
    expect(recorder.locator(".recorder-time")).to_have_text(second)
    recorder.locator("[data-stop]").click()
    expect(recorder.locator("audio")).to_be_visible()
    assert violations(page) == []
    recorder.locator("[data-send-voice]").click()
    voices = kian.page.locator("[data-voice]")
    expect(voices).to_have_count(1)

    # held: slid away, and let go
    mic.hover()
    page.mouse.down()
    expect(recorder).to_have_attribute("data-held", "true")
    box = recorder.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 40, box["y"] + 20, steps=4)
    expect(recorder).to_have_count(0)
    page.mouse.up()
    mic.hover()
    page.mouse.down()
    expect(recorder.locator(".recorder-time")).to_have_text(second)
    page.mouse.up()
    expect(voices).to_have_count(2)
    expect(voices.first).to_have_attribute("data-voice", re.compile("[123]"))

    # heard: it is fetched, and the next one follows
    assert kian.page.locator("audio").count() == 0
    voices.first.locator("[data-play]").click()
    expect(voices.first).to_have_attribute("data-plays", "true")
    assert violations(kian.page) == []
    expect(voices.last).to_have_attribute("data-plays", "true")
    expect(voices.last).to_have_attribute("data-plays", "false")

    # no microphone, and none for this page
    for name, words in {"NotFoundError": "No microphone was found", "NotAllowedError": "wasn’t allowed"}.items():
        page.evaluate(NO_MICROPHONE, name)
        mic.click()
        expect(page.locator("[data-toast]").filter(has_text=words)).to_be_visible()
    expect(recorder).to_have_count(0)
