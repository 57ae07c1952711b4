"""The demo as somebody meets it who only opens its three links: nobody types a password, and two of them talk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from launch.cast import LINES
from tests.browser.window import OpenPage, texts_of
from tests.test_demo import READY, DemoRun


@pytest.fixture
def demo_run(tmp_path: Path) -> Iterator[DemoRun]:
    made = DemoRun(tmp_path / "demo")
    made.start().wait_line(READY, 60)
    yield made
    assert made.child is not None
    made.child.stop(20)
    print(*made.child.lines, sep="\n")


def test_the_three_links_open_three_people_and_two_of_them_talk(demo_run: DemoRun, open_page: OpenPage) -> None:
    pages: dict[str, Page] = {}
    for name, (port, token, _password) in demo_run.people().items():
        page = pages[name] = open_page()
        page.goto(f"http://localhost:{port}/#launch={token}")
        expect(page.locator("html")).to_have_attribute("data-screen", "list")
        assert token not in page.url and "#" not in page.url
    arash, sara, niloufar = pages.values()

    # The chat that the demo begins with, on both pages.
    for page, other in ((arash, "sara"), (sara, "arash")):
        page.locator(f".row[data-name={other}]").click()
        expect(page.locator("[data-message]")).to_have_count(len(LINES))
        assert texts_of(page.locator("[data-message]")) == [text for _, _, text in LINES]

    niloufar.locator("#start-name").fill("arash")
    niloufar.locator("#start-name").press("Enter")
    niloufar.locator("#write").fill("سلام آرش! صفحهٔ من هم باز شد.")
    niloufar.locator("#write").press("Enter")
    row = arash.locator(".row[data-name=نیلوفر]")
    expect(row).to_have_attribute("data-unread", "1")
    row.click()
    expect(arash.locator("[data-message]")).to_contain_text(["صفحهٔ من هم باز شد."])
    arash.locator("#write").fill("Welcome!")
    arash.locator("#write").press("Enter")
    expect(niloufar.locator("[data-message]").last).to_contain_text("Welcome!")

    # A link is good once.
    port, token, _password = demo_run.people()["sara"]
    again = open_page()
    again.goto(f"http://localhost:{port}/#launch={token}")
    expect(again.locator("html")).to_have_attribute("data-screen", "log_in")
