"""A group as large as a class, before a fake agent: chosen from a list with ticks."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.fake_agent import FakeAgent, serving, uid_of
from tests.browser.test_axe import violations
from tests.browser.window import OpenPage

CHOSEN = "[data-ticked]"


def box(name: str) -> str:
    return f'.tickrow[data-name="{name}"] input'


def test_a_thousand_people_are_a_few_presses(open_page: OpenPage) -> None:
    others = tuple(f"student {n:03}" for n in range(997))
    fake_agent = FakeAgent(others=("sara", "نیلوفر", *others))
    fake_agent.person(uid_of("student 004"), blocked=True)
    with serving(fake_agent) as served:
        page = served.enter(open_page(viewport={"width": 390, "height": 800}), "fa")
        presses = [page.locator("#new"), page.locator("[data-item=group]"), page.locator("#group-who-all")]
        for press in presses:
            press.click()
        expect(page.locator(CHOSEN)).to_have_attribute("data-ticked", "998")  # but who is blocked
        assert 60 <= page.locator(".tick-list li").count() <= 180
        assert violations(page) == []
        everybody = page.locator("#group-who-all")
        everybody.click()
        expect(page.locator(CHOSEN)).to_have_attribute("data-ticked", "0")

        # by keyboard: found, ticked with Enter, and the search is ready for the next
        search = page.locator("#group-who")
        search.press_sequentially("student 99")
        expect(page.locator(".tick-list li")).to_have_count(7)
        everybody.check()
        expect(page.locator(CHOSEN)).to_have_attribute("data-ticked", "7")
        search.fill("sar")
        search.press("Enter")
        expect(search).to_have_value("")
        expect(page.locator(CHOSEN)).to_have_attribute("data-ticked", "8")
        assert everybody.evaluate("box => box.indeterminate")
        page.locator("[data-only-chosen]").click()
        expect(page.locator(".tick-list li")).to_have_count(8)
        expect(page.locator(box("sara"))).to_be_checked()
        search.press("ArrowDown")
        page.keyboard.press("End")
        page.keyboard.press("Space")
        expect(page.locator(CHOSEN)).to_have_attribute("data-ticked", "7")
        page.keyboard.press("Home")
        page.keyboard.press("ArrowUp")
        expect(search).to_be_focused()
        page.locator("[data-only-chosen]").click()

        # all the way down, as far as one looks
        page.locator(".tick-list").evaluate("list => list.scrollTo(0, list.scrollHeight)")
        expect(page.locator(box("student 110"))).to_be_attached()

        # what is sought and not ticked isn't lost
        page.locator("#group-name").fill("Class")
        submit = page.locator("[data-dialog=new_group] [type=submit]")
        for text, code in (("student 5", "not_ticked"), ("nobody like this", "unknown_user")):
            search.fill(text)
            submit.click()
            expect(page.locator("#group-who-error")).to_have_attribute("data-error", code)
            expect(search).to_be_focused()
        search.press("Escape")
        expect(search).to_have_value("")
        submit.click()
        expect(page.locator('section.pane[data-chat^="g:"]')).to_be_visible()
        (made,) = fake_agent.calls("public_chat_method")
        assert made["name"] == "Class" and "sara" in made["user_to_add"] and len(made["user_to_add"]) == 7
        expect(page.locator("[data-dialog]")).to_have_count(0)
