"""Faces, names and cards: what people show of themselves, and what one calls them. Before a fake agent."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.fake_agent import NOON, FakeAgent, Served, open_chat, serving, uid_of
from tests.browser.pictures import bomb, picture
from tests.browser.window import OpenPage
from tests.processes import until

SARA, OMID = uid_of("sara"), uid_of("omid")


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with serving() as running:
        fake_agent = running.fake_agent
        talk, group = fake_agent.private("sara"), fake_agent.group("workshop", ("sara", "omid"))
        fake_agent.say(talk, "sara", "hello")
        fake_agent.say(group, "sara", "who brings the keys?")
        fake_agent.say(group, "omid", "I do")
        fake_agent.person(SARA, display_name="Sara Karimi", line="کتابخانه، اتاق ۱۲")
        fake_agent.give_picture("sara", picture(200, 100))
        fake_agent.person(OMID, alike=True, online=False, since=NOON)
        fake_agent.give_picture("omid", bomb())
        yield running


def in_chats(page: Page) -> None:
    page.locator("[data-section=chats]").click()


def test_a_face_and_a_name_stand_wherever_somebody_does_and_lead_to_a_card(served: Served, open_page: OpenPage) -> None:
    page = served.enter(open_page(viewport={"width": 1280, "height": 900}))
    talk, group = served.fake_agent.private("sara"), f"g:{uid_of('workshop')[:32]}"
    row = page.locator(f'.row[data-chat="{talk}"]')
    expect(row.locator(".row-name")).to_have_text("Sara Karimi")
    expect(row.locator("[data-portrait='192']")).to_be_visible()
    page.locator("#search").fill("karimi")
    expect(page.locator(".row[data-chat]")).to_have_count(1)
    page.locator("#search").fill("")
    row.locator(".face").click()
    card = page.locator("[data-dialog=person]")
    expect(card.locator("[data-user-name]")).to_have_text("sara")
    expect(card.locator("[data-line]")).to_have_text("کتابخانه، اتاق ۱۲")
    expect(card.locator("[data-common]")).to_have_attribute("data-common", group)
    card.locator("[data-card=mute]").click()
    page.locator("[data-dialog=mute] [data-mute]").last.click()
    expect(page.locator("[data-dialog]")).to_have_count(0)
    row.locator(".face").click()
    expect(card.locator("[data-card=mute]")).to_contain_text("Unmute")
    card.locator("[data-common]").click()
    expect(page.locator(f'section.pane[data-chat="{group}"]')).to_be_visible()
    # a picture that says it is huge is none, and a name like somebody else's isn't there
    line = page.locator(f'[data-message][data-from="{OMID}"]')
    expect(line.locator(".avatar")).to_have_text("O")
    until(
        lambda: any(asked["uid"] == OMID for asked in served.fake_agent.calls("picture")), what="a look at his picture"
    )
    expect(line.locator("[data-portrait]")).to_have_count(0)
    line.locator(".face").click()
    expect(page.locator("[data-details-pane] [data-alike]")).to_be_visible()
    page.locator(f'[data-message][data-from="{SARA}"] .sender .plain').click()
    expect(page.locator("[data-details-pane] [data-user-name]")).to_have_text("sara")


def test_by_keyboard_without_a_violation(served: Served, open_page: OpenPage) -> None:
    page = open_page(viewport={"width": 390, "height": 844}, reduced_motion="reduce")
    served.enter(page, "fa", theme="light")
    page.locator("[data-section=people]").click()
    opener = page.locator(f'[data-card-of="{SARA}"]')
    opener.focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-dialog=person] [data-write]")).to_be_focused()
    assert violations(page) == []
    page.locator("[data-card=nickname]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#nickname")).to_be_focused()
    assert violations(page) == []
    page.keyboard.type("سارا جان")
    page.keyboard.press("Enter")
    expect(page.locator("[data-dialog]")).to_have_count(0)
    expect(opener).to_have_text("سارا جان")
    expect(opener).to_be_focused()
    served.fake_agent.set_nickname(SARA, "")
    expect(opener).to_have_text("Sara Karimi")
    page.locator(f'[data-card-of="{OMID}"]').click()
    expect(page.locator("[data-alike]")).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.locator("[data-section=settings]").click()
    page.locator("#edit-profile").click()
    expect(page.locator("#display-name")).to_be_focused()
    page.locator("[data-picture-file]").set_input_files(
        files=[{"name": "me.txt", "mimeType": "text/plain", "buffer": b"hello"}]
    )
    expect(page.locator("[data-error=no_picture]")).to_be_visible()
    page.locator("[data-picture-file]").set_input_files(
        files=[{"name": "me.png", "mimeType": "image/png", "buffer": picture(300, 200)}]
    )
    expect(page.locator("[data-error=no_picture]")).to_have_count(0)
    page.locator("[data-crop]").focus()
    page.keyboard.press("ArrowRight")
    page.locator("[data-zoom]").focus()
    page.keyboard.press("ArrowUp")
    page.locator("#display-name").fill("x" * 49)
    page.locator("#profile-line").focus()
    expect(page.locator("#display-name-error")).to_have_attribute("data-error", "too_long")
    assert violations(page) == []
    page.locator("#display-name").fill("Arash Rad")
    page.keyboard.press("Enter")
    expect(page.locator("#set-title")).to_have_text("Arash Rad")
    expect(page.locator(".profile [data-portrait]")).to_be_attached()
    told = served.fake_agent.calls("set_profile")[-1]
    assert (told["display_name"], told["line"]) == ("Arash Rad", "")
    assert 0 < len(base64.b64decode(told["picture"])) <= 48 * 1024
    served.fake_agent.give_picture("arash", b"")
    served.fake_agent.person(uid_of("arash"), display_name="", line="")
    in_chats(page)
    open_chat(page, served.fake_agent.private("sara"))
    page.locator("[data-title]").click()
    expect(page.locator("[data-details-pane] [data-user-name]")).to_be_visible()
    assert violations(page) == []


def test_of_many_faces_those_are_asked_for_that_are_looked_at(open_page: OpenPage) -> None:
    names = tuple(f"person{n:03}" for n in range(120))
    fake_agent = FakeAgent(others=names)
    for name in names:
        fake_agent.give_picture(name, picture())
    with serving(fake_agent) as served:
        page = served.enter(open_page(viewport={"width": 1280, "height": 700}))
        page.locator("[data-section=people]").click()
        expect(page.locator(f'tr[data-person="{uid_of(names[0])}"] [data-portrait]')).to_be_visible()
        last = page.locator(f'tr[data-person="{uid_of(names[-1])}"]')
        last.scroll_into_view_if_needed()
        expect(last.locator("[data-portrait]")).to_be_visible()
        # those that have gone out of sight are let go
        expect(page.locator(f'tr[data-person="{uid_of(names[0])}"] [data-portrait]')).to_have_count(0)
        assert len(fake_agent.calls("picture")) < 80
