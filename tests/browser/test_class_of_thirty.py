"""From nothing to a class of thirty: the presses and the seconds, with as many agents as people. Its short form, with
five, is in test_groups.py.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from launch.agent_api import AgentApi, Refused
from launch.failure import Failure
from tests.browser.axe import violations
from tests.browser.window import OpenPage, Window
from tests.processes import Agent, Network, until

pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]

PUPILS = 30


class Presses:
    """Counts what the owner presses, typing apart."""

    def __init__(self) -> None:
        self.n = 0

    def __call__(self, locator: Locator) -> None:
        locator.click(timeout=60_000)
        self.n += 1


def all_of(bots: list[AgentApi], action: Callable[[AgentApi], Any]) -> list[Any]:
    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(action, bots))


def pupil(network: Network, folder: Path) -> Agent:
    """An agent that knows the server; of so many, one may find its port taken by another's line."""
    for more in (True, True, False):
        agent = Agent(folder, "eventlet", "--join", network.authority.join_link)
        try:
            agent.start()
        except Failure:
            if not more:
                raise
        else:
            network.agents.append(agent)
            return agent
    raise AssertionError


def chat_of(bot: AgentApi, chat: str) -> dict[str, Any] | None:
    return next((one for one in bot.call("snapshot")["conversations"] if one["chat"] == chat), None)


def test_a_class_of_thirty(tmp_path: Path, open_page: OpenPage, capsys: pytest.CaptureFixture[str]) -> None:
    times: dict[str, float] = {}
    with Network(tmp_path / "network") as network:
        owner_agent = network.account("teacher")
        with ThreadPoolExecutor(6) as pool:
            agents = list(pool.map(lambda n: pupil(network, tmp_path / f"agent-{n}"), range(PUPILS)))
        for n, agent in enumerate(agents):
            agent.sign_up(f"pupil-{n + 1:02}")
        bots = [agent.program() for agent in agents]
        window = Window(open_page(viewport={"width": 390, "height": 800}), owner_agent).come_in()
        page, press = window.page, Presses()
        page.locator("#new").wait_for()

        began = time.monotonic()
        press(page.locator("#new"))
        press(page.locator("[data-item=group]"))
        page.locator("#group-name").fill("Class 4b")
        press(page.locator("#group-who-all"))
        expect(page.locator("[data-ticked]")).to_have_attribute("data-ticked", str(PUPILS))
        press(page.locator("[data-dialog=new_group] [type=submit]"))
        pane = page.locator('section.pane[data-chat^="g:"]')
        expect(pane).to_be_visible(timeout=60_000)
        times["made, and open at the maker's"] = time.monotonic() - began
        chat = pane.get_attribute("data-chat") or ""
        gid = chat[2:]
        until(lambda: all(chat_of(bot, chat) for bot in bots), 120, "everybody is asked")
        times["everybody is asked"] = time.monotonic() - began
        all_of(bots, lambda bot: bot.call("answer_invitation", group_id=gid, join=True))
        expect(page.locator(".panel-head .sub")).to_contain_text(f"{PUPILS + 1} members", timeout=120_000)
        times["everybody is in"] = time.monotonic() - began
        assert press.n < 10

        began = time.monotonic()
        window.write("good morning")
        until(
            lambda: all((chat_of(bot, chat) or {})["last"]["text"] == "good morning" for bot in bots), 60, "all have it"
        )
        times["a message is at all of them"] = time.monotonic() - began

        # for announcements from now on, under another name, which all see
        page.locator("[data-title]").click()
        page.locator("[data-edit-group]").click()
        page.locator("#group-name").fill("Class 4b, news")
        page.locator("[name=write][value=ranked]").check()
        page.locator("[data-dialog=edit_group] [type=submit]").click()
        until(
            lambda: all((chat_of(bot, chat) or {})["name"] == "Class 4b, news" for bot in bots),
            120,
            "the new name at all",
        )
        until(
            lambda: {(chat_of(bot, chat) or {})["why_not"] for bot in bots} == {"ranked_only"}, 60, "nobody else writes"
        )
        assert violations(page) == []

        # one is removed, with a reason, and reads it
        out = bots[7]
        with owner_agent.program() as teacher:
            teacher.call(
                "send_public_message",
                message="pupil-08",
                group_id=gid,
                is_command=True,
                is_add=False,
                reason="moved to 4c",
            )
        until(lambda: (chat_of(out, chat) or {})["last"]["system"]["reason"] == "moved to 4c", 60, "the reason is told")
        with pytest.raises(Refused):
            out.call("reload_one_chat", group_id=gid)
        expect(page.locator(".panel-head .sub")).to_contain_text(f"{PUPILS} members")
        for bot in bots:
            bot.close()
        page.close()
    with capsys.disabled():
        print(f"\nA class of {PUPILS}: {press.n} presses;", ", ".join(f"{what} {s:.1f} s" for what, s in times.items()))
