"""Addresses: what is on the screen has one, Back and Forward go between them, and a reload keeps the place.

Before a fake agent.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.fake_agent import FakeAgent, Served, open_chat, serving, uid_of
from tests.browser.window import OpenPage
from tests.chromium import Watch
from tests.processes import until

OMID = uid_of("omid")
GROUP = f"g:{uid_of('robotics')[:32]}"


@pytest.fixture
def served() -> Iterator[Served]:
    fake_agent = FakeAgent()
    for name in ("sara", "omid"):
        chat = fake_agent.private(name)
        fake_agent.say(chat, name, f"hello from {name}")
    group = fake_agent.group("robotics", ("sara", "omid"))
    assert group == GROUP
    fake_agent.say(group, "omid", "the lab is open")
    with serving(fake_agent) as running:
        yield running


@pytest.fixture
def page(served: Served, open_page: OpenPage) -> Page:
    return served.enter(open_page(viewport={"width": 1440, "height": 900}))


def is_on(page: Page, screen: str) -> None:
    expect(page.locator("html")).to_have_attribute("data-screen", screen)


def is_open(page: Page, chat: str) -> None:
    expect(page.locator(f'section.pane[data-chat="{chat}"]')).to_be_visible()


def steps(page: Page) -> int:
    return int(page.evaluate("history.length"))


def place(page: Page) -> str:
    return str(page.evaluate("location.hash"))


def details(page: Page) -> int:
    return page.locator("[data-details-pane]").count()


def test_each_place_has_an_address_and_back_and_forward_go_between(served: Served, page: Page) -> None:
    sara, omid = served.fake_agent.private("sara"), served.fake_agent.private("omid")
    assert place(page) == ""
    open_chat(page, sara)
    open_chat(page, omid)
    assert place(page) == f"#/{omid}"
    page.locator("[data-section=people]").click()
    is_on(page, "people")
    assert place(page) == "#/people"
    page.go_back()
    is_open(page, omid)
    page.go_back()
    is_open(page, sara)
    page.go_back()
    is_on(page, "list")
    assert place(page) == ""
    for chat in (sara, omid):
        page.go_forward()
        is_open(page, chat)
    page.go_forward()
    is_on(page, "people")


def test_what_is_closed_is_a_step_back_and_no_further_one(served: Served, page: Page) -> None:
    before = steps(page)
    for _time in range(3):
        open_chat(page, served.fake_agent.private("sara"))
        page.locator("section.pane [data-details]").click()
        expect(page.locator("[data-details-pane]")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator("[data-details-pane]")).to_have_count(0)
        page.keyboard.press("Escape")
        is_on(page, "list")
    expect(page.locator("html")).to_have_attribute("data-screen", "list")
    assert steps(page) == before + 2


def test_back_closes_a_dialog_and_leaves_what_is_under_it(served: Served, page: Page) -> None:
    sara = served.fake_agent.private("sara")
    open_chat(page, sara)
    page.keyboard.press("Control+Alt+j")
    expect(page.locator("[data-dialog=date]")).to_be_visible()
    page.go_back()
    expect(page.locator("[data-dialog]")).to_have_count(0)
    is_open(page, sara)
    page.go_forward()  # of a dialog that has gone there is nothing to come back to
    is_open(page, sara)
    expect(page.locator("[data-dialog]")).to_have_count(0)
    page.keyboard.press("Control+Alt+j")
    expect(page.locator("[data-dialog=date]")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("[data-dialog]")).to_have_count(0)
    page.go_back()
    is_on(page, "list")
    # a dialog that leads elsewhere: from there Back goes to where it was opened
    page.locator("#new").click()
    page.locator("[data-item=private]").click()
    page.locator("#new-name").fill("omid")
    page.locator("#new-name").press("Enter")
    is_open(page, served.fake_agent.private("omid"))
    page.go_back()
    is_on(page, "list")
    expect(page.locator("[data-dialog]")).to_have_count(0)


@pytest.mark.parametrize("width", [1440, 390])
def test_a_reload_keeps_the_place(served: Served, open_page: OpenPage, width: int) -> None:
    page = served.enter(open_page(viewport={"width": width, "height": 800}))
    open_chat(page, GROUP)
    page.locator("[data-title]").click()
    page.locator(f'[data-about="{OMID}"]').click()
    expect(page.locator("[data-back-to-group]")).to_be_visible()
    for _time in range(2):
        page.reload()
        is_open(page, GROUP)
        expect(page.locator("[data-details-pane] .contact h3")).to_have_text("omid")
    page.go_back()
    expect(page.locator("[data-details-pane] [data-add]")).to_be_visible()
    page.go_back()
    expect(page.locator("[data-details-pane]")).to_have_count(0)
    is_open(page, GROUP)
    page.go_back()
    is_on(page, "list")
    for section in ("people", "trust", "settings"):
        page.locator(f"[data-section={section}]").click()
        is_on(page, section)
        page.reload()
        is_on(page, section)


def test_on_a_telephone_back_goes_from_the_talk_to_the_list(served: Served, open_page: OpenPage) -> None:
    page = served.enter(open_page(viewport={"width": 390, "height": 800}))
    sara = served.fake_agent.private("sara")
    for leave in (page.go_back, lambda: page.locator(".panel-head .back").click()):
        open_chat(page, sara)
        leave()
        is_on(page, "list")
        expect(page.locator(f'.row[data-chat="{sara}"]')).to_be_visible()
    page.go_forward()
    is_open(page, sara)


@pytest.mark.parametrize(
    "address", ["/g:00", "/p:00", f"/p:{uid_of('nobody')}", f"/p:{uid_of('arash')}", "/nonsense/x", "/trust/zz", "%"]
)
def test_an_address_of_what_is_not_here_falls_back_quietly(served: Served, page: Page, address: str) -> None:
    page.evaluate(f"location.hash = '{address}'")
    is_on(page, "trust" if address.startswith("/trust") else "list")
    assert place(page) == ("#/trust" if address.startswith("/trust") else "")
    page.evaluate(f"location.hash = '#/{served.fake_agent.private('sara')}/about'")  # and one that is there works
    is_open(page, served.fake_agent.private("sara"))
    expect(page.locator("[data-details-pane]")).to_be_visible()


def test_an_address_in_a_page_that_is_opened_anew(served: Served, page: Page, watch: Watch) -> None:
    watch.allow("favicon")  # which a browser asks of what is no page
    page.goto(f"http://localhost:{served.port}/static/vendor/preact.js")
    page.goto(f"http://localhost:{served.port}/#/{GROUP}/{'p:' + OMID}")
    is_open(page, GROUP)
    expect(page.locator("[data-details-pane] .contact h3")).to_have_text("omid")
    served.fake_agent.chats.pop(GROUP)
    page.reload()
    is_on(page, "list")
    assert place(page) == ""


def test_a_person_beside_the_group(served: Served, page: Page) -> None:
    open_chat(page, GROUP)
    shown = page.locator("[data-details-pane] .contact h3")
    page.locator(".msg .face").first.click()
    expect(shown).to_have_text("omid")
    page.locator("[data-back-to-group]").click()
    expect(page.locator("[data-details-pane] [data-add]")).to_be_visible()
    page.locator(".msg .sender button").click()
    expect(shown).to_have_text("omid")
    page.locator("[data-write]").click()
    is_open(page, served.fake_agent.private("omid"))
    page.go_back()
    is_open(page, GROUP)
    expect(shown).to_have_text("omid")


def test_the_title_and_the_face_of_a_talk_open_its_details(served: Served, page: Page) -> None:
    open_chat(page, served.fake_agent.private("sara"))
    for part in (".panel-head .avatar", "[data-title]", ".panel-head .sub"):
        page.locator(part).click()
        expect(page.locator("[data-details-pane] .contact h3")).to_have_text("sara")
        page.locator(part).click()
        expect(page.locator("[data-details-pane]")).to_have_count(0)
    page.locator("[data-title]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-details-pane]")).to_be_visible()


def test_the_keys_of_the_browser_are_the_browsers(served: Served, page: Page) -> None:
    open_chat(page, served.fake_agent.private("sara"))
    page.evaluate("""() => {
        window.taken = [];
        addEventListener("keydown", (event) => event.defaultPrevented && window.taken.push(event.key));
    }""")
    for target in ("#write", ".log"):
        page.locator(target).focus()
        for key in "lkjuntwrpsdhgoe":
            for more in ({"ctrlKey": True}, {"metaKey": True}, {"ctrlKey": True, "shiftKey": True}):
                press(page, key, f"Key{key.upper()}", **more)
        press(page, "V", "KeyV", ctrlKey=True, shiftKey=True)
        press(page, "v", "KeyV", ctrlKey=True)
    assert page.evaluate("window.taken") == []
    is_open(page, served.fake_agent.private("sara"))


def test_a_link_to_a_message_leads_there(served: Served, open_page: OpenPage) -> None:
    fake_agent = served.fake_agent
    for n in range(120):
        fake_agent.say(GROUP, "omid", f"line {n}")
    page = served.enter(
        open_page(viewport={"width": 1440, "height": 900}, permissions=["clipboard-read", "clipboard-write"])
    )
    open_chat(page, fake_agent.private("sara"))
    page.locator(".msg .bubble").last.click(button="right")
    page.locator("[data-item=copy_place]").click()
    mine = page.evaluate("navigator.clipboard.readText()")
    assert mine == f"http://localhost:{served.port}/#/{fake_agent.private('sara')}/message/{1:032x}"
    far = fake_agent.messages[GROUP][5]
    link = f"http://localhost:1/#/{GROUP}/message/{far['id']}"  # of somebody else's computer
    fake_agent.say(fake_agent.private("sara"), "sara", f"see {link}.")
    page.locator(f"[data-leads='{far['id']}']").click()
    is_open(page, GROUP)
    expect(page.locator(f".msg[data-message='{far['id']}']")).to_be_in_viewport()
    assert place(page) == f"#/{GROUP}"
    page.goto(mine)
    is_open(page, fake_agent.private("sara"))
    # as the other has it, who calls this chat by our name; that one has notes doesn't change it
    notes, theirs = fake_agent.private("arash"), fake_agent.messages[fake_agent.private("sara")][1]
    fake_agent.say(notes, "arash", "to myself")
    fake_agent.say(fake_agent.private("sara"), "sara", f"http://localhost:1/#/{notes}/message/{theirs['id']}")
    page.locator(f"[data-leads='{theirs['id']}']").click()
    expect(page.locator(f".msg[data-message='{theirs['id']}'][data-target]")).to_be_visible()
    is_open(page, fake_agent.private("sara"))
    page.evaluate(f"location.hash = '#/{GROUP}/message/{'0' * 32}'")
    expect(page.locator("[data-toast=stop]")).to_be_visible()
    is_open(page, GROUP)


def press(page: Page, key: str, code: str, **more: bool) -> None:
    page.evaluate(
        """([key, code, more]) => document.activeElement.dispatchEvent(new KeyboardEvent("keydown",
            { key, code, bubbles: true, cancelable: true, ...more }))""",
        [key, code, more],
    )


def test_shortcuts_on_other_keyboards(served: Served, page: Page) -> None:
    open_chat(page, served.fake_agent.private("sara"))
    dialog = page.locator("[data-dialog=date]")
    # Dvorak has J elsewhere; Persian and Russian have other letters on its key; macOS makes signs with Option
    for key, code in (("j", "KeyC"), ("ت", "KeyJ"), ("о", "KeyJ"), ("∆", "KeyJ")):
        press(page, key, code, ctrlKey=True, altKey=True)
        expect(dialog).to_be_visible()
        page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)
    # AltGr makes letters, which some systems tell as Ctrl and Alt: of these none is taken, or a Polish ł would lock
    press(page, "ł", "KeyL", ctrlKey=True, altKey=True)
    press(page, "j", "KeyJ", ctrlKey=True, altKey=True, modifierAltGraph=True)
    press(page, "c", "KeyJ", ctrlKey=True, altKey=True)  # Dvorak again
    # Dvorak's Ctrl + X and Ctrl + C stand where others have B and I, and bold where others have N
    field = page.locator("#write")
    field.fill("words")
    field.select_text()
    for key, code, wanted in (
        ("x", "KeyB", "words"),
        ("c", "KeyI", "words"),
        ("b", "KeyN", "*words*"),
        ("ذ", "KeyB", "words"),
    ):
        press(page, key, code, ctrlKey=True)
        expect(field).to_have_value(wanted)
    page.locator(".msg").last.evaluate("(line) => { line.tabIndex = -1; line.focus(); }")
    press(page, "o", "KeyS")  # where others have S: no star
    press(page, "s", "Semicolon")
    until(lambda: len(served.fake_agent.calls("star")) == 1, what="a star")
    is_open(page, served.fake_agent.private("sara"))
    expect(dialog).to_have_count(0)
