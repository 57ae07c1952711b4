"""The join page on a host of its own: authorities appear, a person compares, joins, and types the code."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from protocol import links
from tests.browser.window import Window
from tests.lan.hosts import Lan
from tests.processes import PASSWORD, until


def test_an_authority_is_found_compared_joined_and_left_again(lan: Lan, open_page: Callable[..., Page]) -> None:
    server = lan.host("server", "10.82.0.1/24")
    agent = lan.agent(lan.host("desk", "10.82.0.2/24"))
    with agent.host.window(agent.port):
        window = Window(open_page(viewport={"width": 1280, "height": 900}), agent).go()
        view = window.page
        window.is_on("join")
        expect(view.locator(".found-item")).to_have_count(0)
        lab = lan.authority(server, "--name", "Computer lab")
        library = lan.authority(server, "--name", "کتاب‌خانه <b>")
        found = {
            link: view.locator(f'[data-found="{link}"]') for link in map(id_of, (lab.join_link, library.join_link))
        }
        for item in found.values():
            expect(item).to_have_count(1, timeout=20_000)
        expect(found[id_of(library.join_link)]).to_contain_text("کتاب‌خانه <b>")

        head, item = found[id_of(lab.join_link)].locator("button").first, found[id_of(lab.join_link)]
        expect(head).to_have_attribute("aria-expanded", "false")
        expect(item.locator(".digits")).to_be_hidden()
        head.focus()
        view.keyboard.press("Enter")
        expect(head).to_have_attribute("aria-expanded", "true")
        shown = item.locator(".digits span").all_inner_texts()
        assert " ".join(shown) == lab.line("digits: ")
        item.locator(".button.primary").click()
        window.is_on("sign_up")

        view.locator("[data-elsewhere]").click()  # the wrong one after all
        window.is_on("join")
        other = found[id_of(library.join_link)]
        other.locator("button").first.click()
        other.locator(".button.primary").click()
        window.is_on("sign_up")
        until(lambda: id_of(library.join_link) == agent_id(agent.door().call("status")))

        window.fill(email="p@example.org", username="parisa", password=PASSWORD, password_confirm=PASSWORD)
        window.submit()
        expect(view.locator("[data-error=empty]")).to_be_visible()  # the code
        window.fill(invitation="aaaa-aaaa-aaaa-aaaa")
        window.submit()
        expect(view.locator("[data-error=bad_invitation]")).to_be_visible()
        window.fill(invitation=library.line("invitation: ").upper())
        window.submit()
        window.refused_whole("owner_first")  # it lets in, and the owner goes first
        # one that ends says so, and is gone from the list
        view.locator("[data-elsewhere]").click()
        lab.stop()
        expect(found[id_of(lab.join_link)]).to_have_count(0, timeout=20_000)


def id_of(link: str) -> str:
    return links.decode(link).authority_id.hex()


def agent_id(status: dict[str, dict[str, str]]) -> str:
    return status["authority"]["id"]
