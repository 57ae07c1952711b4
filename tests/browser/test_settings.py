"""Settings: what this page keeps for itself, what the agent keeps for all of its pages, and the password."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.shared_network import SharedNetwork
from tests.browser.window import OpenPage, Window
from tests.processes import PASSWORD

CHOICES = {"set-receipts": "read_receipts", "set-typing": "typing", "set-presence": "presence"}


@pytest.fixture
def jose(shared_network: SharedNetwork, page: Page) -> Window:
    agent = shared_network.people["jose"]
    with agent.program() as bot:
        if bot.call("status")["stage"] != "ready":  # another test ended in the middle
            agent.login()
    window = Window(page, agent).come_in()
    window.section("settings")
    return window


def choose(window: Window, name: str, value: str) -> None:
    window.page.locator(f"input[name={name}][value={value}]").check(force=True)


def test_the_looks_stay_with_this_page(jose: Window) -> None:
    root = jose.page.locator("html")
    choose(jose, "language", "fa")
    expect(root).to_have_attribute("dir", "rtl")
    choose(jose, "theme", "dark")
    expect(root).to_have_attribute("data-theme", "dark")
    choose(jose, "size", "large")
    expect(root).to_have_attribute("data-size", "large")
    own = 'getComputedStyle(document.documentElement).getPropertyValue("--accent")'
    before = jose.page.evaluate(own)
    for accent in ("blue", "violet", "green"):
        choose(jose, "accent", accent)
        expect(root).to_have_attribute("data-accent", accent)
        assert jose.page.evaluate(own) != before
        assert violations(jose.page) == []
    choose(jose, "density", "compact")
    jose.page.reload()
    looks = {"data-accent": "green", "data-density": "compact"}
    for name, value in (("lang", "fa"), ("data-theme", "dark"), ("data-size", "large"), *looks.items()):
        expect(root).to_have_attribute(name, value)


def test_calendar_and_digits_are_chosen_apart(jose: Window, shared_network: SharedNetwork) -> None:
    jose.section("chats")
    jose.begin("sara")
    jose.write("a day of some calendar")
    day = jose.page.locator("[data-day]").last
    expect(day).to_contain_text("Today")

    def look(**chosen: str) -> str:
        jose.section("settings")
        for name, value in chosen.items():
            choose(jose, name, value)
        jose.section("chats")
        jose.row("sara").click()
        expect(day).to_be_visible()
        return day.inner_text()

    jalali = ("Farvardin", "Azar", "Dey", "Bahman", "Esfand", "Mehr", "Aban", "Tir", "Mordad", "Khordad")
    assert not any(month in look(language="en", calendar="own") for month in jalali)
    assert any(month in look(calendar="persian") for month in (*jalali, "Ordibehesht", "Shahrivar"))
    persian = look(language="fa", calendar="own")
    gregorian = look(calendar="gregory")
    assert persian != gregorian
    assert any(digit in gregorian for digit in "۰۱۲۳۴۵۶۷۸۹")
    assert any(digit in look(digits="latin") for digit in "0123456789")


def test_what_others_are_told_is_kept_by_the_agent(jose: Window, open_page: OpenPage) -> None:
    other = Window(open_page(), jose.agent).come_in()
    other.section("settings")
    for switch, name in CHOICES.items():
        for on in (False, True):
            jose.page.locator(f"#{switch}").set_checked(on)
            expect(other.page.locator(f"#{switch}")).to_be_checked(checked=on)
            with jose.agent.program() as bot:
                assert bot.call("snapshot")["settings"][name] is on


def test_another_password_opens_the_vault(jose: Window) -> None:
    new = "another long passphrase 1405"
    dialog = jose.page.locator("[data-dialog=password]")

    def change(now: str, to: str, again: str) -> None:
        jose.fill(password=now, new_password=to, new_password_confirm=again)
        dialog.locator("[type=submit]").click()

    jose.page.locator("#change-password").click()
    change("not this one at all", new, new)
    jose.refused("password", "password")
    change(PASSWORD, new, "something else")
    jose.refused("new-password-confirm", "password_mismatch")
    change(PASSWORD, new, new)
    expect(dialog).to_have_count(0)
    expect(jose.page.locator("#change-password")).to_be_focused()
    jose.page.keyboard.press("Control+Alt+l")
    jose.is_on("log_in")
    jose.log_in("jose", PASSWORD)
    jose.refused("password", "password")
    jose.log_in("jose", new)
    jose.section("settings")
    jose.page.locator("#change-password").click()
    change(new, PASSWORD, PASSWORD)
    expect(dialog).to_have_count(0)


def test_lock_and_log_out(jose: Window) -> None:
    jose.page.locator(".page-head .button:not(.primary)").click()
    jose.is_on("log_in")
    jose.log_in("jose")
    jose.section("settings")
    jose.page.locator(".set .button.stop").click()
    jose.page.locator("[data-dialog=log_out] [type=submit]").click()
    jose.is_on("log_in")
    jose.log_in("jose")
    jose.is_on("list")
