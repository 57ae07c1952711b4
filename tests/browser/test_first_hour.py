"""The first hour: from nothing to a group of four, by the page alone; what to do first is said, and goes away."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.axe import violations
from tests.browser.pictures import picture
from tests.browser.window import OpenPage, Window
from tests.processes import PASSWORD, Agent, Network

NARROW = {"width": 390, "height": 800}
WIDE = {"width": 1280, "height": 800}
NEWCOMERS = {"sara": WIDE, "کیان": NARROW, "omid": WIDE}


def errors(window: Window) -> dict[str, str]:
    """Which fields have an error now, and which."""
    found: dict[str, str] = window.page.evaluate(
        "() => Object.fromEntries([...document.querySelectorAll('.field.has-error')]"
        ".map((one) => [one.querySelector('input').id, one.querySelector('[data-error]').dataset.error]))"
    )
    return found


def expect_errors(window: Window, **wanted: str) -> None:
    for field, code in wanted.items():
        expect(window.page.locator(f"#{field.replace('_', '-')}-error")).to_have_attribute("data-error", code)
    assert errors(window) == {field.replace("_", "-"): code for field, code in wanted.items()}


@pytest.fixture
def network(tmp_path: Path) -> Network:
    return Network(tmp_path / "network")


def test_from_nothing_to_a_group_of_four(network: Network, tmp_path: Path, open_page: OpenPage) -> None:
    with network:
        agents = [Agent(tmp_path / f"agent-{n}") for n in range(4)]  # that know nothing
        network.agents += agents
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(Agent.start, agents))

        # the owner: a link, an account, and then the one thing to do
        owner = Window(open_page(viewport=WIDE), agents[0]).go()
        owner.is_on("join")
        owner.fill(join_link=network.authority.owner_link)
        owner.submit()
        owner.is_on("sign_up")
        owner.sign_up("arash")
        alone = owner.page.locator("[data-empty=alone]")
        expect(alone.locator(".qr")).to_be_visible()
        expect(alone.locator("[data-invitation-code]")).to_be_visible()
        # and how others see one: led there once, and never again after it is done
        hint = owner.page.locator("[data-ask-profile]")
        expect(hint).to_be_visible()
        assert violations(owner.page) == []
        hint.locator("[data-edit-profile]").click()
        owner.page.locator("#display-name").fill("Arash Rad")
        owner.page.locator("[data-dialog=profile] [type=submit]").click()
        expect(hint).to_have_count(0)
        link = alone.locator(".link-box").inner_text()
        owner.page.set_viewport_size(NARROW)
        expect(owner.page.locator("[data-invite]")).to_be_visible()
        assert violations(owner.page) == []
        owner.page.locator("[data-invite]").click()
        expect(owner.page.locator("[data-dialog=join_link] .link-box")).to_have_text(link)
        owner.page.keyboard.press("Escape")
        owner.page.set_viewport_size(WIDE)

        # the others, with what the owner gave them; whoever is there is shown to the next
        windows = []
        for (name, size), agent in zip(NEWCOMERS.items(), agents[1:], strict=True):
            window = Window(open_page(viewport=size), agent).go()
            windows.append(window)
            window.is_on("join")
            window.fill(join_link=link)
            window.submit()
            window.is_on("sign_up")
            window.sign_up(name)
            known = window.page.locator(
                ".first-steps [data-write-to]:visible, [data-empty=first] [data-write-to]:visible"
            )
            expect(known).to_have_count(1 + list(NEWCOMERS).index(name))
            assert violations(window.page) == []
        expect(owner.page.locator("[data-empty=first] [data-write-to]")).to_have_count(3)
        expect(alone).to_have_count(0)  # it went away by itself

        # one press, and one is in a conversation; then the hint is gone as well
        kian = windows[1]
        kian.page.locator('.first-steps [data-name="arash"]').click()
        kian.write("salam")
        expect(kian.message("salam")).to_have_attribute("data-state", "delivered")
        kian.page.locator(".back").click()
        kian.is_on("list")
        expect(kian.page.locator(".first-steps")).to_have_count(0)
        expect(owner.row("کیان")).to_be_visible()
        expect(owner.page.locator("[data-empty=choose]")).to_be_visible()

        # a group of the four
        owner.page.locator("#new").click()
        owner.page.locator("[data-item=group]").click()
        owner.page.locator("#group-name").fill("Us four")
        owner.page.locator("[data-dialog=new_group] [data-picture-file]").set_input_files(
            files=[{"name": "us.png", "mimeType": "image/png", "buffer": picture(300, 200)}]
        )
        expect(owner.page.locator("[data-dialog=new_group] [data-crop]")).to_be_visible()
        assert violations(owner.page) == []
        owner.page.locator("#group-who-all").check()
        owner.page.locator("[data-dialog=new_group] [type=submit]").click()
        expect(owner.page.locator('section.pane[data-chat^="g:"]')).to_be_visible()
        for window in windows:
            window.row("Us four").click()
            window.page.locator(".invitation footer .primary").first.click()
            expect(window.composer).to_be_visible()
            expect(window.page.locator(".panel-head [data-portrait]")).to_be_visible()
        owner.write("all of us")
        for window in windows:
            expect(window.message("all of us")).to_be_visible()
        for window in (owner, *windows):
            window.page.close()


def test_a_form_tells_everything_at_once_and_while_one_types(network: Network, open_page: OpenPage) -> None:
    with network:
        agent = network.agent("--join", network.authority.owner_link)
        window = Window(open_page(viewport=NARROW), agent).go()
        window.is_on("sign_up")
        window.submit()
        expect_errors(window, email="empty", username="empty", password="empty", password_confirm="empty")
        expect(window.page.locator("#email")).to_be_focused()

        window.page.reload()
        window.is_on("sign_up")
        # nothing is said of a field in which one still writes; once it was left, it is, and then with each letter
        window.page.locator("#email").press_sequentially("sara")
        assert errors(window) == {}
        window.page.keyboard.press("Tab")
        expect_errors(window, email="email_form")
        window.page.locator("#email").press_sequentially("@example.org")
        expect(window.page.locator(".has-error")).to_have_count(0)

        strength = window.page.locator("[data-strength]")
        for password, good in (("abc", "0"), ("Tr0ub4dor&3xy", "1"), ("three or four words", "2"), (PASSWORD * 2, "3")):
            window.fill(password=password)
            expect(strength).to_have_attribute("data-strength", good)
        window.fill(password="short", password_confirm="shorter", username="o")
        # as long as a finger rests on it: nothing comes between that would push it away
        window.page.locator("form [type=submit]").click(delay=300)
        expect_errors(window, username="name_form", password="password_weak", password_confirm="password_mismatch")
        expect(window.page.locator("#username")).to_be_focused()
        assert violations(window.page) == []
        # and they go one by one as what they are about is mended
        window.fill(username="sara")
        expect(window.page.locator("#username-error")).to_have_count(0)
        window.fill(password=PASSWORD)
        expect(window.page.locator("#password-error")).to_have_count(0)
        expect_errors(window, password_confirm="password_mismatch")
        window.fill(password_confirm=PASSWORD)
        window.submit()
        window.kit_later()
        window.page.close()
