"""Joining and signing up through the page: who becomes what, and every refusal beside the field that it is about."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from protocol import links
from tests.browser.shared_network import SharedNetwork
from tests.browser.window import OpenPage, Window
from tests.processes import PASSWORD, Agent, Network, free_port

GOOD = {"email": "dara@example.org", "username": "dara", "password": PASSWORD, "password_confirm": PASSWORD}
GROUP_LINK = f"web+hamraz:/join/{'0f' * 16}/{'1e' * 32}/{'2d' * 16}/Family"


@pytest.fixture(scope="module")
def stranger(shared_network: SharedNetwork) -> Agent:
    """An agent that has joined and has no account; no test here gives it one."""
    return shared_network.network.agent("--join", shared_network.network.authority.join_link)


def test_join_then_the_owner_becomes_the_super_admin_and_the_next_a_beginner(
    tmp_path: Path, open_page: OpenPage
) -> None:
    with Network(tmp_path / "network") as network:
        # Two agents that know nothing, and have no authority in the folder beside them.
        agents = [Agent(tmp_path / name / "agent") for name in ("next", "owner")]
        for agent in agents:
            network.agents.append(agent)
            agent.start()
        early, owner = (Window(open_page(), agent).go() for agent in agents)

        refuse_wrong_links(early, network.authority.join_link)
        early.page.reload()
        early.is_on("join")  # none of them was kept
        void = replace(links.decode(network.authority.join_link), invitation="a" * 16)
        early.fill(join_link=void.encode())
        early.submit()
        early.is_on("sign_up")
        early.page.locator("[data-elsewhere]").click()  # to another server, and back
        early.is_on("join")
        early.page.locator("[data-back]").click()
        early.is_on("sign_up")
        early.fill(email="kian@example.org", username="کیان", password=PASSWORD, password_confirm=PASSWORD)
        early.submit()
        early.refused_whole("no_invitation")
        with early.agent.door() as door:
            door.call("join", link=network.authority.join_link)
        early.submit()
        early.refused_whole("owner_first")

        owner.is_on("join")
        owner.fill(join_link=f"  {network.authority.owner_link}  ")
        owner.submit()
        owner.is_on("sign_up")
        owner.fill(email=" Sara@Example.org ", username=" sara ", password=PASSWORD, password_confirm=PASSWORD)
        owner.submit()
        owner.kit_later()

        early.page.evaluate("(link) => { location.hash = `#/open/${encodeURIComponent(link)}`; }", GROUP_LINK)
        early.submit()  # what was typed is still there
        expect(early.page.locator("[data-dialog=kit] [data-sheet]")).to_be_visible()
        early.page.locator("[data-kit-act=later]").click()
        expect(early.page.locator("[data-dialog=ask_join]")).to_contain_text("Family")  # and what they came with
        early.page.keyboard.press("Escape")
        for window in (owner, early):
            window.section("people")
            people = window.page.locator("tr[data-person]")
            expect(people).to_have_count(2)
            assert people.evaluate_all("rows => rows.map((row) => [row.dataset.name, row.dataset.role])") == [
                ["sara", "super admin"],
                ["کیان", "beginner user"],
            ]
        for window in (owner, early):  # before their agents end, for which they would call
            window.page.close()


def refuse_wrong_links(window: Window, good: str) -> None:
    """Try every link that is none, and those of an authority that is not there or is another one."""
    window.is_on("join")
    malformed = ["hello", "http://localhost:5050/", good[:-1], good.replace("#", "/"), good + "0", "ه" * 3000]
    for text in [*malformed, good.replace("127.0.0.1:", "127.0.0.1:99999")]:
        window.fill(join_link=text)
        window.submit()
        window.refused("join-link", "bad_link")
    window.fill(join_link=GROUP_LINK)  # what a newcomer may have been sent first
    window.submit()
    window.refused("join-link", "group_link_first")
    window.fill(join_link="")
    window.submit()
    window.refused("join-link", "empty")
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"port": free_port()}, "timed_out"),  # nobody is there
        ({"hosts": ("no-such-host.invalid",)}, "timed_out"),
        ({"authority_id": bytes(32)}, "wrong_authority"),  # somebody is there, but not the one of this link
    ]
    for changes, code in wrong:
        window.fill(join_link=replace(links.decode(good), **changes).encode())
        window.submit()
        window.refused_whole(code)


# --- what a sign-up may be refused for ---

REFUSALS = [
    ("taken name", {"username": "jose"}, "username", "name_taken"),
    ("taken name with capitals", {"username": "JOSE"}, "username", "name_lookalike"),
    ("Cyrillic letters like Latin ones", {"username": "јоѕе"}, "username", "name_lookalike"),
    ("Arabic kaf for Persian", {"username": "كیان"}, "username", "name_lookalike"),
    ("Arabic yeh for Persian", {"username": "کيان"}, "username", "name_lookalike"),
    ("two scripts", {"username": "joseعلی"}, "username", "name_scripts"),
    ("short name", {"username": "o"}, "username", "name_form"),
    ("long name", {"username": "o" * 33}, "username", "name_form"),
    ("far too long name", {"username": "o" * 5000}, "username", "name_form"),
    ("space in the name", {"username": "omid reza"}, "username", "name_form"),
    ("markup as a name", {"username": "<img src=x onerror=alert(1)>"}, "username", "name_form"),
    ("direction marks in the name", {"username": "omid\u202edimo"}, "username", "name_form"),
    ("emoji as a name", {"username": "🦊🦊"}, "username", "name_form"),
    ("taken e-mail", {"email": f" {b'sara'.hex().upper()}@EXAMPLE.org "}, "email", "email_taken"),
    ("no e-mail", {"email": "omid"}, "email", "email_form"),
    ("half an e-mail", {"email": "omid@"}, "email", "email_form"),
    ("two at signs", {"email": "omid@reza@example.org"}, "email", "email_form"),
    ("short password", {"password": "short", "password_confirm": "short"}, "password", "password_weak"),
    ("one letter", {"password": "a" * 20, "password_confirm": "a" * 20}, "password", "password_weak"),
    ("a run of keys", {"password": "qwertyuiopas", "password_confirm": "qwertyuiopas"}, "password", "password_weak"),
    ("two that differ", {"password_confirm": PASSWORD + "x"}, "password-confirm", "password_mismatch"),
    *((f"nothing as {name}", {name: ""}, name.replace("_", "-"), "empty") for name in GOOD),
]


def test_every_refusal_stands_beside_its_field(stranger: Agent, page: Page) -> None:
    window = Window(page, stranger).go()
    window.is_on("sign_up")
    window.fill(**GOOD)
    for what, change, field, code in REFUSALS:
        print(what)
        window.fill(**change)
        window.submit()
        error = window.refused(field, code)
        if code == "name_lookalike":
            expect(error).to_contain_text("کیان" if "ان" in change["username"] else "jose")
        # Nothing else of what was typed is lost.
        for name in GOOD.keys() - change.keys():
            expect(page.locator(f"#{name.replace('_', '-')}")).to_have_value(GOOD[name])
        window.fill(**{name: GOOD[name] for name in change})
    window.is_on("sign_up")
