"""The authority goes down and comes back: what the page says, what goes on without it, and what waits for it."""

from __future__ import annotations

import re
import resource
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from launch.agent_api import AgentApi
from tests.browser.shared_network import SharedNetwork
from tests.browser.window import OpenPage, Pair, Window
from tests.processes import until


@pytest.fixture(autouse=True)
def whole(shared_network: SharedNetwork) -> Iterator[None]:
    """Whatever a test has stopped runs again after it."""
    yield
    shared_network.mend()


def meet(pair: Pair, text: str) -> None:
    """Each writes to the other, so that both know where the other's agent is."""
    for window, name in zip(pair, ("کیان", "sara"), strict=True):
        window.begin(name)
    for writer, reader in (pair, pair[::-1]):
        writer.write(text)
        expect(writer.message(text).last).to_have_attribute("data-state", "read")
        expect(reader.message(text).last).to_be_visible()


def test_private_chat_goes_on_while_the_authority_is_down(shared_network: SharedNetwork, pair: Pair) -> None:
    sara, kian = pair
    meet(pair, "while it is there")
    shared_network.network.authority.kill()
    for window in pair:
        banner = window.page.locator("[data-banner=authority]")
        expect(banner).to_be_visible()
        expect(banner).to_contain_text("You can still message people you know")
        expect(window.page.locator("[data-link=down]")).to_be_visible()

    for writer, reader, text in [(sara, kian, "can you hear me?"), (kian, sara, "loud and clear")]:
        writer.write(text)
        expect(reader.message(text)).to_be_visible()
        expect(writer.message(text)).to_have_attribute("data-state", "read")

    # One's own agent may even start anew: the other's is where it was.
    sara.page.keyboard.press("Control+Alt+l")
    sara.is_on("log_in")
    sara.log_in("sara")
    expect(sara.page.locator("[data-banner=authority]")).to_be_visible()
    sara.row("کیان").click()
    sara.write("I was away for a moment")
    expect(kian.message("I was away for a moment")).to_be_visible()
    sara.page.get_by_role("button", name="Try now").click()
    expect(sara.page.locator("[data-banner=authority]")).to_be_visible()

    shared_network.network.authority.start()
    sara.page.get_by_role("button", name="Try now").click()
    for window in pair:  # the other one comes back by itself
        expect(window.page.locator("[data-banner]")).to_have_count(0, timeout=40_000)
        expect(window.page.locator("[data-link=up]")).to_be_visible()
    kian.write("all is well again")
    expect(sara.message("all is well again")).to_be_visible()


def a_group(shared_network: SharedNetwork) -> tuple[str, str]:
    """A group of sara and کیان, made without the page: (its conversation, its name)."""
    sara, kian = shared_network.people["sara"], shared_network.people["کیان"]
    with sara.program() as maker, kian.program() as guest:
        made = maker.call("public_chat_method", user_to_add=["کیان"], name="without it")
        guest.wait_for(lambda event, value: event == "conversation" and value["chat"] == made["chat"], 30)
        guest.call("answer_invitation", group_id=made["group_id"], join=True)
        until(lambda: all(one["state"] == "joined" for one in members(maker, made["chat"])), 30, "both in the group")
    return made["chat"], "without it"


def members(program: AgentApi, chat: str) -> list[dict[str, Any]]:
    found = next(one for one in program.call("snapshot")["conversations"] if one["chat"] == chat)
    return list(found["group"]["members"])


def test_to_somebody_new_and_to_a_group_it_waits_for_the_authority_and_goes_out_once(
    shared_network: SharedNetwork, pair: Pair, open_page: OpenPage
) -> None:
    sara, kian = pair
    newcomer = Window(open_page(), shared_network.network.account("parisa")).come_in()
    _chat, group = a_group(shared_network)
    sara.begin("parisa")
    shared_network.network.authority.stop()
    expect(sara.page.locator("[data-banner=authority]")).to_be_visible()
    sara.write("welcome, parisa")
    expect(sara.message("welcome, parisa")).to_have_attribute("data-state", "waiting")
    sara.row(group).click()
    sara.write("to all of us")
    expect(sara.message("to all of us")).to_have_attribute("data-state", "waiting")
    expect(sara.page.locator("[data-banner=authority] .queue")).to_contain_text("2")
    assert newcomer.row("sara").count() == 0
    sara.row("کیان").click()
    sara.write("but this goes straight")
    expect(sara.message("but this goes straight")).to_have_attribute("data-state", re.compile("delivered|read"))

    shared_network.network.authority.start()
    sara.row(group).click()
    expect(sara.message("to all of us")).not_to_have_attribute("data-state", "waiting", timeout=40_000)
    kian.row(group).click()
    expect(kian.message("to all of us")).to_have_count(1)
    expect(sara.message("to all of us")).to_have_count(1)
    sara.row("parisa").click()
    expect(sara.message("welcome, parisa")).to_have_attribute(
        "data-state", re.compile("delivered|read"), timeout=40_000
    )
    newcomer.row("sara").click()
    expect(newcomer.message("welcome, parisa")).to_have_count(1)
    expect(sara.message("welcome, parisa")).to_have_attribute("data-state", "read")
    expect(sara.message("welcome, parisa")).to_have_count(1)
    expect(sara.page.locator("[data-banner]")).to_have_count(0, timeout=40_000)


FULL = 200  # messages of one sender that a mailbox holds


@pytest.mark.timeout(300)
@pytest.mark.long
def test_a_full_mailbox_is_told_at_the_message_and_when_there_is_room_it_goes_out(
    shared_network: SharedNetwork, pair: Pair
) -> None:
    """jose is away, with his agent, and more is written than his mailbox takes."""
    sara, _kian = pair
    jose = shared_network.people["jose"]
    sara.begin("jose")
    sara.write("the first")
    expect(sara.message("the first")).to_have_attribute("data-state", re.compile("delivered|read"))
    jose.stop()
    with shared_network.people["sara"].program() as bot:
        for number in range(FULL):
            bot.call("private_chat", username="sara", client_b_username="jose", message=f"waits {number}")
    sara.write("one too many")
    late = sara.message("one too many")
    expect(late.locator("[data-why=mailbox_full]")).to_contain_text("mailbox is full", timeout=60_000)
    expect(late).to_have_attribute("data-state", "waiting")
    expect(sara.message(f"waits {FULL - 1}").last).to_have_attribute("data-state", "authority", timeout=60_000)
    jose.start()
    jose.login()
    expect(late).to_have_attribute("data-state", re.compile("delivered|read"), timeout=90_000)
    expect(late.locator("[data-why]")).to_have_count(0)
    with jose.program() as program:
        chat = next(one["chat"] for one in program.call("snapshot")["conversations"] if one["name"] == "sara")

        def texts() -> list[str]:
            found = program.call("history", chat=chat, limit=200)["messages"]
            first = program.call("history", chat=chat, limit=200, before=found[0]["position"])["messages"]
            return [one["text"] for one in first + found]

        until(lambda: texts() == ["the first", *(f"waits {number}" for number in range(FULL)), "one too many"], 60)


def test_one_s_own_disk_takes_nothing_and_then_again(shared_network: SharedNetwork, pair: Pair) -> None:
    """The kernel lets the agent's files grow no further: said with what to do, and gone by itself."""
    sara, kian = pair
    meet(pair, "while there is room")
    agent = shared_network.people["sara"]
    assert agent.child is not None
    limits = resource.prlimit(agent.child.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(agent.child.pid, resource.RLIMIT_FSIZE, (4096, limits[1]))
    banner = sara.page.locator("[data-banner=disk]")
    try:
        sara.write("x" * 20_000)
        expect(banner).to_be_visible()
        expect(banner).to_have_attribute("role", "alert")
        expect(banner).to_contain_text("Nothing can be saved on this computer now")
        expect(banner).to_contain_text("it goes on by itself")
        expect(kian.page.locator("[data-banner=disk]")).to_have_count(0)
    finally:
        resource.prlimit(agent.child.pid, resource.RLIMIT_FSIZE, limits)
    expect(banner).to_have_count(0)
