"""A page on an agent to which somebody with an account has said whatever came to mind, in private and in a group: the
same rows as in tests/properties, a fixed choice of them, all drawn by a real page.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from playwright.sync_api import Page, expect

from protocol.roles import Role
from tests.browser.fake_agent import open_chat, serving
from tests.browser.window import OpenPage
from tests.processes import until
from tests.properties import hostile
from tests.properties.values import Pool
from web_client.account.chat_ids import ChatId

COUNT = 110
# Goes up and down through the talk until each line was drawn, as what is older comes when one is near it; the orders of
# what never was in half a minute, and where that ended.
WALK = """async (orders) => {
    const missing = new Set(orders.map(String));
    const frame = () => new Promise((go) => requestAnimationFrame(() => setTimeout(go)));
    const log = () => document.querySelector(".pane .log");
    const late = performance.now() + 30000;
    for (let down = false; missing.size && performance.now() < late; await frame()) {
        for (const line of log().querySelectorAll("[data-message]")) missing.delete(line.dataset.order);
        const { scrollTop, scrollHeight, clientHeight } = log();
        if (down ? scrollHeight - scrollTop - clientHeight < 2 : scrollTop < 2) down = !down;
        log().scrollTop += (down ? 0.8 : -0.8) * clientHeight;
    }
    const { scrollTop, scrollHeight } = log();
    return missing.size ? [[...missing], scrollTop, scrollHeight] : null;
}"""
ROWS = ("compose", "compose", "group", "group", "private")  # what becomes a row somewhere


def some_acts(pool: Pool) -> list[tuple[str, dict[str, Any]]]:
    """The same acts every time."""
    drawn: list[tuple[str, dict[str, Any]]] = []
    found = []
    for number in range(COUNT):
        # the first one is always the simplest there is
        @seed(number)
        @settings(max_examples=2, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
        @given(hostile.acts(pool, ROWS))
        def collect(act: tuple[str, dict[str, Any]]) -> None:
            drawn.append(act)

        collect()
        found.append(drawn[-1])
    return found


@pytest.fixture(scope="module")
def told() -> hostile.GroupWithMallory:
    """Arash and sara, to whom mallory has said it all."""
    served = hostile.GroupWithMallory(Role.BEGINNER)
    served.pool.ids += [bytes([at]) * 16 for at in range(16, 250)]  # so that most of it is new
    for what, drawn in some_acts(served.pool):
        served.act(what, drawn)
    return served


def orders_of(agent: Any, chat: str) -> list[int]:
    return [message["order"] for message in agent.history(chat, None, None, 200)["messages"]]


def look(page: Page, chat: str, orders: list[int]) -> None:
    """Each line of a whole conversation is drawn, and what stands beside it."""
    open_chat(page, chat)
    assert page.evaluate(WALK, orders) is None
    page.locator("button[data-details]").click()
    expect(page.locator("[data-details-pane]")).to_be_visible()
    page.locator("button[data-details]").click()


@pytest.mark.parametrize("language", [pytest.param("en", marks=pytest.mark.long), "fa"])
def test_whatever_a_sender_says_is_drawn(told: hostile.GroupWithMallory, open_page: OpenPage, language: str) -> None:
    sara = told.sara
    agent = sara.agent()
    private, group = ChatId.private(told.mallory.uid), ChatId.group(told.group_world.gid)
    orders = {chat: orders_of(agent, chat) for chat in (private, group)}
    assert min(map(len, orders.values())) > 20  # so that a sample of refusals is noticed
    with serving(agent) as served:  # type: ignore[arg-type]
        page = served.enter(open_page(viewport={"width": 1280, "height": 800}), language)
        for chat in (private, group):
            look(page, chat, orders[chat])
        page.locator("#search").fill("of old")
        expect(page.locator(".rows .hit").first).to_be_visible()
        page.locator("#search").fill("")
        for section, sight in (("people", "[data-person]"), ("trust", "[data-entry]")):
            page.locator(f"[data-section={section}]").click()
            expect(page.locator(sight).first).to_be_visible()
        page.locator("[data-section=chats]").click()
        open_chat(page, private)
        page.locator("#write").fill("and on we go")
        page.keyboard.press("Enter")
        expect(page.locator(".msg.own").last).to_contain_text("and on we go")
        assert page.locator("[data-not-shown]").count() == 0
        assert page.locator(".broken").count() == 0
    until(lambda: sara.texts(told.mallory)[-1] == "and on we go", what="that the agent has it")
