"""Notices: offered once, at a good moment; muted for a while, or but for mentions. And Hamraz as an installed app."""

from __future__ import annotations

import itertools
import time

import pytest
from playwright.sync_api import Page, expect

from tests.browser.fake_agent import FakeAgent, open_chat, serving
from tests.browser.window import OpenPage
from tests.chromium import Watch
from tests.door.stand_in import PASSWORD
from tests.processes import until
from web_client.page import app as page_app

# A browser that nobody has asked yet, what it is asked and given to tell of; and what sounds.
NOT_ASKED = """
window.asked = 0;
window.notes = 0;
window.reads = 0;
window.told = [];
window.Notification = class extends EventTarget {
  static get permission() { window.reads += 1; return window.allowed ? "granted" : "default"; }
  static async requestPermission() { window.asked += 1; window.allowed = true; return "granted"; }
  constructor(title, { body }) { super(); window.told.push(body); }
  close() {}
};
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...when) { window.notes += 1; return start.apply(this, when); };
"""

# Each drawing says which screen it is.
COUNT_DRAWINGS = """
window.drawings = 0;
new MutationObserver((records) => { window.drawings += records.length; })
    .observe(document.documentElement, { attributeFilter: ["data-screen"] });
"""


def test_offered_once_there_is_a_talk_and_muted_as_long_as_one_wants(open_page: OpenPage) -> None:
    agent = FakeAgent()
    with serving(agent) as served:
        page = open_page(viewport={"width": 1280, "height": 800})
        page.add_init_script(NOT_ASKED)
        served.enter(page)
        offer = page.locator("[data-ask-notices]")
        expect(offer).to_have_count(0)  # nobody has written yet
        chat, group = agent.private("sara"), agent.group("the class", ("sara", "omid"))
        agent.say(chat, "sara", "hello")
        expect(offer).to_have_count(1)
        reads = page.evaluate("window.reads")
        page.evaluate(COUNT_DRAWINGS)
        for word in ("who", "is", "there"):
            agent.say(chat, "sara", word)
            expect(page.locator(f'.row[data-chat="{chat}"]')).to_contain_text(word)
        assert page.evaluate("window.reads") == reads, "another process is asked, and the page waits for it"
        assert page.evaluate("window.drawings") == 3, "a message and its conversation are drawn once"
        offer.locator(".primary").click()
        expect(offer).to_have_count(0)
        assert page.evaluate("window.asked") == 1
        agent.say(chat, "sara", "and again")
        until(lambda: page.evaluate("window.notes") >= 2, what="two soft notes")

        # for an hour, which ends by itself; and in a group but for mentions
        mute(page, chat, "hour")
        expect(page.locator(f'.row-frame:has([data-chat="{chat}"]) .mark')).to_have_count(1)
        kept = int(agent.chats[chat]["muted_until"])
        assert abs(kept - (time.time() + 3600) * 1000) < 60_000
        agent.conversation(chat, muted_until=int(time.time() * 1000) - 1)
        expect(page.locator(f'.row-frame:has([data-chat="{chat}"]) .mark')).to_have_count(0)
        page.locator(f'[data-more="{chat}"]').click(force=True)
        page.locator("[data-item=mute]").click()
        expect(page.locator("[data-mute=mentions]")).to_have_count(0)  # between two there are none
        page.keyboard.press("Escape")
        agent.say(group, "omid", "good morning")
        # in its new place, else the press would find another row there
        expect(page.locator(".row[data-chat]").first).to_have_attribute("data-chat", group)
        mute(page, group, "mentions")
        until(lambda: agent.chats[group]["mentions_only"] and not agent.chats[group]["muted"], what="mentions only")
        page.locator(f'[data-more="{group}"]').click(force=True)
        expect(page.locator("[data-item=mute]")).to_contain_text("Only when I am mentioned")
        page.keyboard.press("Escape")
        told = page.evaluate("window.told.length")
        agent.say(group, "omid", "nothing for anybody")
        agent.say(group, "omid", "a word that one waits for", keyword="word")
        expect(page.locator(f'.row[data-chat="{group}"]')).to_contain_text("one waits for")
        (of_a_word,) = page.evaluate("window.told")[told:]
        assert of_a_word == "\u2068omid\u2069 wrote one of your words"  # and no more: what they wrote isn't shown
        agent.tell("settings", agent.snapshot()["settings"] | {"notifications": "full"})
        agent.say(group, "omid", "@arash, come", mention="me")
        named = "\u2068omid\u2069 named you: @arash, come"
        until(lambda: page.evaluate("window.told.at(-1)") == named, what="what was said")

        # another account in the same tab: what it is told of is not held against what the first one knew
        agent._orders = itertools.count(1_000_000)
        agent.say(chat, "sara", "the last one")
        people, agent.me = agent.people, "omid"
        agent.people = {"omid": people["omid"] | {"me": True}, "sara": people["sara"]}
        agent.chats.clear()
        agent.messages.clear()
        agent._orders = itertools.count(1)
        agent.lock()
        expect(page.locator("html")).to_have_attribute("data-screen", "log_in")
        page.locator("#password").fill(PASSWORD)
        page.locator("#password").press("Enter")
        expect(page.locator("html")).to_have_attribute("data-screen", "list")
        told = page.evaluate("window.told.length")
        agent.say(agent.private("sara"), "sara", "good morning, omid")
        until(lambda: page.evaluate("window.told.length") > told, what="a notice for the other account")


# What the browser is given to tell of.
TOLD = """
window.told = 0;
window.Notification = class extends EventTarget {
    static permission = "granted";
    constructor() { super(); window.told += 1; }
    close() {}
};
"""
IN_LINE = """async () => {
    const { held, pending } = await navigator.locks.query();
    return held.length + pending.length;
}"""


def test_of_several_pages_the_one_that_was_looked_at_last_tells(open_page: OpenPage, watch: Watch) -> None:
    agent = FakeAgent()
    chat = agent.private("sara")
    with serving(agent) as served:
        page = open_page(viewport={"width": 1280, "height": 800})
        other = page.context.new_page()
        watch.follow(other)
        for one in (page, other):
            one.add_init_script(TOLD)
            served.enter(one)
        until(lambda: other.evaluate(IN_LINE) == 2, what="one that waits for the other")

        def told(text: str) -> list[int]:
            agent.say(chat, "sara", text)
            for one in (page, other):
                expect(one.locator(f'.row[data-chat="{chat}"]')).to_contain_text(text)
            return [one.evaluate("window.told") for one in (page, other)]

        assert told("while both show the list") == [0, 1]
        open_chat(other, chat)
        assert told("which one reads over there") == [0, 1]
        other.evaluate("location.hash = ''")
        for at in (0, 1, 0):
            before = told("to and fro")
            (page, other)[at].evaluate("window.dispatchEvent(new Event('focus'))")
            until(lambda at=at, before=before: told("is it this one?")[at] > before[at], what="the one")  # type: ignore[misc]
            after = told("it is")
            assert after[1 - at] == told("and it alone")[1 - at]
        assert other.evaluate(IN_LINE) <= 3  # however often, each waits once
        page.close()  # the one that tells
        before = other.evaluate("window.told")

        def tells() -> bool:
            agent.say(chat, "sara", "is anybody there?")
            return bool(other.evaluate("window.told") > before)

        until(tells, what="the other")


def mute(page: Page, chat: str, way: str) -> None:
    page.locator(f'[data-more="{chat}"]').click(force=True)
    page.locator("[data-item=mute]").click()
    page.locator(f"[data-mute={way}]").click()
    expect(page.locator("[data-dialog=mute]")).to_have_count(0)


SECRETS = """async () => {
    const found = [];
    for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const request of await cache.keys()) {
            found.push([new URL(request.url).pathname, await (await cache.match(request)).text()]);
        }
    }
    return found;
}"""


def test_installed_it_keeps_the_shell_and_nothing_else(
    open_page: OpenPage, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a tab nothing is kept. Installed: while nothing answers the page says so; another version's answer ends it."""
    watch.allow("ERR_CONNECTION_REFUSED|WebSocket connection|favicon")
    agent = FakeAgent()
    chat = agent.private("sara")
    agent.say(chat, "sara", "a secret between us")
    with serving(agent) as served:
        page = open_page(viewport={"width": 1280, "height": 800})
        served.enter(page)
        open_chat(page, chat)
        workers = "async () => (await navigator.serviceWorker.getRegistrations()).length"
        assert page.evaluate(workers) == 0 and page.evaluate(SECRETS) == []
        manifest = page.evaluate("async () => (await fetch(document.querySelector('link[rel=manifest]').href)).json()")
        assert manifest["display"] == "standalone" and manifest["start_url"] == "/"
        assert manifest["protocol_handlers"] == [{"protocol": "web+hamraz", "url": "/#/open/%s"}]

        page.evaluate("window.dispatchEvent(new Event('appinstalled'))")
        page.evaluate("async () => { await navigator.serviceWorker.ready; }")
        kept = page.evaluate(SECRETS)
        assert sorted(path.rpartition("/")[2] for path, _text in kept) == ["", "icon.svg", "main.js", "page.css"]
        token = page.evaluate("sessionStorage.getItem('hamraz.token')")
        assert token and not [path for path, text in kept if token in text or "a secret between us" in text]

        page.context.set_offline(True)
        page.reload()
        expect(page.locator(".loading-word")).to_contain_text("Hamraz isn")
        page.context.set_offline(False)
        page.reload()
        expect(page.locator("html")).to_have_attribute("data-screen", "chat")
        # what isn't the page is no other Hamraz
        page.goto(f"{page.url.partition('#')[0]}manifest.webmanifest")
        page.go_back()
        expect(page.locator("html")).to_have_attribute("data-screen", "chat")
        assert page.evaluate(workers) == 1

        monkeypatch.setattr(page_app, "tree_state", lambda *_paths: "f" * 16)
        page.reload()
        expect(page.locator("html")).to_have_attribute("data-screen", "chat")
        until(lambda: page.evaluate(workers) == 0 and page.evaluate(SECRETS) == [], what="its end")
