"""The page in Chromium over a real agent: opening a conversation, scrolling, searching, and from window to window."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.figures import Figure, collect, percentile
from benchmarks.member import Member
from benchmarks.town import Town, town
from launch import chromium
from protocol.links import Link
from tests.chromium import FLAGS
from tests.long_talk import Other, write_talks
from tests.processes import LOOPBACK, Agent

LONG = 100_000  # messages of one conversation
FEW, MANY = 3, 300  # conversations in the list
OPENINGS, SEARCHES, MESSAGES = 10, 20, 40
WINDOW = {"width": 1280, "height": 800}
FRAMES, STEP = 600, -90  # of scrolling: frames, and px in each


def run(repetitions: int, quick: bool) -> list[Figure]:
    """With 3 and with 300 conversations, one of which has 100,000 messages; a vault is filled once for all runs."""
    figures = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=FLAGS)
        for conversations in (FEW, 30 if quick else MANY):
            with filled(conversations, 2_000 if quick else LONG) as agents:
                runs = [_measure(browser, *agents) for _ in range(repetitions)]
            figures += collect("page", units(runs[0]), runs, f"{conversations} conversations: ")
        browser.close()
    return figures


def units(run: dict[str, float]) -> dict[str, str]:
    """The unit of each figure: what counts frames has none."""
    return {name: "" if "frames" in name or "rows" in name else "ms" for name in run}


@contextmanager
def filled(conversations: int, messages: int) -> Iterator[tuple[Agent, Agent]]:
    """Two agents that have written with each other; the first one has so many conversations, the first of them long."""
    with town(conversations) as running, TemporaryDirectory() as folder:
        first, second = (_agent(running, Path(folder) / name, name) for name in ("reader", "writer"))
        first.stop()
        talks: list[tuple[Other, int, int]] = [(member, 3, 0) for member in running.members[1:]]
        write_talks(first, [*talks, (_longest(running), messages, 0)], int(time.time() * 1000))
        first.start()
        first.login()
        try:
            yield first, second
        finally:
            first.stop()
            second.stop()


def _longest(running: Town) -> Member:
    return running.members[0]


def _agent(running: Town, folder: Path, name: str) -> Agent:
    link = Link((LOOPBACK,), running.port, running.invitation, running.members[0].authority_id).encode()
    agent = Agent(folder, "eventlet", "--join", link)
    agent.start()
    agent.sign_up(name)
    return agent


def _measure(browser: Browser, reader: Agent, writer: Agent) -> dict[str, float]:
    found = {f"first paint, {state}": value for state, value in _painted(browser, reader).items()}
    page = _page(browser, reader)
    opened = [_open(page) for _ in range(OPENINGS)]
    found |= _spread("a conversation of 100,000 messages, press to seen", opened)
    found["rows in the page while it is open"] = page.locator(".messages > li").count()
    frames: list[float] = page.evaluate(SCROLL, [FRAMES, STEP])
    found["scrolling up, a frame, p95"] = percentile(frames, 95)
    found["scrolling up, the longest frame"] = max(frames)
    found["scrolling up, frames longer than 33 ms, of 600"] = sum(frame > 33 for frame in frames)
    words = [("lab", "کلاس", "port 50", "کتاب", "bring")[number % 5] for number in range(SEARCHES)]
    found |= _spread(
        "searching, last key to results (120 ms of it wait for the next key)", [_search(page, w) for w in words]
    )
    other = _page(browser, writer)
    found |= _spread("from one window to the other, press to seen", _both(page, other, reader, writer))
    for one in (page, other):
        one.context.close()
    return found


def _painted(browser: Browser, agent: Agent) -> dict[str, float]:
    """From the beginning of the navigation, with nothing kept of the page, and then with its files in the browser."""
    context = browser.new_context(viewport=WINDOW)  # type: ignore[arg-type]
    found = {}
    for state in ("cold", "warm"):
        page = context.new_page()
        _enter(page, agent)
        found[state] = float(page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime"))
        page.close()
    context.close()
    return found


def _spread(name: str, values: list[float]) -> dict[str, float]:
    return {f"{name}, p50": percentile(values, 50), f"{name}, p95": percentile(values, 95)}


def _page(browser: Browser, agent: Agent) -> Page:
    page = browser.new_context(viewport=WINDOW).new_page()  # type: ignore[arg-type]
    _enter(page, agent)
    return page


def _enter(page: Page, agent: Agent) -> None:
    token = json.dumps(agent.api_token)
    page.add_init_script(f"if (window === top) sessionStorage.setItem('hamraz.token', {token})")
    page.goto(f"http://localhost:{agent.port}/")
    page.locator("#new").wait_for()


def _open(page: Page) -> float:
    """A fresh page, and the longest conversation in it: from the press until its last message has been drawn. Not by a
    reload: that shows what was open at once.
    """
    page.goto(page.evaluate("location.origin") + "/")
    page.locator(".row[data-chat]").first.wait_for()
    spent: float = page.evaluate(OPEN)
    return spent


def _search(page: Page, words: str) -> float:
    page.locator("#search").fill("")
    page.locator("[data-hit]").first.wait_for(state="detached")
    spent: float = page.evaluate(SEARCH, words)
    return spent


def _both(page: Page, other: Page, reader: Agent, writer: Agent) -> list[float]:
    """Messages from the one window, each awaited in the other: both clocks are this machine's."""
    for one, whom in ((page, writer.name), (other, reader.name)):
        one.locator("#new").click()
        one.locator("[data-item=private]").click()
        one.locator("#new-name").fill(whom)
        one.locator("#new-name").press("Enter")
        one.locator("#write").wait_for()
    spent = []
    for number in range(MESSAGES + 1):
        text = f"message {number} at {time.monotonic_ns()}"
        seen = other.evaluate_handle(AWAIT, text)
        sent: float = page.evaluate(SEND, text)
        arrived: Any = seen.evaluate("(seen) => seen.promise")
        spent.append(arrived - sent)
    return spent[1:]  # the first one makes the connection


OPEN = """() => new Promise((done) => {
    const row = document.querySelector(".row[data-chat]");
    const began = performance.now();
    row.click();
    const look = () => {
        const last = [...document.querySelectorAll(".pane [data-message]")].at(-1);
        if (!last) return requestAnimationFrame(look);
        requestAnimationFrame(() => done(performance.now() - began));
    };
    requestAnimationFrame(look);
})"""
SCROLL = """async ([times, by]) => {
    const log = document.querySelector(".log");
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    const spent = [];
    let before = await frame();
    for (let turn = 0; turn < times; turn += 1) {
        log.scrollTop += by;
        const now = await frame();
        spent.push(now - before);
        before = now;
    }
    return spent;
}"""
SEARCH = """(words) => new Promise((done) => {
    const field = document.getElementById("search");
    field.value = words;
    const began = performance.now();
    field.dispatchEvent(new Event("input", { bubbles: true }));
    const look = () => {
        if (!document.querySelector("[data-hit]")) return requestAnimationFrame(look);
        requestAnimationFrame(() => done(performance.now() - began));
    };
    requestAnimationFrame(look);
})"""
SEND = """(text) => {
    const field = document.getElementById("write");
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    return new Promise((done) => requestAnimationFrame(() => {
        done(performance.timeOrigin + performance.now());
        field.form.requestSubmit();
    }));
}"""
AWAIT = """(text) => ({ promise: new Promise((done) => {
    const log = document.querySelector(".log");
    const look = () => {
        if (!log.textContent.includes(text)) return;
        watcher.disconnect();
        requestAnimationFrame(() => done(performance.timeOrigin + performance.now()));
    };
    const watcher = new MutationObserver(look);
    watcher.observe(log, { childList: true, subtree: true, characterData: true });
}) })"""
