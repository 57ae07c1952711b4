"""Every screen that the page has, in an order in which one gets from each to the next, with things to see on them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from launch.agent_api import AgentApi
from tests.browser.window import Window
from tests.processes import PASSWORD, Agent, Network, until
from tests.tabs import Profiles

PEOPLE = ("arash", "sara", "نیلوفر", "omid")  # arash is the owner; omid has written with nobody
PATIENCE = 30_000  # ms

TALK = [
    (0, "The authority listens on 5050; our group negotiated its own port."),
    (1, "Worked here on the first try. Can it read what we write?"),
    (0, "No. It orders and stores, and every agent checks it."),
    (1, "پس اگر اینترنت هم قطع شود کار می‌کند؟"),
    (0, "بله، همه‌چیز روی همین شبکه است: http://192.168.1.20:5001"),
    (1, "```shell\npython3 run.py agent --port 5003\n```"),
]
GROUP = [
    (0, "Good morning. The lab opens at half past nine; bring your own laptop."),
    (2, "سوییچ روشن شد. هر لپ‌تاپ خودش آدرس می‌گیرد."),
    (1, "If the page doesn't open, tell me your port."),
    (0, "Thanks. I'll come ten minutes early."),
]


class Tour:
    """An authority and four people, three of whom have written. arash's page is the one that is looked at."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.network = Network(folder)
        self.people: dict[str, Agent] = {}
        self.group = ""

    def __enter__(self) -> Tour:
        self.network.__enter__()
        for name in PEOPLE:
            self.people[name] = self.network.account(name)
        bots = [self.people[name].program() for name in PEOPLE[:3]]
        self._write(bots)
        for bot in bots:
            bot.close()
        return self

    def __exit__(self, *error: Any) -> None:
        self.network.__exit__(None, None, None)

    def _write(self, bots: list[AgentApi]) -> None:
        arash, sara, _niloofar = bots
        arash.call("add_permissions", username="sara", role_value="advanced user")
        made = arash.call("public_chat_method", user_to_add=list(PEOPLE[1:3]), name="Workshop", history="all")
        self.group = made["chat"]
        for bot in bots[1:]:
            bot.wait_for(lambda name, value: name == "conversation" and value["chat"] == self.group, 30)
            bot.call("answer_invitation", group_id=made["group_id"], join=True)
        for who, text in GROUP:
            bots[who].call("send_message", chat=self.group, text=text)
            for bot in bots:
                until(lambda bot=bot, text=text: text in _last(bot), 30)  # type: ignore[misc]
        chats = [f"p:{bot.call('snapshot')['me']['uid']}" for bot in (sara, arash)]
        for who, text in TALK:
            bots[who].call("send_message", chat=chats[who], text=text)
            until(lambda who=who, text=text: text in _last(bots[1 - who]), 30)  # type: ignore[misc]
        until(lambda: _knows_role(sara, "advanced user"), 30)
        sara.call("public_chat_method", user_to_add=["arash"], name="Robotics club", history="joining")
        arash.wait_for(lambda name, value: name == "conversation" and value["name"] == "Robotics club", 30)

    def window(self, profiles: Profiles, name: str = "arash", **options: Any) -> Window:
        """A person's page in a context of its own, logged in."""
        page = profiles.open(**options)
        page.set_default_timeout(PATIENCE)
        return Window(page, self.people[name]).come_in()

    def chats(self, window: Window, only: Iterable[str] = ()) -> Iterator[str]:
        """What one sees while everything works: goes to one screen after the other and gives its name."""
        for name in only or SCREENS:
            SCREENS[name](window, self)
            settled(window.page)
            yield name
            back(window)

    def away(self, window: Window) -> Iterator[str]:
        """The same while the authority and sara are away."""
        self.people["sara"].stop()
        self.network.authority.stop()
        expect(window.page.locator("[data-banner=authority]")).to_be_visible(timeout=PATIENCE)
        open_row(window, "sara")
        window.write("Bring the HDMI adapter, please.")
        yield "offline"
        window.page.locator("[data-queue]").click()
        expect(window.page.locator("[data-waiting]")).to_have_count(1)
        settled(window.page)
        yield "queue"
        back(window)
        self.network.authority.start()
        self.people["sara"].start()
        self.people["sara"].login()

    def door(self, profiles: Profiles, **options: Any) -> Iterator[tuple[str, Page]]:
        """The screens before there is a session, each on a page of its own: (name, page)."""
        for name, more in (("join", ()), ("sign_up", ("--join", self.network.authority.join_link)), ("log_in", None)):
            if more is None:
                agent = self.people["omid"]
                with agent.program() as bot:
                    bot.call("lock")
            else:
                # in a folder without neighbours, from whom it would know the authority
                folder = self._folder / f"door-{len(self.network.agents)}" / name
                agent = Agent(folder, "eventlet", *more)
                self.network.agents.append(agent)
                agent.start()
            page = profiles.open(**options)
            page.goto(f"http://localhost:{agent.port}/")
            expect(page.locator("html")).to_have_attribute("data-screen", name)
            settled(page)
            yield name, page
            profiles.close(page)
            if more is None:
                agent.login()
            else:
                agent.stop()

    def loading(self, profiles: Profiles, **options: Any) -> Page:
        """The page whose agent never answers."""
        page = profiles.open(**options)
        page.route_web_socket("**", lambda socket: None)
        page.goto(f"http://localhost:{self.people['omid'].port}/")
        expect(page.locator("html")).to_have_attribute("data-screen", "loading")
        return page


def _last(bot: AgentApi) -> list[str]:
    """The last words of each conversation."""
    return [one["last"]["text"] for one in bot.call("snapshot")["conversations"] if one["last"]]


def _knows_role(bot: AgentApi, role: str) -> bool:
    return bool(bot.call("snapshot")["me"]["role"] == role)


def settled(page: Page) -> None:
    """Nothing moves any more."""
    page.evaluate("document.fonts.ready")
    until(lambda: page.evaluate(RESTING), 10, "the end of every animation")


# The dots of waiting go on for ever.
RESTING = """document.getAnimations().every(
    (one) => one.playState !== "running" || one.effect.getTiming().iterations === Infinity)"""


def back(window: Window) -> None:
    """To the list with nothing open, from wherever."""
    for _press in range(6):
        page = window.page
        if page.locator("html").get_attribute("data-screen") == "list" and not page.locator(OVER).count():
            return
        page.keyboard.press("Escape")
    window.section("chats")
    window.is_on("list")


OVER = "[data-dialog], [role=menu], #search:not(:placeholder-shown)"


def open_row(window: Window, name: str) -> None:
    window.row(name).click()
    expect(window.page.locator("section.pane[data-chat]")).to_be_visible()
    expect(window.page.locator("section.pane :is([data-message], .card)").first).to_be_visible()


def _section(name: str) -> Callable[[Window, Tour], None]:
    def go(window: Window, tour: Tour) -> None:
        window.section(name)
        window.is_on(name)

    return go


def _list(window: Window, tour: Tour) -> None:
    window.is_on("list")


def _chat(name: str) -> Callable[[Window, Tour], None]:
    return lambda window, tour: open_row(window, name)


def _then(first: Callable[[Window, Tour], None], *presses: str, seen: str) -> Callable[[Window, Tour], None]:
    """The screen `first`, then a press on each of these; `seen` shows that one is there."""

    def go(window: Window, tour: Tour) -> None:
        first(window, tour)
        for press in presses:
            window.page.locator(press).first.click()
        expect(window.page.locator(seen).first).to_be_visible()

    return go


def _search(window: Window, tour: Tour) -> None:
    window.page.locator("#search").fill("po")
    expect(window.page.locator("[data-hit]").first).to_be_visible()


def _search_here(window: Window, tour: Tour) -> None:
    open_row(window, "sara")
    window.page.locator("#chat-more").click()
    window.page.locator("[data-item=search]").click()
    window.page.locator("#search-within").fill("po")
    expect(window.page.locator("[data-search-pane] [data-hit]").first).to_be_visible()


def _row_menu(window: Window, tour: Tour) -> None:
    window.row("sara").click(button="right")
    expect(window.page.locator("[role=menu]")).to_be_visible()


def _shortcuts(window: Window, tour: Tour) -> None:
    window.page.locator(".rows .row[tabindex='0']").focus()
    window.page.keyboard.press("?")
    expect(window.page.locator("[data-dialog=shortcuts]")).to_be_visible()


def _kit(window: Window, tour: Tour) -> None:
    window.section("settings")
    window.page.locator("[data-kit=here] [data-open=kit]").click()
    window.page.locator("#kit-password").fill(PASSWORD)
    window.page.locator("#kit-password").press("Enter")
    expect(window.page.locator("[data-sheet]")).to_be_visible()


DETAILS = ("#chat-more", "[data-item=about]")  # also where the head has no room for its own button
SCREENS: dict[str, Callable[[Window, Tour], None]] = {
    "list": _list,
    "row_menu": _row_menu,
    "search": _search,
    "chat": _chat("sara"),
    "chat_details": _then(_chat("sara"), *DETAILS, seen="[data-details-pane]"),
    "search_here": _search_here,
    "calendar": _then(_chat("sara"), "#chat-more", "[data-item=date]", seen="[data-dialog=date]"),
    "block": _then(_chat("sara"), "#chat-more", "[data-item=block]", seen="[data-dialog=block]"),
    "group": _chat("Workshop"),
    "group_details": _then(_chat("Workshop"), *DETAILS, seen="[data-details-pane]"),
    "edit_group": _then(_chat("Workshop"), *DETAILS, "[data-edit-group]", seen="[data-dialog=edit_group]"),
    "invitation": _chat("Robotics club"),
    "new_private": _then(_list, "#new", "[data-item=private]", seen="[data-dialog=new_private]"),
    "new_group": _then(_list, "#new", "[data-item=group]", seen="[data-dialog=new_group]"),
    "shortcuts": _shortcuts,
    "people": _section("people"),
    "card": _then(_section("people"), "[data-card-of]", seen="[data-dialog=person]"),
    "role_menu": _then(_section("people"), ".button.select", seen="[role=menu]"),
    "join_link": _then(_section("people"), ".page-head .button.primary", seen="[data-dialog=join_link]"),
    "trust": _then(_section("trust"), seen="[data-entry]"),
    "safety": _then(_section("trust"), "[data-person]", seen=".safety-digits"),
    "settings": _section("settings"),
    "profile": _then(_section("settings"), "#edit-profile", seen="[data-dialog=profile]"),
    "password": _then(_section("settings"), "#change-password", seen="[data-dialog=password]"),
    "log_out": _then(_section("settings"), ".button.stop", seen="[data-dialog=log_out]"),
    "kit": _kit,
}
