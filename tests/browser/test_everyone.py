"""Among many accounts the page knows few, and finds the others as they are sought, wherever one chooses somebody."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.fake_agent import FakeAgent, Served, serving, uid_of
from tests.browser.test_axe import violations

ELSEWHERE = tuple(f"student{number:03d}" for number in range(60))


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    fake_agent = FakeAgent()
    fake_agent.elsewhere = [FakeAgent(others=(name,)).people[name] for name in ELSEWHERE]
    with serving(fake_agent) as served:
        yield served


def test_everybody_is_found(page: Page, served: Served) -> None:
    served.enter(page)
    page.locator('[data-section="people"]').first.click()
    rows = page.locator("tr[data-person]")
    expect(rows).to_have_count(4)
    expect(page.locator("#people-title + p")).to_contain_text("64 people")
    expect(page.locator("[data-others]")).to_contain_text("60 more people")
    assert served.fake_agent.calls("people") == [] and violations(page) == []
    page.locator("#people-search").fill("student00")
    expect(rows).to_have_count(10)
    page.locator("#people-search").fill("")
    expect(rows).to_have_count(14)
    page.locator("[data-more-people]").click()
    expect(rows).to_have_count(54)
    page.locator("[data-more-people]").click()
    expect(rows).to_have_count(64)
    expect(page.locator("[data-more-people]")).to_have_count(0)
    assert served.fake_agent.calls("people")[-1] == {"query": "", "after": uid_of("student049")}


def test_somebody_to_write_to_is_found(page: Page, served: Served) -> None:
    served.enter(page, "fa")
    page.locator("#new").click()
    page.locator("[data-item=private]").click()
    dialog = page.locator('[data-dialog="new_private"]')
    expect(dialog.locator("[data-write-to]")).to_have_count(3)
    expect(dialog.locator("[data-others]")).to_contain_text("نفر دیگر هم هستند")
    assert violations(page) == []
    page.locator("#new-name").fill("student03")
    expect(dialog.locator("[data-write-to]")).to_have_count(10)
    page.locator("#new-name").fill("student042")
    page.locator("#new-name").press("Enter")
    expect(page.locator(f'section.pane[data-chat="p:{uid_of("student042")}"]')).to_be_visible()
