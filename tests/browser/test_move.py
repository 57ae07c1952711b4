"""An account goes to another computer through both pages, by keyboard alone, with the same digits on both screens."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.shared_network import SharedNetwork
from tests.browser.window import OpenPage, Window
from tests.processes import PASSWORD, Agent

NAME = "nasrin"


def reach(page: Page, selector: str) -> None:
    """Go there with Tab."""
    for _press in range(120):
        if page.locator(selector).evaluate_all("(all) => all.some((one) => one === document.activeElement)"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab doesn't lead to {selector}")


def press(page: Page, selector: str) -> None:
    expect(page.locator(selector)).to_be_visible()
    reach(page, selector)
    page.keyboard.press("Enter")


def begin(page: Page) -> None:
    press(page, "#move-account")
    expect(page.locator("#move-password")).to_be_focused()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("[data-move=waiting]")).to_be_visible()


def shown(page: Page) -> list[str]:
    expect(page.locator(".digits span")).to_have_count(4)
    return page.locator(".digits span").all_inner_texts()


@pytest.fixture(scope="module")
def computers(shared_network: SharedNetwork) -> tuple[Agent, Agent]:
    return shared_network.network.account(NAME), shared_network.network.agent()


@pytest.mark.parametrize("language", [pytest.param("en", marks=pytest.mark.long), "fa"])
def test_the_account_goes_and_comes_back(
    computers: tuple[Agent, Agent], open_page: OpenPage, language: str, request: pytest.FixtureRequest
) -> None:
    old, new = computers if language == "fa" else computers[::-1]
    here, there = Window(open_page(), old).come_in(), Window(open_page(), new).go()
    here.speak(language)
    there.is_on("sign_up" if language == "fa" else "moving")
    if language == "fa":  # the page begins in English
        there.speak_at_door("fa")
    if language == "en":  # the one that it went from makes room again
        press(there.page, "#forget-move")
        there.is_on("sign_up")
    here.section("settings")
    begin(here.page)
    offered = here.page.locator("[data-banner=move]")
    here.page.keyboard.press("Escape")  # the dialog is closed, and the account still offered: that is to be seen
    expect(here.page.locator("#move-account")).to_be_focused()  # though it was the second in its place
    assert violations(here.page) == []
    press(here.page, "[data-move-act=end]")
    expect(offered).to_have_count(0)
    assert old.program().call("status")["move"] is None
    begin(here.page)
    here.page.keyboard.press("Escape")
    press(here.page, "[data-move-act=show]")
    expect(offered).to_have_count(0)
    address = here.page.locator("[data-address]").inner_text()
    assert violations(here.page) == []

    press(there.page, "[data-from-computer]")
    there.is_on("from_computer")
    reach(there.page, "#address")
    there.page.keyboard.type(address)
    there.page.keyboard.press("Enter")
    there.is_on("moving")
    assert shown(here.page) == shown(there.page)
    assert violations(here.page) == [] and violations(there.page) == []
    press(here.page, "[data-move-act=same]")

    there.is_on("log_in")
    here.is_on("moving")
    expect(here.page.locator("[data-move=gone]")).to_be_visible()
    expect(here.page.locator("[data-toast]")).to_have_count(0)  # the session's end is no failure
    assert violations(here.page) == []
    there.log_in(NAME)
    there.is_on("list")
    new.name = NAME
