"""The recovery kit as people meet it: offered, printed, confirmed, used for a forgotten password, and replaced."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.fake_agent import FakeAgent, serving
from tests.browser.shared_network import SharedNetwork
from tests.browser.window import OpenPage, Window
from tests.processes import PASSWORD, Agent, until

OTHER_PASSWORD = "quite another phrase 1405"
PRINTS = "window.printed = 0; window.print = () => { window.printed += 1; };"


@pytest.fixture
def newcomer(shared_network: SharedNetwork) -> Iterator[Agent]:
    """An agent that has joined; its account is made by the page."""
    agent = shared_network.network.agent("--join", shared_network.network.authority.join_link)
    yield agent
    if agent.child is not None:
        agent.stop()


def fresh(page: Page, agent: Agent, language: str = "en") -> Window:
    page.add_init_script(PRINTS)
    window = Window(page, agent).go()
    window.is_on("sign_up")
    if language != page.locator("html").get_attribute("lang"):
        window.speak_at_door(language)
    return window


def groups(page: Page) -> list[str]:
    """What stands on the sheet."""
    expect(page.locator("[data-sheet]")).to_be_visible()
    found: list[str] = page.locator("[data-kit-group] .code").all_inner_texts()
    assert len(found) == 14 and all(re.fullmatch("[a-z2-7]{4}", group) for group in found)
    return found


def asked(page: Page) -> list[int]:
    """Which groups are to be typed, by the words of the two fields."""
    labels = page.locator("[data-dialog=kit] .field label").all_inner_texts()
    shown = ["".join(str(int(letter)) for letter in label if letter.isdecimal()) for label in labels]
    return [int(number) for number in shown]


def confirm(window: Window) -> list[str]:
    """Confirm the kit that is on the sheet, with the mouse; what is on it."""
    page = window.page
    found = groups(page)
    page.locator("[data-kit-act=next]").click()
    for field, number in zip(("kit-first", "kit-second"), asked(page), strict=True):
        page.locator(f"#{field}").fill(found[number - 1])
    page.locator("[data-dialog=kit] [type=submit]").click()
    expect(page.locator("[data-dialog]")).to_have_count(0)
    return found


@pytest.mark.parametrize("language", [pytest.param("en", marks=pytest.mark.long), "fa"])
def test_by_keyboard_from_sign_up_to_a_forgotten_password(newcomer: Agent, page: Page, language: str) -> None:
    name = {"en": "leila.k", "fa": "لیلا"}[language]
    window, press = fresh(page, newcomer, language), page.keyboard.press
    window.fill(email=f"{language}@kit.example.org", username=name, password=PASSWORD, password_confirm=PASSWORD)
    press("Enter")
    window.is_on("list")
    kit = groups(page)
    expect(page.locator("[data-kit-act=print]")).to_be_focused()
    assert violations(page) == []
    press("Enter")
    assert page.evaluate("window.printed") == 1
    press("Shift+Tab")
    press("Enter")
    expect(page.locator("#kit-first")).to_be_focused()
    assert violations(page) == []
    first, second = asked(page)
    page.keyboard.type("wxyz")
    press("Tab")
    page.keyboard.type(kit[second - 1])
    press("Enter")
    window.refused("kit-first", "kit_differs")
    press("Control+A")
    page.keyboard.type(kit[first - 1].upper())
    press("Enter")
    expect(page.locator("[data-dialog]")).to_have_count(0)
    expect(page.locator(".toast")).to_be_visible()
    expect(page.locator("[data-kit-reminder]")).to_have_count(0)
    window.section("settings")
    expect(page.locator("[data-kit=paper] [data-open=new_kit]")).to_be_visible()

    press("Control+Alt+l")
    window.is_on("log_in")
    expect(page.locator("[data-known-name]")).to_have_attribute("data-known-name", name)
    expect(page.locator("#password")).to_be_focused()
    page.locator("[data-forgot]").press("Enter")
    window.is_on("with_kit")
    expect(page.locator("#kit")).to_be_focused()
    assert violations(page) == []
    typed = "-".join(kit)
    wrong = typed[:2] + ("a" if typed[2] != "a" else "b") + typed[3:]
    for text, code in ((wrong, "bad_kit"), (typed, None)):
        page.locator("#kit").focus()
        press("Control+A")
        page.keyboard.type(text)
        window.fill(new_password=OTHER_PASSWORD, new_password_confirm=OTHER_PASSWORD)
        press("Enter")
        if code is not None:
            window.refused("kit", code)
    window.is_on("settings")  # where it was locked

    press("Control+Alt+l")
    window.is_on("log_in")
    page.keyboard.type(PASSWORD)
    press("Enter")
    window.refused("password", "password")
    press("Control+A")
    page.keyboard.type(OTHER_PASSWORD)
    press("Enter")
    window.is_on("settings")


def test_it_can_wait_and_is_not_forgotten(newcomer: Agent, page: Page) -> None:
    window = fresh(page, newcomer)
    window.sign_up("later")
    expect(page.locator("[data-kit-reminder]")).to_have_count(1)
    page.reload()
    window.is_on("list")
    expect(page.locator("[data-dialog]")).to_have_count(0)  # it is offered once
    expect(page.locator("[data-kit-reminder]")).to_have_count(1)
    window.section("settings")
    page.locator("[data-kit=here] [data-open=kit]").click()
    page.locator("#kit-password").fill("not the password")
    page.keyboard.press("Enter")
    window.refused("kit-password", "password")
    page.locator("#kit-password").fill(PASSWORD)
    page.keyboard.press("Enter")
    on_sheet = groups(page)
    page.keyboard.press("Escape")
    expect(page.locator("[data-sheet]")).to_have_count(0)
    assert not page.evaluate("(group) => document.documentElement.outerHTML.includes(group)", on_sheet[3])

    page.locator("[data-kit=here] [data-open=kit]").click()
    page.locator("#kit-password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.locator("[data-kit-act=next]").click()
    page.locator("[data-kit-act=back]").click()
    assert confirm(window) == on_sheet
    expect(page.locator("[data-kit=paper]")).to_be_visible()


def test_without_a_kit_the_page_says_so(shared_network: SharedNetwork, page: Page) -> None:
    agent = shared_network.network.account("careless")
    with agent.program() as bot:
        bot.call("lock")
    window = Window(page, agent).go()
    window.is_on("log_in")
    page.locator("[data-forgot]").click()
    expect(page.locator("[data-no-kit]")).to_be_visible()
    assert violations(page) == []
    page.locator("[data-back-to-login]").click()
    window.is_on("log_in")
    window.log_in("careless")
    window.is_on("list")
    agent.stop()


def test_the_sheet_is_one_page_of_paper(newcomer: Agent, page: Page, tmp_path: Path) -> None:
    window = fresh(page, newcomer)
    window.fill(email="p@kit.example.org", username="printer", password=PASSWORD, password_confirm=PASSWORD)
    window.submit()
    kit = groups(page)
    page.emulate_media(media="print", color_scheme="dark")
    for gone in (".frame", ".dialog > header", ".dialog footer", ".not-printed"):
        expect(page.locator(gone).first).to_be_hidden()
    sheet = page.locator("[data-sheet]")
    for text in (*kit, "printer", "Hamraz recovery kit", "برگهٔ بازیابی همراز"):
        expect(sheet).to_contain_text(text)
    expect(sheet).to_contain_text(re.compile(r"hamraz://\S+:\d+/#[0-9a-f]{64}"))
    colours = sheet.evaluate("(one) => [getComputedStyle(one).color, getComputedStyle(document.body).backgroundColor]")
    assert colours == ["rgb(16, 40, 44)", "rgb(255, 255, 255)"]
    for size in ("A5", "A4"):
        printed = page.pdf(format=size, print_background=True)
        assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1, size
    page.emulate_media(media="screen")


def test_a_new_kit_with_the_old_one_and_by_an_admin(
    shared_network: SharedNetwork, newcomer: Agent, open_page: OpenPage
) -> None:
    page = open_page(viewport={"width": 1280, "height": 800})
    window = fresh(page, newcomer)
    window.fill(email="n@kit.example.org", username="renewer", password=PASSWORD, password_confirm=PASSWORD)
    window.submit()
    old = confirm(window)

    def settings(kind: str) -> None:
        window.section("settings")
        page.locator(f"[data-kit] [data-open={kind}]").click()

    settings("new_kit")
    window.fill(kit_old=" ".join(old[:-1] + old[:1]), kit_password=PASSWORD)
    page.locator("[data-dialog] [type=submit]").click()
    window.refused("kit-old", "bad_kit")
    window.fill(kit_old=" ".join(old))
    page.locator("[data-dialog] [type=submit]").click()
    new = confirm(window)
    assert new != old
    settings("new_kit")
    window.fill(kit_old=" ".join(old), kit_password=PASSWORD)
    page.locator("[data-dialog] [type=submit]").click()
    window.refused("kit-old", "other_kit")

    page.locator("[data-open=ask_kit]").click()
    expect(page.locator("[data-dialog=ask_kit] .choice")).to_have_count(1)  # sara: nobody else is above
    assert violations(page) == []
    page.locator("[data-dialog] [type=submit]").click()
    request = page.locator("[data-kit-request]").inner_text()
    expect(page.locator("[data-dialog=ask_kit] .qr")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("[data-kit=paper] [data-open=ask_kit]")).to_be_visible()

    admin = Window(open_page(viewport={"width": 1280, "height": 800}), shared_network.people["sara"]).come_in()
    admin.section("people")
    row = admin.page.locator("tr[data-name=renewer]")
    row.locator("[id^=person-]").click()
    admin.page.locator("[data-item=sign_kit]").click()
    admin.page.locator("#kit-request").fill(request[:-8])
    admin.page.locator("[data-dialog] [type=submit]").click()
    admin.refused("kit-request", "bad_kit_request")
    admin.page.locator("#kit-request").fill(request)
    admin.page.locator("[data-dialog] [type=submit]").click()
    expect(admin.page.locator("[data-dialog]")).to_have_count(0)
    expect(page.locator("[data-kit-reminder]")).to_have_count(1)  # pushed
    settings("kit")
    page.locator("#kit-password").fill(PASSWORD)
    page.keyboard.press("Enter")
    assert confirm(window) not in (old, new)
    with shared_network.people["jose"].program() as bot:
        if bot.call("status")["stage"] == "ready":
            until(lambda: {"own", "admin"} <= {e["why"] for e in bot.call("log", filter="keys")["entries"]}, 15)


# --- a vault that locks by itself, and whom the page knows ---


def test_the_page_tells_that_somebody_is_there_and_hears_why_it_was_locked(open_page: OpenPage) -> None:
    agent = FakeAgent()
    with serving(agent) as served:
        page = served.enter(open_page(viewport={"width": 1280, "height": 800}))
        page.locator("[data-section=settings]").click()
        page.locator("#set-at-login").check()
        until(lambda: agent.at_login)
        expect(page.locator("#set-at-login")).to_be_checked()
        page.locator("#set-desktop").check()
        until(lambda: ("set_setting", {"name": "desktop", "value": "en"}) in agent.asked)
        page.mouse.move(300, 300)
        assert agent.calls("active") == []  # nobody has asked for it
        page.locator("input[name=lock_after][value='15']").check(force=True)
        until(lambda: ("set_setting", {"name": "lock_after", "value": "15"}) in agent.asked)
        page.mouse.move(320, 320)
        until(lambda: agent.calls("active") == [{}])
        for x in range(10):
            page.mouse.move(320 + x, 320)
        page.keyboard.press("Shift")
        assert agent.calls("active") == [{}]  # not more often than every 20 s
        agent.stage = "log_in"
        agent.tell("stage", {"stage": "log_in", "why": "idle"})
        expect(page.locator("html")).to_have_attribute("data-screen", "log_in")
        expect(page.locator("form .lead")).to_contain_text("Locked by itself")


def test_another_vault_at_the_same_address_is_nobody_this_page_knows(newcomer: Agent, page: Page) -> None:
    window = fresh(page, newcomer)
    window.sign_up("known")
    page.keyboard.press("Control+Alt+l")
    window.is_on("log_in")
    expect(page.locator("[data-known-name=known]")).to_be_visible()
    page.locator("[data-another-name]").click()
    expect(page.locator("#username")).to_have_value("known")
    for name in ("KNOWN", "known"):  # letters that look alike are the same name
        window.log_in(name)
        window.is_on("list")
        page.keyboard.press("Control+Alt+l")
        window.is_on("log_in")
        page.reload()
        expect(page.locator("[data-known-name=known]")).to_be_visible()
    page.evaluate("""() => {
        const kept = JSON.parse(localStorage.getItem("hamraz.here"));
        localStorage.setItem("hamraz.here", JSON.stringify({ ...kept, vault: "0".repeat(16) }));
    }""")
    page.reload()
    window.is_on("log_in")
    expect(page.locator("#username")).to_be_visible()
    expect(page.locator("#username")).to_have_value("")
    window.log_in("somebody")
    window.refused("username", "vault_beside")  # there are others on this computer, and who knows whose they are
    window.log_in("known")
    window.is_on("list")
