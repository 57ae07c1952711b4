"""Two people at their pages, over lines that are slow, cut and held up, while agents and the authority start anew.

What counts stands at the end: every message once at both, in its writer's order, and its state is true.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, expect

from protocol import links
from protocol.links import Link
from tests.browser.window import Window
from tests.chromium import Watch
from tests.processes import LOOPBACK, Agent, Network, until
from tests.proxy import Proxy

PAGES_HOST = (
    "127.0.0.2"  # of this machine too: there the proxy listens, on the same port, and says the agent's own name
)
ROUNDS = 6
LATENCY = 0.15  # s each way: a line over an ocean
PATIENCE = 60_000  # ms
NAMES = ("sara", "reza")

pytestmark = pytest.mark.timeout(600)


class Rough:
    """The authority behind a proxy, two agents behind theirs, and a page of each that stays open."""

    def __init__(self, network: Network, stack: ExitStack, browser: Browser, watch: Watch) -> None:
        self.network = network
        authority = network.authority
        self.to_authority = stack.enter_context(Proxy((LOOPBACK, 0), (LOOPBACK, authority.port)))
        self.agents: list[Agent] = []
        self.to_page: list[Proxy] = []
        self.windows: list[Window] = []
        for place, name in enumerate(NAMES):
            link = self._through_proxy(authority.owner_link if place == 0 else authority.join_link)
            agent = network.agent("--join", link)
            agent.sign_up(name)
            self.agents.append(agent)
            self.to_page.append(stack.enter_context(Proxy((PAGES_HOST, agent.port), (LOOPBACK, agent.port), LOOPBACK)))
            context = browser.new_context(viewport={"width": 1024, "height": 700})
            context.set_default_timeout(PATIENCE)
            stack.callback(context.close)
            page = context.new_page()
            watch.follow(page)
            self.windows.append(Window(page, agent).go(f"http://{PAGES_HOST}:{agent.port}/"))
            self.windows[-1].log_in(name)
            self.windows[-1].is_on("list")

    def _through_proxy(self, text: str) -> str:
        link = links.decode(text)
        return Link((LOOPBACK,), self.to_authority.port, link.invitation, link.authority_id, link.owner_code).encode()

    @property
    def lines(self) -> list[Proxy]:
        return [self.to_authority, *self.to_page]

    # --- what happens ---

    def slow(self) -> None:
        for line in self.lines:
            line.latency = LATENCY

    def cut_pages(self) -> None:
        for line in self.to_page:
            line.cut()

    def cut_authority(self) -> None:
        self.to_authority.cut()

    def hold_up(self) -> None:
        """Everything stands still, as in a tunnel, until the next thing happens."""
        for line in self.lines:
            line.stall()

    def kill_authority(self) -> None:
        self.network.authority.kill()
        self.network.authority.start()

    def kill_agent(self) -> None:
        """As a power cut would; the page says that the password is needed."""
        agent, window = self.agents[1], self.windows[1]
        agent.kill()
        agent.start()
        for line in self.lines:
            line.flow()
        window.is_on("log_in")
        window.log_in(NAMES[1])
        window.row(NAMES[0]).click()
        window.is_on("chat")

    def all_is_well(self) -> None:
        for line in self.lines:
            line.latency, line.away = 0.0, False
            line.flow()


@pytest.fixture
def rough(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rough]:
    watch = Watch()
    watch.allow("WebSocket connection|ERR_CONNECTION|ERR_EMPTY_RESPONSE|ERR_SOCKET|ERR_NETWORK")
    with ExitStack() as stack:
        network = stack.enter_context(Network(tmp_path_factory.mktemp("rough")))
        yield Rough(network, stack, browser, watch)
    assert not watch.unexpected(), "\n".join(watch.unexpected())


def test_nothing_is_sent_twice_or_lost_and_every_state_is_true(rough: Rough, long: bool) -> None:
    sara, reza = rough.windows
    for window, name in ((sara, "reza"), (reza, "sara")):
        window.begin(name)
    happenings: list[Callable[[], None]] = [
        rough.slow,
        rough.cut_pages,
        rough.hold_up,
        rough.cut_authority,
        rough.kill_agent,
        rough.kill_authority,
    ]
    chance = random.Random(1404)
    said: dict[str, list[str]] = {name: [] for name in NAMES}
    for turn in range(40 if long else ROUNDS):
        for window, name in zip(rough.windows, NAMES, strict=True):
            for number in range(2):
                said[name].append(f"{name} {turn}.{number}")
                window.write(said[name][-1])
        if turn >= len(happenings):
            chance.shuffle(happenings)
        rough.all_is_well()
        happenings[turn % len(happenings)]()
    rough.all_is_well()
    for window in rough.windows:
        window.agent.program().call("try_now")

    wanted = sorted(said["sara"] + said["reza"])
    for window in rough.windows:  # only what is seen is in the page: so all of it is seen
        window.page.set_viewport_size({"width": 1024, "height": 100 * len(wanted)})
    for window, name in zip(rough.windows, NAMES, strict=True):
        until(lambda window=window: sorted(window.texts()) == wanted, PATIENCE / 1000, f"everything at {name}")  # type: ignore[misc]
        for writer in NAMES:
            assert [text for text in window.texts() if text.startswith(writer)] == said[writer], (name, writer)
        own = window.page.locator("section.pane [data-message].own, section.pane .own[data-message]")
        expect(own).to_have_count(len(said[name]))
        for state in ("waiting", "authority", "failed", "delivered"):
            expect(own.and_(window.page.locator(f"[data-state={state}]"))).to_have_count(0, timeout=PATIENCE)
        expect(window.page.locator("[data-banner]")).to_have_count(0, timeout=PATIENCE)
    assert rough.to_authority.cuts and all(line.cuts for line in rough.to_page)
