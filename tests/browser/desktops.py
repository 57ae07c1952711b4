"""Several people at their pages: agents, pages of them in Chromium, and what one does at a page to get somewhere."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from launch.agent_api import AgentApi
from tests.browser import window
from tests.chromium import Watch
from tests.processes import Agent, Network, Service, until
from tests.tabs import Profiles

PATIENCE = 30_000  # ms; the machine may be busy with other things


class Desktop:
    """One person: an agent, a page that stays open, and a program at the same agent."""

    def __init__(self, agent: Agent, profiles: Profiles, watch: Watch, locale: str) -> None:
        self.name = agent.name
        self.agent = agent
        self.bot: AgentApi = agent.program()
        self.uid: str = self.bot.call("snapshot")["me"]["uid"]
        self._profiles = profiles
        self.page: Page = profiles.open(locale=locale, viewport={"width": 1280, "height": 800})
        self.page.set_default_timeout(PATIENCE)
        watch.follow(self.page)
        self.page.goto(agent.page)
        expect(self.page.locator("#new")).to_be_visible()
        self.page.evaluate("window.stayed = true")  # gone if the page is ever loaded again

    def close(self) -> None:
        self.bot.close()
        self._profiles.close(self.page)

    @property
    def never_reloaded(self) -> bool:
        return bool(self.page.evaluate("window.stayed === true"))

    def put_away(self) -> None:
        """Close the dialog or menu that a test which failed has left open."""
        if self.at("[data-dialog], [role=menu]").count():
            self.page.keyboard.press("Escape")

    def at(self, selector: str) -> Locator:
        return self.page.locator(selector)

    def kit_later(self) -> None:
        """Put off the recovery kit, which is offered once an account is made."""
        expect(self.at("[data-dialog=kit] [data-sheet]")).to_be_visible()
        self.at("[data-kit-act=later]").click()
        expect(self.at("[data-dialog]")).to_have_count(0)

    def section(self, name: str) -> None:
        self.at(f"[data-section={name}]").click()

    def row(self, chat: str) -> Locator:
        return self.at(f'.row[data-chat="{chat}"]')

    def open(self, chat: str) -> Locator:
        """Open a conversation by its row; the pane."""
        pane = self.at(f'section.pane[data-chat="{chat}"]')
        if not pane.count():
            if not self.row(chat).is_visible():
                self.section("chats")
            self.row(chat).click()
        expect(pane).to_be_visible()
        return pane

    def details(self, chat: str) -> Locator:
        """Open a conversation and its details; the details."""
        pane = self.open(chat)
        details = self.at("[data-details-pane]")
        if not details.count():
            pane.locator("[data-details]").click()
        expect(details).to_be_visible()
        return details

    def write(self, text: str) -> None:
        self.at("#write").fill(text)
        self.at("#write").press("Enter")

    def message(self, text: str) -> Locator:
        """The messages of the open conversation that say this."""
        return self.at('[data-message][data-kind="text"]').filter(has_text=text)

    def line(self, *words: str) -> Locator:
        """The group's own lines of the open conversation that have all these words."""
        lines = self.at('[data-message][data-kind="system"]')
        for word in words:
            lines = lines.filter(has_text=word)
        return lines

    def wait_until(self, condition: Callable[[Desktop], bool], what: str) -> None:
        """Until this agent knows something."""
        until(partial(condition, self), PATIENCE / 1000, f"{what} at {self.name}")

    def group(self, chat: str) -> dict[str, Any]:
        """Group, as the agent's API has it."""
        found: dict[str, Any] = next(
            one["group"] for one in self.bot.call("snapshot")["conversations"] if one["chat"] == chat
        )
        return found

    def person(self, other: Desktop) -> dict[str, Any]:
        """Person, as the agent's API has it."""
        snapshot = self.bot.call("snapshot")
        found: dict[str, Any] = next(one for one in [*snapshot["people"], snapshot["me"]] if one["uid"] == other.uid)
        return found


class Desktops:
    """An authority with people of these names at it, the first one its super admin."""

    def __init__(self, folder: Path, profiles: Profiles, names: dict[str, str]) -> None:
        self.watch = Watch()
        self.network = Network(folder)
        expect.set_options(timeout=PATIENCE)
        with _ended_on_error(self.network):
            self.network.authority.start()
            agents = _sign_up(self.network, folder, list(names))
            self.by_name = {agent.name: Desktop(agent, profiles, self.watch, names[agent.name]) for agent in agents}

    def __getitem__(self, name: str) -> Desktop:
        return self.by_name[name]

    def __enter__(self) -> Desktops:
        return self

    @contextmanager
    def for_a_test(self) -> Iterator[Desktops]:
        """As good as new; an error in a page's console meanwhile fails the test."""
        self.watch.problems.clear()
        for desktop in self.by_name.values():
            desktop.put_away()
        yield self
        assert self.watch.unexpected() == []

    def __exit__(self, *_: object) -> None:
        for desktop in self.by_name.values():
            desktop.close()
        self.network.__exit__(None, None, None)
        expect.set_options(timeout=window.PATIENCE)  # what the tests of one window have, whichever come after

    def make_group(self, maker: str, members: list[str], name: str, history: str = "all", join: bool = True) -> str:
        """A group made without the page; its conversation. With `join` everybody is in it."""
        made = self[maker].bot.call("public_chat_method", user_to_add=members, name=name, history=history)
        chat: str = made["chat"]
        for member in members:
            bot = self[member].bot
            bot.wait_for(lambda event, value: event == "conversation" and value["chat"] == chat, PATIENCE / 1000)
            if join:
                bot.call("answer_invitation", group_id=made["group_id"], join=True)
        if join:
            everybody = {self[one].uid for one in [maker, *members]}
            for one in [maker, *members]:
                self[one].wait_until(lambda desktop: everybody == _joined(desktop.group(chat)), f"all of {name}")
        return chat

    def give_role(self, by: str, to: str, role: str) -> None:
        """Give a role without the page, and wait until every agent knows it."""
        self[by].bot.call("add_permissions", username=to, role_value=role)
        for desktop in self.by_name.values():
            desktop.wait_until(lambda desktop: bool(desktop.person(self[to])["role"] == role), f"{to}'s role")


@contextmanager
def halted(service: Service) -> Iterator[None]:
    """The process stands still meanwhile, and what it was sent waits."""
    assert service.child is not None
    os.kill(service.child.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(service.child.pid, signal.SIGCONT)


@contextmanager
def _ended_on_error(network: Network) -> Iterator[None]:
    try:
        yield
    except BaseException:
        network.__exit__(None, None, None)
        raise


def _joined(group: dict[str, Any]) -> set[str]:
    return {member["uid"] for member in group["members"] if member["state"] == "joined" and member["acked"]}


def _sign_up(network: Network, folder: Path, names: list[str]) -> list[Agent]:
    """Agents of these people, each of whom knows all others; all but the first at the same time."""
    first, *others = names
    network.account(first)
    link = network.authority.join_link
    agents = [Agent(folder / f"agent-of-{place}", "eventlet", "--join", link) for place, _name in enumerate(others)]
    network.agents += agents

    def begin(agent: Agent, name: str) -> None:
        agent.start()
        agent.sign_up(name)

    with ThreadPoolExecutor() as pool:
        list(pool.map(begin, agents, others))
    for agent in network.agents:
        with agent.program() as bot:
            until(partial(_knows, bot, set(names)), 30, f"everybody at {agent.name}")
    return network.agents


def _knows(bot: AgentApi, names: set[str]) -> bool:
    return names <= {one["name"] for one in bot.call("snapshot")["people"]}
