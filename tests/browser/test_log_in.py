"""Logging in through the page: what it may be refused for, one live agent for each account, an agent that restarts."""

from __future__ import annotations

import os
import shutil
import signal
import time
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.shared_network import SharedNetwork, say
from tests.browser.window import OpenPage, Window
from tests.chromium import Watch
from tests.processes import Agent

NAME = "omid"
# What the browser says by itself of a WebSocket to an agent that isn't there.
GONE = "WebSocket connection to .* failed"


@pytest.fixture(scope="module")
def account(shared_network: SharedNetwork) -> Agent:
    """An agent with an account, which the tests here stop, damage and copy."""
    return shared_network.network.account(NAME)


@pytest.fixture
def agent(account: Agent) -> Agent:
    """This agent, running; its vault may be open. A test that leaves it as no other can use it stops it."""
    if account.child is None:
        account.start()
    return account


def at_door(page: Page, agent: Agent) -> Window:
    """The page of this agent with its vault locked."""
    lock(agent)
    window = Window(page, agent).go()
    window.is_on("log_in")
    return window


def lock(agent: Agent) -> None:
    with agent.program() as program:
        if program.call("status")["stage"] == "ready":
            program.call("lock")


def flip(path: Path, at: int) -> None:
    """Change one bit of a file; once more, and it is as it was."""
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


def test_a_wrong_password_is_refused_beside_it_and_the_right_one_opens(agent: Agent, page: Page) -> None:
    window = at_door(page, agent)
    window.log_in(NAME, "not the password at all")
    window.refused("password", "password")
    window.log_in("sara")
    window.refused("username", "vault_beside")
    window.log_in("")
    window.refused("username", "empty")
    window.log_in(f" {NAME} ")
    window.is_on("list")
    page.reload()
    window.is_on("list")  # the session stays with this tab
    page.keyboard.press("Control+Alt+l")
    window.is_on("log_in")
    page.reload()
    window.is_on("log_in")


def test_a_server_that_has_moved_is_told_by_its_new_join_link(
    agent: Agent, page: Page, shared_network: SharedNetwork
) -> None:
    """What only a newcomer needs isn't asked of who has an account; another server's link is refused there."""
    window = at_door(page, agent)
    page.locator("[data-elsewhere]").click()
    expect(page.locator("#join-link")).to_be_visible()
    expect(page.locator("[data-from-computer], [data-backup-file]")).to_have_count(0)
    assert violations(page) == []
    page.locator("[data-back-to-login]").click()
    window.is_on("log_in")
    page.locator("[data-elsewhere]").click()
    page.locator("#join-link").fill(shared_network.network.authority.join_link)
    page.locator("[type=submit]").click()
    window.is_on("log_in")
    window.log_in(NAME)
    window.is_on("list")


def test_a_damaged_vault_is_told_apart_from_a_wrong_password(agent: Agent, page: Page) -> None:
    window = at_door(page, agent)
    for name, at in [("vault.key", 60), ("vault.db", 5000)]:
        flip(agent.folder / name, at)
        window.log_in(NAME)
        window.refused_whole("vault_damaged")
        flip(agent.folder / name, at)
    window.log_in(NAME)
    window.is_on("list")  # nothing was overwritten


def test_a_second_live_agent_is_refused_and_a_dead_one_replaced(
    shared_network: SharedNetwork, agent: Agent, open_page: OpenPage, tmp_path: Path
) -> None:
    lock(agent)
    copy = Agent(tmp_path / "copy")
    shutil.copytree(agent.folder, copy.folder)
    first = at_door(open_page(), agent)
    first.log_in(NAME)
    first.is_on("list")

    shared_network.network.agents.append(copy)
    copy.start()
    second = at_door(open_page(), copy)
    second.log_in(NAME)
    second.is_on("list")  # its vault opens, whatever the authority says
    expect(second.page.locator("[data-banner=authority]")).to_contain_text("open in another copy of Hamraz")
    expect(first.page.locator("[data-link=up]")).to_be_visible()

    assert agent.child is not None
    os.kill(agent.child.pid, signal.SIGSTOP)  # as when the lid of a laptop is closed
    try:
        began = time.monotonic()
        second.page.locator("[data-banner=authority] .retry .button").last.click()
        expect(second.page.locator("[data-link=up]")).to_be_visible()
        assert time.monotonic() - began < 3 + 3, "an agent that says nothing for 3 s is replaced"
        os.kill(agent.child.pid, signal.SIGCONT)
        expect(second.page.locator("[data-link=up]")).to_be_visible()
        expect(first.page.locator("[data-banner=authority]")).to_contain_text("open in another copy of Hamraz")
    finally:
        os.kill(agent.child.pid, signal.SIGCONT)
        second.page.close()  # or it asks for the agent that ends now
        copy.stop()


def test_the_page_goes_on_after_its_agent_was_killed(
    shared_network: SharedNetwork, agent: Agent, page: Page, watch: Watch
) -> None:
    watch.allow(GONE)
    window = at_door(page, agent)
    window.log_in(NAME)
    window.begin("jose")
    window.write("before the agent was killed")
    expect(window.message("before the agent was killed")).to_have_attribute("data-state", "delivered")
    agent.kill()
    expect(page.locator("[data-banner=agent]")).to_be_visible()
    assert violations(page) == []
    window.write("while it was away")
    expect(window.message("while it was away").locator("[data-error=agent_away]")).to_be_visible()
    window.composer.fill("half a thought")
    # there is nobody to keep it: whoever would close the page is asked
    watch.allow("^dialog: ")
    with page.expect_event("dialog"):
        page.close(run_before_unload=True)

    agent.start()
    window.is_on("log_in")
    expect(page.locator("[data-error]")).to_have_count(0)
    expect(page.locator("form")).to_contain_text("Enter your password.")
    window.log_in(NAME)
    window.is_on("chat")  # where one was
    expect(window.message("before the agent was killed")).to_be_visible()
    expect(window.composer).to_have_value("half a thought")
    window.composer.fill("")
    say(shared_network.people["jose"], agent, "welcome back")
    expect(window.message("welcome back")).to_be_visible()


def test_after_many_tries_the_right_password_waits_for_its_turn(agent: Agent, page: Page) -> None:
    window = at_door(page, agent)
    for attempt in range(5):
        window.log_in(NAME, f"guess number {attempt}")
        window.refused("password", "password")
        expect(page.locator("form [aria-busy=true]")).to_have_count(0)
    window.log_in(NAME)
    window.is_on("list")
    agent.stop()  # who starts again is patient again
