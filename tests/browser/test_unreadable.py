"""A message that can't be opened says why and what happens next, in either language; its proof. Before a fake agent."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from launch.packages import ROOT
from tests.browser.fake_agent import NOON, FakeAgent, Served, open_chat, uid_of
from tests.browser.window import OpenPage

# The closed list of docs/agent-api.md: cause, what is said, and what happens next.
CAUSES = {
    "no_key": ("can’t be opened yet", "opens by itself", "هنوز باز نمی‌شود", "خودش باز می‌شود"),
    "before_you": ("Earlier messages", "from joining on", "پیام‌های پیشین", "از زمان پیوستن"),
    "cannot_open": ("can’t be opened", "to send it again", "باز نمی‌شود", "دوباره بفرستد"),
    "bad_signature": ("isn’t certain that", "to send it again", "معلوم نیست", "دوباره بفرستد"),
    "key_revoked": ("doesn’t count any more", "to send it again", "دیگر به کار نمی‌برد", "دوباره بفرستد"),
    "bad_certificate": (
        "not what the server has confirmed",
        "invite you again",
        "همان نیست که سرور تأیید کرده",
        "دوباره دعوتتان",
    ),
    "bad_statement": ("isn’t put together", "update Hamraz and send it again", "ساخته نشده", "به‌روز کند"),
    "unknown_kind": ("this version doesn’t know", "Update Hamraz", "نمی‌شناسد", "به‌روز کنید"),
    "something_new": ("could not be opened", "to send it again", "باز نشد", "دوباره بفرستد"),
}


LISTED = re.compile(r"`why` names the cause: ([^)]*?), or the code")


def test_the_list_is_the_one_of_the_agent_s_api() -> None:
    found = LISTED.search((ROOT / "docs" / "agent-api.md").read_text(encoding="utf-8"))
    assert found is not None
    assert set(re.findall(r"`(\w+)`", found[1])) == CAUSES.keys() - {"something_new"}


@pytest.fixture(scope="module")
def served(served: Served) -> Served:
    """With somebody to write to."""
    served.fake_agent.private("sara")
    return served


@pytest.mark.parametrize("language", ["en", "fa"])
def test_every_cause_has_its_words_and_says_what_happens_next(
    served: Served, open_page: OpenPage, language: str
) -> None:
    page = served.enter(open_page(viewport={"width": 1280, "height": 800}), language)
    chat = served.fake_agent.private("sara")
    served.fake_agent.say(chat, "sara", "begin")
    open_chat(page, chat)
    for why, words in CAUSES.items():
        message = served.fake_agent.say(chat, "sara", kind="unreadable", why=why)
        line = page.locator(f'[data-message="{message["id"]}"]')
        expect(line.locator("[data-why]")).to_have_attribute("data-why", why)
        for said in words[:2] if language == "en" else words[2:]:
            expect(line).to_contain_text(said)
        if why not in ("before_you", "unknown_kind"):
            expect(line).to_contain_text("sara")
        expect(line.locator(".healing")).to_have_count(1 if why == "no_key" else 0)


def test_one_that_heals_opens_where_it_stands(served: Served, open_page: OpenPage) -> None:
    page = served.enter(open_page())
    chat = served.fake_agent.private("sara")
    message = served.fake_agent.say(chat, "sara", kind="unreadable", why="no_key")
    open_chat(page, chat)
    line = page.locator(f'[data-message="{message["id"]}"]')
    expect(line).to_contain_text("Opens by itself")
    served.fake_agent.change(message, kind="text", text="now it is open", why=None)
    expect(line).to_contain_text("now it is open")
    expect(line.locator(".healing")).to_have_count(0)


def proven(fake_agent: FakeAgent, message: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Details of this message, as an agent gives them."""
    found = {
        "signed_by": message["from"],
        "key": "7c1f90ab53d2e648" * 4,
        "key_entry": 1204,
        "key_current": True,
        "time": message["time"],
        "received": None,
        "sequence": 312,
        "place": None,
        "previous": "ab" * 32,
        "hash": "9f3c11de" * 8,
        "sealed": "one_time",
        "verified": True,
        "why": None,
        "receipts": [],
        "edits": [],
    } | more
    fake_agent.details[message["order"]] = found
    return found


def open_proof(page: Page, message: dict[str, Any]) -> None:
    line = page.locator(f'[data-message="{message["id"]}"]')
    line.locator(".bubble").hover()
    line.locator("[data-tool=proof]").click()


@pytest.mark.parametrize(
    ("language", "wanted"),
    [
        ("en", ["Verified: not changed", "You, ⁨arash⁩", "November 2026", "7c1f 90ab 53d2 e648", "log entry 1,204",
                "312, right after 311",
                "one-time key of ⁨sara⁩", "read by ⁨sara⁩ 09:", "the words before"]),
        ("fa", ["دست نخورده است", "شما، ⁨arash⁩", "۱۴۰۵", "7c1f 90ab 53d2 e648", "۱٬۲۰۴",
                "۳۱۲، درست پس از ۳۱۱",
                "یک‌بارمصرف ⁨sara⁩", "⁨sara⁩ در ۰۹:", "the words before"]),
    ],
)  # fmt: skip
def test_a_proof_says_who_signed_when_with_which_key_and_who_has_it(
    served: Served, open_page: OpenPage, language: str, wanted: list[str]
) -> None:
    page = served.enter(open_page(timezone_id="UTC", permissions=["clipboard-read", "clipboard-write"]), language)
    chat = served.fake_agent.private("sara")
    message = served.fake_agent.say(chat, "arash", "the words now", edited=NOON)
    found = proven(
        served.fake_agent,
        message,
        receipts=[{"uid": uid_of("sara"), "what": "read", "time": message["time"] + 1000}],
        edits=[{"time": message["time"], "text": "the words before"}],
    )
    open_chat(page, chat)
    open_proof(page, message)
    proof = page.locator("[data-popover=proof]")
    expect(proof.locator("[data-verified=true]")).to_be_visible()
    for words in wanted:
        expect(proof).to_contain_text(words)
    expect(page.locator(f'[data-message="{message["id"]}"]')).to_have_attribute("data-picked", "")
    copy = proof.locator("[data-security-details] button")
    expect(copy).to_be_hidden()
    proof.locator("summary").click()
    copy.click()
    expect(page.locator("[data-toast=ok]")).to_be_visible()
    assert json.loads(page.evaluate("navigator.clipboard.readText()")) == found
    page.keyboard.press("Escape")
    expect(proof).to_have_count(0)


def test_a_proof_that_does_not_hold_says_so_and_why(served: Served, open_page: OpenPage) -> None:
    page = served.enter(open_page())
    fake_agent = served.fake_agent
    chat = fake_agent.private("sara")
    sealed = fake_agent.say(chat, "sara", kind="unreadable", why="bad_signature")
    proven(fake_agent, sealed, verified=False, why="bad_signature", key_current=False, sequence=1, sealed="last_resort")
    open_chat(page, chat)
    open_proof(page, sealed)
    proof = page.locator("[data-popover=proof]")
    expect(proof.locator("[data-verified=false]")).to_contain_text("isn’t certain that ⁨sara⁩ wrote this")
    expect(proof).to_contain_text("replaced since")
    expect(proof).to_contain_text("the first one")
    page.keyboard.press("Escape")
    waiting = fake_agent.say(chat, "arash", "no way out yet", state="waiting")
    proven(fake_agent, waiting, verified=False, why="waiting", sequence=None, sealed=None)
    open_proof(page, waiting)
    expect(proof.locator("[data-verified=false]")).to_contain_text("It hasn’t been sent yet")
    page.keyboard.press("Escape")
    fake_agent.refuse["message_details"] = "no_such_chat"
    try:
        open_proof(page, sealed)
        expect(proof.locator("[data-error=no_such_chat]")).to_be_visible()
    finally:
        fake_agent.refuse.clear()


def test_in_a_group_the_proof_has_the_place_in_its_chain(served: Served, open_page: OpenPage) -> None:
    page = served.enter(open_page())
    fake_agent = served.fake_agent
    chat = fake_agent.group("Workshop", ("sara", "omid"))
    message = fake_agent.say(chat, "omid", "to all")
    receipts = [{"uid": uid_of(name), "what": "delivered", "time": NOON} for name in ("sara", "omid")]
    proven(fake_agent, message, place={"n": 41, "epoch": 3}, sealed="epoch", received=NOON, receipts=receipts)
    open_chat(page, chat)
    open_proof(page, message)
    proof = page.locator("[data-popover=proof]")
    for words in ("41 in the group’s chain, under key number 3", "the group’s key of that time", "⁨omid⁩", "Arrived"):
        expect(proof).to_contain_text(words)
