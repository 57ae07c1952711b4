"""The page's door in a real browser: what its own page may do, and what pages of others may not (flaw 27)."""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

from launch import chromium
from tests.chromium import FLAGS, Watch
from tests.processes import Agent


@pytest.fixture(scope="module", params=["eventlet", pytest.param("threading", marks=pytest.mark.long)])
def agent(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agent]:
    running = Agent(tmp_path_factory.mktemp("agent"), request.param)
    running.start()
    yield running
    assert running.stop() == 0
    assert [line for line in running.output if not line.startswith("page: ")] == []


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[str]:
    """The address of another server on this machine: another origin, though the same site."""
    (tmp_path / "index.html").write_text("<!doctype html><title>elsewhere</title><link rel=icon href=data:,>")
    handler = functools.partial(_Quiet, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}/"
        server.shutdown()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        return


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1"])
def test_the_page_loads_and_connects_under_its_policy(agent: Agent, page: Page, name: str) -> None:
    link = "hamraz://192.168.1.20:5050/abcdefgh23456777#" + "0f" * 32
    with page.expect_websocket() as connected:
        page.goto(f"http://{name}:{agent.port}/#/open/{quote('web+' + link, safe='')}")  # pressed in another program
    socket = connected.value
    assert socket.url.startswith(f"ws://{name}:{agent.port}/socket.io/")
    if socket.is_closed():
        pytest.fail("the WebSocket was closed")
    # It has heard from its agent once it asks for the link that is missing here.
    expect(page.locator("#page input").first).to_have_value(link)
    assert page.url == f"http://{name}:{agent.port}/" and page.context.cookies() == []


def test_a_page_that_comes_again_asks_for_none_of_its_files(agent: Agent, browser: Browser) -> None:
    page = browser.new_page()  # of a profile that knows nothing yet
    for again in (False, True):
        page.goto(f"http://localhost:{agent.port}/")
        expect(page.locator("#page input").first).to_be_visible()
        asked = page.evaluate(
            "performance.getEntriesByType('resource').filter((one) => one.transferSize > 0).map(({ name }) => name)"
        )
        assert (asked == []) is again, asked
    page.context.close()


def test_nothing_becomes_script_or_markup(agent: Agent, page: Page, watch: Watch) -> None:
    page.goto(f"http://localhost:{agent.port}/")
    expect(page.locator("#page input").first).to_be_visible()
    watch.allow("(?i)content security policy|trusted")
    tries = {
        "markup": "document.body.innerHTML = '<b>bold</b>'",
        "policy": "trustedTypes.createPolicy('default', { createHTML: (text) => text })",
        "timeout": "setTimeout('document.title = \"ran\"')",
        "evaluation": "Function('document.title = \"ran\"')()",
    }
    for what, script in tries.items():
        # In a task of the page's own: what the debugger calls itself may evaluate text.
        trial = f"try {{ {script}; resolve('done') }} catch (error) {{ resolve(error.name) }}"
        outcome = page.evaluate(f"() => new Promise((resolve) => setTimeout(() => {{ {trial} }}))")
        assert outcome in ("TypeError", "EvalError"), what
    page.evaluate(
        """() => {
            const element = document.createElement("script");
            element.append("document.title = 'ran'");
            document.body.append(element);
        }"""
    )
    outside = page.evaluate("() => fetch('http://127.0.0.1:1/').then(() => 'reached', (error) => error.name)")
    assert outside == "TypeError"
    assert page.title() != "ran"


def test_a_page_of_another_origin_gets_nothing(agent: Agent, page: Page, watch: Watch, elsewhere: str) -> None:
    watch.allow(".*")  # every try is an error in the console
    page.goto(elsewhere)
    base = f"localhost:{agent.port}"
    websocket = """(url) => new Promise((resolve) => {
        const socket = new WebSocket(url);
        socket.onopen = () => resolve("open");
        socket.onerror = () => resolve("refused");
    })"""
    assert page.evaluate(websocket, f"ws://{base}/socket.io/?EIO=4&transport=websocket") == "refused"
    fetched = "(url) => fetch(url).then(() => 'read', () => 'refused')"
    included = """([tag, attribute, url]) => new Promise((resolve) => {
        const element = document.createElement(tag);
        element.onload = () => resolve("loaded");
        element.onerror = () => resolve("refused");
        if (tag === "link") element.rel = "stylesheet";
        element[attribute] = url;
        document.head.append(element);
    })"""
    for path in ("/", "/static/js/main.js", "/socket.io/?EIO=4&transport=polling"):
        assert page.evaluate(fetched, f"http://{base}{path}") == "refused", path
    for tag, attribute, path in [
        ("script", "src", "/static/js/main.js"),
        ("script", "src", "/socket.io/?EIO=4&transport=polling&j=0"),
        ("link", "href", "/static/css/base.css"),
        ("img", "src", "/static/icon.svg"),
    ]:
        assert page.evaluate(included, [tag, attribute, f"http://{base}{path}"]) == "refused", path
    page.evaluate(
        """(url) => new Promise((resolve) => {
            const frame = document.createElement("iframe");
            frame.onload = resolve;
            frame.src = url;
            document.body.append(frame);
        })""",
        f"http://{base}/",
    )
    assert all("#page" not in frame.content() for frame in page.frames[1:])
    assert page.frames[1].query_selector("#page") is None


def test_a_name_that_is_rebound_to_this_machine_gets_nothing(agent: Agent, browser: Browser) -> None:
    rebinding = browser.browser_type.launch(
        executable_path=chromium.find(), args=[*FLAGS, "--host-resolver-rules=MAP evil.example 127.0.0.1"]
    )
    try:
        page = rebinding.new_page()
        response = page.goto(f"http://evil.example:{agent.port}/")
        assert response is not None
        assert response.status == 421
        opened = page.evaluate(
            """(url) => new Promise((resolve) => {
                try {
                    const socket = new WebSocket(url);
                    socket.onopen = () => resolve("open");
                    socket.onerror = () => resolve("refused");
                } catch (error) { resolve(error.name); }
            })""",
            f"ws://evil.example:{agent.port}/socket.io/?EIO=4&transport=websocket",
        )
        assert opened == "refused"
    finally:
        rebinding.close()
