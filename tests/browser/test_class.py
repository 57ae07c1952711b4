"""A group as large as a class, before a fake agent: chosen from a list with ticks, changed later, for announcements."""

from __future__ import annotations

import base64

from playwright.sync_api import expect

from tests.browser.axe import violations
from tests.browser.fake_agent import FakeAgent, open_chat, serving, uid_of
from tests.browser.pictures import bomb, picture
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


def test_how_a_group_looks_and_who_writes_there_is_changed_by_who_may(open_page: OpenPage) -> None:
    fake_agent = FakeAgent()
    chat = fake_agent.group("robotics", ("sara", "omid"))
    fake_agent.say(chat, "sara", "hello")
    with serving(fake_agent) as served:
        page = served.enter(open_page(viewport={"width": 390, "height": 800}), "en")
        open_chat(page, chat)
        page.locator("[data-title]").click()
        details = page.locator("[data-details-pane]")
        expect(details).to_contain_text("every member")
        page.locator("[data-edit-group]").click()
        assert violations(page) == []
        page.locator("#group-name").fill("")
        submit = page.locator("[data-dialog=edit_group] [type=submit]")
        submit.click()
        expect(page.locator("#group-name-error")).to_have_attribute("data-error", "empty")
        page.locator("#group-name").fill("Robotics, class 4b")
        page.locator("#group-line").fill("رباتیک، شنبه‌ها")
        page.locator("[name=write][value=ranked]").check()
        page.locator("[data-picture-file]").set_input_files(
            {"name": "robot.png", "mimeType": "image/png", "buffer": picture(900, 600)}
        )
        expect(page.locator("[data-crop]")).to_be_visible()
        assert violations(page) == []
        submit.click()
        expect(page.locator("[data-dialog]")).to_have_count(0)
        (asked,) = fake_agent.calls("change_group")
        assert base64.b64decode(asked.pop("picture"))[8:12] == b"WEBP"  # made small by the browser
        assert asked == {
            "group_id": chat[2:],
            "name": "Robotics, class 4b",
            "line": "رباتیک، شنبه‌ها",
            "write": "ranked",
        }
        expect(details.locator(".contact")).to_contain_text("رباتیک، شنبه‌ها")
        expect(details).to_contain_text("only advanced users and admins")
        expect(details.locator(".contact [data-portrait='192']")).to_be_visible()
        assert violations(page) == []

        # what wasn't changed isn't sent; and who may not write is told why, and changes nothing
        page.locator("[data-edit-group]").click()
        submit.click()
        expect(page.locator("[data-dialog]")).to_have_count(0)
        assert fake_agent.calls("change_group")[1:] == [{"group_id": chat[2:], "picture": None}]
        group = fake_agent.chats[chat]["group"]
        fake_agent.conversation(
            chat, can_send=False, why_not="ranked_only", group=group | {"may_add": False, "may_remove": False}
        )
        expect(page.locator("[data-edit-group]")).to_have_count(0)
        page.locator(".details-head").get_by_role("button", name="Close").click()
        expect(page.locator(".panel-head [data-portrait]")).to_be_visible()
        page.locator(".back").click()
        row = page.locator(f'.row[data-chat="{chat}"]')
        expect(row.locator("[data-portrait]")).to_be_visible()
        fake_agent.change_group(chat[2:], picture=base64.b64encode(bomb()).decode())  # one that says it is huge
        expect(row.locator("[data-portrait]")).to_have_count(0)
        expect(row.locator(".avatar .icon")).to_be_visible()
        row.click()
        page.locator("[data-message] .bubble").first.click(button="right")
        expect(page.locator("[data-item=copy]")).to_be_visible()
        for what in ("[data-item=reply]", ".quick-one"):  # nothing is offered that would be refused
            expect(page.locator(what)).to_have_count(0)
        page.keyboard.press("Escape")
        expect(page.locator("#write")).to_have_count(0)
        expect(page.locator("[data-closed]")).to_contain_text("Only advanced users and admins write in this group")


def test_who_was_removed_reads_by_whom_when_and_why(open_page: OpenPage) -> None:
    fake_agent = FakeAgent()
    chat = fake_agent.group("robotics", ("sara", "omid"))
    told = {"what": "removed", "by": uid_of("sara"), "who": [uid_of(fake_agent.me)], "reason": "moved to 4c"}
    fake_agent.say(chat, "sara", kind="system", system=told)
    group = fake_agent.chats[chat]["group"] | {"state": "removed", "may_add": False, "may_remove": False}
    fake_agent.conversation(chat, can_send=False, why_not="removed", group=group)
    with serving(fake_agent) as served:
        page = served.enter(open_page(viewport={"width": 390, "height": 800}), "fa")
        expect(page.locator(f'.row[data-chat="{chat}"]')).to_contain_text("moved to 4c")
        open_chat(page, chat)
        closed = page.locator("[data-closed=removed]")
        for words in ("حذف کرد: «", "sara", "دوشنبه ۲ آذر", "moved to 4c"):
            expect(closed).to_contain_text(words)
        assert violations(page) == []
        fake_agent.conversation(chat, last=None)  # cleared: what is left is that
        expect(closed).not_to_contain_text("moved to 4c")
