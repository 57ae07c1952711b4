"""A group's join link: made, shown and taken back, asked by, and answered. Before a fake agent."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from tests.browser.axe import violations
from tests.browser.fake_agent import NOON, FakeAgent, Served, open_chat, serving, uid_of
from tests.browser.window import OpenPage
from tests.processes import until

OTHER, SECRET = "ab" * 16, "cd" * 16
LINK = f"/join/{OTHER}/{uid_of('sara')}/{SECRET}/%DA%A9%D9%84%D8%A7%D8%B3%20%DB%B7"  # کلاس ۷
LONG = f"web+hamraz:/join/{OTHER}/{uid_of('arash')}/{SECRET}/{quote('گ' * 56)}"
PICTURE = (
    "['.qr', '.qr-place'].map((one) => document.querySelector(`[data-dialog] ${one}`).getBoundingClientRect().height)"
)

# what the browser makes of it counts too: it throws at an address that it doesn't take
TAKEN = """() => {
    const real = navigator.registerProtocolHandler.bind(navigator);
    navigator.registerProtocolHandler = (...given) => { real(...given); window.given = given; };
}"""


# What the browser is given to tell of, as long as it isn't taken back.
LISTEN = """() => {
    window.told = [];
    window.Notification = class extends EventTarget {
        static permission = "granted";
        constructor(title, options) { super(); window.told.push({ title, body: options.body, it: this }); }
        close() { window.told = window.told.filter(({ it }) => it !== this); }
    };
    window.dispatchEvent(new Event("blur"));
}"""


@pytest.fixture
def served() -> Iterator[Served]:
    fake_agent = FakeAgent()
    group = fake_agent.group("class", ("sara",))
    fake_agent.say(group, "sara", f"come in: web+hamraz:{LINK}")
    with serving(fake_agent) as running:
        yield running


@pytest.mark.parametrize(("language", "width", "theme"), [("en", 1440, "light"), ("fa", 390, "dark")])
def test_a_link_from_its_making_to_an_answer(
    served: Served, open_page: OpenPage, language: str, width: int, theme: str
) -> None:
    page = open_page(viewport={"width": width, "height": 900}, reduced_motion="reduce")
    served.enter(page, language, theme=theme)
    fake_agent = served.fake_agent
    (chat,) = fake_agent.chats
    open_chat(page, chat)
    # what one is given: it names the group, and asks before anything is said
    page.locator(f'[data-group-link="{OTHER}"]').click()
    dialog = page.locator("[data-dialog=ask_join]")
    expect(dialog.locator("h3")).to_have_text("کلاس ۷")
    expect(dialog).to_contain_text("sara")
    assert violations(page) == [] and fake_agent.calls("ask_to_join") == []
    dialog.locator("[type=submit]").click()
    expect(dialog).to_have_count(0)
    assert fake_agent.calls("ask_to_join") == [{"group_id": OTHER, "uid": uid_of("sara"), "secret": SECRET}]

    # one's own
    page.locator("[data-title]").click()
    page.locator("#join-link-on").check()
    page.locator("#join-link-on").locator("xpath=ancestor::section").locator("input[value=all]").check(force=True)
    until(lambda: len(fake_agent.calls("set_join_link")) == 2, 5)
    assert fake_agent.calls("set_join_link")[1] == {"on": True, "admits": "all", "anew": False}
    page.locator("[data-show-link]").click()
    shown = page.locator("[data-dialog=group_link] .link-box")
    expect(shown).to_have_text(f"web+hamraz:/join/{chat[2:]}/{uid_of('arash')}/{'0' * 32}/class")
    expect(page.locator("[data-dialog=group_link] .qr")).to_be_visible()
    assert violations(page) == []
    page.locator("[data-anew]").click()
    expect(shown).to_contain_text("f" * 32)
    # a long name in Persian makes a large picture: it stays within its place, however low the window is
    page.set_viewport_size({"width": width, "height": 500})
    group = fake_agent.chats[chat]["group"]
    fake_agent.conversation(chat, group=group | {"link": group["link"] | {"url": LONG}})
    until(lambda: page.evaluate(PICTURE)[0] > 240, what="the large picture")
    assert page.evaluate(PICTURE)[0] <= page.evaluate(PICTURE)[1]
    page.set_viewport_size({"width": width, "height": 900})
    page.keyboard.press("Escape")

    # who asks: told of while one looks elsewhere, once of each, and until it is answered
    page.evaluate("location.hash = ''")
    page.evaluate(LISTEN)
    group = fake_agent.chats[chat]["group"]
    asks = [{"uid": uid_of(name), "time": NOON} for name in ("omid", "نیلوفر")]
    fake_agent.conversation(chat, muted=True, group=group | {"asks": asks[:1]})
    badge = page.locator(f'.row[data-chat="{chat}"] [data-asks-badge]')
    expect(badge).to_have_attribute("data-asks-badge", "1")
    fake_agent.conversation(chat, muted=False, group=group | {"asks": asks})
    expect(badge).to_have_attribute("data-asks-badge", "2")
    fake_agent.conversation(chat, unread=0)
    wants = {"en": "\u2068نیلوفر\u2069 wants to join", "fa": "\u2068نیلوفر\u2069 می‌خواهد بپیوندد"}[language]
    assert page.evaluate("window.told.map(({ title, body }) => [title, body])") == [["class", wants]]
    expect(page.locator("[data-announcer]")).to_contain_text("نیلوفر")
    assert "2" in page.title() or "۲" in page.title()
    assert violations(page) == []
    fake_agent.conversation(chat, group=group | {"asks": []})  # answered on another page
    expect(badge).to_have_count(0)
    assert page.evaluate("window.told") == []
    fake_agent.conversation(chat, group=group | {"asks": asks})
    open_chat(page, chat)
    page.locator("[data-asks-bar]").click()
    expect(page.locator("[data-ask]")).to_have_count(2)
    assert violations(page) == []
    page.locator(f'[data-ask="{uid_of("omid")}"] [data-let-in]').click()
    page.locator(f'[data-ask="{uid_of("نیلوفر")}"] [data-decline]').click()
    expect(page.locator("[data-asks]")).to_have_count(0)
    assert [call["accept"] for call in fake_agent.calls("answer_ask")] == [True, False]


def test_a_link_that_is_pasted_or_typed_as_an_address(served: Served, open_page: OpenPage) -> None:
    page = open_page(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    served.enter(page, "en")
    page.locator("#new").click()
    page.locator("[data-item=join]").click()
    page.locator("#group-link").fill("web+hamraz:/join/ab")
    page.locator("[data-dialog=paste_link] [type=submit]").click()
    expect(page.locator("[data-dialog=paste_link] [data-error=bad_group_link]")).to_be_visible()
    page.locator("#group-link").fill(f"here: web+hamraz:{LINK}")
    page.locator("[data-dialog=paste_link] [type=submit]").click()
    expect(page.locator("[data-dialog=ask_join]")).to_be_visible()
    served.fake_agent.refuse["ask_to_join"] = "unknown_user"
    page.locator("[data-dialog=ask_join] [type=submit]").click()
    expect(page.locator("[data-error=group_link_elsewhere]")).to_be_visible()
    page.keyboard.press("Escape")
    page.evaluate(f"location.hash = '{LINK}'")
    expect(page.locator("[data-dialog=ask_join]")).to_be_visible()
    assert SECRET not in page.url
    # the same, pressed in another program
    page.keyboard.press("Escape")
    page.evaluate(f"location.hash = '/open/{quote(f'web+hamraz:{LINK}', safe='')}'")
    expect(page.locator("[data-dialog=ask_join]")).to_be_visible()
    assert SECRET not in page.url
    page.keyboard.press("Escape")
    unknown = f"web+hamraz:/g:{'0' * 32}/message/{'1' * 32}"
    page.evaluate(f"location.hash = '/open/{quote(unknown, safe='')}'")
    expect(page.locator("[data-toast=stop]")).to_contain_text("leads nowhere")  # of a chat that isn't known here
    (chat,) = served.fake_agent.chats
    page.evaluate(f"location.hash = '/join/{chat[2:]}/{uid_of('sara')}/{SECRET}/class'")  # one is in
    expect(page.locator(f'section.pane[data-chat="{chat}"]')).to_be_visible()
    page.evaluate(TAKEN)
    page.evaluate("location.hash = '/settings'")
    page.locator("#take-links").click()
    assert page.evaluate("window.given") == ["web+hamraz", f"{page.evaluate('location.origin')}/#/open/%s"]
