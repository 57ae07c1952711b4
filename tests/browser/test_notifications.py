"""What the browser tells of while one looks elsewhere: notifications, as much as one wants, the title and the icon."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.shared_network import SharedNetwork, say
from tests.browser.window import Window
from tests.chromium import Watch
from tests.processes import until

# Keeps what the page gives the browser; the browser's own goes on as ever.
LISTEN = """
window.told = [];
const Told = class extends window.Notification {
    constructor(title, options) { super(title, options); window.told.push({ title, body: options.body, it: this }); }
    close() { window.told = window.told.filter(({ it }) => it !== this); super.close(); }
};
window.Notification = Told;
"""


@pytest.fixture
def kian(shared_network: SharedNetwork, browser: Browser, watch: Watch) -> Iterator[Window]:
    """کیان's page, allowed to notify, in a browser where another page is in front when `leave` was called."""
    agent = shared_network.people["کیان"]
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB")
    context.grant_permissions(["notifications"], origin=f"http://localhost:{agent.port}")
    context.add_init_script(LISTEN)
    page = context.new_page()
    watch.follow(page)
    yield Window(page, agent).come_in()
    with agent.program() as bot:
        bot.call("set_setting", name="notifications", value="name")
        for one in bot.call("snapshot")["conversations"]:
            bot.call("set_chat", chat=one["chat"], muted=False)
            bot.call("mark_read", chat=one["chat"], position=one["position"])
    context.close()


def told(page: Page) -> list[tuple[str, str]]:
    found: list[list[str]] = page.evaluate("window.told.map(({ title, body }) => [title, body])")
    return [(title, body) for title, body in found]


def choose(window: Window, kind: str) -> None:
    window.section("settings")
    window.page.locator(f"input[name=notifications][value={kind}]").check(force=True)
    with window.agent.program() as bot:
        until(lambda: bot.call("snapshot")["settings"]["notifications"] == kind, what="the choice")
    window.section("chats")


def test_the_name_alone_or_the_words_or_nothing(kian: Window, shared_network: SharedNetwork) -> None:
    sara, jose = shared_network.people["sara"], shared_network.people["jose"]
    say(sara, kian.agent, "the plan is secret")
    until(lambda: ("sara", "New message") in told(kian.page), 30, "a notification")
    choose(kian, "full")
    say(jose, kian.agent, "lunch at one?")
    until(lambda: ("jose", "lunch at one?") in told(kian.page), 30, "one with the words")
    kian.page.evaluate("window.told = []")
    say(jose, kian.agent, "🔕 no hurry")
    expect(kian.row("jose")).to_contain_text("no hurry")
    assert told(kian.page) == []  # who has written it wanted nobody disturbed
    choose(kian, "off")
    kian.page.evaluate("window.told = []")
    say(sara, kian.agent, "nobody is told of this")
    expect(kian.row("sara")).to_contain_text("nobody is told")
    assert told(kian.page) == []


def test_nothing_of_what_is_open_or_muted_and_a_press_leads_there(kian: Window, shared_network: SharedNetwork) -> None:
    sara, jose = shared_network.people["sara"], shared_network.people["jose"]
    say(jose, kian.agent, "hello")
    until(lambda: ("jose", "New message") in told(kian.page), 30, "a notification of what comes before")
    kian.page.evaluate("window.told = []")
    kian.begin("sara")
    say(sara, kian.agent, "you are looking at this")
    expect(kian.message("you are looking at this")).to_be_visible()
    kian.row("jose").click(button="right")
    kian.page.locator("[data-item=mute]").click()
    kian.page.locator("[data-mute=hour]").click()
    expect(kian.row("jose").locator(".mark")).to_have_count(1)
    say(jose, kian.agent, "and jose is muted")
    expect(kian.row("jose")).to_contain_text("and jose is muted")
    assert told(kian.page) == []
    kian.row("jose").click(button="right")
    kian.page.locator("[data-item=mute]").click()
    expect(kian.row("jose").locator(".mark")).to_have_count(0)
    say(jose, kian.agent, "now he is heard")
    until(lambda: told(kian.page) == [("jose", "New message")], 30, "a notification")
    kian.page.evaluate("window.told[0].it.dispatchEvent(new Event('click'))")
    expect(kian.page.locator("section.pane h2")).to_have_text("jose")
    expect(kian.message("now he is heard")).to_be_visible()
    assert told(kian.page) == []  # what has been read needs none
    kian.section("settings")
    say(jose, kian.agent, "behind the settings")
    until(lambda: told(kian.page) == [("jose", "New message")], 30, "one of what isn't seen")
    kian.section("chats")
    until(lambda: told(kian.page) == [], what="its end")


def test_title_and_icon_count_and_stop(kian: Window, shared_network: SharedNetwork) -> None:
    icon = kian.page.locator("link[rel=icon]")
    expect(kian.page).to_have_title("Hamraz")
    expect(icon).to_have_attribute("href", re.compile(r"^/static/v-\w+/icon\.svg$"))
    say(shared_network.people["sara"], kian.agent, "one", "two")
    expect(kian.page).to_have_title("(2) Hamraz")
    until(lambda: (icon.get_attribute("href") or "").startswith("data:image/png"), what="the icon with a number")
    kian.row("sara").click()
    expect(kian.page).to_have_title("Hamraz")
    expect(icon).to_have_attribute("href", re.compile(r"^/static/v-\w+/icon\.svg$"))


def test_new_messages_are_said_to_who_listens(kian: Window, shared_network: SharedNetwork) -> None:
    sara, jose = shared_network.people["sara"], shared_network.people["jose"]
    kian.begin("sara")
    said = kian.page.locator("[data-announcer]")
    say(sara, kian.agent, "can you hear this?")
    expect(said).to_contain_text("sara")
    expect(said).to_contain_text("can you hear this?")
    say(jose, kian.agent, "not the words of other chats")
    expect(said).to_contain_text("jose")
    assert "unread" in (said.text_content() or "")
    assert "not the words" not in (said.text_content() or "")


def test_the_browser_is_asked_only_after_a_press(shared_network: SharedNetwork, browser: Browser, watch: Watch) -> None:
    context = browser.new_context(locale="en-GB")
    context.add_init_script("""
        window.asked = 0;
        Object.defineProperty(Notification, "permission", { get: () => "default" });
        Notification.requestPermission = async () => { window.asked += 1; return "denied"; };
    """)
    page = context.new_page()
    watch.follow(page)
    window = Window(page, shared_network.people["jose"]).come_in()
    say(shared_network.people["sara"], window.agent, "not a reason to ask")
    expect(window.row("sara")).to_contain_text("not a reason to ask")
    window.section("settings")
    assert page.evaluate("window.asked") == 0
    page.locator("#allow-notifications").click()
    assert page.evaluate("window.asked") == 1
    context.close()
