"""The authority goes down and comes back: what the page says, what goes on without it, and what waits for it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.village import Village
from tests.browser.window import OpenPage, Pair, Window


@pytest.fixture(autouse=True)
def whole(village: Village) -> Iterator[None]:
    """Whatever a test has stopped runs again after it."""
    yield
    village.mend()


def meet(pair: Pair, text: str) -> None:
    """Each writes to the other, so that both know where the other's agent is."""
    for window, name in zip(pair, ("کیان", "sara"), strict=True):
        window.begin(name)
    for writer, reader in (pair, pair[::-1]):
        writer.write(text)
        expect(writer.message(text).last).to_have_attribute("data-state", "read")
        expect(reader.message(text).last).to_be_visible()


def test_private_chat_goes_on_while_the_authority_is_down(village: Village, pair: Pair) -> None:
    sara, kian = pair
    meet(pair, "while it is there")
    village.network.authority.kill()
    for window in pair:
        banner = window.page.locator("[data-banner=authority]")
        expect(banner).to_be_visible()
        expect(banner).to_contain_text("Private chats with people you know go on")
        expect(window.page.locator("[data-link=down]")).to_be_visible()

    for writer, reader, text in [(sara, kian, "can you hear me?"), (kian, sara, "loud and clear")]:
        writer.write(text)
        expect(reader.message(text)).to_be_visible()
        expect(writer.message(text)).to_have_attribute("data-state", "read")

    # One's own agent may even start anew: the other's is where it was.
    sara.page.keyboard.press("Control+l")
    sara.is_on("log_in")
    sara.log_in("sara")
    expect(sara.page.locator("[data-banner=authority]")).to_be_visible()
    sara.row("کیان").click()
    sara.write("I was away for a moment")
    expect(kian.message("I was away for a moment")).to_be_visible()
    sara.page.get_by_role("button", name="Try now").click()
    expect(sara.page.locator("[data-banner=authority]")).to_be_visible()

    village.network.authority.start()
    sara.page.get_by_role("button", name="Try now").click()
    for window in pair:  # the other one comes back by itself
        expect(window.page.locator("[data-banner]")).to_have_count(0, timeout=40_000)
        expect(window.page.locator("[data-link=up]")).to_be_visible()
    kian.write("all is well again")
    expect(sara.message("all is well again")).to_be_visible()


def test_to_somebody_new_it_waits_for_the_authority_and_goes_out_once(
    village: Village, pair: Pair, open_page: OpenPage
) -> None:
    sara, _kian = pair
    newcomer = Window(open_page(), village.network.account("parisa")).come_in()
    sara.begin("parisa")
    village.network.authority.stop()
    expect(sara.page.locator("[data-banner=authority]")).to_be_visible()
    sara.write("welcome, parisa")
    expect(sara.message("welcome, parisa")).to_have_attribute("data-state", "waiting")
    expect(sara.page.locator("[data-banner=authority] .queue")).to_contain_text("1")
    assert newcomer.row("sara").count() == 0
    village.network.authority.start()
    expect(sara.message("welcome, parisa")).to_have_attribute("data-state", "delivered", timeout=40_000)
    newcomer.row("sara").click()
    expect(newcomer.message("welcome, parisa")).to_have_count(1)
    expect(sara.message("welcome, parisa")).to_have_attribute("data-state", "read")
    expect(sara.message("welcome, parisa")).to_have_count(1)
