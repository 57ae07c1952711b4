"""A group from inside: its members and what one may do with them, why not where one may not, how large it can be."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.desktops import PATIENCE, Desktop
from tests.browser.fake_agent import FakeAgent, Served, open_chat, serving, uid_of
from tests.chromium import Watch
from tests.processes import Network, until
from tests.tabs import Profiles

MANY = tuple(f"student{number:03d}" for number in range(299))


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    fake_agent = FakeAgent(others=("sara", "omid", "نیلوفر", *MANY))
    fake_agent.people["sara"]["role"], fake_agent.people["omid"]["role"] = "admin", "advanced user"
    with serving(fake_agent) as served:
        yield served


def inside(page: Page, served: Served, chat: str, language: str = "en") -> Page:
    """The page with a group's details open."""
    served.enter(page, language)
    open_chat(page, chat)
    page.locator("[data-details]").click()
    expect(page.locator("[data-details-pane]")).to_be_visible()
    return page


def test_roles_and_the_one_who_made_it_stand_by_their_names(page: Page, served: Served) -> None:
    inside(page, served, served.fake_agent.group("Lab", ("نیلوفر", "omid", "sara")))
    members = page.locator(".member")
    assert [members.nth(at).get_attribute("data-name") for at in range(4)] == ["arash", "sara", "omid", "نیلوفر"]
    expect(members.nth(0)).to_contain_text("made this group")
    expect(members.nth(1)).to_contain_text("Admin")
    expect(page.locator("#member-search")).to_have_count(0)  # four are seen at a glance


@pytest.mark.parametrize(
    ("language", "code", "words"),
    [
        ("en", "role_not_allowed", "Your role does not allow this"),
        ("fa", "role_not_allowed", "نقش شما این اجازه را ندارد"),
        ("en", "alarm", "Stopped as long as the warning lasts"),
        ("en", "group_broken", "has been tampered with"),
    ],
)
def test_what_one_may_not_says_why(page: Page, served: Served, language: str, code: str, words: str) -> None:
    chat = served.fake_agent.group("Lab", ("omid",))
    served.fake_agent.chats[chat]["group"] |= {"may_add": False, "may_remove": False, "why_not": code}
    inside(page, served, chat, language)
    add = page.locator("[data-add]")
    expect(add).to_have_attribute("aria-disabled", "true")
    note = page.locator(f"#{add.get_attribute('aria-describedby')}")
    expect(note).to_contain_text(words)
    add.click(force=True)
    expect(page.locator("[data-dialog]")).to_have_count(0)
    page.locator(f"#member-{uid_of('omid')}").click()
    item = page.locator("[data-item=remove]")
    expect(item).to_have_attribute("aria-disabled", "true")
    expect(page.locator(f"#{item.get_attribute('aria-describedby')}")).to_contain_text(words)
    item.click(force=True)
    expect(page.locator("[data-dialog]")).to_have_count(0)


def test_three_hundred_members_are_found_and_the_panel_stays_quick(page: Page, served: Served) -> None:
    chat = served.fake_agent.group("School", ("sara", *MANY))
    inside(page, served, chat)
    expect(page.locator(".member")).to_have_count(60)  # those in sight, and some
    page.locator("#member-search").fill("student29")
    expect(page.locator(".member")).to_have_count(9)
    page.locator("#member-search").fill("nobody")
    expect(page.locator(".member")).to_have_count(0)
    expect(page.locator("[data-details-pane]")).to_contain_text("Nobody here has this name")
    page.locator("#member-search").fill("")
    page.get_by_role("button", name="Show all").click()
    expect(page.locator(".member")).to_have_count(301)
    page.locator("[data-details-pane] [data-security-details] > summary").click()
    # the whole new value of the group, as each acknowledgement brings it: of 100 of them none holds up the page
    began = time.monotonic()
    for acked in range(100):
        group = served.fake_agent.chats[chat]["group"] | {"acked": acked}
        served.fake_agent.conversation(chat, group=group)
    expect(page.locator("[data-acked='99']")).to_be_visible()
    assert time.monotonic() - began < 15  # 2 s on a machine with nothing else to do


def test_adding_says_what_newcomers_see(page: Page, served: Served) -> None:
    chat = served.fake_agent.group("Lab", ("omid",))
    served.fake_agent.chats[chat]["group"]["history"] = "all"
    inside(page, served, chat)
    page.locator("[data-add]").click()
    expect(page.locator("[data-dialog=add]")).to_contain_text("Whoever joins sees everything from the beginning")
    page.keyboard.press("Escape")


@pytest.mark.timeout(600)
def test_reload_brings_thousands_of_messages(profiles: Profiles, tmp_path: Path, long: bool) -> None:
    """Written while sara's agent was not running; she comes back, and presses the button while they come."""
    count, watch = 5_000 if long else 150, Watch()
    with Network(tmp_path) as network:
        arash, sara = network.account("arash"), network.account("sara")
        with arash.program() as writer, sara.program() as reader:
            until(lambda: len(writer.call("snapshot")["people"]) > 0, 30, "sara at arash's agent")
            made = writer.call("public_chat_method", user_to_add=["sara"], name="Archive")
            chat = made["chat"]
            reader.wait_for(lambda event, value: event == "conversation" and value["chat"] == chat, 60)
            reader.call("answer_invitation", group_id=made["group_id"], join=True)
        sara.stop()
        with arash.program() as writer:
            for number in range(count):
                writer.call("send_public_message", group_id=made["group_id"], message=f"number {number}")
            # not one waits any more
            until(lambda: writer.call("snapshot")["link"]["waiting"] == 0, 300 if long else 60, "all of them posted")
        sara.start()
        sara.login()
        desktop = Desktop(sara, profiles, watch, "en-GB")
        try:
            details = desktop.details(chat)
            details.locator("[data-reload]").click()
            expect(details.locator("[data-reload]")).to_have_attribute("aria-busy", "false", timeout=120_000)
            expect(desktop.at("#reload-says [data-error]")).to_have_count(0)
            desktop.at("[data-newest]").click()  # it is open at the first that she has not read
            expect(desktop.message(f"number {count - 1}")).to_be_visible(timeout=PATIENCE)
            assert desktop.bot.call("reload_one_chat", group_id=made["group_id"])["count"] == count + 2
            found, before = [], None
            while True:
                page = desktop.bot.call("history", chat=chat, before=before, limit=200)
                found = [one["text"] for one in page["messages"] if one["kind"] == "text"] + found
                before = page["messages"][0]["position"]
                if not page["more"]:
                    break
            assert found == [f"number {number}" for number in range(count)]
            assert desktop.at("[data-message]").count() < 200  # only what is seen is in the page
        finally:
            desktop.close()
    assert watch.unexpected() == []
