"""Blocking at the page: asked for in words, by keyboard and by pointer, in both languages; and with real agents."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.axe import violations
from tests.browser.desktops import Desktops
from tests.browser.fake_agent import FakeAgent, Served, open_chat, uid_of
from tests.browser.window import OpenPage
from tests.tabs import Profiles

QUOTED = {"en": "A message of somebody you blocked", "fa": "پیامی از کسی که مسدودش کرده‌اید"}


def scene(fake_agent: FakeAgent) -> tuple[str, str]:
    """(private chat, group) with things said by sara, and omid quoting her."""
    chat = fake_agent.private("sara")
    fake_agent.say(chat, "sara", "Are you there?")
    fake_agent.say(chat, "arash", "Not for you.")
    group = fake_agent.group("Workshop", ("sara", "omid"))
    first = fake_agent.say(group, "sara", "From sara")
    reply = {key: first[key] for key in ("id", "from", "order", "kind", "text")} | {"missing": False, "blocked": False}
    fake_agent.say(group, "omid", "An answer to her", reply=reply)
    return chat, group


def hide(fake_agent: FakeAgent, group: str) -> None:
    """What the agent does with the group when sara is blocked."""
    answer = fake_agent.messages[group][-1]
    answer["reply"] |= {"blocked": True, "order": None, "kind": None, "text": ""}
    fake_agent.messages[group] = [answer]
    fake_agent.tell("reread", {"chat": group})


@pytest.mark.parametrize(("language", "theme"), [("en", "dark"), ("fa", "light")])
def test_blocking_and_unblocking_by_keyboard(fresh: Served, open_page: OpenPage, language: str, theme: str) -> None:
    page = open_page(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    fresh.enter(page, language, theme=theme)
    chat, group = scene(fresh.fake_agent)
    open_chat(page, chat)
    more = page.locator("#chat-more")
    more.focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-item]:focus")).to_have_count(1)
    for _item in range(20):
        if page.evaluate("document.activeElement.dataset.item") == "block":
            break
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    dialog = page.locator("[data-dialog=block]")
    expect(dialog).to_be_visible()
    expect(dialog.locator("p")).to_have_count(3)
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    assert fresh.fake_agent.calls("block") == []  # a person has to mean it

    more.click()
    page.locator("[data-item=block]").click()
    dialog.locator("[type=submit]").click()
    bar = page.locator("[data-closed=person_blocked]")
    expect(bar).to_be_visible()
    expect(page.locator("#write")).to_have_count(0)
    expect(page.locator("[data-dropzone]")).to_have_count(0)
    assert fresh.fake_agent.calls("block") == [{"uid": uid_of("sara")}]
    assert violations(page) == []
    # nothing is offered that would be said to her
    page.locator("[data-message]").last.locator(".bubble").click(button="right")
    expect(page.locator("[data-popover=menu]")).to_be_visible()
    assert page.locator("[data-popover=menu] [data-emoji], [data-popover=menu] [data-item=reply]").count() == 0
    page.keyboard.press("Escape")

    hide(fresh.fake_agent, group)
    open_chat(page, group)
    quote = page.locator("[data-message] .quote")
    expect(quote.locator(".quote-text")).to_have_text(QUOTED[language])
    expect(quote.locator("strong")).to_have_count(0)  # whose it is isn't said
    expect(page.get_by_text("From sara")).to_have_count(0)

    open_chat(page, chat)
    bar.locator("[data-unblock]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#write")).to_be_focused()
    assert fresh.fake_agent.calls("unblock") == [{"uid": uid_of("sara")}]


@pytest.mark.parametrize("language", ["en", "fa"])
def test_people_and_settings_name_who_is_blocked(fresh: Served, open_page: OpenPage, language: str) -> None:
    page = open_page(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    fresh.enter(page, language)
    scene(fresh.fake_agent)
    page.locator("[data-section=people]").click()
    omid = page.locator(f'tr[data-person="{uid_of("omid")}"]')
    page.locator(f"#person-{uid_of('omid')}").click()
    omid.locator("[data-item=block]").click()
    page.locator("[data-dialog=block] [type=submit]").click()
    expect(omid.locator(".chip")).to_have_count(1)
    assert violations(page) == []
    page.locator("[data-section=settings]").click()
    row = page.locator(f'[data-blocked="{uid_of("omid")}"]')
    expect(row).to_contain_text("omid")
    assert violations(page) == []
    row.get_by_role("button").click()
    expect(page.locator("[data-blocked]")).to_have_count(0)
    expect(page.locator("#set-blocked")).to_be_focused()


def test_an_open_group_is_read_again(fresh: Served, open_page: OpenPage) -> None:
    page = open_page(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    fresh.enter(page)
    _chat, group = scene(fresh.fake_agent)
    open_chat(page, group)
    expect(page.get_by_text("From sara")).to_have_count(2)  # and where omid quotes it
    hide(fresh.fake_agent, group)
    expect(page.get_by_text("From sara")).to_have_count(0)
    expect(page.locator("[data-message]")).to_have_count(1)


@pytest.mark.timeout(240)
def test_with_real_agents(profiles: Profiles, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Sara blocks omid: what he sends is delivered, and not on her page; unblocked, what is new is."""
    names = dict.fromkeys(("arash", "sara"), "en-GB")
    with Desktops(tmp_path_factory.mktemp("blocked"), profiles, names) as desktops, desktops.for_a_test():
        arash, sara = desktops["arash"], desktops["sara"]
        chat, back = f"p:{arash.uid}", f"p:{sara.uid}"
        arash.bot.call("send_message", chat=back, text="hello")
        pane = sara.open(chat)
        expect(pane.locator("[data-message]")).to_have_count(1)
        sara.at("#chat-more").click()
        sara.at("[data-item=block]").click()
        sara.at("[data-dialog=block] [type=submit]").click()
        expect(sara.at("[data-closed=person_blocked]")).to_be_visible()
        arash.open(back)
        arash.write("not to be seen")
        expect(arash.at("[data-message]").last.locator(".state")).to_have_class("state is-delivered")
        expect(pane.locator("[data-message]")).to_have_count(1)
        sara.at("[data-unblock]").click()
        expect(sara.at("#write")).to_be_focused()
        arash.write("to be seen")
        expect(pane.locator("[data-message]").last).to_contain_text("to be seen")
        expect(pane.locator("[data-message]")).to_have_count(2)
        expect(pane).not_to_contain_text("not to be seen")
