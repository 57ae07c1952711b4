"""Links in messages: what is one, where it leads, how it opens."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.fake_agent import Served, open_chat
from tests.browser.window import OpenPage


@pytest.fixture(scope="module")
def served(served: Served) -> Served:
    """With somebody to write to."""
    served.fake_agent.private("sara")
    return served


@pytest.fixture
def page(served: Served, open_page: OpenPage) -> Page:
    page = served.enter(open_page())
    open_chat(page, served.fake_agent.private("sara"))
    return page


def test_a_link_opens_beside_and_says_nothing_of_where_it_was_pressed(served: Served, page: Page) -> None:
    """Pressed, it opens in another tab that can't reach back; here it leads to the page's own agent."""
    address = f"http://localhost:{served.port}/static/icon.svg"
    served.fake_agent.say(served.fake_agent.private("sara"), "sara", f"see {address}.")
    link = page.locator(".msg a")
    expect(link).to_have_text(address)
    assert [link.get_attribute(name) for name in ("href", "target", "rel")] == [
        address,
        "_blank",
        "noopener noreferrer",
    ]
    with page.context.expect_page() as opened:
        link.click()
    other = opened.value
    other.wait_for_load_state()
    assert other.url == address
    assert other.evaluate("[window.opener, document.referrer]") == [None, ""]
    other.close()


def test_a_link_in_letters_that_can_be_mistaken_says_where_it_leads_and_asks(served: Served, page: Page) -> None:
    served.fake_agent.say(served.fake_agent.private("sara"), "sara", "log in at https://аррӏе.example/login")
    link = page.locator(".msg a").last
    expect(link).to_have_text("https://аррӏе.example/login")
    expect(page.locator(".msg .host")).to_have_text("(xn--80ak6aa92e.example)")
    link.click()
    dialog = page.locator("[data-dialog=link]")
    expect(dialog).to_contain_text("xn--80ak6aa92e.example")
    expect(dialog.locator("a")).to_have_attribute("href", "https://xn--80ak6aa92e.example/login")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    assert len(page.context.pages) == 1


def test_nothing_else_is_a_link_or_markup(served: Served, page: Page) -> None:
    text = "javascript:alert(1) data:text/html,x file:///etc/passwd <b>x</b> [z](http://) &amp; ftp://a.example"
    message = served.fake_agent.say(served.fake_agent.private("sara"), "sara", text)
    line = page.locator(f'[data-message="{message["id"]}"] .text')
    expect(line).to_contain_text(text)
    assert line.locator("a, b, strong, em, img, script").count() == 0
